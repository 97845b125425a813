"""Decisions of the European Union: each way of bargaining beside simple rules."""

from collections.abc import Sequence
from pathlib import Path

from . import decision_scores
from .decision_finding import Decided
from .decision_records import read_decisions, read_split


def compare(paths: Sequence[Path], seed: int, workers: int) -> Decided:  # noqa: ARG001 - nothing is drawn, nothing split
    """How far each rule is from what was decided; a second file says on which issues nothing is fitted.

    Raises
    ------
    BadInput
        Where the files are no such record.
    """
    record = read_decisions(paths[0])
    in_test = read_split(paths[1], record) if len(paths) > 1 else []
    return Decided(decision_scores.compare(record, in_test))
