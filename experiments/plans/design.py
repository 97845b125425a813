"""The points of a sweep, and how its runs are cut into parts.

A run of one scenario is a sweep of one point at which nothing varies.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.case import Changes
from model.draws import BLOCK, quantile, stream
from model.rules.records import About
from model.scenario import Entry, Scenario
from model.schema import choices

from ..measures.columns import measures

DESIGNS = ("grid", "lhs", "sobol", "random", "table")
MOST_BLOCKS = 8  # in a part: large enough that files stay few, small enough that little is lost when one is cut short
FEWEST_PARTS = 16  # where there are blocks enough, so that all workers are busy to the end

type Value = float | str
type Point = tuple[Any, ...]  # of values, or None where the scenario's own stays


class Plan(NamedTuple):
    """What is to be played: the runs 0 to ``runs`` - 1 of a scenario under one seed, at each of some points.

    ``varied`` are the paths of the parameters that differ between the ``points``, each of which holds their values in
    that order. With a ``precision`` every point goes on until the half width of the 95% interval of the first of the
    ``measures`` is no larger, or until it has ``max_runs``. ``name``, ``title`` and ``question`` are those of the
    sweep. Discovery asks whether the first measure's mean lies above a ``threshold``. With several
    ``runs_in_a_world`` so many in turn share what is unknown and differ by luck alone. ``directions`` ('max' or 'min')
    say which way the first of the measures are wanted where settings are looked for.
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
    threshold: float | None = None
    runs_in_a_world: int = 1
    directions: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """The first of the measures: what precision and analyses are about."""
        return self.measures[0]

    @property
    def about(self) -> About:
        """The label and unit of the first measure."""
        return measures(self.scenario)[self.measure]

    def changes(self, point: int) -> Changes:
        """What differs from the scenario at a point: path -> value; what is None there stays as the scenario has it."""
        its = zip(self.varied, self.points[point], strict=True)
        return {path: value for path, value in its if value is not None}


def plan_of(scenario: Scenario, runs: int, seed: int, precision: float | None = None, max_runs: int = 0) -> Plan:
    """The plan of a scenario as it stands."""
    return Plan(scenario.name, scenario.title, scenario.question, scenario, seed, runs, precision, max_runs)


# ---------------------------------------------------------------- parts


class Shard(NamedTuple):
    """One of several equal shares of a plan, as a batch job plays it: shard 2/5 is every fifth part from the second."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def is_whole(self) -> bool:
        """Whether it is all there is."""
        return self.of == 1


WHOLE = Shard(1, 1)


class Part(NamedTuple):
    """What is played and kept as one: the runs ``first`` to ``last`` (excluded) of some points of a plan."""

    number: int
    points: tuple[int, ...]
    first: int
    last: int

    @property
    def rows(self) -> int:
        """How many runs these are."""
        return len(self.points) * (self.last - self.first)

    def shard(self, of: int) -> Shard:
        """The one of so many shards that it belongs to."""
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
    in_all = list(blocks(first, last))
    size = BLOCK * min(MOST_BLOCKS, max(1, len(points) * (last - first) // BLOCK // FEWEST_PARTS))
    together = max(1, size // max(len(block) for block in in_all))
    deep = max(1, together // len(points))
    numbers = itertools.count(number)
    for some in itertools.batched(in_all, deep):
        for group in itertools.batched(points, together):
            yield Part(next(numbers), group, some[0].start, some[-1].stop)


def whole(plan: Plan) -> list[Part]:
    """All parts of a plan; with a precision those that it begins with."""
    return list(cut(range(len(plan.points)), 0, plan.runs, 0))


def keys(part: Part) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The point and the run of each row of a part."""
    point = [np.repeat(part.points, len(block)) for block in part.blocks()]
    run = [np.tile(np.arange(block.start, block.stop), len(part.points)) for block in part.blocks()]
    return np.concatenate(point), np.concatenate(run)


# ---------------------------------------------------------------- points


class Range(NamedTuple):
    """Everything from ``low`` to ``high``, both included; on a grid in as many ``steps``."""

    low: float
    high: float
    steps: int | None


type Levels = tuple[Value, ...] | Range | None
"""The values that a parameter takes: these, any in a range, or (None) its distribution in the scenario."""


def grid(levels: Mapping[str, Levels], entries: Mapping[str, Entry]) -> Iterator[Point]:
    """Every combination, the last parameter changing fastest."""
    return itertools.product(*(steps(its, entries[path].type) for path, its in levels.items()))


def steps(its: Levels, kind: Any) -> tuple[Value, ...]:
    """The values on a grid: evenly spaced in a range, rounded where the parameter is a whole number."""
    if not isinstance(its, Range):
        assert its is not None
        return its
    assert its.steps is not None
    spaced = np.linspace(its.low, its.high, its.steps)
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


def unit_columns(design: str, count: int, paths: list[str], seed: int) -> dict[str, np.ndarray[Any, Any]]:
    """For each parameter `count` numbers in [0, 1)."""
    if design == "random":
        return {path: stream(seed, 0, "design", path).random(count) for path in paths}
    from scipy.stats import qmc

    if design == "lhs":
        return {path: qmc.LatinHypercube(1, rng=stream(seed, 0, "design", path)).random(count)[:, 0] for path in paths}
    drawn = qmc.Sobol(len(paths), rng=stream(seed, 0, "design")).random_base2(int(math.log2(count)))
    return dict(zip(paths, drawn.T, strict=True))


def values_at(u: np.ndarray[Any, Any], its: Levels, entry: Entry) -> list[Value]:
    """The values of a parameter at these places (0..1) of what it may be."""
    if its is None:
        return list(quantile(entry, u).tolist())
    if isinstance(its, Range):
        if entry.type is int:
            return [int(its.low + math.floor(place * (its.high - its.low + 1))) for place in u.tolist()]
        return [its.low + (its.high - its.low) * place for place in u.tolist()]
    return [its[math.floor(place * len(its))] for place in u.tolist()]


def place(value: Value, kind: Any) -> float:
    """Where a value stands on an axis: numbers where they are, words in their order."""
    return float(choices(kind).index(value)) if isinstance(value, str) else float(value)
