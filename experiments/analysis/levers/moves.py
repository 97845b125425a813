"""Settings of the levers: which levers can be set, how a row of genes stands for a setting, and the cost of its moves.

A gene below `UNMOVED_BELOW` leaves its lever as the scenario has it (where that is a distribution, unknown); above, it
is the position in the lever's declared range. So half of a sample leaves any one lever alone, and few may be moved.
"""

from collections.abc import Callable, Sequence

import numpy as np

from model.draws import Array, quantile
from model.scenario import Entry, Scenario
from model.schema import choices

from ...plans.design import Levels, Point, Range, Value, unit_columns, values_at

NOT_SEARCHED = {  # levers not set unless they are named, and why
    "levers.quorum_labs": "what counts as a framework: a lower bar is adoption in name",
    "levers.quorum_share": "what counts as a framework: a lower bar is adoption in name",
    "levers.drafting_rounds": "when drafting ends without an order, and at 0 that no signature is needed",
}
UNMOVED_BELOW = 0.5
UNMOVED = UNMOVED_BELOW / 2
HALVINGS = 5  # of how far a package moves its levers
SLACK = 0.01  # of the range of all settings in a want: a lever stays moved if it gains more


def sampled_genes(points: int, varied: Sequence[str], seed: int) -> Array:
    """Genes that move no lever, then so many by Latin hypercube: a row a setting, a column a lever."""
    columns = unit_columns("lhs", points, list(varied), seed)
    return np.vstack([np.full(len(varied), UNMOVED), np.column_stack(list(columns.values()))])


def settings_of(genes: Array, varied: Sequence[str], scenario: Scenario) -> list[Point]:
    """The settings that genes stand for, None where a lever is left; numbers have three digits, as in the text."""
    columns = []
    for path, column in zip(varied, genes.T, strict=True):
        entry = scenario.entries[path]
        u = np.clip((column - UNMOVED_BELOW) / (1.0 - UNMOVED_BELOW), 0.0, np.nextafter(1.0, 0.0))
        values = zip(column, values_at(u, _levels(entry), entry), strict=True)
        columns.append([None if gene < UNMOVED_BELOW else _rounded(value) for gene, value in values])
    return list(zip(*columns, strict=True))


def _levels(entry: Entry) -> Levels:
    if entry.low is None or entry.high is None:
        return tuple(choices(entry.type))
    return Range(entry.low, entry.high, None)


def _rounded(value: Value) -> Value:
    return float(f"{value:.3g}") if isinstance(value, float) else value


def scenario_value(entry: Entry) -> Value:
    """The value of a lever in a scenario, or the median of its distribution."""
    if entry.distribution is not None:
        middle: Value = quantile(entry, np.array([0.5]))[0].item()
        return middle
    assert entry.value is not None
    return entry.value


def shift(entry: Entry, value: Value | None) -> float:
    """How far a lever is moved from its `scenario_value`, as a share of its range; 1 for another word, 0 if unmoved."""
    usual = scenario_value(entry)
    if value is None or value == usual:
        return 0.0
    if isinstance(value, str) or isinstance(usual, str) or entry.low is None or entry.high is None:
        return 1.0
    return abs(value - usual) / (entry.high - entry.low)


def cost(scenario: Scenario, varied: Sequence[str], point: Point) -> float:
    """The sum of how far the levers are moved: 1 is one lever moved over the whole of its range."""
    return sum(shift(scenario.entries[path], value) for path, value in zip(varied, point, strict=True))


def without_needless_moves(genes: Array, is_still_good: Callable[[Array], Array], luck: np.random.Generator) -> Array:
    """Settings less every move without which they are still good (genes -> truths), each tried in its own order."""
    rows = np.arange(len(genes))
    for levers in luck.permuted(np.tile(np.arange(genes.shape[1]), (len(genes), 1)), axis=1).T:
        without = genes.copy()
        without[rows, levers] = UNMOVED
        drop = (genes[rows, levers] >= UNMOVED_BELOW) & is_still_good(without)
        genes = np.where(drop[:, None], without, genes)
    return genes


def with_smallest_moves(genes: Array, usual: Array, is_still_good: Callable[[Array], Array]) -> Array:
    """Settings with all their moves cut by the largest share with which they are still good, found by bisection.

    Parameters
    ----------
    usual : the genes of the scenario itself, as `scenario_genes` gives them
    """

    def cut(to: Array) -> Array:
        move = (genes >= UNMOVED_BELOW) & ~np.isnan(usual)
        return np.where(move, usual + to[:, None] * (genes - usual), genes)

    low, high = np.zeros(len(genes)), np.ones(len(genes))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = is_still_good(cut(middle))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return cut(high)


def scenario_genes(varied: Sequence[str], scenario: Scenario) -> Array:
    """The gene of each lever's value in the scenario; NaN for words."""
    genes = []
    for entry in (scenario.entries[path] for path in varied):
        usual = scenario_value(entry)
        if isinstance(usual, str) or entry.low is None or entry.high is None:
            genes.append(np.nan)
        else:
            genes.append(UNMOVED_BELOW + (1.0 - UNMOVED_BELOW) * (usual - entry.low) / (entry.high - entry.low))
    return np.array(genes)
