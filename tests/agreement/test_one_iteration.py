"""One thing that iterates at a time, in a module with no more code than it runs.

Nothing else can stand in for what is missing in a table.  Whether the statement is
undecided, what it is about is pending, something older is still to be appended, or
something older fails: what was run, and what it gave, is as in CPython.
"""

# mypy: ignore-errors

import gc
import linecache
import re
import textwrap

import pytest

from epic_actors.testing.agree import agree
from tests.agreement.test_one_method import boom, g, outside, re_indented


IMPORTS = """
import bisect, collections, contextvars, functools, heapq, itertools, json, operator, types

said = []
"""

GENERATOR = """
def gen():
    said.append("a"); yield 1; said.append("b"); yield 2; said.append("c")
"""
CAREFUL = """
def gen(n=3):
    try:
        for i in range(n):
            if r := (yield i): said.append(r)
    finally: said.append("f")
"""
ITERATOR = """
class Own:
    n = 0
    def __iter__(self): return self
    def __next__(self):
        said.append("n"); self.n += 1
        if self.n > 2: raise StopIteration
        return self.n
"""
FUNCTION = """
def f(v): said.append(v); return v
"""

#: What is made, which may come pending, and what is done with it, by what there is.
CASES = {
    "generator": (
        GENERATOR,
        """
x = gen() ;; res = functools.reduce(operator.add, x)
x = gen() ;; res = functools.reduce(operator.add, x, 1)
x = gen() ;; res = operator.contains(x, 1)
x = gen() ;; res = operator.countOf(x, 1)
x = gen() ;; res = operator.indexOf(x, 2)
x = gen() ;; res = collections.OrderedDict.fromkeys(x)
x = gen() ;; res = dict.fromkeys(x, 3)
x = gen() ;; res = {1}.intersection(x)
x = gen() ;; s = {1, 5}; s.intersection_update(x, [1]); res = s
""",
    ),
    "careful": (
        CAREFUL,
        """
;; i = gen(); res = [(v, next(i, None)) for v in i]
;; i = gen(); res = list(zip(i, i)); said.append("q")
;; i = gen(2); res = list(iter(functools.partial(next, i, 1), 1)), [*i]
;; i = gen(2); res = list(iter(i.__next__, 1)), [*i]
;; i = gen(2); res = list(map(i.send, [None, 1])), [*i]
""",
    ),
    "iterator": (
        ITERATOR,
        """
x = Own() ;; res = {1}.intersection(x)
x = Own() ;; s = {1}; s.intersection_update(x); res = s
""",
    ),
    "factory": (
        FUNCTION,
        """
d = collections.defaultdict(lambda: f(1)) ;; d[2]; d[2]; res = dict(d)
d = collections.defaultdict(lambda: f([])) ;; d[2].append(1); res = dict(d)
d = collections.defaultdict(lambda: f(0)) ;; d[2] += 1; res = dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = "%(a)s" % d, dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = "{a[b]}".format_map({"a": d}), dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = operator.itemgetter(1, 2)(d), dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = d.__getitem__(1), dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = d.__missing__(1), dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = list(map(d.__getitem__, [1, 1])), dict(d)
d = collections.defaultdict(lambda: f(1)) ;; res = collections.ChainMap({}, d)[1], dict(d)
d = collections.defaultdict(functools.partial(f, 1)) ;; res = d[2]
d = {1: collections.defaultdict(lambda: f(1))} ;; res = d[1][2]
d = collections.defaultdict(lambda: collections.defaultdict(lambda: f(1))) ;; res = d[1][2]
d = types.SimpleNamespace(d=collections.defaultdict(lambda: f(1))) ;; res = d.d[2]
;; d = collections.defaultdict(lambda: f(1)); res = "%(a)s" % d, dict(d)
;; ds = [collections.defaultdict(lambda k=k: f(k)) for k in (1, 2)]; res = [d[0] for d in ds]
;; mk = lambda l: collections.defaultdict(lambda: f(l)); a = mk([]); b = mk([]); a[1].append(2); res = b[1]
""",
    ),
    "context": (
        FUNCTION,
        """
;; v = contextvars.ContextVar("v"); t = v.set(f(1)); res = v.get(); v.reset(t)
;; v = contextvars.ContextVar("v", default=0); c = contextvars.copy_context(); c.run(v.set, 3); res = c[v], f(v.get())
;; v = contextvars.ContextVar("v", default=0); res = contextvars.copy_context().run(lambda: v.set(f(3)) and v.get()), v.get()
""",
    ),
    "keys": (
        """
def key(v): said.append(("k", v)); return -v
def gen(n=3):
    for i in range(n): said.append(i); yield i
    said.append("end")
""",
        """
x = gen() ;; res = max(x, key=key)
x = gen() ;; res = min(x, key=key)
x = gen(0) ;; res = min(x, key=key, default=5)
x = gen() ;; res = heapq.nsmallest(1, x, key=key)
x = gen() ;; res = heapq.nlargest(2, x, key=key)
x = gen() ;; res = heapq.nlargest(7, x, key=key)
x = gen() ;; res = heapq.nlargest(0, x, key=key), list(x)
x = gen() ;; res = sorted(x, key=key)
""",
    ),
    "closure": (
        FUNCTION,
        """
d = collections.defaultdict(lambda: f(1)) ;; res = d[2], d[2], dict(d)
d = types.SimpleNamespace(d=collections.defaultdict(lambda: f(1))) ;; res = d.d[2]
;; d = collections.defaultdict(lambda: f(1)); res = "%(a)s" % d, dict(d)
;; res = json.loads('{"a": {"b": 1}}', object_hook=lambda d: f(len(d)) and d)
;; res = json.dumps({"a": {1}}, default=lambda v: f(1))
;; res = bisect.bisect([1, 2, 3], 2, key=f)
;; x = [1, 3]; bisect.insort(x, 2, key=f); res = x
;; x = [3, 1]; x.sort(key=f); res = x, max(x, key=f)
""",
    ),
    "sorting": (
        FUNCTION,
        """
x = [3, 1, 2] ;; x.sort(key=lambda v: f(len(x)) or v); res = x
x = [3, 1, 2] ;; x.sort(key=lambda v: x.append(f(v)) or v); res = x
x = [3, 1, 2] ;; x.sort(key=lambda v: -f(v), reverse=True); res = x
;; x = [3, 1, 2]\\ntry: x.sort(key=lambda v: x.append(v) or v)\\nexcept ValueError as e: f(str(e))\\nres = x
;; x = [3, 1, 2]\\ntry: x.sort(key=lambda v: f(v) / 0)\\nexcept ZeroDivisionError as e: f(1)\\nres = x
""",
    ),
}


WAYS = {
    "undecided": "if g(1, 3):\n    STATEMENT",
    "pending": "STATEMENT",
    "behind": "if g(1, 2): said.append(g(7, 1))\nSTATEMENT",
    "failing": "try:\n    boom(1)\n    STATEMENT\nexcept ValueError: pass",
}
"""How the statement comes to wait."""
MACHINES = {"undecided": [True, False], "pending": [True, False]}
ROWS = [
    (kind, *map(str.strip, row.split(";;")))
    for kind, (_, text) in CASES.items()
    for row in text.strip().split("\n")
]


def script_of(kind, made, statement, way):
    """A script with that statement."""
    if way == "pending":
        made = re.sub(r"^(\w+) = (.*)$", r"\1 = g(\2, 1)", made)
    body = re_indented(WAYS[way], statement)
    lines = ["said.clear()", "res = None", made, body, "return list(said), res"]
    text, world = IMPORTS, CASES[kind][0]
    if kind == "closure":
        lines[0] = "said = []" + world
    else:
        text += world
    text += "def script():\n" + textwrap.indent("\n".join(lines), "    ") + "\n"
    filename = f"<{way}: {made} {statement} ({kind})>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    module = {"__name__": "inside", "g": g, "boom": boom}
    exec(compile(text, filename, "exec"), module)
    return module["script"]


@pytest.mark.parametrize(("kind", "made", "statement"), ROWS)
def test_all_that_is_run_is_seen(kind, made, statement):
    """However the statement comes to wait."""
    for way in WAYS:
        if made or way != "pending":
            script = script_of(kind, made, statement, way)
            agree(script, outside, fusions=MACHINES.get(way, [True]))


@pytest.mark.parametrize("often", [1, 3, 7, 50])
def test_a_generator_that_is_garbage_between_steps_runs_nothing(often):
    """Whenever Python looks for garbage: the script is somewhere else by then."""
    made, statement = "", "i = gen(); res = list(zip(i, i)); said.append('q')"
    before = gc.get_threshold()
    gc.set_threshold(often)
    try:
        agree(script_of("careful", made, statement, "failing"), outside)
    finally:
        gc.set_threshold(*before)
