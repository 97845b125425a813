"""Commands that compare the model with what has happened: fit, test on regimes left out, forecast, others' records."""

import argparse
import datetime
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from model.problems import refusal
from model.scenario import load

from .. import KNOWN_UP_TO
from ..yardsticks import KINDS
from .common import folder_named, on_this_machine, print_json, written_text
from .options import JSON, OUT, SEED_TO_PLAY, WORKERS, argument, command, count
from .terminal import tell

if TYPE_CHECKING:
    from ..publish.findings import Findings
    from ..validation.validate import Size

SAMPLES = 8  # of a fit, that have nothing in common
DRAWS, RECORDS = 1024, 60
SIZES = (
    argument(
        "--draws",
        type=count(64, 2**16),
        default=DRAWS,
        metavar="N",
        help=f"draws from each posterior, in {SAMPLES} samples ({DRAWS:,})",
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


@command("optin calibrate --draws 512", *SHARED)
def calibrate(chosen: argparse.Namespace) -> None:
    """Fit traits and weights to the labs' decisions since 2023."""
    from ..publish.validation import calibration_files, findings
    from ..validation.validate import run_calibration

    size, what = _size(chosen, "calibration")
    calibration = run_calibration(size, chosen.seed, chosen.workers)
    _write(chosen, "calibration", findings(calibration), calibration_files(calibration, what), what)


@command("optin backtest --draws 512", *SHARED)
def backtest(chosen: argparse.Namespace) -> None:
    """Predict each past regime from the others, beside simple yardsticks."""
    from ..publish.validation import findings
    from ..validation.validate import run_backtests

    size, what = _size(chosen, "backtest")
    backtests = run_backtests(size, chosen.seed, chosen.workers)
    _write(chosen, "backtest", findings(backtests), {}, what)


@command(
    "optin forecast --as-of 2026-07-05",
    AS_OF,
    argument("--why", metavar="TEXT", help="the reason for a further forecast of a day that has one on record"),
    argument("--out", metavar="DIR", help="folder of the ledger (results/forecasts)"),
    *(SEED_TO_PLAY, WORKERS, JSON),
)
def forecast(chosen: argparse.Namespace) -> None:
    """Make a dated forecast with the calibrated model and add it to a ledger, which is never changed."""
    from ..publish.validation import write_texts
    from ..runs.files import locked
    from ..validation.forecast import forecast, shipped_draws
    from ..validation.forecast_record import added, check_day
    from ..validation.ledger import read_ledger

    as_of = _day(chosen.as_of)
    check_day(as_of)
    folder = on_this_machine("--out", folder_named(chosen.out, ["forecasts"]))
    read_ledger(folder)  # before minutes are spent
    finding = forecast(shipped_draws(chosen.seed), as_of, chosen.why, chosen.workers)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        written = write_texts(folder, added(folder, finding, datetime.date.today()))
    if chosen.json:
        print_json(finding.data())
        return
    print(finding.text())
    print(f"\nAdded to {folder}: {', '.join(written)}" if written else f"\nThe same is on record in {folder} already.")


@command(
    "optin score experiments/forecasts/2026-07-05.json outcomes.yaml",
    argument("forecast", metavar="FORECAST", help="a forecast on record (JSON)"),
    argument("outcomes", metavar="OUTCOMES", help="what happened, as experiments/forecasts/README.md says (YAML)"),
    *(OUT, JSON),
)
def score(chosen: argparse.Namespace) -> None:
    """Score a forecast on record on what happened, beside the yardsticks that were written down with it."""
    from ..publish.validation import findings
    from ..validation.forecast_scores import score
    from ..validation.outcomes import read_outcomes
    from ..validation.recorded import read_recorded

    recorded = read_recorded(Path(chosen.forecast))
    finding = score(recorded, read_outcomes(Path(chosen.outcomes), recorded))
    name = f"score-{recorded.path.stem}"
    _write(chosen, name, findings(finding), {}, f"{name}, outcomes of {Path(chosen.outcomes).name}")


@command(
    "optin predict scenarios/regimes/provenance-2024.yaml",
    argument(
        "regime", metavar="REGIME", help="a file that says what is asked, coded as scenarios/regimes/README.md says"
    ),
    *(OUT, JSON),
)
def predict(chosen: argparse.Namespace) -> None:
    """Predict who joins a regime that is not on record, with the fitted model."""
    from ..publish.findings import Findings
    from ..publish.validation import PREDICTION, made_from
    from ..validation.predict import CALIBRATED, predict

    scenario = load(chosen.regime)
    finding = predict(scenario, made_from(*map(Path, scenario.files), CALIBRATED))
    text = json.dumps(finding.data(), indent=2, allow_nan=False) + "\n"
    name = f"prediction-{scenario.name}"
    _write(chosen, name, Findings(finding), {PREDICTION: text}, f"prediction, {scenario.name}")
    if not chosen.json:
        print(f"SHA-256 of {PREDICTION}, to publish before the outcome is known: {sha256(text.encode()).hexdigest()}")


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
        same = as_shipped(folder_named(chosen.out, ["validation"]))
        print("As shipped: " + ", ".join(f"{name} {'yes' if is_same else 'NO'}" for name, is_same in same.items()))


@command(
    "optin yardstick treaties treaties.csv",
    argument(
        "kind",
        choices=list(KINDS),
        metavar="KIND",
        help="; ".join(f"{name}: {kind.about} ({kind.files_text()})" for name, kind in KINDS.items()),
    ),
    argument("records", metavar="FILE", nargs="+", help="its files (CSV), in the order above"),
    *(SEED_TO_PLAY, OUT, WORKERS, JSON),
)
def yardstick(chosen: argparse.Namespace) -> None:
    """Hold a part of the model against a record that nobody here made."""
    from ..results.words import counted

    kind = KINDS[chosen.kind]
    if not kind.needs <= len(chosen.records) <= len(kind.files):
        raise refusal(chosen.kind, f"found {counted(len(chosen.records), 'file')}; needed: {kind.files_text()}")
    from ..figures.yardsticks import figures
    from ..publish.findings import Findings
    from ..yardsticks import compare
    from ..yardsticks.pages import page

    finding = compare(chosen.kind, [Path(record) for record in chosen.records], chosen.seed, chosen.workers)
    name = f"yardstick-{chosen.kind}"
    found = Findings(finding, lambda: figures(chosen.kind, finding.finding))
    _write(chosen, name, found, {"page.md": page(found.data) + "\n"}, f"{name}, seed {chosen.seed}")


def _size(chosen: argparse.Namespace, what: str) -> tuple["Size", str]:
    """How much is played, and a line about it for the files."""
    from ..validation.fit import FULL
    from ..validation.validate import Size

    effort = FULL._replace(samples=SAMPLES, particles=-(-chosen.draws // SAMPLES))
    size = Size(effort, chosen.records)
    return size, f"{what}, {size.text(chosen.seed)}"


def _write(chosen: argparse.Namespace, name: str, findings: "Findings", files: Mapping[str, str], what: str) -> None:
    """Write findings and files, and print the text or the data."""
    from ..publish.validation import write

    folder = folder_named(chosen.out, [name])
    written = write(folder, findings, files, what)
    if chosen.json:
        print_json(findings.data)
        return
    tell(findings.text)
    print(f"\n{written_text(folder, written)}")


def _day(text: str) -> datetime.date:
    """A day of the calendar from the command line."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise refusal("--as-of", f"found {text!r}; a day is needed, as 2026-07-05") from None


COMMANDS = (calibrate, backtest, predict, forecast, score, validate, yardstick)
