"""Code that runs unseen, behind a call that fails: what it stores is as if it had not run."""

import pytest

from tests.agreement.test_agreement import judge


STATEMENTS = """
{Key(2): 1, Key(2): 4}
{(Key(2) if ys0 else Key(1)): 1, Key(2): inc(n0)}
{Key(2), f(Key(2))}
{Key(2): n for n in xs0}
d1 = {Key(2): 1}; d1[Key(2)] = 3
Key(2) in [Key(1), Key(2)], Key(2) in {Key(1): 1, Key(2): 2}
[Key(1), Key(2)].count(Key(2)), [Key(1), Key(2)] == [Key(1), Key(2)]
sorted([Key(1), Key(2)]), sorted([f(Key(1)), Key(2)]), max([Key(1), Key(2)])
str(Key(1)) + "%s" % (Key(2),) + f"{Key(3)}"
dict(**Named(3)), (lambda a, b: 0)(**Named(2)), {**Named(4)}
Store()[1], xs0[Key(1):], xs0[Key(2)]
list(Countdown(3)), sum(Countdown(2)), [*Shelf([1])], sum(Shelf([3])), next(Countdown(2))
collections.deque(Countdown(3), 2), collections.Counter(Countdown(3))
bytes(Countdown(3)), set(Countdown(3)).union(Countdown(3)), "".join(map(str, Countdown(2)))
list(zip(Countdown(3), Countdown(2))), dict(zip("ab", Countdown(2))), [*map(inc, Countdown(3))]
collections.UserList(Countdown(3)), collections.UserDict(Named(3)), dict.fromkeys(Countdown(3))
collections.defaultdict(int, zip(Countdown(3), "ab")), [*itertools.chain.from_iterable([Countdown(2)])]
functools.reduce(max, Countdown(3)), heapq.nlargest(2, Countdown(3))
c = collections.Counter(); c.subtract(Countdown(3))
heapq.heapify([Key(2), Key(1)])
re.sub("o", lambda _: str(deeds.tick(3)), "foo")
collections.defaultdict(lambda: deeds.tick(3))[2]
Key(2).step, Tick(2).once, Tick(3).each, bool(Key(3)), Key(3).other
[1, 2][Key(0):], "ab"[: Key(1)]
xs = [f(Key(1)), f(Key(2))]; sorted(xs)
xs = [f(Key(1)), f(Key(2))]; xs.index(Key(2)), max(xs)
xs = [f(Key(1)), f(Key(2))]; {(xs[0], 1): 2, (xs[0], 1): 3}, [xs] == [[Key(1)]]
k = Key(3); k.step = 3
functools.lru_cache(deeds.sorted_out)(2), functools.lru_cache(deeds.cautious)(3)
xs = [*ys0]; xs.sort(key=deeds.sorted_out)
max(ys0, key=deeds.sorted_out), heapq.nsmallest(2, ys0, key=deeds.sorted_out)
[k for k, _ in itertools.groupby(ys0, deeds.sorted_out)]
re.sub("o", lambda m: str(deeds.sorted_out(1)), "foo"), functools.reduce(lambda a, b: deeds.sorted_out(b), ys0, 1)
list(filter(deeds.sorted_out, ys0)), [*itertools.accumulate(ys0, lambda a, b: deeds.sorted_out(b))]
[*itertools.takewhile(deeds.sorted_out, ys0)], [*itertools.starmap(deeds.sorted_out, zip(ys0))]
sum(deeds.sorted_out(y) for y in ys0)
collections.Counter(map(deeds.sorted_out, ys0)), dict(zip(ys0, map(deeds.sorted_out, ys0)))
next(iter(functools.partial(deeds.sorted_out, 1), 1), 2)
deeds.sorted_out(2), functools.cache(Tick(1).count)(2), functools.partial(deeds.sorted_out, 4)()
"""


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("statement", STATEMENTS.strip().splitlines())
def test_stores_of_code_unseen_are_undone(statement: str, fusion: bool) -> None:
    """Nothing of it is there when the failure is caught."""
    source = f"""
def script(n0, xs0, ys0, d0, s0, b0):
    try:
        risky(f(f(f(3))))
        {statement}
    except Bad:
        return deeds.steps, deeds.seen, Tick.made
"""
    for schedule in range(2):
        judge(source, schedule, fusion=fusion)
