"""Rows of a litmus table as test parameters, those known to be wrong marked so."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.litmus.table import Table


FUSIONS = {True: "fused", False: "literal"}


def both_ways(table: Table, wrong: Mapping[str, str] = {}) -> Iterator[Any]:  # noqa: B006
    """Each row on both machines; `wrong` has reasons by row, or by `row-machine`."""
    for row in table.rows:
        for fusion, machine in FUSIONS.items():
            name = f"{row}-{machine}"
            why = wrong.get(str(row)) or wrong.get(name)
            marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
            yield pytest.param(row, fusion, id=name, marks=marks)
