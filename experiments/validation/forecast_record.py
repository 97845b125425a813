"""A forecast in words, as data, and on record."""

import datetime
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model import __version__
from model.fingerprint import fingerprint
from model.problems import refusal

from .. import KNOWN_UP_TO
from ..measures.intervals import Interval
from . import forecast
from .forecast import FINAL_BY, LAST_DAY, Question
from .markdown import shown, table
from .posterior import Table


def check_day(as_of: datetime.date) -> None:
    """Refuse a day of which nothing, or too much, is known.

    Raises
    ------
    BadInput
        For any other day than that up to which the record and the scenarios go.
    """
    if as_of != LAST_DAY:
        found = f"found {as_of}; the record and the scenarios hold what was known on {KNOWN_UP_TO}, no more and no less"
        raise refusal("--as-of", f"{found}: that day is allowed")


def as_data(questions: Mapping[str, Question], table: Table, as_of: datetime.date, why: str | None) -> dict[str, Any]:
    """The forecast as plain data for JSON."""
    return {
        "as_of": as_of.isoformat(),
        "model": {
            "name": "Opt-In",
            "version": __version__,
            "rules": fingerprint(),
            "draws": len(table.theta),
            "times": table.times,
            "seed": table.seed,
            "interval": "90% of the posterior",
            **({"why": why} if why else {}),
        },
        "questions": {
            name: {
                "question": its.text,
                **({"given": its.needs} if its.needs else {}),
                "probabilities": {option: _rounded(chance) for option, chance in its.probabilities.items()},
            }
            for name, its in questions.items()
        },
    }


def _rounded(its: Interval) -> dict[str, float]:
    """To four digits, so that the last bits of another machine's logarithm make no other forecast."""
    return {end: round(value, 4) for end, value in its._asdict().items()}


def told(questions: Mapping[str, Question]) -> str:
    """The forecast as text."""
    rows = [
        [name, option, shown(chance, ".2f"), its.needs]
        for name, its in questions.items()
        for option, chance in its.probabilities.items()
        if option != "no"
    ]
    final = questions[f"declared_final_by_{FINAL_BY[-1]}"].probabilities["yes"]
    first = questions[f"declared_final_by_{FINAL_BY[0]}"].probabilities["yes"]
    head = (
        f"A framework is declared final by {FINAL_BY[0]} with probability {shown(first, '.2f')}, and by {FINAL_BY[-1]} "
        f"with {shown(final, '.2f')}."
    )
    return "\n".join([head, "", *table(["question", "option", "probability (90% of the posterior)", "given"], rows)])


def page(questions: Mapping[str, Question], as_of: datetime.date, why: str | None) -> str:
    """The readable page beside the JSON."""
    assert forecast.__doc__ is not None
    lines = [
        f"# Forecast as of {as_of}",
        "",
        *([f"Why there is a further version: {why}", ""] if why else []),
        told(questions),
        "",
        "## The questions",
        "",
        *(f"- `{name}`: {its.text}" for name, its in questions.items()),
        "",
        "## How it was made",
        "",
        forecast.__doc__.partition("\n\n")[2].replace("`", "").strip(),
        "",
        "No report that an announcement was near was used: the model has no mechanism for reports, and its dates",
        "follow from the order's clock, the extension and the agencies' benchmark alone. That a covered release is",
        "reviewed means reviewed under the framework; reviews under agreements with CAISI go on besides.",
    ]
    return "\n".join(lines) + "\n"


def place(folder: Path, as_of: datetime.date, data: Mapping[str, Any], why: str | None) -> str | None:
    """The name under which a forecast goes on record; None where the same one is on record already.

    A forecast on record is never changed; another one needs a reason and gets a further number. Forecasts are the same
    if their questions and probabilities are.

    Raises
    ------
    BadInput
        Where another forecast of that day is on record and no reason is given.
    """
    for number in itertools.count(1):
        name = f"{as_of}" if number == 1 else f"{as_of}.v{number}"
        path = folder / f"{name}.json"
        if not path.exists():
            break
        if json.loads(path.read_text(encoding="utf-8"))["questions"] == data["questions"]:
            return None
    if number > 1 and not why:
        found = f"another forecast of {as_of} is on record and stays; a further one says --why"
        raise refusal(folder, found)
    return name


def as_text(data: Mapping[str, Any]) -> str:
    """The forecast as it is written."""
    return json.dumps(data, indent=2, allow_nan=False) + "\n"
