"""States that join treaties: the joining rule of the model beside simple rules, on a record of the United Nations."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import refusal

from .pages import treaties as words
from .pages import wrapped
from .scoring import counts_table, scores_table
from .treaty_acts import FOLDS, LEAST_ACTS, YEARS, as_regimes, by_time, could_join, folds, read_acts, usable_treaties
from .treaty_predictions import MODEL, Comparison, Estimates, compared, estimates, fitted_rules, predict


class Treaties(NamedTuple):
    """All that was found on a record of treaties.

    ``left_out``: every treaty predicted from the other folds; ``newest``: the newest from those that were over.
    """

    left_out: Comparison
    newest: Comparison
    estimates: Estimates

    def headline(self) -> str:
        """Whether the model beats simple rules, for who joins and for how many."""
        return words.headline(self.data())

    def text(self) -> str:
        """The comparison as text, the headline first."""
        data = self.data()
        section = words.section(data)
        return "\n".join(
            [
                *wrapped([words.headline(data)]),
                *wrapped(words.sentences(data)),
                "",
                f"{len(self.left_out.predicted)} treaties in {FOLDS} folds, {self.left_out.decisions:,} decisions",
                "",
                *_tables(self.left_out),
                "",
                f"The newest {len(self.newest.predicted)} treaties, from those whose {YEARS} years were over",
                "",
                *_tables(self.newest),
                "",
                *wrapped([section.reading, section.limits]),
            ]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "left_out": self.left_out.data(),
            "newest": self.newest.data(),
            "estimates": self.estimates.data(),
        }


def _tables(comparison: Comparison) -> list[str]:
    return [*scores_table(comparison.scores, MODEL), "", *counts_table(comparison.how_many, MODEL, "states")]


def compare(records: Sequence[Path], seed: int, workers: int) -> Treaties:
    """The joining rule beside simple rules on a record of treaties.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out treaties.
    """
    acts = read_acts(records[0])
    usable = usable_treaties(acts)
    all_of_them = as_regimes(acts, usable, could_join(acts, usable, acts.last))
    with ThreadPoolExecutor(workers) as pool:  # the fit is compiled, and lets others go on
        whole = pool.submit(fitted_rules, all_of_them)
        *by_fold, newest = pool.map(lambda split: predict(acts, split, seed), [*folds(acts), by_time(acts)])
        fitted = estimates(whole.result(), [rules for rules, _ in by_fold])
    left_out = sorted((one for _, predicted in by_fold for one in predicted), key=lambda one: one.treaty)
    for predicted in (left_out, newest[1]):
        if not predicted:
            text = f"found no treaty that is left for a test: too few states act on {LEAST_ACTS} of the others"
            raise refusal(str(records[0]), text)
    return Treaties(compared(left_out), compared(newest[1]), fitted)
