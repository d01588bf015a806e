"""The fast machine: runs units emitted as Python code."""

from typing import TYPE_CHECKING, Any

from .emit import compile_unit
from .operations import Function
from .units import Unit, run_unit


if TYPE_CHECKING:
    from .network import Network


class FastMachine:
    """Runs functions of the script at native speed where nothing is pending."""

    def unit(self, function: Function) -> Unit:
        """The unit of a function, made once."""
        unit: Unit | None = function.unit
        if unit is None:
            unit = function.unit = Unit(function.lam, function, compile_unit)
        return unit

    def run_function(
        self, network: "Network", function: Function, values: tuple[Any, ...]
    ) -> Any:
        """Run the body of a function where the script stands."""
        return run_unit(network, self.unit(function), 1, *values)

    def frame(self, network: "Network", function: Function, values: Any) -> Any:
        """The frame of a whole script."""
        return self._start(network, self.unit(function), values)

    def _start(self, network: "Network", unit: Unit, values: Any) -> Any:
        function = unit.function
        if unit.generator:
            return (yield from function(network, *values))
        return function(network, *values)
        yield
