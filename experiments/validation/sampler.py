"""Draws from a posterior whose prior is standard normal: sequential Monte Carlo with moves that leave the prior alone.

Particles start as draws from the prior. The likelihood is raised to a power that grows from 0 to 1, each time as far
as leaves the weights an effective sample size of `KEPT` of the particles; these are resampled, and moved until they
have forgotten where they were (Del Moral, Doucet & Jasra 2006). A move is a preconditioned Crank-Nicolson step about
the mean and covariance of the particles (Cotter, Roberts, Stuart & White 2013; Pinski, Simpson, Stuart & Weber 2015):
where the likelihood says nothing it is accepted always, however many parameters there are. That is why it is used
here: most traits are informed weakly or not at all. A sampler that follows gradients (NumPyro, BlackJAX) would need
every rule of the model once more in JAX, and 90 MB of compiler, to sample a posterior that is this close to normal.

Several samples that have nothing in common say how many independent draws they are worth, by how much their means
differ (`worth`).

All luck comes from one stream, drawn in one order, so that draws depend on the seed alone.

References
----------
Del Moral, Doucet & Jasra (2006), *Journal of the Royal Statistical Society B* 68: 411-436; Jasra, Stephens, Doucet &
Tsagaris (2011), *Scandinavian Journal of Statistics* 38: 1-22, for the choice of powers; Cotter, Roberts, Stuart &
White (2013), *Statistical Science* 28: 424-446; Pinski, Simpson, Stuart & Weber (2015), *SIAM Journal on Scientific
Computing* 37: A2733-A2757.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from model.draws import Array, stream

from .likelihood import chosen, effective_draws, normalised

KEPT = 0.5  # effective sample size after a rise of the power, as a share of the particles
FORGOTTEN = 0.3  # correlation with where the particles were that ends the moves at a power below 1
FORGOTTEN_LAST = 0.05  # ... and at the last
LEAST_SWEEPS, LEAST_LAST = (
    4,
    16,
)  # of moves, at one power and at the last: what few parameters remember hides in the mean
MOST_SWEEPS = 60
FIRST_REACH = 0.7
ACCEPTED = 0.3  # share of moves that is aimed at
SHRINKAGE = 0.5  # of the particles' covariance towards the prior's: few particles say little of it
TINY_RISE = 1e-9

type LogLikelihood = Callable[[Array], Array]
"""The log likelihood of each of some points: array (points, dimensions) -> array (points,)."""


class Stage(NamedTuple):
    """One rise of the power: to what, over how many sweeps, the share of moves accepted, what is still remembered."""

    power: float
    sweeps: int
    accepted: float
    remembered: float


class Sample(NamedTuple):
    """Draws from a posterior, equally likely, island after island.

    ``points`` (particles, dimensions); ``log`` (particles,) their log likelihoods; ``stages`` how they came about;
    ``evidence`` the log of the mean likelihood under the prior.
    """

    points: Array
    log: Array
    stages: tuple[Stage, ...]
    evidence: float

    @property
    def evaluations(self) -> int:
        """How often the likelihood was worked out."""
        return len(self.points) * (1 + sum(stage.sweeps for stage in self.stages))


class Particles(NamedTuple):
    """Where particles are, and their log likelihoods: arrays (particles, dimensions) and (particles,)."""

    points: Array
    log: Array


class Centre(NamedTuple):
    """The normal distribution about which moves are made: its mean, and the lower factor of its covariance."""

    mean: Array
    factor: Array


def sample(log_likelihood: LogLikelihood, dimensions: int, particles: int, seed: int, name: str = "sampler") -> Sample:
    """Draws from the posterior under a standard normal prior.

    Parameters
    ----------
    name : str
        Of the stream that all luck comes from.
    """
    luck = stream(seed, 0, name)
    points = luck.standard_normal((particles, dimensions))
    at = Particles(points, log_likelihood(points))
    power, reach, evidence = 0.0, FIRST_REACH, 0.0
    stages: list[Stage] = []
    while power < 1.0:
        higher = next_power(at.log, power)
        gained = (higher - power) * at.log
        evidence += _log_mean_exp(gained)
        weights = normalised(gained)
        centre = _centre(at.points, weights)
        kept = chosen(weights, particles, luck)
        start = Particles(at.points[kept], at.log[kept])
        at, stage, reach = _moved(log_likelihood, start, higher, centre, reach, luck)
        stages.append(stage)
        power = higher
    return Sample(at.points, at.log, tuple(stages), evidence)


def next_power(log: Array, power: float) -> float:
    """The next power of the likelihood (at most 1): what leaves the weights `KEPT` of their effective sample size."""
    if effective_draws(normalised((1.0 - power) * log)) >= KEPT * len(log):
        return 1.0
    low, high = power, 1.0
    while high - low > TINY_RISE:
        middle = 0.5 * (low + high)
        enough = effective_draws(normalised((middle - power) * log)) >= KEPT * len(log)
        low, high = (middle, high) if enough else (low, middle)
    return high


def _log_mean_exp(log: Array) -> float:
    most = log.max()
    return float(most + np.log(np.exp(log - most).mean()))


def _centre(points: Array, weights: Array) -> Centre:
    mean = weights @ points
    deviations = points - mean
    covariance = (deviations * weights[:, None]).T @ deviations
    return Centre(mean, np.linalg.cholesky((1.0 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(len(mean))))


def _moved(
    log_likelihood: LogLikelihood,
    start: Particles,
    power: float,
    centre: Centre,
    reach: float,
    luck: np.random.Generator,
) -> tuple[Particles, Stage, float]:
    """Particles moved at a power until they have forgotten where they were, and how far a move then reaches (0..1)."""
    is_last = power == 1.0
    by_luck = 1.0 / math.sqrt(len(start.log))  # of a correlation that is 0
    enough, least = max(FORGOTTEN_LAST if is_last else FORGOTTEN, by_luck), LEAST_LAST if is_last else LEAST_SWEEPS
    at, remembered, accepted = start, 1.0, list[float]()
    while len(accepted) < least or (remembered > enough and len(accepted) < MOST_SWEEPS):
        noise = luck.standard_normal(at.points.shape) @ centre.factor.T
        points = centre.mean + np.sqrt(1.0 - reach**2) * (at.points - centre.mean) + reach * noise
        log = log_likelihood(points)
        rise = power * (log - at.log) + _excess(points, centre) - _excess(at.points, centre)
        moves = np.log(luck.random(len(log))) < rise
        at = Particles(np.where(moves[:, None], points, at.points), np.where(moves, log, at.log))
        accepted.append(float(moves.mean()))
        remembered = _remembered(start, at)
        reach = min(1.0, reach * float(np.exp(accepted[-1] - ACCEPTED)))
    return at, Stage(power, len(accepted), float(np.mean(accepted)), remembered), reach


def _excess(points: Array, centre: Centre) -> Array:
    """The log density of the prior over that of the normal distribution which the moves keep, to within a constant."""
    from scipy.linalg import solve_triangular

    scaled = solve_triangular(centre.factor, (points - centre.mean).T, lower=True)
    return np.asarray(0.5 * (np.square(scaled).sum(axis=0) - np.square(points).sum(axis=1)))


def _remembered(before: Particles, after: Particles) -> float:
    """The correlation with what was: of coordinates on average, or of the log likelihood if that is greater."""
    coordinates = float(_correlations(before.points, after.points).mean())
    (likelihood,) = _correlations(before.log[:, None], after.log[:, None])
    return max(coordinates, float(likelihood))


def _correlations(before: Array, after: Array) -> Array:
    before, after = before - before.mean(axis=0), after - after.mean(axis=0)
    scale = np.sqrt(np.square(before).sum(axis=0) * np.square(after).sum(axis=0))
    return np.asarray((before * after).sum(axis=0) / scale)


def worth(samples: Sequence[Sample]) -> float:
    """How many independent draws some samples of equal size are worth together.

    By how much their means differ, over all coordinates, which have the same scale under the prior.
    """
    points = np.array([each.points for each in samples])
    within, between = points.var(axis=1, ddof=1).mean(), points.mean(axis=1).var(axis=0, ddof=1).mean()
    return float(len(samples) * within / between)
