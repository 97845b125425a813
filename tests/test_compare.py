"""Comparisons under the same luck: differences and what pairing saves, against closed forms."""

import json
import math

import numpy as np
import pandas as pd
import pytest

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
    comparison = Comparison(scenarios, 2000, 1, found)
    assert comparison.headline().startswith("full-protection: adopted +")
    assert comparison.text().splitlines()[0] == comparison.headline()
    data = json.loads(json.dumps(comparison.data(), allow_nan=False))
    assert set(data["comparisons"]) == {"full-protection"}
    assert {"mean", "low", "high", "unpaired_runs"} <= set(data["comparisons"]["full-protection"]["adopted"])
