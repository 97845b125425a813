"""A check of the fitting procedure on synthetic records: made by the model itself, with known parameters.

One draw of the table is taken as the truth. The first time it was played, misread as the kernel says, is its record;
all other draws are weighted by that record. If the procedure is right, the truth lies anywhere in the posterior with
the same probability: its rank is uniform, and 90% intervals hold it in 90% of records.

References
----------
Cook, Gelman & Rubin (2006), *Journal of Computational and Graphical Statistics* 15: 675-692; Talts, Betancourt,
Simpson, Vehtari & Gelman (2018), *Validating Bayesian inference algorithms with simulation-based calibration*,
arXiv:1804.06788.
"""

from typing import NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import Interval, average
from .episodes import joined
from .likelihood import DAYS, MISREAD, MOST_DAYS, MOST_WEEKS, WEEKS, effective_draws
from .posterior import LEVEL, Table
from .record import Record

BINS = 10  # of a rank histogram
ERROR_RATE = 0.01  # probability that a right procedure fails, over all parameters


class SyntheticCheck(NamedTuple):
    """The result of the check.

    ``ranks`` (records, parameters): the share of the posterior below the truth; ``effective_draws`` (records): the
    effective sample size of each posterior; ``p``: by parameter, the probability of a histogram as uneven as this one
    if ranks are uniform; ``coverage``: the share of the 90% intervals that hold the truth, over the records.
    """

    ranks: Array
    effective_draws: Array
    p: Array
    coverage: Interval

    @property
    def passed(self) -> bool:
        """Whether the ranks of all parameters together are consistent with uniform ones (Bonferroni)."""
        return bool(self.p.min() * len(self.p) > ERROR_RATE)


def synthetic_record(record: Record, table: Table, draw: int, luck: np.random.Generator) -> Record:
    """The record of the first time that a draw was played, misread as the kernel says; asked as in `record`."""
    sets = joined(table.outcomes.signed[draw, 0], len(table.labs)).astype(float)
    entries = np.where(luck.random(sets.shape) < MISREAD, 1.0 - sets, sets)
    entries = np.where(record.joined == 0.5, 0.5, entries)
    return record._replace(
        joined=np.where(record.asked, entries, np.nan), order=_misread_order(table.outcomes.order[draw, 0], luck)
    )


def _misread_order(order: Array, luck: np.random.Generator) -> Array:
    sent_back, signed = np.where(luck.random(2) < MISREAD, 1.0 - order[:2], order[:2])
    if not signed:
        return np.array([sent_back, 0.0, np.nan, np.nan])
    if order[1] == 1.0:
        days, week = order[2:] + luck.normal(0.0, (DAYS, WEEKS))
    else:
        days, week = luck.uniform(0.0, (MOST_DAYS, MOST_WEEKS))
    return np.array([sent_back, 1.0, days, week])


def check_on_synthetic_records(table: Table, record: Record, records: int) -> SyntheticCheck:
    """Rank the truth in the posteriors of some synthetic records, whose truths are the table's first draws."""
    luck = stream(table.seed, 0, "synthetic records")
    ranks, sizes = [], []
    for draw in range(records):
        weights = _without(table.weights(synthetic_record(record, table, draw, luck)), draw)
        ranks.append(weights @ (table.theta < table.theta[draw]))
        sizes.append(effective_draws(weights))
    return _check(np.array(ranks), np.array(sizes))


def _without(weights: Array, draw: int) -> Array:
    """The weights of all other draws: the truth itself is left out."""
    others = weights.copy()
    others[draw] = 0.0
    return np.asarray(others / others.sum())


def _check(ranks: Array, sizes: Array) -> SyntheticCheck:
    from scipy.stats import chisquare

    bins = (ranks * BINS).astype(int).clip(0, BINS - 1)
    counts = np.stack([np.bincount(column, minlength=BINS) for column in bins.T])
    inside = np.abs(ranks - 0.5) <= LEVEL / 2
    return SyntheticCheck(ranks, sizes, np.asarray(chisquare(counts, axis=1).pvalue), average(inside.mean(axis=1)))
