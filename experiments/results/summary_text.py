"""A summary of runs in words."""

from typing import Any

from ..measures.intervals import Interval
from .summary import FORM, OUTCOMES, PERIODS

type Plain = dict[str, Any]


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
