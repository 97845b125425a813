"""Shared by analyses: the unknowns of a scenario, the measure, and the runs that were played."""

from typing import Any

from model.problems import known_instead, quoted, refusal
from model.rules.records import About
from model.scenario import Scenario

from ..measures.columns import measures
from ..plans.design import Plan
from ..runs.store import Store


def unknowns(scenario: Scenario, analysis: str) -> tuple[str, ...]:
    """The paths of the parameters that have a distribution.

    Raises
    ------
    BadInput
        Where there are none; says what to write instead, under the name of the analysis.
    """
    varied = tuple(path for path, entry in scenario.entries.items() if entry.distribution is not None)
    if not varied:
        wanted = "give one to some, as levers: {protection: {distribution: {uniform: {low: 0, high: 1}}, source: ...}}"
        raise refusal(analysis, f"no parameter of {scenario.name} has a distribution; {wanted}")
    return varied


def measured(scenario: Scenario, measure: str, analysis: str) -> About:
    """The label and unit of a measure.

    Raises
    ------
    BadInput
        For a measure that does not exist; the nearest is named, or all are.
    """
    known = measures(scenario)
    if measure not in known:
        raise refusal(analysis, f"found the measure {quoted(measure)}{known_instead(measure, known)}")
    return known[measure]


def refuse_missing(store: Store, missing: int, points: int) -> None:
    """Stop where some of the points have too few runs with the measure: leaving them out would bias the finding."""
    if missing:
        text = f"found too few runs that have {store.plan.measure} at {missing:,} of {points:,} points"
        wanted = "ask for a measure that every run has, or for more runs at each point"
        raise refusal(store.folder, f"{text}; {wanted}")


def failed_text(failed: int) -> list[str]:
    """A line about runs that failed; none where all came to an end."""
    return [f"{failed:,} runs failed and are left out."] if failed else []


def played(plan: Plan, runs: int, failed: int) -> dict[str, Any]:
    """The scenario and the runs of an analysis, as plain data for JSON."""
    return {
        "scenario": plan.scenario.name,
        "settings": list(plan.scenario.settings),
        "seed": plan.seed,
        "points": len(plan.points),
        "runs": runs,
        "failed": failed,
    }
