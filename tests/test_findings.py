"""The contract of an analysis: one finding class, one figure function and one line are all that a new one needs."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from matplotlib.figure import Figure

from experiments.analysis.discover_points import plan_discovery
from experiments.analysis.influence import plan_influence
from experiments.analysis.levers.plan import plan_levers
from experiments.analysis.sensitivity import plan_sensitivity
from experiments.analysis.why import plan_why
from experiments.cli.main import main
from experiments.plans.design import Plan, Question, plan_of
from experiments.publish.findings import ANALYSES, Analysis, findings, publish
from experiments.runs.collect import collect
from experiments.runs.manifest import plan_data, plan_from
from experiments.runs.store import Store, opened
from model.problems import BadInput
from model.scenario import load

from .drawn import BASELINE
from .test_sensitivity import few_unknowns

FEW = [f"stakeholders.{name}=null" for name in ("amazon", "microsoft", "google", "xai", "openai")]
WANTS = ("adopted", "delay_days")


def sweep(points: int = 3) -> Plan:
    """A sweep over the length of the extension."""
    plan = plan_of(load(BASELINE), 16, 1)
    return plan._replace(varied=("levers.extension_days",), points=tuple((10.0 + 10 * k,) for k in range(points)))


PLANS: dict[str, Callable[[], Plan]] = {
    "runs": lambda: plan_of(load(BASELINE), 16, 1),
    "sweep": sweep,
    "sensitivity": lambda: plan_sensitivity(few_unknowns(), "morris", "adopted", 2, 4, 1),
    "influence": lambda: plan_influence(load(BASELINE, FEW), 20, 1),
    "discover": lambda: plan_discovery(few_unknowns(), "fails", "adopted", None, 80, 2, 1),
    "levers": lambda: plan_levers(load(BASELINE), WANTS, [], [], "meta", 4, 16, 1)._replace(runs_in_a_world=4),
    "why": lambda: plan_why(load(BASELINE), "meta", 16, 1),
}


def played(folder: Path, plan: Plan) -> Store:
    store = Store(folder, plan)
    store.begin()
    collect(store, "fast", 2)
    return store


def test_every_kind_of_analysis_has_a_tiny_plan_here() -> None:
    assert set(PLANS) == set(ANALYSES)
    assert all(plan().analysis == name for name, plan in PLANS.items())


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_honours_the_contract(name: str, tmp_path: Path) -> None:
    store = played(tmp_path, PLANS[name]())
    finding = ANALYSES[name].analyse(store)
    assert finding.headline()
    assert finding.text().split("\n")[0] == finding.headline()
    data = finding.data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    for figure, draw in ANALYSES[name].figures(finding):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9.]+)*", figure)
        assert callable(draw)


@pytest.mark.parametrize("name", ANALYSES)
def test_a_plan_comes_back_from_its_plain_data(name: str) -> None:
    plan = PLANS[name]()
    data = json.loads(json.dumps(plan_data(plan)))
    again = plan_from(data, plan.points)
    assert again.asks == plan.asks
    assert again._replace(scenario=plan.scenario) == plan


# ---------------------------------------------------------------- a new analysis


class Above(NamedTuple):
    """The settings of the toy's question."""

    days: float


class Count(NamedTuple):
    """The toy's finding: how many points have a longer extension than was asked."""

    points: int
    days: float

    def headline(self) -> str:
        return f"{self.points} points have more than {self.days:g} days."

    def text(self) -> str:
        return f"{self.headline()}\nThat is all."

    def data(self) -> dict[str, Any]:
        return self._asdict()


def count(store: Store) -> Count:
    days = store.plan.asked(Above).days
    return Count(sum(point[0] > days for point in store.plan.points), days)


def empty_figure(finding: Count) -> Iterator[tuple[str, Callable[[], Figure]]]:
    yield "count", lambda: Figure(figsize=(1, 1))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The plan of a toy analysis, which one line registers."""
    monkeypatch.setitem(ANALYSES, "toy", Analysis(count, empty_figure))
    return sweep(4)._replace(asks=Question("toy", Above(15.0)._asdict()))


def test_a_new_analysis_is_planned_played_published_plotted_and_read_back(toy: Plan, tmp_path: Path) -> None:
    store = played(tmp_path, toy)
    written = publish(store, findings(store))
    assert written == ["manifest.json", "design.csv", "parts/", "summary.json"]
    data = json.loads((tmp_path / "summary.json").read_text())
    assert data.pop("made_by").startswith("Opt-In ")
    assert data == {"points": 3, "days": 15}
    assert findings(store).text == "3 points have more than 15 days.\nThat is all."
    assert main(["plot", str(tmp_path)]) == 0
    assert (tmp_path / "figures" / "count.svg").exists()
    again = opened(tmp_path)
    assert again.plan.asks == toy.asks
    assert findings(again).data == {"points": 3, "days": 15}


def test_results_for_an_analysis_that_is_not_known_are_refused(toy: Plan, tmp_path: Path) -> None:
    store = played(tmp_path, toy._replace(asks=Question("astrology", {})))
    with pytest.raises(BadInput, match="found the analysis 'astrology'; known: runs, sweep, sensitivity"):
        findings(store)


def test_results_of_an_older_format_are_refused(toy: Plan, tmp_path: Path) -> None:
    store = played(tmp_path, toy)
    publish(store, findings(store))
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 1}))
    with pytest.raises(BadInput, match=r"holds results of format 1 .*; format 3 is needed: make them anew"):
        opened(tmp_path)
