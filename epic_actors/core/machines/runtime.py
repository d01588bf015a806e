"""What emitted code calls by dotted name."""

import builtins
from typing import TYPE_CHECKING, Any

from epic_actors.core.closures import suspended
from epic_actors.core.iteration.delegating import delegate, step
from epic_actors.core.iteration.pulls import PAUSE
from epic_actors.core.iteration.releasing import release
from epic_actors.core.iteration.taking import may_be_generated
from epic_actors.core.iteration.walk import walk
from epic_actors.core.language.asynchronous import (
    aiter_,
    async_enter,
    async_leave,
    await_,
)
from epic_actors.core.language.attributes import delete, load, store
from epic_actors.core.language.classes import build
from epic_actors.core.language.dispatch import WAYS, apply, call, call_shaped
from epic_actors.core.memory.extent import stored_into
from epic_actors.core.memory.ledger import Store
from epic_actors.core.memory.places import STORED, is_stored
from epic_actors.core.memory.reach import PLAIN, has_wire
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.calls import request
from epic_actors.core.network.perform import ITERATED, operate
from epic_actors.core.tables.effects import METHODS, Effect, prim_effect
from epic_actors.core.terms import UNBOUND

from .units import attempt, branch, resume, run_unit, settled


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


TRUTH = prim_effect("truth")
APPEND = prim_effect("list_append")


def look(network: "Network", loud: int) -> bool:
    """Whether all is calm, and none of these special methods is a script's that may ask."""
    return network.calm and not network.loud & loud


def truth(network: "Network", value: Any) -> Any:
    """The truth of a value, or a wire while it is pending."""
    value = deref(value)
    if type(value) is Wire:
        # Why: of a text or list, the first piece tells.
        arrives = value.source is not None and value.kind in (str, list)
        return operate(network, TRUTH, value) if arrives else value
    if network.calm and not network.loud & TRUTH.loud:
        return bool(value)
    return operate(network, TRUTH, value)


def collect(network: "Network", items: list[Any], item: Any) -> None:
    """Append to a comprehension's own list, which nothing but its loop has seen."""
    if network.holds[0] > 0:
        look = network.here.memory.conflict_outward
        if look(items, write=True) is not None:
            operate(network, APPEND, items, item)
            return
    items.append(item)
    if type(item) not in PLAIN:
        stored_into(items)
        if has_wire(item):
            network.mark_dirty(items)


def take_items(
    network: "Network", effect: Effect, name: str, obj: Any, *args: Any
) -> Any:
    """A method that takes in the items of its arguments: generators are run for it."""
    asks = network.generators or not network.calm
    own = network.special & ITERATED and any(
        network.specials.gives_items(deref(value)) for value in args
    )
    if own or (asks and any(map(may_be_generated, args))):
        return apply(network, getattr(obj, name), args, {})
    return operate(network, effect, obj, *args)


def append(network: "Network", items: list[Any], item: Any) -> None:
    """`items.append(item)` while something is pending: the commonest store."""
    here = network.here
    if network.holds[0] > 0:
        look = here.memory.conflict_outward
        if look(items, write=True) is not None:
            operate(network, METHODS[list]["append"], items, item)
            return
    items.append(item)
    if not here.settled:
        here.insert(Store(items.pop))
    if type(item) not in PLAIN:
        stored_into(items)
        if has_wire(item):
            network.mark_dirty(items)


def early(network: "Network", effect: Effect, name: str, obj: Any, kind: type) -> Any:
    """`obj.name` of a call whose arguments come in between: None of the likeliest type."""
    return None if type(obj) is kind else load(network, effect, name, obj)


def load_global(network: "Network", effect: Effect, module: int, name: str) -> Any:
    """A load of a global: at once, unless scripts assign it."""
    if is_stored(module, name):
        return operate(network, effect)
    return effect.function()


def retrace(error: BaseException, context: BaseException | None) -> None:
    """Undo what raising an error once more, where it is handled, has done to it."""
    error.__context__ = context
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


WAYS[builtins.__build_class__] = build

__all__ = ["ITERATED", "RUNTIME", "STORED"]

RUNTIME: dict[str, Any] = {
    ".type": type,
    ".Wire": Wire,
    ".PLAIN": PLAIN,
    ".look": look,
    ".is_stored": is_stored,
    ".UNBOUND": UNBOUND,
    ".PAUSE": PAUSE,
    ".ONCE": (None,),
    ".bool": bool,
    ".list": list,
    ".dict": dict,
    ".set": set,
    ".str": str,
    ".BaseException": BaseException,
    ".truth": truth,
    ".settled": settled,
    ".walk": walk,
    ".branch": branch,
    ".attempt": attempt,
    ".run_unit": run_unit,
    ".delegate": delegate,
    ".step": step,
    ".release": release,
    ".resume": resume,
    ".suspended": lambda unit, values: suspended(unit.lam, values, unit),
    ".request": request,
    ".call": call,
    ".call_shaped": call_shaped,
    ".operate": operate,
    ".collect": collect,
    ".append": append,
    ".early": early,
    ".load_global": load_global,
    ".take_items": take_items,
    ".load": load,
    ".store": store,
    ".delete": delete,
    ".await_": await_,
    ".aiter_": aiter_,
    ".async_enter": async_enter,
    ".async_leave": async_leave,
    ".retrace": retrace,
}
