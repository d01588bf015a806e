"""Iterators that were there before a `try`, and from which its body takes after a failure."""

import pytest

from tests.agreement.test_agreement import judge


MADE = """
map(str, range(3))
filter(None, [1, 2, 3])
zip("abc", "123")
enumerate("abc")
iter("abc")
iter(["a", "b"])
iter({"a": 1})
reversed("abc")
itertools.chain("ab", "c")
itertools.islice("abc", 2)
itertools.starmap(max, [(1, 2)])
itertools.takewhile(str.isalpha, "ab1")
itertools.accumulate([1, 2])
io.StringIO("a\\nb")
re.finditer("a", "aa")
csv.reader(["a,b"])
(x for x in [1, 2, 3])
(f(x) for x in xs0)
(x + y for x in range(2) for y in [3])
deeds.counted(3)
"""
USES = """
list(m)
tuple(m)
[*m]
set(map(str, m))
sum(1 for _ in m)
sorted(m, key=str)
max(m, key=str)
a, *b = m
[].extend(m)
collections.deque().extend(m)
dict.fromkeys(m)
collections.Counter(m)
any(m)
next(m)
"a" in m
",".join(map(str, m))
print(*m)
xs1 += m
xs1[:] = m
zip(m, "a")
list(zip(m, "ab"))
list(enumerate(m))
xs1 = [x for x in m]
xs1 = [x for x, _ in zip(m, "ab")]
"""


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("made", MADE.strip().splitlines())
def test_a_handler_finds_an_iterator_as_it_was(made: str, fusion: bool) -> None:
    """What a failing call is in front of takes no items for good."""
    parts = [
        f"""
    m, xs1 = {made}, []
    try:
        risky(f(3))
        {use}
    except Bad:
        found.append(str(next(m, "end")))
"""
        for use in USES.strip().splitlines()
    ]
    source = (
        "import csv, io, itertools, re, collections\n"
        "def script(n0, xs0, ys0, d0, s0, b0):\n    found = []\n"
        f"{''.join(parts)}\n    return found\n"
    )
    judge(source, fusion=fusion)
