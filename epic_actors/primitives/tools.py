"""Typed Python functions as tools that a model may call, and a loop that lets it.

A tool is a function, declared external or not, whose annotations and Google docstring
say what a model has to know; a script can still call it as the function that it is.
Tools that are declared `unordered` overlap when a model asks for several in one turn.
"""

import dataclasses
import functools
import inspect
import json
from collections.abc import Callable, Iterable
from typing import Any

import attrs

import epic_actors as epic
from epic_actors.core import External, Order, resource
from epic_actors.core.network.door import beside
from epic_actors.errors import LimitError, OutsideError, UsageError
from epic_actors.primitives.completions import (
    Completion,
    Prompt,
    ToolCall,
    messages_of,
)
from epic_actors.primitives.docstrings import summary_of
from epic_actors.primitives.llm import complete
from epic_actors.primitives.options import check
from epic_actors.primitives.schema import abouts_of, hints_of, shape_of, shown
from epic_actors.primitives.shapes import Field, MismatchError, Record, Schema


class ToolError(OutsideError):
    """What a tool has to tell the model that called it, such as what it cannot do."""


@attrs.frozen(eq=False)
class Tool:
    """What a model knows of a function.

    Attributes:
        name: Its name.
        about: What it does.
        function: The function, as a script calls it.
        parameters: What it takes.
    """

    name: str
    about: str
    function: Callable[..., Any]
    parameters: Record
    __epic_atom__ = True

    @property
    def schema(self) -> Schema:
        """The tool as a model is told of it."""
        described = {
            "name": self.name,
            "description": self.about,
            "parameters": self.parameters.schema,
        }
        return {"type": "function", "function": described}

    def read(self, arguments: str) -> dict[str, Any]:
        """The arguments that a model wrote, as keywords for the function.

        Raises:
            ToolError: They do not fit; the message says where.
        """
        try:
            read: dict[str, Any] = self.parameters.read(json.loads(arguments or "{}"))
        except MismatchError as error:
            raise ToolError(f"{self.name}() was called wrongly: {error}") from error
        except ValueError as error:
            raise ToolError(f"{self.name}() takes a JSON object: {error}") from error
        return read


def tool(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    about: str | None = None,
) -> Any:
    """Declare a function a tool; it stays the function that it is.

    A function that is `async def` and not declared becomes a sequential external; a
    model's call of a plain one is made in a thread, in its turn.

    Example:
        >>> @tool
        ... @epic.unordered
        ... async def search(words: str, limit: int = 5) -> list[str]:
        ...     '''Find pages.
        ...
        ...     Args:
        ...         words: What to look for.
        ...         limit: The most pages.
        ...     '''
        >>> schema_of(search)["function"]["parameters"]["required"]
        ['words']

    Args:
        function: A function whose parameters are annotated.
        name: What the model calls it, if not by its name.
        about: What it does, if not as its docstring says.

    Raises:
        UsageError: A parameter has no annotation, or one that JSON cannot hold.
    """
    if function is None:
        return functools.partial(tool, name=name, about=about)
    made = _describe(function, name, about)
    made.function.__tool__ = made  # type: ignore[attr-defined]
    return made.function


def tool_of(function: Any) -> Tool:
    """What a model knows of a function, declared a tool or not.

    Raises:
        UsageError: As for `tool`.
    """
    if isinstance(function, Tool):
        return function
    found: Tool | None = getattr(function, "__tool__", None)
    if found is None:
        return _describe(function, None, None)
    # Why: declared external afterwards, it is another function.
    return (
        found if found.function is function else attrs.evolve(found, function=function)
    )


def schema_of(function: Any) -> Schema:
    """A function as a model is told of it, to be given to `complete`."""
    return tool_of(function).schema


def _describe(function: Any, name: str | None, about: str | None) -> Tool:
    if not callable(function):
        raise UsageError(f"a tool is a function, and {function!r} is not callable")
    bare = function.function if isinstance(function, External) else function
    is_async = inspect.iscoroutinefunction(bare) or inspect.isasyncgenfunction(bare)
    if bare is function and is_async:
        function = epic.sequential(bare)
    plain = bare.func if isinstance(bare, functools.partial) else bare
    return Tool(
        name or str(getattr(plain, "__name__", type(plain).__name__)),
        summary_of(inspect.getdoc(plain) or "") if about is None else about,
        function,
        Record(dict, _parameters(bare, plain)),
    )


def _parameters(function: Any, plain: Any) -> tuple[Field, ...]:
    hints, abouts = hints_of(plain), abouts_of(plain)
    fields = []
    for name, parameter in inspect.signature(function).parameters.items():
        named = parameter.kind in (
            parameter.POSITIONAL_OR_KEYWORD,
            parameter.KEYWORD_ONLY,
        )
        if not named or name not in hints:
            raise UsageError(
                f"parameter {name} of the tool {shown(plain)}() must have a name to be "
                "given by, and an annotation that tells the model what it takes"
            )
        shape, about = shape_of(hints[name]), abouts.get(name, "")
        fields.append(Field(name, shape, parameter.default, about))
    return tuple(fields)


@attrs.frozen(eq=False)
class _Offer:
    """What a model may call.

    Attributes:
        tools: The tools by name.
        told: Errors that the model is told.
        schemas: What it is told of the tools.
        is_unordered: Whether all calls may overlap with everything.
    """

    tools: dict[str, Tool]
    told: tuple[type[Exception], ...]
    schemas: tuple[Schema, ...]
    is_unordered: bool
    __epic_atom__ = True

    async def call(self, call: ToolCall) -> str:
        """Call a tool; what it says, or what was wrong."""
        try:
            found = self.tools.get(call.name)
            if found is None:
                names = ", ".join(self.tools) or "none"
                raise ToolError(f"there is no tool {call.name!r}; there are: {names}")
            result = await _run(found.function, found.read(call.arguments))
        except self.told as error:
            return f"Error: {error}"
        return _say(result)


async def _run(function: Any, arguments: dict[str, Any]) -> Any:
    if isinstance(function, External):
        return await function.execute((), arguments)
    work = functools.partial(function, **arguments)
    return await beside(work)


def _say(result: Any) -> str:
    """A result as a model is told it: text as it is, all else as JSON if it can be."""
    if isinstance(result, str):
        return result
    try:
        return json.dumps(result, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError):
        return repr(result)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if attrs.has(type(value)):
        return attrs.asdict(value)
    raise TypeError


@epic.pure
def _offer(
    functions: Iterable[Any], told: tuple[type[Exception], ...], turns: int
) -> _Offer:
    check("tools= of react", functions, Iterable)
    check("told= of react", told, tuple)
    check("turns= of react", turns, int)
    tools = [tool_of(function) for function in functions]
    found = {each.name: each for each in tools}
    if len(found) < len(tools):
        names = ", ".join(each.name for each in tools)
        raise UsageError(f"two tools have one name: {names}; give one with name=")
    orders = {_as_external(each.function).order for each in tools}
    schemas = tuple(each.schema for each in tools)
    return _Offer(found, told, schemas, orders <= {Order.UNORDERED})


@epic.unordered
async def _use(offer: _Offer, call: ToolCall) -> str:
    """Call a tool that may overlap with everything."""
    return await offer.call(call)


@epic.unordered
async def _ask(
    messages: list[dict[str, Any]], offer: _Offer, settings: dict[str, Any]
) -> Completion:
    """Ask the model for its next turn."""
    answer: Completion = await complete(messages, tools=offer.schemas, **settings)
    return answer


@epic.pure
def _choose(offer: _Offer, call: ToolCall) -> External:
    """`_use`, in the order that the tool needs."""
    found = offer.tools.get(call.name)
    return _use if found is None else _as_external(found.function)


def _as_external(function: Any) -> External:
    order, place, aside = Order.SEQUENTIAL, resource("world"), True
    if isinstance(function, External):
        # Why: tools are called in tasks of their own, where nothing is in place.
        pure = function.order is Order.PURE
        order = Order.UNORDERED if pure else function.order
        place, aside = function.resource, function.aside
    return External(_use.function, order, place, aside=aside)


@epic.script
def react(
    question: Prompt,
    tools: Iterable[Any],
    *,
    turns: int = 10,
    told: tuple[type[Exception], ...] = (OutsideError,),
    system: str | None = None,
    **settings: Any,
) -> str:
    """Let a model answer a question by calling tools, turn by turn.

    The tools that it asks for in one turn are called in their order; those declared
    `unordered` overlap.  What it does wrong, it is told.

    Example:
        >>> @epic.unordered
        ... async def weather(city: str) -> str:
        ...     return f"{city}: 20 degrees"
        >>> react("How warm is it in Rome?", [weather])
        'It is warm.'

    Args:
        question: What the user says, or a list of messages.
        tools: The functions that the model may call.
        turns: How often to ask the model before giving up.
        told: Errors of tools that the model is told; others are raised.
        system: A system message to put before the question.
        settings: See `llm.Settings`.

    Returns:
        What the model says once it calls no more tools.

    Raises:
        LimitError: The model still calls tools after so many turns.
        ModelError: The model cannot be asked.
    """

    # Why: what a parameter calls is known while the model is waited for, so a loop whose
    # tools are unordered holds nothing back.
    def take_turns(
        use: Any, offer: Any, messages: Any, turns: int, settings: dict[str, Any]
    ) -> Any:
        for _ in range(turns):
            answer = _ask(messages, offer, settings)
            if not answer.tool_calls:
                return answer.text
            results = [
                {"role": "tool", "tool_call_id": call.id, "content": use(offer, call)}
                for call in answer.tool_calls
            ]
            messages = [*messages, answer.message, *results]
        return _give_up(turns)

    def use_in_order(offer: Any, call: Any) -> Any:
        use = _choose(offer, call)
        return use(offer, call)

    offer = _offer(tools, told, turns)
    use = _use if offer.is_unordered else use_in_order
    said: str = take_turns(use, offer, _begin(question, system), turns, settings)
    return said


_begin = epic.pure(messages_of)


@epic.pure
def _give_up(turns: int) -> None:
    raise LimitError(f"the model still calls tools after {turns} turns")
