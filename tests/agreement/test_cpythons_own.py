"""What CPython's own test suite says, with arguments pending, where the machine once differed.

Each program is a module of its own in which nothing else stands, so that no class or
function of another one makes the machine more careful than it has to be.
"""

import itertools
import linecache
import textwrap

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()
_numbers = itertools.count()


@outside.unordered(seconds=lambda answer: 1)
def later(answer):
    """Give what it is asked for."""
    return answer


@outside.unordered(seconds=lambda: 1)
def failing():
    """Fail."""
    raise ValueError


PROGRAMS = {
    "one of two generator expressions in a line never reaches its result": """
        def script():
            return sum(x for x in (y for y in range(later(9)) if False))
        """,
    "an annotation in brackets makes no variable": """
        def script():
            def outer():
                (unheard_of): int
                return later(unheard_of)

            try:
                outer()
            except NameError as error:
                return type(later(error)), str(error)
        """,
    "a function that is wrapped looks like what it wraps": """
        import functools

        def script():
            def wrapped(x):
                "Said of it."

            def wrapper(*given):
                return wrapped(*given)

            wrapped.said_of_it = 2
            functools.update_wrapper(later(wrapper), later(wrapped))
            return wrapper.__name__, wrapper.__doc__, wrapper.said_of_it
        """,
    "a function that is wrapped behind a failure looks as before": """
        import functools

        def script():
            def wrapped(x):
                "Said of it."

            def wrapper(*given):
                return wrapped(*given)

            wrapped.said_of_it = 2
            try:
                failing()
                functools.update_wrapper(wrapper, wrapped)
            except ValueError:
                pass
            return wrapper.__name__, wrapper.__doc__, vars(wrapper)
        """,
    "a function is registered for what is pending": """
        import functools

        def script():
            @functools.singledispatch
            def kind_of(x):
                return "any"

            kind_of.register(later(int), lambda x: "int")
            return kind_of(1), kind_of("")
        """,
    "a class that is registered counts as one": """
        import collections.abc

        def script():
            class Measured:
                pass

            collections.abc.Sized.register(later(Measured))
            return issubclass(Measured, collections.abc.Sized)
        """,
    "a class that turns out to be decorated is changed": """
        import typing

        def script():
            class Last:
                pass

            typing.final(later(Last))
            return Last.__final__
        """,
    "a dialect is registered before it is looked for": """
        import csv

        def script():
            csv.register_dialect("of ours", later(csv.excel))
            found = csv.get_dialect("of ours").delimiter
            csv.unregister_dialect(later("of ours"))
            return found, "of ours" in csv.list_dialects()
        """,
    "a tree gets its lines": """
        import ast

        def script():
            tree = ast.parse("1")
            ast.increment_lineno(later(tree), 3)
            return tree.body[0].lineno
        """,
    "a method of a library that lacks its object says so": """
        import collections

        def script():
            try:
                collections.UserDict.update()
            except TypeError as error:
                return later(str(error))
        """,
    "a named tuple of a class keeps its attributes while a field is pending": """
        import collections

        class Point(collections.namedtuple("_Point", ["x_place", "y_place"])):
            pass

        def script():
            made = Point(later(3), 4)
            same = made
            made.written = 5
            same.also = later(6)
            return later(made.__dict__), same.written, made.also, made is same
        """,
    "a tuple that is pending in part is itself": """
        def script():
            made = (later(3), 4)
            same = [made]
            return made is same[0], made == same[0], later(made) is made
        """,
    "super finds the method of a tuple that is pending in part": """
        import collections

        class Point(collections.namedtuple("_Point", ["x_place", "y_place"])):
            def __eq__(self, other):
                return super().__eq__(other)

            def count(self, value):
                return super().count(value)

        def script():
            made = Point(3, later(4))
            return made == (3, 4), made.count(4)
        """,
    "the dictionary of a function is where its attributes are": """
        def script():
            def noted():
                pass

            pending = later(noted)
            pending.__dict__.update(later({"known_as": 1}))
            return noted.known_as
        """,
    "the end of an iterator is what yield from gives": """
        def script():
            class Ended:
                def __iter__(self):
                    return self

                def __next__(self):
                    raise StopIteration(later(42))

            def delegating():
                found.append((yield from Ended()))

            found = []
            return list(delegating()), found
        """,
    "what decides a choice is asked once": """
        class Asked:
            def __init__(self, truth):
                self.truth = truth

            def __bool__(self):
                return later(self.truth)

            def __lt__(self, other):
                return self

        def script():
            yes, no = Asked(True), Asked(False)
            found = [1 if yes or no else 2]
            if not (no and yes):
                found.append(3)
            while (no if yes else yes) or no < yes < no:
                pass
            assert yes < yes < yes
            return [n for n in found if yes or n]
        """,
    "a class method comes after the fields": """
        import dataclasses

        def script():
            @dataclasses.dataclass
            class Noting:
                noted: int

                @classmethod
                def __post_init__(cls):
                    cls.was_made = True

            return Noting(later(1)).noted, Noting.was_made
        """,
    "a protocol looks at the attributes that an object has by then": """
        import typing

        @typing.runtime_checkable
        class Placed(typing.Protocol):
            place_of_it: int

        class Thing:
            pass

        def script():
            thing = Thing()
            found = [isinstance(later(thing), Placed)]
            setattr(later(thing), "place_of_it", 1)
            found.append(isinstance(thing, Placed))
            return found
        """,
    "an overload is registered before it is looked for": """
        import typing

        def script():
            def overloaded():
                pass

            typing.overload(later(overloaded))
            return typing.get_overloads(overloaded) == [overloaded]
        """,
    "a number is asked for inside of an array's item": """
        def script():
            class Number:
                def __index__(self):
                    return numbers.index(b"c")

            numbers = bytearray(later(b"abc"))
            numbers[0] = Number()
            return numbers
        """,
    "a class is not decorated behind a failure": """
        import functools
        import typing

        class Old:
            def __lt__(self, other):
                return True

        def script():
            try:
                [].pop(later(0))
                functools.total_ordering(Old)
                typing.final(Old)
            except IndexError:
                pass
            return hasattr(Old, "__final__"), "__gt__" in vars(Old)
        """,
    "two parts of a complex number have methods": """
        class Part:
            def __init__(self, size):
                self.size_of_it = size

            def __float__(self):
                return self.size_of_it

        def script():
            found = [complex(Part(1.5), Part(later(2.5)))]
            for given in (int, "2"), (float, "2"):
                try:
                    found.append(given[0](Part(later(1.0)), given[1]))
                except TypeError as error:
                    found.append(str(error))
            return found
        """,
    "what has items may be a number": """
        import math

        class Vector:
            def __iter__(self):
                yield later(3.0)

            def __float__(self):
                return later(4.0)

        def script():
            return math.sqrt(Vector()), math.fsum(Vector())
        """,
    "a method says itself what its arguments lack": """
        def script():
            found = []
            for given in (), (0,), ({1},):
                try:
                    set.add(*later(given))
                except TypeError as error:
                    found.append(str(error))
            return found
        """,
    "super may be bound to nothing yet": """
        class First:
            def said(self):
                return later(1)

        class Second(First):
            def said(self):
                above = super(Second)
                return above.__self__, later(above).__get__(self, Second).said()

        def script():
            return Second().said()
        """,
    "a class has a module that is no text": """
        def script():
            class Odd:
                pass

            Odd.__module__ = later(123)
            odd = later(Odd)()
            odd.held_by_it = later(1)
            return odd.held_by_it
        """,
    "a context runs what asks while nothing is pending": """
        import contextvars

        def script():
            level = contextvars.ContextVar("level", default=0)

            def within():
                level.set(later(1))
                return level.get()

            return contextvars.copy_context().run(within), level.get()
        """,
    "what only takes steps is nothing to go over": """
        class Stepping:
            def __next__(self):
                return later(1)

        def script():
            found = [next(Stepping())]
            for taking in enumerate, list, sum, zip:
                try:
                    found.append(taking(Stepping()))
                except TypeError as error:
                    found.append(str(error))
            return found
        """,
    "what makes the defaults of a dictionary may ask": """
        import collections

        def script():
            answers = collections.defaultdict(lambda: later(3))
            answers[1] += later(1)
            nested = collections.defaultdict(lambda: collections.defaultdict(lambda: later(0)))
            for key in later([1, 2, 1]):
                nested[key][answers[key]] += 1
            return answers, nested, 3 in answers
        """,
    "a name that a mapping gives twice is an error of the call": """
        class Pairs:
            def __init__(self, pairs):
                self.pairs_of_it = pairs

            def keys(self):
                return [key for key, value in self.pairs_of_it]

            def __getitem__(self, wanted):
                return dict(self.pairs_of_it)[wanted]

        def taking(x, **rest):
            return x, rest

        def script():
            found = [taking(**Pairs([("x", 1), ("y", later(2))]))]
            for calling in (
                lambda: taking(**Pairs([("x", later(1)), ("x", 2)])),
                lambda: taking(later(1), **Pairs([("y", 1), ("y", 2)])),
                lambda: taking(**Pairs([("x", 1), ("x", 2)]), y=later(1)),
                lambda: dict(z=later(3), **Pairs([("y", 1), ("y", 2)])),
            ):
                try:
                    found.append(calling())
                except TypeError as error:
                    found.append(str(error))
            return found
        """,
    "a call that cannot be made names the function that is still to come": """
        def script():
            found = []
            for called in None, len, script:
                try:
                    later(called)(*script)
                except TypeError as error:
                    found.append(str(error))
                try:
                    later(called)(**script)
                except TypeError as error:
                    found.append(str(error))
            return found
        """,
    "the dictionary of a module that was made by hand is where its attributes are": """
        import types

        def script():
            module = types.ModuleType("by_hand")
            held = module.__dict__
            module.held_by_module = later(1)
            return held.pop("held_by_module"), later(sorted(held))
        """,
    "nobody asks a module beforehand for what it may have": """
        import types

        def script():
            module = types.ModuleType("by_hand")
            vars(module)["__getattr__"] = lambda: later(1)
            try:
                module.not_there_at_all
            except TypeError as error:
                return str(error)
        """,
    "what is sent or thrown reaches the iterator behind yield from": """
        class Answering:
            def __init__(self, said):
                self.said_of_it = said

            def __iter__(self):
                return self

            def __next__(self):
                return later(1)

            def send(self, value):
                if value == 9:
                    raise StopIteration("end")
                return later(("sent", value))

            def throw(self, error):
                return later(("thrown", str(error)))

            def close(self):
                self.said_of_it.append(later("closed"))

        def going(said):
            yield (yield from Answering(said))
            yield from Answering(said)

        def script():
            said = []
            steps = going(said)
            found = [next(steps), steps.send(later(3)), steps.throw(ValueError("no"))]
            found += [steps.send(9), next(steps), next(steps)]
            steps.close()
            return found, said
        """,
    "an iterator behind yield from need not take what is sent": """
        class Bare:
            def __iter__(self):
                return self

            def __next__(self):
                return later(1)

        def going():
            yield from Bare()

        def script():
            found = []
            for step in lambda g: g.send(later(2)), lambda g: g.throw(ValueError("no")):
                steps = going()
                found.append(next(steps))
                try:
                    step(steps)
                except (AttributeError, ValueError) as error:
                    found.append(str(error))
            return found
        """,
    "what makes the defaults of a dictionary is what was stored last": """
        import collections

        def script():
            made, kept = collections.defaultdict(list), collections.OrderedDict()
            made.default_factory = later(None)
            kept.mark_of_ordered = 0
            if later(1):
                kept.mark_of_ordered = 1
            return made.default_factory, kept.mark_of_ordered
        """,
    "an operator of a library's class runs methods that ask": """
        import collections.abc

        class Kept(collections.abc.MutableSequence):
            def __init__(self, items):
                self.kept_items = items

            def __len__(self):
                return later(len(self.kept_items))

            def __getitem__(self, place):
                return self.kept_items[place]

            def __setitem__(self, place, item):
                self.kept_items[place] = item

            def __delitem__(self, place):
                del self.kept_items[place]

            def insert(self, place, item):
                self.kept_items.insert(place, later(item))

        def script():
            kept = Kept([1])
            kept += [2, later(3)]
            return kept.kept_items
        """,
    "a method of a library's class that draws runs the script's own": """
        import random

        def script():
            said = []

            class Saying(random.Random):
                def random(self):
                    said.append("said")
                    return 0.25

            drawn = Saying().choice(later([1, 2, 3, 4]))
            return later(drawn), later(said)
        """,
    "a pattern looks at attributes that ask": """
        class Point:
            __match_args__ = ("across", "up")

            @property
            def across(self):
                return later(1)

            def __getattr__(self, name):
                if later(name) == "up":
                    return 2
                raise AttributeError(name)

        def script():
            match later(Point()):
                case Point(2, _) | Point(deep=_):
                    return "no"
                case Point(1, up) as point:
                    return up, later(point.across)
        """,
    "what a library's object calls of the script's comes before what is younger": """
        import csv
        import logging

        def script():
            said = []

            class Echo:
                def write(self, text):
                    said.append(text)

            class Heard(logging.Handler):
                def emit(self, record):
                    said.append(record.getMessage())

            csv.writer(Echo()).writerow(later([1, 2]))
            found = [later(list(said))]
            logger = logging.Logger("heard")
            logger.addHandler(Heard())
            logger.warning(later("hello"))
            return found, later(list(said))
        """,
}


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name: str, fusion: bool) -> None:
    """The machine does what CPython does."""
    source = textwrap.dedent(PROGRAMS[name])
    filename = f"<program of CPython's {next(_numbers)}>"
    linecache.cache[filename] = len(source), None, source.splitlines(True), filename
    namespace = {"__name__": "program", "later": later, "failing": failing}
    exec(compile(source, filename, "exec"), namespace)
    agree(namespace["script"], outside, fusions=[fusion])
