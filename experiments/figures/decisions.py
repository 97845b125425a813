"""The figure of a record of decisions: how far each rule is from what was decided."""

from collections.abc import Callable, Mapping
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..measures.intervals import Interval
from ..validation.decision_finding import Decided
from ..validation.decision_scores import MEAN, WAYS
from .style import PALE, WITH, WITHOUT, panels, wrapped


def decision_figures(finding: Decided) -> Mapping[str, Callable[[], Figure]]:
    """The figure of a record of decisions, by name."""
    return {"errors": partial(errors, finding)}


def errors(finding: Decided) -> Figure:
    """The mean absolute error of each rule, and how much it is above the weighted mean's on the same issues."""
    scores = finding.comparison.scores
    figure, (left, right) = panels(
        11,
        1.6 + 0.36 * len(scores),
        wrapped(_message(finding), 75),
        f"Means and 95% intervals over {scores[MEAN].proposals} proposals; left is better. Blue: the model's ways of "
        "bargaining; grey: simple rules.\nIn brackets the issues of which a rule can tell. Right: how much more than "
        "the weighted mean's error on the same issues.",
        2,
    )
    for row, (name, score) in enumerate(scores.items()):
        shade = WITH if name in WAYS else WITHOUT
        _line(left, row, score.mae, shade)
        _line(right, row, score.mae_excess, shade)
    left.set_yticks(range(len(scores)), [f"{name} ({score.issues})" for name, score in scores.items()])
    right.set_yticks(range(len(scores)), [""] * len(scores))
    right.axvline(0.0, color=PALE, linewidth=1, linestyle=":")
    left.set_xlim(left=0)
    left.set_xlabel("Mean absolute error (of 100)")
    right.set_xlabel("Excess over the weighted mean")
    for panel in (left, right):
        panel.invert_yaxis()
    return figure


def _message(finding: Decided) -> str:
    if not finding.beating:
        return "No way of bargaining beats the weighted mean"
    return f"{len(finding.beating)} of {len(WAYS)} ways of bargaining beat the weighted mean"


def _line(axes: Axes, height: float, interval: Interval, shade: str) -> None:
    axes.plot([interval.low, interval.high], [height, height], color=shade, linewidth=2)
    axes.plot(interval.mean, height, "o", color=shade, markersize=5)
