"""States that join treaties: the joining rule of the model beside simple rules, on a record of the United Nations."""

import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from model.problems import refusal

from ..results.words import bracketed
from .page import WIDTH, section
from .scoring import both_tables, counts_table, scores_table, verdict
from .tables import Record
from .treaty_acts import FOLDS, LEAST_ACTS, YEARS, as_regimes, by_time, could_join, folds, read_acts, usable_treaties
from .treaty_predictions import CALM, MODEL, SIMPLE, Comparison, Estimates, compared, estimates, fitted_rules, predict

SOURCE = "UN Treaty Collection through zmjones/untreaties (003ce13, 2015); no licence stated, so not shipped here"
COMPANY_SEEN = "Company makes states join, beside a shock that all of them share"
COMPANY_NOT_SEEN = "Company does not make states join once a shock that all of them share is allowed for"
READING = (
    "Excess: how much worse than the model (below 0: better). 95% intervals over treaties. In all scores less is "
    "better; the ranked probability score is in states."
)
CAVEAT = (
    "A lasting taste for one treaty, which this rule lacks, would pull the weight of company below 0: who is still out "
    "after many have joined is reluctant. Which states could join is read from their other acts; the record holds only "
    "treaties that many have joined by now."
)


class Treaties(NamedTuple):
    """All that was found on a record of treaties.

    ``left_out``: every treaty predicted from the other folds; ``newest``: the newest from those that were over.
    """

    record: Record
    seed: int
    left_out: Comparison
    newest: Comparison
    estimates: Estimates

    def headline(self) -> str:
        """Whether the model beats simple rules, for who joins and for how many."""
        its = self.left_out
        return (
            f"Which states join a treaty: the model {verdict(its.scores, SIMPLE)}. How many: its 90% intervals hold "
            f"{_covered(its, MODEL)} of {len(its.predicted)} treaties, without a shock in common {_covered(its, CALM)}."
        )

    def text(self) -> str:
        """The comparison as text, the headline first."""
        return "\n".join(
            [
                self.headline(),
                *self._sentences(),
                "",
                f"{len(self.left_out.predicted)} treaties in {FOLDS} folds, {self.left_out.decisions:,} decisions",
                "",
                *self._tables(self.left_out),
                "",
                f"The newest {len(self.newest.predicted)} treaties, from those whose {YEARS} years were over",
                "",
                *self._tables(self.newest),
                "",
                *textwrap.wrap(f"{READING} {CAVEAT}", WIDTH),
            ]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "record": self.record.data(),
            "seed": self.seed,
            "left_out": self.left_out.data(),
            "newest": self.newest.data(),
            "estimates": self.estimates.data(),
        }

    def page(self) -> str:
        """The comparison for the page on validation, as Markdown."""
        return section(
            "States that join treaties",
            SOURCE,
            [self.record],
            "optin yardstick treaties treaties.csv",
            [self.headline(), *self._sentences(), CAVEAT],
            both_tables(self.left_out.scores, self.left_out.how_many, MODEL, "states"),
        )

    def _sentences(self) -> list[str]:
        its = self.estimates
        spreads = (its.shock_sd, its.shock_sd_alone, its.shock_sd_rasch)
        full, alone, rasch = (f"{bracketed(one.interval, '.2f')} (standard error {one.error:.2f})" for one in spreads)
        seen = its.company.interval.low > 0.0
        return [
            f"{COMPANY_SEEN if seen else COMPANY_NOT_SEEN}: all others in rather than none weighs "
            f"{bracketed(its.company.interval, '+.1f')} logits with the shock, "
            f"{bracketed(its.company_calm.interval, '+.1f')} without it.",
            f"The shock has a standard deviation of {full} logits; without company {alone}, by Rasch's rule {rasch}.",
            f"The newest {len(self.newest.predicted)} treaties, from older ones: the model "
            f"{verdict(self.newest.scores, SIMPLE)}; its 90% intervals hold {_covered(self.newest, MODEL)} of them.",
        ]

    def _tables(self, comparison: Comparison) -> list[str]:
        return [
            *scores_table(comparison.scores, MODEL),
            "",
            *counts_table(comparison.how_many, MODEL, "states"),
        ]


def _covered(comparison: Comparison, name: str) -> str:
    return bracketed(comparison.how_many[name].covered, ".0%")


def compare(records: Sequence[Path], seed: int, workers: int) -> Treaties:
    """The joining rule beside simple rules on a record of treaties.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out treaties.
    """
    acts, record = read_acts(records[0])
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
            raise refusal(record.file, text)
    return Treaties(record, seed, compared(left_out, seed), compared(newest[1], seed), fitted)
