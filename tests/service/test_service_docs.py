"""The code of `docs/service.md` runs, and prints what stands below it."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest


DOCUMENT = Path(__file__).parents[2] / "docs" / "service.md"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_document_tells_the_truth(tmp_path: Path) -> None:
    """In the order of its blocks, as if typed one after the other."""
    names: dict[str, Any] = {"__name__": "service_document"}
    printed = ""
    for number, (language, text) in enumerate(
        FENCED.findall(DOCUMENT.read_text("utf-8"))
    ):
        if language == "python":
            file = tmp_path / f"block_{number}.py"
            file.write_text(text, "utf-8")
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(text, file, "exec"), names)
            printed = out.getvalue()
        elif language == "text":
            assert printed == text
