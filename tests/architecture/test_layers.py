"""The layers of ARCHITECTURE.md are what the imports really do."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_go_down_only():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_rooms_are_imported_by_the_module_that_defines_a_name():
    # an __init__ that re-exports hides where a name lives and loads what nobody asked for
    inits = [
        path
        for path in (ROOT / "ccegov_choice").rglob("__init__.py")
        if path.parent.name not in ("ccegov_choice", "library")
    ]
    assert inits
    assert [str(path) for path in inits if path.read_text().strip()] == []
