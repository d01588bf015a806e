"""The first call of a run stands in a special method: from there on, not all is there."""

import pytest

from tests.agreement.test_agreement import judge


SOURCE = """
def gen(n):
    yield n
    yield f(n + 1)

class It:
    def __iter__(self):
        return gen(0)

class Names:
    def __iter__(self):
        yield word(1)
        yield word(2)

class Named:
    def keys(self):
        return ["a", "b"]
    def __getitem__(self, key):
        return word(len(key))

class Told:
    def __init__(self, xs):
        self.xs = xs
    def __bool__(self):
        push(self.xs, 7)
        return True

def script(n0, xs0, ys0, d0, s0, b0):
    {}
    return xs0, d0
"""
STATEMENTS = """
xs0.extend([*Money(0)])
xs0.extend([*It()])
xs0.extend([*gen(0)])
xs0.extend(list(Money(0)))
xs0 += [*Money(0)]
xs0[1:1] = [*gen(0)]
ys = [*Money(0)]; xs0.extend(ys)
xs0.extend((*Money(0),))
d0.update({1: [*Money(0)]})
xs0.insert(0, (*Money(0),))
b0.n = [*Money(0)]
xs0.extend([*Money(0)] * 2)
xs0.extend([*Money(0)].copy())
xs0.append(Money(1)[0])
xs0.extend([Money(1)[0]])
y = Money(1)[0]; xs0.insert(0, y)
y = Money(1)[0]; xs0.insert(0, (y,))
y = Money(1) == 3; xs0.extend([y, y])
y = str(Money(1)[0]); xs0.extend([y])
y = 3 in Money(1); xs0.extend((y,))
y = Money(1)(3); xs0.extend([y])
y = Money(1)[0]; z = [y]; xs0.extend(z.copy())
y = Money(1)[0]; d1 = {"a": y}; xs0.append(d1.get("a"))
y = Money(1)[0]; xs0.append(d0.setdefault("z", y))
a, b = Money(3); xs0.insert(0, (a,b))
m = Money(1); m += 1; xs0.extend([m.n])
m = Money(1); m[1] = 2; m.double; xs0.extend([m.double])
m = Money(1); m.double = 3; xs0.extend([m.n])
xs0.extend(x for x in Money(2))
xs0.extend(sorted([*Money(2)]))
y = -Money(3)[0]; xs0.extend([y])
y = f"{Money(3)[0]}"; xs0.extend([y])
y = max(Money(3)[0], 2); xs0.extend([y])
y = not Money(3); xs0.extend([y])
y = Money(3) < Money(4) < Money(5); xs0.extend([y])
y = b0.ask(); xs0.extend([y])
y = b0.size; xs0.extend([y])
y = Pair(f(1)).total; xs0.extend([y])
k = Key(3); k.step = f(3); xs0.extend([k.step])
y=[*Money(1)].index(f(2)); xs0.extend([y])
y=[*Money(1)]; y.reverse(); xs0.extend(y)
y=[*Money(1)]; y.remove(2); xs0.extend(y)
y=[*Money(1)]; xs0.extend([y.count(2)])
y=[*Money(1)]; xs0.extend([y.pop()])
y={*Money(1)}; xs0.extend(y.union([3]))
y=", ".join(map(str,[*Money(1)])); xs0.extend([y])
y=", ".join([str(v) for v in [*Money(1)]]); xs0.extend([y])
xs0.append([1, 2][0 if Told(xs0) else 1])
y = 1 if not Told(xs0) else 2; xs0.append(y)
xs0.append(Told(xs0) and 3)
xs0.extend(Money(0)); xs0.extend(It())
z = {1}; z.update(Money(0), [2]); xs0.extend(z.union(Money(3)))
z = ", ".join(Names()); xs0.append(z)
z = collections.deque(); z.extend(Money(0)); xs0.append(z)
d0.update(Named())
z = {1, 2}.issubset(Money(1)); xs0.append(z)
z = f(1); xs0.extend(Money(0)); xs0.append(z)
"""


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("statement", STATEMENTS.strip().splitlines())
def test_what_comes_next_waits(statement: str, fusion: bool) -> None:
    """What is done natively with an answer has it."""
    judge(SOURCE.replace("{}", statement), fusion=fusion)
