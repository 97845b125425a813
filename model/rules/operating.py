"""What happens after the talks: models, the review desk, holds, incidents, a mandate, learning and leaving."""

import math

from .arithmetic import DAYS_A_YEAR, between, left_over
from .law import MOST_STAGES_A_YEAR
from .records import Alarm, Climate, Fate, Lab, Levers, Relations, Terms
from .talks import meets_quorum


def release_chance(releases_per_year: float, round_days: float) -> float:
    """Probability that a lab releases a flagship in a round: at least one arrival of a Poisson stream (0..1)."""
    return 1.0 - math.exp(-releases_per_year * round_days / DAYS_A_YEAR)


def happens(u: float, chance: float) -> bool:
    """Whether something of this chance happens, given a uniform draw `u` in [0, 1)."""
    return u < chance


def threshold_share(terms: Terms, levers: Levers, climate: Climate) -> float:
    """The rank below which a release is really covered (0..1): the share of an average lab's releases at the start.

    A public threshold covers the share agreed on; the more of it is classified, the more of the
    `reading_width` comes in, which labs do not know.
    """
    wider = 1.0 + levers.secrecy * (climate.reading_width - 1.0)
    return min(1.0, terms.covered_share * wider)


def review_starts(asked: float, desk_free: float) -> float:
    """Day on which a review begins: first come, first served (Lindley's recursion)."""
    return max(asked, desk_free)


def desk_free_after(starts: float, capacity: float) -> float:
    """Day on which the desk can take up the next review, at `capacity` reviews a year."""
    return starts + DAYS_A_YEAR / capacity


# ---------------------------------------------------------------- models


def rank(u: float, lab: Lab, climate: Climate, day: float) -> float:
    """How capable a release is: the share of flagship releases of the day of the announcement that are more so (0..1).

    An average lab's releases of that day have uniform ranks. A lab with `capability` K has K times the odds of a
    release above any mark; the trend raises everybody's odds. On a logit scale, as in item response theory, that is a
    level of log K, a linear trend, and logistic noise.

    Parameters
    ----------
    u : float
        A uniform draw in [0, 1).
    day : float
        Days since the announcement (>= 0).

    References
    ----------
    Rasch (1960), *Probabilistic Models for Some Intelligence and Attainment Tests*, Copenhagen.
    """
    odds = lab.capability * math.exp(climate.capability_trend * day / DAYS_A_YEAR)
    return u / (u + odds * (1.0 - u))


def danger(rank: float, relations: Relations) -> float:
    """How dangerous a release is, against the most dangerous one (0..1).

    The law of which `drafting.detection` is the sum: the `detection_share` of most capable releases has 63% of it.
    """
    return math.exp(-rank / relations.detection_share)


def is_exempt(v: float, lab: Lab, terms: Terms) -> bool:
    """Whether a release has open weights that the terms do not cover, given a uniform draw `v` in [0, 1)."""
    return v < lab.open_weight_share and left_over(v, lab.open_weight_share) >= terms.open_weights


def ad_hoc_chance(lab: Lab, climate: Climate) -> float:
    """Probability that a lab outside has a covered release reviewed under an agreement from before (0..1)."""
    return climate.ad_hoc_review_rate * lab.precedent


def contests(days: float, relations: Relations) -> bool:
    """Whether a lab contests a designation that it did not expect: if the days it may save outweigh those it costs."""
    return relations.contest_success * days > relations.contest_days


# ---------------------------------------------------------------- reviews


def finding_days(danger: float, relations: Relations) -> float:
    """Days of review that find 63% of what there is to find in a model: more in a more dangerous one (> 0).

    From half of `detection_days` to half as much again.
    """
    return relations.detection_days * (0.5 + danger)


def needed_days(danger: float, relations: Relations) -> float:
    """Days after which a review has found the share that counts as thorough, and ends (>= 0)."""
    return -math.log(1.0 - relations.thoroughness) * finding_days(danger, relations)


def missed(review_days: float, danger: float, relations: Relations) -> float:
    """Share of what there is to find in a model that a review of so many days misses (0..1); 1 without a review."""
    return math.exp(-review_days / finding_days(danger, relations))


def danger_out(danger: float, review_days: float, lag_days: float, lab: Lab, relations: Relations) -> float:
    """Dangerous capability that goes out: what the review missed (0..1).

    What goes abroad is used at home for the lag before, which finds as much as a review does.
    """
    at_home = missed(review_days, danger, relations)
    abroad = missed(review_days + lag_days, danger, relations) if lag_days > 0.0 else at_home
    return danger * between(abroad, at_home, lab.foreign_share)


# ---------------------------------------------------------------- holds and incidents


def hold_chance(
    rank: float,
    participates: bool,
    is_cleared: bool,
    has_deal: bool,
    alarm: Alarm,
    lab: Lab,
    levers: Levers,
    climate: Climate,
    relations: Relations,
) -> float:
    """Probability that an official has a release held (0..1).

    The more capable the likelier, by 4 (1 - rank)^3, which over uniform ranks is 1 on average, and gives the most
    capable quarter two thirds of the holds. More once incidents have raised the threat, by what they added to it. Less
    for a participant, by the protection; for a lab that offers a stake or has a deal; and for a model that was reviewed
    and cleared.
    """
    chance = min(1.0, raised(climate.hold_chance, alarm.threat - climate.threat) * 4.0 * math.pow(1.0 - rank, 3.0))
    offered = max(lab.stake_offered, levers.side_deals if has_deal else 0.0)
    chance *= 1.0 - relations.stake_weight * offered
    if participates:
        chance *= 1.0 - levers.protection
    return chance * climate.rehold_chance if is_cleared else chance


def hold_length(u: float, climate: Climate) -> float:
    """Most days of an ad-hoc hold: anything from none to twice the mean, alike likely."""
    return 2.0 * u * climate.hold_days


def raised(level: float, by: float) -> float:
    """A level (0..1) after a step that closes the share `by` of what is missing to 1."""
    return level + by * (1.0 - level)


def incident_chance(danger_out: float, disclosure: float, climate: Climate, relations: Relations) -> float:
    """Probability that a release becomes an incident (0..1): by what danger is out, less the safeguards disclosed."""
    return climate.incident_chance * danger_out * (1.0 - relations.safeguards * disclosure)


def incident_length(disclosure: float, relations: Relations) -> float:
    """How long an incident lasts, as a share of its length where nobody reports (0..1)."""
    return 1.0 - relations.reports * disclosure


def after_incident(alarm: Alarm, length: float, climate: Climate) -> Alarm:
    """The alarm once an incident has become known: more threat, and a law on its way faster.

    The threat rises less for one that is reported and so lasts but a share `length` of its time. `incident_mandate` is
    the share by which any incident shortens the time that a bill takes from stage to stage.
    """
    pace = alarm.stages_a_year / (1.0 - climate.incident_mandate)
    return Alarm(raised(alarm.threat, length * climate.incident_threat), min(MOST_STAGES_A_YEAR, pace))


def mandate_terms(climate: Climate) -> Terms:
    """The terms that a mandatory law sets: no delay abroad of its own, and open weights as all others."""
    return Terms(
        climate.mandate_days,
        climate.mandate_covered_share,
        climate.mandate_disclosure,
        0.0,
        1.0,
    )


def believed_share(terms: Terms, seen: float, covered: float, relations: Relations) -> float:
    """Share of its releases that a lab believes to be covered (0..1).

    The agreed share, worth `prior_releases` releases, pooled with what the lab has seen: `covered` of `seen`
    (the mean of a beta posterior).
    """
    weight = relations.prior_releases
    return (weight * terms.covered_share + covered) / (weight + seen)


def learned_wait(believed: float, waited: float, relations: Relations) -> float:
    """Days at the desk that a lab reckons with, after another wait: exponential smoothing."""
    return between(waited, believed, relations.learning_rate)


def retention(levers: Levers, labs_out: int, round_days: float) -> float:
    """Persuasion that each lab outside receives in a round after the announcement, in release cycles (>= 0)."""
    if labs_out == 0:
        return 0.0
    return levers.retention_budget * round_days / DAYS_A_YEAR / labs_out


def fate(superseded: bool, labs_in: int, share_in: float, levers: Levers) -> Fate:
    """What has become of an adopted framework at the horizon."""
    if superseded:
        return Fate.SUPERSEDED
    return Fate.DURABLE if meets_quorum(labs_in, share_in, levers) else Fate.ERODED
