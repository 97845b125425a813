"""The printers of intervals and of text tables."""

import json
import math

import pytest

from experiments.measures.columns import SHARE
from experiments.measures.intervals import Interval, finite, spread
from experiments.results.text_table import text_table
from experiments.results.words import bracketed, estimate_and_ends, interval_text, value_text
from model.rules.records import About

ADOPTED, DAYS = About("Adopted", SHARE), About("Review period", "days")
NOTHING = Interval(math.nan, math.nan, math.nan)


@pytest.mark.parametrize(
    ("interval", "about", "how", "text"),
    [
        (Interval(0.5, 0.25, 0.75), ADOPTED, {}, "50.0% [25.0% to 75.0%]"),
        (Interval(0.5, -0.25, 0.75), ADOPTED, {"signed": True}, "+50.0 [-25.0 to +75.0] points"),
        (Interval(21.25, 20.0, 22.5), DAYS, {}, "21.2 [20.0 to 22.5]"),
        (Interval(21.25, 20.0, 22.5), DAYS, {"unit": True}, "21.2 [20.0 to 22.5] days"),
        (Interval(1.5, -2.0, 5.0), DAYS, {"signed": True}, "+1.50 [-2.00 to +5.00]"),
        (Interval(7.0, math.nan, math.nan), DAYS, {"unit": True}, "7.00 days"),
        (Interval(0.0, 0.0, 0.0), DAYS, {"signed": True}, "+0 [+0 to +0]"),
        (Interval(0.0004, -0.012, 0.013), DAYS, {}, "0.000 [-0.012 to 0.013]"),
        (Interval(351.0, 12.5, 9000.0), DAYS, {}, "351 [12 to 9000]"),
        (NOTHING, DAYS, {"unit": True}, "no run has it"),
        (NOTHING, ADOPTED, {"signed": True}, "no run has it"),
    ],
)
def test_an_interval_has_the_form_of_its_measure(
    interval: Interval, about: About, how: dict[str, bool], text: str
) -> None:
    assert interval_text(interval, about, **how) == text


def test_a_value_is_written_as_an_estimate_without_ends() -> None:
    assert value_text(0.125, ADOPTED) == "12.5%"
    assert value_text(-0.125, ADOPTED, signed=True) == "-12.5 points"
    assert value_text(30.0, DAYS, unit=True) == "30.0 days"


def test_an_estimate_and_its_ends_can_stand_apart() -> None:
    assert estimate_and_ends(Interval(0.5, -0.25, 0.75), ADOPTED, signed=True) == ("+50.0 points", "-25.0 to +75.0")
    assert estimate_and_ends(Interval(7.0, math.nan, math.nan), DAYS, unit=True) == ("7.00 days", "")


def test_a_number_of_no_measure_has_the_form_that_is_asked_for() -> None:
    assert bracketed(Interval(0.5, 0.25, 1.0), "+.2f", 100.0) == "+50.00 [+25.00 to +100.00]"


def test_an_end_that_a_limit_sets_is_not_shown() -> None:
    """Of a score (0 or more) and of a chance from 0.05 to 0.95."""
    wide, near = Interval(0.25, -0.5, 1.0), Interval(0.95, 0.9, 0.95)
    assert bracketed(wide.inside(0.0, math.inf), ".2f") == "0.25 [at most 1.00]"
    assert bracketed(near.inside(0.05, 0.95), ".2f") == "0.95 [at least 0.90]"
    assert bracketed(Interval(0.05, 0.05, 0.05).inside(0.05, 0.95), ".2f") == "0.05"
    assert bracketed(Interval(0.5, 0.06, 0.94).inside(0.05, 0.95), ".2f") == "0.50 [0.06 to 0.94]"
    assert estimate_and_ends(wide.inside(0.0, 1.0), DAYS, unit=True) == ("0.250 days", "")


def test_a_table_is_as_wide_as_its_cells_and_has_no_blanks_at_the_end() -> None:
    lines = text_table(["path", "n", ""], [["a", "10", "x"], ["longer", "9", ""]], "<>")
    assert lines == ["path     n", "a       10  x", "longer   9"]


def test_what_is_not_a_number_becomes_none_as_data() -> None:
    assert (finite(1.5), finite(math.nan)) == (1.5, None)
    assert Interval(1.0, math.nan, 2.0).data() == {"mean": 1.0, "low": None, "high": 2.0}
    assert json.loads(json.dumps(spread([]).data(), allow_nan=False))["median"] is None
