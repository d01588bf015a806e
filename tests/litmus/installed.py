"""`installed`: the module `wrapping` as if it stood in an installed package."""

import linecache
import sysconfig
import types
from pathlib import Path
from typing import Any


SOURCE = Path(__file__).with_name("wrapping.py").read_text("utf-8")
FILE = str(Path(sysconfig.get_path("purelib")) / "pretended.py")


def _installed() -> Any:
    module = types.ModuleType("pretended")
    module.__file__ = FILE
    lines = SOURCE.splitlines(keepends=True)
    linecache.cache[FILE] = len(SOURCE), None, lines, FILE
    exec(compile(SOURCE, FILE, "exec"), vars(module))
    return module


installed = _installed()
