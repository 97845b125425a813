"""Files of results: where they lie, how they are read, and how they are written whole or not at all."""

import contextlib
import errno
import json
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from model.problems import plain, refusal

from .errors import Unfinished

LOCK = ".lock"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # the same command can go on once there is room


def located(text: str) -> Path:
    """Where a path leads: on this machine, or by a URL to any store that fsspec knows, as s3://bucket/results.

    Raises
    ------
    BadInput
        Where the store is unknown or does not answer, or a URL of a file names no absolute path.
    """
    if "://" not in text:
        return Path(text)
    scheme, _, rest = text.partition("://")
    if scheme in ("file", "local") and not rest.startswith("/"):
        raise refusal(plain(text), f"names no file; {scheme}:///absolute/path is allowed, or the path alone")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of stores that are little tried
            from upath import UPath

            path = UPath(text)
            path.fs  # noqa: B018  # brought late, and may want a package of its own
            if path.protocol in ("file", "local"):
                return Path(path.path)
            (path / "x").exists()  # asks the store, which may be down
    except Exception as error:  # each store has exceptions of its own
        way = "pip install 'opt-in[remote]' brings stores, some with a package"
        raise refusal(plain(text), f"cannot be reached ({first_line(error)}); {way}") from None
    if not path.protocol:
        raise refusal(plain(text), "names no store; a path is allowed, or a URL as s3://bucket/results")
    return cast(Path, path)


# ---------------------------------------------------------------- reading


def is_file(path: Path) -> bool:
    """Whether there is a regular file: no folder, and no pipe or device, which could hold up whoever opens it."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_file(path: Path) -> bytes | None:
    """The content of a regular file; None where there is nothing.

    Raises
    ------
    BadInput
        Where something else than a file is there, or it cannot be read.
    """
    try:
        if path.is_file():
            return path.read_bytes()
        if not os.path.lexists(path) if isinstance(path, Path) else not path.exists():
            return None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise refusal(path, f"cannot be read: {reason(error)}") from None
    raise refusal(path, "is no file; remove it, or name other results")


# ---------------------------------------------------------------- writing


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also where power is lost; to another machine at once, as its stores want it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(path, Path):
        path.write_bytes(content)
        return
    with _replacing(path) as file:
        file.write(content)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which takes its place once all of it is on the disk."""
    part = path.with_name(path.name + ".part")  # the same name each time, so that nothing stays behind after a kill
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    try:
        part.unlink(missing_ok=True)  # whatever it is
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _fsync_folder(path.parent)


def _fsync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def output(path: Path) -> Iterator[BinaryIO]:
    """What the user has named to be written: a file is replaced as a whole, a pipe or a device is written into.

    Raises
    ------
    BadInput
        Where it cannot be written.
    Unfinished
        Where the disk is full.
    """
    with told(path):
        if not isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                yield file
        elif is_special(path):
            with _stream(path) as file:
                yield file
        else:
            target = Path(os.path.realpath(path))  # a link stays one
            target.parent.mkdir(parents=True, exist_ok=True)
            with _replacing(target) as file:
                yield file


def is_special(path: Path) -> bool:
    """Whether a path leads to a pipe or a device, or to what this process already writes to."""
    if not isinstance(path, Path):
        return False
    try:
        there = path.stat()
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(there.st_mode) or stat.S_ISDIR(there.st_mode)) or _descriptor(there) is not None


def _descriptor(there: os.stat_result) -> int | None:
    """The number under which this process has a file open for its output or complaints; None if it has not."""
    for number in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(there, os.fstat(number)):
                return number
    return None


@contextlib.contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    descriptor = _descriptor(path.stat())
    if descriptor is None:
        with path.open("wb") as file:
            yield file
    else:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            yield file


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence that a path cannot be written to.

    Raises
    ------
    BadInput
        Where it cannot be written.
    Unfinished
        Where the disk is full.
    """
    try:
        yield
    except (OSError, NotImplementedError) as error:  # the latter from stores that can only be read
        if isinstance(error, BrokenPipeError) and _descriptor(path.stat()) is not None:
            raise  # as in `optin export ... --csv /dev/stdout | head`
        why = f"cannot be written: {reason(error)}"
        if isinstance(error, OSError) and error.errno in FULL:
            raise Unfinished(f"{path}: {why}") from None
        raise refusal(path, why) from None


def write_json(path: Path, data: Any) -> None:
    """Write plain data as JSON, whole or not at all."""
    write_bytes(path, (json.dumps(data, indent=2, allow_nan=False) + "\n").encode())


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to the same folder of this machine; a process that dies lets go.

    Raises
    ------
    BadInput
        Where another process writes there, or nobody may.
    """
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
    except OSError as error:
        if error.errno in FULL:
            raise Unfinished(f"{folder}: cannot be written: {error.strerror}") from None
        text = f"cannot be written to ({error.strerror}); optin report --out FILE reads it, or name another with --out"
        raise refusal(folder, text) from None
    try:
        yield
    finally:
        lock.release()


def reason(error: Exception) -> str:
    """Why the system, or a store, could not do something."""
    return getattr(error, "strerror", None) or first_line(error)


def first_line(error: Exception) -> str:
    """The first line of what an error says, or its name where it says nothing."""
    return plain(str(error).partition("\n")[0]) or type(error).__name__
