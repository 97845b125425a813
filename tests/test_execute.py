"""Many runs: the same on any number of processes, failures kept, results that say what made them."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.plans.design import plan_of
from experiments.results.summary import OUTCOMES, summarise
from experiments.runs.files import write_bytes
from experiments.runs.manifest import manifest
from experiments.runs.pool import run_many
from model.negotiation import Negotiation
from model.rules.records import Negotiated, Operating
from model.scenario import load

from .drawn import BASELINE

SCENARIO = load(BASELINE)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "runs"), [("fast", 3000), ("mesa", 150)])
def test_a_table_is_the_same_on_one_worker_and_on_two(engine: str, runs: int) -> None:
    one, two = (run_many(SCENARIO, runs, 3, engine, workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_the_first_runs_are_the_same_however_many_follow() -> None:
    few, many = run_many(SCENARIO, 10, 3), run_many(SCENARIO, 2000, 3)
    pd.testing.assert_frame_equal(few, many.head(10), check_exact=True)


def test_removing_a_lab_changes_nobody_elses_parameters() -> None:
    without = load(BASELINE, ["stakeholders.meta=null"])
    rows, fewer = run_many(SCENARIO, 20, 3, "mesa", 1), run_many(without, 20, 3, "mesa", 1)
    shared = [path for path in fewer.columns if path in SCENARIO.entries]
    assert len(shared) > 100
    pd.testing.assert_frame_equal(rows[shared], fewer[shared], check_exact=True)


def test_another_seed_gives_other_runs() -> None:
    assert not run_many(SCENARIO, 20, 0, "mesa", 1).equals(run_many(SCENARIO, 20, 1, "mesa", 1))


def test_a_run_that_fails_is_a_row_with_its_reason_and_is_left_out_of_every_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    healthy = run_many(SCENARIO, 20, 3, "mesa", 1)
    play, calls = Negotiation.play, iter(range(20))

    def sometimes(self: Negotiation) -> Negotiated:
        if next(calls) == 7:
            raise ZeroDivisionError("on purpose")
        return play(self)

    monkeypatch.setattr(Negotiation, "play", sometimes)
    table = run_many(SCENARIO, 20, 3, "mesa", 1)
    assert table["failed"].tolist() == [""] * 7 + ["ZeroDivisionError: on purpose"] + [""] * 12
    pd.testing.assert_frame_equal(table.drop(7), healthy.drop(7), check_exact=True)
    summary = summarise(SCENARIO, table, 3)
    assert summary.failed == 1
    assert summary.outcomes["adopted"].mean == healthy.drop(7)["adopted"].mean()
    assert "of 19 runs" in summary.headline()
    assert "1 more failed" in summary.headline()


@pytest.mark.parametrize(("wrong", "name"), [(math.nan, "labs_joined"), (math.inf, "ad_hoc.delay_days")])
def test_a_run_with_a_number_that_cannot_be_right_fails_and_the_others_stand(
    monkeypatch: pytest.MonkeyPatch, wrong: float, name: str
) -> None:
    from model import ensemble

    healthy, play = run_many(SCENARIO, 20, 3), ensemble.play_points
    record, place = ("ad_hoc", Operating) if name.startswith("ad_hoc.") else ("negotiated", Negotiated)

    def spoilt(*arguments: Any) -> Iterator[ensemble.Results]:
        for results in play(*arguments):
            getattr(results, record)[5, place._fields.index(name.removeprefix("ad_hoc."))] = wrong
            yield results

    monkeypatch.setattr(ensemble, "play_points", spoilt)
    table = run_many(SCENARIO, 20, 3)
    assert table["failed"].tolist() == [""] * 5 + [f"not a number: {name}"] + [""] * 14
    assert table.loc[5, list(Negotiated._fields)].isna().all()
    pd.testing.assert_frame_equal(table.drop(5), healthy.drop(5), check_exact=True)
    assert summarise(SCENARIO, table, 3).failed == 1


def test_a_measure_that_a_run_need_not_have_may_be_missing() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=20"])  # never adopted: no terms, no announcement
    table = run_many(scenario, 50, 3)
    assert table["review_days"].isna().all()
    assert (table["failed"] == "").all()


def test_a_block_that_breaks_in_compiled_code_loses_only_the_runs_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from model import ensemble

    def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    whole = run_many(SCENARIO, 20, 3)
    monkeypatch.setattr(ensemble, "play_points", broken)
    pd.testing.assert_frame_equal(run_many(SCENARIO, 20, 3), whole, check_exact=True, check_dtype=False)


def test_when_every_run_fails_the_summary_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Negotiation) -> Negotiated:
        raise ValueError("on purpose")

    monkeypatch.setattr(Negotiation, "play", never)
    summary = summarise(SCENARIO, run_many(SCENARIO, 3, 3, "mesa", 1), 3)
    assert summary.data()["outcomes"]["adopted"] == {"mean": None, "low": None, "high": None}
    assert summary.text().startswith("No run of 3 came to an end; 3 more failed")


def test_what_was_set_is_said_wherever_the_scenario_is_named() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=9"])
    summary = summarise(scenario, run_many(scenario, 20, 3), 3)
    data = summary.data()
    assert data["settings"] == ["levers.quorum_labs=9"]
    assert data["called"] == "baseline with levers.quorum_labs=9"
    text = summary.text()
    assert "Baseline, with levers.quorum_labs=9: " in text
    assert "Note: levers.quorum_labs asks for more labs than the 7 at the table in 100% of runs." in text


def test_the_runs_without_a_law_are_compared_apart() -> None:
    table = run_many(SCENARIO, 400, 3)
    apart = table[(table["adopted"] == 1) & (table["mandate"] == 0) & (table["ad_hoc.mandate"] == 0)]
    delay = summarise(SCENARIO, table, 3).ad_hoc_without_law["delay_days"]
    assert delay.runs == len(apart) > 100
    assert delay.difference.mean == pytest.approx((apart["delay_days"] - apart["ad_hoc.delay_days"]).mean())


def test_a_summary_says_what_can_be_counted_in_the_table() -> None:
    table = run_many(SCENARIO, 60, 3, "mesa", 1)
    summary = summarise(SCENARIO, table, 3)
    for name, (column, code) in OUTCOMES.items():
        assert summary.outcomes[name].mean == pytest.approx((table[column] == code).mean())
    shares = {name: interval.mean for name, interval in summary.outcomes.items()}
    assert shares["no_order"] + shares["no_framework"] + shares["adopted"] == pytest.approx(1)
    assert shares["durable"] + shares["eroded"] + shares["superseded"] == pytest.approx(shares["adopted"])
    adopted = table[table["adopted"] == 1]
    held = (adopted["holds"] - adopted["ad_hoc.holds"]).mean()
    assert summary.ad_hoc["holds"].difference.mean == pytest.approx(held)
    assert summary.ad_hoc["holds"].runs == len(adopted)
    assert summary.measures["review_days"].spread.median == pytest.approx(adopted["review_days"].median())
    assert summary.measures["review_days"].spread.runs == len(adopted)
    assert summary.labs["meta"].joined.mean == pytest.approx(table["joined.meta"].mean())
    assert summary.labs["meta"].joined_if_adopted.mean == pytest.approx(adopted["joined.meta"].mean())
    json.dumps(summary.data(), allow_nan=False)


def test_a_manifest_holds_every_parameter_with_its_source_and_origin() -> None:
    its = json.loads(json.dumps(manifest(plan_of(SCENARIO, 3, 1), "a hash"), allow_nan=False))
    parameters = its["plan"]["scenario"]["parameters"]
    assert set(parameters) == set(SCENARIO.entries)
    assert all(entry["source"] and entry["from"] for entry in parameters.values())
    assert {"version", "commit", "libraries", "python", "machine", "command", "written", "inputs"} <= set(its)
    assert its["plan"]["seed"] == 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_bytes(tmp_path / "deep" / "x.txt", b"whole")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.txt"]
