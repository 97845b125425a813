"""What stands beneath figures of many runs, and what is drawn where there is nothing to show."""

from typing import Any

from matplotlib.figure import Figure

from .style import canvas

type Summary = dict[str, Any]


def caption(summary: Summary, what: str) -> str:
    """What is seen, and of which runs."""
    good = summary["runs"] - summary["failed"]
    return f"{what}\nScenario {summary['called']}, {runs_told(good)}, seed {summary['seed']}."


def runs_told(count: int) -> str:
    """A number of runs."""
    return f"{count:,} run{'s' * (count != 1)}"


def any_year(summary: Summary) -> bool:
    """Whether any run has adopted a framework, so that there is a year after to show."""
    return bool(summary["ad_hoc"]["releases"]["runs"])


def nothing(summary: Summary) -> Figure:
    """A figure that says why there is nothing to show."""
    message = "No month to show" if any_year(summary) else "No run adopts a framework"
    text = "The horizon is shorter than a month." if any_year(summary) else "There is nothing to show."
    figure, axes = canvas(6, 1.6, message, caption(summary, text))
    axes.set_axis_off()
    return figure
