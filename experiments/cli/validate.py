"""Commands that compare the model with what has happened: fit, test on regimes left out, forecast; public records."""

import argparse
import datetime
from collections.abc import Mapping
from pathlib import Path
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
        help=f"times each draw plays every episode ({TIMES})",
    ),
    argument(
        "--synthetic",
        dest="records",
        type=count(10, 10**4),
        default=RECORDS,
        metavar="K",
        help=f"synthetic records to check the fitting procedure on ({RECORDS})",
    ),
)
SHARED = (*SIZES, SEED_TO_PLAY, OUT, WORKERS, JSON)
AS_OF = argument("--as-of", default=KNOWN_UP_TO, metavar="DAY", help=f"the day of the forecast ({KNOWN_UP_TO})")


@command("optin calibrate --draws 8192", *SHARED)
def calibrate(chosen: argparse.Namespace) -> None:
    """Fit traits and weights to the labs' decisions since 2023."""
    from ..publish.validation import calibration_files, findings
    from ..validation.validate import baseline_table, run_calibration

    size, what = _size(chosen, "calibration")
    table = baseline_table(size, chosen.seed, chosen.workers)
    calibration = run_calibration(table, size, chosen.workers)
    _write(chosen, "calibration", findings(calibration), calibration_files(calibration, what), what)


@command("optin backtest --draws 8192", *SHARED)
def backtest(chosen: argparse.Namespace) -> None:
    """Predict each past regime from the others, beside simple yardsticks."""
    from ..publish.validation import findings
    from ..validation.validate import baseline_table, run_backtests

    size, what = _size(chosen, "backtest")
    table = baseline_table(size, chosen.seed, chosen.workers)
    backtests = run_backtests(table, size, chosen.seed, chosen.workers)
    _write(chosen, "backtest", findings(backtests), {}, what)


@command(
    "optin forecast --as-of 2026-07-05",
    AS_OF,
    argument("--why", metavar="TEXT", help="the reason for a further forecast of a day that has one on record"),
    *SHARED,
)
def forecast(chosen: argparse.Namespace) -> None:
    """Make a dated forecast with the fitted model; forecasts on record are never changed."""
    from ..publish.validation import findings, forecast_files
    from ..validation.forecast_record import check_day, record_name
    from ..validation.validate import baseline_table, run_forecast

    as_of = _day(chosen.as_of)
    check_day(as_of)
    size, what = _size(chosen, "forecast")
    table = baseline_table(size, chosen.seed, chosen.workers)
    finding = run_forecast(table, as_of, chosen.why)
    name = record_name(folder_named(chosen.out, ["forecast"]), as_of, finding.data(), chosen.why)
    files = forecast_files(finding, name) if name else {}
    _write(chosen, "forecast", findings(finding), files, what)


@command("optin validate", AS_OF, *SHARED)
def validate(chosen: argparse.Namespace) -> None:
    """Run calibration, backtest and forecast, and write the page about them."""
    from ..publish.validation import as_shipped, findings, validation_files
    from ..validation.forecast_record import check_day
    from ..validation.validate import run_all

    as_of = _day(chosen.as_of)
    check_day(as_of)
    size, what = _size(chosen, "validation")
    validation = run_all(size, chosen.seed, chosen.workers, as_of)
    _write(chosen, "validation", findings(validation), validation_files(validation, what), what)
    if not chosen.json:
        same = as_shipped(folder_named(chosen.out, ["validation"]), as_of)
        print("As shipped: " + ", ".join(f"{name} {'yes' if is_same else 'NO'}" for name, is_same in same.items()))


@command(
    "optin yardstick decisions deu3.csv --split deu3_split.json",
    argument("record", choices=("decisions",), help="the kind of record: decisions, in the form of DEU III"),
    argument("file", metavar="FILE", help="the file that holds it (CSV)"),
    argument("--split", metavar="FILE", help="a published split of its issues, whose test half nothing is fitted on"),
    *(OUT, JSON),
)
def yardstick(chosen: argparse.Namespace) -> None:
    """Compare parts of the model with a public record that nobody here made, beside simple rules."""
    from ..publish.validation import findings
    from ..validation.decision_finding import Decided
    from ..validation.decision_scores import compare
    from ..validation.decisions import read_decisions, read_split

    record = read_decisions(Path(chosen.file))
    in_test = read_split(Path(chosen.split), record) if chosen.split else []
    split = f" --split {Path(chosen.split).name}" if chosen.split else ""
    finding = Decided(compare(record, in_test), f"optin yardstick decisions {record.file}{split}")
    name, what = f"yardstick-{chosen.record}", f"{chosen.record}, {record.file}, SHA-256 {record.digest[:12]}"
    _write(chosen, name, findings(finding), {f"{chosen.record}.md": finding.page()}, what)


def _size(chosen: argparse.Namespace, what: str) -> tuple["Size", str]:
    """How much is played, and a line about it for the files."""
    from ..validation.validate import Size

    if chosen.records > chosen.draws:
        text = f"found {chosen.records:,}; each takes a draw, so at most --draws, {chosen.draws:,}, are allowed"
        raise refusal("--synthetic", text)
    size = Size(chosen.draws, chosen.times, chosen.records)
    return size, f"{what}, {size.text(chosen.seed)}"


def _write(chosen: argparse.Namespace, name: str, findings: "Findings", files: Mapping[str, str], what: str) -> None:
    """Write findings and files, and print the text or the data."""
    from ..publish.validation import write

    folder = folder_named(chosen.out, [name])
    written = write(folder, findings, files, what)
    if chosen.json:
        print_json(findings.data)
        return
    print(findings.text)
    print(f"\nWritten to {folder}: " + ", ".join(written))


def _day(text: str) -> datetime.date:
    """A day of the calendar from the command line."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise refusal("--as-of", f"found {text!r}; a day is needed, as 2026-07-05") from None


COMMANDS = (calibrate, backtest, forecast, validate, yardstick)
