"""Imports go downward only, and checking a file stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

HEAVY = ("mesa", "solara", "numba", "numpy", "pandas", "matplotlib", "scipy")


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports absolutely."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and n.level == 0}
    return {name.split(".")[0] for name in names | froms}


@pytest.mark.parametrize("path", sorted((ROOT / "model").rglob("*.py")), ids=lambda path: path.stem)
def test_the_model_never_imports_the_experiments(path: Path) -> None:
    assert "experiments" not in imported(path)


def test_mesa_is_imported_by_the_readable_engine_alone() -> None:
    users = [path.stem for path in (ROOT / "model").rglob("*.py") if "mesa" in imported(path)]
    assert sorted(users) == ["negotiation", "operation"]


@pytest.mark.parametrize(
    "arguments",
    [["check", "scenarios/baseline.yaml"], ["--help"], ["show", "scenarios/baseline.yaml"]],
    ids=lambda a: a[0],
)
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from experiments.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "heavy: []"
