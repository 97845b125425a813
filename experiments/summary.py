"""A table of runs in figures and in words: the headline first."""

import math
from typing import Any, get_args, get_type_hints

import pandas as pd

from model.rules.records import About, Measures, Outcome
from model.scenario import Scenario

from .execute import JOINED
from .statistics import Interval, Spread, average, share, spread

OUTCOMES = {outcome.name.lower(): outcome for outcome in Outcome}
PERIODS = (  # the review period from what they want to what they get
    "compromise_review_days",
    "median_review_days",
    "first_draft_review_days",
    "order_review_days",
    "review_days",
)


def about(measure: str) -> About:
    """Label and unit of a measure."""
    hint = get_type_hints(Measures, include_extras=True)[measure]
    said: About = get_args(hint)[1]
    return said


def summarise(scenario: Scenario, table: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Everything `optin run` reports, as plain data; NaN becomes None.

    Returns
    -------
    dict
        ``scenario``, ``question``, ``runs``, ``seed``, ``failed``; ``outcomes``: name -> mean, low, high;
        ``measures``: name -> mean, low, high, runs, p5, p25, median, p75, p95, label, unit; ``labs``: name -> label,
        ``joined`` and ``joined_if_adopted`` (mean, low, high).
    """
    good = table[table["failed"] == ""]
    adopted = good[good["adopted"] == 1.0]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "runs": len(table),
        "seed": seed,
        "failed": len(table) - len(good),
        "outcomes": {
            name: plain(share(int((good["outcome"] == code).sum()), len(good))) for name, code in OUTCOMES.items()
        },
        "measures": {name: measure_summary(name, good[name]) for name in Measures._fields if name != "outcome"},
        "labs": {
            name: {
                "label": scenario.labels[name],
                "joined": plain(share(int(good[JOINED + name].sum()), len(good))),
                "joined_if_adopted": plain(share(int(adopted[JOINED + name].sum()), len(adopted))),
            }
            for name in scenario.named("lab")
        },
    }


def measure_summary(name: str, values: "pd.Series[float]") -> dict[str, Any]:
    """Mean with interval, median and 90% range of one measure over the runs that have it."""
    said, known = about(name), values.dropna()
    is_share = said.unit == "share of runs"
    middle = share(int(known.sum()), len(known)) if is_share else average(known)
    return {
        **plain(middle),
        **plain(spread(values)),
        "label": said.label,
        "unit": said.unit,
    }


def plain(record: Interval | Spread) -> dict[str, Any]:
    """A record as a dict that JSON can hold."""
    return {key: None if math.isnan(value) else value for key, value in record._asdict().items()}


# ---------------------------------------------------------------- in words


def told(summary: dict[str, Any]) -> str:
    """The summary as text for a terminal."""
    if summary["failed"] == summary["runs"]:
        return headline(summary)
    labs = {name: (lab["joined"], lab["joined_if_adopted"]) for name, lab in summary["labs"].items()}
    width = max(len(lab["label"]) for lab in summary["labs"].values())
    lines = [
        headline(summary),
        "",
        f"{summary['title']}: {summary['question']}",
        "",
        f"{'How it ends':44}  share  95% interval",
    ]
    lines += [f"  {words(name):42} {percent(its)}".rstrip() for name, its in summary["outcomes"].items()]
    lines += ["", f"{'Review period in days':43} median  90% range        runs"]
    for name in PERIODS:
        its = summary["measures"][name]
        label = its["label"].replace("Review period ", "").replace("Yardstick: ", "yardstick: ")
        lines.append(f"  {label:42} {days(its)}  {its['runs']:>6,}")
    lines += ["", f"{'Who joins':{width + 2}}  of all runs              of runs that adopt"]
    lines += [
        f"  {summary['labs'][name]['label']:{width}}  {percent(all_runs)}   {percent(if_adopted)}"
        for name, (all_runs, if_adopted) in labs.items()
    ]
    back = summary["measures"]["drafts_sent_back"]
    lines += ["", f"Drafts sent back: {back['mean']:.2f} a run on average{interval(back, '.2f')}"]
    return "\n".join(lines)


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


def words(name: str) -> str:
    """A name as it is spoken."""
    return name.replace("_", " ")


def percent(its: dict[str, Any]) -> str:
    """A share and its interval, in percent, 22 characters wide."""
    if its["mean"] is None:
        return f"{'-':>6}{'':16}"
    ends = f"[{100 * its['low']:.1f} to {100 * its['high']:.1f}]"
    return f"{100 * its['mean']:5.1f}%  {ends:14}"


def days(its: dict[str, Any]) -> str:
    """A median and its 90% range, 23 characters wide."""
    if its["median"] is None:
        return f"{'-':>6}{'':17}"
    return f"{its['median']:6.1f}  {its['p5']:.1f} to {its['p95']:.1f}".ljust(23)


def interval(its: dict[str, Any], form: str) -> str:
    """The ends of an interval in brackets, or nothing."""
    return "" if its["low"] is None else f" [{its['low']:{form}} to {its['high']:{form}}]"
