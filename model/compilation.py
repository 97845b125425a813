"""How the rules and turns get compiled: from outside, so that they never hear of it, and cached.

The compiled code is cached in a folder named after a hash of everything it was made from, so that an edit of any
rule or turn is never answered with an old kernel. What a loss of power has left of it is removed and made anew.
"""

import contextlib
import hashlib
import importlib
import inspect
import os
import pickle
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from . import jumps, rules, turns  # noqa: F401 - jumps says what compiled code does for `drawn`
from .fingerprint import fingerprint
from .turns.luck import drawn


def _cache_folder() -> Path:
    """Where the compiled code of exactly these sources, libraries and Python is kept."""
    sources = hashlib.sha256(f"{numba.__version__} {np.__version__} {fingerprint()}".encode())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "opt-in" / sources.hexdigest()[:24]


def is_compiled() -> bool:
    """Whether code compiled from exactly these sources is at hand."""
    return any(CACHE_FOLDER.rglob("*.nbc"))


class _Anything:
    """What stands for every object of a pickle that is only walked through: it takes whatever it is given."""

    def __new__(cls, *_: Any, **__: Any) -> "_Anything":
        return super().__new__(cls)

    def __call__(self, *_: Any) -> "_Anything":
        return self

    def __setstate__(self, _: Any) -> None: ...

    def __setitem__(self, *_: Any) -> None: ...

    append = extend = add = __setstate__


class _Walk(pickle.Unpickler):
    """Walks through a pickle and imports nothing of it."""

    def find_class(self, *_: str) -> Any:
        """Nothing of what is named."""
        return _Anything


def _is_damaged(path: Path) -> bool:
    """Whether a file of the cache is not one pickle, or two in an index; nothing in it is executed."""
    try:
        with path.open("rb") as file:
            for _ in range(2 if path.suffix == ".nbi" else 1):
                _Walk(file).load()
            return bool(file.read(1))
    except OSError:  # another process has just replaced it, or it is somebody else's
        return False
    except Exception:  # of any kind: the bytes can be anything
        return True


def _remove_damaged() -> None:
    """Remove what numba could not read and would stop at."""
    for path in CACHE_FOLDER.rglob("*.nb[ci]"):
        if _is_damaged(path):
            with contextlib.suppress(OSError):
                path.unlink()


def _register_functions() -> None:
    """Tell numba that every rule and every turn may be compiled; for `drawn` there is something faster.

    They are put where they are called, since a call would copy the whole table (``DECISIONS.md``).
    """
    for package in (rules, turns):
        for entry in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            module = importlib.import_module(entry.name)
            for _, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == entry.name and function is not drawn:
                    numba.extending.register_jitable(forceinline=True)(function)


CACHE_FOLDER = _cache_folder()
_remove_damaged()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]  # before the first cache=True
_register_functions()


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """A function as numba compiles it, with its cache; why it counts no references is said in ``DECISIONS.md``."""
    machine: Function = numba.njit(cache=True, nogil=True, _nrt=False)(function)  # type: ignore[call-overload]
    return machine
