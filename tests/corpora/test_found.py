"""What code that nobody here wrote has found, each reduced to a small program."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, ANN206
# mypy: disable-error-code="no-untyped-def, no-untyped-call, no-any-return, var-annotated, override, attr-defined"

import decimal
import functools
import heapq
import itertools
import math
import operator
import re
import textwrap
import types
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import pytest

import epic_actors as epic
from epic_actors.core.machines.fast import FastMachine
from epic_actors.core.network.network import Network
from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered
def later(x):
    """Give the argument, later."""
    return x


@outside.unordered
def later_str(x) -> str:
    """Give a text, later."""
    return x


@outside.unordered
def later_int(x) -> int:
    """Give a number, later."""
    return x


def lines_by_a_generator(text):
    """`textwrap.indent`: a generator reads a variable of the function around it."""
    text = later(text)

    def numbered():
        for number, line in enumerate(text.splitlines(True)):
            yield f"{number} {line}"

    return "".join(numbered())


def count_on_the_way(items):
    """`statistics.fmean`: a generator counts in a variable of the function around it."""
    try:
        n = len(items)
    except TypeError:
        n = 0

        def counted(given):
            nonlocal n
            for n, item in enumerate(given, start=1):
                yield item

        items = counted(items)
    total = math.fsum(items)
    return total, n


def mean_of_mapped(items):
    """`statistics.geometric_mean`: what is counted is itself an iterator."""
    return count_on_the_way(map(math.sqrt, later(items)))


def mean_of_pending(items):
    """What is counted has a length."""
    return count_on_the_way(later(items))


def squares_kept(items, start):
    """`calendar`: a generator expression is kept, and gone over elsewhere."""
    items, start = later(items), later(start)
    squares = (start + item * item for item in items)
    found = []
    for square in squares:
        found.append(square)
    return found


def named_method(text):
    """`html.parser`: a method is given a name, and the name is used twice."""
    text = later(text)
    starts = text.startswith
    if starts("<"):
        return "end" if starts("</") else "start"
    return "text"


def first(items):
    """`shlex`: there is no next item."""
    return next(iter(later(items)))


def first_or_none(items):
    """The caller knows what it means that there is no next item."""
    try:
        return first(items)
    except StopIteration:
        return None


def leave_two_loops(items):
    """`graphlib`: the end of an inner loop leaves the one around it as well."""
    found = []
    for item in later(items):
        while True:
            if len(found) > 20:
                return "too many"
            stack = [item]
            while stack:
                found.append(stack.pop())
                if found[-1] == 2:
                    item = 3
                    break
            else:
                break
    return found


def told_apart(numbers):
    """`boltons.iterutils.remap`: one of several branches goes on with the next round."""
    found = []
    for number in later(numbers):
        if number == 0:
            found.append("zero")
        elif number == 1:
            found.append("one")
        else:
            found.append("many")
            if number == 3:
                continue
        found.append("end")
    return found


def sorted_by(items, key):
    """`boltons.dictutils`: it turns out that there is no key to sort by."""
    items, key = later(items), later(key)
    return sorted(items, key=key), max(items, key=key)


def parts_joined(text, separator):
    """`inflection.parameterize`: it turns out that a text is put in, not a function."""
    text, separator = later(text), later(separator)
    return re.sub(r"\W+", separator, text), re.compile(" ").subn(separator, text)


def unwrapped(function):
    """`functools`: a loop that takes one attribute after another."""
    function = later(function)
    while isinstance(function, functools.partial):
        function = function.func
    return function("5")


class Lower(dict[str, Any]):
    """A dictionary whose methods are not those of `dict`."""

    def update(self, values):
        """Lower the keys."""
        dict.update(self, {key.lower(): value for key, value in values.items()})

    def __setitem__(self, key, value):
        """Lower the key."""
        dict.__setitem__(self, key.lower(), value)


def keep_in_own_dictionary(values):
    """`http.cookies`: what comes later is put where it was to go, past overridden methods."""
    values = later(values)
    found = Lower()
    found.update(values)
    dict.__setitem__(found, "B", later(values["A"]))
    found["C"] = later(4)
    return found


class Wrapper(textwrap.TextWrapper):
    """Calls the method of a library's class that it derives from by name."""

    def __init__(self, width):
        """Forget what the library's method is given."""
        self.lines = None
        textwrap.TextWrapper.__init__(self, width)


def set_up_by_a_library(text, width):
    """`tabulate`: an object is changed by a library's method, called by way of the class."""
    wrapper = Wrapper(width=later(width))
    return wrapper.expand_tabs, wrapper.wrap(later(text))


def pieces_changed(text):
    """`stdnum`: a list made of a text on its way is changed where that is undecided."""
    parts = later_str(text).split("-")
    letters = list(later_str(text))
    if len(parts) == 3:
        parts[0] = parts[0].zfill(2)
    if len(letters) == 5:
        letters.append("!")
    return "-".join(parts), "".join(letters), sorted(parts)


def without_keys(values, *keys):
    """`toolz.dissoc`: a tuple of what is on its way is all that holds it."""
    remaining = set(values)
    remaining.difference_update(keys)
    return remaining


def keys_left(values):
    """What comes later is given by way of a star."""
    return without_keys(later(values), later("x"), later("y"))


class Thing:
    """Has attributes."""


def stores_that_look(values):
    """`glom`: what is stored is looked at by the one who keeps it."""
    thing, error, table = Thing(), OSError(), defaultdict(None)
    thing.__dict__ = later(values)
    setattr(thing, "__doc__", later("kept as it is"))
    error.args = later((1, 2))
    error.__cause__ = later(None)
    stores_that_look.__defaults__ = later(None)
    table.default_factory = later(list)
    table["a"].append(later(4))
    return vars(thing), error.args, error.__cause__, table


class Private:
    """Keeps what it has under a name of its own."""

    __slots__ = ("__kept",)

    def __init__(self, kept):
        self.__kept = kept

    def kept(self):
        """What it keeps."""
        return self.__kept


@outside.unordered
def kept_by(thing):
    """Look into an object."""
    return str(thing.kept())


def private_slots(number):
    """What is in a private slot has come when somebody else looks into the object."""
    return kept_by(Private(later(number)))


class Hidden:
    """Has a property in front of what its dictionary holds."""

    kept = property(lambda self: vars(self).get("kept"))


def behind_a_property(number):
    """What is behind a property of the same name has come as well."""
    hidden = Hidden()
    vars(hidden)["kept"] = later(number)
    return later(hidden).kept


class Table:
    """`pyrsistent`: asks itself for attributes that it does not have."""

    __slots__ = ("_rows",)

    def __init__(self, rows):
        self._rows = rows

    def __getitem__(self, key):
        """The row of that name."""
        return dict(self._rows)[key]

    def __getattr__(self, key):
        """The row of that name."""
        try:
            return self[key]
        except KeyError as error:
            raise AttributeError(key) from error


def rows_as_attributes(rows):
    """Nobody but the script asks for attributes."""
    table = Table(later(rows))
    return table.a, hasattr(table, "b"), table["a"]


class Recent(dict[str, Any]):
    """`boltons.cacheutils`: a dictionary that sets itself up."""

    def __init__(self, size, **values):
        super().__init__(values)
        self.size = later(size)
        self["size"] = later(size) + 1


class Trail(list[Any]):
    """A list that sets itself up."""

    def __init__(self, steps):
        if later(len(steps)) > 1:
            list.__init__(self, later(steps))


class NotFoundError(LookupError):
    """`anytree`: an exception that looks into what it is given."""

    def __init__(self, name, items):
        self.items = later(items)
        super().__init__(f"{name} in {self.items}")


def set_themselves_up(size):
    """Instances of own classes that derive from builtin ones ask while they are made."""
    try:
        raise NotFoundError(later("x"), [size])
    except NotFoundError as error:
        return Recent(later(size), a=later(1)), Trail([1, later(2)]), error.args, error


class Counted(type):
    """Looks at the instances of its classes."""

    def __call__(cls, *args):
        """An instance."""
        made = super().__call__(*args)
        made.number = later(1) + len(args)
        return made


class Settings(metaclass=Counted):
    """Asks while it is made."""

    number = 0

    def __init__(self, name):
        self.name = later(name)


def by_a_metaclass(name):
    """A metaclass passes on the call of a class."""
    settings = Settings(later(name))
    return settings, settings.number


class Linked:
    """`anytree.SymlinkNode`: stores what its hook is given by way of `object`."""

    def __init__(self, target):
        self.target = target

    def __setattr__(self, name, value):
        super().__setattr__(name, value)

    def __getattribute__(self, name):
        return super().__getattribute__(name)

    @property
    def target(self):
        """What it is linked to."""
        return later(vars(self)["_target"])

    @target.setter
    def target(self, value):
        object.__setattr__(self, "_target", later(value))


def past_a_hook(target):
    """A property behind a hook of the same object runs in the script."""
    return Linked(target).target


def attribute_named_later(target):
    """`boltons.statsutils`: the name of an attribute comes later."""
    linked, name = Linked(target), later("target")
    setattr(linked, later("target"), 5)
    return getattr(linked, name), hasattr(linked, name)


def one_of_several_classes(value):
    """`pydash`, `more_itertools`: a tuple of classes that come later."""
    kinds = (later(int), str)
    try:
        raise KeyError(value)
    except (later(IndexError), later(KeyError)) as error:
        return isinstance(later(value), kinds), issubclass(bool, kinds), error.args


def left_behind_a_try(items):
    """`more_itertools.collapse`: a loop in a generator is left behind a `try` that yields."""

    def found():
        for item in items:
            if isinstance(item, str):
                yield item
            else:
                try:
                    rest = iter(later(item))
                except TypeError:
                    yield item
                else:
                    yield from rest
                    break

    return list(found())


def namespace_of_a_decorator(text):
    """`multipledispatch`: only CPython can run the closure, and it looks into a cell."""
    kept = {later(text): later_str(text)}

    def look(name=later_str(text)):
        vars()
        return name in kept, list(kept.items())

    return look()


class Place:
    """Keeps what it is given."""


def looks_at_what_is_elsewhere(text):
    """The like, in the attributes of an object and through a variable."""
    found, row = Place(), (later_str(text), 1)
    found.name, found.rest = later_str(text), [row]

    def look():
        vars()
        return found.name.upper(), found.rest[0][0].upper(), row

    first = look()
    found.name = later_str(first[0])
    return first, look()


class Cached:
    """`bitstring`: a class method that is no function."""

    def __init__(self, x):
        self.x = x

    @classmethod
    @functools.lru_cache
    def of(cls, x):
        return cls(x)


def behind_a_cache(x):
    """A method of a class, behind a cache."""
    if later(x):
        x = Cached.of(later(x)).x
    return x, Cached.of(3).x


class Every(type):
    """Calls everything its instance."""

    def __instancecheck__(cls, value):
        return True


class Pair(metaclass=Every):
    """`cons`: a class that may make something else."""

    def __new__(cls, *parts):
        if len(parts) == 2:
            return [*parts]
        return super().__new__(cls)


def something_else_is_made(x):
    """What is not of the class is not initialised."""
    return Pair(later(x), x), Pair().__class__ is Pair


def turned_around(text):
    """`infix_to_prefix_conversion`: a list on its way is stored in, then read bit by bit."""
    letters = list(later(text))
    for i in range(len(letters)):
        if letters[i] == "(":
            letters[i] = ")"
    joined = [letter for letter in "".join(letters)]
    pairs = [letter for _, letter in enumerate(letters)]
    return joined, pairs, "(" in "".join(letters), [x for x in letters[1:]]


def counted_aloud(name, stop):
    """A generator that is heard, and may go on for ever."""
    number = 0
    while stop is None or number < stop:
        print(name, number)
        yield later(number)
        number += 1


def taken_one_by_one(stop):
    """`test_heapq`, `more_itertools`: of a generator no more is taken than asked for."""
    one, other = itertools.tee(counted_aloud("tee", later(stop)))
    rows = itertools.zip_longest(counted_aloud("zip", later(stop)), [5])
    round_ = itertools.cycle(counted_aloud("cycle", later(stop)))
    merged = heapq.merge(counted_aloud("a", stop), counted_aloud("b", stop))
    groups = itertools.groupby(counted_aloud("group", later(stop)), lambda x: x // 2)
    for number, row in zip(range(4), rows, strict=False):
        print(row, next(one), next(merged), next(round_))
        if number:
            print(next(other), [(key, next(group)) for key, group in [next(groups)]])
    return [list(group) for _, group in itertools.islice(groups, 2)]


def asked_for_a_group(items):
    """No key is asked for before its item is wanted."""
    for key, group in itertools.groupby(items, lambda item: later(item) > 2):
        return key, next(group)


def in_turns(*columns):
    """`more_itertools.roundrobin`: a function of `map` says that there is no more."""
    sources: Any = map(iter, columns)
    for active in range(len(columns), 0, -1):
        sources = itertools.cycle(itertools.islice(sources, active))
        yield from map(next, sources)


def ended_by_the_function(text):
    """The function may be the script's own; what comes behind it is not asked for."""
    sources, last = [iter("ab"), iter(later("c")), iter("")], iter("z")
    return (
        list(in_turns(later(text), later("cde"))),
        list(map(first_of, [*sources, last])),
        [*map(functools.partial(next), later(sources))],
        list(itertools.starmap(iter("ab").__next__, later([(), (), ()]))),
        next(last),
    )


def first_of(items):
    """The next item, if there is one."""
    return next(items)


def methods_of_the_class(text, number):
    """`shlex`: a static method of a text that is on its way, which gives a dictionary."""
    word = later_str(text) + "c"
    table = word.maketrans(dict.fromkeys(later("ab")))
    if later(number):
        table[98] = "z"
    return (
        word.translate(table),
        later(number).from_bytes(b"a", later_str("big")),
        later(text.encode()).maketrans(b"a", later(b"b")),
        later_str(text).__class__(later(number)),
    )


def precision_taken_back(value):
    """`chudnovsky_algorithm`: what would be stored after a failure has its own setter."""
    context = decimal.Context(prec=7)
    try:
        if later(value) > 1:
            raise TypeError(later("too large"))
        context.prec = later(5)
    except TypeError as error:
        return error.args, context.prec
    return context.prec


class Term:
    """`keon/algorithms`, `Monomial`: says itself what it is equal to."""

    def __init__(self, factor):
        self.factor = factor

    def __eq__(self, other):
        return self.factor == other.factor


def are_equal(one, other):
    """Compare two terms."""
    return one == other


def compared_when_they_have_come(factor):
    """Operands have come when the function that compares them is there."""
    one, other = later(Term(factor)), later(Term(factor))
    return later(later(later(are_equal)))(one, other)


class Modest(int):
    """A number that leaves it to others."""

    def __add__(self, other):
        return NotImplemented

    __radd__ = __rmod__ = __lt__ = __gt__ = __eq__ = __add__


def number_of(function, *operands):
    """What is said of two numbers, if anything."""
    try:
        return function(*operands)
    except TypeError as error:
        return str(error)


def left_to_others(number):
    """Where an own method does not know, the method of what is pending is asked."""
    pending, modest = later_int(number), Modest(number)
    return (
        (pending + modest, modest + pending, pending == modest, modest == pending),
        (pending < modest, modest < pending, later_str("%d") % modest),
        number_of(lambda: Term(1) + pending),
        number_of(lambda: Silent() < pending),
        number_of(lambda: pending + Silent()),
    )


class Silent:
    """Never knows."""

    def __lt__(self, other):
        return NotImplemented

    __radd__ = __lt__


class Humble(dict[str, Any]):
    """A dictionary that leaves it to the other."""

    def __ror__(self, other):
        return NotImplemented


def merged_when_it_is_filled(values):
    """What is still to be put into an operand is there when it is asked."""
    humble = Humble()
    return dict(later(values)) | humble, humble | dict(later(values))


def copied_function(number):
    """`boltons.funcutils.copy_function`: a function is made by the type of functions."""

    def plain():
        return later(number)

    made = types.FunctionType(
        plain.__code__, plain.__globals__, closure=plain.__closure__
    )
    return made()


class Shifted:
    """`whatever`: a function that has items as well."""

    def __init__(self, by):
        self.by = by

    def __call__(self, *numbers):
        return sum(numbers) + self.by

    def __iter__(self):
        return iter([self.by, 1])


def functions_with_items(by):
    """What calls a function does not go over the function's own items."""
    shifted, row = later(Shifted(by)), later([1, 2])
    return (
        (list(map(shifted, row)), list(filter(shifted, shifted))),
        (list(map(Shifted(1), row, shifted)), list(map(len, map(list, [shifted] * 2)))),
        [row(2) for row in itertools.repeat(shifted, 2)],
        list(itertools.starmap(Shifted(by), zip(shifted, row, strict=False))),
        list(itertools.accumulate(shifted, Shifted(2), initial=Shifted(3)(4))),
        [key for key, _ in itertools.groupby(shifted, shifted)],
    )


def kept_under_keys(stop):
    """A generator that is only kept is not gone over."""
    kept: dict[str, Any]
    kept = dict.fromkeys(later(["a", "b"]), counted_aloud("kept", stop))
    return next(kept["a"]), next(kept["b"]), kept["a"] is kept["b"]


def given_too_little(function):
    """`toolz.curry`: the library says what is missing, when it is called."""
    found = []
    for called, given in [(map, ()), (filter, ()), (filter, (1, 2)), (any, ([1],))]:
        try:
            found.append(later(called)(later(function), *given))
        except TypeError as error:
            found.append(str(error))
    return found


class Shelf(Mapping[Any, Any]):
    """`toolz`: a mapping that has the rest from the library."""

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(later(list(self.rows)))

    def __getitem__(self, key):
        return later(self.rows[key])

    def __len__(self):
        return later(len(self.rows))


def rest_of(**named):
    """What was given by name."""
    return named


def through_mixins(rows):
    """What a library's class does for one of the script's asks as well."""
    shelf, found = Shelf(rows), []
    for key, value in shelf.items():
        if later(value):
            found.append(key)
    return (
        (found, [*shelf.values()], dict(shelf.items()), list(shelf.keys())),
        (shelf == rows, "a" in shelf.keys(), len(shelf.items()), sorted(shelf.items())),
        (list(map(str, shelf.keys())), list(zip(shelf, shelf.values(), strict=True))),
        (rest_of(**shelf), max(shelf.values(), key=lambda v: later(-v))),
    )


class Asked:
    """Has items that come later."""

    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        for item in self.items:
            yield later(item)


def items_taken_in(number):
    """`toolz.sliding_window`: what takes in all items runs the code that gives them."""
    row, queue = [1, 2, 3], deque([number])
    row[1:] = later(Asked(4, number))
    queue += Asked(5)
    grown = set(later([number]))
    grown.update(Asked(6), [7])
    one, other = itertools.tee(Asked(1, number))
    return (
        (row, queue, grown, [*one], [*other]),
        (deque(Asked(1, 2), 1), dict.fromkeys(Asked("a"), 1), Counter(Asked("a"))),
        (heapq.nlargest(1, Asked(1, number)), math.fsum(Asked(1, number))),
        list(itertools.product(Asked(1, 2), repeat=2)),
    )


class Meter:
    """Counts how often it is read."""

    def __init__(self):
        self.reads = 0

    def __getitem__(self, key):
        self.reads += 1
        return later(key)

    @property
    def level(self):
        self.reads += 1
        return later(self.reads)

    def raised(self, by, *, times=1):
        self.reads += by * times
        return later(self.reads)


def got_by_operator(fails):
    """What `operator` makes runs the script's own code, and takes back what it stored."""
    level, item = operator.attrgetter("level"), operator.itemgetter(3)
    raised = operator.methodcaller("raised", 2, times=2)
    meter, other = Meter(), later(Meter())
    found = [level(meter), item(other), raised(meter), [*map(level, [meter, other])]]
    try:
        found.append(1 / later(fails))
        found += [level(meter), item(meter), raised(meter)]
    except ZeroDivisionError:
        found.append(meter.reads)
    if later(1):
        raised(meter)
    return found, meter, other, sorted([meter, other], key=level)[0] is other


PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (lines_by_a_generator, ("a\nb\n",)),
    (mean_of_pending, ([1.0, 2.5],)),
    (mean_of_mapped, ([1, 4, 9],)),
    (squares_kept, ([1, 2, 3], 10)),
    (named_method, ("</a>",)),
    (named_method, ("<a>",)),
    (first, ([7],)),
    (first_or_none, ([],)),
    (leave_two_loops, ([1, 2, 4],)),
    (keep_in_own_dictionary, ({"A": 1},)),
    (told_apart, ([0, 1, 2, 3, 4],)),
    (sorted_by, ([2, 3, 1], None)),
    (parts_joined, ("one, two  three", "-")),
    (pieces_changed, ("1-2-3",)),
    (keys_left, ({"x": 1, "y": 2},)),
    (stores_that_look, ({"x": 1},)),
    (private_slots, (3,)),
    (behind_a_property, (4,)),
    (rows_as_attributes, ([("a", 1)],)),
    (set_themselves_up, (3,)),
    (by_a_metaclass, ("a",)),
    (past_a_hook, (4,)),
    (attribute_named_later, (4,)),
    (one_of_several_classes, (3,)),
    (left_behind_a_try, (["a", 1, [2, 3], "b"],)),
    (left_behind_a_try, ([[], "b"],)),
    (set_up_by_a_library, ("one two three", 8)),
    (namespace_of_a_decorator, ("a",)),
    (looks_at_what_is_elsewhere, ("a",)),
    (behind_a_cache, (2,)),
    (something_else_is_made, (2,)),
    (taken_one_by_one, (None,)),
    (taken_one_by_one, (9,)),
    (asked_for_a_group, ([1, 1, 3],)),
    (ended_by_the_function, ("ab",)),
    (methods_of_the_class, ("ab", 3)),
    (precision_taken_back, (2,)),
    (turned_around, ("a(b",)),
    (compared_when_they_have_come, (2,)),
    (left_to_others, (2,)),
    (merged_when_it_is_filled, ([("a", 1)],)),
    (copied_function, (3,)),
    (functions_with_items, (3,)),
    (kept_under_keys, (9,)),
    (given_too_little, (int,)),
    (through_mixins, ({"a": 1, "b": 2},)),
    (items_taken_in, (3,)),
    (got_by_operator, (0,)),
    (got_by_operator, (1,)),
    (unwrapped, (functools.partial(functools.partial(int), base=6),)),
]


@pytest.mark.parametrize(("script", "args"), PROGRAMS)
def test_programs_agree(script: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """A program that once disagreed means what CPython says."""
    agree(script, outside, lambda: args, seeds=range(3))


@pytest.mark.parametrize("fusion", [True, False])
def test_stop_iteration_leaves_the_run_as_it_is(*, fusion: bool) -> None:
    """A `StopIteration` of the script's is raised by `run`, and hides nothing."""
    with pytest.raises(StopIteration) as caught:
        epic.run(first, [], fusion=fusion)
    assert caught.value.__context__ is None


class Stranger(MutableMapping[str, int]):
    """Derives from a library's class, as do others that no script knows of."""


def test_strangers_are_not_met() -> None:
    """What derives from a library's class is not taken for what a script may get."""
    network = Network(lambda function: None, FastMachine())
    network.summaries.meet_class(MutableMapping)
    assert Stranger not in network.summaries.classes
