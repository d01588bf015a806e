"""An outside world that a test controls: externals that record what they are asked.

Each external is written as a plain function that computes the answer.  The run gets an
`epic` external that takes virtual time and then answers; plain Python gets a twin that
answers at once.  Both write down every call, so that two runs can be compared.

With `stream=` the answer is the pieces of a text or list, and each takes its time.  A text
is cut into pieces as the seed has it.  What fails by misfortune may give a few pieces first.

How long a call takes is given (`seconds=`) or drawn from the schedule's seed and from
what is asked, never from when: one seed is one schedule, whatever the machine does.
"""

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import attrs
import trio

import epic_actors as epic
from epic_actors.testing.shape import Shape


Answer: TypeAlias = Callable[..., Any]
Seconds: TypeAlias = Callable[..., float]
Fortune: TypeAlias = Callable[["Asked", Callable[[], Any]], Any]

MOST_CALLS = 3_000
FAILS_BEFORE_PIECE = 0.4
DRAWN_SECONDS = (0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0)


@attrs.frozen
class Asked:
    """One call of an external: its name and the shape of its arguments."""

    name: str
    arguments: str
    unordered: bool = attrs.field(default=True, eq=False)

    def __str__(self) -> str:
        return f"{self.name}({self.arguments})"


@attrs.define
class Record:
    """Everything the outside world saw of one run.

    Attributes:
        begun: How often each call was begun.
        ended: How often each call came to its end, with an answer or an error.
        ordered: The calls of sequential externals, in the order in which they began.
        torn: Calls whose arguments somebody changed while they were in flight.
        running: How many calls are in flight.
        seconds: What all calls together would take one after the other.
    """

    begun: Counter[Asked] = attrs.field(factory=Counter)
    ended: Counter[Asked] = attrs.field(factory=Counter)
    ordered: list[Asked] = attrs.field(factory=list)
    torn: list[Asked] = attrs.field(factory=list)
    running: int = 0
    seconds: float = 0.0
    asked: int = 0


class Endless(BaseException):
    """A script has made so many calls that it may never end; nothing is said of it."""


@attrs.define(eq=False)
class Outside:
    """A set of externals, their records, and the state they share.

    Attributes:
        state: What the externals read and change; empty at the start of each run.
        record: What was asked in the present run.
        seed: The seed from which the durations of the present run are drawn.
        fortune: Answers a call by computing its answer, or fails, as what is asked
            has it: a call fails in every run or in none.
        namespaces: The globals of further modules whose code calls these externals.

    Example:
        >>> outside = Outside()
        >>> @outside.unordered(seconds=lambda word: 1)
        ... def ask(word):
        ...     return word.upper()
    """

    state: dict[Any, Any] = attrs.field(factory=dict)
    record: Record = attrs.field(factory=Record)
    seed: object = 0
    fortune: Fortune = lambda asked, answer: answer()
    namespaces: list[dict[str, Any]] = attrs.field(factory=list)
    _twins: list[tuple[object, Answer]] = attrs.field(factory=list)

    def unordered(self, answer: Answer | None = None, **how: Any) -> Any:
        """Declare an unordered external; bare, or with `seconds=` and its options."""
        return self._declared(epic.unordered, answer, how)

    def readonly(self, answer: Answer | None = None, **how: Any) -> Any:
        """Declare a read-only external."""
        return self._declared(epic.readonly, answer, how)

    def sequential(self, answer: Answer | None = None, **how: Any) -> Any:
        """Declare a sequential external."""
        return self._declared(epic.sequential, answer, how)

    def begin(self, seed: object = 0) -> None:
        """Forget the last run."""
        self.state.clear()
        self.record = Record()
        self.seed = seed

    @contextmanager
    def plain(self, namespace: dict[str, Any]) -> Iterator[None]:
        """Within, the externals named in `namespace` are plain functions."""
        twins = {id(external): twin for external, twin in self._twins}
        spaces = [namespace, *self.namespaces]
        found = [{n: v for n, v in s.items() if id(v) in twins} for s in spaces]
        for space, externals in zip(spaces, found, strict=True):
            space.update({name: twins[id(v)] for name, v in externals.items()})
        try:
            yield
        finally:
            for space, externals in zip(spaces, found, strict=True):
                space.update(externals)

    def _declared(
        self, declare: Any, answer: Answer | None, how: dict[str, Any]
    ) -> Any:
        if answer is None:
            return functools.partial(self._declared, declare, how=how)
        options = dict(how)
        ordered = declare is epic.sequential
        call = _External(
            self,
            answer,
            options.pop("seconds", None),
            options.get("stream"),
            ordered=ordered,
        )
        made = call.asynchronous() if call.stream is None else call.streaming()
        external = (declare(**options) if options else declare)(made)
        self._twins.append((external, call.plain))
        return external


@attrs.define(eq=False)
class _External:
    outside: Outside
    answer: Answer
    seconds: Seconds | None
    stream: type | None = None
    ordered: bool = attrs.field(kw_only=True)

    def asynchronous(self) -> Callable[..., Any]:
        @functools.wraps(self.answer)
        async def external(*args: Any, **kwargs: Any) -> Any:
            record = self.outside.record
            asked, takes = self._ask(record, args, kwargs)
            record.running += 1
            try:
                # Why: `takes == 0` answers without a checkpoint, as a cache would.
                if takes:
                    await trio.sleep(takes)
                if _arguments(args, kwargs) != asked.arguments:
                    record.torn.append(asked)
                return self._answer(record, asked, args, kwargs)
            finally:
                record.running -= 1

        return external

    def streaming(self) -> Callable[..., Any]:
        """The external that gives the pieces of its answer one by one."""

        @functools.wraps(self.answer)
        async def external(*args: Any, **kwargs: Any) -> Any:
            record = self.outside.record
            asked, takes = self._ask(record, args, kwargs)
            record.running += 1
            try:
                for piece in self._pieces(asked, args, kwargs):
                    if takes:
                        await trio.sleep(takes)
                    yield piece
            finally:
                record.running -= 1
                record.ended[asked] += 1

        return external

    def plain(self, *args: Any, **kwargs: Any) -> Any:
        """The twin: answers at once."""
        record = self.outside.record
        asked, takes = self._ask(record, args, kwargs)
        if self.stream is None:
            return self._answer(record, asked, args, kwargs)
        pieces = []
        record.seconds -= takes
        try:
            for piece in self._pieces(asked, args, kwargs):
                pieces.append(piece)
                record.seconds += takes
        finally:
            record.ended[asked] += 1
        return "".join(pieces) if self.stream is str else pieces

    def _ask(self, record: Record, args: Any, kwargs: Any) -> tuple[Asked, float]:
        asked = Asked(self.answer.__name__, _arguments(args, kwargs), not self.ordered)
        takes = self._takes(asked, record.begun[asked], args, kwargs)
        record.begun[asked] += 1
        record.asked += 1
        if record.asked > MOST_CALLS:
            raise Endless(f"more than {MOST_CALLS} calls: the script may never end")
        record.seconds += takes
        if self.ordered:
            record.ordered.append(asked)
        return asked, takes

    def _answer(self, record: Record, asked: Asked, args: Any, kwargs: Any) -> Any:
        try:
            answer = functools.partial(self.answer, *args, **kwargs)
            return self.outside.fortune(asked, answer)
        finally:
            record.ended[asked] += 1

    def _pieces(self, asked: Asked, args: Any, kwargs: Any) -> Iterator[Any]:
        """The pieces of a streamed answer, and how it fails if it does."""
        drawn = random.Random(f"{self.outside.seed} {asked} pieces")  # noqa: S311
        pieces = self.answer(*args, **kwargs)
        if isinstance(pieces, str):
            pieces = cut(pieces, drawn)
        failure: Exception | None = None
        try:
            self.outside.fortune(asked, lambda: None)
        except Exception as error:
            failure = error
        for piece in pieces:
            if failure is not None and drawn.random() < FAILS_BEFORE_PIECE:
                break
            yield piece
        if failure is not None:
            raise failure

    def _takes(self, asked: Asked, nth: int, args: Any, kwargs: Any) -> float:
        if self.seconds is not None:
            return self.seconds(*args, **kwargs)
        if self.outside.seed is None:
            return 1.0
        drawn = random.Random(f"{self.outside.seed} {asked} {nth}")  # noqa: S311
        return drawn.choice(DRAWN_SECONDS)


def cut(text: str, drawn: random.Random) -> Iterator[str]:
    """A text in pieces, some of them empty."""
    while text:
        size = drawn.randrange(8)
        yield text[:size]
        text = text[size:]


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    drawing = Shape()
    named = [f"{name}={drawing.one(kwargs[name])}" for name in sorted(kwargs)]
    return ", ".join([*map(drawing.one, args), *named])
