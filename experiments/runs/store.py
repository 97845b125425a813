"""Results on disk: what made them, and the rows of their runs in parts that are written whole or not at all.

A folder of results holds ``manifest.json``, written first, then ``parts/`` with a Parquet file for each part of the
plan, and once all are there ``summary.json`` and ``figures/``; where something varies also ``design.csv`` with the
points that are played, and for a sweep ``points.csv`` with what was found at each. Runs of a scenario have
``worlds/parts/`` beside these, with the runs that share a world. The bytes of a part follow from the inputs alone, so a
call that was stopped at any moment is gone on with by calling again. Every part says what it was made from, and is read
only where that is what the manifest says, too.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.draws import Array
from model.problems import plain, quoted, refusal

from ..measures.columns import columns, measures
from ..plans.design import WHOLE, Part, Plan, Shard, plan_worlds, whole
from .files import first_line, is_file, read_file, reason, write_bytes, write_json
from .folder_schema import SUMMARY_SCHEMA, problem_with
from .manifest import (
    ANEW,
    COMPARISON,
    MANIFEST,
    WAY_ON,
    Sources,
    comparison_in,
    inputs,
    is_intact,
    manifest,
    manifest_in,
    manifest_of,
    plan_from,
    points_from,
    points_text,
    shard_in,
    sources_in,
    told_of,
)
from .parts import Origin, flaw, origin_of, packed, read
from .play import Rows, rounds_of
from .steps import steps

DESIGN, PARTS, SUMMARY = "design.csv", "parts", "summary.json"
POINTS = "points.csv"  # what a sweep found at each point of its design
WORLDS = "worlds"  # the folder of the runs that share a world
KEYS = ("point", "run", "seed", "failed")  # the columns before those of what a run measures
MOST_HELD, STRETCHES = 2**22, 2  # numbers in memory at a time, 32 MB, and in how many stretches of columns
MOST_NAMED = 5  # files that are no part of the results


class Store:
    """The rows of a plan, or of a shard of it, in a folder.

    ``made_from`` is the hash of the inputs that its parts have: of the plan with the sources at hand, or those told.
    """

    def __init__(self, folder: Path, plan: Plan, shard: Shard = WHOLE, made_by: Sources | None = None) -> None:
        self.folder = folder
        self.plan = plan
        self.shard = shard
        self.names = columns(plan.scenario, rounds_of(plan))
        self.columns = [*KEYS, *self.names]
        self.made_by = made_by
        self.made_from = inputs(plan, made_by)
        self._held: list[dict[str, Array]] = []
        self._parts: list[Part] = []
        self._sound: set[int] = set()  # numbers of parts that were found to be as they should

    def begin(self) -> None:
        """Say what is to come, before anything of it is there."""
        for name in (SUMMARY, POINTS):
            (self.folder / name).unlink(missing_ok=True)  # true only once all parts are there
        if self.plan.varied:
            write_bytes(self.folder / DESIGN, points_text(self.plan).encode())
        write_json(self.folder / MANIFEST, manifest(self.plan, self.made_from, self.shard))

    def worlds(self) -> "Store | None":
        """The runs beside these that tell how far worlds differ; None where there are none (`plan_worlds`)."""
        beside = plan_worlds(self.plan)
        return None if beside is None else Store(self.folder / WORLDS, beside, self.shard, self.made_by)

    def path(self, number: int, folder: Path | None = None) -> Path:
        """The file of a part, here or in another folder."""
        return (folder or self.folder) / PARTS / f"{number:06}.parquet"

    def steps(self) -> Iterator[list[Part]]:
        """The parts of the plan step by step; with a precision those of a step must be there before the next."""
        return steps(self.plan, lambda parts: self.by_part(["point", self.plan.measure], parts))

    def parts(self) -> list[Part]:
        """The parts of the plan, or of its shard of it; no other files are ever read.

        Raises
        ------
        BadInput
            Where which parts there are follows from one that is missing or damaged.
        """
        if not self._parts:
            self._parts = [part for step in self.steps() for part in step if part.shard(self.shard.of) == self.shard]
        return self._parts

    def rows(self) -> int:
        """How many rows the parts have."""
        return sum(part.rows for part in self.parts())

    def saved(self) -> str:
        """How much is there, sound or not, in words: runs, or with a precision, which tells late how many, parts."""
        names = {path.name for path in files_of_parts(self.folder)}
        if self.plan.precision is not None:
            count = sum(name.partition(".")[0].isdecimal() for name in names)
            return f"{count:,} part{'s' * (count != 1)}"
        parts = [part for part in whole(self.plan) if part.shard(self.shard.of) == self.shard]
        there = sum(part.rows for part in parts if self.path(part.number).name in names)
        return f"{there:,} of {sum(part.rows for part in parts):,} runs"

    def name_strays(self) -> None:
        """Say which files among the parts are none of this plan, and left out of all that is said."""
        known = {self.path(part.number).name for part in self.parts()}
        strays = [path for path in files_of_parts(self.folder) if path.name not in known]
        for path in strays[:MOST_NAMED]:
            print(f"{plain(str(path))} is no part of these results and is left out", file=sys.stderr)
        if len(strays) > MOST_NAMED:
            print(f"and so are {len(strays) - MOST_NAMED:,} more files beside it", file=sys.stderr)

    def keep(self, part: Part, rows: Rows) -> None:
        """Write the rows of a part."""
        self.put(part, packed(rows, self.names, self.plan.seed, Origin(self.made_from, part.number)))

    def put(self, part: Part, content: bytes) -> None:
        """Write the file of a part."""
        write_bytes(self.path(part.number), content)
        self._sound.add(part.number)

    def wrong(self, part: Part, folder: Path | None = None) -> str | None:
        """What is wrong with the file of a part, here or in another folder: '' if nothing, None if there is no file."""
        path = self.path(part.number, folder)
        if not is_file(path):
            return "is no file" if path.exists() else None
        try:
            return flaw(path.read_bytes(), Origin(self.made_from, part.number))
        except OSError as error:
            return first_line(error)

    def __getitem__(self, name: str) -> Array:
        """A column over all parts. Its neighbours are read with it where they fit in memory.

        They are kept until two further stretches of columns are read, so that whoever goes through two in step reads
        none of them again and again.

        Raises
        ------
        BadInput
            Where a part is missing, damaged, or of other results.
        """
        held = next((stretch for stretch in self._held if name in stretch), None)
        if held is None:
            del self._held[: 1 - STRETCHES]  # lets go before it takes
            column = self.columns.index(name)
            held = self._stretch(self.columns[column : column + max(1, MOST_HELD // STRETCHES // max(1, self.rows()))])
            self._held.append(held)
        return held[name]

    def _stretch(self, names: Sequence[str]) -> dict[str, Array]:
        """Some columns over all parts, put together part by part."""
        columns: list[Array] = []
        row = 0
        for values in self.by_part(names):
            columns = columns or [np.empty(self.rows(), of_part.dtype) for of_part in values]
            for column, of_part in zip(columns, values, strict=True):
                column[row : row + len(of_part)] = of_part
            row += len(values[0])
        return dict(zip(names, columns, strict=True))

    def by_part(self, names: Sequence[str], parts: Iterable[Part] | None = None) -> Iterator[list[Array]]:
        """Some columns, part by part.

        Raises
        ------
        BadInput
            Where a part is missing, damaged, or of other results.
        """
        import pyarrow as pa

        for part in self.parts() if parts is None else parts:
            self._check(part)
            try:
                values = read(self.path(part.number), list(names))
            except (OSError, ValueError, pa.ArrowException) as error:
                raise self._refused(part, first_line(error)) from None
            yield values

    def _check(self, part: Part) -> None:
        """See once that a part is there and as it should be."""
        if part.number not in self._sound:
            wrong = self.wrong(part)
            if wrong != "":
                raise self._refused(part, wrong)
            self._sound.add(part.number)

    def _refused(self, part: Part, wrong: str | None) -> ValueError:
        """The refusal of a part that cannot be read, which says how to mend it."""
        text = "is missing" if wrong is None else f"is damaged ({wrong})"
        return refusal(self.path(part.number), f"{text}; the command that made it makes it anew")


def files_of_parts(folder: Path) -> list[Path]:
    """Whatever could be a part in a folder of results, in order."""
    try:
        return sorted((folder / PARTS).glob("*.parquet"))
    except OSError:
        return []


# ---------------------------------------------------------------- the folder of a plan


def folder_for(plan: Plan, name: Path, shard: Shard = WHOLE, *, chosen: bool) -> Path:
    """Where the results of a plan, or a shard of them, go: to the folder that has some already, or to one that is free.

    A folder with other results is never written to: one that the user has `chosen` is refused, otherwise a number is
    added to the name.
    """
    made_from = inputs(plan)
    return free_folder(name, lambda folder: _compared_in(folder) or _others_in(folder, made_from, shard), chosen=chosen)


def free_folder(name: Path, others_in: Callable[[Path], str], *, chosen: bool) -> Path:
    """A folder in which there is nothing else: of this name, or where that is not `chosen` with a number after it.

    ``others_in`` says what else a folder holds, '' if nothing.
    """
    for number in range(1, 10_000):
        folder = name if number == 1 else name.with_name(f"{name.name}-{number}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = others_in(folder)
        except (OSError, NotImplementedError) as error:
            raise refusal(f"--out {folder}", f"cannot be made: {reason(error)}") from None
        if not others:
            return folder
        if chosen:
            raise refusal(f"--out {folder}", f"{others}; name another folder, or remove this one")
    raise refusal(name, "has 10,000 folders of results beside it; name one with --out")


def _compared_in(folder: Path) -> str:
    return "holds a comparison of other results" if is_file(folder / COMPARISON) else ""


def comparison_folder_for(plans: Mapping[str, Plan], name: Path, *, chosen: bool) -> Path:
    """Where the results of several plans go, each to the folder of its name inside one that `free_folder` gives."""

    def others_in(folder: Path) -> str:
        if is_file(folder / MANIFEST):
            return "holds other results"
        wrong = (_others_in(folder / within, inputs(plan), WHOLE) for within, plan in plans.items())
        return next((others for others in wrong if others), "")

    return free_folder(name, others_in, chosen=chosen)


def _others_in(folder: Path, made_from: str, shard: Shard) -> str:
    """What a folder holds that is none of a plan; '' where there is nothing of that kind.

    A manifest that is missing, empty or damaged says nothing, but the parts do: where they are of the plan, so is the
    folder.
    """
    content = read_file(folder / MANIFEST) if is_file(folder / MANIFEST) else None
    if content is None and (folder / MANIFEST).exists():
        return "holds a manifest.json that is no file"
    there = manifest_in(content or b"")
    if isinstance(there, dict) and is_intact(there):
        same = (there.get("inputs"), there.get("shard")) == (made_from, str(shard))
        return "" if same else f"holds other results ({told_of(there)})"
    paths = files_of_parts(folder)
    if any(_made_from(path) == made_from for path in paths):
        return ""
    if isinstance(there, dict):
        return f"holds other results ({told_of(there)})"
    if paths:
        return "holds parts of other results, which only the command that made them goes on with"
    return f"holds another manifest.json ({there})" if (content or b"").strip(b"\0 \r\n\t") else ""


def _made_from(path: Path) -> str | None:
    """What a part says that it was made from, if it says so."""
    origin = origin_of(path.read_bytes()) if is_file(path) else None
    return origin.inputs if origin else None


# ---------------------------------------------------------------- opening results


def opened(folder: Path) -> Store:
    """The store of finished results.

    Raises
    ------
    BadInput
        Where the folder holds no results, unfinished or damaged ones, a shard, or ones of another format.
    """
    there = manifest_of(folder)
    shard = shard_in(there)
    if not shard.is_whole:
        text = f"holds shard {shard} of results; bring all shards together with optin merge"
        raise refusal(folder, text)
    content = read_file(folder / SUMMARY)
    if content is None:
        raise refusal(folder, f"is not finished; go on with: {plain(there['command'])}")
    store = store_of(folder, there)
    _check_summary(store, content)
    store.name_strays()
    return store


def folders_in(folder: Path) -> list[Path]:
    """The folders of results that are meant by a folder: itself, or those in it that a comparison is of, base first.

    Raises
    ------
    BadInput
        Where the comparison is damaged, or of other results than there are.
    """
    if is_file(folder / MANIFEST) or not is_file(folder / COMPARISON):
        return [folder]
    compared = {folder / its["folder"]: its["inputs"] for its in comparison_in(folder)["results"]}
    for within, made_from in compared.items():
        if manifest_of(within)["inputs"] != made_from:
            raise refusal(within, f"holds other results than those compared; {ANEW}")
    return list(compared)


def opened_all(folder: Path) -> list[Store]:
    """The stores of finished results, or of all those that a comparison is of, as `opened` gives them."""
    return [opened(each) for each in folders_in(folder)]


def _check_summary(store: Store, content: bytes) -> None:
    """See that a summary is one of these results."""
    path = store.folder / SUMMARY
    try:
        data = json.loads(content)
        problem = problem_with(data, SUMMARY_SCHEMA)
    except (ValueError, RecursionError) as error:
        problem = f"cannot be read: {first_line(error)}"
    if not problem and data.get("runs", store.rows()) != store.rows():
        problem = f"is of {data['runs']:,} runs, and not of the {store.rows():,} here"
    if problem:
        raise refusal(path, f"{problem}; {WAY_ON}")


def store_of(folder: Path, there: dict[str, Any]) -> Store:
    """The store of a folder with this manifest.

    Raises
    ------
    BadInput
        Where its points are missing or not those of the manifest, or the manifest contradicts itself.
    """
    varied = there["plan"]["varied"]
    path = folder / (DESIGN if varied else MANIFEST)
    try:
        plan = plan_from(there["plan"], _points(folder) if varied else ((),))
        sound = inputs(plan, sources_in(there)) == there["inputs"]
    except (ValueError, csv.Error) as error:
        raise refusal(path, f"cannot be read: {first_line(error)}; {WAY_ON}") from None
    if not sound:
        raise refusal(path, f"is not the one of these results; {WAY_ON}")
    unknown = [name for name in plan.measures if name not in measures(plan.scenario)]
    if unknown:
        raise refusal(folder / MANIFEST, f"found the measure {quoted(unknown[0])}, which no run has; {WAY_ON}")
    return Store(folder, plan, shard_in(there), sources_in(there))


def _points(folder: Path) -> Any:
    """The points of results that vary something."""
    content = read_file(folder / DESIGN)
    if content is None:
        raise ValueError("there is no such file")
    return points_from(content.decode("utf-8"))
