"""The settings of the question: the measures that are wanted, which way, and the lab that is to be brought in."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import Mark, Problem, known_instead, quoted
from model.scenario import Scenario

from ...measures.columns import JOINED, measures
from ...plans.design import Plan

UP = ("adopted", "durable", "labs_", "share_", "joined.", "stays.")  # wanted high unless a direction is given
DOWN = ("delay_", "holds", "incidents", "covered_unreviewed", "leavings", "left.", "held.")


class Wants(NamedTuple):
    """The settings of the question: ``wants``, measure -> 'max' or 'min', and the ``holdout``, a lab or None."""

    wants: dict[str, str]
    holdout: str | None

    @property
    def joining(self) -> str | None:
        """The measure of how often the holdout joins."""
        return None if self.holdout is None else JOINED + self.holdout

    def measures(self) -> tuple[str, ...]:
        """The measures of the plan: the wants, then whether the holdout joins."""
        return tuple(self.wants) if self.joining is None else (*self.wants, self.joining)


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


def usual_direction(measure: str) -> str:
    """The direction of a want unless one is given: 'max', 'min', or '' where it may be either."""
    if measure.startswith(UP):
        return "max"
    return "min" if measure.startswith(DOWN) else ""
