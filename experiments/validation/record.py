"""The record: which labs joined the regimes of the past, and the outcome of the May draft.

The regimes themselves (what was asked of whom and what was at stake) are scenarios under ``scenarios/regimes/``. Their
outcomes are in ``record.yaml`` beside this file and are read nowhere else.
"""

import datetime
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.scenario import SHIPPED, Entry, Scenario, load
from model.yamltree import parse, read_text

CHANGED = {"aisi-2024": "aisi-2024-few-asked"}  # the one change tried after the first test on regimes left out
FIRST_CODED = ("white-house-2023", "seoul-2024", "aisi-2024", "eu-code-2025", "caisi-2026")  # with outcomes in view
FILE = Path(__file__).parent / "record.yaml"
REGIMES = SHIPPED / "regimes"
DRAFTING = "drafting-2026"
ORDER = ("sent_back", "signed", "review_days", "week")


class Record(NamedTuple):
    """Past decisions and the order.

    ``joined`` has a row a regime and a column a lab: 1 joined, 0.5 in part, 0 not, NaN not asked or not known.
    ``order`` is the outcome of the May draft, in the order of `ORDER`: sent back at least once, signed (0 or 1), days
    of review in the order, week of the signature; None where that episode is left out. ``doubtful`` says where the
    record has 0 of a lab of which it is not known whether it was asked: array of bool (regimes, labs).
    """

    regimes: tuple[str, ...]
    labs: tuple[str, ...]
    joined: Array
    order: Array | None
    doubtful: Array

    @property
    def asked(self) -> Array:
        """Which lab was asked in which regime: array of bool (regimes, labs)."""
        return ~np.isnan(self.joined)

    def changed(self) -> "Record":
        """The same record, with the regimes as coded since the one change."""
        return self._replace(regimes=tuple(CHANGED.get(name, name) for name in self.regimes))

    def without(self, episode: str) -> "Record":
        """The record without one regime, or without the drafting episode."""
        if episode == DRAFTING:
            return self._replace(order=None)
        rows = [row for row, name in enumerate(self.regimes) if name != episode]
        return self._replace(
            regimes=tuple(self.regimes[row] for row in rows), joined=self.joined[rows], doubtful=self.doubtful[rows]
        )

    def without_doubts(self) -> "Record":
        """The record with what is doubtful as not known."""
        return self._replace(joined=np.where(self.doubtful, np.nan, self.joined))


def read_record() -> Record:
    """The record as shipped."""
    entries = _entries()
    regimes = tuple(name for name in entries if name != DRAFTING)
    labs = tuple(dict.fromkeys(lab for name in regimes for lab in entries[name]["joined"]))
    joined = [[float(entries[name]["joined"].get(lab, np.nan)) for lab in labs] for name in regimes]
    doubtful = [[lab in entries[name].get("doubtful", []) for lab in labs] for name in regimes]
    order = [float(entries[DRAFTING]["order"][name]) for name in ORDER]
    return Record(regimes, labs, np.array(joined), np.array(order), np.array(doubtful))


def coded_blind(record: Record) -> list[int]:
    """The rows of the regimes that were coded from what they asked alone, before their outcome was read."""
    return [row for row, name in enumerate(record.regimes) if name not in (*FIRST_CODED, *CHANGED.values())]


def as_of() -> dict[str, datetime.date]:
    """The day that each episode of the record describes."""
    return {name: datetime.date.fromisoformat(entry["as_of"]) for name, entry in _entries().items()}


def sources() -> list[dict[str, str]]:
    """Title, url and date of every source of the record."""
    return [dict(source) for entry in _entries().values() for source in entry["sources"]]


def _entries() -> dict[str, Any]:
    return dict(parse(read_text(FILE, str(FILE)), str(FILE)).plain())


@functools.cache
def regime(name: str) -> Scenario:
    """The scenario of a regime; a validation asks for it thousands of times."""
    return load(REGIMES / f"{name}.yaml")


def asked_chances(name: str, labs: Sequence[str]) -> Array:
    """The chance that a regime asked each lab: array (labs,), 0 of labs that it does not know."""
    entries = regime(name).entries
    attentions = [entries.get(f"stakeholders.{lab}.attention") for lab in labs]
    return np.array([0.0 if attention is None else asked_chance(attention) for attention in attentions])


def asked_chance(attention: Entry) -> float:
    """The chance that a lab was asked, from its attention: who may pay none may not have been asked."""
    choice = (attention.distribution or {}).get("choice")
    if choice is None:
        return 1.0
    weights = np.asarray(choice.get("weights", np.ones(len(choice["values"]))), float)
    return float(weights[np.asarray(choice["values"], float) > 0.0].sum() / weights.sum())
