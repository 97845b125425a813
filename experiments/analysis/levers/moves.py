"""Settings of the levers: what can be set, how a row of genes stands for one, and what moving them counts as.

A gene below `LEFT` leaves its lever as the scenario has it (where that is a distribution, unknown); above, it is the
place in the lever's declared range. So half of a sample leaves any one lever alone, and few may be moved.
"""

from collections.abc import Callable, Sequence

import numpy as np

from model.draws import Array, quantile
from model.scenario import Entry, Scenario
from model.schema import choices

from ...plans.design import Levels, Point, Range, Value, unit_columns, values_at

HELD = {  # not set unless they are named, and why
    "levers.quorum_labs": "what counts as a framework: a lower bar is adoption in name",
    "levers.quorum_share": "what counts as a framework: a lower bar is adoption in name",
    "levers.drafting_rounds": "when the matter is dead, and at 0 that no signature is needed",
    "levers.draft_rule": "how officials are taken to settle, which nobody sets",
}
LEFT = 0.5
AS_IT_IS = LEFT / 2
HALVINGS = 5  # of how far a package moves its levers
SLACK = 0.01  # of what all settings differ by in a want: a lever that stays moved is worth more


def sampled_genes(points: int, varied: Sequence[str], seed: int) -> Array:
    """Genes in which nothing is moved, then so many by Latin hypercube: a row a setting, a column a lever."""
    columns = unit_columns("lhs", points, list(varied), seed)
    return np.vstack([np.full(len(varied), AS_IT_IS), np.column_stack(list(columns.values()))])


def settings_of(genes: Array, varied: Sequence[str], scenario: Scenario) -> list[Point]:
    """The settings that genes stand for, None where a lever is left; numbers have three digits, as they are told."""
    columns = []
    for path, its in zip(varied, genes.T, strict=True):
        entry = scenario.entries[path]
        places = np.clip((its - LEFT) / (1.0 - LEFT), 0.0, np.nextafter(1.0, 0.0))
        values = values_at(places, _levels(entry), entry)
        columns.append([None if gene < LEFT else _told(value) for gene, value in zip(its, values, strict=True)])
    return list(zip(*columns, strict=True))


def _levels(entry: Entry) -> Levels:
    if entry.low is None or entry.high is None:
        return tuple(choices(entry.type))
    return Range(entry.low, entry.high, None)


def _told(value: Value) -> Value:
    return float(f"{value:.3g}") if isinstance(value, float) else value


def home(entry: Entry) -> Value:
    """Where a scenario has a lever: its value, or the median of its distribution."""
    if entry.distribution is not None:
        middle: Value = quantile(entry, np.array([0.5]))[0].item()
        return middle
    assert entry.value is not None
    return entry.value


def shift(entry: Entry, value: Value | None) -> float:
    """How far a lever is moved from `home`, as a share of its range; 1 for another word, 0 where it is left."""
    there = home(entry)
    if value is None or value == there:
        return 0.0
    if isinstance(value, str) or isinstance(there, str) or entry.low is None or entry.high is None:
        return 1.0
    return abs(value - there) / (entry.high - entry.low)


def cost(scenario: Scenario, varied: Sequence[str], point: Point) -> float:
    """The sum of how far the levers are moved: 1 is one lever moved over the whole of its range."""
    return sum(shift(scenario.entries[path], value) for path, value in zip(varied, point, strict=True))


def leaner(genes: Array, still: Callable[[Array], Array], luck: np.random.Generator) -> Array:
    """Settings with every lever left without which they `still` do (genes -> truths), each in an order of its own."""
    rows = np.arange(len(genes))
    for levers in luck.permuted(np.tile(np.arange(genes.shape[1]), (len(genes), 1)), axis=1).T:
        without = genes.copy()
        without[rows, levers] = AS_IT_IS
        drop = (genes[rows, levers] >= LEFT) & still(without)
        genes = np.where(drop[:, None], without, genes)
    return genes


def nearer(genes: Array, homes: Array, still: Callable[[Array], Array]) -> Array:
    """Settings with all their moves cut by the largest share with which they `still` do, found by bisection."""

    def cut(to: Array) -> Array:
        move = (genes >= LEFT) & ~np.isnan(homes)
        return np.where(move, homes + to[:, None] * (genes - homes), genes)

    low, high = np.zeros(len(genes)), np.ones(len(genes))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = still(cut(middle))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return cut(high)


def homes(varied: Sequence[str], scenario: Scenario) -> Array:
    """The gene that stands for where the scenario has each lever; NaN for words."""
    places = []
    for entry in (scenario.entries[path] for path in varied):
        there = home(entry)
        if isinstance(there, str) or entry.low is None or entry.high is None:
            places.append(np.nan)
        else:
            places.append(LEFT + (1.0 - LEFT) * (there - entry.low) / (entry.high - entry.low))
    return np.array(places)
