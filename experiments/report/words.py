"""Numbers of a report: an estimate and its interval apart, so that the page can set them in different type."""

import math
from typing import NamedTuple

from model.rules.records import About

from ..measures.intervals import Interval
from ..results.words import NOTHING, estimate_and_ends

NONE = "-"


class Number(NamedTuple):
    """A number as text: ``value``, ``interval`` ('' where there is none), and whether the interval leaves out 0."""

    value: str
    interval: str
    is_clear: bool


def estimate(interval: Interval, about: About, *, signed: bool = False) -> Number:
    """A mean of a measure, or a `signed` difference, with its interval."""
    if math.isnan(interval.mean):
        return Number(NONE, NOTHING, False)
    value, ends = estimate_and_ends(interval, about, signed=signed)
    return Number(value, ends, interval.low > 0 or interval.high < 0)
