"""Files of results: where they lie, and how they are written whole or not at all."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from model.problems import refusal

LOCK = ".lock"


def located(text: str) -> Path:
    """Where a path leads: on this machine, or by a URL to any store that fsspec knows, as s3://bucket/results."""
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath

        path = UPath(text)
        path.fs  # noqa: B018  # brought late, and may want a package of its own
        return Path(path.path) if path.protocol in ("file", "local") else cast(Path, path)
    except (ImportError, ValueError) as error:
        text = (
            f"cannot be reached ({first_line(error)}); pip install 'opt-in[remote]' brings stores, some with a package"
        )
        raise refusal(text, text) from None


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
        text = "another optin is writing there; wait, or name another folder with --out"
        raise refusal(folder, text) from None
    try:
        yield
    finally:
        lock.release()


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return str(error).partition("\n")[0]
