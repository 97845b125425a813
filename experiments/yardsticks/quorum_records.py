"""Records of two treaties with a quorum: which party joined when, in weeks, and how pivotal it was by the model's rule.

Who could join either treaty is who stands in the record of Paris, the list of all states. Two things are put right that
the records cannot show. The European Union stands beside its members and is counted in neither quorum. The United
States joined Paris on 3 September 2016, left and joined again in 2021, which is the day in the record. With both put
right the parties of 5 October 2016 have 58.8% of emissions, which is the share that the depositary announced.
"""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import BadInput, Problem, quoted, refusal

from .tables import Cell, Row, day, day_or_never, number, read_record, some_text

PARIS_COLUMNS: dict[str, Cell] = {
    "Code": some_text,
    "Ratification": day_or_never,
    "Percentage": number(0, 100, missing=0.0),
}
KIGALI_COLUMNS: dict[str, Cell] = {"Code": some_text, "Date": day}
UNION = "EUU"
FIRST_JOINED = {"USA": datetime.date(2016, 9, 3).toordinal()}  # UN Treaty Collection, chapter XXVII, 7.d
LEAST_PARTIES = 60
MOST_DAYS = 10_000  # after opening: a week of each is gone through
ROUNDING = 1e-9


class Terms(NamedTuple):
    """What makes a treaty bind: the day of opening, and how many parties with which share of emissions."""

    name: str
    opened: datetime.date
    parties: int
    share: float


PARIS = Terms("Paris", datetime.date(2016, 4, 22), 55, 0.55)
KIGALI = Terms("Kigali", datetime.date(2016, 10, 15), 20, 0.0)


class Treaty(NamedTuple):
    """A treaty that binds once enough parties with enough emissions have joined.

    ``day``: array (parties), days after opening on which each joined, infinite for never; ``share``: of emissions.
    """

    name: str
    opened: int
    quorum_parties: int
    quorum_share: float
    day: Array
    share: Array

    @property
    def weeks(self) -> int:
        """Weeks until the last one joined, in whole weeks."""
        return int(self.day[np.isfinite(self.day)].max()) // 7 + 1

    def parties_by(self, day: float) -> int:
        """How many have joined by a day after opening, that day included."""
        return int((self.day <= day).sum())

    def share_by(self, day: float) -> float:
        """Share of emissions of those who have joined by a day after opening, that day included."""
        return float(self.share[self.day <= day].sum())

    def met(self) -> float:
        """The day after opening on which the quorum was met."""
        days = np.unique(self.day[np.isfinite(self.day)])
        enough = [
            self.parties_by(day) >= self.quorum_parties and self.share_by(day) >= self.quorum_share - ROUNDING
            for day in days
        ]
        return float(days[enough.index(True)]) if any(enough) else np.inf


def read_treaties(paths: Sequence[Path]) -> list[Treaty]:
    """The treaties of Paris and of Kigali.

    Raises
    ------
    BadInput
        Where the files are no such records, or their quorums were not met.
    """
    paris, kigali = paths
    parties = [row for row in read_record(paris, PARIS_COLUMNS, ("Code",)) if row.values["Code"] != UNION]
    later = [row for row in read_record(kigali, KIGALI_COLUMNS, ("Code",)) if row.values["Code"] != UNION]
    if len(parties) < LEAST_PARTIES:
        raise refusal(paris, f"found {len(parties)} parties; at least {LEAST_PARTIES} are needed")
    codes = [row.values["Code"] for row in parties]
    share = np.array([row.values["Percentage"] for row in parties]) / 100.0
    unknown = [
        Problem(row.mark, f"found the code {quoted(row.values['Code'])}, which is not in {paris}")
        for row in later
        if row.values["Code"] not in codes
    ]
    if unknown:
        raise BadInput(unknown)
    first = {
        row.values["Code"]: min(row.values["Ratification"], FIRST_JOINED.get(row.values["Code"], np.inf))
        for row in parties
    }
    second = {row.values["Code"]: float(row.values["Date"]) for row in later}
    _check_days(parties, first, PARIS)
    _check_days(later, second, KIGALI)
    return [_treaty(PARIS, codes, first, share, paris), _treaty(KIGALI, codes, second, share, kigali)]


def _check_days(rows: Sequence[Row], joined: Mapping[str, float], terms: Terms) -> None:
    """Refuse rows with a day before the treaty opened, or long after."""
    days = [joined[row.values["Code"]] - terms.opened.toordinal() for row in rows]
    problems = [
        Problem(row.mark, f"found a day before {terms.opened}, when {terms.name} opened")
        for row, day in zip(rows, days, strict=True)
        if day < 0.0
    ]
    problems += [
        Problem(row.mark, f"found a day more than {MOST_DAYS:,} days after {terms.opened}, when {terms.name} opened")
        for row, day in zip(rows, days, strict=True)
        if MOST_DAYS < day < np.inf
    ]
    if problems:
        raise BadInput(problems)


def _treaty(terms: Terms, codes: Sequence[str], joined: Mapping[str, float], share: Array, path: Path) -> Treaty:
    days = np.array([joined.get(code, np.inf) for code in codes]) - terms.opened.toordinal()
    treaty = Treaty(terms.name, terms.opened.toordinal(), terms.parties, terms.share, days, share)
    if np.isinf(treaty.met()):
        quorum = f"{terms.parties} parties with {terms.share:.0%} of emissions"
        raise refusal(path, f"found that the quorum of {quorum} was never met; its day is needed")
    return treaty


# ---------------------------------------------------------------- decisions


class Decisions(NamedTuple):
    """What each party that is not in yet does in each week: arrays (decisions).

    ``company``: share of all parties that is in before the week; ``pivotality``: by the model's rule, with the words
    at the end of the week before.
    """

    week: Array
    joins: Array
    company: Array
    pivotality: Array


def decisions(treaty: Treaty, quorum_parties: int, quorum_share: float) -> Decisions:
    """The decisions about a treaty, were this its quorum."""
    week = np.floor(treaty.day / 7)
    parts = []
    for now in range(treaty.weeks):
        out = week >= now
        members, share_in = int((~out).sum()), float(treaty.share[~out].sum())
        parts.append(
            Decisions(
                np.full(out.sum(), now),
                (week[out] == now).astype(float),
                np.full(out.sum(), members / len(week)),
                pivotality(treaty.share[out], members, share_in, quorum_parties, quorum_share),
            )
        )
    return Decisions(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def pivotality(share: Array, members: int, share_in: float, quorum_parties: int, quorum_share: float) -> Array:
    """How much a quorum hangs on each party (0..1): `pivotality` of the model's rules, for many at once."""
    if members >= quorum_parties and share_in >= quorum_share - ROUNDING:
        return np.zeros(len(share))
    by_count = 1.0 / max(quorum_parties - members, 1)
    missing = quorum_share - share_in
    by_share = np.ones(len(share))
    np.divide(share, missing, out=by_share, where=missing > share)
    return np.minimum(by_count, by_share)
