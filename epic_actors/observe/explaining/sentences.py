"""The sentences that say what a step waits for, one for each case."""

from collections.abc import Iterable, Sequence

from epic_actors.core.network.externals import External, Order


AT_ONCE = "at once"
EVERY_ROUND = "at once in every round"
"""When a call begins that waits for nothing; else a condition is named."""


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`, in the order of the alphabet."""
    return joined(sorted(names))


def joined(names: Sequence[str]) -> str:
    """`b`, `a` and `c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def there(needs: Iterable[str]) -> str:
    """Some values have arrived."""
    needs = list(needs)
    return f"{listed(needs)} {'is' if len(needs) == 1 else 'are'} there"


# Calls


def call(
    name: str, external: External, needs: Iterable[str], begins: Iterable[str]
) -> str:
    """When the call of an external begins."""
    order, resource = external.order, external.resource.name
    on = "" if resource == "world" else f" on `{resource}`"
    named = f"`{name}` ({order.value}{on})"
    if order is Order.SEQUENTIAL:
        return f"{named} begins when everything older has succeeded."
    conditions = [there(needs)] if needs else []
    conditions += [one for one in begins if one not in (AT_ONCE, EVERY_ROUND)]
    if order is Order.READONLY:
        conditions.append(f"older sequential calls{on} are done")
    when = f"as soon as {joined(conditions)}" if conditions else next(iter(begins))
    return f"{named} starts {when}."


def native(name: str, text: str) -> tuple[str, str]:
    """A native call of which nothing is known, and what to declare."""
    declare = declaration(text)
    said = (
        f"`{name}` is not declared, so it runs natively in its turn: when everything "
        "older has succeeded, and before anything younger that looks at an object; "
        f"declare it: `{declare}`."
    )
    return said, declare


def unknown_method(name: str, text: str) -> tuple[str, str]:
    """A method of an object of which nothing is known."""
    declare = declaration(text)
    said = (
        f"`{name}` is a method of an object that is not known before the run: if it is "
        "no code of yours, it runs natively in its turn, when everything older has "
        f"succeeded; declare it: `{declare}`."
    )
    return said, declare


def unknown_callee(name: str) -> str:
    """A call of something that is only known in the run."""
    return (
        f"what `{name}` is, is not known before the run: if it is neither declared nor "
        "code of yours, it runs natively in its turn."
    )


def declaration(text: str) -> str:
    """How to declare what is called so."""
    name = text.rpartition(".")[2]
    return f"{name} = epic.unordered({text})"


def on_resource(name: str, resources: Iterable[str]) -> str:
    """A native call that has an order of its own."""
    return (
        f"`{name}` keeps its order ({listed(resources)}): it runs when everything older "
        "has succeeded, and only what uses its result waits for it."
    )


def in_turn(name: str) -> str:
    """A native step that changes what cannot be taken back."""
    return f"`{name}` runs in its turn, when everything older has succeeded."


# Values


def waits(name: str, needs: Iterable[str]) -> str:
    """A step that needs values."""
    return f"`{name}` waits for {listed(needs)}."


def folds(name: str) -> str:
    """A step that calls a function of the script's for all elements first."""
    return f"`{name}` begins when its function has given all values."


def needs_all(name: str, needs: Iterable[str]) -> str:
    """A step that cannot begin with the beginning of a text or list."""
    return f"`{name}` needs the whole of {listed(needs)}."


def streams(name: str, needs: Iterable[str]) -> str:
    """A step that passes on what has arrived."""
    return f"`{name}` goes along as {listed(needs)} arrives."


def answers_early(name: str, needs: Iterable[str]) -> str:
    """A step that the beginning of a text can decide."""
    return f"`{name}` is known as soon as enough of {listed(needs)} has arrived."


# Decisions and loops

REACH = {
    "branch": "only this branch waits for {needs}, what follows goes on",
    "round": "the rest of this round waits for {needs}, other rounds go on",
    "loop": "the next rounds wait for {needs}, what follows the loop goes on",
    "rounds": (
        "the next rounds and the rest of the function wait for {needs}, since a "
        "`return` stands in the loop"
    ),
    "function": (
        "the rest of the function waits for {needs}, since a `return` stands in a branch"
    ),
}


def decision(reach: str, needs: Iterable[str], besides: str) -> str:
    """How far a decision reaches."""
    return REACH[reach].format(needs=listed(needs)) + besides + "."


def besides(names: Iterable[str], *, everything: bool) -> str:
    """What follows an undecided branch or loop and waits for it all the same."""
    if everything:
        return (
            ", except what looks at an object, since code of which nothing is known "
            "may run here"
        )
    names = list(names)
    return f", except what touches {listed(names)}" if names else ""


def rounds(needs: Iterable[str], besides: str, *, arriving: bool) -> str:
    """When the rounds of a loop begin."""
    if arriving:
        when = f"one by one as {listed(needs)} arrives"
        return f"the rounds begin {when}, what follows goes on{besides}."
    return f"the rounds begin when {there(needs)}, what follows goes on{besides}."


def left(block: str, reach: str) -> str:
    """A block that may leave the loop or function around it."""
    what = {"loop": "the loop", "round": "the round"}.get(reach, "the function")
    return f"what follows waits until {block} is over, since that may leave {what}."


def held(names: Iterable[str]) -> str:
    """What a `try` holds."""
    what = listed(names) if names else "what its body touches"
    return f"{what} is held until the last call of this block has succeeded."


# Stores


def put(name: str) -> str:
    """A pending value goes into an object of the caller's."""
    return (
        f"`{name}` takes the value while it is pending; it is whole when the run ends."
    )


def held_back(name: str, needs: Iterable[str]) -> str:
    """A store of which the place is not known yet."""
    return (
        f"the store into `{name}` waits for {listed(needs)}, and what looks at `{name}` "
        "behind it waits too."
    )


def lent(name: str, callee: str, line: int) -> str:
    """A store into what a call was given."""
    return (
        f"the store into `{name}` waits for `{callee}` of line {line}, which was given "
        f"it; give it a copy, as in `list({name})`."
    )


def store_global(name: str, needs: Iterable[str]) -> str:
    """A global that is assigned."""
    return f"the global `{name}` is assigned when {there(needs)}; return it instead."


# Whole functions


def aside(reason: str, line: int | None) -> str:
    """A function of the script's that only CPython can run."""
    where = "" if line is None else f", line {line}"
    return (
        f"only CPython can run it ({reason}{where}): it goes aside as one sequential "
        "call, and its own calls go one by one; put that part into a function of its own."
    )


def generator() -> str:
    """A generator that CPython runs."""
    return (
        "it is a generator, which CPython runs: a step of it has its turn when "
        "everything older has succeeded, and it cannot call externals; let it return "
        "a list."
    )
