"""Results on disk: what made them, and the rows of their runs in parts that are written whole or not at all.

A folder of results holds ``manifest.json``, written first, then ``parts/`` with a Parquet file for each part of the
plan, and once all are there ``summary.json`` and ``figures/``. The bytes of a part follow from the inputs alone, so a
call that was stopped at any moment is gone on with by calling again.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.draws import Array
from model.problems import refusal

from ..measures.columns import columns
from ..plans.design import WHOLE, Part, Plan, Shard, keys
from .files import first_line, write_bytes, write_json
from .manifest import (
    MANIFEST,
    inputs,
    manifest,
    manifest_of,
    plan_from,
    points_from,
    points_text,
    read_manifest,
    shard_in,
    told_of,
)
from .play import Rows, rounds_of

POINTS, PARTS, SUMMARY = "points.csv", "parts", "summary.json"
KEYS = ("point", "run", "seed", "failed")  # the columns before those of what a run measures
MOST_HELD = 2**24  # numbers in memory at a time: 128 MB


def folder_for(plan: Plan, name: Path, shard: Shard = WHOLE, *, chosen: bool) -> Path:
    """Where the results of a plan, or a shard of them, go: to the folder that has some already, or to one that is free.

    A folder with other results is never written to: one that the user has `chosen` is refused, otherwise a number is
    added to the name.
    """
    made_from = inputs(plan)
    for number in range(1, 10_000):
        folder = name if number == 1 else name.with_name(f"{name.name}-{number}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            there = read_manifest(folder)
        except OSError as error:
            raise refusal(f"--out {folder}", f"cannot be made: {error.strerror}") from None
        if there is None or (there.get("inputs"), shard_in(there)) == (made_from, shard):
            return folder
        if chosen:
            text = f"holds other results ({told_of(there)}); name another folder, or remove this one"
            raise refusal(f"--out {folder}", text)
    raise refusal(name, "has 10,000 folders of results beside it; name one with --out")


def packed(rows: Rows, names: Sequence[str], seed: int) -> bytes:
    """Rows as a Parquet file, in which every page has a checksum; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns_of_rows = {
        "point": pa.array(rows.point, pa.int64()),
        "run": pa.array(rows.run, pa.int64()),
        "seed": pa.array(np.full(len(rows.run), seed), pa.int64()),
        "failed": pa.array(rows.failed, pa.string()),
        **{name: pa.array(rows.measured[:, column]) for column, name in enumerate(names)},
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns_of_rows), sink, compression="zstd", write_page_checksum=True)
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
            return first_line(error)
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
            column = self.columns.index(name)
            names = self.columns[column : column + max(1, MOST_HELD // max(1, self.rows()))]
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
        text = f"is damaged ({first_line(error)}); the command that made it makes it anew"
        raise refusal(path, text) from None


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
        text = f"holds shard {shard} of results; bring all shards together with optin merge"
        raise refusal(folder, text)
    if not (folder / SUMMARY).exists():
        raise refusal(folder, f"is not finished; go on with: {there['command']}")
    return store_of(folder, there)


def store_of(folder: Path, there: dict[str, Any]) -> Store:
    """The store of a folder with this manifest."""
    points = points_from((folder / POINTS).read_text(encoding="utf-8")) if there["plan"]["varied"] else ((),)
    return Store(folder, plan_from(there["plan"], points), shard_in(there))
