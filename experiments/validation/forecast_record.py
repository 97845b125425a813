"""A forecast goes on record: which days are allowed, under which name it is kept, its files, and the ledger."""

import datetime
import itertools
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model.problems import refusal

from .. import KNOWN_UP_TO
from ..runs.manifest import DECIDING, commit
from . import forecast
from .forecast import LAST_DAY, Forecast
from .ledger import LEDGER, extended, ledger_text, read_ledger, sha256
from .predict import CALIBRATED
from .resolution import definitions


def check_day(as_of: datetime.date) -> None:
    """Refuse any other day than that up to which the record and the scenarios go.

    Raises
    ------
    BadInput
        For any other day.
    """
    if as_of != LAST_DAY:
        text = f"found {as_of}; the record and the scenarios hold what was known on {KNOWN_UP_TO}, no more and no less"
        raise refusal("--as-of", f"{text}: that day is allowed")


def record_name(folder: Path, as_of: datetime.date, data: Mapping[str, Any], why: str | None) -> str | None:
    """The name under which a forecast goes on record; None if the same forecast is on record already.

    A forecast on record is never changed; another one needs a reason and gets a further number. Forecasts are the same
    if their questions and probabilities are.

    Raises
    ------
    BadInput
        If another forecast of that day is on record and no reason is given.
    """
    for number in itertools.count(1):
        name = f"{as_of}" if number == 1 else f"{as_of}.v{number}"
        path = folder / f"{name}.json"
        if not path.exists():
            break
        if json.loads(path.read_text(encoding="utf-8"))["questions"] == data["questions"]:
            return None
    if number > 1 and not why:
        raise refusal(
            folder, f"another forecast of {as_of} is on record and stays; give a reason for a further one by --why"
        )
    return name


def inputs() -> dict[str, str]:
    """The file that holds the draws, with its hash."""
    return {CALIBRATED.name: sha256(CALIBRATED.read_bytes())}


def on_record(finding: Forecast, written: datetime.date) -> dict[str, Any]:
    """A forecast as plain data with all that goes on record: the day, what the words mean, and what made it."""
    data = finding.data()
    made_by = {
        "commit": commit(),
        "libraries": {name: version(name) for name in DECIDING},
        "inputs": inputs(),
    }
    return {
        "as_of": data["as_of"],
        "written": written.isoformat(),
        "model": {**data["model"], **made_by},
        "definitions": definitions(),
        "questions": data["questions"],
    }


def added(folder: Path, finding: Forecast, written: datetime.date) -> dict[str, str]:
    """What a forecast adds to a folder with a ledger: name -> text, the ledger last; nothing if it is on record.

    Raises
    ------
    BadInput
        If the ledger or a file in it has changed, or another forecast of that day is on record and no reason is given.
    """
    entries = read_ledger(folder)
    data = on_record(finding, written)
    name = record_name(folder, finding.as_of, data, finding.why)
    if name is None:
        return {}
    text = record_text(data)
    ledger = ledger_text(extended(entries, f"{name}.json", text.encode(), written.isoformat()))
    return {f"{name}.json": text, f"{name}.md": page(finding), LEDGER: ledger}


def record_text(data: Mapping[str, Any]) -> str:
    """The text of a forecast's file."""
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def page(finding: Forecast) -> str:
    """The readable page beside the JSON."""
    assert forecast.__doc__ is not None
    lines = [f"# Forecast as of {finding.as_of}", ""]
    if finding.why:
        lines += [f"Why there is a further version: {finding.why}", ""]
    lines += [finding.text(), "", "## The questions, and how they are resolved", ""]
    for name, question in finding.data()["questions"].items():
        how = question["resolution"]
        given = f" Given {question['given']}." if "given" in question else ""
        lines += [
            f"- `{name}` ({question['cluster']}): {question['question']}{given} By {how['by']}. {how['rule']} "
            f"Sources: {how['sources']}."
        ]
    lines += [
        "",
        "Words in these rules:",
        "",
        *(f"- {word}: {meaning}." for word, meaning in definitions().items()),
        "",
        "## How it was made",
        "",
        forecast.__doc__.partition("\n\n")[2].replace("`", "").strip(),
        "",
        "Reports of a coming announcement were used once: the priors of the agencies' days cite one. Apart from that",
        "the dates follow from the order's clock, the extension and the agencies' benchmark. A covered release counts",
        "as reviewed only under the framework; reviews under agreements with CAISI continue beside it.",
    ]
    return "\n".join(lines) + "\n"
