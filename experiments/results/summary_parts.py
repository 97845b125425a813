"""The parts of a summary of runs: a record of each, and the function that makes it from columns of a table."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from model.draws import BLOCK, Array, draw_parameters
from model.rules.records import ABOUT, About
from model.scenario import Scenario

from ..measures.columns import AD_HOC, HELD, JOINED, LEFT, QUEUE, SHARE_IN, STAYS
from ..measures.intervals import Interval, Spread, average, difference_in, mean_in, share, spread
from ..measures.variance import Cause, causes

MOST_SETS = 12  # sets of labs that are listed
LABS_IN_A_CODE = 32  # so that codes of sets are numbered anew before 64 bits are full

type Column = Callable[[str], Array]  # a column by its name, over the runs that a part rests on


class Table(Protocol):
    """Rows of runs, in memory or on disk, from which one column at a time is read."""

    def __getitem__(self, name: str, /) -> Any:
        """The values of a column, one for each run."""


def column(table: Table, name: str, chosen: Array | slice = slice(None)) -> Array:
    """A column as an array, or the chosen runs of it."""
    values: Array = np.asarray(table[name])[chosen]
    return values


def record_data(record: Any) -> dict[str, Any]:
    """A record as plain data, its intervals and spreads too."""
    return {
        name: part.data() if isinstance(part, Interval | Spread) else part for name, part in record._asdict().items()
    }


def about_data(about: About) -> dict[str, Any]:
    """Label and unit of a measure as plain data."""
    return {"label": about.label, "unit": about.unit}


# ---------------------------------------------------------------- measures


class MeasureSummary(NamedTuple):
    """A measure over the runs that have it: its mean, its quantiles, its label and unit."""

    interval: Interval
    spread: Spread
    about: About

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return {**self.interval.data(), **self.spread.data(), **about_data(self.about)}


def measure_summary(name: str, values: Array) -> MeasureSummary:
    """The summary of a measure from its values; NaN where a run does not have it."""
    about = ABOUT[name]
    return MeasureSummary(mean_in(about.unit, values), spread(values), about)


class WorldDifference(NamedTuple):
    """A measure of the year after with the framework against the same luck without: paired difference and both means.

    ``runs`` is the number of pairs.
    """

    difference: Interval
    runs: int
    framework: Interval
    without: Interval
    about: About

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        means = {"framework": self.framework.data(), "without": self.without.data()}
        return {**self.difference.data(), "runs": self.runs, **means, **about_data(self.about)}


def world_difference(name: str, table: Table, chosen: Array) -> WorldDifference:
    """The difference that the framework makes in one measure over the chosen runs that have it in both worlds."""
    framework, without = (column(table, world + name, chosen) for world in ("", AD_HOC))
    both = ~(np.isnan(framework) | np.isnan(without))
    framework, without, about = framework[both], without[both], ABOUT[name]
    return WorldDifference(
        difference_in(about.unit, framework - without),
        len(framework),
        mean_in(about.unit, framework),
        mean_in(about.unit, without),
        about,
    )


MOST_RUNS_READ = 16 * BLOCK  # for what a difference hangs on: shares are then known to a hundredth


def hangs_on(name: str, scenario: Scenario, table: Table, seed: int, chosen: Array) -> dict[str, Cause]:
    """The unknowns that the difference a framework makes to a measure hangs on, in the first of the chosen runs."""
    numbers = column(table, "run", chosen)[:MOST_RUNS_READ]
    framework, without = (column(table, world + name, chosen)[:MOST_RUNS_READ] for world in ("", AD_HOC))
    known = ~(np.isnan(framework) | np.isnan(without))
    numbers, changes = numbers[known], (framework - without)[known]
    unknown = [entry for entry in scenario.entries.values() if entry.distribution is not None]
    if not len(numbers) or not unknown:
        return {}
    blocks = numbers // BLOCK
    drawn = [
        {
            path: values[numbers[blocks == block] % BLOCK]
            for path, values in draw_parameters(unknown, seed, block).items()
        }
        for block in np.unique(blocks).tolist()
    ]
    return causes(changes, {path: np.concatenate([its[path] for its in drawn]) for path in drawn[0]})


# ---------------------------------------------------------------- labs


class LabSummary(NamedTuple):
    """How often a lab joins, stays and leaves (shares of runs), and its ad-hoc holds with and without a framework."""

    label: str
    joined: Interval
    joined_if_adopted: Interval
    in_at_horizon_if_adopted: Interval
    left_if_adopted: Interval
    holds_if_adopted: Interval
    holds_ad_hoc: Interval


def lab_summary(name: str, label: str, of_good: Column, of_adopted: Column) -> LabSummary:
    """The summary of one lab, over the runs that did not fail and over those that adopt."""

    def share_of(values: Array) -> Interval:
        return share(int(values.sum()), len(values))

    return LabSummary(
        label=label,
        joined=share_of(of_good(JOINED + name)),
        joined_if_adopted=share_of(of_adopted(JOINED + name)),
        in_at_horizon_if_adopted=share_of(of_adopted(STAYS + name)),
        left_if_adopted=share_of(of_adopted(LEFT + name)),
        holds_if_adopted=average(of_adopted(HELD + name)),
        holds_ad_hoc=average(of_adopted(AD_HOC + HELD + name)),
    )


class LabSet(NamedTuple):
    """Labs by name, and the share of the runs that adopt in which exactly these joined."""

    labs: list[str]
    joined: Interval


class JointSets(NamedTuple):
    """Which labs join together in the ``runs`` that adopt: the sets that occur most often, and the rest of them.

    There are ``others`` further sets, together in the share ``in_others`` of these runs.
    """

    runs: int
    most_often: list[LabSet]
    others: int
    in_others: Interval

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return record_data(self) | {"most_often": [record_data(labs) for labs in self.most_often]}


def joint_sets(labs: Sequence[str], of_adopted: Column) -> JointSets:
    """The sets of labs that join together, the commonest first; of sets as common, the one that occurs first."""
    codes = np.zeros(len(of_adopted("adopted")), dtype=np.int64)
    for number, name in enumerate(labs, 1):
        codes = 2 * codes + (of_adopted(JOINED + name) == 1.0)
        if number % LABS_IN_A_CODE == 0:
            codes = np.unique(codes, return_inverse=True)[1]
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))[:MOST_SETS]
    runs, listed = len(codes), int(counts[order].sum())
    members = np.array([of_adopted(JOINED + name)[first[order]] == 1.0 for name in labs]).T
    most_often = [
        LabSet([name for name, is_in in zip(labs, row, strict=True) if is_in], share(count, runs))
        for row, count in zip(members, counts[order].tolist(), strict=True)
    ]
    return JointSets(runs, most_often, len(counts) - len(order), share(runs - listed, runs))


# ---------------------------------------------------------------- months


class MonthSummary(NamedTuple):
    """The end of a month after the announcement, over the runs that adopt.

    ``share_in`` is the share of the frontier in the framework, ``queue`` the releases that wait at the review desk,
    ``nobody_waits`` the share of the runs in which there are none.
    """

    month: int
    share_in: Spread
    queue: Spread
    mean_queue: Interval
    nobody_waits: Interval


def month_summary(number: int, of_adopted: Column) -> MonthSummary:
    """The summary of one month, counted from 1."""
    queue = of_adopted(f"{QUEUE}{number}")
    return MonthSummary(
        month=number,
        share_in=spread(of_adopted(f"{SHARE_IN}{number}")),
        queue=spread(queue),
        mean_queue=average(queue),
        nobody_waits=share(int((queue == 0).sum()), len(queue)),
    )
