"""Values in words: an estimate with its interval and unit, a change, and short names of parameters."""

import math
from collections.abc import Iterable

from model.problems import shown_value
from model.rules.records import About

from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..plans.design import Value

NOTHING = "no run has it"
MOST_DECIMALS = 3


def interval_text(interval: Interval, about: About, *, signed: bool = False, unit: bool = False) -> str:
    """An estimate of a measure with its 95% interval.

    Shares are in percent, `signed` changes of shares in percentage points; other numbers have as many decimals as give
    the largest of the three three digits, at most `MOST_DECIMALS`, and their unit where it is asked for.
    """
    if about.unit != SHARE:
        form = f"{'+' if signed else ''}.{_decimals(interval)}f"
        text, suffix = bracketed(interval, form), f" {about.unit}" if unit else ""
    elif signed:
        text, suffix = bracketed(interval, "+.1f", 100.0), " points"
    else:
        text, suffix = share_text(interval), ""
    return text if text == NOTHING else text + suffix


def or_dash(text: str) -> str:
    """A cell of a table: '-' where no run has the measure."""
    return "-" if text == NOTHING else text


def _decimals(values: Iterable[float]) -> int:
    """Decimals that give the largest of some numbers three digits; those that are NaN do not count."""
    largest = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
    if largest == 0.0:
        return 0
    return min(MOST_DECIMALS, max(0, 2 - math.floor(math.log10(largest))))


def estimate_and_ends(interval: Interval, about: About, *, signed: bool = False, unit: bool = False) -> tuple[str, str]:
    """An estimate and the ends of its interval as `interval_text` writes them, '1.2 days' and '1.0 to 1.4'.

    The ends are '' where there are none.
    """
    estimate, _, rest = interval_text(interval, about, signed=signed, unit=unit).partition(" [")
    ends, _, suffix = rest.partition("]")
    return estimate + suffix, ends


def share_text(interval: Interval) -> str:
    """A share of runs in percent, with its 95% interval."""
    return bracketed(interval, ".1%")


def value_text(value: float, about: About, *, signed: bool = False, unit: bool = False) -> str:
    """A value of a measure, or a `signed` change of it, written as `interval_text` writes an estimate."""
    return interval_text(Interval(value, math.nan, math.nan), about, signed=signed, unit=unit)


def bracketed(interval: Interval, form: str, scale: float = 1.0) -> str:
    """'1.2 [1.0 to 1.4]': an estimate with its 95% interval, each times `scale`.

    '1.2 [at most 1.4]' or '1.2 [at least 1.0]' where there is only one end, '1.2' where there is none.
    """
    if math.isnan(interval.mean):
        return NOTHING
    mean, low, high = (f"{scale * end:{form}}" for end in interval)
    match math.isnan(interval.low), math.isnan(interval.high):
        case True, True:
            return mean
        case True, False:
            return f"{mean} [at most {high}]"
        case False, True:
            return f"{mean} [at least {low}]"
    return f"{mean} [{low} to {high}]"


def counted(count: int, noun: str) -> str:
    """A number of things: '1 lab', '2 labs'."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def spoken(name: str) -> str:
    """A name without underscores: 'no order'."""
    return name.replace("_", " ")


def short(path: str) -> str:
    """A path without its section."""
    return path.partition(".")[2]


def number(value: Value) -> str:
    """A value as a reader would write it, with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else shown_value(value)
