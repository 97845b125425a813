"""A table of runs in numbers: how often, in what form, with whom, and what comes of it."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from model.case import most_rounds
from model.draws import Array
from model.rules.records import ABOUT, Fate, Operating, Outcome
from model.scenario import Scenario

from ..measures.columns import AD_HOC, HELD, JOINED, LEFT, NUMBERS, QUEUE, SHARE, SHARE_IN, STAYS, months
from ..measures.intervals import Interval, Spread, average, share, spread

type Plain = dict[str, Any]

OUTCOMES = {  # how a run ends; the last three divide the adopted ones by what has become of them
    **{outcome.name.lower(): ("outcome", outcome) for outcome in Outcome},
    **{fate.name.lower(): ("fate", fate) for fate in Fate if fate is not Fate.NO_FRAMEWORK},
}
FORM = ("announcement_week", "covered_share", "disclosure")
PERIODS = (  # the review period from what they want to what they get
    "compromise_review_days",
    "median_review_days",
    "first_draft_review_days",
    "order_review_days",
    "review_days",
)
MOST_SETS = 12  # sets of labs that are told one by one


class Table(Protocol):
    """Rows of runs, in memory or on disk, from which one column at a time is asked for."""

    def __getitem__(self, name: str, /) -> Any:
        """The values of a column, one for each run."""


def summarise(scenario: Scenario, table: Table, seed: int, precision: float | None = None) -> Plain:
    """Everything `optin run` reports, as plain data; NaN becomes None.

    Returns
    -------
    dict
        ``scenario``, ``settings``, ``notes``, ``question``, ``runs``, ``seed``, ``precision`` (half width of the
        interval of the share that adopts, if one was asked for), ``failed``; ``outcomes``: name -> mean,
        low, high; ``measures``: name -> mean, low, high, runs, p5, p25, median, p75, p95, label, unit; ``ad_hoc``:
        measure of the year after -> mean, low, high of the paired difference that the framework makes in the runs that
        adopt one, runs, and the two means ``framework`` and ``without``; ``ad_hoc_without_law``: the same over those of
        these runs in which neither world gets a mandatory law; ``labs``: name -> label and shares or means with
        intervals; ``sets``: which labs are in together in the ``runs`` that adopt: ``most_often``, each its labs and
        how often exactly these joined; how many ``others`` there are, and in what share of runs; ``months``: by month
        after an announcement, share of the frontier in and queue.
    """
    good = its(table, "failed") == ""
    adopted = its(table, "adopted") == 1.0  # never of a failed run, whose measures are NaN
    lawless = adopted & (its(table, "mandate") == 0.0) & (its(table, AD_HOC + "mandate") == 0.0)
    count = int(good.sum())

    def of_good(name: str) -> Array:
        return its(table, name, good)

    def of_adopted(name: str) -> Array:
        return its(table, name, adopted)

    return {
        "scenario": scenario.name,
        "called": scenario.called,
        "settings": list(scenario.settings),
        "notes": scenario.notes(),
        "title": scenario.title,
        "question": scenario.question,
        "runs": len(good),
        "seed": seed,
        "precision": precision,
        "failed": len(good) - count,
        "outcomes": {
            name: plain(share(int((its(table, column) == code).sum()), count))
            for name, (column, code) in OUTCOMES.items()
        },
        "measures": {name: measure_summary(name, of_good(name)) for name in NUMBERS},
        "ad_hoc": {name: difference(name, table, adopted) for name in Operating._fields},
        "ad_hoc_without_law": {name: difference(name, table, lawless) for name in Operating._fields},
        "labs": {name: lab_summary(name, scenario.labels[name], of_good, of_adopted) for name in scenario.named("lab")},
        "sets": joint_sets(scenario.named("lab"), of_adopted),
        "months": [month_summary(number, of_adopted) for number in months(most_rounds(scenario))],
    }


def its(table: Table, name: str, chosen: Array | slice = slice(None)) -> Array:
    """A column as an array, or the chosen runs of it."""
    values: Array = np.asarray(table[name])[chosen]
    return values


def measure_summary(name: str, values: Array) -> Plain:
    """Mean with interval, quantiles, label and unit of one measure over the runs that have it."""
    quantiles = spread(values)
    middle = share(int(np.nansum(values)), quantiles.runs) if ABOUT[name].unit == SHARE else average(values)
    return {**plain(middle), **plain(quantiles), **named(name)}


def named(name: str) -> Plain:
    """Label and unit of a measure."""
    return {"label": ABOUT[name].label, "unit": ABOUT[name].unit}


def difference(name: str, table: Table, chosen: Array) -> Plain:
    """What the framework changes in one measure: the paired difference to the same luck without a framework."""
    with_it, without = (its(table, column, chosen) for column in (name, AD_HOC + name))
    both = ~(np.isnan(with_it) | np.isnan(without))
    with_it, without = with_it[both], without[both]
    return {
        **plain(average(with_it - without)),
        "runs": len(with_it),
        "framework": plain(average(with_it)),
        "without": plain(average(without)),
        **named(name),
    }


def lab_summary(name: str, label: str, of_good: Callable[[str], Array], of_adopted: Callable[[str], Array]) -> Plain:
    """How often one lab joins, stays and leaves, and how often it is held with and without a framework."""

    def counted(values: Array) -> Plain:
        return plain(share(int(values.sum()), len(values)))

    return {
        "label": label,
        "joined": counted(of_good(JOINED + name)),
        "joined_if_adopted": counted(of_adopted(JOINED + name)),
        "in_at_horizon_if_adopted": counted(of_adopted(STAYS + name)),
        "left_if_adopted": counted(of_adopted(LEFT + name)),
        "holds_if_adopted": plain(average(of_adopted(HELD + name))),
        "holds_ad_hoc": plain(average(of_adopted(AD_HOC + HELD + name))),
    }


def joint_sets(labs: Sequence[str], of_adopted: Callable[[str], Array]) -> Plain:
    """Which labs are in a framework together, and how often: the sets that occur most often, and how many more do."""
    codes = np.zeros(len(of_adopted("adopted")), dtype=np.int64)
    for place, name in enumerate(labs):
        codes = 2 * codes + (of_adopted(JOINED + name) == 1.0)
        if place % 32 == 31:  # numbered anew before 64 bits are full
            codes = np.unique(codes, return_inverse=True)[1]
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))[:MOST_SETS]
    runs, shown = len(codes), int(counts[order].sum())
    joined = [of_adopted(JOINED + name)[first[order]] == 1.0 for name in labs]
    return {
        "runs": runs,
        "most_often": [
            {
                "labs": [name for name, its in zip(labs, joined, strict=True) if its[place]],
                "joined": plain(share(count, runs)),
            }
            for place, count in enumerate(counts[order].tolist())
        ],
        "others": len(counts) - len(order),
        "in_others": plain(share(runs - shown, runs)),
    }


def month_summary(number: int, of_adopted: Callable[[str], Array]) -> Plain:
    """After a month: quantiles over the runs that adopt of the share of the frontier in and of the queue."""
    queue = of_adopted(f"{QUEUE}{number}")
    return {
        "month": number,
        "share_in": plain(spread(of_adopted(f"{SHARE_IN}{number}"))),
        "queue": plain(spread(queue)),
        "mean_queue": plain(average(queue)),
        "nobody_waits": plain(share(int((queue == 0).sum()), len(queue))),
    }


def plain(record: Interval | Spread) -> dict[str, Any]:
    """A record as a dict that JSON can hold."""
    return {key: None if math.isnan(value) else value for key, value in record._asdict().items()}
