"""Lists that older code is still appending to: what is there can be read already.

Rules
    1. A list can be read while it grows if all that holds it only appends to it (see
       `holds`), and only as far as its elements are atoms or will be: what can change may
       yet be changed by the code that has put it there.
    2. What a `try` appends may be taken back; its holds do not count as growing.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.holds import ATOM, Growth, Hold
from epic_actors.core.memory.reach import is_atom

from .stream import Wait


def growing(memory: Memory, place: Any, before: int | None = None) -> Growth | None:
    """What to wait for if a place is held only by what appends to it."""
    found = memory.conflict_outward(place, write=False, before=before)
    if type(found) is not Hold:
        return None
    start = memory.conflict_outward(place, write=False, before=before, start=ATOM)
    return Growth(found) if start is None else None


@attrs.frozen(eq=False)
class Growing:
    """A list as an access at some place in program order may read it early.

    Attributes:
        memory: The holds of the region of the access.
        elements: The list.
        before: The place of the access among the holds.
    """

    memory: Memory
    elements: list[Any]
    before: int | None = None

    def items(self) -> Iterator[Any]:
        """The elements so far and further, and `Wait`s."""
        index, elements = 0, self.elements
        look = self.memory.conflict_outward
        while found := look(elements, write=False, before=self.before):
            growth = growing(self.memory, elements, self.before)
            if growth and index < len(elements) and is_atom(elements[index]):
                yield elements[index]
                index += 1
            else:
                yield Wait(growth or found)
        while index < len(elements):
            yield elements[index]
            index += 1
