"""Whether results are what their manifest says that they are: seals, numbers, and runs played again."""

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from model.problems import BadInput, Mark, Problem, listed

from ..results.compare import Comparison
from ..results.sweeps import SweepResult
from ..results.words import counted
from ..runs.files import read_file
from ..runs.manifest import manifest_of
from ..runs.replay import differing_sources, replayed, sampled
from ..runs.store import POINTS, SUMMARY, Store, folders_in, opened
from .comparison import DIFFERENCES, compared, comparison_data
from .findings import findings, summary_data
from .tables import csv_text, points_columns

NEAR = 1e-9  # by which sums may differ on another machine, as a share


class Verified(NamedTuple):
    """What was seen of results: ``parts`` whose seals hold, ``played`` again with the same bytes, or what ``differs``.

    ``differs`` names what made the results and is not at hand, so that nothing could be played again.
    """

    folder: Path
    parts: int
    played: int
    differs: list[str]
    made_by: str

    def text(self) -> str:
        """What was seen, in sentences."""
        sound = f"{self.folder}: the seals of the manifest and of {counted(self.parts, 'part')} hold"
        if self.differs:
            return f"{sound}. Nothing was played again."
        played = f"{self.played:,} of {counted(self.parts, 'part')} played again, with the same bytes"
        return f"{sound}; {played}; the summary says what they give."

    @property
    def needs(self) -> str:
        """What is needed to play the runs again; '' where it is at hand."""
        return f"{self.folder}: needs {self.made_by}, with {listed(self.differs)}" if self.differs else ""

    def data(self) -> dict[str, Any]:
        """The same as plain data that JSON can hold."""
        return {**self._asdict(), "folder": str(self.folder)}


class AllVerified(NamedTuple):
    """What was seen of the results that a comparison is of."""

    results: list[Verified]

    def text(self) -> str:
        """What was seen, a line for each."""
        return "\n".join(its.text() for its in self.results)

    @property
    def needs(self) -> str:
        """What is needed to play the runs again; '' where it is at hand."""
        return "; ".join(its.needs for its in self.results if its.needs)

    def data(self) -> dict[str, Any]:
        """The same as plain data that JSON can hold."""
        return {"results": [its.data() for its in self.results]}


def verify_all(folder: Path, workers: int, whole: bool) -> Verified | AllVerified:
    """Check results, or all results that a comparison is of and what it says of them, as `verify` does."""
    folders = folders_in(folder)
    seen = [verify(each, workers, whole=whole) for each in folders]
    if len(folders) == 1:
        return seen[0]
    if not any(its.differs for its in seen):
        stores = [opened(each) for each in folders]
        found = compared(stores)
        assert isinstance(found.finding, Comparison)
        _refuse(_summary_problems(folder, comparison_data(stores, found)))
        _refuse(_table_problems(folder / DIFFERENCES, found.finding.columns()))
    return AllVerified(seen)


def verify(folder: Path, workers: int, *, whole: bool) -> Verified:
    """Check results: the seal of the manifest and of every part, summary and points, and bytes of parts played again.

    Parameters
    ----------
    whole : bool
        Whether all parts are played again, in place of a sample.

    Raises
    ------
    BadInput
        With every part, or number of the summary or of the points, that is not as it should be.
    """
    store = opened(folder)
    there = manifest_of(folder)
    stores = [each for each in (store, store.worlds()) if each is not None]
    _refuse(problem for each in stores for problem in _seal_problems(each))
    differs = differing_sources(store.made_by)
    played = 0
    if not differs:
        found = findings(store)
        _refuse(_summary_problems(folder, summary_data(store, found)))
        if isinstance(found.finding, SweepResult):
            _refuse(_table_problems(folder / POINTS, points_columns(store, found.finding)))
        chosen = {each: each.parts() if whole else sampled(each.parts()) for each in stores}
        played = sum(map(len, chosen.values()))
        rows = sum(part.rows for parts in chosen.values() for part in parts)
        with tqdm(total=rows, unit=" runs", desc="replay", disable=None, leave=False) as bar:
            _refuse(
                Problem(Mark(str(each.path(part.number))), "holds other numbers than its runs give when played again")
                for each, parts in chosen.items()
                for part in replayed(each, parts, workers, bar.update)
            )
    made_by = f"Opt-In {there['version']}, commit {there['commit'] or 'unknown'}"
    return Verified(folder, sum(len(each.parts()) for each in stores), played, differs, made_by)


def _refuse(problems: Iterator[Problem]) -> None:
    if found := list(problems):
        raise BadInput(found)


def _seal_problems(store: Store) -> Iterator[Problem]:
    """Which parts are missing or damaged."""
    for part in store.parts():
        wrong = store.wrong(part)
        if wrong != "":
            yield Problem(
                Mark(str(store.path(part.number))), "is missing" if wrong is None else f"is damaged ({wrong})"
            )


def _summary_problems(folder: Path, made: Any) -> Iterator[Problem]:
    """Where the summary says something else than the parts."""
    path = folder / SUMMARY
    stored = json.loads(path.read_bytes())
    for where, found, needed in _differences(stored, json.loads(json.dumps(made)), ""):
        yield Problem(Mark(str(path)), f"found {found} for {where or 'the whole'}; the parts give {needed}")


def _table_problems(path: Path, columns: dict[str, list[Any]]) -> Iterator[Problem]:
    """Where a table, if there is one, says something else than the parts."""
    content = read_file(path)
    if content is None:
        return
    stored, made = (_cells(text) for text in (content.decode("utf-8", "replace"), csv_text(columns)))
    for where, cell, needed in _differences(stored, made, ""):
        yield Problem(Mark(str(path)), f"found {cell} for {where or 'the whole'}; the parts give {needed}")


def _cells(text: str) -> dict[str, list[Any]]:
    """The columns of a table from its CSV, numbers as numbers; lines that are too short have empty cells."""
    rows = csv.DictReader(io.StringIO(text))
    table = [[_number(row[name] or "") for name in rows.fieldnames or ()] for row in rows]
    return dict(zip(rows.fieldnames or (), map(list, zip(*table, strict=True)), strict=bool(table)))


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _differences(stored: Any, made: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Where plain data differs: path, what is stored, what should be."""
    if isinstance(stored, dict) and isinstance(made, dict) and stored.keys() == made.keys():
        for name in made:
            yield from _differences(stored[name], made[name], f"{path}.{name}".lstrip("."))
    elif isinstance(stored, list) and isinstance(made, list) and len(stored) == len(made):
        for number, (one, other) in enumerate(zip(stored, made, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]")
    elif not _same(stored, made):
        yield path, json.dumps(stored)[:60], json.dumps(made)[:60]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
    return bool(one == other)
