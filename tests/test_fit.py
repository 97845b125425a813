"""The posterior by likelihood: against closed forms, by weighting draws from the prior, on any number of workers."""

import itertools
import math

import numpy as np
import pytest

from experiments.validation import asking, cascade, episodes, fit, likelihood, record_likelihood, sampler
from experiments.validation.fit import Effort, Posterior, Problem
from experiments.validation.record import DRAFTING, Record, read_record, regime
from model.draws import Array
from model.scenario import SHIPPED, Scenario, load

SMALL = Effort(samples=4, particles=128, copies=2, times=8)


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(SHIPPED / "baseline.yaml")


@pytest.fixture(scope="module")
def problem(baseline: Scenario) -> Problem:
    return fit.problem(read_record().changed(), baseline)


@pytest.fixture(scope="module")
def posterior(baseline: Scenario) -> Posterior:
    return fit.fit(read_record().changed(), baseline, SMALL, 1, 2)


# ---------------------------------------------------------------- the sampler

SD = np.array([0.3, 1.0, 3.0])  # of what is observed of the first three of twenty coordinates
SEEN = np.array([1.5, -1.0, 2.0])


def normal_log_likelihood(points: Array) -> Array:
    return np.asarray(-0.5 * np.square((points[:, :3] - SEEN) / SD).sum(axis=1))


@pytest.fixture(scope="module")
def normal() -> list[sampler.Sample]:
    return [sampler.sample(normal_log_likelihood, 20, 512, 1, f"sample {k}") for k in range(16)]


def test_means_and_spreads_are_those_of_the_normal_posterior(normal: list[sampler.Sample]) -> None:
    """The prior is standard normal; four standard errors by the samples themselves: below 0.001 for any of 40."""
    precision = np.append(1.0 + 1.0 / SD**2, np.ones(17))
    mean = np.append(SEEN / SD**2, np.zeros(17)) / precision
    means = np.array([each.points.mean(axis=0) for each in normal])
    variances = np.array([each.points.var(axis=0, ddof=1) for each in normal])
    for found, true in ((means, mean), (variances, 1.0 / precision)):
        error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
        assert (np.abs(found.mean(axis=0) - true) < 5.2 * error).all()  # Student's, 15 degrees of freedom
        assert (error < 0.03).all()


def test_the_evidence_is_that_of_the_normal_posterior(normal: list[sampler.Sample]) -> None:
    true = sum(-0.5 * math.log(1 + 1 / sd**2) - 0.5 * seen**2 / (1 + sd**2) for seen, sd in zip(SEEN, SD, strict=True))
    found = np.array([each.evidence for each in normal])
    assert found.mean() == pytest.approx(true, abs=5.2 * found.std(ddof=1) / 4 + 0.01)


def test_samples_are_worth_most_of_their_particles(normal: list[sampler.Sample]) -> None:
    assert 0.5 < sampler.worth(normal) / (16 * 512) < 1.2
    assert all(stage.remembered <= sampler.FORGOTTEN for each in normal for stage in each.stages)


def test_independent_draws_are_worth_their_number() -> None:
    luck = np.random.default_rng(3)
    drawn = [sampler.Sample(luck.standard_normal((100, 200)), np.zeros(100), (), 0.0) for _ in range(8)]
    assert sampler.worth(drawn) == pytest.approx(800, rel=0.15)  # 1,400 squares: four standard errors


def test_a_power_is_raised_as_far_as_half_of_the_particles_are_left() -> None:
    luck = np.random.default_rng(4)
    log = normal_log_likelihood(luck.standard_normal((1000, 20)))
    power = sampler.next_power(log, 0.0)
    assert 0 < power < 1
    assert likelihood.effective_draws(likelihood.normalised(power * log)) == pytest.approx(500, rel=0.01)
    assert sampler.next_power(log * 1e-6, 0.0) == 1.0


# ---------------------------------------------------------------- decisions


def test_a_row_fits_the_sets_that_agree_with_all_that_is_known() -> None:
    row = np.array([1.0, 0.0, 0.5, math.nan])  # labs 1, 2, 4, 8
    assert np.flatnonzero(record_likelihood.fits(row)).tolist() == [1, 5, 9, 13]


def test_the_chance_of_a_record_is_the_product_over_regimes_of_the_sets_that_fit(
    problem: Problem, baseline: Scenario
) -> None:
    past = read_record().changed()
    theta = episodes.prior_draws(baseline, 3, 1)
    log = record_likelihood.log_chances(problem.decisions, theta, 1)
    for row, name in enumerate(past.regimes):
        ready = asking.asking(regime(name), baseline)
        chances = asking.set_chances(ready, theta)
        joined = past.joined[row][[past.labs.index(lab) for lab in ready.labs]]
        choices = [(0, 1) if math.isnan(its) or its == 0.5 else (int(its),) for its in joined]
        either = [sum(is_in << k for k, is_in in enumerate(each)) for each in itertools.product(*choices)]
        assert np.exp(log[:, row]) == pytest.approx(chances[:, either].sum(axis=1), rel=1e-9)


def test_a_lab_that_joined_in_part_favours_neither_side(baseline: Scenario) -> None:
    past = read_record()
    alone = Record(("eu-code-2025",), past.labs, past.joined[3:4], None, past.doubtful[3:4])
    known = [alone._replace(joined=np.where(alone.joined == 0.5, value, alone.joined)) for value in (0.0, 1.0)]
    theta = episodes.prior_draws(baseline, 4, 1)
    part, out, inside = (
        np.exp(record_likelihood.log_chances(record_likelihood.decisions(each, baseline), theta, 1))
        for each in (alone, *known)
    )
    assert part == pytest.approx(out + inside)


# ---------------------------------------------------------------- the whole fit


def test_points_are_at_their_places_in_the_priors(problem: Problem, baseline: Scenario) -> None:
    theta = problem.theta(np.zeros((2, len(problem.read))))
    column = problem.paths.index("relations.regime_sd")
    entry = baseline.entries["relations.regime_sd"]
    low, mode, high = (entry.distribution or {})["triangular"].values()
    assert theta[0, column] == pytest.approx(high - math.sqrt((high - low) * (high - mode) / 2))  # the median
    np.testing.assert_array_equal(theta[0], theta[1])


@pytest.mark.slow
def test_the_fit_agrees_with_weighted_draws_from_the_prior(baseline: Scenario) -> None:
    """Another way to the same posterior; five standard errors of either, over 43 parameters.

    Of five regimes: with more, draws from the prior are worth too little.
    """
    effort = Effort(samples=8, particles=256, copies=1, times=1)
    past = read_record().changed().without(DRAFTING)
    few = past._replace(regimes=past.regimes[:5], joined=past.joined[:5], doubtful=past.doubtful[:5])
    problem, sampled = fit.problem(few, baseline), fit.fit(few, baseline, effort, 2, 2)
    theta = episodes.prior_draws(baseline, 8192, 3)
    weights = likelihood.normalised(record_likelihood.log_chances(problem.decisions, theta, 2).sum(axis=1))
    size = likelihood.effective_draws(weights)
    assert size > 500
    for column in problem.read:
        mean = weights @ theta[:, column]
        sd = math.sqrt(weights @ np.square(theta[:, column] - mean))
        error = sd * math.sqrt(1 / size + 1 / sampled.effective_draws[column])
        assert sampled.weights @ sampled.theta[:, column] == pytest.approx(mean, abs=5 * error)


@pytest.mark.slow
def test_the_order_weighs_what_it_reads_as_the_table_of_plays_does(baseline: Scenario) -> None:
    """The officials and the President know nothing of the decisions, so that the order alone tells of them."""
    effort = Effort(samples=4, particles=256, copies=4, times=16)
    both = fit.fit(read_record().changed(), baseline, effort, 1, 2)
    past, paths = read_record(), episodes.fitted_paths(baseline)
    theta = episodes.prior_draws(baseline, 4096, 5)
    assert past.order is not None
    played = episodes.play_drafting(past.labs, paths, theta, 16, 6, 2)
    weights = likelihood.order_kernel(played, past.order).mean(axis=1)
    weights /= weights.sum()
    size = likelihood.effective_draws(weights)
    for path in ("stakeholders.president.drag_weight", "relations.detection_days", "relations.capital"):
        column = paths.index(path)
        mean = weights @ theta[:, column]
        sd = math.sqrt(weights @ np.square(theta[:, column] - mean))
        error = sd * math.sqrt(1 / size + 1 / both.effective_draws[column])
        assert both.weights @ both.theta[:, column] == pytest.approx(mean, abs=4.5 * error)


@pytest.mark.slow
def test_the_fit_is_the_same_on_any_number_of_workers(posterior: Posterior, baseline: Scenario) -> None:
    alone = fit.fit(read_record().changed(), baseline, SMALL, 1, 1)
    np.testing.assert_array_equal(alone.theta, posterior.theta)
    np.testing.assert_array_equal(alone.weights, posterior.weights)


@pytest.mark.slow
def test_draws_stand_together_by_particle(posterior: Posterior) -> None:
    draws = SMALL.samples * SMALL.particles * SMALL.copies
    assert posterior.theta.shape == posterior.places.shape == (draws, len(posterior.problem.paths))
    assert posterior.weights.sum() == pytest.approx(1)
    read = list(posterior.problem.read)
    np.testing.assert_array_equal(posterior.theta[0::2, read], posterior.theta[1::2, read])
    others = [column for column in range(len(posterior.problem.paths)) if column not in read]
    assert not np.array_equal(posterior.theta[0::2, others], posterior.theta[1::2, others])
    assert posterior.particle_weights.sum() == pytest.approx(1)


@pytest.mark.slow
def test_the_record_moves_what_it_should(posterior: Posterior) -> None:
    """All joined or few did, so that company matters; Meta stayed out twice."""
    by_path = {parameter.path: parameter for parameter in fit.fitted(posterior)}
    assert by_path["relations.peer_weight"].posterior.mean > by_path["relations.peer_weight"].prior.mean
    assert by_path["stakeholders.meta.stance"].posterior.mean < by_path["stakeholders.meta.stance"].prior.mean
    assert by_path["relations.lab_temperature"].informed
    attention = by_path["stakeholders.openai.attention"]  # uniform from 0.4 to 0.9, and read by nothing
    assert attention.prior == pytest.approx((0.65, 0.425, 0.875))
    assert not attention.informed


@pytest.mark.slow
def test_a_regime_left_out_is_predicted_by_draws_fitted_to_the_others(baseline: Scenario) -> None:
    past = read_record().changed().without(DRAFTING)
    others = fit.fit(past.without("eu-code-2025"), baseline, SMALL, 1, 2)
    chances = others.chances(asking.asking(regime("eu-code-2025"), baseline))
    assert chances.sum() == pytest.approx(1)
    by_draw = asking.set_chances(asking.asking(regime("eu-code-2025"), baseline), others.resampled(512))
    assert cascade.lab_chances(chances) == pytest.approx(cascade.lab_chances(by_draw).mean(axis=0), abs=1e-9)
