"""How each primitive is declared, and that nobody pays for those that are not used."""

import subprocess
import sys

from epic_actors.core import External
from epic_actors.primitives import clock, files, http, llm, output, process, random


MODULES = (clock, files, http, llm, output, process, random)

DECLARED = {
    "sequential clock": "now sleep unix_time",
    "readonly files": "exists list_files read_bytes read_text",
    "sequential files": "append_text finish make_folder remove run run_lines "
    "write_bytes write_text",
    "readonly http": "get get_bytes get_json get_lines",
    "sequential http": "delete patch post post_json put request",
    "unordered world": "chat chat_as chat_stream complete run_unordered",
    "sequential output": "emit",
    "pure world": "choice integer sample shuffled uniform",
    "sequential random": "new_seed",
}


def test_each_primitive_has_its_order() -> None:
    """What may overlap with what is part of what they promise."""
    found: dict[str, list[str]] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, External):
                key = f"{value.order.value} {value.resource.name}"
                found.setdefault(key, []).append(name)
    assert {key: " ".join(sorted(names)) for key, names in found.items()} == DECLARED


def test_the_door_imports_no_primitives() -> None:
    """Neither them nor the HTTP client: a script that needs none starts without."""
    code = "import sys, epic_actors; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "epic_actors.run" in loaded
    assert not [
        name for name in loaded if name.startswith(("epic_actors.prim", "http"))
    ]
