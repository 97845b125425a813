"""The points of a sweep, and how its runs are cut into parts.

A run of one scenario is a sweep of one point at which nothing varies.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.case import Changes
from model.draws import BLOCK, Array, quantile, stream
from model.rules.records import About
from model.scenario import Entry, Scenario
from model.schema import choices

from ..measures.columns import measures

DESIGNS = ("grid", "lhs", "sobol", "random", "table")
MOST_BLOCKS = 8  # in a part: large enough that files stay few, small enough that little is lost when one is cut short
FEWEST_PARTS = 16  # where there are blocks enough, so that all workers are busy to the end
MOST_WORLDS, WORLD_RUNS = 512, 4  # the share of worlds on one side of one half is then known to 2 points or so
FEWEST_WORLDS = 100  # with fewer the intervals do not hold what they promise

type Value = float | str
type Point = tuple[Any, ...]  # of values, or None where the scenario's own stays


class Question(NamedTuple):
    """What the points of a plan are to answer: the key of an analysis, and its settings as plain data."""

    analysis: str
    settings: dict[str, Any]


class Plan(NamedTuple):
    """The runs to be played: 0 to ``runs`` - 1 of a scenario under one seed, at each of some points.

    ``varied`` are the paths of the parameters that differ between the ``points``, each of which holds their values in
    that order; ``design`` says how the points were sampled. With a ``precision`` every point goes on until the half
    width of the 95% interval of the first of the ``measures`` is no larger, or until it has ``max_runs``. ``name``,
    ``title`` and ``question`` are those of the sweep. So many ``runs_in_a_world`` in turn share the values of the
    unknowns and differ by luck alone. ``asks`` is the question that an analysis answers from the runs; None for runs
    of one scenario and for sweeps.
    """

    name: str
    title: str
    question: str
    scenario: Scenario
    seed: int
    runs: int
    precision: float | None = None
    max_runs: int = 0
    measures: tuple[str, ...] = ("adopted",)
    design: str = "grid"
    varied: tuple[str, ...] = ()
    points: tuple[Point, ...] = ((),)
    runs_in_a_world: int = 1
    asks: Question | None = None

    @property
    def measure(self) -> str:
        """The first of the measures, which precision and analyses are about."""
        return self.measures[0]

    @property
    def about(self) -> About:
        """The label and unit of the first measure."""
        return measures(self.scenario)[self.measure]

    @property
    def analysis(self) -> str:
        """The key of the analysis that reads the runs; 'sweep' or 'runs' where no question is asked."""
        if self.asks is not None:
            return self.asks.analysis
        return "sweep" if self.varied else "runs"

    def asked[Settings](self, settings: Callable[..., Settings]) -> Settings:
        """The settings of the question, as the record of the analysis that answers it."""
        assert self.asks is not None
        return settings(**self.asks.settings)

    def changes(self, point: int) -> Changes:
        """The values at a point that differ from the scenario: path -> value."""
        values = zip(self.varied, self.points[point], strict=True)
        return {path: value for path, value in values if value is not None}


def plan_of(scenario: Scenario, runs: int, seed: int, precision: float | None = None, max_runs: int = 0) -> Plan:
    """The plan of a scenario with nothing varied."""
    return Plan(scenario.name, scenario.title, scenario.question, scenario, seed, runs, precision, max_runs)


def plan_worlds(plan: Plan) -> Plan | None:
    """The plan of a few more runs, several in each world, which tell how far worlds differ.

    The runs of the plan itself stay each in a world of its own: the same run is the same negotiation everywhere, and
    every interval and test takes runs to be independent. So this is a plan beside it. None for a plan that varies or
    asks something or has worlds, where nothing is unknown, and where the runs are too few.
    """
    unknown = any(entry.distribution is not None for entry in plan.scenario.entries.values())
    most = plan.runs if plan.precision is None else max(plan.runs, plan.max_runs)
    if plan.analysis != "runs" or plan.runs_in_a_world > 1 or not unknown or most < FEWEST_WORLDS:
        return None
    runs = WORLD_RUNS * min(most, MOST_WORLDS)
    return plan_of(plan.scenario, runs, plan.seed)._replace(name=f"{plan.name}, in worlds", runs_in_a_world=WORLD_RUNS)


# ---------------------------------------------------------------- parts


class Shard(NamedTuple):
    """One of several equal shares of a plan, as a batch job plays it: shard 2/5 is every fifth part from the second."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole plan."""
        return self.of == 1


WHOLE = Shard(1, 1)


class Part(NamedTuple):
    """Runs that are played and kept as one: the runs ``first`` to ``last`` (excluded) of some points of a plan."""

    number: int
    points: tuple[int, ...]
    first: int
    last: int

    @property
    def rows(self) -> int:
        """How many runs these are."""
        return len(self.points) * (self.last - self.first)

    def shard(self, of: int) -> Shard:
        """The shard that it belongs to, where there are so many."""
        return Shard(self.number % of + 1, of)

    def blocks(self) -> Iterator[range]:
        """The runs of each block in turn."""
        return blocks(self.first, self.last)


def blocks(first: int, last: int) -> Iterator[range]:
    """The runs `first` to `last` (excluded), cut where a block of luck ends."""
    while first < last:
        end = min(last, (first // BLOCK + 1) * BLOCK)
        yield range(first, end)
        first = end


def cut(points: Sequence[int], first: int, last: int, number: int) -> Iterator[Part]:
    """The parts in which some points get the runs `first` to `last` (excluded), numbered from `number`.

    The size of a part follows from how much there is to do, never from who does it. Points come before blocks, since
    the points of a part share the luck of a block.
    """
    all_blocks = list(blocks(first, last))
    size = BLOCK * min(MOST_BLOCKS, max(1, len(points) * (last - first) // BLOCK // FEWEST_PARTS))
    together = max(1, size // max(len(block) for block in all_blocks))
    blocks_in_part = max(1, together // len(points))
    numbers = itertools.count(number)
    for batch in itertools.batched(all_blocks, blocks_in_part):
        for group in itertools.batched(points, together):
            yield Part(next(numbers), group, batch[0].start, batch[-1].stop)


def whole(plan: Plan) -> list[Part]:
    """All parts of a plan; with a precision those that it begins with."""
    return list(cut(range(len(plan.points)), 0, plan.runs, 0))


def keys(part: Part) -> tuple[Array, Array]:
    """The point and the run of each row of a part."""
    point = [np.repeat(part.points, len(block)) for block in part.blocks()]
    run = [np.tile(np.arange(block.start, block.stop), len(part.points)) for block in part.blocks()]
    return np.concatenate(point), np.concatenate(run)


# ---------------------------------------------------------------- points


class Range(NamedTuple):
    """All values from ``low`` to ``high``, both included; on a grid in as many ``steps``."""

    low: float
    high: float
    steps: int | None


type Levels = tuple[Value, ...] | Range | None
"""The values that a parameter takes: these, any in a range, or (None) its distribution in the scenario."""


def grid(levels: Mapping[str, Levels], entries: Mapping[str, Entry]) -> Iterator[Point]:
    """Every combination, the last parameter changing fastest."""
    return itertools.product(*(steps(values, entries[path].type) for path, values in levels.items()))


def steps(levels: Levels, kind: Any) -> tuple[Value, ...]:
    """The values on a grid: evenly spaced in a range, rounded where the parameter is a whole number."""
    if not isinstance(levels, Range):
        assert levels is not None
        return levels
    assert levels.steps is not None
    spaced = np.linspace(levels.low, levels.high, levels.steps)
    return tuple(int(value) for value in spaced.round()) if kind is int else tuple(float(value) for value in spaced)


def sampled(
    design: str, count: int, levels: Mapping[str, Levels], entries: Mapping[str, Entry], seed: int
) -> list[Point]:
    """Points drawn at random, by Latin hypercube, or from Sobol's sequence (scrambled).

    In the first two each parameter has a stream of its own, so that another one moves nobody's values.

    References
    ----------
    McKay, Beckman & Conover (1979), *Technometrics* 21: 239-245. Sobol' (1967), *USSR Computational Mathematics and
    Mathematical Physics* 7: 86-112, scrambled after Owen (1998), as in `scipy.stats.qmc`.
    """
    columns = unit_columns(design, count, list(levels), seed)
    return list(zip(*(values_at(u, levels[path], entries[path]) for path, u in columns.items()), strict=True))


def unit_columns(design: str, count: int, paths: list[str], seed: int) -> dict[str, Array]:
    """For each parameter `count` numbers in [0, 1)."""
    if design == "random":
        return {path: stream(seed, 0, "design", path).random(count) for path in paths}
    from scipy.stats import qmc

    if design == "lhs":
        return {path: qmc.LatinHypercube(1, rng=stream(seed, 0, "design", path)).random(count)[:, 0] for path in paths}
    drawn = qmc.Sobol(len(paths), rng=stream(seed, 0, "design")).random_base2(int(math.log2(count)))
    return dict(zip(paths, drawn.T, strict=True))


def values_at(u: Array, levels: Levels, entry: Entry) -> list[Value]:
    """The values of a parameter at these shares (0..1) of the way through its levels."""
    if levels is None:
        return list(quantile(entry, u).tolist())
    if isinstance(levels, Range):
        low, width = levels.low, levels.high - levels.low
        if entry.type is int:
            return [int(low + math.floor(share * (width + 1))) for share in u.tolist()]
        return [low + width * share for share in u.tolist()]
    return [levels[math.floor(share * len(levels))] for share in u.tolist()]


def axis_position(value: Value, kind: Any) -> float:
    """The position of a value on an axis: numbers at their value, words in their order."""
    return float(choices(kind).index(value)) if isinstance(value, str) else float(value)
