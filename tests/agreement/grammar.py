"""A grammar of small scripts, as text.

The grammar is the text below; what code runs unseen is in `indirect`.  A hole in angle
brackets is filled in:

    <int>       an expression of that type: int bool str list dict box any
    <int!>      a variable of that type that can be read
    <int:>      a variable of that type that can be assigned
    <int=>      the same, or a new name; bound from the next line on
    <intv>      an expression that may use the name `v`
    <int!1>     with a digit: the same text wherever it stands in the template
    <block> <loop> <quiet> <flat> <body> <inner>
                nested statements: plain; of a loop; without exits; without further
                blocks either; of a function, with its `return`, or without

The first choices are the simplest, so that Hypothesis shrinks towards them.
Every program ends: loops are bounded, helpers call only older helpers.
"""

LEAVES = {
    "int": "<digit>\n<int!>\n<int!>\n<int!>",
    "str": "'a'\n<str!>\n<str!>",
    "list": "[]\n<list!>\n<list!>\n<list!>",
    "dict": "{}\n<dict!>\n<dict!>",
    "box": "<box!>\nBox(<digit>)",
    "bool": "True\n<int!>\n<list!>\nFalse",
    "money": "<money!>\nMoney(<digit>)",
    "any": "None\n<int!>\n<list!>\n<str!>",
}

EXPRESSIONS = {
    "int": """
        f(<int>)
        inc(<int>)
        <int!>
        risky(<int>)
        f(<int>)
        inc(<int>)
        f(<int>)
        inc(<int>)
        f(<int>)
        total(<list>)
        <helper>
        (<int> + <int>)
        total(<list>)
        <fn!>(<int>)
        <helper>
        <helper>
        (<int> - <int>)
        (<int> * <int> % 97)
        (<int> // 3)
        (-<int>)
        inc(<int>, by=<int>)
        len(<list>)
        len(<str>)
        sum(<list>)
        max(<list>, default=<int>)
        min(<int>, <int>)
        min(<list>, default=<int>, key=str)
        max((<list>, <list>), key=len, default=[<int>])[0:1] == [<int>]
        len(max(<list>, <list>))
        <dict!>.get(<key>, <int>)
        <box!>.n
        count
        mood.level
        mood.get_level()
        globals()['count']
        <box!>.size
        <box!>.ask()
        <box!>.add(<int>)
        <box!>.refresh().n
        <box!>.best(<int>, *<list>, k2=<int>)
        <box!>.best(**<dict>)
        read()
        get(<key>)
        log(<int>)
        <dict!>[<key>]
        <list!>[<digit>]
        (<list!1>[-1] if <list!1> else <int>)
        (<int> if <bool> else <int>)
        (<int> or <int>)
        (<int> and <int>)
        sum(f(v) for v in <list>)
        sum(<intv> for v in <list>)
        (lambda v: <intv>)(<int>)
        Record(<int>).n
        (10 // <int>)
        max(<list>, key=lambda v: -v, default=<int>)
        [*map(f, <list>), <int>][0]
        int(bool(<bool>))
        <money>.n
        <money!>(<int>)
        <money!>[<int>]
        <money!>.double
        len(<money>)
        sum(<money>)
        sum(asked(<list>))
        next(asked(<list>), <int>)
        next(iter(<list>), <int>)
        <box!>.twice(<int>)
        Box.make(<int>).n
        Pair(<int>, <int>).total
        Pair(<int>).right
        getattr(<box!>, 'n', <int>)
        (lambda v, k=<int>: <intv> + k)(<int>)
        (lambda *v, **k: f(len(v) + len(k)))(*<list>, **<dict>)
        min(<list>, key=inc, default=<int>)
        functools.reduce(lambda a, v: f(a + v), <list>, <int>)
        sum(v * w for v in <list>[:2] for w in range(f(v) % 3))
        len({*<list>, <int>} & {<int>, <int>})
        <str>.count('o')
        <str>.find(<str>)
        divmod(<int>, 3)[1]
        round(<int> / 2)
        {True: <int>, False: <int>}[bool(<bool>)]
        (<int>, <int>)[bool(<bool>)]
        len(tell(<int>).splitlines())
        sum(k for k, _ in listed(<int>))
        sum(f(k + len(v)) for k, v in listed(<int>))
        tell(<int>).find(<str>)
        """,
    "bool": """
        odd(<int>)
        <int> > <int>
        odd(<int>)
        f(<int>)
        odd(<int>)
        <int> == <int>
        not <bool>
        (<bool> and <bool>)
        (<bool> or <bool>)
        <int> in <list>
        <key> in <dict>
        <key> not in <dict>
        <digit> < <int> <= <digit>
        <list> == <list>
        <list!> is <list!>
        <str> == <str>
        f(<bool>)
        any(odd(v) for v in <list>)
        all(<intv> > 1 for v in <list>)
        isinstance(f(<any>), int)
        <str>.startswith('o')
        Record(<int>) == Record(<int>)
        f(<any>) is None
        <int> < <int> <= <int> != <digit>
        <money> < <money>
        <money> == <money>
        <int> in <money!>
        bool(<money!>)
        Pair(<int>, <int>) < Pair(<int>, <int>)
        (<int>, <str>) < (<int>, <str>)
        any(map(odd, <list>))
        all(odd(v) for v in <list> if v)
        hasattr(<box!>, 'extra')
        <str> in <str>
        callable(f(<any>))
        not not <money!>
        tell(<int>).startswith('0')
        '1 of 3' in tell(<int>).split(',')
        tell(<int>) == <str>
        any(f(k) for k, _ in listed(<int>))
        bool(listed(<int>))
        """,
    "str": """
        word(<int>)
        str(<int>)
        f"{<int!>}"
        (<str> + <str>)[:12]
        f"{<str!>!r:>4}{inc(<int!>):>3}"[:12]
        f"{f(<str!>)}{<int!>}"[:12]
        <str>.strip()
        <str>.upper()
        <str>[1:]
        '-'.join([word(v) for v in <list>])[:12]
        ','.join(str(v) for v in <list>)[:12]
        <str>.replace('o', 'e')
        (<str> if <bool> else <str>)
        str(<list>)[:12]
        f(<str>)
        <str>.partition(',')[0]
        f"{f'{f(<int!>)}'!r:<{<digit>}}"[:12]
        f"{<int!>=}{<str!>:^{<digit>}}"[:12]
        '%s-%d' % (<str>, <int>)
        '{}:{:>3}:{k}'.format(<str>, <int>, k=<int>)
        (word(<int>).title() + <str>)
        <str>.center(<digit>, '.')
        <str>.join([<str>, <str>])[:12]
        ''.join(reversed(<str>))
        ''.join(sorted(<str>))
        type(<any>).__name__
        str(<money>)
        repr(Pair(<int>, <str>))
        f"{<money!>}{Record(<int>)}"[:12]
        (<str> * (<int> % 3))
        tell(<int>)
        f"{tell(<int!>)}{<str!>}"[:12]
        ('%s: %s' % (tell(<int>), <str>))[:9]
        '{}-{k}'.format(<str>, k=tell(<int>))[:-1]
        tell(<int>).partition(',')[2].strip()
        ' '.join([word(k) for k, _ in listed(<int>)])
        ''.join(f(line) for line in tell(<int>).splitlines(keepends=True))
        tell(<int>).replace('of', 'and').lower().removeprefix('0 ')
        (tell(<int>) or <str>)
        """,
    "list": """
        items(<int>)
        [<int>, <int>]
        [f(v) for v in <list>]
        items(<int>)
        [inc(v) for v in <list>]
        f(<list>)
        list(<list>)
        [<intv> for v in <list>]
        [<intv> for v in <list> if odd(v)]
        [<intv> for v in <list> if <intv> > 1]
        (<list> + <list>)[:5]
        sorted(<list>)
        sorted(<list>, key=inc)[:4]
        <list>[1:]
        [*<list>, <int>][:4]
        <box!>.xs
        list(map(inc, <list>))
        list(<dict>.values())
        [a + b for a, b in zip(<list>, <list>)]
        [i * x for i, x in enumerate(<list>)]
        list(range(<int> % 4))
        (<list> if <bool> else <list>)
        (<list> or <list>)
        list(doubled(<list>))
        list({v % 3: v for v in <list>}.values())
        [f(v) for v in <list> for w in <list>[:2]][:4]
        list(filter(odd, <list>))
        list(asked(<list>))
        list(chained(<list>))
        [*asked(<list>), *<money>][:4]
        list(<money>)
        ([[f(w) for w in range(v % 3)] for v in <list>[:2]] and <list>)
        [x for v in <list>[:2] for x in [<intv>, f(v)]][:4]
        sorted(<list>, key=lambda v: (odd(v), -v))
        sorted(<list>, reverse=bool(<bool>))[:4]
        list(reversed(<list>))
        <list>[::2]
        <list>[<int>:]
        list(itertools.chain(<list>, <list>))[:4]
        list(itertools.accumulate(<list>))
        list(itertools.islice(asked(<list>), 2))
        [len(v) for v in word(<int>).split(',')]
        [*range(<int> % 3), *<list>][:4]
        copy.copy(<list>)
        copy.deepcopy(<box!>).xs
        list(map(lambda v, w: f(v + w), <list>, <list>))
        [v for v in <list> if not v or odd(v)]
        (<list> * 2)[:4]
        [a for a, *b in zip(<list>, <list>)]
        list(dict(zip(<list>, map(f, <list>))).values())
        [*<list!1>, <list!1>.pop() if <list!1> else <int>, *<list!1>][:4]
        [len(f(line)) for line in tell(<int>).splitlines()]
        [f(k) for k, _ in listed(<int>)]
        [f(i) + len(w) for i, w in enumerate(tell(<int>).split())][:4]
        [f(k) for k, v in [*listed(<int>), (<int>, <list>)] if v]
        """,
    "dict": """
        {<key>: <int>}
        {str(v % 3): f(v) for v in <list>}
        dict(<dict>)
        f(<dict>)
        {**<dict>, <key>: <int>}
        (<dict> | <dict>)
        dict(zip('abc', <list>))
        {k: f(v) for k, v in <dict>.items()}
        {k: v for k, v in <dict>.items() if odd(v)}
        {**<dict>, **<dict>}
        dict(<dict>, b=<int>)
        dict.fromkeys('ab', <int>)
        {**<dict!1>, <key>: <dict!1>.pop(<key>, <int>), **<dict>}
        dict(**<dict!1>, z=<dict!1>.setdefault('c', <int>), **{'y': <int>})
        """,
    "box": """
        Box(<int>)
        Box(<int>, <list>)
        <box!>.refresh()
        f(<box>)
        (<box> if <bool> else <box>)
        """,
    "money": """
        Money(<int>)
        (<money> + <money>)
        (<money> + <int>)
        (<int> + <money>)
        (-<money>)
        sum([<money>, <money>], Money(0))
        max(<money>, <money>)
        f(<money>)
        (<money!> or <money>)
        """,
    "any": """
        <int>
        <str>
        <list>
        None
        (<int>, <str>)
        <bool>
        {v % 4 for v in <list>}
        Pair(<int>, <str>)
        [<str>, *<list>]
        {<key>: <any>}
        """,
}

#: Statements, from the usual to the rare; blank lines stand between them.
USUAL = """
<int=> = <int>

<list!>.append(<int>)

if <bool>:
    <block>

if <bool>:
    <block>
else:
    <block>

for <int=> in <list>[:3]:
    <loop>

<list=> = <list>

<int:> += <int>

try:
    <block>
except Bad:
    <block>

<str=> = <str>

<box!>.n = <int>

<dict!>[<key>] = <int>

log(<any>)
"""

COMMON = """
<box=> = <box>

<dict=> = <dict>

<list:> += [<int>]

<list!>.extend(<list>[:2])

<list!>.insert(0, <int>)

<box!>.n += <int>

<box!>.xs.append(<int>)

<box!>.xs = <list>

<dict!>[<key>] = <dict!>.get(<key>, 0) + <int>

if <list!1>:
    <list!1>[0] = <int>

if <list!1>:
    <list!1>[<int> % len(<list!1>)] = <int>

if <list!1>:
    <list!1>[-1] += <int>

if <bool>:
    <block>
elif <bool>:
    <block>
else:
    <block>

if (<int=> := <int>) > 2:
    <block>

<counter=> = 0
while <counter!1> < 3 and <bool>:
    <counter!1> += 1
    <loop>

for <int=> in range(3):
    <loop>

for <int=>, <int=> in zip(<list>[:3], <list>[:3]):
    <loop>

if <bool>:
    break

if <bool>:
    continue

if <bool>:
    return <value>

try:
    <block>
except (Bad, IndexError, KeyError) as e:
    print(type(e).__name__)
    <block>
finally:
    <quiet>

f(<any>)

print(<any>)

put(<key>, <int>)

with Guard(<list!>, <bool>):
    <block>

<fn=> = lambda v: <intv>

def <fn=>(<param=>):
    <body>

<money=> = <money>

<money:> += <int>

<money!>[<int>] = <int>

<money!>.double = <int>

for <int=> in asked(<list>[:3]):
    <loop>

for <int=> in <money>:
    <loop>

for line in tell(<int>).splitlines():
    <int=> = len(f(line))
    <loop>

for line in (<str> + tell(<int>)).split('\\n'):
    <str=> = line
    <loop>

for k, found in listed(<int>):
    <int=> = f(k)
    found.append(<int>)
    <loop>

<str=> = tell(<int>)
for line in <str!>.strip().splitlines():
    <list!>.append(len(line))
    <loop>

first, _, rest = tell(<int>).partition('\\n')
for line in rest.splitlines():
    <int=> = f(len(line) + len(first))
    <loop>

pairs = zip(<list>, <list>)
for <int=>, <int=> in pairs:
    <loop>
<int=> = len(list(pairs))

try:
    for line in tell(<int>).splitlines():
        <loop>
    f(<int>)
except Bad:
    <block>

def gen(k):
    <inner>
    yield k
    yield f(k)
    <inner>
    yield from asked(<list>)
<list=> = list(gen(<int>))[:4]

def gen(xs):
    for v in xs:
        if odd(v):
            yield <intv>
        elif v > 6:
            return v
    return f(<int>)
it = gen(<list>)
for <int=> in it:
    <loop>

try:
    <block>
    return <value>
finally:
    <quiet>

for <int=> in <list>[:3]:
    try:
        <loop>
        continue
    finally:
        <quiet>

while <bool>:
    try:
        <block>
    finally:
        break

match <int>:
    case 0 | 1:
        <block>
    case 2 if <bool>:
        <block>
    case <int=>:
        <block>

match <list>:
    case []:
        <block>
    case [0, *_]:
        <block>
    case [<int=>, *<list=>]:
        <block>

match <dict>:
    case {'c': 1}:
        <block>
    case {'a': <int=>, **<dict=>} if odd(<int!>):
        <block>

match <box>:
    case Box(n=<int=>):
        <block>

match (<int>, <str>):
    case (1, _) | (_, 'a'):
        <block>
    case (<int=>, str() as <str=>):
        <block>

class Local:
    k = <digit>
    def __init__(self, n):
        self.n = n
        <inner>
    def get(self, k=<int>):
        self.n = f(self.n + k)
        <inner>
        return self.n
    @property
    def both(self):
        return self.n + self.k
local = Local(<int>)
<int=> = local.get()
<int=> = local.both + Local.k

class Deep(Box):
    def add(self, x):
        return super().add(x) + inc(x)
<box=> = Deep(<int>, <list>)
<int=> = <box!>.add(<int>)
"""

RARE = """
<int=>, <int=> = <int>, <int>

<int=>, *<list=> = [<int>, *<list>]

(<int=>, <int=>), <str=> = (<int>, <int>), <str>

<list=> = <list:> = <list>

<str:> = (<str!> + <str>)[:12]

<list!>[:1] = <list>[:2]

if <list!1>:
    del <list!1>[0]

<dict!>.pop(<key>, None)

if <key1> in <dict!2>:
    del <dict!2>[<key1>]

if <list!1>:
    <int=> = <list!1>.pop()

<list!>.sort()

<list!>.reverse()

<dict!>.update(<dict>)

<dict!>.setdefault(<key>, <int>)

push(<list!>, <int>)

<box!>.refresh()

for <str=>, <int=> in list(<dict>.items())[:3]:
    <loop>

for <int=>, <int=> in enumerate(<list>[:3]):
    <loop>
else:
    <block>

for <int=> in doubled(<list>[:3]):
    <loop>

for <int=> in <list!1>:
    if len(<list!1>) > 6:
        break
    <loop>

<counter=> = 0
while True:
    <counter!1> += 1
    if <counter!1> > 3 or <bool>:
        break
    <loop>

<counter=> = 0
while <counter!1> < 2:
    <counter!1> += 1
    <loop>
else:
    <block>

break

continue

return <value>

raise Bad(<int>)

assert <bool>, <str>

try:
    <block>
finally:
    <quiet>

try:
    <block>
except Bad as e:
    <block>
    raise ValueError(<int>) from e

try:
    <block>
except Bad:
    <block>
    raise
except Exception:
    <block>
else:
    <block>

with Guard(<list!>) as guarded:
    guarded.append(<int>)
    <block>

def <fn=>(q):
    nonlocal <int:1>
    <int:1> = <int:1> + q
    return f(<int:1>)

def <fn=>(q):
    global count
    count += q
    return count + <int>

def <fn=>(q):
    global count
    before, count = count, q
    return before

globals()['count'] = <int>

mood.set_level(<int>)

mood.level = <int>

mood.level += <int>

<int=> = mood.set_level(f(mood.level)) + mood.get_level()

if <bool>:
    mood.set_level(<int>)

setattr(mood, 'level', <int>)

from tests.agreement.mood import level
print(level)

class Kept:
    level = <digit>
held = [mood, Kept, Kept()][<int> % 3]
held.level += <int>
<block>
<int=> = mood.level + 2 * Kept.level + 3 * Kept().level

class Kept:
    level = <digit>
    @classmethod
    def put(cls, n):
        cls.level = n
class Own(Kept):
    pass
if <bool>:
    [Kept, Own][<int> % 2].put(<int>)
<block>
<int=> = Kept.level + 2 * Own.level

held = [globals(), {'count': <int>}][<int> % 2]
held['count'] += <int>
<block>
<int=> = count + 2 * held['count']

if <bool>:
    for held in (mood, <box!>):
        setattr(held, 'level', <int>)
<int=> = mood.level

fs = [lambda k, v=v: f(v + k) for v in <list>[:3]]
<list=> = [g(<int>) for g in fs]

fs = [lambda: f(v) for v in <list>[:3]]
<list=> = [g() for g in fs]

<int:1> = <int>
del <int:1>
<int:1> = f(<digit>)

if <bool>:
    del <int:>

match <any>:
    case int():
        <block>
    case [_, *_]:
        <block>
    case _:
        <block>

try:
    raise ExceptionGroup('g', [Bad(<int>), ValueError(<str>)])
except* Bad as eg:
    <flat>
except* ValueError:
    <flat>

try:
    <block>
except* (Bad, KeyError) as eg:
    print(len(eg.exceptions))
    <flat>

try:
    <block>
except Bad:
    raise KeyError(<int>) from None

try:
    try:
        <block>
        risky(<int>)
    except Bad as e:
        raise Lost(<int>) from e
    else:
        <block>
except Lost as e:
    <int=> = e.args[0]
    print(repr(e.__cause__), e.__suppress_context__)

try:
    try:
        <block>
        risky(<int>)
    except Bad:
        raise Lost(<int>)
except Lost as e:
    print(repr(e.__context__))

try:
    <block>
    risky(<int>)
except Bad as e:
    caught = e
    print(caught.args)

with Guard(<list!>), Guard(<list!>, <bool>) as guarded:
    <block>
    guarded.append(<int>)

with opened(<list!>) as guarded:
    <block>

with Calling(<int>) as <int=>:
    <block>

del <list!>[<int>:]

<list!>[1:1] = [<int>, *<list>][:2]

<list!>[<int>:] = <list>[:2]

<box!>.extra = <int>
del <box!>.extra

<int:1> = <int:2> = <int>
del <int:1>
<int:1> = <int>

<int=>, <box!>.n = <int>, <int>

<dict!>[<key>], *<box!>.xs = [<int>, *<list>]

[<int=>, [<str=>, *<list=>]] = <int>, [<str>, *<list>]

for <dict!>[<key>] in <list>[:2]:
    <loop>

for <int=>, *<list=> in zip(<list>[:2], <list>[:2]):
    <loop>

print(*<list>, <str>, sep='-')

print(<money!>, end=';')

<int=> = [<int>, <int>][not <bool>]

<list!> and <list!>.append(<int>)

<list=> = [*<list>, *asked(<list>)][:4]

it = iter(<list>)
<int=> = next(it, <int>)
<list=> = list(it)

it = asked(<list>)
<int=> = next(it, <int>)
<list=> = [*it]

it = (inc(v) for v in <list>)
<int=> = next(it, <int>)
<list=> = list(it)

it = zip(<list>, asked(<list>))
for <int=>, <int=> in it:
    <loop>

def wrap(g):
    def inner(*a, **k):
        return g(*a, **k) + <int>
    return inner
@wrap
def local(q, k=<int>):
    return f(q + k)
<int=> = local(<int>, k=<int>)

def even(q):
    return q <= 0 or uneven(q - 1)
def uneven(q):
    return q > 0 and f(even(q - 1))
<int=> = int(even(<int> % 5))

fact = lambda q: 1 if q < 1 else f(q) + fact(q - 1)
<int=> = fact(<int> % 4)

def counting():
    total_ = 0
    def step(by):
        nonlocal total_
        total_ += inc(by)
        return total_
    return step
step = counting()
<list=> = [step(<int>), step(<int>)]

def sender():
    got = <int>
    while got < 9:
        got = (yield f(got)) or got + 3
    return got
it = sender()
<int=> = next(it, 9)
if <int!> < 5:
    <int=> = it.send(<int> % 3)

def outer():
    got = yield from asked(<list>)
    yield got is None
<list=> = [int(v) for v in outer()]

pair = Pair(<int>, <list>)
pair.left = <int>
<int=> = pair.left
<list=> = pair.right

pair = dataclasses.replace(Pair(<int>, <int>), left=<int>)
<int=> = pair.total

pairs = sorted([Pair(<int>, 1), Pair(<int>, 2)])
<int=> = pairs[0].left

import math as m_
<int=> = m_.gcd(<int>, <int>)

x_, y_ = <int>, <int>
x_, y_ = y_, x_ + f(y_)
<int=> = x_

<list=> = [(w := f(v)) + w for v in <list>][:4]

<list=> = [y for v in <list> if (y := inc(v)) > 2][:4]

<int=> = (w := <int>) + f(w)

memo = {}
def cached(q):
    if q not in memo:
        memo[q] = inc(q)
    return memo[q]
<list=> = [cached(v % 2) for v in <list>]

queue = [<int> % 4]
while queue and len(queue) < 6:
    v = queue.pop()
    queue.extend(items(v)[:2])
<list=> = queue

made = [asked, chained, doubled][<int> % 3](<list>)
for a, b in zip(<list>, made):
    <int=> = a + b
<list!>.extend(made)

if <bool>:
    made = (f(v) for v in <list>)
else:
    made = <list>
<list=> = [a for _, a in enumerate(made)][:4]

nest = word(<int>).split()
nest.append(<list!1>)
<str=> = repr(nest)[:16]
<list!1>.append(<int>)

nest = f([<list>])
if <bool>:
    nest.append(<list!1>)
<int=> = len(f(nest))
<block>
<str=> = repr(nest)[:16]

nest = f([<list>, <box!1>])
nest.pop().xs = <list!2>
nest[0].append(<int>)
<list!2>.append(<int>)
<str=> = repr((nest, <box!1>.xs))[:16]

nest = f({<key>: <list>})
nest.setdefault(<key>, <list!1>).append(<int>)
<list!1>.append(<int>)
<block>
<str=> = repr(nest)[:16]

if <bool>:
    nest = [[len(v)] for v in word(<int>).split(',')]
else:
    nest = [<list!1>, f(<list>)]
nest[-1].append(<int>)
nest.append(<list!2>)
<block>
<str=> = repr(nest)[:16]

rows = [[<int>, <int>], [<int>]]
<list=> = [sum(row) for row in rows if row]
rows[0][0] += <int>
<int=> = rows[0][0]

parts = word(<int>).split(',')
<str=> = ' '.join(part.strip().title() for part in parts)

setattr(<box!>, 'n', <int>)

<str=1> = ''
for <int=> in <list>[:3]:
    <str!1> += str(f(<int!>))

<list=> = [<list!>, <list!>][<int> % 2]

<dict!>[<key>] = <int>
<int=> = sum(<dict!>.values())

kept = <dict!1>.items()
held = f(<dict!1>)
held[<key>] = <int>
<block>
<str=> = str(list(kept))[:16]
"""

#: Heads of helpers, how they may be called, and the variables their bodies have.
HELPERS = (
    ("(n)", ("(<int>)", "(n=<int>)"), {"int": ["n"]}),
    (
        "(n, xs)",
        ("(<int>, <list>)", "(xs=<list>, n=<int>)", "(*[<int>, <list>])"),
        {"int": ["n"], "list": ["xs"]},
    ),
    (
        "(n, k=2)",
        ("(<int>)", "(<int>, <int>)", "(<int>, k=<int>)"),
        {"int": ["n", "k"]},
    ),
    (
        "(n, /, b, *, k)",
        ("(<int>, <box>, k=<int>)",),
        {"int": ["n", "k"], "box": ["b"]},
    ),
    (
        "(n, *more, k=1, **named)",
        ("(<int>, *<list>)", "(<int>, <int>, k=<int>)", "(<int>, **<dict>)"),
        {"int": ["n", "k"], "dict": ["named"], "tuple": ["more"]},
    ),
)
