"""How much of the outcome each stakeholder carries.

Three answers. (a) Shapley values: the game is the negotiation in which only a coalition has views of its own and all
others are neutral. A neutral stakeholder keeps its seat, its influence and its circumstances, but asks for the plain
compromise of everybody's ideals, and a neutral lab's view of review is 0: so the values measure the effect of views,
not of seats. The President has no terms of his own and the agencies do not bargain; neither plays. (b) How often
each lab's last word decided. (c) The effect of one more day in each one's ideal on the review period at announcement,
and of a tenth more influence on adoption, by central differences with all else as drawn.

All points meet the same luck, so that every number is one of paired runs; intervals are percentiles over resampled
runs, and over resampled orders where not every coalition is played.
"""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from model.draws import Array, quantile, stream
from model.rules.records import Terms
from model.scenario import Entry, Scenario

from ..measures.columns import PIVOTAL
from ..measures.intervals import Interval, is_clear, resampled, share
from ..plans.design import Plan, Point, Question
from ..runs.store import Store
from .influence_finding import FEWEST, Influence
from .shapley import Game, banzhaf_values, game_of, resampled_shapley_values

ISSUES = Terms._fields
MEASURES = ("adopted", "review_days")
DAYS = 5.0  # to either side of an ideal
FACTOR = 1.25  # to either side of an influence
RESAMPLES = 1000
INFLUENCE = ".influence"
SLOPES = (("day", "review_days", ".ideal.review_days"), ("tenth", "adopted", INFLUENCE))  # name, measure, trait


# ---------------------------------------------------------------- points


def plan_influence(scenario: Scenario, runs: int, seed: int) -> Plan:
    """The plan of an analysis of influence: every coalition, then both sides of every ideal and every influence.

    Parameters
    ----------
    runs : int
        Runs at each point.
    """
    players = players_of(scenario)
    game = game_of(players, seed)
    neutral = neutral_views(scenario, players)
    varied = (*itertools.chain(*neutral.values()), *(f"stakeholders.{name}.influence" for name in players))
    changes = [
        {path: v for k, name in enumerate(players) if not coalition >> k & 1 for path, v in neutral[name].items()}
        for coalition in game.coalitions
    ]
    changes += [{path: value} for path, sides in _sides(scenario, players).items() for value in sides]
    return Plan(
        name=f"{scenario.name}-influence",
        title="Influence",
        question=f"Who moves the outcome of {scenario.called}?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=MEASURES,
        design="coalitions",
        varied=varied,
        points=tuple(_point(varied, change) for change in changes),
        asks=Question("influence", {}),
    )


def players_of(scenario: Scenario) -> tuple[str, ...]:
    """The stakeholders that play: officials, then labs."""
    return tuple(scenario.named("official") + scenario.named("lab"))


def _point(varied: tuple[str, ...], changes: Mapping[str, float]) -> Point:
    return tuple(changes.get(path) for path in varied)


def neutral_views(scenario: Scenario, players: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """The views of each player when it is neutral: path -> value.

    On each issue the mean of everybody's central ideals, weighted by central influence x salience (the plain
    compromise); a lab's stance is 0.
    """

    def centre(name: str, trait: str) -> float:
        return central(scenario.entries[f"stakeholders.{name}.{trait}"])

    common = {}
    for issue in ISSUES:
        weights = {name: centre(name, "influence") * centre(name, f"salience.{issue}") for name in players}
        asked = sum(weight * centre(name, f"ideal.{issue}") for name, weight in weights.items())
        common[issue] = asked / sum(weights.values())
    labs = scenario.named("lab")
    return {
        name: {f"stakeholders.{name}.ideal.{issue}": common[issue] for issue in ISSUES}
        | ({f"stakeholders.{name}.stance": 0.0} if name in labs else {})
        for name in players
    }


def central(entry: Entry) -> float:
    """The mean of a number's distribution, or its value."""
    if entry.distribution is None:
        return float(entry.value or 0.0)
    u = (np.arange(1000) + 0.5) / 1000
    return float(quantile(entry, u).mean())


def _sides(scenario: Scenario, players: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Both sides of each player's central ideal on the review period and of its influence, within their ranges."""
    sides = {}
    for name in players:
        ideal = scenario.entries[f"stakeholders.{name}.ideal.review_days"]
        weight = scenario.entries[f"stakeholders.{name}.influence"]
        sides[ideal.path] = _within(ideal, central(ideal) - DAYS, central(ideal) + DAYS)
        sides[weight.path] = _within(weight, central(weight) / FACTOR, central(weight) * FACTOR)
    return sides


def _within(entry: Entry, low: float, high: float) -> tuple[float, float]:
    assert entry.low is not None
    assert entry.high is not None
    return max(low, entry.low), min(high, entry.high)


# ---------------------------------------------------------------- effects


def analyse(store: Store) -> Influence:
    """The influence of each stakeholder, from the runs of a finished plan."""
    plan = store.plan
    players = players_of(plan.scenario)
    game = game_of(players, plan.seed)
    table, failed = _by_point(store)
    counts = _resampled_counts(plan)
    means = {name: _means(table[name], counts) for name in MEASURES}
    coalitions = len(game.coalitions)
    known = {name: (~np.isnan(table[name])).sum(axis=1) for name in MEASURES}
    fewest = {name: int(known[name][:coalitions].min()) for name in MEASURES}
    values = {name: means[name][:, :coalitions] for name in MEASURES if fewest[name] >= FEWEST}
    shapley = {
        name: resampled_shapley_values(game, value, stream(plan.seed, 0, "bootstrap", "orders"))
        for name, value in values.items()
    }
    orders = math.inf if game.orders is None else len(game.orders)
    slopes = {name: _slopes(plan, means[measure], known[measure], coalitions, path) for name, measure, path in SLOPES}
    everybody = coalitions - 1
    return Influence(
        plan=plan,
        players=players,
        whole={name: float(value[0, everybody]) for name, value in values.items()},
        nobody={name: float(value[0, 0]) for name, value in values.items()},
        shapley={name: _by_player(players, value) for name, value in shapley.items()},
        banzhaf=_banzhaf(game, values),
        pivotal=_pivotal(store, everybody),
        day=_by_player(players, slopes["day"]),
        tenth=_by_player(players, slopes["tenth"]),
        clear={
            **{name: _clear(players, value, min(fewest[name], orders)) for name, value in shapley.items()},
            **{
                name: _clear(players, slopes[name], int(known[measure][coalitions:].min()))
                for name, measure, _ in SLOPES
            },
        },
        runs=len(plan.points) * plan.runs,
        failed=failed,
    )


def _clear(players: tuple[str, ...], estimates: Array, runs: float) -> frozenset[str]:
    """The players whose estimate differs from zero, however many are looked at."""
    return frozenset(name for k, name in enumerate(players) if is_clear(estimates[:, k], runs, len(players)))


def _resampled_counts(plan: Plan) -> Array:
    """How often each run counts: once in the first row, as often as it is drawn in the others."""
    luck = stream(plan.seed, 0, "bootstrap", "influence")
    drawn = luck.multinomial(plan.runs, np.full(plan.runs, 1 / plan.runs), size=RESAMPLES)
    return np.vstack([np.ones(plan.runs), drawn])


def _banzhaf(game: Game, values: Mapping[str, Array]) -> dict[str, dict[str, Interval]]:
    """The Banzhaf values by measure, where every coalition was played; else none."""
    if game.orders is not None:
        return {}
    return {name: _by_player(game.players, banzhaf_values(game, value)) for name, value in values.items()}


def _by_point(store: Store) -> tuple[dict[str, Array], int]:
    """Each measure by point and run, and how many runs failed."""
    plan, failed = store.plan, 0
    table = {name: np.full((len(plan.points), plan.runs), math.nan) for name in MEASURES}
    for point, run, reasons, *values in store.by_part(["point", "run", "failed", *MEASURES]):
        failed += int((reasons != "").sum())
        for name, column in zip(MEASURES, values, strict=True):
            table[name][point, run] = column
    return table, failed


def _means(values: Array, counts: Array) -> Array:
    """The mean of each point over the runs that have a value, for each way of counting runs (a row each)."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Array = counts @ np.where(known, values, 0.0).T / (counts @ known.T.astype(float))
    return means


def _by_player(players: tuple[str, ...], estimates: Array) -> dict[str, Interval]:
    """The first row as the estimate, the others as its resamples."""
    return {name: resampled(estimates[:, k]) for k, name in enumerate(players)}


def _slopes(plan: Plan, means: Array, known: Array, first: int, trait: str) -> Array:
    """The change of a measure for a step of one trait of each player: a row for each way of counting runs.

    A step is one day, or a tenth of an influence. NaN where either side has fewer than `FEWEST` runs with the measure.
    """
    slopes = []
    for number, (path, (low, high)) in enumerate(_sides(plan.scenario, players_of(plan.scenario)).items()):
        if path.endswith(trait):
            below, above = first + 2 * number, first + 2 * number + 1
            steps = math.log(high / low) / math.log(1.1) if trait == INFLUENCE else high - low
            enough = min(known[below], known[above]) >= FEWEST
            slopes.append((means[:, above] - means[:, below]) / (steps if enough else math.nan))
    return np.column_stack(slopes)


def _pivotal(store: Store, everybody: int) -> dict[str, Interval]:
    """How often each lab's last word decided, where everybody has views of its own."""
    labs = store.plan.scenario.named("lab")
    counts, runs = np.zeros(len(labs)), 0
    for point, reasons, *decides in store.by_part(["point", "failed", *(PIVOTAL + lab for lab in labs)]):
        here = (point == everybody) & (reasons == "")
        runs += int(here.sum())
        counts += [decisive[here].sum() for decisive in decides]
    return {lab: share(int(count), runs) for lab, count in zip(labs, counts, strict=True)}
