"""A table of runs in figures and in words: the headline first."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from model.case import most_rounds
from model.rules.records import ABOUT, Fate, Operating, Outcome
from model.scenario import Scenario

from ..measures.columns import AD_HOC, HELD, JOINED, LEFT, NUMBERS, QUEUE, SHARE, SHARE_IN, STAYS, months
from ..measures.intervals import Interval, Spread, average, share, spread

type Plain = dict[str, Any]
type Array = np.ndarray[Any, Any]

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


# ---------------------------------------------------------------- in words


def told(summary: dict[str, Any]) -> str:
    """The summary as text for a terminal."""
    if summary["failed"] == summary["runs"]:
        return headline(summary)
    width = max(len(lab["label"]) for lab in summary["labs"].values())
    with_settings = f", with {', '.join(summary['settings'])}" if summary["settings"] else ""
    lines = [
        headline(summary),
        *_precision_told(summary),
        *(f"Note: {note}." for note in summary["notes"]),
        "",
        f"{summary['title']}{with_settings}: {summary['question']}",
        "",
        f"{'How it ends':31}share of all runs  95% interval",
    ]
    lines += [f"  {ending(name):42} {percent(its)}".rstrip() for name, its in summary["outcomes"].items()]
    lines += ["", f"{'Review period in days':43} median  90% range        runs"]
    for name in PERIODS:
        its = summary["measures"][name]
        label = its["label"].replace("Review period ", "").replace("Yardstick: ", "yardstick: ")
        lines.append(f"  {label:42} {days(its)}  {its['runs']:>6,}")
    lines += ["", f"{'In what form, at announcement':43} median  90% range        runs"]
    for name in FORM:
        its = summary["measures"][name]
        label = f"{its['label'].replace(' at announcement', '')} ({its['unit']})"
        lines.append(f"  {label:42} {middle(its)}  {its['runs']:>6,}")
    head = f"{'of all runs':22}   {'of runs that adopt':22}   still in at the horizon"
    lines += ["", f"{'Who joins':{width + 2}}    {head}"]
    lines += [
        f"  {lab['label']:{width}}  {percent(lab['joined'])}   {percent(lab['joined_if_adopted'])}"
        f"   {percent(lab['in_at_horizon_if_adopted'])}".rstrip()
        for lab in summary["labs"].values()
    ]
    back = summary["measures"]["drafts_sent_back"]
    lines += ["", f"Drafts sent back: {back['mean']:.2f} a run on average{interval(back, '.2f')}"]
    if summary["ad_hoc"]["releases"]["runs"] > 1:
        lines += ["", *_year_told(summary)]
    return "\n".join(lines)


def _precision_told(summary: Plain) -> list[str]:
    """Whether the share of adopted runs is known as precisely as was asked for."""
    its, precision = summary["outcomes"]["adopted"], summary["precision"]
    if precision is None or (its["high"] - its["low"]) / 2 <= precision:
        return []
    most = f"{summary['runs']:,} runs are the most that were asked for"
    return [f"{most}; the interval is still wider than {100 * precision:g} points to each side."]


def _year_told(summary: Plain) -> list[str]:
    """The year after an announcement beside the same year without a framework."""
    runs = summary["ad_hoc"]["releases"]["runs"]
    head = f"The year after, in the {runs:,} runs that adopt"
    lines = [f"{head:54} framework   ad hoc   difference  95% interval"]
    for its in summary["ad_hoc"].values():
        label = f"{its['label']} ({its['unit']})"
        means = f"{its['framework']['mean']:9.2f} {its['without']['mean']:8.2f} {its['mean']:+12.2f}"
        lines.append(f"  {label:52} {means} {interval(its, '+.2f')}")
    law = summary["ad_hoc"]["mandate"]["without"]["mean"]
    lines.append(
        f"  Ad hoc: the same luck without a framework. In {law:.0%} of these runs a law comes, and reviews with it."
    )
    its = summary["ad_hoc_without_law"]["delay_days"]
    if its["mean"] is not None:
        lines.append(
            f"  Where no law comes in either ({its['runs']:,} runs), the delay at home differs by "
            f"{its['mean']:+.2f} days"
            f"{interval(its, '+.2f')}."
        )
    return lines


def headline(summary: dict[str, Any]) -> str:
    """The one sentence to remember."""
    its = summary["outcomes"]["adopted"]
    good = summary["runs"] - summary["failed"]
    failed = f"; {summary['failed']:,} more failed and are left out" if summary["failed"] else ""
    if its["mean"] is None:
        return f"No run of {summary['runs']:,} came to an end{failed}."
    return (
        f"Adopted in {100 * its['mean']:.1f}% of {good:,} runs "
        f"[95% interval {100 * its['low']:.1f} to {100 * its['high']:.1f}%]{failed}."
    )


def ending(name: str) -> str:
    """How a run ends, in words; what became of an adopted framework is set off."""
    return words(name) if OUTCOMES[name][0] == "outcome" else f"  of which {words(name)}"


def words(name: str) -> str:
    """A name as it is spoken."""
    return name.replace("_", " ")


def percent(its: dict[str, Any]) -> str:
    """A share and its interval, in percent, 22 characters wide."""
    if its["mean"] is None:
        return f"{'-':>6}{'':16}"
    ends = f"[{100 * its['low']:.1f} to {100 * its['high']:.1f}]"
    return f"{100 * its['mean']:5.1f}%  {ends:14}"


def middle(its: dict[str, Any]) -> str:
    """A median and its 90% range, 23 characters wide, with decimals for shares."""
    if its["median"] is None or its["p95"] > 1.0:
        return days(its)
    return f"{its['median']:6.2f}  {its['p5']:.2f} to {its['p95']:.2f}".ljust(23)


def days(its: dict[str, Any]) -> str:
    """A median and its 90% range, 23 characters wide."""
    if its["median"] is None:
        return f"{'-':>6}{'':17}"
    return f"{its['median']:6.1f}  {its['p5']:.1f} to {its['p95']:.1f}".ljust(23)


def interval_told(its: Interval) -> str:
    """A share and its interval, in percent, as text goes on."""
    return f"{100 * its.mean:.1f}% [{100 * its.low:.1f} to {100 * its.high:.1f}]"


def count_of(summary: Plain, outcome: str) -> int:
    """How many runs end so."""
    good: int = summary["runs"] - summary["failed"]
    return round(float(summary["outcomes"][outcome]["mean"]) * good)


def interval(its: dict[str, Any], form: str) -> str:
    """The ends of an interval in brackets, or nothing."""
    return "" if its["low"] is None else f" [{its['low']:{form}} to {its['high']:{form}}]"
