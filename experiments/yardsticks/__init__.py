"""Records that nobody here made, and what they say about parts of the model: a kind of record, a module.

To add a kind: one entry in `KINDS`; a module here of its name with `compare`, which makes a finding of the files; one
in `pages/` with its words; and one in `experiments/figures/yardsticks/` with `figures`, which draws it. Nothing heavy
is imported here.
"""

import hashlib
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import listed

from .. import SEED
from ..results.finding import Finding

RESULTS = Path(__file__).parent / "results"  # of each kind, as the command wrote them; VALIDATION.md prints them


class Kind(NamedTuple):
    """A kind of record: what it holds, where it is from, and its files as they are called there.

    Of the files the last ``optional`` may be missing.
    """

    title: str
    about: str
    source: str
    files: tuple[str, ...]
    optional: int = 0

    @property
    def needs(self) -> int:
        """How many files it needs at least."""
        return len(self.files) - self.optional

    def files_text(self) -> str:
        """Its files, as a sentence lists them."""
        further = f", and {listed(self.files[self.needs :])} if at hand" if self.optional else ""
        return listed(self.files[: self.needs]) + further


KINDS = {
    "decisions": Kind(
        "How decisions are settled: the European Union",
        "how decisions were settled",
        "DEU III, Arregui & Perarnaud (2021), doi 10.34810/data53, CC BY 4.0",
        ("deu3.csv", "deu3_split.json"),
        1,
    ),
    "treaties": Kind(
        "Who joins, and how many: treaties",
        "which states join treaties, and how many",
        "UN Treaty Collection through zmjones/untreaties (003ce13, 2015), no licence stated",
        ("treaties.csv",),
    ),
    "laboratory": Kind(
        "Why one joins: choices in a laboratory",
        "choices to join, with stated beliefs",
        "ryutau/voluntary-collaboration (55fa1b7), Apache-2.0",
        ("voluntary-collaboration.csv",),
    ),
    "quorum": Kind(
        "Whether a quorum makes parties join: Paris and Kigali",
        "ratifications before and after a quorum",
        "openclimatedata, from the UN Treaty Collection",
        ("paris.csv", "kigali.csv"),
    ),
}


class Measured(NamedTuple):
    """What files of a kind say: the finding, what the files were, and the command that makes it again."""

    kind: str
    files: tuple[dict[str, str], ...]
    command: str
    finding: Finding

    def headline(self) -> str:
        """The one sentence to remember, with its interval."""
        return self.finding.headline()

    def text(self) -> str:
        """The whole of it for a terminal, the headline first."""
        return self.finding.text()

    def data(self) -> dict[str, Any]:
        """The whole of it as plain data that JSON can hold, with where it is from."""
        return {
            "kind": self.kind,
            "source": KINDS[self.kind].source,
            "files": list(self.files),
            "command": self.command,
            **self.finding.data(),
        }


def compare(kind: str, paths: Sequence[Path], seed: int, workers: int) -> Measured:
    """What files of a kind say.

    Raises
    ------
    BadInput
        Where the files are no such record.
    """
    compare_files: Callable[[Sequence[Path], int, int], Finding]
    compare_files = importlib.import_module(f".{kind}", __name__).compare
    finding = compare_files(paths, seed, workers)
    files = tuple({"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in paths)
    seeded = [] if seed == SEED else ["--seed", str(seed)]
    return Measured(kind, files, " ".join(["optin yardstick", kind, *(path.name for path in paths), *seeded]), finding)
