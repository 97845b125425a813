"""The likelihood of a record's decisions: which labs joined which regimes, by the law of `cascade`.

A lab that joined in part favours neither side: the chances of both are added up. So are those of a lab that was asked
of which nothing is known. No entry is taken to be misread. The record holds public signatures, each with a source, and
a lab's taste is all that its decision needs that the rules do not list; a chance of 5% for each of a hundred entries
to be wrong was the tolerance of a comparison with plays, and would say that five of the signatures are not there.
"""

import concurrent.futures
import itertools
from typing import NamedTuple

import numpy as np

from model.draws import BLOCK, Array
from model.scenario import Scenario

from .asking import POINTS, Asking, asking, record_chances
from .cascade import FLOOR, members
from .record import Record, regime

AT_ONCE = BLOCK // POINTS  # draws for which a regime is worked out in one piece


class Decisions(NamedTuple):
    """The regimes of a record, and the chance of each one's row under every set of its labs."""

    regimes: tuple[Asking, ...]
    fits: tuple[Array, ...]

    @property
    def reads(self) -> list[int]:
        """The columns of the draws that the decisions depend on."""
        return sorted({column for regime in self.regimes for column in regime.reads})


def decisions(record: Record, priors: Scenario) -> Decisions:
    """The decisions of a record, for draws of the fitted parameters (`episodes.fitted_paths` of the priors)."""
    regimes = tuple(asking(regime(name), priors) for name in record.regimes)
    rows = zip(regimes, record.joined, strict=True)
    return Decisions(regimes, tuple(fits(row[[record.labs.index(lab) for lab in asked.labs]]) for asked, row in rows))


def fits(observed: Array) -> Array:
    """The chance of a row under each set of labs, 1 or 0: array (sets,).

    Parameters
    ----------
    observed : array (labs,)
        1 joined, 0 did not; 0.5 (in part) and NaN (not known) go with both.
    """
    open_to_both = np.isnan(observed) | (observed == 0.5)
    return np.asarray(((members(len(observed)) == observed) | open_to_both).all(axis=1).astype(float))


def log_chances(decisions: Decisions, theta: Array, workers: int) -> Array:
    """The log of the chance of each regime's row under each draw: array (draws, regimes).

    Parameters
    ----------
    theta : array (draws, fitted paths)
    """
    starts = range(0, len(theta), AT_ONCE)
    pieces = list(itertools.product(range(len(decisions.regimes)), starts))

    def piece(which: tuple[int, int]) -> Array:
        number, first = which
        return record_chances(decisions.regimes[number], theta[first : first + AT_ONCE], decisions.fits[number])

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        worked_out = list(pool.map(piece, pieces))
    columns = [
        np.concatenate(worked_out[k * len(starts) : (k + 1) * len(starts)]) for k in range(len(decisions.regimes))
    ]
    return log_of(np.column_stack(columns))


def log_of(chances: Array) -> Array:
    """The logarithm of chances, finite where rounding left nothing of one."""
    return np.asarray(np.log(np.maximum(chances, FLOOR)))
