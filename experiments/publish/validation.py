"""What a validation leaves behind: its findings, the files that ship, and the page that says what is known."""

import datetime
import json
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2

from model.fingerprint import fingerprint
from model.scenario import SHIPPED, load

from ..figures import validation as figures
from ..figures.style import save
from ..runs.files import write_bytes, write_json
from ..runs.manifest import DECIDING, commit
from ..runs.store import SUMMARY
from ..validation import backtest, calibrate, forecast, forecast_record, verification
from ..validation.markdown import table
from ..validation.posterior import Table
from ..validation.record import read_record, regime
from ..validation.validate import Everything
from .findings import Findings, made_by

TOP = Path(__file__).parent.parent.parent
PAGE = "VALIDATION.md"
CALIBRATED = "calibrated.yaml"
ON_RECORD = Path(__file__).parent.parent / "forecasts"


def of_calibration(found: calibrate.Calibration) -> Findings:
    """What a calibration says."""
    drawn = {name: partial(getattr(figures, name), found) for name in ("posterior", "ranks", "predictive")}
    return Findings(calibrate.as_data(found), calibrate.told(found), drawn)


def of_backtest(versions: Mapping[str, backtest.Backtest]) -> Findings:
    """What a backtest says."""
    first, changed, _ = backtest.VERSIONS
    labels = load(SHIPPED / "baseline.yaml").labels
    drawn = {
        "scores": partial(figures.scores, versions),
        "chances-first": partial(figures.chances, versions[first], first, labels),
        "chances-changed": partial(figures.chances, versions[changed], changed, labels),
    }
    return Findings(backtest.as_data(versions), backtest.told(versions), drawn)


def of_forecast(
    questions: Mapping[str, forecast.Question], table: Table, as_of: datetime.date, why: str | None
) -> Findings:
    """What a forecast says."""
    data = forecast_record.as_data(questions, table, as_of, why)
    return Findings(data, forecast_record.told(questions), {"forecast": partial(figures.forecast, questions)})


# ---------------------------------------------------------------- on disk


def write(folder: Path, found: Findings, files: Mapping[str, str], what: str) -> list[str]:
    """Write what was found, the figures and further files of text; the names of what is there."""
    data = {"made_by": _made_by(what), **found.data}
    write_json(folder / SUMMARY, data)
    for name, text in files.items():
        write_bytes(folder / name, text.encode())
    drawn = [
        save(figure(), folder / "figures", name, made_by(what), ("png",))[0].relative_to(folder).as_posix()
        for name, figure in found.figures.items()
    ]
    return [SUMMARY, *files, *drawn]


def _made_by(what: str) -> dict[str, Any]:
    return {
        "what": what,
        "rules": fingerprint(),
        "commit": commit(),
        "libraries": {name: version(name) for name in DECIDING},
    }


def files_of_calibration(found: calibrate.Calibration, what: str) -> dict[str, str]:
    """The posterior as a table of draws and as a scenario."""
    return {"posterior.csv": calibrate.as_csv(found), CALIBRATED: calibrate.as_yaml(found, what)}


def page(its: Everything, what: str, as_of: datetime.date) -> str:
    """`model/VALIDATION.md`, every number in it from what was found."""
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    ).get_template(f"{PAGE}.j2")
    first, changed, _ = backtest.VERSIONS
    return template.render(
        what=what,
        as_of=as_of,
        regimes="\n".join(asked()),
        verified="\n".join(verification.told(verification.verified())),
        calibration=calibrate.told(its.calibration),
        backtest=backtest.told(its.tests),
        forecast=forecast_record.told(its.questions),
        its=its.calibration,
        first=its.tests[first],
        changed=its.tests[changed],
    )


ASKED = {  # of a regime: what stands in the table, and where
    "disclosure": "levers.opening.disclosure",
    "covered share": "levers.opening.covered_share",
    "secrecy": "levers.secrecy",
    "chance of a hold": "climate.hold_chance",
    "protection": "levers.protection",
}


def asked() -> list[str]:
    """The lines of a table of what each regime asks, and of how many labs."""
    first = read_record()
    names = [*first.regimes, *(name for name in first.changed().regimes if name not in first.regimes)]
    rows = [
        [name, str(len(its.named("lab"))), *(its.entries[path].shown() for path in ASKED.values())]
        for name in names
        for its in [regime(name)]
    ]
    return table(["regime", "labs asked", *ASKED], rows)


def all_of(its: Everything, as_of: datetime.date) -> Findings:
    """What all of it says together."""
    parts = {
        "calibration": of_calibration(its.calibration),
        "backtest": of_backtest(its.tests),
        "forecast": of_forecast(its.questions, its.table, as_of, None),
    }
    return Findings(
        {name: part.data for name, part in parts.items()},
        "\n\n".join(part.text for part in parts.values()),
        {name: figure for part in parts.values() for name, figure in part.figures.items()},
    )


def files_of_everything(its: Everything, what: str, as_of: datetime.date) -> dict[str, str]:
    """Everything that ships: the page, the calibrated scenario, the forecast and its page."""
    return {
        **files_of_calibration(its.calibration, what),
        PAGE: page(its, what, as_of),
        **files_of_forecast(its.questions, its.table, as_of, None, str(as_of)),
    }


def files_of_forecast(
    questions: Mapping[str, forecast.Question], table: Table, as_of: datetime.date, why: str | None, name: str
) -> dict[str, str]:
    """The forecast and the page beside it."""
    data = forecast_record.as_data(questions, table, as_of, why)
    return {f"{name}.json": forecast_record.as_text(data), f"{name}.md": forecast_record.page(questions, as_of, why)}


def shipped(as_of: datetime.date) -> dict[str, Path]:
    """Where what ships of it lies."""
    return {
        PAGE: TOP / "model" / PAGE,
        CALIBRATED: SHIPPED / CALIBRATED,
        **{f"{as_of}{ending}": ON_RECORD / f"{as_of}{ending}" for ending in (".json", ".md")},
    }


def as_shipped(folder: Path, as_of: datetime.date) -> dict[str, bool]:
    """Which of the files that ship say the same as those that were just written.

    Of a forecast that is what it says, not which state of the rules said it.
    """
    return {name: _says(path) == _says(folder / name) for name, path in shipped(as_of).items()}


def _says(path: Path) -> Any:
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    return json.loads(text)["questions"] if path.suffix == ".json" else text
