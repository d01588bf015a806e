"""A class is given special methods while calls are under way."""

import pytest

from tests.agreement.test_agreement import judge


MODULE = """
class K:
    n = 1
    def __add__(self, other):
        return 2
    def __call__(self):
        return 7
    def __len__(self):
        return 3
    def __getattr__(self, name):
        return name

class J:
    pass

def body(n0, xs0, k):
    {statement}

def script(n0, xs0, ys0, d0, s0, b0):
    own = dict(vars(K))
    try:
        return body(n0, xs0, K())
    except Bad:
        return "caught"
    finally:
        for name in NAMES:
            if name in own:
                setattr(K, name, own[name])
            elif name in vars(K):
                delattr(K, name)
            if name in vars(J):
                delattr(J, name)

NAMES = "__add__", "__call__", "__len__", "__getattr__", "__bool__", "__iter__", "__lt__", "plus", "__setattr__"
"""
STATEMENTS = """
x = f(1); K.__add__ = lambda a, b: 5; return k + k, x
x = f(1); y = k + k; K.__add__ = lambda a, b: 5; return y, k + k, x
x = f(1); K.__add__ = lambda a, b: inc(5); return k + k, x
x = f(1); K.__call__ = lambda a: 5; return k(), x
x = f(1); y = k(); K.__call__ = lambda a: inc(5); return y, k(), x
x = f(1); J.__call__ = lambda a: 5; return J()(), x
x = f(1); J.__getattr__ = lambda a, name: inc(len(name)); return J().three, x
x = f(1); J.__setattr__ = lambda a, name, v: deeds.tick(v); j = J(); j.a = 3; return vars(j), x
x = f(1); J.__add__ = lambda a, b: inc(5); return J() + J(), x
x = f(1); J.__iter__ = lambda a: iter([1, 2]); return list(J()), [*J()], x
x = f(1); J.__bool__ = lambda a: inc(0) > 3; return bool(J()), not J(), x
x = f(1); K.__len__ = lambda a: 5; return len(k), x
x = f(1); K.__bool__ = lambda a: False; return bool(k), 1 if k else 2, x
x = f(1); K.__iter__ = lambda a: iter([1, 2]); return list(k), [*k], sum(k), x
x = f(1); K.__iter__ = lambda a: iter(xs0); return [inc(v) for v in k], x
x = f(1); K.__lt__ = lambda a, b: True; return k < k, sorted([k, k]) == [k, k], x
x = f(1); y = k.other; K.__getattr__ = lambda a, name: name * 2; return y, k.other, x
x = f(1); K.plus = property(lambda a: inc(1)); return k.plus, x
risky(f(f(3))); K.__add__ = lambda a, b: deeds.tick(5); return k + k
x = f(1); K.__add__ = lambda a, b: 5; y = k + k; K.__add__ = lambda a, b: 6; return y, k + k
x = f(k); K.__add__ = lambda a, b: 5; return x + k, f(k) + f(k)
x = f(1); K.__add__ = f(lambda a, b: 5); return k + k, x
"""


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("statement", STATEMENTS.strip().splitlines())
def test_operations_run_the_methods_of_their_time(statement: str, fusion: bool) -> None:
    """What stands behind the store runs the new method, what stands before it the old."""
    for schedule in range(2):
        judge(MODULE.replace("{statement}", statement), schedule, fusion=fusion)
