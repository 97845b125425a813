"""What the draft says, and whether the President signs it."""

import math
from collections.abc import Sequence

from .arithmetic import cycles_lost, logistic
from .records import Climate, Lab, President, Relations, Terms

NASH_STEPS = 60  # halvings of the interval: enough to exhaust a double's digits


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


def winset_low(ideal: float, status_quo: float) -> float:
    """Lowest point that a veto player with this ideal likes no less than the status quo."""
    return ideal - abs(ideal - status_quo)


def winset_high(ideal: float, status_quo: float) -> float:
    """Highest point that a veto player with this ideal likes no less than the status quo.

    The winset of several players is [max of the lows, min of the highs].

    References
    ----------
    Tsebelis (2002), *Veto Players*, ch. 1.
    """
    return ideal + abs(ideal - status_quo)


def detection(terms: Terms, relations: Relations) -> float:
    """Share of dangerous capability that a review of these terms would find (0..1).

    Longer looks find more, with diminishing returns; so do wider readings of "covered", since the most
    capable models are covered first.
    """
    by_length = 1.0 - math.exp(-terms.review_days / relations.detection_days)
    by_reach = 1.0 - math.exp(-terms.covered_share / relations.detection_share)
    return by_length * by_reach


def security_gain(draft: Terms, president: President, climate: Climate, relations: Relations) -> float:
    """What the draft is worth to the President in security (>= 0)."""
    return president.security_weight * climate.threat * detection(draft, relations)


def add_pace(total: float, lab: Lab) -> float:
    """Flagship releases a year of the frontier as a whole: each lab's rate weighted by its frontier share."""
    return total + lab.frontier_share * lab.releases_per_year


def drag(draft: Terms, president: President, releases_per_year: float) -> float:
    """What the draft costs the President in slower American releases (>= 0).

    Measured where it hurts: days of review on covered releases as a share of the labs' release cycle.
    """
    return president.drag_weight * cycles_lost(draft.review_days, draft.covered_share, releases_per_year)


def signing_chance(
    draft: Terms,
    president: President,
    climate: Climate,
    relations: Relations,
    releases_per_year: float,
) -> float:
    """Probability that the President signs the draft (0..1)."""
    gain = security_gain(draft, president, climate, relations)
    return logistic((gain - drag(draft, president, releases_per_year)) / president.temperature)


def signs(u: float, chance: float) -> bool:
    """Whether the President signs, given a uniform draw `u` in [0, 1)."""
    return u < chance


def standing_after_refusal(standing: float, ask: Terms, draft: Terms, relations: Relations) -> float:
    """A stakeholder's standing once a draft came back: those who asked for a shorter review gain."""
    if ask.review_days < draft.review_days:
        return standing * (1.0 + relations.rebuff_shift)
    return standing
