"""Simulation-based calibration: whether a procedure finds what is in records made with known parameters.

Parameters are drawn from the prior and a record is made with them. If the procedure draws from the posterior of that
record, the truth is one more such draw: its rank among them is uniform, whatever quantity they are ranked by. Ranked
are the parameters and the log likelihood. The latter depends on the record, and so shows what ranks of parameters
cannot: a procedure that does not look at the record at all ranks parameters uniformly (Modrak et al. 2023).

Each quantity's ranks are tested by Kolmogorov-Smirnov. Intervals of parameters that records inform are tested by
themselves, as those of the others hold the truth without any merit of the procedure.

References
----------
Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv:1804.06788; Modrak, Moon, Kim, Buerkner, Huurre, Faltejskova,
Gelman & Vehtari (2023), *Bayesian Analysis*, doi:10.1214/23-BA1404.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import Interval, average
from .asking import set_chances
from .cascade import members
from .fit import Problem
from .posterior import LEVEL
from .record_likelihood import Decisions
from .sampler import LogLikelihood, Sample, sample

INFORMED = 0.1  # share of a parameter's prior variance that records take away on average, from which it is informed
ERROR_RATE = 0.01  # probability that a right procedure fails, over all tests

type Procedure = Callable[[LogLikelihood, int, str], Sample]
"""What draws from a posterior under a standard normal prior, given its dimensions and the name of a stream of luck."""


class Experiment(NamedTuple):
    """How records are made and read.

    ``make`` makes a record with the parameters at a point (dimensions,), which are standard normal under the prior;
    ``read`` gives the log likelihood of a record.
    """

    dimensions: int
    make: Callable[[Array, np.random.Generator], Any]
    read: Callable[[Any], LogLikelihood]


class RankCheck(NamedTuple):
    """The result of the check.

    ``ranks`` (records, dimensions + 1) of the truth among the draws, 0..1, the log likelihood last; ``shrunk``
    (dimensions,) the share of the prior's variance that records take away on average; ``coverage`` how often 90%
    intervals of informed parameters hold the truth (NaN if none is informed), with its interval over the records;
    ``p`` the probability of ranks as uneven in a right procedure, by quantity, and of that coverage, which is last.
    """

    ranks: Array
    shrunk: Array
    coverage: Interval
    p: Array

    @property
    def informed(self) -> Array:
        """Which parameters records inform: array (dimensions,) of bool."""
        return self.shrunk > INFORMED

    @property
    def passed(self) -> bool:
        """Whether all tests together are consistent with a right procedure (Bonferroni)."""
        return bool(self.p.min() * len(self.p) > ERROR_RATE)


def check_ranks(experiment: Experiment, procedure: Procedure, records: int, seed: int) -> RankCheck:
    """Have a procedure fit so many records made with known parameters."""
    ranks, variances = [], []
    for number in range(records):
        luck = stream(seed, number, "synthetic record")
        truth = luck.standard_normal(experiment.dimensions)
        log_likelihood = experiment.read(experiment.make(truth, luck))
        drawn = procedure(log_likelihood, experiment.dimensions, f"synthetic record {number}")
        true_values = np.append(truth, log_likelihood(truth[None]))
        ranks.append(_ranks(np.column_stack([drawn.points, drawn.log]), true_values, luck))
        variances.append(drawn.points.var(axis=0))
    return _check(np.array(ranks), 1.0 - np.mean(variances, axis=0))


def sampled(particles: int, seed: int) -> Procedure:
    """The procedure in use, with so many particles."""
    return lambda log_likelihood, dimensions, name: sample(log_likelihood, dimensions, particles, seed, name)


def _ranks(drawn: Array, truth: Array, luck: np.random.Generator) -> Array:
    """Where the truth lies among equally likely draws (draws, quantities), ties broken at random."""
    below, level = (drawn < truth).sum(axis=0), (drawn == truth).sum(axis=0)
    return np.asarray((below + luck.random(len(truth)) * (level + 1)) / (len(drawn) + 1))


def _check(ranks: Array, shrunk: Array) -> RankCheck:
    from scipy.stats import kstest, ttest_1samp

    p = [float(kstest(column, "uniform").pvalue) for column in ranks.T]
    coverage = Interval(np.nan, np.nan, np.nan)
    if (shrunk > INFORMED).any():
        inside = np.abs(ranks[:, :-1][:, shrunk > INFORMED] - 0.5) <= LEVEL / 2
        by_record = inside.mean(axis=1)
        coverage = average(by_record)
        p.append(float(ttest_1samp(by_record, LEVEL).pvalue))
    return RankCheck(ranks, shrunk, coverage, np.array(p))


# ---------------------------------------------------------------- records of past regimes


def experiment_on(problem: Problem, workers: int) -> Experiment:
    """Records of the same regimes by the law, known and unknown as in the record that is fitted."""

    def make(point: Array, luck: np.random.Generator) -> Sequence[Array]:
        theta = problem.theta(point[None])
        drawn = [luck.choice(len(fits), p=_shares(set_chances(regime, theta)[0])) for regime, fits in _rows(problem)]
        return [_as_known(fits, number) for (_, fits), number in zip(_rows(problem), drawn, strict=True)]

    def read(fits: Sequence[Array]) -> LogLikelihood:
        made = Decisions(problem.decisions.regimes, tuple(fits))
        return problem._replace(decisions=made).log_likelihood(workers)

    return Experiment(len(problem.read), make, read)


def _rows(problem: Problem) -> list[Any]:
    return list(zip(problem.decisions.regimes, problem.decisions.fits, strict=True))


def _shares(chances: Array) -> Array:
    positive = np.maximum(chances, 0.0)  # rounding may leave less
    return np.asarray(positive / positive.sum())


def _as_known(fits: Array, number: int) -> Array:
    """The row of a set of labs, where those are open that are open in another row: array (sets,)."""
    sets = np.arange(len(fits))
    labs = int(len(fits) - 1).bit_length()
    is_open = np.array([np.array_equal(fits, fits[sets ^ 1 << lab]) for lab in range(labs)])
    return np.asarray(((members(labs) == members(labs)[number]) | is_open).all(axis=1).astype(float))
