"""How far each way of bargaining is from what was decided, beside simple rules that anybody can work out."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream
from model.rules.records import Bargaining

from .. import SEED
from ..measures.clusters import Estimate, clustered, coverage, sums_in
from ..measures.intervals import Interval, finite
from .decisions import Decision, Record
from .drafted import settle

PEN = "com"  # the Commission
CAPITAL, NASH = 1.5, 2.0  # the middle of the baseline's relations.capital, and its relations.nash_disagreement
CAPITALS = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)  # over its allowed range, in whole stalls
NASHES = (1.01, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 100.0, 1000.0)  # over its allowed range
SAMPLES = 2000
COMPROMISE, MEDIAN, BARGAIN, OFFERS = "compromise", "weighted median", "Nash bargain", "offers"
FITTED_BARGAIN, FITTED_OFFERS = "fitted Nash bargain", "fitted offers"
MEAN = "weighted mean"
WAYS = (COMPROMISE, MEDIAN, BARGAIN, FITTED_BARGAIN, OFFERS, FITTED_OFFERS)

type Predictions = Mapping[str, Array]
"""Rule -> where it expects each decision (0..100), NaN where it cannot tell."""


class Score(NamedTuple):
    """How far a rule is from the outcomes, with 95% intervals over proposals.

    ``mae`` and ``rmse`` are the mean absolute error and the root of the mean square; their excess is over the weighted
    mean's on the same issues (above 0: worse). ``held`` is the share of samples of proposals in which the interval of
    the first excess holds it; NaN where there is none.
    """

    issues: int
    proposals: int
    mae: Interval
    rmse: Interval
    mae_excess: Interval
    rmse_excess: Interval
    held: float

    def data(self) -> dict[str, Any]:
        """The score as plain data that JSON can hold."""
        intervals = {name: value.data() for name, value in self._asdict().items() if isinstance(value, Interval)}
        return {"issues": self.issues, "proposals": self.proposals, **intervals, "held": finite(self.held)}


# ---------------------------------------------------------------- what each rule expects


def simple_rules(decisions: Sequence[Decision]) -> Predictions:
    """What is expected without a model; positions weighted by salience where it says so."""
    rules: dict[str, Callable[[Decision], float]] = {
        MEAN: lambda d: float(np.average(positions(d), weights=[actor.salience for actor in d.actors])),
        "unweighted mean": lambda d: float(np.mean(positions(d))),
        "median": lambda d: float(np.median(positions(d))),
        "reference point": lambda d: d.reference,
        "Commission's position": lambda d: math.nan if pen_of(d) is None else positions(d)[pen_of(d) or 0],
    }
    return {name: np.array([rule(decision) for decision in decisions]) for name, rule in rules.items()}


def positions(decision: Decision) -> list[float]:
    """What the actors want."""
    return [actor.position for actor in decision.actors]


def pen_of(decision: Decision) -> int | None:
    """Which of the actors is the Commission, or None."""
    return next((number for number, actor in enumerate(decision.actors) if actor.name == PEN), None)


def bargained(decision: Decision, bargaining: Bargaining, capital: float = CAPITAL, nash: float = NASH) -> float:
    """Where the model's drafting settles a decision; NaN for offers without a pen or a reference point."""
    pen = pen_of(decision)
    if bargaining is not Bargaining.OFFERS:
        return settle(decision.actors, bargaining, 0, 0.0, capital, nash)
    if pen is None or math.isnan(decision.reference):
        return math.nan
    return settle(decision.actors, bargaining, pen, decision.reference, capital, nash)


def all_bargained(decisions: Sequence[Decision], bargaining: Bargaining, **settings: float) -> Array:
    """Where the model's drafting settles each decision."""
    return np.array([bargained(decision, bargaining, **settings) for decision in decisions])


def candidates(decisions: Sequence[Decision]) -> dict[str, Array]:
    """Rules with a free parameter: what they expect at each value of it, arrays (values, decisions)."""
    return {
        FITTED_BARGAIN: np.array([all_bargained(decisions, Bargaining.NASH, nash=value) for value in NASHES]),
        FITTED_OFFERS: np.array([all_bargained(decisions, Bargaining.OFFERS, capital=value) for value in CAPITALS]),
    }


def model_rules(decisions: Sequence[Decision]) -> Predictions:
    """What the model's ways of bargaining expect as they are shipped."""
    return {
        COMPROMISE: all_bargained(decisions, Bargaining.COMPROMISE),
        MEDIAN: all_bargained(decisions, Bargaining.MEDIAN),
        BARGAIN: all_bargained(decisions, Bargaining.NASH),
        OFFERS: all_bargained(decisions, Bargaining.OFFERS),
    }


# ---------------------------------------------------------------- fitting


def best(expected: Array, outcomes: Array) -> int:
    """The candidate with the smallest mean absolute error, the first of equals.

    Parameters
    ----------
    expected : array (candidates, decisions)
        NaN where none can tell.
    """
    misses = np.abs(expected - outcomes)
    return int(misses[:, ~np.isnan(misses).any(axis=0)].sum(axis=1).argmin())


def across(expected: Array, outcomes: Array, proposals: Array) -> Array:
    """What is expected of each proposal's decisions by the candidate that is best on all other proposals."""
    chosen = np.empty(len(outcomes))
    for proposal in np.unique(proposals):
        own = proposals == proposal
        chosen[own] = expected[best(expected[:, ~own], outcomes[~own]), own]
    return chosen


# ---------------------------------------------------------------- scores


def score_all(predictions: Predictions, outcomes: Array, proposals: Array) -> dict[str, Score]:
    """The score of each rule, on the decisions of which it can tell."""
    reference = np.abs(predictions[MEAN] - outcomes)
    return {
        name: score(np.abs(expected - outcomes), reference, proposals)
        for name, expected in predictions.items()
        if not np.isnan(expected).all()
    }


def score(misses: Array, reference: Array, proposals: Array) -> Score:
    """The score of absolute errors beside those of the weighted mean."""
    known = ~np.isnan(misses)
    misses, reference, proposals = misses[known], reference[known], proposals[known]
    values = np.column_stack([np.ones(len(misses)), misses, misses**2, reference, reference**2])
    sums = sums_in(proposals, values)
    estimates = (_mae, _rmse, _mae_excess, _rmse_excess)
    mae, rmse, mae_excess, rmse_excess = (clustered(sums, estimate) for estimate in estimates)
    held = coverage(sums, _mae_excess, stream(SEED, 0, "decisions"), SAMPLES)
    return Score(len(misses), len(sums), mae, rmse, mae_excess, rmse_excess, held)


def _ratio(column: int) -> Estimate:
    """The mean of a quantity over values."""
    return lambda sums: sums[..., column] / sums[..., 0]


_mae, _square, _mae_of_mean, _square_of_mean = (_ratio(column) for column in range(1, 5))


def _rmse(sums: Array) -> Array:
    return np.sqrt(_square(sums))


def _mae_excess(sums: Array) -> Array:
    return _mae(sums) - _mae_of_mean(sums)


def _rmse_excess(sums: Array) -> Array:
    return _rmse(sums) - np.sqrt(_square_of_mean(sums))


class Comparison(NamedTuple):
    """All rules on a record: their scores, and the values of free parameters that are best on all of it.

    ``on_test``: their scores on the test half of a split, fitted on the rest; empty without one.
    """

    record: Record
    scores: dict[str, Score]
    chosen: dict[str, float]
    on_test: dict[str, Score]
    chosen_off_test: dict[str, float]
    shared: int
    """Proposals with issues in both halves."""


def compare(record: Record, in_test: Sequence[bool]) -> Comparison:
    """Score all rules on a record; `in_test` says which decisions are the test half of a split, empty without one."""
    decisions = record.decisions
    outcomes = np.array([decision.outcome for decision in decisions])
    proposals = np.array([decision.proposal for decision in decisions])
    simple, shipped, free = simple_rules(decisions), model_rules(decisions), candidates(decisions)
    left_out = {name: across(expected, outcomes, proposals) for name, expected in free.items()}
    scores = score_all(_in_order({**simple, **shipped, **left_out}), outcomes, proposals)
    chosen = _values({name: best(expected, outcomes) for name, expected in free.items()})
    if not in_test:
        return Comparison(record, scores, chosen, {}, {}, 0)
    test = np.array(in_test)
    numbers = {name: best(expected[:, ~test], outcomes[~test]) for name, expected in free.items()}
    fitted = {name: free[name][number] for name, number in numbers.items()}
    halves = {name: expected[test] for name, expected in _in_order({**simple, **shipped, **fitted}).items()}
    return Comparison(
        record,
        scores,
        chosen,
        score_all(halves, outcomes[test], proposals[test]),
        _values(numbers),
        len(set(proposals[test]) & set(proposals[~test])),
    )


def _in_order(predictions: Predictions) -> Predictions:
    """The model's ways of bargaining first."""
    return {name: predictions[name] for name in [*WAYS, *(n for n in predictions if n not in WAYS)]}


def _values(numbers: Mapping[str, int]) -> dict[str, float]:
    """The values of free parameters that candidates stand for."""
    values = {FITTED_BARGAIN: NASHES, FITTED_OFFERS: CAPITALS}
    return {name: values[name][number] for name, number in numbers.items()}
