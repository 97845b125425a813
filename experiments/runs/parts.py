"""The file of a part: rows as Parquet, and in its footer what they were made from and a seal over all its bytes.

The seal is a hash of the file with zeros in the place of the seal. Whoever reads a part compares it before anything
else, so that no other program's file, and none that has changed since, is ever taken apart.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from .play import Rows

INPUTS, NUMBER, SEAL = "opt-in.inputs", "opt-in.part", "opt-in.seal"
UNSEALED = "0" * 64
BEFORE_SEAL = SEAL.encode() + b"\x18\x40"  # Parquet's footer has the key, then 'text' (18) of 64 bytes (40)


class Origin(NamedTuple):
    """What a part was made from: the hash of the ``inputs`` of its plan, and its ``number`` there."""

    inputs: str
    number: int


def packed(rows: Rows, names: Sequence[str], seed: int, origin: Origin) -> bytes:
    """Rows as a sealed Parquet file, in which every page has a checksum; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "point": _numbers(rows.point.astype(np.int64)),
            "run": _numbers(rows.run.astype(np.int64)),
            "seed": _numbers(np.full(len(rows.run), seed, dtype=np.int64)),
            "failed": _words(rows.failed),
            **{name: _numbers(rows.measured[:, column]) for column, name in enumerate(names)},
        }
    )
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", write_page_checksum=True) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({INPUTS: origin.inputs, NUMBER: str(origin.number), SEAL: UNSEALED})
    return sealed(sink.getvalue().to_pybytes())


# `pyarrow.array` and `to_numpy` import pandas where it is installed, which takes longer than many a run


def _numbers(values: Array) -> Any:
    """Numbers as an Arrow array."""
    import pyarrow as pa

    content = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, content])


def _words(values: Array) -> Any:
    """Texts as an Arrow array."""
    import pyarrow as pa

    texts = [text.encode() for text in values]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)))


def sealed(content: bytes) -> bytes:
    """The content of a part, with its seal in place of the one that stands there."""
    start = content.rindex(BEFORE_SEAL) + len(BEFORE_SEAL)
    before, after = content[:start], content[start + len(UNSEALED) :]
    return before + hashlib.sha256(before + UNSEALED.encode() + after).hexdigest().encode() + after


def origin_of(content: bytes) -> Origin | None:
    """What a part was made from, by its content; None where this is no part, or has changed since it was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if BEFORE_SEAL not in content or sealed(content) != content:
        return None
    said = pq.read_metadata(pa.BufferReader(content)).metadata
    return Origin(said[INPUTS.encode()].decode(), int(said[NUMBER.encode()]))


def flaw(content: bytes, origin: Origin) -> str:
    """What is wrong with the content of a part that should have this origin; '' if nothing."""
    its = origin_of(content)
    if its is None:
        return "its bytes are not those that were written"
    if its.inputs != origin.inputs:
        return "it holds runs of other results"
    return "" if its == origin else f"it is part {its.number:06}"


def read(path: Path, names: list[str]) -> list[Array]:
    """Columns of a part, the checksums of their pages verified.

    Raises
    ------
    OSError, ValueError, ArrowException
        Where it is damaged.
    """
    import pyarrow.parquet as pq

    with path.open("rb") as content, pq.ParquetFile(content, page_checksum_verification=True) as file:
        table = file.read(columns=names)
    return [_values(table[name]) for name in names]


def _values(column: Any) -> Array:
    """The values of a column: numbers, or texts."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return np.array(column.to_pylist(), dtype=object)
    chunks = [np.from_dlpack(chunk) for chunk in column.chunks]
    return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
