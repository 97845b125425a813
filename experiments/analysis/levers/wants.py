"""The settings of the question: the measures that are wanted, which way, and the lab that is to be brought in."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import Mark, Problem, known_instead, quoted
from model.scenario import Scenario

from ...measures.columns import JOINED, measures
from ...plans.design import Plan

UP = (
    "adopted",
    "durable",
    "labs_",
    "share_",
    "joined.",
    "stays.",
    "danger_caught",
)  # wanted high unless a direction is given
DOWN = (
    *("delay_", "behind_home_", "surprises", "contests", "holds", "reholds", "held.", "leavings", "left."),
    *("incident", "covered_unreviewed", "danger_out"),
)
SHOWN = ("designations", "danger_caught")  # of each setting: what it covers, and what it catches


class Wants(NamedTuple):
    """The settings of the question.

    ``wants``: measure -> 'max' or 'min'; ``floors``: measure -> the least that its mean must be for a setting to count;
    ``holdout``: a lab or None.
    """

    wants: dict[str, str]
    floors: dict[str, float]
    holdout: str | None

    @property
    def joining(self) -> str | None:
        """The measure of how often the holdout joins."""
        return None if self.holdout is None else JOINED + self.holdout

    def measures(self) -> tuple[str, ...]:
        """The measures of the plan: the wants, what else is shown or has a floor, then whether the holdout joins."""
        joining = () if self.joining is None else (self.joining,)
        others = [name for name in dict.fromkeys((*SHOWN, *self.floors)) if name not in (*self.wants, *joining)]
        return (*self.wants, *others, *joining)


def wants_of(plan: Plan) -> Wants:
    """The wants and the holdout of a plan."""
    return plan.asked(Wants)


def losses(plan: Plan, means: Array) -> Array:
    """Means of the wants (a column each) as losses: less is better."""
    signs = np.array([-1.0 if direction == "max" else 1.0 for direction in wants_of(plan).wants.values()])
    signed: Array = signs * means
    return signed


def read_wants(scenario: Scenario, wants: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Measure -> 'max' or 'min', and the problems with them."""
    known, wanted, wrong = measures(scenario), dict[str, str](), list[str]()
    for want in wants:
        measure, colon, given = want.partition(":")
        direction = given if colon else usual_direction(measure)
        if measure not in known:
            wrong.append(f"found the measure {quoted(measure)}{known_instead(measure, known)}")
        elif direction not in ("max", "min"):
            wrong.append(f"found {quoted(want)}; say which way is wanted, as {measure}:max or {measure}:min")
        elif measure in wanted:
            wrong.append(f"found {measure} twice")
        wanted[measure] = direction
    if len(wanted) < 2 and not wrong:
        wrong.append("found fewer than two wants; a front is between two or more, as adopted and review_days:max")
    return wanted, [Problem(Mark("--want"), text) for text in wrong]


def read_floors(scenario: Scenario, floors: Sequence[str]) -> tuple[dict[str, float], list[Problem]]:
    """Measure -> the least that its mean must be, and the problems with what was said."""
    known, least, wrong = measures(scenario), dict[str, float](), list[str]()
    for floor in floors:
        measure, _, given = floor.partition("=")
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if measure not in known:
            wrong.append(f"found the measure {quoted(measure)}{known_instead(measure, known)}")
        elif not math.isfinite(value):
            wrong.append(f"found {quoted(floor)}; say the measure and the least that it must be, as danger_caught=0.5")
        elif measure in least:
            wrong.append(f"found {measure} twice")
        least[measure] = value
    return least, [Problem(Mark("--floor"), text) for text in wrong]


def usual_direction(measure: str) -> str:
    """The direction of a want unless one is given: 'max', 'min', or '' where it may be either."""
    if measure.startswith(UP):
        return "max"
    return "min" if measure.startswith(DOWN) else ""
