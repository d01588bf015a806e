"""A grammar of small scripts, as text.

The grammar is the text below.  A hole in angle brackets is filled in:

    <int>       an expression of that type: int bool str list dict box any
    <int!>      a variable of that type that can be read
    <int:>      a variable of that type that can be assigned
    <int=>      the same, or a new name; bound from the next line on
    <intv>      an expression that may use the name `v`
    <int!1>     with a digit: the same text wherever it stands in the template
    <block> <loop> <quiet> <body>
                nested statements: plain; of a loop; without exits; of a function

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
        <dict!>.get(<key>, <int>)
        <box!>.n
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
        """,
    "dict": """
        {<key>: <int>}
        {str(v % 3): f(v) for v in <list>}
        dict(<dict>)
        f(<dict>)
        {**<dict>, <key>: <int>}
        (<dict> | <dict>)
        """,
    "box": """
        Box(<int>)
        Box(<int>, <list>)
        <box!>.refresh()
        f(<box>)
        (<box> if <bool> else <box>)
        """,
    "any": """
        <int>
        <str>
        <list>
        None
        (<int>, <str>)
        <bool>
        {v % 4 for v in <list>}
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

<list=> = [<list!>, <list!>][<int> % 2]

<dict!>[<key>] = <int>
<int=> = sum(<dict!>.values())
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
