"""Results on disk: what made them, and the rows of their runs in parts that are written whole or not at all.

A folder of results holds ``manifest.json``, written first, then ``parts/`` with a Parquet file for each part of the
plan, and once all are there ``summary.json`` and ``figures/``. The bytes of a part follow from the inputs alone, so a
call that was stopped at any moment is gone on with by calling again.
"""

import contextlib
import csv
import datetime
import functools
import hashlib
import io
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np

from model import __version__
from model.fingerprint import fingerprint
from model.problems import BadInput, Mark, Problem
from model.rules.records import DraftRule
from model.scenario import Entry, Scenario, frozen
from model.yamltree import scalar

from ..measures.columns import columns
from ..plans.design import WHOLE, Part, Plan, Point, Shard, keys
from .play import Rows, rounds_of

FORMAT = 1  # of a folder of results
MANIFEST, POINTS, PARTS, SUMMARY, LOCK = "manifest.json", "points.csv", "parts", "summary.json", ".lock"
KEYS = ("point", "run", "seed", "failed")  # the columns before those of what a run measures
LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pyarrow")
DECIDING = ("numpy", "scipy", "numba", "pyarrow")  # another version of these may give other bytes
SOURCE_FOLDER = Path(__file__).parent.parent.parent
MOST_HELD = 2**24  # numbers in memory at a time: 128 MB
KINDS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, DraftRule)}  # types of parameters

type Array = np.ndarray[Any, Any]


# ---------------------------------------------------------------- what made it


def manifest(plan: Plan, made_from: str, shard: Shard = WHOLE) -> dict[str, Any]:
    """What made a result: hash of its inputs, plan with the scenario as resolved, versions, commit and machine."""
    return {
        "format": FORMAT,
        "inputs": made_from,
        "shard": str(shard),
        "version": __version__,
        "commit": commit(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "command": " ".join(["optin", *sys.argv[1:]]),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "plan": plan._asdict() | {"scenario": scenario_data(plan.scenario), "points": len(plan.points)},
    }


def inputs(plan: Plan) -> str:
    """A hash of everything that the numbers follow from: the same inputs, the same bytes."""
    scenario = plan.scenario
    made_from = [
        FORMAT,
        fingerprint(),
        [version(name) for name in DECIDING],
        list(scenario.kinds.items()),
        [[path, its.value, its.distribution] for path, its in scenario.entries.items()],
        [plan.seed, plan.runs, plan.precision, plan.max_runs, plan.precision and plan.measures[:1]],
        plan.runs_in_a_world,
        [plan.varied, plan.points],
    ]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()


@functools.cache
def commit() -> str | None:
    """The commit of the source, with '+changes' where files differ from it; None outside a git checkout."""
    if not (SOURCE_FOLDER / ".git").exists():
        return None
    try:
        said = [
            subprocess.run(
                ["git", "-C", str(SOURCE_FOLDER), *words], capture_output=True, text=True, check=True, timeout=10
            ).stdout.strip()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return said[0] + ("+changes" if said[1] else "")


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data."""
    return {
        **{name: getattr(scenario, name) for name in ("name", "title", "question", "files", "settings")},
        "starts": scenario.starts.isoformat(),
        "stakeholders": {name: {"kind": kind, "label": scenario.labels[name]} for name, kind in scenario.kinds.items()},
        "parameters": {path: entry.as_data() for path, entry in scenario.entries.items()},
    }


def scenario_from(data: dict[str, Any]) -> Scenario:
    """A scenario from its plain data."""
    return Scenario(
        **{name: data[name] for name in ("name", "title", "question")},
        starts=datetime.date.fromisoformat(data["starts"]),
        kinds=frozen({name: its["kind"] for name, its in data["stakeholders"].items()}),
        labels=frozen({name: its["label"] for name, its in data["stakeholders"].items()}),
        entries=frozen({path: _entry_from(path, its) for path, its in data["parameters"].items()}),
        files=tuple(data["files"]),
        settings=tuple(data["settings"]),
    )


def _entry_from(path: str, data: dict[str, Any]) -> Entry:
    low, high = data["range"] or (None, None)
    return Entry(
        path=path,
        label=data["label"],
        unit=data["unit"],
        low=low,
        high=high,
        type=KINDS[data["type"]],
        value=data["value"],
        distribution=data["distribution"],
        source=frozen(data["source"]),
        mark=Mark(data["from"]),
    )


def plan_from(data: dict[str, Any], points: tuple[Point, ...]) -> Plan:
    """A plan from a manifest's data and its points."""
    as_read = Plan(**data)
    return as_read._replace(
        scenario=scenario_from(data["scenario"]),
        measures=tuple(as_read.measures),
        varied=tuple(as_read.varied),
        directions=tuple(as_read.directions),
        points=points,
    )


def points_text(plan: Plan) -> str:
    """The points of a plan as CSV, numbers to their last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["point", *plan.varied])
    writer.writerows([number, *point] for number, point in enumerate(plan.points))
    return text.getvalue()


def points_from(text: str) -> tuple[Point, ...]:
    """Points from their CSV."""
    _, *lines = csv.reader(io.StringIO(text))
    return tuple(tuple(scalar(cell) for cell in line[1:]) for line in lines)


# ---------------------------------------------------------------- files


def located(text: str) -> Path:
    """Where a path leads: on this machine, or by a URL to any store that fsspec knows, as s3://bucket/results."""
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath

        its = UPath(text)
        its.fs  # noqa: B018  # brought late, and may want a package of its own
        return Path(its.path) if its.protocol in ("file", "local") else cast(Path, its)
    except (ImportError, ValueError) as error:
        found = (
            f"cannot be reached ({_first_line(error)}); pip install 'opt-in[remote]' brings stores, some with a package"
        )
        raise BadInput([Problem(Mark(text), found)]) from None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; to another machine at once, as object stores want it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(path, Path):
        path.write_bytes(content)
        return
    part = path.with_name(path.name + ".part")  # the same name each time, so that nothing stays behind after a kill
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any) -> None:
    """Write plain data as JSON, whole or not at all."""
    write_bytes(path, (json.dumps(data, indent=2, allow_nan=False) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder of results; None where there is none."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise BadInput([Problem(Mark(str(folder / MANIFEST)), f"cannot be read: {error}")]) from None


def folder_for(plan: Plan, wanted: Path, shard: Shard = WHOLE, *, chosen: bool) -> Path:
    """Where the results of a plan, or a shard of them, go: to the folder that has some already, or to one that is free.

    A folder with other results is never written to: one that the user has `chosen` is refused, otherwise a number is
    added to the name.
    """
    made_from = inputs(plan)
    for number in range(1, 10_000):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            there = read_manifest(folder)
        except OSError as error:
            raise BadInput([Problem(Mark(f"--out {folder}"), f"cannot be made: {error.strerror}")]) from None
        if there is None or (there.get("inputs"), shard_in(there)) == (made_from, shard):
            return folder
        if chosen:
            found = f"holds other results ({told_of(there)}); name another folder, or remove this one"
            raise BadInput([Problem(Mark(f"--out {folder}"), found)])
    raise BadInput([Problem(Mark(str(wanted)), "has 10,000 folders of results beside it; name one with --out")])


def shard_in(there: dict[str, Any]) -> Shard:
    """Which share of its plan a folder holds, by its manifest; all of it where the manifest says nothing."""
    number, of = there.get("shard", str(WHOLE)).split("/")
    return Shard(int(number), int(of))


def told_of(there: dict[str, Any]) -> str:
    """What a manifest says of its results, in a few words."""
    return f"written {there.get('written', 'at an unknown time')} by {there.get('command', 'an unknown command')!r}"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to the same folder of this machine; a process that dies lets go."""
    import filelock

    if not isinstance(folder, Path):
        yield
        return
    lock = filelock.FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        found = "another optin is writing there; wait, or name another folder with --out"
        raise BadInput([Problem(Mark(str(folder)), found)]) from None
    try:
        yield
    finally:
        lock.release()


def packed(rows: Rows, names: Sequence[str], seed: int) -> bytes:
    """Rows as a Parquet file, in which every page has a checksum; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    its = {
        "point": pa.array(rows.point, pa.int64()),
        "run": pa.array(rows.run, pa.int64()),
        "seed": pa.array(np.full(len(rows.run), seed), pa.int64()),
        "failed": pa.array(rows.failed, pa.string()),
        **{name: pa.array(rows.measured[:, place]) for place, name in enumerate(names)},
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(its), sink, compression="zstd", write_page_checksum=True)
    return bytes(sink.getvalue())


class Store:
    """The rows of a plan, or of a shard of it, in a folder."""

    def __init__(self, folder: Path, plan: Plan, shard: Shard = WHOLE) -> None:
        self.folder = folder
        self.plan = plan
        self.shard = shard
        self.names = columns(plan.scenario, rounds_of(plan))
        self.columns = [*KEYS, *self.names]
        self.made_from = inputs(plan)
        self._held: dict[str, Array] = {}

    def begin(self) -> None:
        """Say what is to come, before anything of it is there."""
        (self.folder / SUMMARY).unlink(missing_ok=True)  # it is true only once all parts are there
        if self.plan.varied:
            write_bytes(self.folder / POINTS, points_text(self.plan).encode())
        write_json(self.folder / MANIFEST, manifest(self.plan, self.made_from, self.shard))

    def path(self, number: int, folder: Path | None = None) -> Path:
        """The file of a part, here or in another folder."""
        return (folder or self.folder) / PARTS / f"{number:06}.parquet"

    def paths(self) -> list[Path]:
        """The files of all parts, in order."""
        return sorted((self.folder / PARTS).glob("*.parquet"))

    def rows(self) -> int:
        """How many rows the parts have, by their footers."""
        import pyarrow.parquet as pq

        count = 0
        for path in self.paths():
            with _sound(path), path.open("rb") as content:
                count += pq.read_metadata(content).num_rows
        return count

    def keep(self, part: Part, rows: Rows) -> None:
        """Write the rows of a part."""
        self.put(part, packed(rows, self.names, self.plan.seed))

    def put(self, part: Part, content: bytes) -> None:
        """Write the file of a part."""
        write_bytes(self.path(part.number), content)

    def wrong(self, part: Part, folder: Path | None = None) -> str | None:
        """What is wrong with the file of a part, here or in another folder: '' if nothing, None if there is no file."""
        path = self.path(part.number, folder)
        if not path.exists():
            return None
        try:
            table = read(path)
        except (OSError, ValueError) as error:
            return _first_line(error)
        if table.column_names != self.columns:
            return "other columns"
        point, run = keys(part)
        same = np.array_equal(table["point"].to_numpy(), point) and np.array_equal(table["run"].to_numpy(), run)
        return "" if same else "other runs"

    def __getitem__(self, name: str) -> Array:
        """A column over all parts. Its neighbours are read with it where they fit in memory, and kept until others are.

        Raises
        ------
        BadInput
            Where a part is damaged.
        """
        if name not in self._held:
            self._held = {}  # lets go before it takes
            place = self.columns.index(name)
            names = self.columns[place : place + max(1, MOST_HELD // max(1, self.rows()))]
            self._held = dict(zip(names, map(np.concatenate, zip(*self.by_part(names), strict=True)), strict=True))
        return self._held[name]

    def by_part(self, names: Sequence[str], paths: Iterable[Path] | None = None) -> Iterator[list[Array]]:
        """Some columns, part by part.

        Raises
        ------
        BadInput
            Where a part is damaged.
        """
        for path in self.paths() if paths is None else paths:
            with _sound(path):
                table = read(path, list(names))
            yield [table[name].to_numpy() for name in names]


@contextlib.contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Say of a part that cannot be read how to mend it."""
    try:
        yield
    except (OSError, ValueError) as error:
        found = f"is damaged ({_first_line(error)}); the command that made it makes it anew"
        raise BadInput([Problem(Mark(str(path)), found)]) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def read(path: Path, names: list[str] | None = None) -> Any:
    """A part as an Arrow table, its checksums verified; an OSError or ValueError where it is damaged."""
    import pyarrow.parquet as pq

    with path.open("rb") as content, pq.ParquetFile(content, page_checksum_verification=True) as file:
        return file.read(columns=names)


def opened(folder: Path) -> Store:
    """The store of finished results.

    Raises
    ------
    BadInput
        Where the folder holds no results, unfinished ones, a shard, or ones of another format.
    """
    there = manifest_of(folder)
    shard = shard_in(there)
    if not shard.is_whole:
        found = f"holds shard {shard} of results; bring all shards together with optin merge"
        raise BadInput([Problem(Mark(str(folder)), found)])
    if not (folder / SUMMARY).exists():
        raise BadInput([Problem(Mark(str(folder)), f"is not finished; go on with: {there['command']}")])
    return store_of(folder, there)


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of results, be they unfinished or a shard.

    Raises
    ------
    BadInput
        Where the folder holds no results, or ones of another format.
    """
    there = read_manifest(folder)
    mark = Mark(str(folder))
    if there is None:
        raise BadInput([Problem(mark, "holds no results: there is no manifest.json in it")])
    if there.get("format") != FORMAT:
        found = f"holds results of format {there.get('format', 0)} ({told_of(there)})"
        raise BadInput([Problem(mark, f"{found}; format {FORMAT} is needed: make them anew")])
    return there


def store_of(folder: Path, there: dict[str, Any]) -> Store:
    """The store of a folder with this manifest."""
    points = points_from((folder / POINTS).read_text(encoding="utf-8")) if there["plan"]["varied"] else ((),)
    return Store(folder, plan_from(there["plan"], points), shard_in(there))
