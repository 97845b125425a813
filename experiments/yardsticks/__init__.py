"""Records that nobody here made, and what they say about parts of the model: a kind of record, a module.

To add a kind: one entry in `KINDS`; a module here of its name with `compare`, which makes a `Yardstick` of the files;
and one in `experiments/figures/yardsticks/` of its name with `figures`, which draws it. Nothing heavy is imported here.
"""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from ..results.finding import Finding


class Kind(NamedTuple):
    """A kind of record: what it holds, and its files as they are called where they come from.

    Of the files the last ``optional`` may be missing.
    """

    about: str
    files: tuple[str, ...]
    optional: int = 0


KINDS = {
    "decisions": Kind("how decisions were settled", ("deu3.csv", "deu3_split.json"), 1),
    "treaties": Kind("which states join treaties, and how many", ("treaties.csv",)),
    "laboratory": Kind("choices to join, with stated beliefs", ("voluntary-collaboration.csv",)),
    "quorum": Kind("ratifications before and after a quorum", ("paris.csv", "kigali.csv")),
}


class Yardstick(Finding, Protocol):
    """What a record says about a part of the model."""

    def page(self) -> str:
        """It as a section of the page on validation, in at most 30 lines of Markdown."""


def compare(kind: str, paths: Sequence[Path], seed: int, workers: int) -> Yardstick:
    """What files of a kind say.

    Raises
    ------
    BadInput
        Where the files are no such record.
    """
    compare_files: Callable[[Sequence[Path], int, int], Yardstick]
    compare_files = importlib.import_module(f".{kind}", __name__).compare
    return compare_files(paths, seed, workers)
