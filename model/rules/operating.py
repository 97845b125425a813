"""What happens after the talks: releases, the review desk, holds, incidents, a mandate, learning and leaving."""

import math

from .arithmetic import DAYS_A_YEAR, between
from .law import MOST_STAGES_A_YEAR
from .records import Alarm, Climate, Fate, Levers, Relations, Terms
from .talks import meets_quorum


def release_chance(releases_per_year: float, round_days: float) -> float:
    """Probability that a lab releases a flagship in a round: at least one arrival of a Poisson stream (0..1)."""
    return 1.0 - math.exp(-releases_per_year * round_days / DAYS_A_YEAR)


def happens(u: float, chance: float) -> bool:
    """Whether something of this chance happens, given a uniform draw `u` in [0, 1)."""
    return u < chance


def threshold_share(terms: Terms, levers: Levers, climate: Climate) -> float:
    """Share of releases that the threshold really covers (0..1).

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


def hold_chance(participates: bool, alarm: Alarm, levers: Levers, climate: Climate) -> float:
    """Probability that a release meets an ad-hoc hold (0..1).

    More once incidents have raised the threat, by what they added to it; less for a participant, by the protection.
    """
    chance = raised(climate.hold_chance, alarm.threat - climate.threat)
    return chance * (1.0 - levers.protection) if participates else chance


def hold_length(u: float, climate: Climate) -> float:
    """Days of an ad-hoc hold: anything from none to twice the mean, alike likely."""
    return 2.0 * u * climate.hold_days


def raised(level: float, by: float) -> float:
    """A level (0..1) after a step that closes the share `by` of what is missing to 1."""
    return level + by * (1.0 - level)


def after_incident(alarm: Alarm, climate: Climate) -> Alarm:
    """The alarm once an incident has become known: more threat, and a law on its way faster.

    `incident_mandate` is the share by which it shortens the time that a bill takes from stage to stage.
    """
    return Alarm(
        raised(alarm.threat, climate.incident_threat),
        min(MOST_STAGES_A_YEAR, alarm.stages_a_year / (1.0 - climate.incident_mandate))
        if climate.incident_mandate < 1.0
        else MOST_STAGES_A_YEAR,
    )


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
