"""The scripts that a server offers: their names, parameters, and what may be passed."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from epic_actors.errors import ScriptError, UsageError
from epic_actors.frontend import NotCompiled, translate
from epic_actors.run import Script

from .drawing import drawn
from .protocol import Code, Fault
from .values import plain


Scripts = Mapping[str, Any] | Iterable[Any]
_ENTRY = re.compile(r"(\s*)\*{0,2}(\w+)(?: \(.*?\))?:\s*(.*)")
_JSON_KINDS = {
    str: str,
    int: int,
    float: (int, float),
    bool: bool,
    list: list,
    dict: dict,
}


@attrs.frozen
class Offer:
    """One script on offer.

    Attributes:
        name: What clients call it by.
        script: What is run.
        function: The Python function inside.
    """

    name: str
    script: Any
    function: Callable[..., Any]
    signature: inspect.Signature
    hints: Mapping[str, Any]

    @classmethod
    def of(cls, given: Any, name: str | None = None) -> "Offer":
        """Take a script, or any Python function, on offer.

        Raises:
            UsageError: It is neither.
        """
        function = given.function if isinstance(given, Script) else given
        if not isinstance(function, types.FunctionType | types.MethodType):
            raise UsageError(f"a script is a Python function, and {given!r} is not")
        try:
            hints = typing.get_type_hints(function)
        except Exception:
            hints = {}  # names that exist only for a type checker
        signature = inspect.signature(function)
        return cls(name or function.__name__, given, function, signature, hints)

    def described(self) -> dict[str, Any]:
        """What `scripts` says of it."""
        doc = inspect.getdoc(self.function) or ""
        docs = parameter_docs(doc)
        return {
            "name": self.name,
            "doc": doc,
            "parameters": [
                _parameter(one, docs.get(one.name, ""))
                for one in self.signature.parameters.values()
            ],
        }

    def check(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Hold arguments to the signature, and to annotations that JSON can mean.

        Raises:
            Fault: They do not fit.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise Fault(Code.PARAMS, f"{self.name}(): {error}") from None
        for name, value in bound.arguments.items():
            kind = self.signature.parameters[name].kind
            hint, values = self.hints.get(name, Any), [value]
            if kind is inspect.Parameter.VAR_POSITIONAL:
                values = list(value)
            elif kind is inspect.Parameter.VAR_KEYWORD:
                values = list(value.values())
            if not all(fits(one, hint) for one in values):
                wanted = inspect.formatannotation(hint)
                raise Fault(Code.PARAMS, f"{self.name}(): {name} is to be {wanted}")

    def drawing(self) -> dict[str, Any]:
        """What `term` says of it."""
        try:
            function = translate(
                inspect.unwrap(getattr(self.function, "__func__", self.function))
            )
        except (NotCompiled, ScriptError):
            return {"text": "(run by CPython as a whole)", "nodes": [], "edges": []}
        return drawn(function)


def catalog(scripts: Scripts) -> dict[str, Offer]:
    """The scripts by name.

    Args:
        scripts: Scripts or functions, or a mapping of names to them.

    Raises:
        UsageError: One is no script, two have the same name, or there is none.
    """
    if isinstance(scripts, Mapping):
        return {name: Offer.of(script, name) for name, script in scripts.items()}
    offers: dict[str, Offer] = {}
    for script in scripts:
        offer = Offer.of(script)
        if offer.name in offers:
            raise UsageError(
                f"two scripts are called {offer.name!r}; pass a dict with other names"
            )
        offers[offer.name] = offer
    if not offers:
        raise UsageError("there is no script to serve")
    return offers


def _parameter(parameter: inspect.Parameter, doc: str) -> dict[str, Any]:
    empty = inspect.Parameter.empty
    variadic = parameter.kind in {
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    }
    noted, default = parameter.annotation, parameter.default
    return {
        "name": parameter.name,
        "kind": parameter.kind.name.lower(),
        "annotation": None if noted is empty else _annotation(noted),
        "required": default is empty and not variadic,
        "default": None if default is empty else plain(default),
        "doc": doc,
    }


def _annotation(noted: Any) -> str:
    return noted if isinstance(noted, str) else inspect.formatannotation(noted)


def parameter_docs(doc: str) -> dict[str, str]:
    """What the `Args:` section of a docstring says of each parameter."""
    found: dict[str, str] = {}
    _, _, section = doc.partition("\nArgs:\n")
    depth: int | None = None
    name = ""
    for line in section.splitlines():
        if line and not line.startswith(" "):
            break
        entry = _ENTRY.fullmatch(line)
        if entry and depth in (None, len(entry[1])):
            depth, name = len(entry[1]), entry[2]
            found[name] = entry[3]
        elif name:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def fits(value: Any, hint: Any) -> bool:
    """Whether a JSON value can be of an annotated type; what is not known fits."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is None or hint is type(None):
        return value is None
    if origin in {typing.Union, types.UnionType}:
        return any(fits(value, one) for one in inner)
    if origin is list and inner:
        return isinstance(value, list) and all(fits(one, inner[0]) for one in value)
    if origin is dict and inner:
        return isinstance(value, dict) and all(
            fits(one, inner[1]) for one in value.values()
        )
    wanted: Any = _JSON_KINDS.get(hint if origin is None else origin, object)
    if isinstance(value, bool):
        return wanted in (bool, object)
    return isinstance(value, wanted)
