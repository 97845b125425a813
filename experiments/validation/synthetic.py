"""Does the procedure find what is known to be true? Records made by the model itself, with known parameters.

A draw of the table is taken for the truth; one of the times it was played, misread as the kernel says, is its record;
all other draws are weighted by that record. If the procedure is right, the truth lies anywhere in the posterior with
the same probability: its rank is uniform, and intervals of 90% hold it in 90% of records.

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
from .likelihood import DAYS, MISREAD, MOST_DAYS, MOST_WEEKS, WEEKS, effective
from .posterior import LEVEL, Table
from .record import Record

BINS = 10  # of a rank histogram
ERROR_RATE = 0.01  # at which a right procedure is called wrong, over all parameters


class Synthetic(NamedTuple):
    """What synthetic records say.

    ``ranks`` (records, parameters): the share of the posterior below the truth; ``worth``: how many draws each
    posterior is worth; ``p``: by parameter, the probability of a histogram as uneven as this one where ranks are
    uniform; ``coverage``: the share of the 90% intervals that hold the truth, over the records.
    """

    ranks: Array
    worth: Array
    p: Array
    coverage: Interval

    @property
    def passed(self) -> bool:
        """Whether the ranks of all parameters together pass for uniform (Bonferroni)."""
        return bool(self.p.min() * len(self.p) > ERROR_RATE)


def made_record(record: Record, table: Table, draw: int, luck: np.random.Generator) -> Record:
    """What the first time that a draw was played says, misread as the kernel says; asked as in the record."""
    sets = joined(table.played.signed[draw, 0], len(table.labs)).astype(float)
    words = np.where(luck.random(sets.shape) < MISREAD, 1.0 - sets, sets)
    words = np.where(record.joined == 0.5, 0.5, words)
    return record._replace(
        joined=np.where(record.asked, words, np.nan), order=_misread(table.played.order[draw, 0], luck)
    )


def _misread(order: Array, luck: np.random.Generator) -> Array:
    """What came of a draft, misread."""
    sent_back, signed = np.where(luck.random(2) < MISREAD, 1.0 - order[:2], order[:2])
    if not signed:
        return np.array([sent_back, 0.0, np.nan, np.nan])
    if order[1] == 1.0:
        days, week = order[2:] + luck.normal(0.0, (DAYS, WEEKS))
    else:
        days, week = luck.uniform(0.0, (MOST_DAYS, MOST_WEEKS))
    return np.array([sent_back, 1.0, days, week])


def synthetic(table: Table, record: Record, records: int) -> Synthetic:
    """Ranks of the truth in the posteriors of some synthetic records, whose truths are the table's first draws."""
    luck = stream(table.seed, 0, "synthetic records")
    ranks, worth = [], []
    for draw in range(records):
        weights = _without(table.weights(made_record(record, table, draw, luck)), draw)
        ranks.append(weights @ (table.theta < table.theta[draw]))
        worth.append(effective(weights))
    return summed(np.array(ranks), np.array(worth))


def _without(weights: Array, draw: int) -> Array:
    """The weights of all other draws: the truth may not speak for itself."""
    others = weights.copy()
    others[draw] = 0.0
    return np.asarray(others / others.sum())


def summed(ranks: Array, worth: Array) -> Synthetic:
    """What ranks say."""
    from scipy.stats import chisquare

    counts = np.stack([np.bincount((its * BINS).astype(int).clip(0, BINS - 1), minlength=BINS) for its in ranks.T])
    inside = np.abs(ranks - 0.5) <= LEVEL / 2
    return Synthetic(ranks, worth, np.asarray(chisquare(counts, axis=1).pvalue), average(inside.mean(axis=1)))
