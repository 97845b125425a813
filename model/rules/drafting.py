"""Whether the President signs, why not, and what the pen makes of it."""

import math

from .arithmetic import cycles_lost, logistic
from .records import Belief, Climate, Lab, President, Reason, Relations, Terms

LIGHT, GUESSED, HEAVY = 0.5, 1.0, 2.0  # multiples of the guess that the pen thinks possible
HOPEFUL = Belief(1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0)  # at first


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


def drag(draft: Terms, drag_weight: float, releases_per_year: float) -> float:
    """What the draft costs the President in slower American releases (>= 0).

    Measured where it hurts: days of review on covered releases as a share of the labs' release cycle.
    """
    return drag_weight * cycles_lost(draft.review_days, draft.covered_share, releases_per_year)


def signing_chance(gain: float, dragged: float, dissent: float, president: President, relations: Relations) -> float:
    """Probability that the President signs a draft (0..1).

    Parameters
    ----------
    gain, dragged : float
        Its two sides in points, see `security_gain` and `drag`.
    dissent : float
        Share of the influence at the table (0..1) of those who would rather have no order than this one.
    """
    return logistic((gain - dragged - relations.dissent_weight * dissent) / president.temperature)


def signs(u: float, chance: float) -> bool:
    """Whether the President signs, given a uniform draw `u` in [0, 1)."""
    return u < chance


def refusal_reason(
    draft: Terms,
    drag_weight: float,
    dissent: float,
    president: President,
    climate: Climate,
    relations: Relations,
    releases_per_year: float,
) -> Reason:
    """The reason given for a refusal.

    Too much drag where a shorter review would be better, too little security where a longer one would; where the draft
    by itself is good enough, that officials object, or else no more than the moment.
    """
    gain = security_gain(draft, president, climate, relations)
    if gain >= drag(draft, drag_weight, releases_per_year):
        return Reason.DISSENT if dissent > 0.0 else Reason.MOMENT
    found_by_another_day = (
        president.security_weight
        * climate.threat
        * (1.0 - math.exp(-draft.covered_share / relations.detection_share))
        * math.exp(-draft.review_days / relations.detection_days)
        / relations.detection_days
    )
    dragged_by_another_day = drag_weight * cycles_lost(1.0, draft.covered_share, releases_per_year)
    return Reason.DRAG if found_by_another_day < dragged_by_another_day else Reason.SECURITY


def hoped_chance(
    draft: Terms,
    belief: Belief,
    dissent: float,
    president: President,
    climate: Climate,
    relations: Relations,
    releases_per_year: float,
) -> float:
    """The chance of a signature as the pen sees it, who knows all but the weight on drag (0..1)."""
    gain = security_gain(draft, president, climate, relations)
    dragged = drag(draft, relations.drag_guess, releases_per_year)
    return (
        belief.light * signing_chance(gain, LIGHT * dragged, dissent, president, relations)
        + belief.guessed * signing_chance(gain, GUESSED * dragged, dissent, president, relations)
        + belief.heavy * signing_chance(gain, HEAVY * dragged, dissent, president, relations)
    )


def refusal_likelihood(
    draft: Terms,
    multiple: float,
    reason: Reason,
    dissent: float,
    president: President,
    climate: Climate,
    relations: Relations,
    releases_per_year: float,
) -> float:
    """Probability that a President with this multiple of the guessed weight sends the draft back for this reason."""
    weight = multiple * relations.drag_guess
    if refusal_reason(draft, weight, dissent, president, climate, relations, releases_per_year) != reason:
        return 0.0
    gain = security_gain(draft, president, climate, relations)
    return 1.0 - signing_chance(gain, drag(draft, weight, releases_per_year), dissent, president, relations)


def after_refusal(
    belief: Belief,
    draft: Terms,
    reason: Reason,
    dissent: float,
    president: President,
    climate: Climate,
    relations: Relations,
    releases_per_year: float,
) -> Belief:
    """What the pen thinks of the President's weight on drag after a refusal: Bayes' rule over three possible weights.

    A refusal that none of the three explains teaches nothing.

    References
    ----------
    Cameron (2000), *Veto Bargaining*.
    """
    light = belief.light * refusal_likelihood(
        draft, LIGHT, reason, dissent, president, climate, relations, releases_per_year
    )
    guessed = belief.guessed * refusal_likelihood(
        draft, GUESSED, reason, dissent, president, climate, relations, releases_per_year
    )
    heavy = belief.heavy * refusal_likelihood(
        draft, HEAVY, reason, dissent, president, climate, relations, releases_per_year
    )
    total = light + guessed + heavy
    if total == 0.0:
        return belief
    return Belief(light / total, guessed / total, heavy / total)
