"""Code of the script's that runs inside an operation, whatever the operation.

Every statement below runs Python code that appends to a list without being asked for by
name.  Whether the statement is undecided, its object is pending, or something older is
still to be appended: what reads the list afterwards finds what it finds in CPython.
"""

# mypy: ignore-errors

import linecache
import re
import textwrap
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()

WORLD = """
import bisect, collections, contextlib, copy, heapq, dataclasses, enum, functools, itertools, operator

said = []


class Agent:
    count = 0
    cache = {}

    def __init__(self, told=None):
        self.told = told
        self.hooks = [hook]
        self._level = 0

    @classmethod
    def note(cls, key):
        cls.cache[key] = 1
        said.append(key)

    @staticmethod
    def tell(what):
        said.append(what)

    def step(self):
        Agent.count += 1
        said.append("step")

    def __call__(self, what):
        said.append(what)

    def run(self):
        for do in self.hooks:
            do()

    @property
    def level(self):
        said.append("level")
        return self._level

    @level.setter
    def level(self, value):
        said.append(value)
        self._level = value

    @level.deleter
    def level(self):
        said.append("deleted")


class Loud(Agent):
    def step(self):
        super().step()
        said.append("loud")


class Dynamic:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        said.append(name)
        return lambda: said.append("called")


class Described:
    class Field:
        def __get__(self, obj, kind=None):
            said.append("get")
            return 1

        def __set__(self, obj, value):
            said.append(value)

    field = Field()


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        said.append(self.n)
        return self.n


def says(name, answer):
    def method(self, *args):
        said.append(name)
        return self if answer is None else answer

    return method


class Everything:
    __len__, __bool__ = says("len", 2), says("bool", True)
    __eq__, __hash__, __lt__ = says("eq", False), says("hash", 1), says("lt", True)
    __str__, __format__ = says("str", "s"), says("format", "f")
    __contains__, __index__ = says("in", True), says("index", 1)
    __neg__, __iadd__, __matmul__ = says("neg", None), says("iadd", None), says("at", None)
    __enter__, __exit__ = says("enter", None), says("exit", False)
    keys = says("keys", ["a"])

    def __getitem__(self, key):
        said.append(key)
        if key == 2:
            raise IndexError
        return key

    def __reversed__(self):
        said.append("reversed")
        return iter([])


def counts(item, seen=[]):
    seen.append(item)
    said.append(len(seen))
    seen.clear()


def in_an_attribute():
    in_an_attribute.calls = getattr(in_an_attribute, "calls", 0) + 1
    said.append(in_an_attribute.calls)
    del in_an_attribute.calls


def generated(n):
    for i in range(n):
        said.append(i)
        yield i


@contextlib.contextmanager
def context():
    said.append("in")
    yield 1
    said.append("out")


def added(one, other):
    said.append(other)
    return one + other


def key(item):
    said.append(item)
    return item


def hook():
    said.append("hook")


@dataclasses.dataclass
class Record:
    x: int = 0
    y: list = dataclasses.field(default_factory=lambda: said.append("made") or [])

    def __post_init__(self):
        said.append("post")


class Registered:
    def __init_subclass__(cls):
        said.append(cls.__name__)


class Meta(type):
    def __call__(cls):
        said.append("meta")
        return super().__call__()


class Made(metaclass=Meta):
    pass


class Color(enum.Enum):
    RED = 1

    def touch(self):
        said.append(self.name)


class Table(collections.UserDict):
    def __setitem__(self, name, value):
        said.append(name)
        super().__setitem__(name, value)


class Default(dict):
    def __missing__(self, name):
        said.append(name)
        return 1

    def update(self, *args):
        said.append("update")


class Told(list):
    def append(self, item):
        said.append(item)


HANDLERS, STACK = {"a": hook}, [lambda: said.append("stack")]
"""

STATEMENTS = """
Agent.note(1)
agent.tell(1)
agent.step()
loud.step()
agent(3)
agent.run()
agent.level
agent.level = 3
agent.level += 3
del agent.level
dynamic.word
dynamic.word()
described.field
described.field = 3
for _ in Countdown(2): pass
list(Countdown(2))
a, b = Countdown(2)
[x for x in Countdown(2)]
max(Countdown(3))
",".join(map(str, Countdown(2)))
next(Countdown(2))
len(every)
every[0]
if every: pass
not every
every == 1
every in [1, 2]
[1, 2].count(every)
{every: 1}
{every}
hash(every)
str(every)
f"{every}"
"%s" % every
"{}".format(every)
print(every)
1 in every
list(reversed(every))
every < 3
sorted([every, every])
min(every, every)
[1, 2][every]
range(every)
with every: pass
-every
every += 1
every @ 1
tuple(every)
a, b = every
print(*every)
dict(every)
{**every}
dict(**every)
counts(1)
in_an_attribute()
list(generated(2))
x = generated(2); next(x)
with context(): pass
functools.reduce(added, [1, 2, 3])
list(itertools.accumulate([1, 2], added))
sorted([2, 1], key=key)
list(filter(key, [1, 2]))
Record()
class Sub(Registered): pass
Made()
Color.RED.touch()
HANDLERS["a"]()
STACK[-1]()
[do() for do in HANDLERS.values()]
table["k"] = 1
table.update({"z": 1})
table.setdefault("q", 1)
default["zz"]
default.update({})
told.append(3)
operator.methodcaller("step")(agent)
getattr(agent, "step")()
getattr(agent, "level")
setattr(agent, "level", 3)
type(agent).step(agent)
functools.partial(agent.step)()
(lambda: said.append(9))()
do = agent.step; do()
hooks = [agent.step, key]; hooks[0]()
any(key(x) for x in [0, 1])
dict.fromkeys(Countdown(2))
said.extend(Countdown(2))
globals()["said"].append(1)
exec("said.append(1)")
match [1, 2]:
  case [x, *rest] if key(x): pass
for _ in zip(Countdown(2), Countdown(2)): pass
[every, every].sort()
[every] < [every]
sorted({2: every, 1: every}.values())
heapq.heappush([every], every)
bisect.bisect([every], every)
collections.Counter(Countdown(2))
collections.deque(Countdown(3), 2)
collections.defaultdict(lambda: said.append(1))[3]
copy.copy(agent) and said.append(1)
"""

OBJECTS = {
    "agent": "Agent",
    "loud": "Loud",
    "dynamic": "Dynamic",
    "described": "Described",
    "every": "Everything",
    "table": "Table",
    "default": "Default",
    "told": "Told",
}


@outside.unordered(seconds=lambda x, d: d)
def g(x: Any, d: float) -> Any:
    """Take `d` seconds and return `x`."""
    return x


def written(statement: str, way: str) -> str:
    """A script around a statement."""
    made = [n for n in OBJECTS if re.search(rf"\b{n}\b", statement)]
    lines = ["said.clear()"]
    for name in made:
        value = f"{OBJECTS[name]}()"
        lines.append(
            f"{name} = g({value}, 1)" if way == "both" else f"{name} = {value}"
        )
    if way == "both":
        lines += ["if g(1, 1):", "    said.append(g(7, 2))"]
    inner = statement
    if way == "undecided":
        inner = "if g(1, 3):\n" + textwrap.indent(statement, "    ")
    elif way == "tried":
        inner = (
            "try:\n    if g(1, 2): pass\n"
            + textwrap.indent(statement, "    ")
            + "\n    if g(1, 1): raise KeyError\nexcept KeyError: said.append('caught')"
        )
    lines += [inner, "return list(said), len(said)"]
    return "def script():\n" + textwrap.indent("\n".join(lines), "    ")


def run_in(names: dict[str, Any], source: str, filename: str) -> None:
    """Execute a text that has lines to show."""
    linecache.cache[filename] = len(source), None, source.splitlines(True), filename
    exec(compile(source, filename, "exec"), names)


MODULE: dict[str, Any] = {"__name__": "inside", "g": g}
run_in(MODULE, WORLD, "<inside>")


def loaded(statement: str, way: str) -> Any:
    """That script."""
    run_in(MODULE, written(statement, way), f"<{way}: {statement}>")
    return MODULE["script"]


WAYS = {"undecided": [True], "both": [True, False], "tried": [True]}
"""How the statement comes to wait, and on which machines."""
BODIES = re.split(r"\n(?! )", STATEMENTS.strip("\n"))


@pytest.mark.parametrize("statement", BODIES)
def test_what_is_read_afterwards_is_what_it_said(statement: str) -> None:
    """However the statement comes to wait."""
    for way, fusions in WAYS.items():
        agree(loaded(statement, way), outside, fusions=fusions)
