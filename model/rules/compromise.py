"""How much a word weighs, and what wishes come to when a formula settles them: the yardsticks for who negotiates."""

import math
from collections.abc import Sequence

from .arithmetic import mean_or
from .records import Relations, Tally, Terms, Voice

NO_ASKS = Tally(Terms(0.0, 0.0, 0.0, 0.0, 0.0), Terms(0.0, 0.0, 0.0, 0.0, 0.0))
NASH_STEPS = 60  # halvings of the interval: enough to exhaust a double's digits


def voice_weight(voice: Voice, threat: float, uncommitted: float) -> float:
    """Weight of a stakeholder's word (> 0).

    The threat lifts those who speak for security; the share of the frontier that has not pledged lifts
    those whom industry lobbies.

    Parameters
    ----------
    threat, uncommitted : float
        0..1.
    """
    lift = voice.threat_lift * threat + voice.holdout_lift * uncommitted
    return voice.influence * (1.0 + lift)


def add_ask(tally: Tally, weight: float, salience: Terms, ask: Terms) -> Tally:
    """The tally with one more ask, each issue weighted by weight x salience."""
    return Tally(
        Terms(
            tally.weight.review_days + weight * salience.review_days,
            tally.weight.covered_share + weight * salience.covered_share,
            tally.weight.disclosure + weight * salience.disclosure,
            tally.weight.foreign_lag_days + weight * salience.foreign_lag_days,
            tally.weight.open_weights + weight * salience.open_weights,
        ),
        Terms(
            tally.total.review_days + weight * salience.review_days * ask.review_days,
            tally.total.covered_share + weight * salience.covered_share * ask.covered_share,
            tally.total.disclosure + weight * salience.disclosure * ask.disclosure,
            tally.total.foreign_lag_days + weight * salience.foreign_lag_days * ask.foreign_lag_days,
            tally.total.open_weights + weight * salience.open_weights * ask.open_weights,
        ),
    )


def pooled(tally: Tally, otherwise: Terms) -> Terms:
    """The weighted mean of the asks tallied, issue by issue: the compromise model, weights influence x salience.

    References
    ----------
    Van den Bos (1991), *Dutch EC Decision Making*; Achen (2006), in Thomson et al., *The European Union Decides*.
    """
    return Terms(
        mean_or(tally.total.review_days, tally.weight.review_days, otherwise.review_days),
        mean_or(tally.total.covered_share, tally.weight.covered_share, otherwise.covered_share),
        mean_or(tally.total.disclosure, tally.weight.disclosure, otherwise.disclosure),
        mean_or(tally.total.foreign_lag_days, tally.weight.foreign_lag_days, otherwise.foreign_lag_days),
        mean_or(tally.total.open_weights, tally.weight.open_weights, otherwise.open_weights),
    )


def weighted_median(asks: Sequence[float], weights: Sequence[float]) -> float:
    """The ask that no weighted majority would move: the Condorcet winner on one issue.

    Where two asks halve the weight exactly, the lower one.

    Parameters
    ----------
    asks, weights : sequences of equal length (lists in Python, arrays when compiled)
        Weights >= 0, at least one > 0.

    References
    ----------
    Black (1948), *Journal of Political Economy* 56: 23-34.
    """
    total = 0.0
    for weight in weights:
        total += weight
    median = math.inf
    for candidate in asks:
        up_to = 0.0
        for ask, weight in zip(asks, weights):  # noqa: B905 - numba knows no strict zip
            if ask <= candidate:
                up_to += weight
        if 2.0 * up_to >= total and candidate < median:
            median = candidate
    return median


def nash_slope(at: float, ask: float, weight: float, disagreement: float) -> float:
    """Slope of weight x log(disagreement - (at - ask)^2) in `at`: one stakeholder's pull on the bargain."""
    gap = at - ask
    return -2.0 * weight * gap / (disagreement - gap * gap)


def nash_bargain(asks: Sequence[float], weights: Sequence[float], disagreement: float) -> float:
    """The weighted Nash bargain on one issue, utilities ``disagreement - (x - ask)^2``.

    Parameters
    ----------
    asks, weights : sequences of equal length
        Weights >= 0, at least one > 0.
    disagreement : float
        In squared units of the asks; greater than the squared span of the asks. As it grows the bargain
        tends to the compromise.

    References
    ----------
    Nash (1950), *Econometrica* 18: 155-162; Achen (2006).
    """
    low = min(asks)
    high = max(asks)
    for _ in range(NASH_STEPS):
        middle = 0.5 * (low + high)
        slope = 0.0
        for ask, weight in zip(asks, weights):  # noqa: B905 - numba knows no strict zip
            slope += nash_slope(middle, ask, weight, disagreement)
        if slope > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def disagreement_point(asks: Sequence[float], relations: Relations) -> float:
    """How much an ask met in full is better than no agreement, for `nash_bargain` (> 0).

    A multiple of the squared span of the asks, so that everybody prefers every draft between them to none.
    """
    span = max(asks) - min(asks)
    return relations.nash_disagreement * span * span if span > 0.0 else 1.0
