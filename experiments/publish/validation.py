"""Everything that says whether the model is right, from one seed: calibration, backtest, forecast, and their page."""

import datetime
import json
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from model import __version__
from model.fingerprint import fingerprint
from model.scenario import SHIPPED, Scenario, load

from ..figures import validation as figures
from ..figures.style import save
from ..runs.files import write_bytes, write_json
from ..runs.manifest import DECIDING, commit
from ..runs.pool import run_many
from ..runs.store import SUMMARY
from ..validation import backtest, calibrate, forecast, verification
from ..validation.markdown import table
from ..validation.posterior import Table, table_of
from ..validation.record import DRAFTING, REGIMES, read_record, regime
from .findings import Findings, made_by

TOP = Path(__file__).parent.parent.parent
PAGE = "VALIDATION.md"
CALIBRATED = "calibrated.yaml"
ON_RECORD = Path(__file__).parent.parent / "forecasts"
DRAFTING_RUNS = 1000  # of the drafting episode, for the yardsticks of the order


class Size(NamedTuple):
    """How much is played: ``draws`` from the priors, ``times`` each of them plays, synthetic ``records``."""

    draws: int
    times: int
    records: int

    def told(self, seed: int) -> str:
        """In words, with the seed and what else the numbers follow from."""
        its = f"seed {seed}, {self.draws:,} draws, each played {self.times} times, {self.records} synthetic records"
        return f"Opt-In {__version__}, {its}"


def baseline_table(size: Size, seed: int, workers: int) -> Table:
    """Draws from the baseline's priors, with the regimes as they are read since the one change."""
    return _table(load(SHIPPED / "baseline.yaml"), size, seed, workers, changed=True)


def _table(priors: Scenario, size: Size, seed: int, workers: int, *, changed: bool) -> Table:
    record = read_record()
    return table_of(priors, record.changed() if changed else record, size.draws, size.times, seed, workers)


def calibrated(table: Table, size: Size, workers: int) -> calibrate.Calibration:
    """The model fitted to the record."""
    return calibrate.calibrate(table, read_record().changed(), size.records, workers)


def tested(table: Table, size: Size, seed: int, workers: int) -> dict[str, backtest.Backtest]:
    """The versions of the backtest; `table` is that of the last one."""
    alike = load(REGIMES / "exchangeable.yaml")
    drafting = run_many(regime(DRAFTING), DRAFTING_RUNS, seed, workers=workers)
    ideals = backtest.yardsticks_of_order(drafting)
    record = read_record()
    first, changed, last = backtest.VERSIONS
    return {
        first: backtest.backtest(_table(alike, size, seed, workers, changed=False), record, ideals),
        changed: backtest.backtest(_table(alike, size, seed, workers, changed=True), record.changed(), ideals),
        last: backtest.backtest(table, record.changed(), ideals),
    }


def foreseen(table: Table, as_of: datetime.date) -> dict[str, forecast.Question]:
    """The forecast as of a day."""
    return forecast.forecast(table, table.weights(read_record().changed()), as_of)


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
    data = forecast.as_data(questions, table, as_of, why)
    return Findings(data, forecast.told(questions), {"forecast": partial(figures.forecast, questions)})


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


class Everything(NamedTuple):
    """All that was found."""

    calibration: calibrate.Calibration
    tests: dict[str, backtest.Backtest]
    questions: dict[str, forecast.Question]
    table: Table


def everything(size: Size, seed: int, workers: int, as_of: datetime.date) -> Everything:
    """Calibration, backtest and forecast, sharing what they can."""
    table = baseline_table(size, seed, workers)
    return Everything(
        calibrated(table, size, workers), tested(table, size, seed, workers), foreseen(table, as_of), table
    )


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
        forecast=forecast.told(its.questions),
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
    data = forecast.as_data(questions, table, as_of, why)
    return {f"{name}.json": forecast.as_text(data), f"{name}.md": forecast.page(questions, as_of, why)}


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
