"""Numbers of a report as a reader would write them: as many digits as the interval beside them deserves."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..results.summary import plain

NONE = "-"


class Number(NamedTuple):
    """A number in words: ``value``, ``interval`` ('' where there is none), and whether the interval leaves out 0."""

    value: str
    interval: str
    is_clear: bool


def written(values: list[float], unit: str, sign: str = "") -> list[str]:
    """Values of a measure, all with as many decimals; shares of runs in percent, without the sign of it."""
    if unit == SHARE:
        return [f"{100 * value:{sign}.1f}" for value in values]
    most = max(abs(value) for value in values)
    decimals = 0 if most >= 100 else 1 if most >= 10 else 2 if most >= 1 else 3
    return [f"{value:{sign},.{decimals}f}" for value in values]


def estimate(its: Mapping[str, Any], unit: str) -> Number:
    """A mean with its interval."""
    percent = "%" if unit == SHARE else ""
    return _number(its, unit, "", percent, percent, "no run has it")


def difference(its: Interval, unit: str) -> Number:
    """A difference with its interval, signed; of shares in percentage points."""
    return _number(plain(its), unit, "+", " points" if unit == SHARE else "", "", "no pair of runs has it")


def _number(its: Mapping[str, Any], unit: str, sign: str, after: str, after_ends: str, none: str) -> Number:
    if its["mean"] is None:
        return Number(NONE, none, False)
    if its["low"] is None:
        (value,) = written([its["mean"]], unit, sign)
        return Number(value + after, "", False)
    value, low, high = written([its["mean"], its["low"], its["high"]], unit, sign)
    return Number(value + after, f"{low} to {high}{after_ends}", its["low"] > 0 or its["high"] < 0)
