"""The further questions of the second forecast, on talks made up by hand."""

import math
from typing import Any

import numpy as np
import pytest

from experiments.validation import forecast, questions, resolution
from experiments.validation.likelihood import MISREAD, misread
from experiments.validation.talks import Talks

NO = math.nan


def talks(**instead: Any) -> Talks:
    """Four runs of one draw: three with a framework, the last without."""

    def row(*values: float) -> np.ndarray[Any, Any]:
        return np.array([values])

    joined = np.zeros((1, 4, 7))
    joined[0, 0, :7], joined[0, 1, :6], joined[0, 2, :5] = 1, 1, 1
    made = Talks(
        week=row(8, 9, 9, NO),
        days=row(30, 21, 14, NO),
        foreign_lag_days=row(14, 0.4, 0.6, NO),
        open_weights=row(1, 0.5, 0.2, NO),
        joined=joined,
        leaves=row(0, 0, 0, 0),
        reviewed=row(1, 1, 1, 0),
        mandate=row(0, 0, 0, 0),
        year={
            "labs_at_horizon": row(7, 7, 4, 0),
            "leavings": row(0, 0, 1, 0),
            "late_joinings": row(0, 1, 0, 0),
            "reviews_done": row(3, 0, 2, 5),  # without a framework no review is under it
            "contests": row(0, 0, 0, 0),
            "holds": row(0, 2, 3, 9),
            "reholds": row(0, 1, 0, 0),
            "incidents": row(1, 0, 0, 0),
            "releases": row(19, 20, 29, 30),
            "behind_home_days": row(0.5, 0.1, NO, 0),  # days a release; not known without releases
            "mandate": row(0, 0, 1, 0),
        },
    )
    return made._replace(**instead)


def means(**instead: Any) -> dict[str, dict[str, float]]:
    made = talks(**instead)
    still_open = np.ones((1, 4))
    asked = questions.further(made, np.where(np.isnan(made.week), 0.0, still_open), still_open)
    return {name: {option: chance.mean for option, chance in it.probabilities.items()} for name, it in asked.items()}


def read(share: float, options: int = 2) -> float:
    return float(misread(np.array(share), options))


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("final_review_at_least_21_days", 2 / 3),
        ("open_weights_covered", 2 / 3),
        ("later_abroad_by_the_framework", 2 / 3),  # 14 days, and 0.6 that rounds to one
        ("a_lab_leaves_by_2027-06-30", 1 / 4),
        ("a_lab_joins_later_by_2027-06-30", 1 / 4),
        ("a_covered_release_reviewed_by_2027-06-30", 2 / 4),
        ("a_designation_contested_by_2027-06-30", 0.0),
        ("a_reviewed_model_held_by_2027-06-30", 1 / 4),
        ("an_incident_by_2027-06-30", 1 / 4),
        ("a_release_a_week_later_abroad_by_2027-06-30", 1 / 4),  # 19 releases, half a day each
        ("a_mandate_by_2027-06-30", 1 / 4),
    ],
)
def test_an_answer_is_the_share_of_runs_in_which_it_holds(name: str, share: float) -> None:
    assert means()[name]["yes"] == pytest.approx(read(share))


def test_numbers_are_counted_in_groups_up_to_the_next() -> None:
    found = means()
    assert found["holds_by_2027-06-30"] == pytest.approx(dict.fromkeys(questions.HELD, read(1 / 4, 4)))
    released = dict.fromkeys(questions.RELEASED, read(1 / 4, 4))
    assert found["flagship_releases_by_2027-06-30"] == pytest.approx(released)


def test_labs_are_counted_among_frameworks_and_at_the_end_among_those_without_a_law() -> None:
    found = means()
    assert found["labs_in_when_final"]["6"] == pytest.approx(read(1 / 3, 8))
    assert found["labs_in_on_2027-06-30"]["7"] == pytest.approx(read(1.0, 8))  # the run with 4 has a law
    assert found["labs_in_on_2027-06-30"]["4"] == pytest.approx(read(0.0, 8)) == pytest.approx(MISREAD / 7)


def test_every_question_has_a_rule_and_yardsticks_of_its_options() -> None:
    made = talks()
    still_open = np.ones((1, 4))
    for name, question in questions.further(made, still_open, still_open).items():
        options = tuple(question.probabilities)
        for yardstick in resolution.resolution(name, options)["yardsticks"].values():
            assert tuple(yardstick["chances"]) == options
            assert sum(yardstick["chances"].values()) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.slow
def test_a_forecast_is_the_same_on_any_number_of_workers() -> None:
    draws = forecast.shipped_draws(1)
    few = draws._replace(theta=draws.theta[:3])
    one, three = (forecast.forecast(few, workers=workers).data() for workers in (1, 3))
    assert one == three
    assert len(one["questions"]) == 32
    dates = [f"declared_final_by_{day}" for day in (*questions.FINAL_BY, questions.SUMMER)]
    by_date = [one["questions"][name]["probabilities"]["yes"]["mean"] for name in dates]
    assert by_date == sorted(by_date)
    assert {one["questions"][name]["cluster"] for name in dates} == {"declared final"}


def test_an_event_is_no_less_likely_by_a_later_day() -> None:
    """Of the forecast on record: leaving, review and a mandate by October and by June."""
    from experiments.validation.recorded import FORECAST, read_recorded

    from .conftest import ROOT

    recorded = read_recorded(ROOT / "experiments" / "forecasts" / "2026-07-05.v2.json").questions
    for name in ("a_lab_leaves", "a_covered_release_reviewed", "a_mandate"):
        early, late = (recorded[f"{name}_by_{day}"].chances[FORECAST][0] for day in ("2026-10-01", "2027-06-30"))
        assert early <= late
