"""How much of the outcome each stakeholder carries.

Three answers. (a) Shapley values: the game is the negotiation in which only a coalition has views of its own and all
others are neutral. A neutral stakeholder keeps its seat, its influence and its circumstances, but asks for the plain
compromise of everybody's ideals, and a neutral lab's view of review is 0: so the values say what views bring about,
not what seats do. The President has no terms of his own and the agencies do not bargain; neither plays. (b) How often
each lab's last word decided. (c) What one more day in each one's ideal does to the review period at announcement, and
a tenth more influence to adoption, by central differences with all else as drawn.

All points meet the same luck, so that every number is one of paired runs; intervals are percentiles over resampled
runs.
"""

import itertools
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import quantile, stream
from model.scenario import Entry, Scenario

from ..measures.columns import PIVOTAL
from ..measures.intervals import Interval, resampled, share
from ..plans.design import Plan, Point
from ..runs.store import Store
from .common import played

type Array = np.ndarray[Any, Any]

DESIGN = "influence"
ISSUES = ("review_days", "covered_share", "disclosure")
MEASURES = ("adopted", "review_days")
MOST_EXACT = 12  # players up to which every coalition is played
ORDERS = 200  # in which players come in, where there are more
DAYS = 5.0  # to either side of an ideal
FACTOR = 1.25  # to either side of an influence
RESAMPLES = 1000
FEWEST = 20  # runs with a framework in every coalition, without which the review period is not told


class Game(NamedTuple):
    """Who plays, and the coalitions to be played as bits (player k is in where bit k is 1).

    ``orders`` are the orders in which players come in, where not all coalitions are played; else None.
    """

    players: tuple[str, ...]
    coalitions: tuple[int, ...]
    orders: tuple[tuple[int, ...], ...] | None


class Influence(NamedTuple):
    """What was found.

    ``whole`` and ``nobody``: measure -> its mean with everybody's own views, and with nobody's; ``shapley`` and
    ``banzhaf``: measure -> player -> interval; ``pivotal``: lab -> share of runs; ``day``: player -> days of the review
    period for one more day in its ideal; ``tenth``: player -> adoption (0..1) for a tenth more influence.
    """

    plan: Plan
    players: tuple[str, ...]
    whole: dict[str, float]
    nobody: dict[str, float]
    shapley: dict[str, dict[str, Interval]]
    banzhaf: dict[str, dict[str, Interval]]
    pivotal: dict[str, Interval]
    day: dict[str, Interval]
    tenth: dict[str, Interval]
    runs: int
    failed: int


# ---------------------------------------------------------------- the game


def game_of(players: tuple[str, ...], seed: int) -> Game:
    """All coalitions of up to `MOST_EXACT` players; of more, those that come up as players come in at random."""
    everybody = len(players)
    if everybody <= MOST_EXACT:
        return Game(players, tuple(range(2**everybody)), None)
    luck = stream(seed, 0, "design", DESIGN)
    orders = tuple(tuple(luck.permutation(everybody).tolist()) for _ in range(ORDERS))
    grown = {bits for order in orders for bits in itertools.accumulate((1 << k for k in order), initial=0)}
    return Game(players, tuple(sorted(grown)), orders)


def shapley_values(game: Game, values: Array) -> Array:
    """The Shapley value of each player, given the worth of each coalition in the last axis.

    Exact over all coalitions, or the mean over the game's orders; either way they sum to what everybody is worth over
    nobody.

    References
    ----------
    Shapley (1953), in *Contributions to the Theory of Games* II; Castro, Gómez & Tejada (2009), *Computers & Operations
    Research* 36: 1726-1730, for orders at random.
    """
    found: Array = values @ _shapley_weights(game).T
    return found


def _shapley_weights(game: Game) -> Array:
    """What each coalition's worth counts for each player: a row a player, a column a coalition."""
    if game.orders is not None:
        return _weights_of_orders(game, game.orders)
    everybody = len(game.players)
    size = np.array([coalition.bit_count() for coalition in game.coalitions])
    factorial = np.array([float(math.factorial(k)) for k in range(everybody + 1)])
    is_in = _is_in(game)
    joining: Array = factorial[np.maximum(size - 1, 0)] * factorial[everybody - size] / factorial[everybody]
    leaving = factorial[size] * factorial[np.maximum(everybody - size - 1, 0)] / factorial[everybody]
    weights: Array = np.where(is_in, joining, -leaving)
    return weights


def _weights_of_orders(game: Game, orders: tuple[tuple[int, ...], ...]) -> Array:
    place = {coalition: column for column, coalition in enumerate(game.coalitions)}
    weights = np.zeros((len(game.players), len(game.coalitions)))
    for order in orders:
        before = 0
        for player in order:
            after = before | 1 << player
            weights[player, place[after]] += 1 / len(orders)
            weights[player, place[before]] -= 1 / len(orders)
            before = after
    return weights


def banzhaf_values(game: Game, values: Array) -> Array:
    """What each player adds on average where every coalition of the others is as likely as any other.

    References
    ----------
    Banzhaf (1965), *Rutgers Law Review* 19: 317-343.
    """
    weights = np.where(_is_in(game), 1.0, -1.0) / 2 ** (len(game.players) - 1)
    found: Array = values @ weights.T
    return found


def _is_in(game: Game) -> Array:
    """Who is in each coalition: a row a player, a column a coalition."""
    bits: Array = np.array(game.coalitions)[None, :] >> np.arange(len(game.players))[:, None]
    is_in: Array = bits & 1 == 1
    return is_in


# ---------------------------------------------------------------- points


def plan_influence(scenario: Scenario, runs: int, seed: int) -> Plan:
    """The plan of an analysis of influence: every coalition, then both sides of every ideal and every influence.

    Parameters
    ----------
    runs : int
        Runs at each point.
    """
    players = tuple(scenario.named("official") + scenario.named("lab"))
    game = game_of(players, seed)
    neutral = neutral_views(scenario, players)
    varied = (*itertools.chain(*neutral.values()), *(f"stakeholders.{name}.influence" for name in players))
    changes = [
        {path: its for k, name in enumerate(players) if not coalition >> k & 1 for path, its in neutral[name].items()}
        for coalition in game.coalitions
    ]
    changes += [{path: its} for path, both in _sides(scenario, players).items() for its in both]
    return Plan(
        name=f"{scenario.name}-influence",
        title="Influence",
        question=f"Who moves the outcome of {scenario.called}?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=MEASURES,
        design=DESIGN,
        varied=varied,
        points=tuple(_point(varied, its) for its in changes),
    )


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
    places = (np.arange(1000) + 0.5) / 1000
    return float(quantile(entry, places).mean())


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


# ---------------------------------------------------------------- what was found


def analyse(store: Store) -> Influence:
    """The influence that a store of such a plan holds."""
    plan = store.plan
    players = tuple(plan.scenario.named("official") + plan.scenario.named("lab"))
    game = game_of(players, plan.seed)
    table, failed = _by_point(store)
    drawn = stream(plan.seed, 0, "bootstrap", DESIGN).multinomial(
        plan.runs, np.full(plan.runs, 1 / plan.runs), size=RESAMPLES
    )
    counts = np.vstack([np.ones(plan.runs), drawn])  # the runs as they are, then resampled
    worth = {name: _means(table[name], counts) for name in MEASURES}
    coalitions = len(game.coalitions)
    told = [name for name in MEASURES if (~np.isnan(table[name][:coalitions])).sum(axis=1).min() >= FEWEST]
    of_coalitions = {name: worth[name][:, :coalitions] for name in told}
    day, tenth = _slopes(plan, players, worth, coalitions)
    everybody = coalitions - 1
    return Influence(
        plan,
        players,
        {name: float(its[0, everybody]) for name, its in of_coalitions.items()},
        {name: float(its[0, 0]) for name, its in of_coalitions.items()},
        {name: _by_name(players, shapley_values(game, its)) for name, its in of_coalitions.items()},
        {name: _by_name(players, banzhaf_values(game, its)) for name, its in of_coalitions.items() if not game.orders},
        _pivotal(store, everybody),
        day,
        tenth,
        len(plan.points) * plan.runs,
        failed,
    )


def _by_point(store: Store) -> tuple[dict[str, Array], int]:
    """Each measure by point and run, and how many runs failed."""
    plan, failed = store.plan, 0
    table = {name: np.full((len(plan.points), plan.runs), math.nan) for name in MEASURES}
    for point, run, reasons, *values in store.by_part(["point", "run", "failed", *MEASURES]):
        failed += int((reasons != "").sum())
        for name, its in zip(MEASURES, values, strict=True):
            table[name][point, run] = its
    return table, failed


def _means(values: Array, counts: Array) -> Array:
    """The mean of each point over the runs that have a value, for each way of counting runs (a row each)."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Array = counts @ np.where(known, values, 0.0).T / (counts @ known.T.astype(float))
    return means


def _by_name(players: tuple[str, ...], found: Array) -> dict[str, Interval]:
    """The first row as the estimate, the others as its resamples."""
    return {name: resampled(found[:, k]) for k, name in enumerate(players)}


def _slopes(
    plan: Plan, players: tuple[str, ...], worth: dict[str, Array], first: int
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """The change of the review period for one more day in each ideal, and of adoption for a tenth more influence."""
    day, tenth = {}, {}
    for point, (path, (low, high)) in zip(
        itertools.count(first, 2), _sides(plan.scenario, players).items(), strict=False
    ):
        name = path.split(".")[1]
        if path.endswith(".influence"):
            steps = math.log(high / low) / math.log(1.1)
            tenth[name] = resampled((worth["adopted"][:, point + 1] - worth["adopted"][:, point]) / steps)
        else:
            change = worth["review_days"][:, point + 1] - worth["review_days"][:, point]
            day[name] = resampled(change / (high - low))
    return day, tenth


def _pivotal(store: Store, everybody: int) -> dict[str, Interval]:
    """How often each lab's last word decided, where everybody has views of its own."""
    labs = store.plan.scenario.named("lab")
    counts, runs = np.zeros(len(labs)), 0
    for point, reasons, *decides in store.by_part(["point", "failed", *(PIVOTAL + lab for lab in labs)]):
        here = (point == everybody) & (reasons == "")
        runs += int(here.sum())
        counts += [its[here].sum() for its in decides]
    return {lab: share(int(count), runs) for lab, count in zip(labs, counts, strict=True)}


# ---------------------------------------------------------------- in words

LABELS = {"adopted": "adoption", "review_days": "the review period at announcement"}


def in_points(value: float, measure: str) -> str:
    """A change of a measure: adoption in percentage points, a review period in days."""
    return f"{100 * value:+.1f}" if measure == "adopted" else f"{value:+.1f}"


def ranked(its: Mapping[str, Interval]) -> list[str]:
    """Names, the largest change either way first."""
    return sorted(its, key=lambda name: -abs(its[name].mean))


def headline(found: Influence) -> str:
    """The one sentence to remember."""
    labels, its = found.plan.scenario.labels, found.shapley["adopted"]
    up, down = max(its, key=lambda name: its[name].mean), min(its, key=lambda name: its[name].mean)
    apart = [(name, its[name]) for name in (up, down) if its[name].low > 0.0 or its[name].high < 0.0]
    told = "; ".join(f"{labels[name]} {_in_brackets(one, 'adopted')} points" for name, one in apart)
    whole, nobody = (100 * worth["adopted"] for worth in (found.whole, found.nobody))
    total = f"Everybody's views take adoption from {nobody:.1f}% to {whole:.1f}%"
    return f"{total}; most by {told}." if apart else f"{total}; no one's can be told from zero."


def _in_brackets(its: Interval, measure: str) -> str:
    return f"{in_points(its.mean, measure)} [{in_points(its.low, measure)} to {in_points(its.high, measure)}]"


def told(found: Influence) -> str:
    """The influence as text for a terminal."""
    plan, labels = found.plan, found.plan.scenario.labels
    wide = max(len(labels[name]) for name in found.players)
    lines = [headline(found), "", f"{plan.title}: {plan.question}"]
    lines += [f"{found.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}; 95% intervals in brackets."]
    lines += [f"{found.failed:,} runs failed and are left out."] * bool(found.failed)
    for measure, its in found.shapley.items():
        unit = "percentage points" if measure == "adopted" else "days"
        lines += ["", f"What each one's views bring to {LABELS[measure]} (Shapley values, {unit})"]
        lines += [f"  {labels[name]:{wide}}  {_in_brackets(its[name], measure)}" for name in ranked(its)]
    if "review_days" not in found.shapley:
        lines += ["", f"Some coalition has fewer than {FEWEST} frameworks, so the review period is not divided."]
    lines += ["", "How often a lab's last word decided whether there was a framework"]
    for name in sorted(found.pivotal, key=lambda lab: -found.pivotal[lab].mean):
        its_share = found.pivotal[name]
        ends = f"[{100 * its_share.low:.1f} to {100 * its_share.high:.1f}]"
        lines.append(f"  {labels[name]:{wide}}  {100 * its_share.mean:.1f}% {ends}")
    lines += ["", "One more day in its ideal: days at announcement.  A tenth more influence: points of adoption"]
    for name in ranked(found.day):
        day, tenth = found.day[name], found.tenth[name]
        days = f"{day.mean:+.3f} [{day.low:+.3f} to {day.high:+.3f}]"
        points = f"{100 * tenth.mean:+z.2f} [{100 * tenth.low:+z.2f} to {100 * tenth.high:+z.2f}]"
        lines.append(f"  {labels[name]:{wide}}  {days}    {points}")
    if any(its.high < 0.0 for its in found.day.values()):
        lines.append("  Asking for more can bring less: a draft that is sent back strengthens those who ask for less.")
    return "\n".join(lines)


def as_data(found: Influence) -> dict[str, Any]:
    """The influence as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "shapley": {
            measure: {
                "whole": found.whole[measure],
                "nobody": found.nobody[measure],
                "stakeholders": {name: its._asdict() for name, its in by_name.items()},
            }
            for measure, by_name in found.shapley.items()
        },
        "banzhaf": {
            measure: {name: its._asdict() for name, its in by_name.items()}
            for measure, by_name in found.banzhaf.items()
        },
        "pivotal": {name: its._asdict() for name, its in found.pivotal.items()},
        "one_day_more": {name: _plain(its) for name, its in found.day.items()},
        "a_tenth_more_influence": {name: _plain(its) for name, its in found.tenth.items()},
    }


def _plain(its: Interval) -> dict[str, float | None]:
    return {key: None if math.isnan(value) else value for key, value in its._asdict().items()}
