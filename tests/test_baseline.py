"""The shipped scenarios are neither trivial nor at odds with the two decisions that are known.

Bounds are on true shares, tested on 4,000 runs of a fixed seed: a share that is truly at its bound would pass or fail
by chance half the time, so each is held with its Wilson interval (error rate 2.5% for each bound, fixed by the seed).
"""

from pathlib import Path

import pytest

from experiments.measures.intervals import Interval, share
from experiments.results.summary import OUTCOMES
from experiments.runs.pool import run_many
from model.rules.records import Outcome
from model.scenario import SHIPPED, load

RUNS, SEED = 4000, 20260705
SCENARIOS = sorted(SHIPPED.rglob("*.yaml"))


def outcomes(path: Path, *settings: str) -> dict[str, Interval]:
    table = run_many(load(path, settings), RUNS, SEED)
    assert (table["failed"] == "").all()
    return {name: share(int((table[column] == code).sum()), RUNS) for name, (column, code) in OUTCOMES.items()}


def test_no_outcome_of_the_baseline_is_a_foregone_conclusion() -> None:
    its = outcomes(SHIPPED / "baseline.yaml")
    assert all(interval.high < 0.95 for interval in its.values())


def test_the_ninety_day_draft_is_sent_back_in_most_runs() -> None:
    its = outcomes(SHIPPED / "may-draft.yaml")
    assert its[Outcome.NO_ORDER.name.lower()].low > 0.5


def test_a_thirty_day_order_is_signed_in_most_runs() -> None:
    """With the likeliest of the covered shares that the texts left open."""
    its = outcomes(SHIPPED / "may-draft.yaml", "levers.opening.review_days=30", "levers.opening.covered_share=0.25")
    assert its[Outcome.NO_ORDER.name.lower()].high < 0.5


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_shipped_scenario_runs_without_a_failure(path: Path) -> None:
    assert (run_many(load(path), 1000, SEED)["failed"] == "").all()


@pytest.mark.slow
def test_there_are_at_least_eight_scenarios_beside_the_baseline_and_each_asks_a_question() -> None:
    questions = [load(path).question for path in SCENARIOS]
    assert len(questions) >= 9
    assert len(set(questions)) == len(questions)
    assert all(question.endswith("?") for question in questions)
