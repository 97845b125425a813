"""The files of a validation: data, figures, the scenario and forecast that ship, and the page about it all."""

import datetime
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2

from model.fingerprint import fingerprint
from model.scenario import SHIPPED

from ..figures import validation as figures
from ..figures.decisions import decision_figures
from ..figures.style import save
from ..results.finding import Finding
from ..runs.files import told, write_bytes, write_json
from ..runs.manifest import DECIDING, commit
from ..runs.store import SUMMARY
from ..validation.backtest_finding import Backtests
from ..validation.calibrate import Calibration, calibrated_yaml, posterior_csv
from ..validation.decision_finding import Decided
from ..validation.forecast import Forecast
from ..validation.forecast_record import page as forecast_page
from ..validation.forecast_record import record_text
from ..validation.markdown import markdown_table
from ..validation.record import read_record, regime
from ..validation.validate import Validation
from ..validation.verification import comparison_table, comparisons
from .findings import Findings, made_by

TOP = Path(__file__).parent.parent.parent
PAGE = "VALIDATION.md"
CALIBRATED = "calibrated.yaml"
ON_RECORD = Path(__file__).parent.parent / "forecasts"
FIGURES: dict[type, Callable[[Any], figures.Figures]] = {
    Calibration: figures.calibration_figures,
    Backtests: figures.backtest_figures,
    Forecast: figures.forecast_figures,
    Validation: figures.validation_figures,
    Decided: decision_figures,
}
ASKED = {  # columns of the table of regimes -> parameters
    "disclosure": "levers.opening.disclosure",
    "covered share": "levers.opening.covered_share",
    "secrecy": "levers.secrecy",
    "chance of a hold": "climate.hold_chance",
    "protection": "levers.protection",
}


def findings(finding: Finding) -> Findings:
    """A finding of validation with its figures."""
    return Findings(finding, FIGURES[type(finding)](finding))


def write(folder: Path, findings: Findings, files: Mapping[str, str], what: str) -> list[str]:
    """Write findings, their figures and further text files; the names of all files.

    Raises
    ------
    BadInput, Unfinished
        Where they cannot be written, or the disk is full.
    """
    with told(folder):
        write_json(folder / SUMMARY, {"made_by": _provenance(what), **findings.data})
        for name, text in files.items():
            write_bytes(folder / name, text.encode())
        drawn = [
            save(figure(), folder / "figures", name, made_by(what), ("png",))[0].relative_to(folder).as_posix()
            for name, figure in findings.figures.items()
        ]
    return [SUMMARY, *files, *drawn]


def _provenance(what: str) -> dict[str, Any]:
    return {
        "what": what,
        "rules": fingerprint(),
        "commit": commit(),
        "libraries": {name: version(name) for name in DECIDING},
    }


# ---------------------------------------------------------------- text files


def calibration_files(calibration: Calibration, what: str) -> dict[str, str]:
    """The posterior as a table of draws and as a scenario."""
    return {"posterior.csv": posterior_csv(calibration), CALIBRATED: calibrated_yaml(calibration, what)}


def forecast_files(forecast: Forecast, name: str) -> dict[str, str]:
    """The forecast and the page beside it."""
    return {f"{name}.json": record_text(forecast.data()), f"{name}.md": forecast_page(forecast)}


def validation_files(validation: Validation, what: str) -> dict[str, str]:
    """All text files: the page, the posterior, the calibrated scenario, the forecast and its page."""
    return {
        **calibration_files(validation.calibration, what),
        PAGE: page(validation, what),
        **forecast_files(validation.forecast, str(validation.forecast.as_of)),
    }


def page(validation: Validation, what: str) -> str:
    """`model/VALIDATION.md`, with every number from the findings."""
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    ).get_template(f"{PAGE}.j2")
    return template.render(
        what=what,
        regimes="\n".join(regimes_table()),
        verification="\n".join(comparison_table(comparisons())),
        calibration=validation.calibration,
        backtests=validation.backtests,
        forecast=validation.forecast,
    )


def regimes_table() -> list[str]:
    """The lines of a table of what each regime asks, and of how many labs."""
    record = read_record()
    names = dict.fromkeys([*record.regimes, *record.changed().regimes])
    scenarios = {name: regime(name) for name in names}
    rows = [
        [name, str(len(scenario.named("lab"))), *(scenario.entries[path].shown() for path in ASKED.values())]
        for name, scenario in scenarios.items()
    ]
    return markdown_table(["regime", "labs asked", *ASKED], rows)


# ---------------------------------------------------------------- shipped files


def shipped(as_of: datetime.date) -> dict[str, Path]:
    """The paths of the shipped files, by name."""
    return {
        PAGE: TOP / "model" / PAGE,
        CALIBRATED: SHIPPED / CALIBRATED,
        **{f"{as_of}{ending}": ON_RECORD / f"{as_of}{ending}" for ending in (".json", ".md")},
    }


def as_shipped(folder: Path, as_of: datetime.date) -> dict[str, bool]:
    """Which of the shipped files have the same content as those just written.

    The content of a forecast is its questions and probabilities, not the state of the rules that made it.
    """
    return {name: _content(path) == _content(folder / name) for name, path in shipped(as_of).items()}


def _content(path: Path) -> Any:
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    return json.loads(text)["questions"] if path.suffix == ".json" else text
