"""The figure of a search for lever settings: the Pareto front, the unchanged scenario, and the shipped scenarios."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.rules.records import About

from ..analysis.levers.finding import Front, Setting
from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..results.words import interval_text
from .captions import named
from .style import INK, PALETTE, POINT_DOTS, WITH, WITHOUT, beside, say, sheet, wrapped

SHAPES = "osD^vP"
NUMBER_SIZE = (11.0, 9.0)  # points that two digits take
OPTIMAL: dict[str, Any] = {"color": WITH, "markersize": 5}
DOMINATED: dict[str, Any] = {"color": WITHOUT, "markersize": 3}
PANELS = {"mean": "Mean over all worlds", "worst": "Mean in the worst tenth of the worlds"}


def figures(finding: Front) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures: name, and a function that draws it; none where no setting has every wanted measure."""
    if finding.front:
        yield "front", partial(front, finding)


def front(finding: Front) -> Figure:
    """The first want against each other one, over all worlds and in the worst tenth of them."""
    first, *others = finding.wants
    figure = sheet(12.5, 2.2 + 4.3 * len(others), _caption(finding))
    say(figure, _message(finding))
    rows = figure.subplots(len(others), 2, squeeze=False, sharex=True, sharey="row")
    for row, other in zip(rows, others, strict=True):
        for axes, (kind, title) in zip(row, PANELS.items(), strict=True):
            _panel(axes, finding, (first, other), kind)
            axes.set_title(title, loc="left", fontsize=10)
    handles, labels = rows[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False, fontsize=8)
    figure.draw_without_rendering()  # so that it is known where the numbers have room
    for row, other in zip(rows, others, strict=True):
        for axes, kind in zip(row, PANELS, strict=True):
            _number(axes, finding, (first, other), kind)
    return figure


def _message(finding: Front) -> str:
    """The best in the first want, beside the unchanged scenario."""
    best, unchanged = finding.settings[finding.front[0]], finding.unchanged
    if not finding.is_other(best):
        return "Setting 1 does not differ detectably from the unchanged scenario in any want"
    changes = [
        f"{about.label} {interval_text(best.mean[name], about)} instead of "
        + interval_text(unchanged.mean[name], about, unit=True)
        for name, about in finding.wants.items()
    ]
    return f"Setting 1, at a cost of {best.cost:.2f}: {', '.join(changes)}"


def _panel(axes: Axes, finding: Front, pair: tuple[str, str], kind: str) -> None:
    """All settings, the Pareto-optimal numbered as in the text, and the scenarios."""
    optimal = finding.front if kind == "mean" else finding.robust
    for k, setting in enumerate(finding.settings):
        if k and setting.counts:
            look = OPTIMAL if k in optimal else DOMINATED
            _dot(axes, finding, setting, pair, kind, zorder=3 if k in optimal else 2, **look)
    axes.plot([], [], "o", label="Pareto-optimal", **OPTIMAL)
    axes.plot([], [], "o", label="dominated, or not distinguishable", **DOMINATED)
    _scenarios(axes, finding, pair, kind)
    for axis, name in zip((axes.xaxis, axes.yaxis), pair, strict=True):
        about = finding.wants[name]
        axis.set_label_text(f"{about.label} ({'% of runs' if about.unit == SHARE else about.unit})")
        axis.set_tick_params(labelbottom=True, labelleft=True)


def _number(axes: Axes, finding: Front, pair: tuple[str, str], kind: str) -> None:
    """The numbers that the settings of the front have in the text, beside their dots and on no other number.

    With few worlds a setting may have no mean in the worst tenth of them, and then has no dot.
    """
    of_front = {rank: finding.settings[k] for rank, k in enumerate(finding.front, 1) if k}
    positions = {rank: _position(finding, setting, pair, kind) for rank, setting in of_front.items()}
    shown = {rank: position for rank, position in positions.items() if np.isfinite(position).all()}
    spots = [tuple(axes.transData.transform(position) / POINT_DOTS) for position in shown.values()]
    for (rank, position), offset in zip(shown.items(), beside(spots, NUMBER_SIZE), strict=True):
        axes.annotate(str(rank), position, offset, textcoords="offset points", ha="center", va="center", fontsize=7)


def _scenarios(axes: Axes, finding: Front, pair: tuple[str, str], kind: str) -> None:
    """The unchanged scenario, and those of the shipped scenarios that differ from it."""
    star = {"marker": "*", "color": INK, "markersize": 13, "label": f"{finding.unchanged.name}, unchanged"}
    _dot(axes, finding, finding.unchanged, pair, kind, **star)
    for setting, shade, shape in zip(finding.beside, itertools.cycle(PALETTE), itertools.cycle(SHAPES)):
        if is_drawn(finding, setting):
            look = {"marker": shape, "markersize": 6, "markerfacecolor": shade if setting.levers_only else "none"}
            _dot(axes, finding, setting, pair, kind, color=shade, label=setting.name, **look)


def is_drawn(finding: Front, setting: Setting) -> bool:
    """Whether a shipped scenario is drawn: it has what is wanted, and differs detectably from the unchanged one."""
    return setting.counts and finding.is_other(setting)


def _dot(axes: Axes, finding: Front, setting: Setting, pair: tuple[str, str], kind: str, **look: Any) -> None:
    """A setting with its intervals."""
    x, y = (_scaled(getattr(setting, kind)[name], finding.wants[name]) for name in pair)
    shade = look["color"]
    axes.plot([x.low, x.high], [y.mean, y.mean], color=shade, linewidth=0.8, alpha=0.6)
    axes.plot([x.mean, x.mean], [y.low, y.high], color=shade, linewidth=0.8, alpha=0.6)
    axes.plot(x.mean, y.mean, linestyle="none", **{"marker": "o", **look})


def _position(finding: Front, setting: Setting, pair: tuple[str, str], kind: str) -> tuple[float, float]:
    x, y = (_scaled(getattr(setting, kind)[name], finding.wants[name]).mean for name in pair)
    return x, y


def _scaled(interval: Interval, about: About) -> Interval:
    scale = 100.0 if about.unit == SHARE else 1.0
    return Interval(*(scale * end for end in interval))


def _caption(finding: Front) -> str:
    plan = finding.plan
    ways = ", ".join(f"{name} {way}" for name, way in finding.asked.wants.items())
    text = f"Wanted: {ways}. Dots: settings of the levers, numbered as in the text; lines: 95% intervals over worlds. "
    text += "A world is a value for every unknown; the worst tenth is that of each want by itself. "
    text += "Hollow: shipped scenarios that differ in more than levers."
    text += (
        " One half of the worlds chooses, the other is shown. Cost: the shares of their ranges by which levers move, "
    )
    text += "summed."
    alike = sum(setting.counts and not finding.is_other(setting) for setting in finding.beside)
    if alike:
        text += f" {alike} shipped scenarios that do not differ detectably from the unchanged one are not drawn."
    basis = f"Scenario {named(plan.scenario)}, {len(plan.points)} settings of {plan.runs:,} runs, seed {plan.seed}."
    return f"{wrapped(text, 170)}\n{basis}"
