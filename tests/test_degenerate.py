"""What never or always happens, what no run has, one lab, one run, a year of a week: through every command.

Each scenario is played by every command that takes one, its results are drawn, exported and reported, and all that is
said is searched: no traceback, no nan or inf in a text, a title, a page, a table or JSON.
"""

import csv
import html
import json
import re
from pathlib import Path
from typing import Any, NoReturn

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments.analysis.levers import pareto, plan
from experiments.dashboard import many
from experiments.dashboard.view import View
from experiments.notebook import trace as notebook_trace
from model.scenario import load

from .test_cli import Said, optin

NO_NUMBER = re.compile(r"\b(nan|NaN|NAN|inf|Inf|infinity|Infinity|None)\b")
PATHS = re.compile(r"\S*/\S*")
MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)
ALONE = dict.fromkeys(("openai", "anthropic", "google", "amazon", "meta", "xai"))
DEGENERATE: dict[str, dict[str, Any]] = {
    "never": {"levers": {"quorum_labs": 20, "quorum_share": 1}},
    "always": {"levers": {"quorum_labs": 0, "quorum_share": 0}},
    "one-slow-lab": {
        "stakeholders": {**ALONE, "microsoft": {"releases_per_year": 0.1}},
        "levers": {"quorum_labs": 0, "quorum_share": 0},
        "relations": {"horizon_days": 90},
    },
    "a-week": {"relations": {"horizon_days": 7}},
    "no-lab-wanted": {"stakeholders": ALONE, "levers": {"quorum_labs": 2}},
}
EACH = pytest.mark.parametrize("name", DEGENERATE)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all figures that are drawn; pictures themselves are left out, for speed."""
    texts: list[str] = []

    def seen(figure: Figure, to: Any, **options: object) -> None:
        own = [its.get_text() for its in figure.findobj(Text)]
        if not set(own) <= set(texts):  # else it has been drawn before
            figure.draw_without_rendering()
        texts.extend(own)
        to.write(b"<svg xmlns='http://www.w3.org/2000/svg'/>")

    monkeypatch.setattr(Figure, "savefig", seen)
    return texts


def written(folder: Path, name: str, said: dict[str, Any] | None = None) -> Path:
    """A scenario file that says this."""
    path = folder / f"{name}.yaml"
    own = DEGENERATE[name] if said is None else said
    words = {"extends": "june-order.yaml", "title": name, "question": "What then?"}
    path.write_text(json.dumps(words | own), encoding="utf-8")  # JSON is YAML too
    return path


def sound(text: str, where: object) -> None:
    """Fail where a text has a number that is none."""
    found = NO_NUMBER.search(PATHS.sub(" ", text))
    assert not found, f"{where}: ...{text[max(0, found.start() - 100) : found.end() + 60]}..."


def never(word: str) -> NoReturn:
    raise AssertionError(f"{word} in JSON")


def with_width(said: dict[str, Any]) -> dict[str, Any]:
    """Fail where an interval has no width: it has no ends, or two."""
    if {"mean", "low", "high"} <= set(said):
        assert said["low"] is None or said["low"] < said["high"], said
    return said


def sound_folder(folder: Path) -> None:
    """Fail where a file of results holds a number that is none."""
    for path in folder.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_constant=never, object_hook=with_width)
    for path in folder.rglob("*.html"):
        sound(html.unescape(MARKUP.sub(" ", path.read_text(encoding="utf-8"))), path)
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = {cell.strip().lower() for row in csv.reader(file) for cell in row}
        assert not cells & {"nan", "inf", "-inf", "none", "null"}, path


def played(drawn: list[str], *arguments: str) -> Said:
    """A command that must do its work, and say nothing that is no number, in text or in a figure."""
    said = optin(*arguments)
    assert said.returncode == 0, said.stderr
    sound(said.stdout, arguments)
    sound(said.stderr, arguments)
    for text in drawn:
        sound(text, f"figure of {arguments}")
    return said


def refused_in_a_sentence(*arguments: str) -> None:
    """A command that has nothing to analyse says so in one line."""
    said = optin(*arguments)
    assert said.returncode == 2, said.stdout
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr
    sound(said.stderr, arguments)


def all_of(drawn: list[str], folder: Path) -> None:
    """Draw, export and report results, and search all that there is."""
    for command in ("plot", "export", "report"):
        played(drawn, command, str(folder))
    sound_folder(folder)


@EACH
def test_runs_pass_through_every_command(name: str, tmp_path: Path, drawn: list[str]) -> None:
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    said = played(drawn, "run", path, "--runs", "3", "--out", out)
    assert "Adopted in " in said.stdout
    all_of(drawn, tmp_path / "out")


@pytest.mark.slow
@EACH
def test_one_run_passes_through_every_command(name: str, tmp_path: Path, drawn: list[str]) -> None:
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    played(drawn, "run", path, "--runs", "1", "--out", out)
    all_of(drawn, tmp_path / "out")


@EACH
def test_one_negotiation_is_told_and_drawn(name: str, tmp_path: Path, drawn: list[str]) -> None:
    path = str(written(tmp_path, name))
    played(drawn, "trace", path, "--out", str(tmp_path / "out"))
    json.loads(optin("trace", path, "--json", "--out", str(tmp_path / "out")).stdout, parse_constant=never)
    assert len(notebook_trace(path).table)


@EACH
def test_a_sweep_of_one_point_and_of_two_passes_through_every_command(
    name: str, tmp_path: Path, drawn: list[str]
) -> None:
    written(tmp_path, name)
    for values in ([10], [10, 20]):
        said = {
            "title": "Few",
            "question": "What of the review desk?",
            "scenario": f"{name}.yaml",
            "vary": {"levers.review_capacity": values},
            "measures": ["adopted", "review_days", "delay_days"],
            "runs": 3,
        }
        file, out = tmp_path / "few.yaml", tmp_path / f"out{len(values)}"
        file.write_text(json.dumps(said), encoding="utf-8")
        played(drawn, "sweep", str(file), "--out", str(out))
        all_of(drawn, out)


@pytest.mark.parametrize(("one", "other"), [("never", "always"), ("one-slow-lab", "a-week"), ("always", "never")])
@pytest.mark.parametrize("runs", ["1", "5"])
def test_comparisons_claim_no_certainty(one: str, other: str, runs: str, tmp_path: Path, drawn: list[str]) -> None:
    paths = [str(written(tmp_path, name)) for name in (one, other)]
    call = ("compare", *paths, "--runs", runs, "--out", str(tmp_path / "compared"))
    said = played(drawn, *call)
    data = json.loads(optin(*call, "--json").stdout, parse_constant=never)
    ((_, its),) = data["comparisons"].items()
    for measure in its.values():
        assert measure["low"] is None or measure["low"] < measure["high"]
    assert -1 <= its["adopted"]["low"] < its["adopted"]["high"] <= 1
    assert "pairs" in said.stdout


@pytest.mark.parametrize("name", ["always", "one-slow-lab"])
def test_results_of_two_scenarios_stand_in_one_report(name: str, tmp_path: Path, drawn: list[str]) -> None:
    for each in (name, "never"):
        path = str(written(tmp_path, each))
        played(drawn, "run", path, "--runs", "2", "--out", str(tmp_path / each))
    played(drawn, "report", *(str(tmp_path / each) for each in dict.fromkeys((name, "never"))))
    sound_folder(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "method"), [("never", "sobol"), ("always", "morris"), ("one-slow-lab", "sobol"), ("a-week", "morris")]
)
def test_sensitivity_names_nothing(name: str, method: str, tmp_path: Path, drawn: list[str]) -> None:
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    few = ("--points", "2", "--runs-per-point", "2", "--out", out)  # too few to tell anything
    said = played(drawn, "sensitivity", path, "--method", method, *few)
    assert "moved most" not in said.stdout
    assert not any("moved most" in text for text in drawn)
    all_of(drawn, tmp_path / "out")


def test_sensitivity_of_what_no_run_has_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path, out = str(written(tmp_path, "never")), str(tmp_path / "out")
    few = ("--points", "2", "--runs-per-point", "2", "--out", out)
    refused_in_a_sentence("sensitivity", path, "--method", "morris", "--measure", "review_days", *few)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never", "no-lab-wanted", "one-slow-lab"])
def test_influence_passes_through_every_command(name: str, tmp_path: Path, drawn: list[str]) -> None:
    said = DEGENERATE[name]
    said = said | {
        "stakeholders": {"openai": None, "google": None, "xai": None, "meta": None} | said.get("stakeholders", {})
    }
    path, out = str(written(tmp_path, name, said)), str(tmp_path / "out")
    played(drawn, "influence", path, "--runs", "20", "--out", out)
    all_of(drawn, tmp_path / "out")


@EACH
def test_discovery_passes_through_every_command(name: str, tmp_path: Path, drawn: list[str]) -> None:
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    said = played(drawn, "discover", path, "--points", "20", "--runs-per-point", "2", "--out", out)
    assert "against" not in said.stdout.splitlines()[0]
    all_of(drawn, tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never", "always", "one-slow-lab"])
def test_a_search_for_settings_passes_through_every_command(
    name: str, tmp_path: Path, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "WORLDS", 8)
    monkeypatch.setattr(plan, "SHIPPED", tmp_path / "none")  # no other scenarios beside it
    monkeypatch.setattr(pareto, "GENERATIONS", 1)
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    wants = ("--want", "adopted", "--want", "holds", "--holdout", "microsoft")
    played(drawn, "levers", path, *wants, "--points", "4", "--runs-per-point", "4", "--out", out)
    all_of(drawn, tmp_path / "out")


@pytest.mark.exhaustive
@EACH
def test_the_gallery_shows_what_there_is(name: str, tmp_path: Path, drawn: list[str]) -> None:
    path, out = str(written(tmp_path, name)), str(tmp_path / "out")
    played(drawn, "gallery", path, "--runs", "3", "--out", out)
    sound_folder(tmp_path / "out")


@EACH
def test_the_dashboard_shows_many_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "RUNS", 3)
    scenario = load(written(tmp_path, name))
    said = json.dumps(many.played(scenario, scenario, View(seed=1)), allow_nan=False)
    sound(said, name)


def test_the_degenerate_scenarios_are_what_they_say(tmp_path: Path) -> None:
    assert len(load(written(tmp_path, "one-slow-lab")).named("lab")) == 1
