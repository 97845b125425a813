"""What the answer hangs on: the analysis that ships is of the baseline at hand, and the README says what it says."""

import json
from pathlib import Path

import pytest

from experiments.analysis.drivers import (
    DRIVERS,
    Driver,
    Drivers,
    adopted_at,
    drivers_from,
    drivers_in,
    shipped_drivers,
    spots,
)
from experiments.analysis.sensitivity import analyse, plan_sensitivity
from experiments.measures.intervals import Interval
from experiments.plans.design import Plan
from experiments.publish.findings import findings, publish
from experiments.runs.collect import collect
from experiments.runs.store import Store, opened
from model.scenario import load

from .drawn import BASELINE
from .pages import text_of

ANEW = (
    "the baseline or its rules have changed; make it anew: "
    "optin sensitivity scenarios/baseline.yaml --figures none --out results/of-baseline && "
    "cp results/of-baseline/drivers.json scenarios/drivers/baseline.json, and bring its sentence into the README"
)


def played(folder: Path, plan: Plan) -> Store:
    store = Store(folder, plan)
    store.begin()
    collect(store, "fast", 2)
    return store


def made_up(*strongest: Driver) -> Drivers:
    date = "2026-07-05T10:00:00+00:00"
    return Drivers("mine", "0" * 64, strongest, len(strongest), 9, 1408, 50, 1, "1.2", None, date, (0.5, 0.25))


# ---------------------------------------------------------------- what ships


def test_the_shipped_analysis_is_of_the_baseline_at_hand() -> None:
    scenario, shipped = load(BASELINE), shipped_drivers()
    assert shipped.is_of(scenario), ANEW
    entries = [scenario.entries[driver.path] for driver in shipped.strongest]
    told = [(driver.label, driver.origin) for driver in shipped.strongest]
    assert told == [(entry.label, entry.origin) for entry in entries], ANEW


@pytest.mark.slow
def test_the_rules_at_hand_give_at_some_points_what_the_shipped_analysis_found(tmp_path: Path) -> None:
    shipped = shipped_drivers()
    base = shipped.points // (shipped.unknowns + 2)
    plan = plan_sensitivity(load(BASELINE), "sobol", "adopted", base, shipped.runs, shipped.seed)
    assert len(plan.points) == shipped.points
    some = tuple(plan.points[number] for number in spots(shipped.points))
    found = adopted_at(played(tmp_path, plan._replace(points=some)), range(len(some)))
    one_run = 1 / shipped.runs  # what other libraries may round the other way
    assert found == pytest.approx(shipped.adopted_at_spots, abs=1.01 * one_run), ANEW


def test_the_readme_says_what_the_shipped_analysis_says() -> None:
    assert shipped_drivers().sentence() in " ".join(text_of("README.md").split()), ANEW


# ---------------------------------------------------------------- what an analysis leaves


def test_only_a_scenario_of_the_same_values_and_stakeholders_is_what_was_analysed(tmp_path: Path) -> None:
    (tmp_path / "renamed.yaml").write_text("extends: baseline.yaml\ntitle: Another\nquestion: The same?\n")
    shipped = shipped_drivers()
    assert shipped.is_of(load(tmp_path / "renamed.yaml"))
    for setting in ("levers.quorum_labs=4", "stakeholders.meta=null"):
        assert not shipped.is_of(load(BASELINE, [setting]))


@pytest.mark.slow
def test_the_strongest_that_can_be_told_from_luck_are_what_it_hangs_on(tmp_path: Path) -> None:
    store = played(tmp_path, plan_sensitivity(load(BASELINE), "sobol", "adopted", 2, 2, 1))
    finding = analyse(store)
    small, *others = finding.total
    sizes = {others[0]: 0.4, others[1]: 0.3, others[2]: 0.2, others[3]: 0.1, others[4]: 0.9}
    unsure, by_luck = others[3], others[4]
    total = dict.fromkeys(finding.total, Interval(0.01, -0.1, 0.1))
    total |= {path: Interval(size, size - 0.05, size + 0.05) for path, size in sizes.items()}
    total[unsure] = Interval(0.1, -0.1, 0.3)
    chances = dict.fromkeys(finding.total, 1.0) | dict.fromkeys(sizes, 1e-12) | {by_luck: 0.5}
    found = drivers_in(store, finding._replace(total=total, chances=chances, luck=0.2, variance=0.04))
    assert found is not None
    assert [driver.path for driver in found.strongest] == others[:3]
    assert [driver.share.mean for driver in found.strongest] == [0.4, 0.3, 0.2]
    assert (found.told, found.unknowns, found.runs, found.seed) == (3, len(finding.total), 2, 1)
    assert small not in [driver.path for driver in found.strongest]
    assert found.is_of(load(BASELINE))


@pytest.mark.slow
def test_a_sobol_analysis_of_adoption_leaves_its_drivers_and_others_leave_none(tmp_path: Path) -> None:
    for method, measure, left in (
        ("sobol", "adopted", True),
        ("sobol", "durable", False),
        ("morris", "adopted", False),
    ):
        store = played(tmp_path / method / measure, plan_sensitivity(load(BASELINE), method, measure, 2, 2, 1))
        assert (DRIVERS in publish(store, findings(store))) is left
        assert (store.folder / DRIVERS).exists() is left
    data = json.loads((tmp_path / "sobol" / "adopted" / DRIVERS).read_text())
    its = opened(tmp_path / "sobol" / "adopted")
    assert drivers_from(data) == drivers_in(its, analyse(its))


# ---------------------------------------------------------------- in words


def test_its_words_name_shares_assumptions_sizes_and_the_day() -> None:
    found = made_up(
        Driver("relations.a", "Noise of it", "assumed", Interval(0.31, 0.25, 0.37)),
        Driver("stakeholders.nist.b", "NIST: its weight", "sourced", Interval(0.1, 0.05, 0.15)),
    )
    assert found.sentence() == (
        "By shares of its variance, adoption hangs most on noise of it (31% [25% to 37%]) "
        "and NIST: its weight (10% [5% to 15%])."
    )
    assert "Of the 2 named 1 rest on assumptions; 2 of 9 unknowns can be told from luck." in found.reading()
    assert found.made() == (
        "Sensitivity analysis (Sobol) of mine, made on 5 July 2026 with Opt-In 1.2: 1,408 points of 50 runs, seed 1."
    )
    assert drivers_from(json.loads(json.dumps(found.data()))) == found


@pytest.mark.parametrize(("points", "which"), [(6, [0, 1, 2, 3, 4, 5]), (348, [0, 43, 86, 129, 172, 215, 258, 301])])
def test_spots_are_spread_over_all_points(points: int, which: list[int]) -> None:
    assert list(spots(points)) == which


def test_where_nothing_is_told_from_luck_that_is_said() -> None:
    assert made_up().sentence() == "Of no unknown can the effect on adoption be told from luck."
    assert made_up().reading() == "0 of 9 unknowns can be told from luck."
