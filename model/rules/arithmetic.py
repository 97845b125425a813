"""Arithmetic that several rules share."""

import math

DAYS_A_YEAR = 365.0


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow (0..1)."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def between(target: float, start: float, fraction: float) -> float:
    """The point that lies `fraction` (0..1) of the way from `start` to `target`."""
    return fraction * target + (1.0 - fraction) * start


def left_over(u: float, chance: float) -> float:
    """The uniform draw that is left of `u` once it has decided whether something of this chance happens.

    Where a uniform draw lies on its side of the chance is uniform again, so one draw can decide several things.
    """
    return u / chance if u < chance else (u - chance) / (1.0 - chance)


def mean_or(total: float, weight: float, otherwise: float) -> float:
    """A weighted mean, or `otherwise` where nobody carries weight."""
    return total / weight if weight > 0.0 else otherwise


def cycles_lost(days: float, covered_share: float, releases_per_year: float) -> float:
    """Delay of `days` on the covered share of releases, in release cycles (>= 0)."""
    return days * covered_share * releases_per_year / DAYS_A_YEAR
