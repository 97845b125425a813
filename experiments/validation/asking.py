"""A regime of the past as what it asks of each lab: what joining brings among every set of the others, by the rules.

The rules are those of `model.rules.opting_in`, compiled as the engine compiles them. Terms of a past regime are taken
or left: they do not move, nobody holds out, no quorum is needed, nobody's taste changes (`unlike_the_law` names what a
scenario says otherwise). Then who joins follows the law of `cascade`. Three things that the engine plays are left out:
officials' courting, news within the talks, and a bill that goes on meanwhile. ``tests/test_asking.py`` says how much
they change.

A regime's own unknowns are integrated over `POINTS` points, the same for every draw: a Latin hypercube with a fixed
seed, at the middles of its strata, in those dimensions that the gains read. Who was asked, where that is not known, is
integrated exactly: a lab whose attention may be 0 may not have been asked.

References
----------
McKay, Beckman & Conover (1979), *Technometrics* 21: 239-245; Stein (1987), *Technometrics* 29: 143-151, for what is
additive.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from model.block import Parameters, Records
from model.case import NO_CHANGES
from model.compilation import compiled
from model.draws import BLOCK, Array, quantiles, stream
from model.rules import drafting, law, opting_in
from model.rules.records import Stage
from model.scenario import Entry, Scenario
from model.turns.table import terms_of

from . import cascade
from .episodes import Episode, episode, fitted_paths, prior_draws
from .record import asked_chance

POINTS = 8  # a power of two; what they leave out is measured in `tests/test_asking.py`
TRIALS = 16  # random values of everything uncertain, at which it is seen what the gains read
TAKEN_OR_LEFT = {
    "levers.drafting_rounds": 0.0,
    "levers.quorum_labs": 0.0,
    "levers.quorum_share": 0.0,
    "levers.side_deals": 0.0,
    "relations.pace": 0.0,
    "relations.patience": 0.0,
    "relations.taste_persistence": 1.0,
}


class Asking(NamedTuple):
    """A regime ready to have its labs' gains worked out.

    ``own`` holds the regime's own unknowns by path: an array (`POINTS`,) of those that the gains read, the median of
    all others; ``asked`` (labs,) the chance that each of its labs is asked; ``conditional`` says whether pledges on
    condition count; ``reads`` are the columns of the draws that the gains depend on.
    """

    episode: Episode
    own: Mapping[str, Array]
    asked: Array
    conditional: bool
    reads: tuple[int, ...]

    @property
    def labs(self) -> list[str]:
        """Its labs, in the order of their bits in a set."""
        return self.episode.scenario.named("lab")

    @property
    def points(self) -> int:
        """At how many points its own unknowns are taken."""
        return max((len(values) for values in self.own.values()), default=1)


class Gains(NamedTuple):
    """What `cascade` reads: ``gains`` (rows, labs, sets), ``temperature`` and ``spread`` (rows); release cycles."""

    gains: Array
    temperature: Array
    spread: Array


def unlike_the_law(scenario: Scenario) -> list[str]:
    """The paths at which a scenario does not have terms to be taken or left, so that the law does not hold in it."""
    entries = scenario.entries
    return [path for path, value in TAKEN_OR_LEFT.items() if entries[path].value != value]


def asking(scenario: Scenario, priors: Scenario) -> Asking:
    """A regime, for draws of the fitted parameters (`episodes.fitted_paths` of the priors)."""
    assert unlike_the_law(scenario) == []
    shared = episode(scenario, fitted_paths(priors), tuple(scenario.named("lab")), 0)
    own = [entry for path, entry in scenario.entries.items() if entry.distribution and path not in shared.paths]
    read = _read(shared, prior_draws(priors, 2 * TRIALS, 0), own)
    at_median = quantiles([entry for entry in own if entry.path not in read], np.full((len(own), 1), 0.5))
    return Asking(
        shared,
        at_median | _at_points([entry for entry in own if entry.path in read]),
        np.array([_asked(scenario, lab, shared.paths) for lab in scenario.named("lab")]),
        scenario.entries["levers.conditional"].value == 1,
        tuple(column for path, column in zip(shared.paths, shared.columns, strict=True) if path in read),
    )


def _read(shared: Episode, theta: Array, own: list[Entry]) -> set[str]:
    """The paths, shared or own, that the gains depend on: those where another value makes any of them another."""
    columns = {path: theta[:, column] for path, column in zip(shared.paths, shared.columns, strict=True)}
    columns |= quantiles(own, stream(0, 0, "asking").random((len(own), 2 * TRIALS)))
    before = _at_trials(shared, columns, [""])
    at_once = BLOCK // TRIALS
    batches = [list(columns)[first : first + at_once] for first in range(0, len(columns), at_once)]
    after = {path: rows for batch in batches for path, rows in _at_trials(shared, columns, batch).items()}
    return {path for path, rows in after.items() if not np.array_equal(rows, before[""])}


def _at_trials(shared: Episode, columns: Mapping[str, Array], moved: list[str]) -> dict[str, Array]:
    """All gains, temperatures and spreads at every trial, by the one path that has its other value there."""
    labs, rows = len(shared.bits), TRIALS * len(moved)
    at = {
        path: np.concatenate([values[TRIALS:] if path == other else values[:TRIALS] for other in moved])
        for path, values in columns.items()
    }
    parts = gains_of(shared.scenario, at, rows, np.ones((labs, 1 << labs), bool))
    found = np.column_stack([part.reshape(rows, -1) for part in parts])
    return dict(zip(moved, found.reshape(len(moved), TRIALS, -1), strict=True))


def _at_points(entries: list[Entry]) -> dict[str, Array]:
    """Values at the middles of `POINTS` strata of each unknown, combined so as to fill the space."""
    from scipy.stats.qmc import LatinHypercube

    if not entries:
        return {}
    rng = np.random.default_rng(0)
    points = LatinHypercube(len(entries), scramble=False, optimization="random-cd", rng=rng).random(POINTS)
    return quantiles(entries, points.T)


def _asked(scenario: Scenario, lab: str, shared: tuple[str, ...]) -> float:
    """The chance that a lab is asked (0..1)."""
    entry = scenario.entries[f"stakeholders.{lab}.attention"]
    return 1.0 if entry.path in shared else asked_chance(entry)


# ---------------------------------------------------------------- chances


def set_chances(regime: Asking, theta: Array) -> Array:
    """The chance of each set of the regime's labs to be those that join: array (draws, sets).

    Parameters
    ----------
    theta : array (draws, fitted paths)
    """
    return _chances(regime, theta, np.ones(1 << len(regime.labs), bool))


def record_chances(regime: Asking, theta: Array, fits: Array) -> Array:
    """The chance of a row of the record under each draw: array (draws,).

    Parameters
    ----------
    theta : array (draws, fitted paths)
    fits : array (sets,)
        The chance of that row under each set of the regime's labs.
    """
    return np.asarray(_chances(regime, theta, fits > 0.0) @ fits)


def _chances(regime: Asking, theta: Array, possible: Array) -> Array:
    """The chances of the possible sets under each draw, over all points: array (draws, sets)."""
    shared, points, chances = regime.episode, regime.points, []
    read = cascade.gains_read(possible, regime.conditional)
    draws = BLOCK // points
    for first in range(0, len(theta), draws):
        rows = np.repeat(theta[first : first + draws], points, axis=0)
        columns = {path: rows[:, column] for path, column in zip(shared.paths, shared.columns, strict=True)}
        columns |= {
            path: np.tile(values, len(rows) // points) if len(values) == points else values
            for path, values in regime.own.items()
        }
        gains = gains_of(shared.scenario, columns, len(rows), read)
        by_row = cascade.set_chances(*gains, regime.asked, regime.conditional, possible)
        chances.append(by_row.reshape(-1, points, by_row.shape[1]).mean(axis=1))
    return np.concatenate(chances)


# ---------------------------------------------------------------- gains


def gains_of(scenario: Scenario, columns: Mapping[str, Array], rows: int, read: Array) -> Gains:
    """What every lab would gain among every set of the others, its taste and the shock apart.

    Parameters
    ----------
    columns : mapping of arrays (rows,) or (1,)
        Path -> values of everything uncertain.
    read : array (labs, sets) of bool
        Which gains are wanted; all others are left at 0.
    """
    parameters = Records(scenario, columns, rows).at(NO_CHANGES)
    labs = parameters.labs.shape[1]
    gains = np.zeros((rows, labs, 1 << labs))
    _fill_gains(parameters, read, gains)
    relations = parameters.relations[:rows]
    return Gains(
        gains, np.ascontiguousarray(relations["lab_temperature"]), np.ascontiguousarray(relations["regime_sd"])
    )


@compiled
def _fill_gains(parameters: Parameters, read: Array, gains: Array) -> None:
    rows, labs, sets = gains.shape
    for row in range(rows):
        levers, climate = parameters.levers[row], parameters.climate[row]
        relations, asked = parameters.relations[row], parameters.labs[row]
        terms = terms_of(levers.opening)
        left = Stage.LAW - climate.law_stage
        law_chance = law.passage_chance(law.stages_a_year(climate.mandate_chance, left), left)
        strictness = drafting.detection(terms, relations)
        for among in range(sets):
            others = opting_in.NOBODY
            for other in range(labs):
                if among >> other & 1:
                    others = opting_in.add_pledge(others, asked[other])
            for lab in range(labs):
                if read[lab, among]:
                    wait = opting_in.foreseen_wait(asked[lab], terms, others, levers, relations)
                    parts = opting_in.gain_parts(
                        asked[lab],
                        terms,
                        others,
                        wait,
                        0.0,  # nobody is courted
                        False,  # no side deals
                        0.0,  # the common shock comes later
                        law_chance,
                        strictness,
                        levers,
                        climate,
                        relations,
                    )
                    gains[row, lab, among] = opting_in.total_gain(parts)
