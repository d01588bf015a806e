"""The host operations of the calculus and their plain Python meaning.

Rules
    1. `OPERATIONS[op](*arguments)` is what `Prim(op, arguments)` gives when every argument
       is there; operations in `TAKES_STATIC` get the node's `static` first.
    2. Whatever CPython raises for the operation, with CPython's text, is raised here too.
       Where its text is built by the interpreter loop (unpacking, calling), a small
       function with exactly that statement is compiled once and cached.
    3. No operation knows that a value may be pending: machines wait first.

It is a little longer than most modules: one table with everything that the table needs.
"""

import functools
import inspect
import operator
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import attrs

from epic_actors.core.functions import Free, Namespace, Template, compiled
from epic_actors.core.terms import UNBOUND


class Pack(tuple[Any, ...]):
    """The several values of a block, on their way to a `let` with that many names."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"pack{tuple(self)!r}"


@attrs.define(eq=False)
class Cursor:
    """An iterator with its current item."""

    iterator: Iterator[Any]
    item: Any = None

    def advance(self) -> bool:
        """Move to the next item; False when there is none."""
        try:
            self.item = next(self.iterator)
        except StopIteration:
            return False
        return True


def _packed(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else Pack(values)


# Containers and text


def _elements(starred: tuple[bool, ...] | None, values: tuple[Any, ...]) -> list[Any]:
    if starred is None:
        return list(values)
    elements: list[Any] = []
    for star, value in zip(starred, values, strict=True):
        elements += [*value] if star else [value]
    return elements


def _tuple(starred: tuple[bool, ...] | None, *values: Any) -> tuple[Any, ...]:
    return values if starred is None else tuple(_elements(starred, values))


def _list(starred: tuple[bool, ...] | None, *values: Any) -> list[Any]:
    return _elements(starred, values)


def _set(starred: tuple[bool, ...] | None, *values: Any) -> set[Any]:
    return set(_elements(starred, values))


def _dict(starred: tuple[bool, ...] | None, *values: Any) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    marks = starred or (False,) * (len(values) // 2)
    for mark, key, value in zip(marks, values[::2], values[1::2], strict=True):
        if mark:
            made.update({**value})
        else:
            made[key] = value
    return made


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {"s": str, "r": repr, "a": ascii}


def _format(conversion: str, value: Any, spec: str) -> str:
    if conversion:
        value = _CONVERSIONS[conversion](value)
    return format(value, spec)


def _join(*parts: str) -> str:
    return "".join(parts)


def _unpack(form: tuple[int, bool, int], values: Any) -> Any:
    return _unpacker(*form)(values)


@functools.cache
def _unpacker(before: int, starred: bool, after: int) -> Callable[[Any], Any]:
    """A function that is one unpacking assignment, for CPython's own messages."""
    names = [f"a{i}" for i in range(before)] + ["s"] * starred
    names += [f"b{i}" for i in range(after)]
    targets = ", ".join("*" + name if name == "s" else name for name in names)
    results = "".join(name + ", " for name in names)
    source = f"def unpack(values):\n    [{targets}] = values\n    return ({results})"
    scope: dict[str, Any] = {}
    exec(compile(source, "<operations>", "exec"), scope)  # noqa: S102
    unpack = scope["unpack"]
    return lambda values: _packed(unpack(values))


# Calls


@functools.cache
def caller(shape: tuple[str | None, ...]) -> Callable[..., Any]:
    """A function `call(function, *values)` that is one call expression of that shape."""
    names = [f"a{i}" for i in range(len(shape))]
    marks = [{None: "", "*": "*", "**": "**"}.get(m, f"{m}=") for m in shape]
    # Why: a keyword argument before `*xs` is legal Python; `**` before is not.
    passed = ", ".join(mark + name for mark, name in zip(marks, names, strict=True))
    source = f"lambda {', '.join(['function', *names])}: function({passed})"
    call: Callable[..., Any] = types.FunctionType(compiled(source, "call"), {})
    return call


def _capture(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, kwargs


def arguments(
    function: Any, shape: tuple[str | None, ...], values: tuple[Any, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The positional and keyword arguments that a call shape makes of the values.

    Raises:
        TypeError: a starred value cannot be spread; the text names `function`.
    """
    if not shape:
        return values, {}
    try:
        bound: tuple[tuple[Any, ...], dict[str, Any]]
        bound = caller(shape)(_capture, *values)
    except TypeError as error:
        text = str(error)
    else:
        return bound
    raise TypeError(text.replace(_called(_capture), _called(function)))


def _merge(function: Any, *mappings: Any) -> dict[str, Any]:
    """The keyword arguments of a call, so far; the call itself looks for other keys."""
    for mapping in mappings:
        if not hasattr(type(mapping), "keys"):
            arguments(function, ("**",), (mapping,))
    copies = tuple([_named(function, mapping) for mapping in mappings])
    merged = {key: value for each in copies for key, value in each.items()}
    if len(merged) < sum(map(len, copies)):
        arguments(function, ("**",) * len(copies), copies)
    return merged


def _named(function: Any, mapping: Any) -> dict[str, Any]:
    """A copy of the mapping; a name that stands in it twice is an error of the call."""
    if issubclass(type(mapping), dict):
        return {**mapping}
    copy: dict[str, Any] = {}
    for name in list(iter(mapping.keys())):
        if name in copy:
            arguments(function, ("**", "**"), ({name: None}, {name: None}))
        copy[name] = mapping[name]
    return copy


def _called(function: Any) -> str:
    """What CPython calls a function in its messages about arguments."""
    name = getattr(function, "__qualname__", None)
    module = getattr(function, "__module__", None)
    if name is None:
        return str(function)
    return f"{name}()" if module in (None, "builtins") else f"{module}.{name}()"


# Variables


def _unbound(name: str) -> NoReturn:
    problem = f"variable '{name}' where it is not associated with a value"
    if isinstance(name, Free):
        raise NameError(  # noqa: TRY004
            f"cannot access free {problem} in enclosing scope", name=str(name)
        )
    raise UnboundLocalError(f"cannot access local {problem}")


def _bound(name: str, value: Any) -> Any:
    if value is UNBOUND:
        _unbound(name)
    return value


def _cell(value: Any) -> types.CellType:
    return types.CellType() if value is UNBOUND else types.CellType(value)


def _cell_get(name: str, cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        pass
    _unbound(name)


def _cell_set(name: str, cell: types.CellType, value: Any) -> None:
    cell.cell_contents = value


def _cell_del(name: str, cell: types.CellType) -> None:
    _cell_get(name, cell)
    del cell.cell_contents


def _undefined(name: str) -> NoReturn:
    raise NameError(f"name '{name}' is not defined", name=name)


def _global(place: tuple[Namespace, str]) -> Any:
    namespace, name = place
    if name in namespace.values:
        return namespace.values[name]
    builtins = namespace.builtins()
    if name in builtins:
        return builtins[name]
    _undefined(name)


def _set_global(place: tuple[Namespace, str], value: Any) -> None:
    place[0].values[place[1]] = value


def _del_global(place: tuple[Namespace, str]) -> None:
    namespace, name = place
    if name not in namespace.values:
        _undefined(name)
    del namespace.values[name]


def _import(piece: tuple[Namespace, str, tuple[str, ...] | None, int]) -> Any:
    namespace, name, fromlist, level = piece
    find = namespace.builtins()["__import__"]
    return find(name, namespace.values, None, fromlist, level)


def _import_from(name: str, module: Any) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        pass
    # Why: a module that is imported elsewhere, and the text if there is none, are CPython's.
    scope: dict[str, Any] = {"__builtins__": {"__import__": lambda *_: module}}
    exec(_importer(name), scope)  # noqa: S102
    return scope[name]


@functools.cache
def _importer(name: str) -> types.CodeType:
    """A statement that imports a name from whatever `__import__` gives."""
    return compile(f"from module import {name}", "<operations>", "exec")


# Attributes, exceptions, contexts


def _special(name: str, obj: Any) -> Any:
    for cls in type(obj).__mro__:
        if name in vars(cls):
            found = vars(cls)[name]
            get = getattr(type(found), "__get__", None)
            return found if get is None else get(found, obj, type(obj))
    there = {n: None for n in _CONTEXT if hasattr(type(obj), n)}
    _complain(name, type(type(obj).__name__, (), there)())
    raise AssertionError("unreachable")


_CONTEXT = ("__enter__", "__exit__", "__aenter__", "__aexit__")


def _complain(name: str, obj: Any) -> None:
    """Have CPython say that an object is no context manager, for want of a method."""

    async def enter() -> None:
        async with obj:
            pass

    if name.startswith("__a"):
        enter().send(None)
    with obj:
        pass


def _super(cell: types.CellType, obj: Any) -> Any:
    try:
        cls = cell.cell_contents
    except ValueError:
        raise RuntimeError("super(): empty __class__ cell") from None
    return super(cls, obj)


def _raise(exc: Any, cause: Any) -> NoReturn:
    if cause is UNBOUND:
        raise exc
    raise exc from cause


def _active() -> BaseException:
    error = sys.exception()
    if error is None:
        raise RuntimeError("No active exception to reraise")
    return error


def _reraise(exc: BaseException) -> NoReturn:
    context = exc.__context__
    try:
        raise exc
    finally:
        exc.__context__ = context


SEQUENCE, MAPPING = 1 << 5, 1 << 6
"""Flags of the types that patterns take for sequences and mappings."""


def _is_sequence(value: Any) -> bool:
    return bool(type(value).__flags__ & SEQUENCE)


def _is_mapping(value: Any) -> bool:
    return bool(type(value).__flags__ & MAPPING)


def _matches(exc: BaseException, classes: Any) -> bool:
    wanted = classes if isinstance(classes, tuple) else (classes,)
    for cls in wanted:
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            raise TypeError(
                "catching classes that do not inherit from BaseException is not allowed"
            )
    return any(cls in type(exc).__mro__ for cls in wanted)


def _await(value: Any) -> Any:
    """Run a native awaitable that never has to wait; anything else is a result."""
    if not inspect.isawaitable(value):
        return value
    steps = value.__await__()
    try:
        step = next(steps)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError(f"{value!r} waits for {step!r}: there is no event loop here")


def not_async(value: Any) -> TypeError:
    """The error of `async for` over what cannot be gone over."""
    kind = type(value).__name__
    return TypeError(
        f"'async for' requires an object with __aiter__ method, got {kind}"
    )


def no_anext(value: Any) -> TypeError:
    """The error of `async for` over what gives no asynchronous iterator."""
    return TypeError(
        "'async for' received an object from __aiter__ that does not implement "
        f"__anext__: {type(value).__name__}"
    )


def _async_items(source: Any) -> Iterator[Any]:
    """The items of an `async for` whose awaitables never have to wait."""
    kind = type(source)
    if not hasattr(kind, "__aiter__"):
        raise not_async(source)
    found = kind.__aiter__(source)
    if not hasattr(type(found), "__anext__"):
        raise no_anext(found)

    def items() -> Iterator[Any]:
        while True:
            try:
                item = _await(type(found).__anext__(found))
            except StopAsyncIteration:
                return
            yield item

    return items()


def _pieces(function: Any) -> Any:
    """What to call in place of a function for the pieces that it streams."""
    if isinstance(function, types.MethodType):
        return types.MethodType(_pieces(function.__func__), function.__self__)
    return getattr(function, "__epic_pieces__", function)


def _delegate(cursor: Cursor, thrown: bool, sent: Any) -> tuple[bool, Any]:
    """One step of `yield from`, which closes the inner iterator with the outer one."""
    if thrown and isinstance(sent, GeneratorExit):
        getattr(cursor.iterator, "close", lambda: None)()
        raise sent
    return _step(cursor, thrown, sent)


def _release(holder: Any, *calls: Any) -> None:
    """Refer no longer to what a loop goes over."""
    if isinstance(holder, Cursor):
        holder.iterator = iter(())


def _step(cursor: Cursor, thrown: bool, sent: Any) -> tuple[bool, Any]:
    """One step of an iterator: whether there is an item, and it or the end's value."""
    items: Any = cursor.iterator
    throw = getattr(items, "throw", None)
    if thrown and throw is None:
        raise sent
    try:
        if thrown:
            assert throw is not None
            return Pack((True, throw(sent)))
        return Pack((True, next(items) if sent is None else items.send(sent)))
    except StopIteration as stop:
        return Pack((False, stop.value))


def _flip(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda item, container: test(container, item)


def _not_in(item: Any, container: Any) -> bool:
    return item not in container


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift")
_BITS = ("rshift", "and", "or", "xor")
_COMPARISONS = ("lt", "le", "eq", "ne", "gt", "ge")
_KEYWORDS = {"and": "and_", "or": "or_", "is": "is_", "not": "not_"}

OPERATIONS: dict[str, Callable[..., Any]] = {
    **{op: getattr(operator, _KEYWORDS.get(op, op)) for op in _BINARY + _BITS},
    **{"i" + op: getattr(operator, "i" + op) for op in _BINARY + _BITS},
    **{op: getattr(operator, op) for op in _COMPARISONS},
    "neg": operator.neg,
    "pos": operator.pos,
    "invert": operator.invert,
    "not": operator.not_,
    "truth": operator.truth,
    "is": operator.is_,
    "is_not": operator.is_not,
    "in": _flip(operator.contains),
    "not_in": _not_in,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "slice": slice,
    "getattr": lambda name, obj: getattr(obj, name),
    "setattr": lambda name, obj, value: setattr(obj, name, value),
    "delattr": lambda name, obj: delattr(obj, name),
    "tuple": _tuple,
    "list": _list,
    "set": _set,
    "dict": _dict,
    "merge": _merge,
    "list_append": list.append,
    "set_add": set.add,
    "format": _format,
    "join": _join,
    "pack": lambda *values: Pack(values),
    "unpack": _unpack,
    "iter": lambda values: Cursor(iter(values)),
    "aiter": lambda source, function: Cursor(_async_items(source)),
    "pieces": _pieces,
    "async_enter": lambda enter, leave: _await(enter()),
    "async_leave": lambda leave, *error: _await(leave(*error)),
    "advance": Cursor.advance,
    "current": lambda cursor: cursor.item,
    "delegate": _delegate,
    "step": _step,
    "release": _release,
    "bound": _bound,
    "cell": _cell,
    "cell_get": _cell_get,
    "cell_set": _cell_set,
    "cell_del": _cell_del,
    "global": _global,
    "set_global": _set_global,
    "del_global": _del_global,
    "function": Template.make,
    "is_sequence": _is_sequence,
    "is_mapping": _is_mapping,
    "import": _import,
    "import_from": _import_from,
    "special": _special,
    "super": _super,
    "active": _active,
    "raise": _raise,
    "reraise": _reraise,
    "matches": _matches,
    "await": _await,
}

TAKES_STATIC = frozenset(
    [
        "getattr",
        "setattr",
        "delattr",
        "tuple",
        "list",
        "set",
        "dict",
        "format",
        "unpack",
        "bound",
        "cell_get",
        "cell_set",
        "cell_del",
        "global",
        "set_global",
        "del_global",
        "function",
        "import",
        "import_from",
        "special",
    ]
)


def operate(op: str, static: Any, values: tuple[Any, ...]) -> Any:
    """What a `Prim` node gives for the values of its arguments."""
    if op in TAKES_STATIC:
        return OPERATIONS[op](static, *values)
    return OPERATIONS[op](*values)
