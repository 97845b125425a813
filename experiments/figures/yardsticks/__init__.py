"""Figures of records that nobody here made, a module a kind; what several kinds show is here."""

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..style import LESS, WITH, WITHOUT, panels, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...yardsticks import Yardstick
    from ...yardsticks.scoring import Scores

type Figures = Mapping[str, Callable[[], "Figure"]]

ACTUAL = LESS


def figures(kind: str, finding: "Yardstick") -> Figures:
    """The figures of a kind of record, by name."""
    of_kind: Callable[[Any], Figures] = importlib.import_module(f".{kind}", __name__).figures
    return of_kind(finding)


def errors(scores: "Mapping[str, Scores]", base: str, message: str, caption: str) -> "Figure":
    """Brier and log scores of the model and of simple rules, with their intervals."""
    figure, axes = panels(10, 1.8 + 0.34 * len(scores), wrapped(message, 60), caption, 2)
    for panel, field, label in zip(axes, ("brier", "log"), ("Brier score", "Log score"), strict=True):
        score_rows(panel, scores, field, base)
        panel.set_yticks(range(len(scores)), list(scores) if field == "brier" else [""] * len(scores))
        panel.set_xlabel(f"{label}; left is better")
    return figure


def score_rows(axes: "Axes", scores: "Mapping[str, Scores]", field: str, base: str) -> None:
    """Each predictor's score with its interval, a row each, the first at the top."""
    for row, (name, its) in enumerate(scores.items()):
        interval, shade = getattr(its, field), WITH if name == base else WITHOUT
        axes.plot([interval.low, interval.high], [row, row], color=shade, linewidth=2)
        axes.plot(interval.mean, row, "o", color=shade, markersize=5)
    axes.invert_yaxis()
