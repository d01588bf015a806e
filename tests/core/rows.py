"""Rows of a litmus table as test parameters, those known to be wrong marked so."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.litmus.table import Row, Table


NONE: Mapping[str, str] = {}
FUSIONS = {True: "fused", False: "literal"}


def both_ways(table: Table, wrong: Mapping[str, str] = NONE) -> list[Any]:
    """Each row on both machines; `wrong` has reasons by row, or by `row-machine`."""
    return [param(row, fusion, wrong) for row in table.rows for fusion in FUSIONS]


def param(row: Row, fusion: bool, wrong: Mapping[str, str]) -> Any:
    """One row on one machine."""
    name = f"{row}-{FUSIONS[fusion]}"
    why = wrong.get(str(row)) or wrong.get(name)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(row, fusion, id=name, marks=marks)
