"""The fast machine: runs units emitted as Python code."""

from types import FunctionType
from typing import TYPE_CHECKING, Any

from epic_actors.core.closures import Beginning
from epic_actors.core.functions import Function

from .emit import compile_unit
from .units import Unit, resume, run_unit


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


class FastMachine:
    """Runs functions of the script at native speed where nothing is pending."""

    literal = False
    rounds_ahead = 50_000
    """So many rounds may loops go ahead of what is pending, until a call answers."""
    node_rounds = 50
    """So many rounds does an operation count for that has to wait in one."""

    def unit(self, function: Function) -> Unit:
        """The unit of a function, made once."""
        unit: Unit | None = function.unit
        if unit is None:
            count = 3 if function.is_generator else 1
            unit = function.unit = Unit(function.lam, function, compile_unit, count)
        return unit

    def meet(self, network: "Network", fn: FunctionType, function: Function) -> None:
        """Let calls of a function that takes plain arguments go straight to its unit."""
        code = fn.__code__
        # Why: kept, or other code could take its identity.
        network.codes[id(code)] = code
        network.units[id(code)] = self.unit(function)
        network.summaries.meet(function.namespace, ())

    def run_function(
        self, network: "Network", function: Function, values: tuple[Any, ...]
    ) -> Any:
        """Run the body of a function where the script stands."""
        return run_unit(network, self.unit(function), 1, *values)

    def resume(
        self, network: "Network", function: Function, rest: Any, args: tuple[Any, ...]
    ) -> Any:
        """Run what is left of a generator to its next item, where the script stands."""
        if type(rest) is not Beginning:
            return resume(network, 3, function, rest, *args)
        values = map(network.settler.settled, rest.values)
        return run_unit(network, self.unit(function), 3, *values)

    def frame(self, network: "Network", function: Function, values: Any) -> Any:
        """The frame of a whole script."""
        network.summaries.meet(function.namespace, values)
        if function.entry is None:
            function.entry = Unit(function.lam, function, compile_unit, once=True)
        return self._start(network, function.entry, values)

    def _start(self, network: "Network", unit: Unit, values: Any) -> Any:
        frame = unit.function(network, *values)
        return (yield from frame) if unit.generator else frame
