"""Programs full of objects of own classes, compared with CPython."""

# mypy: ignore-errors
# ruff: noqa: E741, F507, F841, N805, RUF012, UP031

import contextlib
import functools

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, fail, g, ok, outside


AGREEING = []


def agrees(script):
    """Enter a script into the table."""
    AGREEING.append(script)
    return script


class Tree:
    def __init__(self, value, *kids):
        self.value = value
        self.kids = kids

    def __iter__(self):
        yield g(self.value, 1)
        for k in self.kids:
            yield from k

    def __len__(self):
        return 1 + sum(len(k) for k in self.kids)

    def __contains__(self, x):
        return any(v == x for v in self)

    def __repr__(self):
        return f"Tree({g(self.value, 1)})"

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, o):
        return isinstance(o, Tree) and self.value == o.value

    def __bool__(self):
        return True


@agrees
def trees():
    t = Tree(1, Tree(2, Tree(3)), Tree(4))
    return (
        list(t),
        len(t),
        3 in t,
        9 in t,
        repr(t),
        [x for x in t if ok(x)],
        sum(t),
        max(t),
        sorted(t),
        dict(enumerate(t)),
        t == Tree(1),
        {t: 1}[Tree(1)],
        tuple(zip(t, t)),
        [*map(lambda x: g(x, 1), t)],
    )


class Frac:
    def __init__(self, n):
        self.n = n

    def __add__(self, o):
        return Frac(self.n + (o.n if isinstance(o, Frac) else g(o, 1)))

    __radd__ = __add__

    def __sub__(self, o):
        return NotImplemented

    def __rsub__(self, o):
        return g(("rsub", o), 1)

    def __lt__(self, o):
        return g(self.n < o.n, 1)

    def __index__(self):
        return g(self.n, 1)

    def __pow__(self, o, m=None):
        return g((self.n, o, m), 1)

    def __divmod__(self, o):
        return g(self.n, 1), o

    def __matmul__(self, o):
        return g(1, 1)

    def __invert__(self):
        return ~g(self.n, 1)

    def __float__(self):
        return float(g(self.n, 1))

    def __hash__(self):
        return 7


class Sub(Frac):
    def __radd__(self, o):
        return Frac(g(100, 1))

    def __gt__(self, o):
        return g("gt", 1)


@agrees
def numbers():
    a, b = Frac(1), Sub(2)
    return (
        (a + b).n,
        (b + a).n,
        sum([a, b]).n,
        5 - a,
        min(a, b).n,
        max([a, b], key=lambda v: g(v.n, 1)).n,
        [10, 20, 30][a],
        pow(a, 2),
        pow(a, 2, 3),
        divmod(a, 2),
        a @ b,
        ~a,
        float(a),
        a < b,
        a**2,
        range(5)[a],
        "x" * a if 0 else 0,
        hex(a),
    )


@agrees
def typeerrors():
    out = []
    for fn in (
        lambda: Frac(1) - 1,
        lambda: Frac(1) << 2,
        lambda: Frac(1) <= 2,
        lambda: len(Frac(1)),
        lambda: Frac(1)[0],
        lambda: iter(Frac(1)),
        lambda: -Frac(1),
        lambda: 1 in Frac(1),
        lambda: Frac(1)(),
        lambda: [*Frac(1)],
        lambda: f"{Frac(1):d}",
        lambda: Frac(1).zzz,
        lambda: Frac(1) > "a",
        lambda: "a" % Frac(1),
        lambda: [1] * "a",
    ):
        try:
            out.append(str(fn())[:10])
        except TypeError as e:
            out.append(str(e))
        except AttributeError as e:
            out.append(str(e))
    return out


class L(list):
    def __getitem__(self, i):
        return g(list.__getitem__(self, i), 1)

    def append(self, x):
        super().append(g(x, 1))


@agrees
def subclasses_of_builtins():
    l = L([1, 2])
    l.append(3)
    return l[0], l[1:], list(l), len(l), [x for x in l]


class Callable2:
    def __init__(self, f):
        self.f = f

    def __get__(self, o, owner):
        return functools.partial(self.f, o)

    def __call__(self, *a, **k):
        return g((a, sorted(k)), 1)


class UsesDesc:
    @Callable2
    def m(self, x):
        return g(x, 1)


@agrees
def callable_things():
    return (
        UsesDesc().m(3),
        Callable2(None)(1, *[2], z=3, **{"y": 1}),
        list(map(Callable2(None), [1])),
    )


class Node:
    __slots__ = ("next", "v")

    def __init__(self, v):
        self.v = g(v, 1)
        self.next = None

    def __iadd__(self, o):
        n = Node(o)
        n.next = self
        return n


@agrees
def linked():
    n = Node(1)
    n += 2
    n += 3
    out = []
    while n:
        out.append(n.v)
        n = n.next
    return out


class CM:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        self.out.append(g("e", 1))
        return self

    def __exit__(self, *a):
        self.out.append(a[0])
        return g(True, 1)


@agrees
def with_things():
    out = []
    with CM(out), CM(out) as c:
        fail(1)
    with contextlib.suppress(Bad):
        fail(1)
    with contextlib.ExitStack() as st:
        st.callback(out.append, 5)
    for i in range(3):
        with CM(out):
            if i == 1:
                continue
            if i == 2:
                break
            raise KeyError(i)

    def r():
        with CM(out):
            return g(3, 1)

    return out, r()


@agrees
def cmp_chain():
    a, b, c = Frac(1), Frac(2), Frac(3)
    x = {"k": [Frac(1)]}
    x["k"][0] += 4
    x["k"][0] = x["k"][0] + b
    return a < b < c, not a < b, (a < b and b < c) or 5, x["k"][0].n, a if a < b else b


class Attr:
    def __getattr__(self, n):
        if n == "no":
            raise AttributeError("nope")
        return g(n, 1)


@agrees
def dynamic():
    a = Attr()
    return (
        a.x,
        getattr(a, "y"),
        getattr(a, "no", 3),
        hasattr(a, "no"),
        hasattr(a, "yes"),
        [getattr(a, n) for n in "ab"],
        a.f.upper(),
    )


class P:
    def __init__(s):
        s.__x = 1

    @property
    def x(self):
        return g(self.__x, 1)

    @x.setter
    def x(self, v):
        self.__x = g(v, 1)

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def st(x):
        return g(x, 1)


@agrees
def props():
    p = P.make()
    p.x += 4
    p.x, q = 7, p.x
    setattr(p, "x", p.x + 1)
    return p.x, q, P.st(3), p.st(2), vars(p)


@agrees
def pend():
    v = g(Frac(3), 1)
    t = g(Tree(1, Tree(2)), 1)
    return (
        (v + 1).n,
        (1 + v).n,
        v < Frac(9),
        list(t),
        len(t),
        bool(t),
        str(g(5, 1)),
        2 in t,
        [x for x in g([1, 2], 1)],
        (lambda *a: a)(*t),
        {**g({"a": 1}, 1)},
    )


@agrees
def walrus_etc():
    xs = [y := g(1, 1), y + 1, (z := Frac(2)) < Frac(3)]
    while (n := g(len(xs), 1)) < 5:
        xs.append(n)
    return xs, [w for i in range(3) if (w := g(i, 1))], z.n


class Agent:
    history = []
    memo = {}
    latest = None

    def note(self, x):
        self.history.append(x)
        self.memo[x] = 1
        type(self).latest = [x]

    @property
    def kept(self):
        return KEPT

    def __getattr__(self, name):
        return KEPT[name]

    @classmethod
    def forget(cls):
        cls.history.clear()
        cls.memo.clear()
        cls.latest = None


class Heir(Agent):
    pass


KEPT = {"rest": []}


def counted(x):
    counted.calls.append(x)


@agrees
def what_classes_hold_for_all_instances():
    Agent.forget()
    agent, out = Heir(), []
    if g(1, 1):
        Agent.history.append(5)
    out.append(list(Agent.history))
    if g(1, 1):
        agent.note(7)
    out.append((list(agent.history), 7 in Heir.memo, agent.latest, Heir.latest))
    if g(1, 1):
        Agent.memo["q"] = 1
    out.append(dict(agent.memo))
    if g(1, 1):
        Agent.latest.append(3)
    out.append(list(agent.latest))
    Agent.newer = []
    if g(1, 1):
        agent.newer.append(g(1, 1))
    return out, Heir.newer, g(agent, 1).newer


@agrees
def what_stands_behind_properties_and_hooks():
    KEPT["rest"].clear()
    agent = Agent()
    if g(1, 1):
        agent.kept["x"] = 1
    first = KEPT.get("x")
    if g(1, 1):
        agent.rest.append(2)
    return first, list(KEPT["rest"]), KEPT.pop("x")


@agrees
def what_functions_hold():
    counted.calls = []
    if g(1, 1):
        counted(1)
    first = list(counted.calls)
    if g(1, 1):
        counted.calls.append(g(2, 1))
    return first, counted.calls, g(counted, 1).calls


def paired(a, b=2):
    return a, g(b, 1)


class Registry:
    __call__ = staticmethod(paired)

    @staticmethod
    def __getitem__(key):
        return g(key, 1), "item"

    @classmethod
    def __len__(cls):
        return g(3, 1)

    @staticmethod
    def __add__(other):
        return g(other, 1), "added"


class HeirOfRegistry(Registry):
    @classmethod
    def __enter__(cls):
        return cls.__name__, g(7, 1)

    @staticmethod
    def __exit__(*how):
        return g(True, 1)


@agrees
def special_methods_that_are_given_no_instance():
    with HeirOfRegistry() as entered:
        raise ValueError(g(1, 1))
    for made in (Registry(), HeirOfRegistry(), g(Registry(), 1)):
        found = made(g(1, 1)), made(2, b=g(3, 1)), made[g(1, 1)], len(made), made + 2
    return entered, found, list(map(g(Registry(), 1), [1, 2]))


@pytest.mark.parametrize("script", AGREEING, ids=lambda script: script.__name__)
def test_agrees(script) -> None:
    """Each script means what it means in CPython."""
    agree(script, outside)
