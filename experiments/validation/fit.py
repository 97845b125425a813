"""The posterior of traits and weights by likelihood: decisions by the law of the cascade, the order by plays.

What the decisions of past regimes read is sampled by `sampler`, in coordinates in which the prior is standard normal.
All else keeps its prior, as the decisions say nothing of it.

The drafting episode has no likelihood in closed form, so that its likelihood stays a mean over plays
(`likelihood.order_kernel`). It reads the officials, the President and the weights of drafting, which no decision reads,
and of what decisions read only the labs' shares of the frontier. Each particle is therefore given several draws of what
the decisions do not read, and these are weighted by the order: importance sampling with unbiased weights, exact as the
number of draws grows (Fearnhead, Papaspiliopoulos & Roberts 2008). Its weights depend little on anything sampled
before, so that little is lost: how many draws are left is in `Posterior.effective_draws`.

The particles are several samples that have nothing in common, so that the difference of their means says how many
independent draws they are worth.

References
----------
Fearnhead, Papaspiliopoulos & Roberts (2008), *Journal of the Royal Statistical Society B* 70: 755-777.
"""

from typing import NamedTuple

import numpy as np

from model.draws import Array, quantiles, stream
from model.scenario import Entry, Scenario

from ..measures.intervals import Interval
from .asking import Asking, set_chances
from .episodes import fitted_paths, play_drafting
from .likelihood import chosen, effective_draws, normalised, order_kernel
from .posterior import ERROR_RATE, LEVEL, Fitted, interval
from .record import Record
from .record_likelihood import Decisions, decisions, log_chances
from .sampler import LogLikelihood, Sample, sample, worth

GRID = 4096  # places at which the mean of a prior is worked out
MIDDLE = 0.5


class Effort(NamedTuple):
    """How much is drawn: ``samples`` of ``particles`` each; ``copies`` of a particle that play drafting ``times``."""

    samples: int
    particles: int
    copies: int
    times: int


FULL = Effort(samples=8, particles=256, copies=4, times=32)


class Problem(NamedTuple):
    """What is fitted to which decisions: the ``read`` columns of ``paths``, whose priors ``entries`` hold."""

    entries: tuple[Entry, ...]
    read: tuple[int, ...]
    decisions: Decisions

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all fitted parameters."""
        return tuple(entry.path for entry in self.entries)

    def theta(self, points: Array) -> Array:
        """Parameters at some points of the sampler, what is not read at its median: array (points, paths).

        Parameters
        ----------
        points : array (points, read columns)
            Standard normal under the prior.
        """
        from scipy.special import ndtr

        places = np.full((len(points), len(self.entries)), MIDDLE)
        places[:, self.read] = ndtr(points)
        return self.at(places)

    def at(self, places: Array) -> Array:
        """Parameters at places in their priors (0..1): array (draws, paths)."""
        drawn = quantiles(self.entries, places.T)
        return np.column_stack([drawn[path] for path in self.paths])

    @property
    def dimensions(self) -> int:
        """Of the sampler's points."""
        return len(self.read)

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set of the labs of a regime to join it: array (points, sets)."""
        return set_chances(self.decisions.regimes[row], self.theta(points))

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each regime's row at some points: array (points, regimes)."""
        return log_chances(self.decisions, self.theta(points), workers)

    def log_likelihood(self, workers: int) -> LogLikelihood:
        """The log of the chance of all decisions at some points."""
        return lambda points: self.log_chances(points, workers).sum(axis=1)


class Posterior(NamedTuple):
    """Weighted draws from the posterior.

    ``places`` and ``theta`` have a row a draw and a column a path: the place in the prior (0..1), and the value.
    ``weights`` sum to 1. The draws of a particle stand together, ``copies`` of them, those of a sample as well.
    """

    problem: Problem
    places: Array
    theta: Array
    weights: Array
    copies: int
    samples: tuple[Sample, ...]
    seed: int

    @property
    def particle_weights(self) -> Array:
        """The weight of each particle: the sum over its copies."""
        return np.asarray(self.weights.reshape(-1, self.copies).sum(axis=1))

    @property
    def effective_draws(self) -> Array:
        """The effective sample size for each path: array (paths,).

        Of what decisions read no greater than what the samples are worth before the order weighs them.
        """
        particles = effective_draws(self.particle_weights)
        independent = min(1.0, worth(self.samples) / len(self.particle_weights))
        sizes = np.full(len(self.problem.paths), effective_draws(self.weights))
        sizes[list(self.problem.read)] = particles * independent
        return sizes

    def chances(self, regime: Asking) -> Array:
        """The chance of each set of labs to join a regime, which may be one that was left out: array (sets,)."""
        first = slice(None, None, self.copies)  # decisions read nothing in which copies differ
        return np.asarray(self.particle_weights @ set_chances(regime, self.theta[first]))

    def resampled(self, count: int) -> Array:
        """Equally likely draws: array (count, paths)."""
        luck = stream(self.seed, 0, "resampling")
        return np.asarray(self.theta[luck.permutation(chosen(self.weights, count, luck))])


def problem(record: Record, priors: Scenario) -> Problem:
    """What is fitted to the decisions of a record."""
    entries = tuple(priors.entries[path] for path in fitted_paths(priors))
    of_record = decisions(record, priors)
    return Problem(entries, tuple(of_record.reads), of_record)


def fit(record: Record, priors: Scenario, effort: Effort, seed: int, workers: int) -> Posterior:
    """The posterior of all fitted parameters, given a record."""
    to_fit = problem(record, priors)
    log_likelihood = to_fit.log_likelihood(workers)
    samples = tuple(
        sample(log_likelihood, len(to_fit.read), effort.particles, seed, f"sample {number}")
        for number in range(effort.samples)
    )
    copies = 1 if record.order is None else effort.copies
    places = _places(to_fit, np.concatenate([each.points for each in samples]), copies, seed)
    theta = to_fit.at(places)
    weights = np.full(len(theta), 1.0 / len(theta))
    if record.order is not None:
        played = play_drafting(record.labs, to_fit.paths, theta, effort.times, seed, workers)
        fits = order_kernel(played, record.order).mean(axis=1)
        weights = normalised(np.log(np.maximum(fits, np.finfo(float).tiny)))
    return Posterior(to_fit, places, theta, weights, copies, samples, seed)


def _places(to_fit: Problem, points: Array, copies: int, seed: int) -> Array:
    from scipy.special import ndtr

    places = stream(seed, 0, "places").random((len(points) * copies, len(to_fit.entries)))
    places[:, to_fit.read] = np.repeat(ndtr(points), copies, axis=0)
    return places


def fitted(posterior: Posterior) -> list[Fitted]:
    """Prior and posterior of every parameter, and whether the record informs it.

    Kolmogorov's test of the places in the prior, uniform if nothing is learnt, with the effective sample size in place
    of the number of draws, at `ERROR_RATE` over all parameters.
    """
    from scipy.special import kolmogorov

    sizes, parameters = posterior.effective_draws, []
    for column, entry in enumerate(posterior.problem.entries):
        distance = _ks_distance(posterior.places[:, column], posterior.weights)
        informed = bool(kolmogorov(distance * np.sqrt(sizes[column])) < ERROR_RATE / len(sizes))
        after = interval(posterior.theta[:, column], posterior.weights)
        parameters.append(Fitted(entry.path, _prior(entry), after, distance, informed))
    return parameters


def _prior(entry: Entry) -> Interval:
    ends = np.array([(1.0 - LEVEL) / 2, (1.0 + LEVEL) / 2])
    grid = (np.arange(GRID) + 0.5) / GRID
    low, high, *values = quantiles([entry], np.concatenate([ends, grid])[None])[entry.path].tolist()
    return Interval(float(np.mean(values)), low, high)


def _ks_distance(places: Array, weights: Array) -> float:
    """The largest difference of a weighted distribution function from the uniform one."""
    order = np.argsort(places, kind="stable")
    up_to = np.cumsum(weights[order])
    before = up_to - weights[order]
    return float(max(np.abs(up_to - places[order]).max(), np.abs(before - places[order]).max()))
