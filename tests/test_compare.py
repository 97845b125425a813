"""Comparisons under the same luck: differences and what pairing saves, against closed forms."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from experiments.measures.columns import NUMBERS
from experiments.results.compare import Comparison, compare, paired
from experiments.runs.pool import run_many
from model.scenario import load

from .drawn import BASELINE

NAN = math.nan


def test_a_paired_difference_and_its_interval_can_be_worked_out_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, sd 1, t(.975, 2) = 4.302653; variances 1, 4 and 1."""
    its = paired("days", pd.Series([1.0, 2.0, 3.0]), pd.Series([2.0, 4.0, 6.0]))
    half = 4.302652730 / math.sqrt(3)
    assert its.difference == pytest.approx((2.0, 2.0 - half, 2.0 + half))
    assert (its.first, its.second, its.runs) == (2.0, 4.0, 3)
    assert its.unpaired_runs == pytest.approx(3 * (1 + 4) / 1)


def test_only_runs_that_have_the_measure_in_both_are_compared() -> None:
    its = paired("days", pd.Series([1.0, NAN, 3.0, 5.0]), pd.Series([2.0, 9.0, NAN, 7.0]))
    assert (its.runs, its.difference.mean) == (2, 1.5)
    nothing = paired("days", pd.Series([NAN]), pd.Series([1.0]))
    assert nothing.runs == 0
    assert math.isnan(nothing.difference.mean)


def test_independent_runs_gain_nothing_by_pairing() -> None:
    """Var(difference) is the sum of the variances: as many runs unpaired. 5 standard errors at 20,000 pairs."""
    rng = np.random.default_rng(5)
    one, other = (pd.Series(rng.normal(size=20_000)) for _ in range(2))
    assert paired("days", one, other).unpaired_runs / 20_000 == pytest.approx(1.0, abs=0.05)


def test_a_scenario_differs_in_nothing_from_itself() -> None:
    table = run_many(load(BASELINE), 300, 1)
    for its in compare({"a": table, "b": table.copy()})["b"].values():
        assert its.difference.mean == 0.0
        assert math.isnan(its.unpaired_runs)


def test_the_same_luck_makes_a_comparison_cheaper_and_failed_runs_are_left_out() -> None:
    scenarios = [load(BASELINE), load(BASELINE.parent / "full-protection.yaml")]
    tables = {its.name: run_many(its, 2000, 1) for its in scenarios}
    found = compare(tables)
    its = found["full-protection"]["adopted"]
    assert its.unpaired_runs > 2 * 2000
    adopted = [table["adopted"] for table in tables.values()]
    assert its.difference.mean == pytest.approx(adopted[1].mean() - adopted[0].mean())
    assert its.difference.low > 0
    tables["full-protection"].loc[0, "failed"] = "on purpose"
    assert compare(tables)["full-protection"]["adopted"].runs == 1999
    comparison = Comparison(scenarios[0].called, 2000, 1, found)
    assert comparison.headline().startswith("full-protection: adopted +")
    assert comparison.text().splitlines()[0] == comparison.headline()
    data = json.loads(json.dumps(comparison.data(), allow_nan=False))
    assert set(data["comparisons"]) == {"full-protection"}
    assert {"mean", "low", "high", "unpaired_runs"} <= set(data["comparisons"]["full-protection"]["adopted"])


def as_never_and_always(runs: int) -> Comparison:
    """Two scenarios, the first of which never has a framework and the second always."""
    scenarios = [load(BASELINE, ["levers.quorum_labs=20"]), load(BASELINE.parent / "full-protection.yaml")]
    never, always = ({"failed": [""] * runs} | {name: [NAN] * runs for name in NUMBERS} for _ in range(2))
    never |= {"adopted": [0.0] * runs, "holds": [2.0] * runs}
    always |= {"adopted": [1.0] * runs, "holds": [1.0] * runs, "review_days": [30.0] * runs}
    tables = dict(zip((its.name for its in scenarios), map(pd.DataFrame, (never, always)), strict=True))
    return Comparison(scenarios[0].called, runs, 1, compare(tables))


@pytest.mark.parametrize("runs", [1, 5])
def test_never_against_always_is_no_certainty(runs: int) -> None:
    comparison = as_never_and_always(runs)
    its = comparison.differences["full-protection"]["adopted"]
    assert its.difference.mean == its.difference.high == 1.0
    assert -1.0 < its.difference.low < 0.2
    assert "adopted +100.0 points against baseline" in comparison.headline()
    assert "to +100.0]." in comparison.headline()


def test_the_table_says_how_many_pairs_there_are_and_has_no_interval_where_all_differences_are_equal() -> None:
    lines = as_never_and_always(5).text().splitlines()
    (head,) = [line for line in lines if "runs if unpaired" in line]
    assert head.split("]")[1].split() == ["pairs", "runs", "if", "unpaired"]
    (holds,) = [line for line in lines if line.startswith("Ad-hoc holds")]
    assert holds.split()[-5:] == ["2.00", "1.00", "-1.00", "5", "any"]
    (days,) = [line for line in lines if line.startswith("Review period at announcement")]
    assert days.split()[-5:] == ["-", "-", "-", "0", "-"]
    assert lines[-1] == "No interval is given for one pair, nor where all differences are equal."
    assert "nan" not in "".join(lines)


def test_where_every_run_failed_it_is_said() -> None:
    comparison = as_never_and_always(2)
    nothing = paired("share of runs", pd.Series([NAN]), pd.Series([NAN]))
    failed = {name: dict.fromkeys(its, nothing) for name, its in comparison.differences.items()}
    text = comparison._replace(differences=failed).text()
    assert text.startswith(
        "full-protection: no run came to an end both in it and in baseline with levers.quorum_labs=20."
    )
    assert "nan" not in text
