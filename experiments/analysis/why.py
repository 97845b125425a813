"""Why a lab stayed out: the parts of its gain as the talks ended, where it joined and where it did not.

What the parts differ by is described, not caused: a part may follow from what else happened, as labs already in do.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from model.draws import Array
from model.problems import known_instead, quoted, refusal
from model.rules.records import GAIN_ABOUT, Outcome
from model.scenario import Scenario

from ..measures.columns import GAIN, JOINED, TASTE
from ..measures.intervals import LEVEL, Interval, average, present
from ..plans.design import Plan, Question, plan_of
from ..results.summary_parts import Table, column
from ..runs.store import Store
from .why_finding import JOINS, NO_FRAMEWORK, OUT, PartOfGain, Why


class Asked(NamedTuple):
    """The settings of the question: the name of the ``lab``."""

    lab: str


def plan_why(scenario: Scenario, lab: str, runs: int, seed: int) -> Plan:
    """The plan of runs that say why a lab stayed out.

    Raises
    ------
    BadInput
        For a lab that the scenario does not have; the nearest is named, or all are.
    """
    labs = scenario.named("lab")
    if lab not in labs:
        raise refusal("--lab", f"found {quoted(lab)}{known_instead(lab, labs)}")
    plan = plan_of(scenario, runs, seed)
    label = scenario.labels[lab]
    return plan._replace(
        name=f"{scenario.name}-why-{lab}",
        title=f"Why {label} stays out",
        question=f"What tells the runs of {scenario.called} in which {label} stays out from those in which it joins?",
        asks=Question("why", {"lab": lab}),
    )


def analyse(store: Store) -> Why:
    """The finding of finished runs."""
    return why(store.plan, store)


def why(plan: Plan, table: Table) -> Why:
    """The finding of a table of runs; runs that failed count in no number but their own."""
    lab = plan.asked(Asked).lab
    good = column(table, "failed") == ""
    adopted = column(table, "adopted") == 1.0
    inside = column(table, JOINED + lab) == 1.0
    outcome = column(table, "outcome")
    groups = {
        JOINS: good & adopted & inside,
        OUT: good & adopted & ~inside,
        NO_FRAMEWORK: good & (outcome == Outcome.NO_FRAMEWORK),
    }
    labels = {f"{GAIN}{lab}.{part}": about.label for part, about in GAIN_ABOUT.items()}
    labels[TASTE + lab] = "what the listed parts leave out (luck of its taste)"
    parts = [_part(label, column(table, name), groups) for name, label in labels.items()]
    total = _part("gain in all, without what the parts leave out", column(table, GAIN + lab), groups)
    return Why(
        plan=plan,
        lab=lab,
        runs={name: int(group.sum()) for name, group in groups.items()},
        no_talks=int((good & (outcome == Outcome.NO_ORDER)).sum()),
        failed=int((~good).sum()),
        total=total,
        parts=sorted(parts, key=lambda part: -_size(part)),
    )


def _part(label: str, values: Array, groups: dict[str, Array]) -> PartOfGain:
    means = {name: average(values[group]) for name, group in groups.items()}
    return PartOfGain(label, means, welch(values[groups[OUT]], values[groups[JOINS]]))


def _size(part: PartOfGain) -> float:
    """The size of the difference, to rank by; those that are not known come last."""
    return -1.0 if math.isnan(part.difference.mean) else abs(part.difference.mean)


def welch(ones: ArrayLike, others: ArrayLike) -> Interval:
    """Welch's interval for the mean of some values less that of others, independent of them; NaN is left out.

    Without ends for fewer than two values on either side, NaN where a side has none.

    References
    ----------
    Welch (1947), *Biometrika* 34: 28-35.
    """
    from scipy.special import stdtrit

    sides = present(ones), present(others)
    if not all(len(side) for side in sides):
        return Interval(math.nan, math.nan, math.nan)
    apart = float(sides[0].mean() - sides[1].mean())
    if min(len(side) for side in sides) < 2:
        return Interval(apart, math.nan, math.nan)
    errors = np.array([side.var(ddof=1) / len(side) for side in sides])
    if not errors.sum() > 0.0:
        return Interval(apart, apart, apart)
    freedom = errors.sum() ** 2 / sum(error**2 / (len(side) - 1) for error, side in zip(errors, sides, strict=True))
    half = float(stdtrit(freedom, 0.5 + LEVEL / 2) * math.sqrt(errors.sum()))
    return Interval(apart, apart - half, apart + half)
