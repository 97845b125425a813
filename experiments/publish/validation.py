"""The files of a validation: data, figures, the scenario that ships, and the page about it all."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2

from model import __version__
from model.fingerprint import fingerprint
from model.scenario import SHIPPED, load

from ..figures import validation as figures
from ..figures.style import save
from ..results.finding import Finding
from ..results.words import bracketed
from ..runs.files import told, write_bytes, write_json
from ..runs.manifest import DECIDING, commit
from ..runs.store import SUMMARY
from ..validation.backtest_finding import Backtests, mechanism_verdict
from ..validation.calibrate import Calibration, calibrated_yaml, posterior_csv
from ..validation.forecast import Forecast
from ..validation.forecast_scores import Scored
from ..validation.markdown import markdown_table
from ..validation.record import coded_blind, read_record, regime
from ..validation.validate import Validation
from ..validation.verification import comparison_table, comparisons
from ..yardsticks import KINDS, RESULTS
from ..yardsticks.pages import page as section_of
from .findings import Findings, made_by

TOP = Path(__file__).parent.parent.parent
PAGE = "VALIDATION.md"
CALIBRATED = "calibrated.yaml"
PREDICTION = "prediction.json"
VIEWS = "relations.stance_weight"
FIGURES: dict[type, Callable[[Any], figures.Figures]] = {
    Calibration: figures.calibration_figures,
    Backtests: figures.backtest_figures,
    Forecast: figures.forecast_figures,
    Validation: figures.validation_figures,
    Scored: figures.score_figures,
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
    return Findings(finding, lambda: FIGURES[type(finding)](finding))


def write(folder: Path, findings: Findings, files: Mapping[str, str], what: str) -> list[str]:
    """Write findings, their figures and further text files; the names of all files.

    Raises
    ------
    BadInput, Unfinished
        Where they cannot be written, or the disk is full.
    """
    with told(folder):
        write_json(folder / SUMMARY, {"made_by": _provenance(what), **findings.data})
        write_texts(folder, files)
        drawn = [
            save(figure(), folder / "figures", name, made_by(what), ("png",))[0].relative_to(folder).as_posix()
            for name, figure in findings.figures.items()
        ]
    return [SUMMARY, *files, *drawn]


def write_texts(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write text files, in their order; their names.

    Raises
    ------
    BadInput, Unfinished
        Where they cannot be written, or the disk is full.
    """
    with told(folder):
        for name, text in files.items():
            write_bytes(folder / name, text.encode())
    return list(files)


def _provenance(what: str) -> dict[str, Any]:
    return {
        "what": what,
        "rules": fingerprint(),
        "commit": commit(),
        "libraries": {name: version(name) for name in DECIDING},
    }


def made_from(*files: Path) -> dict[str, str]:
    """The version, the state of the rules and the content of some files, as a prediction says what made it."""
    of_files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return {"version": f"Opt-In {__version__}", "commit": str(commit()), "rules": fingerprint(), **of_files}


# ---------------------------------------------------------------- text files


def calibration_files(calibration: Calibration, what: str) -> dict[str, str]:
    """The posterior as a table of draws and as a scenario."""
    return {"posterior.csv": posterior_csv(calibration), CALIBRATED: calibrated_yaml(calibration, what)}


def validation_files(validation: Validation, what: str) -> dict[str, str]:
    """All text files: the page, the posterior and the calibrated scenario."""
    return {**calibration_files(validation.calibration, what), PAGE: page(validation, what)}


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
        yardsticks=yardsticks(RESULTS),
        calibration=validation.calibration,
        backtests=validation.backtests,
        forecast=validation.forecast,
        **_of_record(validation.backtests),
        **_views(validation.calibration),
        mechanism=mechanism_verdict,
        bracketed=bracketed,
    )


def _of_record(backtests: Backtests) -> dict[str, Any]:
    """What the page says of the record: how many regimes were coded blind, who stayed out, and Meta's scores."""
    record = backtests.first.record
    by_lab = {lab: int((record.joined[:, column] == 0.0).sum()) for column, lab in enumerate(record.labs)}
    return {
        "blind": len(coded_blind(record)),
        "refusals": sum(by_lab.values()),
        "refusals_of_two": by_lab["meta"] + by_lab["xai"],
        "meta_alike": backtests.changed.brier_of("meta"),
        "meta_own": backtests.own.brier_of("meta"),
    }


def _views(calibration: Calibration) -> dict[str, Any]:
    """The weight of a lab's view: as fitted, and the most that the baseline allows."""
    (views,) = (parameter for parameter in calibration.fitted if parameter.path == VIEWS)
    distribution = load(SHIPPED / "baseline.yaml").entries[VIEWS].distribution
    assert distribution is not None
    return {"views": views, "baseline_most": distribution["triangular"]["high"]}


def yardsticks(folder: Path) -> str:
    """The sections of the page on records from elsewhere, from the numbers that are stored in a folder."""
    stored = [json.loads((folder / f"{kind}.json").read_text(encoding="utf-8")) for kind in KINDS]
    return "\n\n".join(map(section_of, stored))


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


def as_shipped(folder: Path) -> dict[str, bool]:
    """Which of the shipped files have the same content as those just written."""
    shipped = {PAGE: TOP / "model" / PAGE, CALIBRATED: SHIPPED / CALIBRATED}
    return {name: path.exists() and path.read_bytes() == (folder / name).read_bytes() for name, path in shipped.items()}
