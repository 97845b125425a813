"""Ratifications before and after a quorum: whether parties that it hangs on join sooner, as in the model's rule."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import refusal

from .pages import quorum as words
from .pages import wrapped
from .quorum_looks import LEAST_PLACEBOS, MODEL, About, about, placebo_days
from .quorum_records import read_treaties
from .scoring import scores_table


class Quorum(NamedTuple):
    """All that was found on treaties with a quorum."""

    treaties: list[About]

    def headline(self) -> str:
        """In which looks pivotality shows."""
        return words.headline(self.data())

    def text(self) -> str:
        """The comparison as text, the headline first."""
        data = self.data()
        looks = words.section(data)
        lines = [*wrapped([words.headline(data)]), *wrapped(words.sentences(data)), "", *looks.table]
        for its in self.treaties:
            lines += ["", f"{its.treaty.name}: decisions of parties in weeks left out", ""]
            lines += scores_table(its.scores, MODEL)
        reading = "Excess: how much worse than the model (below 0: better). In all scores less is better."
        return "\n".join([*lines, "", *wrapped([reading, looks.reading, looks.limits])])

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {"treaties": {its.treaty.name: its.data() for its in self.treaties}}


def compare(records: Sequence[Path], seed: int, workers: int) -> Quorum:  # noqa: ARG001 - nothing is drawn; seconds
    """Ratifications before and after the quorums of Paris and Kigali.

    Raises
    ------
    BadInput
        Where the files are no such records, or have too few days for placebos.
    """
    treaties = read_treaties(records)
    for treaty, record in zip(treaties, records, strict=True):
        days = len(placebo_days(treaty))
        if days < LEAST_PLACEBOS:
            raise refusal(str(record), f"found {days} days for placebo quorums; at least {LEAST_PLACEBOS} are needed")
    return Quorum([about(treaty) for treaty in treaties])
