"""The README and the pages it leads to tell the truth about files, examples and what `optin run` prints."""

import re
from pathlib import Path

import pytest

from experiments.notebook import run
from experiments.plans.sweepfile import read_sweep
from model import __version__
from model.scenario import SHIPPED, load

from .conftest import ROOT
from .pages import PAGES, blocks, text_of

SWEEPS = ROOT / "experiments" / "sweeps"
FOLDERS = ("model", "experiments", "scenarios", "tests")
MOST_LINES = 150


def names_of_files(path: str) -> set[str]:
    """Every path in a page, from the top of the repository or, in a link, from the page."""
    text = text_of(path)
    named = set(re.findall(rf"(?<![\w./])((?:{'|'.join(FOLDERS)})/[\w./-]*\w)", text))
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    return named | {str((ROOT / path).parent.joinpath(link).resolve().relative_to(ROOT)) for link in links}


def test_the_readme_stays_short() -> None:
    assert len(text_of("README.md").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*PAGES, "model/DECISIONS.md", "model/ODD.md"])
def test_every_file_that_a_page_names_is_there(path: str) -> None:
    names = names_of_files(path)
    assert names
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []


def test_paths_are_found_in_text_code_and_links() -> None:
    names = names_of_files("CONTRIBUTING.md")
    assert {"model/rules/opting_in.py", "model/ODD.md", "CHANGELOG.md", "experiments/runs/pool.py"} <= names
    assert "model/DECISIONS.md" in names_of_files("README.md")


def test_the_readme_shows_what_optin_run_prints() -> None:
    shown, *_ = blocks("text", pages=["README.md"])
    assert run(SHIPPED / "baseline.yaml").text.startswith(shown.text)


def test_the_citation_and_the_changelog_know_the_version() -> None:
    assert f"version: {__version__}\n" in text_of("CITATION.cff")
    assert f"## {__version__} - " in text_of("CHANGELOG.md")


def test_the_example_scenario_loads_from_any_folder(tmp_path: Path) -> None:
    (example,) = blocks("yaml", pages=["README.md"])
    (tmp_path / "mine.yaml").write_text(example.text)
    scenario = load(tmp_path / "mine.yaml")
    assert scenario.entries["levers.quorum_labs"].value == 4
    assert "xai" not in scenario.kinds


def test_the_example_sweep_reads_from_any_folder(tmp_path: Path) -> None:
    (example,) = blocks("yaml", pages=["experiments/sweeps/README.md"])
    (tmp_path / "mine.yaml").write_text(example.text)
    plan = read_sweep(tmp_path / "mine.yaml")
    assert len(plan.points) == 36
    assert plan.measures == ("adopted", "durable", "review_days")


@pytest.mark.parametrize("name", ["baseline.yaml", "scenarios/baseline.yaml", "regimes/seoul-2024.yaml"])
def test_shipped_scenarios_are_at_hand_in_an_empty_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(name).name == Path(name).stem


@pytest.mark.parametrize("name", ["lab-stances.yaml", "experiments/sweeps/lab-stances.yaml"])
def test_shipped_sweeps_are_at_hand_in_an_empty_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_sweep(name).name == "lab-stances"


def test_a_file_of_ones_own_goes_before_the_shipped_one_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "june-order.yaml").write_text("extends: baseline.yaml\nquestion: Mine?\n")
    assert load("june-order.yaml").question == "Mine?"


def test_every_shipped_sweep_is_in_the_table_with_its_question() -> None:
    table = text_of("experiments/sweeps/README.md")
    for path in SWEEPS.glob("*.yaml"):
        assert f"| `{path.stem}` | {read_sweep(path).question} |" in table


def test_every_shipped_scenario_is_in_the_table() -> None:
    table = text_of("scenarios/README.md")
    assert [path.stem for path in SHIPPED.rglob("*.yaml") if f"`{path.stem}`" not in table] == []
