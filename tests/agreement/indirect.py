"""The second half of the grammar: code that runs without a call one could see.

    <deed>      a function of one number that stores something on the side
    <does>      the same, or what leads to one: a variable, a global, an element, a method
    <iter>      an iterator, often one whose steps store
    <it!>       a variable that holds one; it may be used up already
    <keys>      an object that can be key or element, and notes what it is asked

What is called by `deeds.hook` is no `<does>`, so that every program ends.
"""

LEAVES = {
    "deed": "deeds.tick\ndeeds.note\ndeeds.used",
    "does": "deeds.tick\ndeeds.note\n<fn!>\ndeeds.turned",
    "iter": "iter([1, 2])\n<it!>\n<it!>",
    "keys": "Key(<digit>)\n<keys!>",
}

EXPRESSIONS = {
    "deed": """
        deeds.tick
        deeds.note
        deeds.used
        deeds.latest
        deeds.tally
        deeds.counted
        deeds.cautious
        asked_and_noted
        Tick(<int>)
        Tick.count
        Tick(<int>).call
        <box!>.add
        deeds.counter()[0]
        (lambda v: deeds.note(v + <digit>))
        functools.partial(deeds.tick)
        functools.partial(deeds.used, <int>).func
        noted(deeds.used)
        f(deeds.tick)
        f(deeds.note)
        deeds.sorted_out
        (deeds.tick if <bool> else deeds.note)
        [deeds.tick, deeds.note, deeds.used][<int> % 3]
        {True: deeds.used, False: deeds.tally}[<bool> is True]
        """,
    "does": """
        <deed>
        <deed>
        <deed>
        <fn!>
        deeds.turned
        deeds.hook
        deeds.all_hooks
        deeds.hooks[<int> % len(deeds.hooks)]
        deeds.hooks[-1]
        getattr(deeds, 'hook')
        (<fn!> if <bool> else <deed>)
        (lambda v: <fn!>(v))
        functools.partial(<fn!>)
        getattr(<box!>, 'add')
        """,
    "iter": """
        map(<does>, <list>)
        iter(<list>)
        <it!>
        <it!>
        Countdown(<int>)
        deeds.stepping(<list>)
        deeds.noting(<list>)
        iter(Shelf(<list>))
        (<does>(v) for v in <list>)
        (v for v in <iter> if <does>(v) % 2)
        filter(<does>, <list>)
        map(<does>, <iter>)
        itertools.chain(<iter>, <list>)
        itertools.islice(<iter>, 2)
        itertools.takewhile(<does>, <list>)
        itertools.accumulate(<list>, lambda v, w: <intv> + w)
        itertools.accumulate(<iter>)
        itertools.starmap(lambda v, w: <does>(v + w), zip(<list>, <list>))
        (v + w for v, w in zip(<iter>, <iter>))
        (v for _, v in enumerate(<iter>))
        reversed(<list>)
        iter(functools.partial(next, <iter>, 1), 1)
        f(iter(<list>))
        asked(<iter>)
        """,
    "keys": """
        Key(<int>)
        <keys!>
        f(<keys>)
        (<keys> if <bool> else <keys>)
        max(<keys>, <keys>)
        """,
    "int": """
        <does>(<int>)
        <does>(<int>)
        <does>(<int>)
        <does>(<int>)
        deeds.steps
        deeds.steps
        deeds.last
        len(deeds.seen)
        sum(deeds.seen)
        sum(deeds.table.values())
        deeds.counted.calls
        Tick.made
        sum(map(<does>, <list>))
        max(map(<does>, <list>), default=<int>)
        max(<list>, key=<does>, default=<int>)
        sum(<iter>)
        max(<iter>, default=<int>)
        next(<iter>, <int>)
        len(list(<iter>))
        len(set(<iter>))
        len([*<iter>, *<iter>])
        collections.Counter(<iter>).total()
        len(collections.deque(<iter>, 2))
        functools.reduce(lambda v, w: <does>(v + w), <list>, <int>)
        sum(v * w for v, w in zip(<iter>, <iter>))
        Tick(<int>).once
        Tick(<int>).each
        <keys>.step
        <keys>.n
        <keys>.other
        sum({<keys>: <int>, <keys>: <int>}.values())
        {<keys>: <int>}.get(<keys>, <int>)
        [<keys>, <keys>].count(<keys>)
        len({<keys>, <keys>})
        min(<keys>, <keys>).n
        [<int>, <int>, <int>, <int>, <int>, <int>, <int>, <int>, <int>][<keys> : ][-1:] == []
        Store()[<int>]
        collections.defaultdict(lambda: deeds.tick(<digit>))[<int>]
        sum(dict(**Named(<int>)).values())
        (lambda a, b: a + b)(**Named(<int>))
        sum(dict.fromkeys(<iter>, 1))
        len(re.findall('o', <str>))
        Shelf(<list>)[-1:] == <list>
        len(Shelf(<list>))
        divmod(<does>(<int>), 3)[1]
        """,
    "bool": """
        any(map(<does>, <list>))
        all(<does>(v) for v in <list>)
        <int> in <iter>
        <int> in Shelf(<list>)
        <keys> == <keys>
        <keys> < <keys>
        <keys> >= <keys>
        <keys> in [<keys>, <keys>]
        <keys> in {<keys>: 1}
        [<keys>] == [<keys>]
        ({<keys>} == {<keys>})
        bool(<keys>)
        not <keys>
        """,
    "list": """
        list(map(<does>, <list>))
        [<does>(v) for v in <list>]
        list(<iter>)
        [*<iter>][:4]
        sorted(<list>, key=<does>)[:4]
        sorted(<iter>)[:4]
        list(filter(<does>, <list>))
        list(deeds.seen)[-4:]
        list(deeds.table.values())
        [v for v, _ in itertools.groupby(<list>, <does>)]
        list(itertools.takewhile(<does>, <list>))
        list(zip(<iter>, <iter>))[2:]
        list(map(lambda v: <does>(v), <iter>))[:4]
        [k.n for k in sorted([<keys>, <keys>, <keys>])]
        [k.n for k in {<keys>: 1, <keys>: 2}]
        list(Shelf(<list>))
        [<intv> for v in <iter>][:4]
        [v for v in Shelf(<list>) if <does>(v) > 1]
        list(dict(**Named(<int>)).values())
        list(collections.Counter(<iter>).values())
        [v for pair in zip(<iter>, <list>) for v in pair][:4]
        """,
    "str": """
        re.sub('o', lambda _: str(<does>(<int>))[:2], <str>)[:12]
        str(<keys>)
        f"{<keys>}{deeds.steps}"[:12]
        '%s' % (<keys>,)
        '{:>3}'.format(<keys>)
        ''.join(map(str, <iter>))[:12]
        ','.join(str(<does>(v)) for v in <list>)[:12]
        ' '.join(f"{v}" for v in <iter>)[:12]
        """,
    "dict": """
        {k: <does>(v) for k, v in <dict>.items()}
        dict(zip('abc', <iter>))
        dict(**Named(<int>))
        {**Named(<int>), <key>: <int>}
        {str(k): v for k, v in deeds.table.items()}
        """,
    "any": """
        (<does>(<int>), deeds.steps)
        [<keys>, <int>]
        {<keys>: <int>}
        """,
}

STATEMENTS = """
<does>(<int>)

<fn=> = <does>

<fn=> = f(<fn!>)

<fn=> = <fn!> if <bool> else <deed>

<it=> = <iter>

<int=> = next(<it!>, <int>)

<list=> = list(<it!>)

<keys=> = <keys>

deeds.install(<deed>)

deeds.hook = <deed>

if <bool>:
    deeds.install(<deed>)

deeds.hooks.append(<deed>)

deeds.hooks[0] = <deed>

deeds.hooks[:] = [<deed>, <deed>]

if <bool>:
    deeds.hooks.append(<deed>)

deeds.steps = <int>

deeds.steps += <int>

deeds.seen.append(<int>)

deeds.seen.extend(itertools.islice(<iter>, 3))

deeds.seen = []

deeds.seen.clear()

deeds.table[<int> % 3] = <int>

deeds.table = {}

deeds.counted.calls = <int>

Tick.made += <int>

<keys!>.step = <int>

<keys!>.n = <int>

if <bool>:
    <does>(<int>)
<int=> = deeds.steps

if <bool>:
    <does>(<int>)
else:
    <does>(<int>)

if <does>(<int>) > 2:
    <block>

for <int=> in <iter>:
    <loop>

for <int=> in <it!>:
    <loop>
    if <bool>:
        break

for <fn=> in list(deeds.hooks):
    <loop>

for v in <list>[:3]:
    deeds.hooks.append(lambda w, v=v: deeds.note(v + w))
<int=> = deeds.all_hooks(<int>)

if <bool>:
    for <int=> in <iter>:
        <loop>
<list=> = deeds.seen[-3:]

while <does>(<int>) < 3 and <bool> and len(deeds.seen) < 9:
    deeds.seen.append(<int>)
    <loop>

<list!>.extend(itertools.islice(<iter>, 3))

<list:> += itertools.islice(<iter>, 3)

<list!>[:] = [*<iter>][:4]

unsorted = [*<list>][:4]
unsorted.sort(key=<does>)
<list=> = unsorted

<int=>, *<list=> = [<int>, *<iter>]

<dict!>.update(zip('ab', <iter>))

<dict!>[<key>] = <does>(<int>)

print(*<iter>)

print(<keys!>, end=';')

print(deeds.steps, deeds.last, len(deeds.seen))

rows = [<keys>, <keys>, <int>]
if <keys!> in rows:
    rows.remove(<keys!>)
<int=> = len(rows)

rows = {<keys>: <int>, <keys>: <int>}
rows[<keys>] = <int>
<block>
<int=> = rows.pop(<keys>, <int>)

rows = sorted([<keys>, <keys>])
<int=> = rows[0].n

box = f(<box!>)
box.add(<int>)
<int=> = <box!>.n

ticker = Tick(<int>)
<int=> = ticker.once
ticker.k = <int>
<int=> = ticker.once + ticker.each

ticker = [Tick(<int>), Tick(<int>)]
<block>
<int=> = ticker[<int> % 2](<int>)
<int=> = ticker[0].k + ticker[1].k

step, get = deeds.counter()
<fn=> = step
<block>
<int=> = step(<int>)
<int=> = get()

held_n = 0
def <fn=>(q):
    nonlocal held_n
    held_n += q
    return <does>(q)
<block>
<int=> = held_n

held_deed = <deed>
def <fn=>(q):
    return held_deed(q)
<block>
held_deed = <deed>
<block>

held_list = []
def <fn=>(q):
    held_list.append(q)
    <inner>
    return len(held_list)
<block>
<int=> = sum(held_list)

held_n = 0
def steps_of(xs):
    nonlocal held_n
    for x in xs:
        held_n += 1
        yield <does>(x)
<it=> = steps_of(<list>)
<list=> = list(steps_of(<iter>))[:4]
<block>
<int=> = held_n

class Own:
    kept = <digit>
    def __call__(self, q):
        Own.kept += q
        return <does>(q)
    def __iter__(self):
        self.kept += 1
        yield Own.kept
        yield <does>(self.kept)
    def __len__(self):
        return <does>(2) % 4
    def __enter__(self):
        return <does>(Own.kept)
    def __exit__(self, *error):
        Own.kept += <int>
<fn=> = Own()
<block>
<int=> = len(<fn!>) if isinstance(<fn!>, Own) else Own.kept
with Own() as <int=>:
    <block>
<list=> = [*Own(), Own.kept]

class Asks:
    kept = <digit>
asks = Asks()
if <bool>:
    Asks.reply = lambda self, q: <does>(q + self.kept)
else:
    Asks.reply = lambda self, q: deeds.note(q)
<block>
<int=> = asks.reply(<int>)

class Ticks(Tick):
    def __call__(self, q):
        return super().__call__(q) + <does>(q)
<fn=> = Ticks(<int>)
<block>

def <fn=>(q):
    <inner>
    return <does>(q)
deeds.hooks.append(<deed>)
<int=> = deeds.all_hooks(<int>)

def act(q):
    act.kept += q
    return <does>(q)
act.kept = <int>
<fn=> = act
<block>
<int=> = act.kept

with contextlib.suppress(Bad, ZeroDivisionError):
    <int=> = <does>(risky(<int>))
    <block>
<int=> = deeds.steps

try:
    <does>(<int>)
    risky(<int>)
    <does>(<int>)
except Bad:
    <int=> = deeds.steps

try:
    for <int=> in <iter>:
        <loop>
        risky(<int>)
except Bad:
    <list=> = list(deeds.seen)[-3:]

before = len(deeds.seen)
if <bool>:
    <list=> = [<does>(v) for v in <iter>][:4]
<int=> = len(deeds.seen) - before

a, b = itertools.tee(<iter>)
<int=> = next(a, <int>)
<list=> = [*b, *a][:4]

memo = functools.lru_cache(<deed>)
<int=> = memo(<int> % 3) + memo(<int> % 3)

heap = []
for v in <list>:
    heapq.heappush(heap, (<does>(v), v))
<int=> = heap[0][1] if heap else <int>
"""
