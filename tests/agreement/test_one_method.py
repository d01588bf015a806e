"""One special method at a time, inside everything that may run it.

Each class below has no more code than one statement runs, so nothing else of it can stand
in for what is missing in a table.  Whether the statement is undecided, its objects are
pending, something older is still to be appended, or something older fails: the list of
what was run is as in CPython.
"""

# mypy: ignore-errors

import linecache
import textwrap

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()

IMPORTS = """
import bisect, collections, contextlib, copy, dataclasses, datetime, decimal, fractions
import functools, heapq, itertools, json, math, operator, os, pickle, random, re
import statistics, string, struct, textwrap, types

said = []
"""

#: What the special method of that name gives.
ANSWERS = {
    "lt": "self.n<getattr(a[0],'n',0)",
    "gt": "self.n>getattr(a[0],'n',0)",
    "eq": "self is a[0]",
    "ne": "True",
    "hash": "1",
    "index": "0",
    "int": "3",
    "float": "2.5",
    "complex": "1j",
    "trunc": "3",
    "floor": "3",
    "ceil": "3",
    "round": "3",
    "str": '"x"',
    "repr": '"r"',
    "format": '"f"',
    "bytes": 'b"b"',
    "fspath": '"p"',
    "iter": "iter([(1,2),(3,4)])",
    "len": "2",
    "bool": "True",
    "contains": "True",
    "reversed": "iter([1])",
    "length_hint": "2",
    "getitem": "[1,2][a[0]] if isinstance(a[0],(int,slice)) else 1",
    "setitem": "None",
    "delitem": "None",
    "getattr": "1",
    "setattr": "object.__setattr__(self,*a)",
    "delattr": "None",
    "dir": '["a"]',
    "call": "1",
    "enter": "self",
    "exit": "False",
    "add": "1",
    "radd": "1",
    "iadd": "self",
    "mul": "1",
    "rmul": "1",
    "mod": "1",
    "rmod": "1",
    "matmul": "1",
    "rsub": "1",
    "truediv": "1",
    "pow": "1",
    "rpow": "1",
    "neg": "1",
    "abs": "1",
    "invert": "1",
    "divmod": "(1,1)",
    "rdivmod": "(1,1)",
    "rand": "1",
    "ror": "1",
    "copy": "self",
    "deepcopy": "self",
    "reduce_ex": "(int,())",
}

CLASSES = {
    "Callb": """
class Callb:
    def __init__(self, n=0): self.n = n
    def cb(self,*a): said.append("cb"); return 1
    @staticmethod
    def sm(*a): said.append("sm"); return 1
    @classmethod
    def cm(cls,*a): said.append("cm"); return 1
""",
    "Gen": """
class Gen:
    def __init__(self, n=0): self.n = n
    def __iter__(self):
        said.append("a"); yield 1; said.append("b"); yield 2
""",
    "MMap": """
class MMap(collections.abc.MutableMapping):
    def __init__(self,n=0): self.d={"a":1}
    def __len__(self): said.append("len"); return len(self.d)
    def __iter__(self): said.append("iter"); return iter(self.d)
    def __getitem__(self,k): said.append("get"); return self.d[k]
    def __setitem__(self,k,v): said.append("set"); self.d[k]=v
    def __delitem__(self,k): said.append("del"); del self.d[k]
""",
    "MSet": """
class MSet(collections.abc.Set):
    def __init__(self,n=0): pass
    @classmethod
    def _from_iterable(cls,it): return set(it)
    def __len__(self): said.append("len"); return 1
    def __iter__(self): said.append("iter"); return iter([1])
    def __contains__(self,k): said.append("in"); return k==1
""",
    "Map": """
class Map:
    def __init__(self, n=0): self.n = n
    def keys(self): said.append("keys"); return ["a"]
    def __getitem__(self,k): said.append(k); return 1
""",
    "Prop": """
class Prop:
    def __init__(self, n=0): self.n = n
    @property
    def x(self): said.append("x"); return 1
    @x.setter
    def x(self,v): said.append("set x")
    @x.deleter
    def x(self): said.append("del x")
""",
    "Seq": """
class Seq(collections.abc.Sequence):
    def __init__(self,n=0): pass
    def __len__(self): said.append("len"); return 2
    def __getitem__(self,k): said.append(("item",k)); return [1,2][k]
""",
    "SubD": """
class SubD(dict):
    def __init__(self,n=0): super().__init__(a=1)
    def __getitem__(self,k): said.append("item"); return super().__getitem__(k)
    def __setitem__(self,k,v): said.append("set"); super().__setitem__(k,v)
    def __iter__(self): said.append("iter"); return super().__iter__()
    def keys(self): said.append("keys"); return super().keys()
    def __missing__(self,k): said.append("missing"); return 1
    def get(self,k,d=None): said.append("get"); return 1
""",
    "SubI": """
class SubI(int):
    def __new__(cls,n=0): return super().__new__(cls,0)
    def __add__(self,o): said.append("add"); return 1
    def __index__(self): said.append("index"); return 0
    def __eq__(self,o): said.append("eq"); return True
    def __hash__(self): said.append("hash"); return 1
    def __bool__(self): said.append("bool"); return True
""",
    "SubS": """
class SubS(str):
    def __new__(cls,n=0): return super().__new__(cls,"ab")
    def __str__(self): said.append("str"); return "q"
    def __eq__(self,o): said.append("eq"); return True
    def __hash__(self): said.append("hash"); return 1
    def upper(self): said.append("upper"); return "U"
""",
    "UL": """
class UL(collections.UserList):
    def __init__(self,n=0): super().__init__([1,2])
    def __getitem__(self,k): said.append("item"); return super().__getitem__(k)
    def append(self,k): said.append("append"); super().append(k)
""",
}

HELPERS = """
@dataclasses.dataclass
class DC:
    v: object = 0


@dataclasses.dataclass(frozen=True, order=True)
class DF:
    v: object = 0


NT = collections.namedtuple("NT", "v")
"""

#: Statements by what their objects are of: one of these classes, or one that has methods.
STATEMENTS = {
    "lt": r"""
xs.sort()
operator.lt(xs[0], 1)
xs[0] < 1
1 > xs[0]
(1, xs[0]) < (1, xs[1])
sorted(xs)
sorted(xs, reverse=True)
min(xs)
min(xs[0], xs[1])
sorted([(1,x) for x in xs])
sorted({1:x for x in xs}.values())
heapq.heapify(xs)
heapq.heappush(xs,xs[0])
heapq.heappop(xs)
heapq.heappushpop(xs,xs[0])
heapq.nlargest(1,xs)
heapq.nsmallest(2,xs)
list(heapq.merge([xs[0]],[xs[1]]))
bisect.insort(xs,xs[0])
bisect.bisect(xs,xs[0])
bisect.bisect_left(xs,xs[0])
DF(xs[0]) < DF(xs[1])
sorted([DF(x) for x in xs])
sorted([NT(x) for x in xs])
min((x.n for x in xs), default=xs[0])
list.sort(xs)
xs.__lt__(xs[::-1])
xs < xs[::-1]
sorted([1, 2], key=lambda n: xs[n - 1])
l.extend([2]) or l.sort(key=lambda n: xs[n - 1])
xs.append(xs[0]) or xs.sort()
all(x < 1 for x in xs)
""",
    "eq": r"""
xs.index(xs[1])
xs.count(1)
1 in xs
xs.remove(xs[1])
operator.contains(xs, 1)
operator.countOf(xs, 1)
operator.eq(xs[0], 1)
xs[0] == 1
1 == xs[0]
'a' == xs[0]
None == xs[0]
xs[0] != 1
xs == [1, 2]
[1, 2] == xs
(1, xs[0]) == (1, 2)
[xs[0]] != [1]
{1: xs[0]} == {1: 2}
q == collections.deque([xs[0]])
collections.deque(xs) == collections.deque([1,2])
tuple(xs).index(xs[1])
tuple(xs).count(1)
collections.deque(xs).remove(xs[1])
collections.deque(xs).count(1)
collections.deque(xs).index(xs[1])
q.append(xs[0]); q.index(xs[0])
1 in {1: xs[0]}.values()
2 in {1: xs[0]}.values()
(1, 2) in {1: xs[0]}.items()
d.items() == {1: xs[0]}.items()
{1:2}.items() == {1: xs[0]}.items()
{1:2} == {1: xs[0]}
DC(xs[0]) == DC(xs[1])
NT(xs[0]) == NT(xs[1])
match xs[0]:\n    case 1: pass
types.SimpleNamespace(a=xs[0]) == types.SimpleNamespace(a=1)
list.index(xs, xs[1])
l.__contains__(xs[0])
l.__eq__(xs)
xs.__contains__(1)
xs.__eq__([1, 2])
xs[0].__eq__(1)
[x for x in xs if x in xs[1:]]
xs[0] in (1, 2)
any(x == 1 for x in xs)
copy.copy([xs[0]]) == [1]
(lambda *a: a[0])(*xs) == 1
""",
    "hash": r"""
d.get(xs[0])
d.setdefault(xs[0],1)
d.pop(xs[0],None)
s.add(xs[0])
s.discard(xs[0])
s.update(xs)
s.union(xs)
s.difference(xs)
s.issuperset(xs)
s.isdisjoint(xs)
s.symmetric_difference_update(xs)
d.update({1:xs[0]})
dict.fromkeys(xs)
dict([(xs[0],1)])
d[xs[0]]=1
xs[0] in d
s|set(xs)
s.intersection(xs)
frozenset(xs)
collections.Counter(xs)
collections.OrderedDict([(xs[0],1)])
d.keys() & xs
d.keys() | xs
d.keys() - xs
d.keys() ^ xs
xs[0] in d.keys()
{1:2}.keys() == {xs[0]}
s == {xs[0]}
{xs[0]:1}
{xs[0]}
{*xs}
{**{xs[0]: 1}}
{x: 1 for x in xs}
{x for x in xs}
collections.ChainMap(d).get(xs[0])
collections.defaultdict(int)[xs[0]]
hash(xs[0])
hash((xs[0],))
hash(frozenset(xs))
hash(DF(xs[0]))
{DF(xs[0])}
hash(NT(xs[0]))
dict.get(d, xs[0])
set.add(s, xs[0])
d.__contains__(xs[0])
d.__setitem__(xs[0], 1)
{xs[0]: 1} | d
dict(zip(xs, l))
set(zip(xs, l))
""",
    "index": r"""
l.insert(xs[0],1)
l.pop(xs[0])
l[xs[0]]
l[xs[0]:]
l[xs[0]] = 2
l[xs[0]:] = [2]
del l[xs[0]]
l * xs[0]
l *= xs[0]
'ab' * xs[0]
t * xs[0]
'ab'[xs[0]]
'ab'.center(xs[0])
'abc'.find('a', xs[0])
'abc'.split('b', xs[0])
'abc'.replace('b', 'c', xs[0])
t[xs[0]]
range(xs[0])
range(9)[xs[0]]
q[xs[0]]
q.rotate(xs[0])
q.insert(xs[0],1)
itertools.islice(l, xs[0])
list(itertools.islice(l, xs[0]))
itertools.repeat(1, xs[0])
bytes(xs[0])
bytearray(xs[0])
chr(xs[0])
hex(xs[0])
bin(xs[0])
operator.index(xs[0])
math.gcd(4, xs[0])
math.factorial(xs[0])
round(1.5, xs[0])
int('11', xs[0])
'%d' % xs[0]
'%x' % xs[0]
int(xs[0])
float(xs[0])
operator.setitem(l, xs[0], 1)
operator.itemgetter(xs[0])(l)
struct.pack('i', xs[0])
slice(xs[0]).indices(3)
l[slice(xs[0])]
l.__setitem__(xs[0], 1)
l.__getitem__(xs[0])
""",
    "str": r"""
'%s' % (xs[0],)
''.join(map(str,xs))
str(xs[0])
f'{xs[0]}'
f'{xs[0]!s:>3}'
f'{1:{xs[0]}}'
format(1, str(xs[0]))
'%s' % xs[0]
'%s %s' % (1, xs[0])
'%(a)s' % {'a': xs[0]}
'{}'.format(xs[0])
'{:{}}'.format(1, xs[0])
string.Template('$a').substitute(a=xs[0])
print(xs[0])
print(*xs)
print(1, sep=str(xs[0]))
json.dumps([str(x) for x in xs])
''.join(str(x) for x in xs)
textwrap.dedent(str(xs[0]))
str(ValueError(xs[0]))
""",
    "int": r"""
'%d' % xs[0]
int(xs[0])
sum(map(int, xs))
""",
    "float": r"""
'%f' % xs[0]
float(xs[0])
complex(xs[0])
math.sqrt(xs[0])
""",
    "trunc": r"""
math.trunc(xs[0])
""",
    "complex": r"""
complex(xs[0])
""",
    "floor": r"""
math.floor(xs[0])
""",
    "ceil": r"""
math.ceil(xs[0])
""",
    "round": r"""
round(xs[0])
""",
    "abs": r"""
abs(xs[0])
""",
    "divmod": r"""
divmod(xs[0],2)
""",
    "rdivmod": r"""
divmod(2,xs[0])
""",
    "pow": r"""
pow(xs[0],2)
""",
    "rpow": r"""
pow(2,xs[0])
""",
    "neg": r"""
-xs[0]
list(map(operator.neg, xs))
""",
    "invert": r"""
~xs[0]
""",
    "add": r"""
xs[0] + 1
sum([1], xs[0])
functools.reduce(operator.add, xs)
operator.add(xs[0], 1)
list(itertools.accumulate(xs))
""",
    "radd": r"""
1 + xs[0]
[1] + xs[0]
'a' + xs[0]
(1,) + xs[0]
l + xs[0]
sum(xs, 0)
datetime.timedelta(1) + xs[0]
decimal.Decimal(1) + xs[0]
fractions.Fraction(1) + xs[0]
operator.concat(l, l) + xs[0]
q + xs[0]
functools.reduce(lambda a, b: a + 1, xs, 1)
""",
    "iter": r"""
l += xs[0]
d |= xs[0]
operator.iadd(l, xs[0])
q.extend(xs[0])
q.extendleft(xs[0])
q += xs[0]
for _ in xs[0]: pass
[x for x in xs[0]]
list(xs[0])
tuple(xs[0])
set(xs[0])
dict(xs[0])
[*xs[0]]
[*xs[0], *xs[1]]
(*xs[0],)
f(*xs[0])
f(*xs[0], *xs[1])
f(1, *xs[0], k=2)
print(*xs[0])
max(*xs[0])
a, b = xs[0]
a, *b = xs[0]
(a, b), c = xs[0]
l.extend(xs[0])
l[:] = xs[0]
d.update(xs[0])
s.update(xs[0])
s.union(xs[0])
s.intersection(xs[0])
s.issubset(xs[0])
s |= set(xs[0])
zip(*xs)
list(zip(*xs))
list(zip(xs[0], l))
zip(xs[0], l)
enumerate(xs[0])
list(map(str, xs[0]))
iter(xs[0])
next(iter(xs[0]))
any(xs[0])
sum(xs[0], ())
min(xs[0])
sorted(xs[0])
itertools.chain(xs[0])
list(itertools.chain(xs[0], xs[1]))
list(itertools.chain.from_iterable(xs))
list(itertools.product(xs[0]))
list(itertools.zip_longest(xs[0], l))
list(itertools.permutations(xs[0]))
functools.reduce(f, xs[0])
collections.deque(xs[0])
collections.Counter(xs[0])
collections.OrderedDict(xs[0])
1 in xs[0]
list.extend(l, xs[0])
l.__iadd__(xs[0])
','.join(map(str, xs[0]))
""",
    "radd+iter": r"""
l += xs[0]
""",
    "radd+add": r"""
sum(xs)
""",
    "iadd": r"""
xs[0] += 1
""",
    "mul": r"""
xs[0] * 2
functools.reduce(operator.mul, xs)
""",
    "rmul": r"""
2 * xs[0]
[1] * xs[0]
operator.mul(2, xs[0])
""",
    "mod": r"""
xs[0] % 2
""",
    "rmod": r"""
2 % xs[0]
""",
    "matmul": r"""
xs[0] @ 1
""",
    "rand": r"""
s & xs[0]
""",
    "ror": r"""
s | xs[0]
d | xs[0]
""",
    "rsub": r"""
2 - xs[0]
1.5 - xs[0]
""",
    "bool": r"""
operator.not_(xs[0])
operator.truth(xs[0])
[x for x in xs if x]
list(filter(None, xs))
next(filter(None, xs))
any(xs)
all(xs)
bool(xs[0])
if xs[0]: pass
not xs[0]
xs[0] and 1
xs[0] or 1
1 if xs[0] else 2
assert xs[0]
while not xs[0]: pass
list(map(bool, xs))
""",
    "getitem": r"""
operator.getitem(xs[0], 1)
operator.itemgetter(0)(xs[0])
'{0[1]}'.format(xs[0])
'{a}'.format_map(xs[0])
list(xs[0])
1 not in xs[0]
xs[0][1]
xs[0][1:2]
""",
    "setitem": r"""
operator.setitem(xs[0], 1, 1)
xs[0][1] = 2
""",
    "delitem": r"""
operator.delitem(xs[0], 1)
del xs[0][1]
""",
    "length_hint": r"""
operator.length_hint(xs[0])
""",
    "getattr": r"""
operator.attrgetter('x')(xs[0])
xs[0].x
hasattr(xs[0], 'x')
match xs[0]:\n    case Base(n=1): pass
vars(xs[0])
""",
    "Callb": r"""
operator.methodcaller('cb')(xs[0])
max(l, key=xs[0].cb)
list(map(xs[0].sm, l))
xs[0].cm()
""",
    "gt": r"""
1 < xs[0]
max(xs)
max(*xs)
max([(1,x) for x in xs])
max([1, 2], key=lambda n: xs[n - 1])
max(x for x in xs)
""",
    "ne": r"""
xs[0] != 1
""",
    "call": r"""
sorted(l, key=xs[0])
l.sort(key=xs[0])
max(l, key=xs[0])
json.dumps(1, default=xs[0])
list(filter(xs[0], l))
list(map(xs[0], l))
list(itertools.starmap(xs[0], [(1,)]))
list(itertools.takewhile(xs[0], l))
functools.reduce(xs[0], [1, 2])
functools.partial(xs[0], 1)()
list(iter(xs[0], 1))
re.sub('a', xs[0], 'b')
callable(xs[0])
xs[0](1)
f(xs[0](1))
functools.cmp_to_key(xs[0])(1) < functools.cmp_to_key(xs[0])(2)
sorted(l + [2], key=functools.cmp_to_key(xs[0]))
sorted([2, 1], key=functools.cmp_to_key(xs[0]))
""",
    "lt+add+truediv": r"""
statistics.median(xs)
""",
    "repr": r"""
str(xs[0])
repr(xs[0])
ascii(xs[0])
str(xs)
repr(xs)
repr((xs[0],))
repr({1: xs[0]})
str([[xs[0]]])
f'{xs[0]!r}'
f'{xs}'
'%s' % xs
'%r' % (xs,)
'{!r}'.format(xs[0])
print(xs)
repr(DC(xs[0]))
f'{DC(xs[0])}'
repr(NT(xs[0]))
repr(types.SimpleNamespace(a=xs[0]))
repr(ValueError(xs[0]))
' '.join(map(repr, xs))
""",
    "format": r"""
f'{xs[0]}'
format(xs[0])
'{}'.format(xs[0])
'{a}'.format(a=xs[0])
'{0.n}'.format(xs[0])
str.format('{}', xs[0])
""",
    "Map": r"""
'%(a)s' % xs[0]
'{a}'.format(**xs[0])
'{a}'.format_map(xs[0])
string.Template('$a').substitute(xs[0])
dict(xs[0])
{**xs[0]}
f(**xs[0])
d.update(xs[0])
d.update(**xs[0])
dict.update(d, xs[0])
""",
    "reduce_ex": r"""
pickle.dumps(xs[0])
""",
    "copy": r"""
copy.copy(xs[0])
""",
    "deepcopy": r"""
copy.deepcopy(xs[0])
copy.deepcopy(xs)
copy.deepcopy({1: xs[0]})
dataclasses.asdict(DC(xs[0]))
""",
    "bytes": r"""
bytes(xs[0])
""",
    "fspath": r"""
os.fspath(xs[0])
os.path.join('a', xs[0])
os.path.basename(xs[0])
""",
    "Gen": r"""
for _ in xs[0]: pass
list(xs[0])
f(*xs[0])
l.extend(xs[0])
l[0:1] = xs[0]
""",
    "len+iter": r"""
list(xs[0])
""",
    "length_hint+iter": r"""
list(xs[0])
""",
    "reversed": r"""
reversed(xs[0])
list(reversed(xs[0]))
""",
    "len": r"""
len(xs[0])
bool(xs[0])
if xs[0]: pass
list(map(len, xs))
""",
    "contains": r"""
1 in xs[0]
""",
    "getitem+setitem": r"""
xs[0][0] += 1
""",
    "Prop": r"""
xs[0].x
xs[0].x = 1
del xs[0].x
xs[0].x += 1
getattr(xs[0], 'x', 2)
setattr(xs[0], 'x', 2)
delattr(xs[0], 'x')
match xs[0]:\n    case object(x=1): pass
""",
    "setattr": r"""
xs[0].x = 1
setattr(xs[0], 'x', 2)
""",
    "delattr": r"""
del xs[0].x
""",
    "dir": r"""
dir(xs[0])
""",
    "enter+exit": r"""
with xs[0]: pass
with xs[0] as a, xs[1]: pass
contextlib.ExitStack().enter_context(xs[0])
""",
    "Seq": r"""
len(xs[0])
1 in xs[0]
list(xs[0])
xs[0].index(2)
xs[0].count(2)
list(reversed(xs[0]))
a, b = xs[0]
match xs[0]:\n    case [a, b]: pass
""",
    "MMap": r"""
match xs[0]:\n    case {"a": b}: pass
xs[0]["a"]
xs[0]["a"] = 2
"a" in xs[0]
xs[0].get("a")
xs[0].setdefault("b", 2)
xs[0].pop("a")
xs[0].update(b=1)
xs[0].update({1:2})
list(xs[0].items())
list(xs[0].values())
xs[0] == {"a": 1}
dict(xs[0])
{**xs[0]}
d.update(xs[0])
f(**xs[0])
collections.ChainMap(xs[0])["a"]
""",
    "MSet": r"""
xs[0] | {1}
xs[0] & {1}
{1} & xs[0]
xs[0] <= {1}
{1} <= xs[0]
set(xs[0])
""",
    "UL": r"""
xs[0][0]
xs[0].append(1)
list(xs[0])
xs[0] + [1]
xs[0] += [1]
""",
    "SubD": r"""
xs[0]["a"]
xs[0]["z"]
xs[0]["z"] = 1
xs[0].get("a")
dict(xs[0])
{**xs[0]}
f(**xs[0])
list(xs[0])
d.update(xs[0])
d | xs[0]
'%(a)s' % xs[0]
'{z}'.format_map(xs[0])
for _ in xs[0]: pass
"a" in xs[0]
xs[0] == {"a": 1}
""",
    "SubS": r"""
str(xs[0])
f'{xs[0]}'
'%s' % xs[0]
xs[0] == 'a'
'a' == xs[0]
{xs[0]: 1}
d.get(xs[0])
xs[0].upper()
','.join(xs)
'a' + xs[0]
sorted(xs)
xs[0] in 'abc'
print(xs[0])
""",
    "SubI": r"""
xs[0] + 1
1 + xs[0]
l[xs[0]]
range(xs[0])
xs[0] == 1
{xs[0]: 1}
if xs[0]: pass
sum(xs)
any(xs)
'%d' % xs[0]
xs[0] in l
""",
    "len+getitem": r"""
random.Random(1).choice(xs[0])
""",
    "hash+eq": r"""
d.update({xs[0]: 1})
""",
}


@outside.unordered(seconds=lambda x, d: d)
def g(x, d):
    """Take `d` seconds and return `x`."""
    return x


@outside.unordered(seconds=lambda d: d)
def boom(d):
    """Take `d` seconds and fail."""
    raise ValueError


NAMES = "l, d, s, q, t = [1], {}, set(), collections.deque([5]), (1, 2)"
PENDING = "l, d, s, q, t = g([1], 1), g({}, 1), g(set(), 1), g(collections.deque([5]), 1), (1, 2)"
WAYS = {
    "undecided": (NAMES, "xs = [K(1), K(0)]", "if g(1, 3):\n    STATEMENT"),
    "pending": (PENDING, "xs = g([K(1), K(0)], 2)", "STATEMENT"),
    "behind": (
        NAMES,
        "xs = [K(1), K(0)]",
        "if g(1, 2): said.append(g(7, 1))\nSTATEMENT",
    ),
    "failing": (
        *(NAMES, "xs = [K(1), K(0)]"),
        "try:\n    boom(1)\n    STATEMENT\nexcept ValueError: pass",
    ),
}
"""How the statement comes to wait."""
MACHINES = {"undecided": [True, False], "behind": [False]}


def class_of(kind):
    """The text of a class, which is called `K`."""
    if kind in CLASSES:
        return f"{CLASSES[kind]}\nK = {kind}\n"
    text = "class K:\n    def __init__(self, n=0): object.__setattr__(self, 'n', n)\n"
    for name in kind.split("+"):
        text += f"    def __{name}__(self, *a):\n"
        if name == "getattr":
            text += "        if a[0].startswith('__'): raise AttributeError(a[0])\n"
        text += f"        said.append({name!r})\n        return {ANSWERS[name]}\n"
    return text


def script_of(kind, statement, way):
    """A script with that statement."""
    names, made, body = WAYS[way]
    lines = ["said.clear()", names, "def f(*a, **k): return 1", made]
    lines.append(re_indented(body, statement))
    lines.append("return list(said), len(said)")
    text = IMPORTS + HELPERS + class_of(kind)
    text += "def script():\n" + textwrap.indent("\n".join(lines), "    ") + "\n"
    filename = f"<{way}: {statement} ({kind})>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    module = {"__name__": "inside", "g": g, "boom": boom}
    exec(compile(text, filename, "exec"), module)
    return module["script"]


def re_indented(body, statement):
    """A body with a statement of some lines in its place."""
    before, _, after = body.partition("STATEMENT")
    indent = before.rpartition("\n")[2]
    return before + statement.replace("\\n", "\n" + indent) + after


CASES = [(k, s) for k, text in STATEMENTS.items() for s in text.strip().split("\n")]


@pytest.mark.parametrize(("kind", "statement"), CASES)
def test_all_that_is_run_is_seen(kind, statement):
    """However the statement comes to wait."""
    for way in WAYS:
        script = script_of(kind, statement, way)
        agree(script, outside, fusions=MACHINES.get(way, [True]))
