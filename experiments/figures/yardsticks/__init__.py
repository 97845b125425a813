"""Figures of records that nobody here made, a module a kind; what several kinds show is here."""

import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..style import LESS, PALE, WITH, WITHOUT, canvas, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...measures.intervals import Interval
    from ...results.finding import Finding
    from ...yardsticks.scoring import Group, Scores

type Figures = Mapping[str, Callable[[], "Figure"]]

ACTUAL = LESS


def figures(kind: str, finding: "Finding") -> Figures:
    """The figures of a kind of record, by name."""
    of_kind: Callable[[Any], Figures] = importlib.import_module(f".{kind}", __name__).figures
    return of_kind(finding)


def errors(
    rows: "Mapping[str, tuple[Interval, Interval]]",
    of_model: Collection[str],
    message: str,
    labels: tuple[str, str],
    caption: str,
) -> "Figure":
    """The error of each rule (left) and its excess over a reference (right), with their intervals, a row each."""
    figure, (left, right) = panels(11, 1.6 + 0.36 * len(rows), message, caption, 2)
    interval_rows(left, {name: error for name, (error, _) in rows.items()}, of_model)
    interval_rows(right, {name: excess for name, (_, excess) in rows.items()}, of_model)
    right.set_yticklabels([""] * len(rows))
    right.axvline(0.0, color=PALE, linewidth=1, linestyle=":")
    for panel, label in zip((left, right), labels, strict=True):
        panel.set_xlabel(label)
    return figure


def interval_rows(axes: "Axes", rows: "Mapping[str, Interval]", of_model: Collection[str]) -> None:
    """Estimates with their intervals, a row each, the first at the top; those of the model in its colour."""
    for row, (name, interval) in enumerate(rows.items()):
        shade = WITH if name in of_model else WITHOUT
        axes.plot([interval.low, interval.high], [row, row], color=shade, linewidth=2)
        axes.plot(interval.mean, row, "o", color=shade, markersize=5)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()


def score_errors(scores: "Mapping[str, Scores]", of_model: Collection[str], message: str, caption: str) -> "Figure":
    """`errors` of Brier scores, beside the model's."""
    rows = {name: (its.brier, its.brier_excess) for name, its in scores.items()}
    labels = ("Brier score of who joins; left is better", "How much worse than the model on the same decisions")
    return errors(rows, of_model, message, labels, caption)


def reliable(groups: "Sequence[Group]", caption: str) -> "Figure":
    """The share that joined, with its interval, beside what the model expected of groups of decisions."""
    met = sum(group.is_met for group in groups)
    message = f"In {met} of {len(groups)} groups as many joined as the model expected, give or take luck"
    figure, axes = canvas(6, 5, message, caption)
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=":")
    for group in groups:
        ends = [max(group.joined.low, 0.0), min(group.joined.high, 1.0)]  # a share is no less and no more
        axes.plot([group.expected] * 2, ends, color=WITH, linewidth=2)
        axes.plot(group.expected, group.joined.mean, "o", color=WITH, markersize=5)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("Mean chance to join, by the model")
    axes.set_ylabel("Share that joined")
    return figure
