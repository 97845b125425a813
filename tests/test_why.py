"""Why a lab stays out: the parts of its gain by outcome, and what tells staying out from joining."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.analysis.why import plan_why, welch, why
from experiments.analysis.why_finding import JOINS, NO_FRAMEWORK, OUT, Why
from experiments.cli.main import main
from model.problems import BadInput
from model.rules.records import Gain
from model.scenario import load

from .drawn import BASELINE


def made_up(joined: int, out: int, delay: float = -1.0) -> Why:
    """Runs in which delay at home is worse by `delay` where meta stayed out, and nothing else differs."""
    size = joined + out + 2
    adopted = np.array([1.0] * (joined + out) + [0.0] * 2)
    inside = np.array([1.0] * joined + [0.0] * (out + 2))
    noise = 0.1 * np.resize([-1.0, 1.0], size)
    table: dict[str, Any] = {f"gain.meta.{part}": noise.copy() for part in Gain._fields}
    table["gain.meta.delay"] += np.where((adopted == 1.0) & (inside == 0.0), delay, 0.0)
    table |= {"gain.meta": noise.copy(), "taste.meta": noise.copy(), "adopted": adopted, "joined.meta": inside}
    table |= {"failed": np.full(size, ""), "outcome": np.where(adopted == 1.0, 2.0, 1.0)}
    table["outcome"][-1] = 0.0
    for name in table:
        if name.startswith(("gain", "taste")):
            table[name][-1] = math.nan
    return why(plan_why(load(BASELINE), "meta", size, 1), table)


def test_the_part_that_differs_comes_first_and_alone_into_the_headline() -> None:
    found = made_up(40, 20)
    first = found.parts[0]
    assert first.label == "delay at home"
    assert first.difference.mean == pytest.approx(-1.0)
    assert first.difference.low < -1.0 < first.difference.high < 0.0
    assert [part.label for part in found.parts if part.is_told] == ["delay at home"]
    assert "stayed out of 20 of 60 adopted frameworks" in found.headline()
    assert "federal goodwill" not in found.headline()


def test_runs_are_told_apart_by_outcome_and_those_without_talks_have_no_gain() -> None:
    found = made_up(40, 20)
    assert found.runs == {JOINS: 40, OUT: 20, NO_FRAMEWORK: 1}
    assert found.no_talks == 1


def test_nothing_is_named_where_nothing_differs() -> None:
    assert "no part of its gain differs detectably" in made_up(40, 20, delay=0.0).headline()


@pytest.mark.parametrize(("joined", "out"), [(0, 30), (30, 0), (30, 1)])
def test_a_group_of_hardly_any_runs_is_said_and_not_compared(joined: int, out: int) -> None:
    found = made_up(joined, out)
    assert "too few runs to compare" in found.headline()
    json.dumps(found.data(), allow_nan=False)
    assert found.text()


def test_welch_agrees_with_scipy() -> None:
    from scipy.stats import ttest_ind

    ones, others = [1.0, 2.0, 4.0, 8.0], [0.0, 0.5, 0.25]
    ends = ttest_ind(ones, others, equal_var=False).confidence_interval(0.95)
    assert welch([*ones, math.nan], others)[1:] == pytest.approx(tuple(ends))


def test_an_unknown_lab_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean 'meta'"):
        plan_why(load(BASELINE), "metta", 10, 1)


@pytest.mark.slow
def test_the_command_says_and_draws_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "why"
    main(["why", str(BASELINE), "--lab", "meta", "--runs", "300", "--seed", "1", "--json", "--out", str(folder)])
    data = json.loads(capsys.readouterr().out)
    assert sum(data["by_outcome"].values()) + data["no_talks"] + data["failed"] == 300
    assert len(data["parts"]) == len(Gain._fields) + 1
    assert (folder / "figures" / "why.png").exists()
