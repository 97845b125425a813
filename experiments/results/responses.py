"""How a measure of a sweep responds to a parameter: a change with its interval, from runs that share their luck.

All points meet the same luck. So a change from point to point is estimated from groups of runs that are the same at
both, which is surer than the intervals of the points by themselves.
"""

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.columns import SHARE
from ..measures.intervals import LEVEL, ROUNDING, Interval
from ..measures.signflips import ALARM, chance, flips
from .words import NOTHING, bracketed, interval_text, number, short

if TYPE_CHECKING:
    from .sweeps import SweepResult

STRAIGHT = 0.95  # share of the variance between the values of a parameter from which on a line describes it
FEWEST_ON_A_LINE = 4  # values of which it can be said that they lie on one
ROUND = (1.0, 2.0, 3.0, 5.0)  # steps that are easily spoken of, times powers of ten
PARTS = 4  # of a range, about as long as the step that is spoken of


class Response(NamedTuple):
    """The change of a measure from one position of a parameter to another, with the same values of all others.

    ``step`` is the further amount of the parameter that the change is for, where the measure moves along a line; None
    where the change is from ``start`` to ``end``.
    """

    start: float
    end: float
    change: Interval
    step: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether there is a change, and its interval, if it has one, leaves out zero."""
        if math.isnan(self.change.low):
            return abs(self.change.mean) > 0.0
        return self.change.leaves_out_zero


def response(positions: Array, means: Array, by_group: Array, *, ordered: bool) -> Response | None:
    """The response of a measure to a parameter; None where none can be told from luck, or some points lack the measure.

    Of an `ordered` parameter, whose values are numbers, the change with each further step or from the least to the
    most. Else, and where these do not differ, that between the two values that differ most, if it leaves out zero when
    every pair is looked at (Bonferroni).

    Parameters
    ----------
    positions : where each point stands on the axis of the parameter
    means : the mean at each point, NaN where no run has the measure
    by_group : the same over each group of runs, a row a point
    """
    places = np.unique(positions)
    if len(places) < 2:
        return None
    pooled = np.array([means[positions == place].mean() for place in places])
    groups = np.array([by_group[positions == place].mean(axis=0) for place in places])
    if ordered:
        found = _along(places, pooled, groups)
        if found.is_told:
            return found
    pairs = list(itertools.combinations(range(len(places)), 2))
    changes = {(i, j): pooled[j] - pooled[i] for i, j in pairs}
    i, j = max(pairs, key=lambda pair: abs(changes[pair]))
    most = Response(places[i], places[j], _with_ends(changes[i, j], groups[j] - groups[i], len(pairs)))
    return most if most.is_told else None


def _along(places: Array, pooled: Array, groups: Array) -> Response:
    """The change with each further step where the measure moves along a line, else from the least to the most."""
    deviations = places - places.mean()
    weights = deviations / (deviations @ deviations)
    slope, spread = float(weights @ pooled), float(((pooled - pooled.mean()) ** 2).sum())
    is_straight = spread > 0.0 and slope**2 * float(deviations @ deviations) >= STRAIGHT * spread
    if len(places) < FEWEST_ON_A_LINE or not is_straight:
        return Response(places[0], places[-1], _with_ends(pooled[-1] - pooled[0], groups[-1] - groups[0], 1))
    step = spoken_step(places[-1] - places[0])
    return Response(places[0], places[-1], _with_ends(step * slope, step * (weights @ groups), 1), step)


def spoken_step(length: float) -> float:
    """A round number near a quarter of a range."""
    wanted = length / PARTS
    power = 10.0 ** math.floor(math.log10(wanted))
    steps = [number * power for number in (*ROUND, 10.0)]
    return min(steps, key=lambda step: abs(math.log(step / wanted)))


def _with_ends(estimate: float, by_group: Array, pairs: int) -> Interval:
    """An estimate with Student's interval over groups of runs, for one of so many pairs that are looked at.

    Without ends where all groups are equal; NaN for fewer than two groups.
    """
    from scipy.special import stdtrit

    known = by_group[~np.isnan(by_group)]
    if len(known) < 2:
        return Interval(math.nan, math.nan, math.nan)
    deviation = float(known.std(ddof=1))
    if deviation <= ROUNDING * abs(estimate):
        return Interval(float(estimate), math.nan, math.nan)
    half = float(stdtrit(len(known) - 1, 1.0 - (1.0 - LEVEL) / 2 / pairs)) * deviation / math.sqrt(len(known))
    return Interval(float(estimate), float(estimate) - half, float(estimate) + half)


def varies(by_group: Array, seed: int) -> bool:
    """Whether points differ by more than the luck of the runs (signs of whole groups are flipped; a row a point)."""
    known = ~np.isnan(by_group)
    means = np.where(known, by_group, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return chance(by_group - means, flips(by_group.shape[1], stream(seed, 0, "signs", "points"))) <= ALARM


# ---------------------------------------------------------------- in words


def effect_sentence(result: "SweepResult", measure: str) -> str:
    """How a measure responds to each parameter of a grid, with direction and size, as far as luck lets tell.

    'Framework adopted: falls by 12 [10 to 14] points with each further 30 days (Review in the opening draft)'
    """
    entries = result.plan.scenario.entries
    means, by_group = result.intervals[measure].mean, result.by_group[measure]
    said, before = [], ""
    for path in result.plan.varied:
        ordered = entries[path].type in (int, float)
        found = response(result.positions(path), means, by_group, ordered=ordered)
        if found is not None:
            verb, change = _change_text(result, path, measure, found)
            said.append(change if verb == before else f"{verb} {change}")
            before = verb
    if not said:
        said = ["differs between points, but along no parameter by itself"]
    return f"{result.about(measure).label}: {' and '.join(said)}"


def _change_text(result: "SweepResult", path: str, measure: str, found: Response) -> tuple[str, str]:
    """A change in words: 'falls', and 'by 12 [10 to 14] points from 2 to 7 labs (Labs needed)'."""
    about, entry = result.about(measure), result.plan.scenario.entries[path]
    levels = dict(zip(sorted(set(result.positions(path).tolist())), result.levels(path), strict=True))
    start, end = number(levels[found.start]), number(levels[found.end])
    rises, change = found.change.mean > 0.0, found.change
    if not rises:
        change = Interval(-change.mean, -change.high, -change.low)
    size = interval_text(change, about, unit=True)
    if about.unit == SHARE:
        size = f"{bracketed(change, '.1f', 100.0)} points"
    if entry.type not in (int, float):
        more, less = (end, start) if rises else (start, end)
        return "is higher", f"by {size} with {more} than with {less} ({entry.label})"
    unit = f" {entry.unit}" if entry.unit.isalpha() and entry.unit.endswith("s") else ""  # what can be counted, as days
    where = f"from {start} to {end}{unit}" if found.step is None else f"with each further {found.step:g}{unit}"
    return "rises" if rises else "falls", f"by {size} {where} ({entry.label})"


def undrawn(result: "SweepResult", measure: str) -> str:
    """Why a figure of a measure would have nothing to show; '' where it has."""
    if result.ends(measure) is None:
        return NOTHING
    if result.is_level(measure) or len(result.plan.points) == 1:
        return "it is the same at every point"
    by_group = result.by_group[measure]
    for path in result.plan.varied:
        if (np.isnan(by_group) | (by_group == result.positions(path)[:, None])).all():
            return f"{short(path)} sets it"
    return "" if varies(by_group, result.plan.seed) else "points differ by no more than luck"
