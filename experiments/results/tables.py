"""The tables of a finding as data frames of text, as a notebook shows them: caption -> table."""

from typing import TYPE_CHECKING

from model.rules.records import About

from ..measures.intervals import Interval
from .summary import BARGAINED, FORM, PERIODS, Summary, ending
from .summary_parts import MeasureSummary, WorldDifference
from .sweeps import SweepResult
from .words import interval_text, number, or_dash, share_text, value_text

if TYPE_CHECKING:
    import pandas as pd

ESTIMATE = "mean [95% interval]"
TERMS = (*PERIODS, *FORM, *BARGAINED)


def tables_of_runs(summary: Summary) -> "dict[str, pd.DataFrame]":
    """How runs end, which labs join, the terms, and the year after an announcement beside the ad-hoc one."""
    import pandas as pd

    if not summary.finished:
        return {}
    ends = {ending(name): share_text(interval) for name, interval in summary.outcomes.items()}
    labs = {
        lab.label: {
            "of all runs": or_dash(share_text(lab.joined)),
            "of runs that adopt": or_dash(share_text(lab.joined_if_adopted)),
            "still in at the horizon": or_dash(share_text(lab.in_at_horizon_if_adopted)),
        }
        for lab in summary.labs.values()
    }
    terms = {_label(its.about): _measure(its) for its in (summary.measures[name] for name in TERMS)}
    year = {_label(its.about): _year(its) for its in summary.ad_hoc.values() if its.runs}
    return {
        "How it ends": pd.DataFrame({"share of all runs [95% interval]": ends}),
        "Who joins [95% interval]": pd.DataFrame.from_dict(labs, orient="index"),
        "The terms, and how they bargained": pd.DataFrame.from_dict(terms, orient="index"),
        f"The year after, in the {summary.adopted:,} runs that adopt": pd.DataFrame.from_dict(year, orient="index"),
    }


def _label(about: About) -> str:
    return f"{about.label} ({about.unit})"


def _measure(its: MeasureSummary) -> dict[str, str]:
    """The row of a measure: its mean, its quantiles, and how many runs have it."""
    middle = Interval(its.spread.median, its.spread.p5, its.spread.p95)
    return {
        ESTIMATE: or_dash(interval_text(its.interval, its.about)),
        "median [90% range]": or_dash(interval_text(middle, its.about)),
        "runs": f"{its.spread.runs:,}",
    }


def _year(its: WorldDifference) -> dict[str, str]:
    """The row of a measure of the year: with a framework, without, and the paired difference."""
    return {
        "framework": value_text(its.framework.mean, its.about),
        "ad hoc": value_text(its.without.mean, its.about),
        "difference [95% interval]": interval_text(its.difference, its.about, signed=True),
    }


def sweep_tables(result: SweepResult) -> "dict[str, pd.DataFrame]":
    """The points of a sweep with every measure."""
    import pandas as pd

    plan = result.plan
    rows = [
        {result.label(path): number(value) for path, value in zip(plan.varied, values, strict=True)}
        | {
            _label(result.about(name)): or_dash(interval_text(means.at(point), result.about(name)))
            for name, means in result.intervals.items()
        }
        for point, values in enumerate(plan.points)
    ]
    return {f"{len(rows):,} points, {ESTIMATE}": pd.DataFrame(rows)}
