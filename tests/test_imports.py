"""Imports go downward only, and checking a file stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

ROOMS = (  # from the right of the line to its left: a room imports from those before it alone, never from its own floor
    ("model", "experiments"),  # of the latter only what stands in its __init__.py
    ("measures",),
    ("plans",),
    ("runs",),
    ("results",),
    ("analysis",),
    ("validation",),
    ("yardsticks",),
    ("figures",),
    ("publish",),
    ("report", "dashboard", "notebook", "ema"),
    ("site",),
    ("cli", "benchmark", "examples"),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
LEAVES = ("notebook", "ema", "benchmark", "examples", "__main__")  # nothing stands on them, but for examples
HEAVY = ("mesa", "solara", "numba", "numpy", "pandas", "matplotlib", "scipy")


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports absolutely."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and n.level == 0}
    return {name.split(".")[0] for name in names | froms}


def modules(path: Path, top: Path = ROOT) -> list[str]:
    """Every module or name that a file of the sources imports, late imports too, by its full dotted name."""
    package = list(path.relative_to(top).parts[:-1])
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            parts = [*base, *([node.module] if node.module else [])]
            found += [".".join([*parts, alias.name]) for alias in node.names]
    return found


def room_of(name: str) -> str | None:
    """The room that a dotted name lies in; None outside the sources."""
    top, *rest = name.split(".")
    if top == "experiments" and rest and rest[0] in FLOOR:
        return rest[0]
    if top == "experiments" and rest and (ROOT / "experiments" / rest[0]).is_dir():
        raise AssertionError(f"experiments/{rest[0]} has no place in the line")
    return top if top in FLOOR else None


def arrows(top: Path = ROOT) -> dict[tuple[str, str], str]:
    """From which room to which other one imports go, with one of them to show."""
    found = {}
    for path in sorted((top / "experiments").rglob("*.py")):
        room = room_of(".".join(path.relative_to(top).with_suffix("").parts).removesuffix(".__init__"))
        assert room is not None
        for name in modules(path, top):
            other = room_of(name)
            if other is not None and other != room:
                found[room, other] = f"{path.relative_to(top)} imports {name}"
    return found


def wrong_arrows(top: Path = ROOT) -> list[str]:
    """Imports from a room on the same floor or on a higher one."""
    return [shown for (room, other), shown in arrows(top).items() if FLOOR[other] >= FLOOR[room]]


def in_circles(arrows: set[tuple[str, str]]) -> set[str]:
    """Rooms that are left when those that import from none that is left are taken away, again and again."""
    left = {room for arrow in arrows for room in arrow}
    while free := {room for room in left if not any(a == room and b in left for a, b in arrows)}:
        left -= free
    return left


def test_every_room_has_its_place_in_the_line() -> None:
    names = {
        path.stem
        for path in (ROOT / "experiments").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert names - {"__init__"} == set(FLOOR) - {"model", "experiments"}


def test_rooms_import_only_from_those_to_their_right() -> None:
    assert wrong_arrows() == []
    assert len(arrows()) > 40  # they were found at all


def test_the_graph_of_rooms_has_no_circle() -> None:
    assert in_circles(set(arrows())) == set()
    assert in_circles({("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")}) == {"a", "b", "c"}


def test_nothing_stands_on_a_leaf() -> None:
    assert {(room, other) for room, other in arrows() if other in LEAVES} == {
        ("examples", "notebook"),
        ("examples", "ema"),
    }


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("measures/columns.py", "from ..runs.store import Store"),
        ("measures/columns.py", "from .. import runs"),
        ("plans/design.py", "def late():\n    from experiments.runs import store"),
        ("analysis/levers/front.py", "from ...figures import style"),
        ("analysis/levers/front.py", "if TYPE_CHECKING:\n    from ...publish.findings import Findings"),
        ("figures/style.py", "import experiments.cli.main"),
        ("report/page.py", "from ..dashboard import view"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, line: str) -> None:
    assert wrong_arrows(tmp_path) == []
    path = tmp_path / "experiments" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"from model.scenario import load\n{line}\n")
    assert len(wrong_arrows(tmp_path)) == 1


@pytest.mark.parametrize("path", sorted((ROOT / "model").rglob("*.py")), ids=lambda path: path.stem)
def test_the_model_never_imports_the_experiments(path: Path) -> None:
    assert "experiments" not in imported(path)


def test_mesa_is_imported_by_the_readable_engine_alone() -> None:
    users = [path.stem for path in (ROOT / "model").rglob("*.py") if "mesa" in imported(path)]
    assert sorted(users) == ["agents", "negotiation", "year"]


def heavy_imports_of(arguments: list[str]) -> list[str]:
    """Which heavy libraries a command has imported by its end, in a process of its own."""
    code = (
        "import sys; from experiments.cli.main import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print('\\nheavy:', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize(
    "arguments",
    [["check", "scenarios/baseline.yaml"], ["--help"], ["show", "scenarios/baseline.yaml"]],
    ids=lambda a: a[0],
)
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_imports_of(arguments) == []


@pytest.mark.parametrize(("figures", "drawn_with"), [("none", []), ("main", ["matplotlib"])])
def test_runs_are_played_and_read_without_mesa_and_pandas_and_matplotlib_comes_with_figures(
    figures: str, drawn_with: list[str], tmp_path: Path
) -> None:
    arguments = ["run", "scenarios/baseline.yaml", "--runs", "40", "--figures", figures, "--out", str(tmp_path)]
    assert sorted(heavy_imports_of(arguments)) == sorted(["numba", "numpy", "scipy", *drawn_with])
