"""Values in words: with their interval and unit, by how much they change, and short names of parameters."""

import math

from model.problems import shown_value
from model.rules.records import About

from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..plans.design import Value


def shown(value: float, about: About) -> str:
    """A value of a measure: shares in percent."""
    return f"{100 * value:.1f}%" if about.unit == SHARE else f"{value:.3g}"


def with_interval(its: Interval, about: About) -> str:
    """A value of a measure with its interval."""
    if math.isnan(its.mean):
        return "no run has it"
    if math.isnan(its.low):
        return shown(its.mean, about)
    return f"{shown(its.mean, about)} [{shown(its.low, about)} to {shown(its.high, about)}]"


def change(value: float, about: About) -> str:
    """A change of a measure: shares in percentage points."""
    return f"{100 * value:+.1f} points" if about.unit == SHARE else f"{value:+.3g}"


def short(path: str) -> str:
    """A path without its section."""
    return path.partition(".")[2]


def number(value: Value) -> str:
    """A value as a reader would write it, with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else shown_value(value)
