"""Simulation-based calibration passes what is right and fails what is wrong.

A right procedure fails the check with probability 0.01. Seeds are fixed, so that a green run stays green.
"""

import numpy as np
import pytest

from experiments.validation import cascade, fit, ranks
from experiments.validation.ranks import Experiment, Procedure, RankCheck
from experiments.validation.record import DRAFTING, read_record
from experiments.validation.sampler import LogLikelihood, Sample, sample
from model.draws import Array, stream
from model.scenario import SHIPPED, load

LABS, REGIMES, RECORDS, PARTICLES = 4, 10, 200, 256
SHARES = np.array([0.4, 0.3, 0.2, 0.1])
SETS = 1 << LABS


def chances(points: Array) -> Array:
    """The law of four labs: their tastes, how much company is worth, and the spread of the shock (about 1.4)."""
    inside = cascade.members(LABS)
    seen = (inside @ SHARES)[:, None] - inside * SHARES
    company = 2.0 * np.exp(0.5 * points[:, LABS])
    gains = points[:, :LABS, None] + company[:, None, None] * seen.T
    spread = 1.4 * np.exp(0.5 * points[:, LABS + 1])
    return cascade.set_chances(gains, np.ones(len(points)), spread, np.ones(LABS), False, np.ones(SETS, bool))


def by_law(point: Array, luck: np.random.Generator) -> Array:
    """The sets that join ten regimes."""
    return luck.choice(SETS, size=REGIMES, p=chances(point[None])[0])


def read(sets: Array) -> LogLikelihood:
    return lambda points: np.log(np.maximum(chances(points)[:, sets], cascade.FLOOR)).sum(axis=1)


RIGHT = Experiment(LABS + 2, by_law, read)


def check(experiment: Experiment, procedure: Procedure) -> RankCheck:
    return ranks.check_ranks(experiment, procedure, RECORDS, 1)


@pytest.mark.slow
def test_the_procedure_passes_and_records_inform_its_parameters() -> None:
    found = check(RIGHT, ranks.sampled(PARTICLES, 1))
    assert found.passed
    assert found.informed.all()
    assert found.coverage.low < 0.9 < found.coverage.high
    assert len(found.p) == LABS + 4  # parameters, the log likelihood, and coverage


@pytest.mark.slow
def test_a_procedure_that_keeps_the_prior_fails_by_the_log_likelihood_alone() -> None:
    def prior(log_likelihood: LogLikelihood, dimensions: int, name: str) -> Sample:
        points = stream(1, 0, name, "prior").standard_normal((PARTICLES, dimensions))
        return Sample(points, log_likelihood(points), (), 0.0)

    found = check(RIGHT, prior)
    assert not found.passed
    assert np.argmin(found.p) == LABS + 2
    assert found.p[:-1].min() * LABS > 0.01
    assert not found.informed.any()


@pytest.mark.slow
def test_a_procedure_that_believes_half_of_the_record_fails() -> None:
    def half(log_likelihood: LogLikelihood, dimensions: int, name: str) -> Sample:
        drawn = sample(lambda points: 0.5 * log_likelihood(points), dimensions, PARTICLES, 1, name)
        return drawn._replace(log=2.0 * drawn.log)

    assert not check(RIGHT, half).passed


@pytest.mark.slow
def test_records_in_which_whole_regimes_join_or_stay_out_by_a_coin_fail() -> None:
    def by_coin(_: Array, luck: np.random.Generator) -> Array:
        return np.where(luck.random(REGIMES) < 0.5, 0, SETS - 1)

    assert not check(RIGHT._replace(make=by_coin), ranks.sampled(PARTICLES, 1)).passed


@pytest.mark.slow
def test_coverage_alone_fails_intervals_that_are_too_narrow() -> None:
    def sure(log_likelihood: LogLikelihood, dimensions: int, name: str) -> Sample:
        drawn = sample(log_likelihood, dimensions, PARTICLES, 1, name)
        return drawn._replace(points=drawn.points.mean(axis=0) + 0.7 * (drawn.points - drawn.points.mean(axis=0)))

    found = check(RIGHT, sure)
    assert found.p[-1] * len(found.p) < 0.01
    assert not found.passed


def test_ties_are_ranked_at_random() -> None:
    luck = np.random.default_rng(1)
    found = np.array([ranks._ranks(np.zeros((9, 1)), np.zeros(1), luck)[0] for _ in range(2000)])
    assert found.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 2000))
    assert ranks._ranks(np.arange(9.0)[:, None], np.array([4.5]), luck)[0] == pytest.approx(0.55, abs=0.05)


def test_what_a_record_leaves_open_is_open_in_a_synthetic_one() -> None:
    fits = np.array([0, 1, 0, 0, 0, 1, 0, 0], float)  # lab 1 joined, lab 2 did not, lab 4 did so in part
    assert np.flatnonzero(ranks._as_known(fits, 0b110)).tolist() == [0b010, 0b110]


@pytest.mark.exhaustive
def test_past_regimes_are_found_again_in_synthetic_records() -> None:
    problem = fit.problem(read_record().changed().without(DRAFTING), load(SHIPPED / "baseline.yaml"))
    found = ranks.check_ranks(ranks.experiment_on(problem, 2), ranks.sampled(PARTICLES, 1), 40, 1)
    assert found.passed
    assert found.informed.any()
