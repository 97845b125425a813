"""Commands that hold the model to what has happened: fit, test on regimes left out, forecast, or all of it."""

import argparse
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from model.problems import refusal

from .. import KNOWN_UP_TO
from .common import folder_named, print_json
from .options import JSON, OUT, SEED_TO_PLAY, WORKERS, argument, command, count

if TYPE_CHECKING:
    from ..publish.findings import Findings
    from ..validation.validate import Size

DRAWS, TIMES, RECORDS = 32_768, 32, 300
SIZES = (
    argument("--draws", type=count(100, 2**20), default=DRAWS, metavar="N", help=f"draws from the priors ({DRAWS:,})"),
    argument(
        "--times",
        type=count(1, 10**4),
        default=TIMES,
        metavar="M",
        help=f"times that each draw plays every episode ({TIMES})",
    ),
    argument(
        "--synthetic",
        dest="records",
        type=count(10, 10**4),
        default=RECORDS,
        metavar="K",
        help=f"synthetic records that the procedure is tried on ({RECORDS})",
    ),
)
SHARED = (*SIZES, SEED_TO_PLAY, OUT, WORKERS, JSON)
AS_OF = argument("--as-of", default=KNOWN_UP_TO, metavar="DAY", help=f"the day of the forecast ({KNOWN_UP_TO})")


@command("optin calibrate --draws 8192", *SHARED)
def calibrate(chosen: argparse.Namespace) -> None:
    """Fit traits and weights to who joined what since 2023."""
    from ..publish.validation import files_of_calibration, of_calibration
    from ..validation.validate import baseline_table, calibrated

    size, what = _size(chosen, "calibration")
    table = baseline_table(size, chosen.seed, chosen.workers)
    found = calibrated(table, size, chosen.workers)
    _leave(chosen, "calibration", of_calibration(found), files_of_calibration(found, what), what)


@command("optin backtest --draws 8192", *SHARED)
def backtest(chosen: argparse.Namespace) -> None:
    """Predict each regime of the past from the others, beside yardsticks."""
    from ..publish.validation import of_backtest
    from ..validation.validate import baseline_table, tested

    size, what = _size(chosen, "backtest")
    table = baseline_table(size, chosen.seed, chosen.workers)
    found = tested(table, size, chosen.seed, chosen.workers)
    _leave(chosen, "backtest", of_backtest(found), {}, what)


@command(
    "optin forecast --as-of 2026-07-05",
    AS_OF,
    argument("--why", metavar="TEXT", help="why there is a further forecast of a day that has one on record"),
    *SHARED,
)
def forecast(chosen: argparse.Namespace) -> None:
    """A dated forecast from the fitted model; one on record is never changed."""
    from ..publish.validation import files_of_forecast, of_forecast
    from ..validation.forecast_record import check_day, place
    from ..validation.validate import baseline_table, foreseen

    as_of = _day(chosen.as_of)
    check_day(as_of)
    size, what = _size(chosen, "forecast")
    table = baseline_table(size, chosen.seed, chosen.workers)
    questions = foreseen(table, as_of)
    folder = folder_named(chosen.out, ["forecast"])
    found = of_forecast(questions, table, as_of, chosen.why)
    name = place(folder, as_of, found.data, chosen.why)
    files = files_of_forecast(questions, table, as_of, chosen.why, name) if name else {}
    _leave(chosen, "forecast", found, files, what)


@command("optin validate", AS_OF, *SHARED)
def validate(chosen: argparse.Namespace) -> None:
    """All of it: calibration, backtest and forecast, and the page that says what is known."""
    from ..publish.validation import all_of, as_shipped, files_of_everything
    from ..validation.forecast_record import check_day
    from ..validation.validate import everything

    as_of = _day(chosen.as_of)
    check_day(as_of)
    size, what = _size(chosen, "validation")
    found = everything(size, chosen.seed, chosen.workers, as_of)
    _leave(chosen, "validation", all_of(found, as_of), files_of_everything(found, what, as_of), what)
    if not chosen.json:
        same = as_shipped(folder_named(chosen.out, ["validation"]), as_of)
        print("As shipped: " + ", ".join(f"{name} {'yes' if its_same else 'NO'}" for name, its_same in same.items()))


def _size(chosen: argparse.Namespace, what: str) -> tuple["Size", str]:
    """How much is played for a validation, and in words what the numbers follow from."""
    from ..validation.validate import Size

    if chosen.records > chosen.draws:
        found = f"found {chosen.records:,}; each takes a draw, so at most --draws, {chosen.draws:,}, are allowed"
        raise refusal("--synthetic", found)
    size = Size(chosen.draws, chosen.times, chosen.records)
    return size, f"{what}, {size.told(chosen.seed)}"


def _leave(chosen: argparse.Namespace, name: str, found: "Findings", files: Mapping[str, str], what: str) -> None:
    """Write what a validation found, and say it."""
    from ..publish.validation import write

    folder = folder_named(chosen.out, [name])
    written = write(folder, found, files, what)
    if chosen.json:
        print_json(found.data)
        return
    print(found.text)
    print(f"\nWritten to {folder}: " + ", ".join(written))


def _day(text: str) -> datetime.date:
    """A day of the calendar from the command line."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        found = f"found {text!r}; a day is needed, as 2026-07-05"
        raise refusal("--as-of", found) from None


COMMANDS = (calibrate, backtest, forecast, validate)
