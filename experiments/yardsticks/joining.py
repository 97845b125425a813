"""The joining rule of the model on a record of many regimes: its likelihood, its fit, and its forecasts.

Somebody who is not in yet joins in a round with the chance ``logistic(stance + round + company x share in + shock)``,
which is `joining_chance` of `model/rules/opting_in.py` in units of its temperature. The stance belongs to the decider,
the share is that of all who were asked and are in before the round, and the shock is what all have in common before one
regime: normal with mean 0. Given the shock every decision is a plain logit, so that the likelihood is exact up to one
integral a regime, over the shock. It is done by Gauss and Hermite's rule around its peak (Liu & Pierce 1994).

With one round and nobody to be seen, the rule is Rasch's (1960): stance and regime alone.

References
----------
Rasch (1960), *Probabilistic Models for Some Intelligence and Attainment Tests*; Liu & Pierce (1994), *Biometrika* 81:
624-629.
"""

import math
from typing import NamedTuple

import numpy as np

from model.compilation import compiled
from model.draws import Array
from model.rules.arithmetic import logistic

NODES = 7  # of the integral over the shock; what some hundred decisions leave of it is close to normal
MANY_NODES = 41  # where nothing has been seen, and a forecast is a mixture
NOT_ASKED = -1
STANCE_SD = 1.0  # of the prior, about what stances turn out to have; it matters where a decider is seen rarely
WIDE_SD = 5.0  # of the prior of all else that can be below 0
COMMON_STEP = 0.3  # of the search, in what all decisions have in common, beside a step in a stance: the fastest tried
NEWTON_STEPS, LONGEST_STEP, SMALL_STEP = 100, 1.0, 1e-6
MOST_GAIN = 200.0  # in logits, in which a search may go astray


class Regimes(NamedTuple):
    """Who joined which regime, and when.

    ``joined``: array (regimes, deciders) of the round of joining, as many as there are rounds for never, `NOT_ASKED`;
    ``shares``: array (regimes, rounds), the share of those asked that is in before each round.
    """

    joined: Array
    shares: Array

    @property
    def asked(self) -> Array:
        """Who was asked: array (regimes, deciders)."""
        return np.asarray(self.joined != NOT_ASKED)

    @property
    def ever(self) -> Array:
        """Who joined in any round: array (regimes, deciders)."""
        return np.asarray(self.asked & (self.joined < self.shares.shape[1]))


def regimes(joined: Array, rounds: int) -> Regimes:
    """Regimes with the shares that were in before each round."""
    asked = np.maximum((joined != NOT_ASKED).sum(axis=1), 1)
    before = [((joined != NOT_ASKED) & (joined < number)).sum(axis=1) / asked for number in range(rounds)]
    return Regimes(joined.astype(np.int64), np.ascontiguousarray(np.transpose(before)))


def in_one_round(several: Regimes) -> Regimes:
    """The same decisions without their order: joined or not."""
    return regimes(np.where(several.asked, np.where(several.ever, 0, 1), NOT_ASKED), 1)


class Rule(NamedTuple):
    """The rule's parameters, in logits: a stance for each decider, a level for each round, and the two numbers."""

    stance: Array
    level: Array
    company: float
    shock_sd: float


# ---------------------------------------------------------------- fit


def fit(several: Regimes, *, company: bool, shock: bool) -> Rule:
    """The most likely parameters, a decider that is seen rarely drawn towards the others by `STANCE_SD`.

    Parameters
    ----------
    company, shock : bool
        Whether there are these; what is not there is 0.
    """
    from scipy.optimize import minimize

    deciders, rounds = several.joined.shape[1], several.shares.shape[1]
    sds = np.concatenate([np.full(deciders, STANCE_SD), np.full(rounds + 2, WIDE_SD)])
    free = np.concatenate([np.full(deciders + rounds, 1.0), [float(company), float(shock)]])
    step = np.concatenate([np.full(deciders, 1.0), np.full(rounds + 2, COMMON_STEP)])

    def loss(scaled: Array) -> tuple[float, Array]:
        values = scaled * step
        logs, slopes = likelihood(several, _rule(values, deciders))
        prior = -0.5 * float(np.square(values / sds).sum())
        return -(float(logs.sum()) + prior), -(slopes.sum(axis=0) - values / np.square(sds)) * free * step

    start = np.zeros(deciders + rounds + 2)
    start[deciders : deciders + rounds] = -1.0
    start[-1] = float(shock)
    found = minimize(loss, start / step, jac=True, method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 4000})
    rule = _rule(found.x * step, deciders)
    return rule._replace(shock_sd=abs(rule.shock_sd))


def _rule(values: Array, deciders: int) -> Rule:
    return Rule(values[:deciders], values[deciders:-2], float(values[-2]), float(values[-1]))


def likelihood(several: Regimes, rule: Rule) -> tuple[Array, Array]:
    """The log-likelihood of each regime, and its slope in every parameter: arrays (regimes) and (regimes, parameters).

    The slope of the log of an integral is the mean slope under its integrand (Fisher's identity).
    """
    count, deciders = several.joined.shape
    rounds = several.shares.shape[1]
    nodes, weights = _hermite(NODES if rule.shock_sd else 1)
    spare = (np.empty(deciders), np.empty((len(nodes), rounds)), np.empty(len(nodes)))
    logs, slopes = np.empty(count), np.empty((count, deciders + rounds + 2))
    numbers = (rule.company, rule.shock_sd)
    _likelihood(*several, rule.stance, rule.level, *numbers, nodes, weights, *spare, logs, slopes)
    return logs, slopes


def _hermite(count: int) -> tuple[Array, Array]:
    """Nodes of an integral over a standard normal variable, and the logs of their weights."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, np.log(weights / math.sqrt(2.0 * math.pi))


@compiled
def _set_odds(shares: Array, level: Array, company: float, shock: float, odds: Array) -> None:
    """The odds of joining in each round of somebody whose stance is 0, into `odds`."""
    for number in range(len(level)):
        odds[number] = math.exp(min(level[number] + company * shares[number] + shock, MOST_GAIN))


@compiled
def _chance(odds: float, own_odds: float) -> float:
    """The chance to join in a round, from the round's odds and one's own: the logistic function of the gain."""
    both = odds * own_odds
    return both / (1.0 + both)


@compiled
def _log_given_shock(joined: Array, stance: Array, own_odds: Array, odds: Array) -> float:
    """The log-likelihood of one regime whose rounds have these odds."""
    log = 0.0
    for decider in range(len(joined)):
        for number in range(min(joined[decider] + 1, len(odds))):
            log -= math.log1p(odds[number] * own_odds[decider])
            if number == joined[decider]:
                log += math.log(odds[number]) + stance[decider]
    return log


@compiled
def _slope_and_curvature(joined: Array, own_odds: Array, odds: Array) -> tuple[float, float]:
    """The slope and the curvature of that in the shock."""
    slope, curvature = 0.0, 0.0
    for decider in range(len(joined)):
        for number in range(min(joined[decider] + 1, len(odds))):
            chance = _chance(odds[number], own_odds[decider])
            slope += (number == joined[decider]) - chance
            curvature -= chance * (1.0 - chance)
    return slope, curvature


@compiled
def _likeliest_shock(
    joined: Array, shares: Array, own_odds: Array, level: Array, company: float, sd: float, odds: Array
) -> tuple[float, float]:
    """The shock at which a regime is likeliest, and how far from it others nearly are; both in standard deviations."""
    z = 0.0
    for _ in range(NEWTON_STEPS):
        _set_odds(shares, level, company, sd * z, odds)
        slope, curvature = _slope_and_curvature(joined, own_odds, odds)
        step = (sd * slope - z) / (1.0 - sd * sd * curvature)
        z += max(-LONGEST_STEP, min(LONGEST_STEP, step))
        if abs(step) < SMALL_STEP:
            break
    return z, 1.0 / math.sqrt(1.0 - sd * sd * curvature)


@compiled
def _likelihood(
    joined: Array,
    shares: Array,
    stance: Array,
    level: Array,
    company: float,
    sd: float,
    nodes: Array,
    log_weights: Array,
    own_odds: Array,
    odds: Array,
    posterior: Array,
    logs: Array,
    slopes: Array,
) -> None:
    """What `likelihood` gives, into `logs` and `slopes`; the arrays before these are for use in between."""
    deciders, rounds = len(stance), len(level)
    for decider in range(deciders):
        own_odds[decider] = math.exp(max(-MOST_GAIN, min(stance[decider], MOST_GAIN)))
    for regime in range(len(joined)):
        peak, width = _likeliest_shock(joined[regime], shares[regime], own_odds, level, company, sd, odds[0])
        most = -math.inf
        for node in range(len(nodes)):
            z = peak + width * nodes[node]
            _set_odds(shares[regime], level, company, sd * z, odds[node])
            log = _log_given_shock(joined[regime], stance, own_odds, odds[node])
            posterior[node] = log - 0.5 * z * z + 0.5 * nodes[node] ** 2 + log_weights[node] + math.log(width)
            most = max(most, posterior[node])
        total = 0.0
        for node in range(len(nodes)):
            posterior[node] = math.exp(posterior[node] - most)
            total += posterior[node]
        logs[regime] = most + math.log(total)
        slopes[regime] = 0.0
        for node in range(len(nodes)):
            z = peak + width * nodes[node]
            for decider in range(deciders):
                for number in range(min(joined[regime, decider] + 1, rounds)):
                    chance = _chance(odds[node, number], own_odds[decider])
                    slope = posterior[node] / total * ((number == joined[regime, decider]) - chance)
                    slopes[regime, decider] += slope
                    slopes[regime, deciders + number] += slope
                    slopes[regime, deciders + rounds] += slope * shares[regime, number]
                    slopes[regime, deciders + rounds + 1] += slope * z


# ---------------------------------------------------------------- forecast


def chances_by_shock(rule: Rule, asked: Array) -> tuple[Array, Array]:
    """For a rule of one round: the chances of those asked at shocks, array (nodes, asked), and the shocks' weights."""
    nodes, logs = _hermite(MANY_NODES)
    gains = rule.stance[asked] + rule.level[0] + rule.shock_sd * nodes[:, None]
    return 1.0 / (1.0 + np.exp(-gains)), np.exp(logs)


def play(rule: Rule, asked: Array, luck: Array) -> tuple[Array, Array]:
    """Plays of one regime: how often each of those asked joins, and how often each number of them.

    Parameters
    ----------
    asked : array (deciders)
        Whether each is asked.
    luck : array (plays, asked)
        Uniform draws. The shocks are the quantiles of their distribution, one a play.
    """
    from scipy.special import ndtri

    plays, members = luck.shape
    shocks = rule.shock_sd * ndtri((np.arange(plays) + 0.5) / plays)
    joins, counts = np.zeros(members), np.zeros(members + 1)
    _play(rule.stance[asked], rule.level, rule.company, shocks, luck, np.empty(members), joins, counts)
    return joins, counts


@compiled
def _play(
    stance: Array,
    level: Array,
    company: float,
    shocks: Array,
    luck: Array,
    still_out: Array,
    joins: Array,
    counts: Array,
) -> None:
    """Play a regime once for each shock, and count who joins and how many.

    A decider joins in the first round before whose end the chance to be still out has fallen below its uniform draw.
    """
    members = len(stance)
    for number in range(len(shocks)):
        members_in = 0
        still_out[:] = 1.0
        for base in level:
            share = members_in / members
            for member in range(members):
                was_out = luck[number, member] < still_out[member]
                still_out[member] *= 1.0 - logistic(stance[member] + base + company * share + shocks[number])
                members_in += was_out and luck[number, member] >= still_out[member]
        counts[members_in] += 1.0
        for member in range(members):
            joins[member] += luck[number, member] >= still_out[member]
