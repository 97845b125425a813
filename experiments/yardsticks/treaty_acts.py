"""A record of treaties: which states could join each, which did and when, and how treaties are left out.

A treaty opens on the day of its first signature or other act. A state that signs it or becomes bound by it within
`YEARS` of that day joins, in the round (year) of the earlier of the two. Which states could join is read from the other
treaties: those that had acted on one of them before this one opened, and act on at least `LEAST_ACTS` of them. (The
record holds no list of states; bodies that are no states act on few.)

Treaties are left out in `FOLDS` folds, and once more all of the newest third, predicted from treaties whose years were
over when the first of that third opened. A fold never sees what it predicts.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import refusal

from .joining import NOT_ASKED, Regimes, regimes
from .tables import day_or_never, read_record, some_text

COLUMNS = {"treaty": some_text, "state": some_text, "signed": day_or_never, "bound": day_or_never}
YEARS, DAYS_A_YEAR = 5, 365.25
LEAST_ACTS = 10
LEAST_STATES = 20  # that could join a treaty
LEAST_TREATIES, LEAST_OLDER = 30, 10
FOLDS = 10
NEWEST = 1 / 3  # of the treaties


class Acts(NamedTuple):
    """A treaty's opening (a day) and each state's first act on it, by days after that; infinite for none.

    ``opening``: array (treaties), rising; ``delay``: array (treaties, states); ``last``: the last day of the record.
    """

    treaties: tuple[str, ...]
    states: tuple[str, ...]
    opening: Array
    delay: Array
    last: float

    @property
    def day(self) -> Array:
        """The day of each first act."""
        return np.asarray(self.opening[:, None] + self.delay)

    @property
    def closed(self) -> Array:
        """The day after which nobody joins in time: array (treaties)."""
        return np.asarray(self.opening + YEARS * DAYS_A_YEAR)


class Split(NamedTuple):
    """Which treaties are predicted from which, and the last day whose acts may be seen."""

    fitted: Array
    predicted: Array
    seen_until: float


def read_acts(path: Path) -> Acts:
    """The acts of a record of treaties.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out treaties.
    """
    first = {}
    for row in read_record(path, COLUMNS, ("treaty", "state")):
        day = min(row.values["signed"], row.values["bound"])
        if np.isinf(day):
            raise refusal(row.mark, "found neither a day in signed nor in bound; one of them is needed")
        first[row.values["treaty"], row.values["state"]] = day
    opening: dict[str, float] = {}
    for (treaty, _), day in first.items():
        opening[treaty] = min(day, opening.get(treaty, np.inf))
    treaties = tuple(sorted(opening, key=lambda treaty: (opening[treaty], treaty)))
    states = tuple(sorted({state for _, state in first}))
    opened = np.array([opening[treaty] for treaty in treaties])
    delay = np.full((len(treaties), len(states)), np.inf)
    rows = {treaty: number for number, treaty in enumerate(treaties)}
    columns = {state: number for number, state in enumerate(states)}
    for (treaty, state), day in first.items():
        delay[rows[treaty], columns[state]] = day - opening[treaty]
    acts = Acts(treaties, states, opened, delay, float((opened[:, None] + delay)[np.isfinite(delay)].max()))
    check_size(acts, str(path))
    return acts


def check_size(acts: Acts, file: str) -> None:
    """Refuse a record that is too small to leave out treaties."""
    usable = len(usable_treaties(acts))
    if usable < LEAST_TREATIES:
        text = (
            f"found {usable} treaties that {LEAST_STATES} states could join and whose {YEARS} years are over; "
            f"at least {LEAST_TREATIES} are needed"
        )
        raise refusal(file, text)
    older = len(by_time(acts).fitted)
    if older < LEAST_OLDER:
        text = (
            f"found {older} treaties whose {YEARS} years were over when the newest third opened; "
            f"at least {LEAST_OLDER} are needed"
        )
        raise refusal(file, text)


def usable_treaties(acts: Acts) -> Array:
    """The numbers of treaties whose years are over, and that enough states could join."""
    everything = np.arange(len(acts.treaties))
    asked = could_join(acts, everything, acts.last).sum(axis=1)
    return np.flatnonzero((asked >= LEAST_STATES) & (acts.closed <= acts.last))


def could_join(acts: Acts, known: Array, seen_until: float) -> Array:
    """Which states could join each treaty, as these treaties tell by a day: array (treaties, states)."""
    days = np.where(acts.day[known] <= seen_until, acts.day[known], np.inf)
    many = np.isfinite(days).sum(axis=0) >= LEAST_ACTS
    return np.asarray(many & (days.min(axis=0) < acts.opening[:, None]))


def as_regimes(acts: Acts, treaties: Array, asked: Array) -> Regimes:
    """Treaties as regimes with a round a year."""
    years = np.floor(np.minimum(acts.delay[treaties] / DAYS_A_YEAR, YEARS)).astype(int)
    return regimes(np.where(asked[treaties], years, NOT_ASKED), YEARS)


# ---------------------------------------------------------------- splits


def folds(acts: Acts) -> list[Split]:
    """Every usable treaty left out once, with every `FOLDS`-th other."""
    usable = usable_treaties(acts)
    number = np.arange(len(usable)) % FOLDS
    return [Split(usable[number != fold], usable[number == fold], acts.last) for fold in range(FOLDS)]


def by_time(acts: Acts) -> Split:
    """The newest usable treaties, and those whose years were over before."""
    usable = usable_treaties(acts)
    newest = usable[int(len(usable) * (1.0 - NEWEST)) :]
    cut = acts.opening[newest[0]]
    return Split(usable[acts.closed[usable] < cut], newest, float(cut) - 1.0)
