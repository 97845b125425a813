"""The figure of settings of the levers: the front, the scenario as it stands, and the shipped scenarios beside it."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.rules.records import About

from ..analysis.levers.front import Front, Setting
from ..measures.columns import SHARE
from ..measures.intervals import Interval
from ..results.words import value_text
from .style import INK, PALETTE, WITH, WITHOUT, sheet, wrapped

SHAPES = "osD^vP"
FOUND: dict[str, Any] = {"color": WITH, "markersize": 5}
BEATEN: dict[str, Any] = {"color": WITHOUT, "markersize": 3}
OF = {"mean": "Mean over all worlds", "worst": "Mean in the worst tenth of the worlds"}


def figures(found: Front) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures: name, and what draws it; none where no setting has what is wanted."""
    if found.front:
        yield "front", partial(front, found)


def front(found: Front) -> Figure:
    """The first want against each other one, over all worlds and in the worst tenth of them."""
    first, *others = found.wants
    figure = sheet(12.5, 2.2 + 4.3 * len(others), _caption(found))
    figure.suptitle(wrapped(_message(found), 110), x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    rows = figure.subplots(len(others), 2, squeeze=False, sharex=True, sharey="row")
    for row, other in zip(rows, others, strict=True):
        for axes, (of, title) in zip(row, OF.items(), strict=True):
            _panel(axes, found, (first, other), of)
            axes.set_title(title, loc="left", fontsize=10)
    handles, labels = rows[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False, fontsize=8)
    return figure


def _message(found: Front) -> str:
    """The best in the first want, and what it is as it stands."""
    best, stands = found.settings[found.front[0]], found.settings[0]
    told = [
        f"{about.label} {value_text(best.mean[name].mean, about)} instead of "
        + value_text(stands.mean[name].mean, about, unit=True)
        for name, about in found.wants.items()
    ]
    return f"Setting 1: {', '.join(told)}"


def _panel(axes: Axes, found: Front, pair: tuple[str, str], of: str) -> None:
    """All settings, those that none beats numbered as in the words, and the scenarios."""
    numbers = {k: rank for rank, k in enumerate(found.front, 1)}
    unbeaten = found.front if of == "mean" else found.robust
    for k, its in enumerate(found.settings):
        is_in = k in unbeaten
        if k and its.counts:
            _dot(axes, found, its, pair, of, zorder=3 if is_in else 2, **(FOUND if is_in else BEATEN))
        if k and k in numbers:
            off = (4, 4 if numbers[k] % 2 else -10)  # neighbours above and below
            axes.annotate(str(numbers[k]), _place(found, its, pair, of), off, textcoords="offset points", fontsize=7)
    if len(found.wants) == 2:
        line = [_place(found, found.settings[k], pair, of) for k in unbeaten]
        axes.plot([x for x, _ in line], [y for _, y in line], color=WITH, linewidth=0.8)
    axes.plot([], [], "o", label="none beats it", **FOUND)
    axes.plot([], [], "o", label="beaten, or not to be told apart", **BEATEN)
    star = {"marker": "*", "color": INK, "markersize": 13, "label": f"{found.settings[0].name}, as it stands"}
    _dot(axes, found, found.settings[0], pair, of, **star)
    for its, shade, shape in zip(found.beside, itertools.cycle(PALETTE), itertools.cycle(SHAPES)):
        if its.counts:
            full = {"markerfacecolor": shade if its.levers_only else "none"}
            _dot(axes, found, its, pair, of, marker=shape, color=shade, markersize=6, label=its.name, **full)
    for axis, name in zip((axes.xaxis, axes.yaxis), pair, strict=True):
        about = found.wants[name]
        axis.set_label_text(f"{about.label} ({'% of runs' if about.unit == SHARE else about.unit})")
        axis.set_tick_params(labelbottom=True, labelleft=True)


def _dot(axes: Axes, found: Front, its: Setting, pair: tuple[str, str], of: str, **look: Any) -> None:
    """A setting with its intervals."""
    x, y = (_scaled(getattr(its, of)[name], found.wants[name]) for name in pair)
    shade = look["color"]
    axes.plot([x.low, x.high], [y.mean, y.mean], color=shade, linewidth=0.8, alpha=0.6)
    axes.plot([x.mean, x.mean], [y.low, y.high], color=shade, linewidth=0.8, alpha=0.6)
    axes.plot(x.mean, y.mean, linestyle="none", **{"marker": "o", **look})


def _place(found: Front, its: Setting, pair: tuple[str, str], of: str) -> tuple[float, float]:
    x, y = (_scaled(getattr(its, of)[name], found.wants[name]).mean for name in pair)
    return x, y


def _scaled(its: Interval, about: About) -> Interval:
    scale = 100.0 if about.unit == SHARE else 1.0
    return Interval(*(scale * end for end in its))


def _caption(found: Front) -> str:
    plan = found.plan
    ways = ", ".join(f"{name} {way}" for name, way in zip(found.wants, plan.directions, strict=True))
    text = f"Wanted: {ways}. Dots: settings of the levers, numbered as in the text; lines: 95% intervals over worlds. "
    text += "A world is a value for every unknown; the worst tenth is that of each want by itself. "
    text += "Hollow: shipped scenarios that differ in more than levers."
    rest = f"Scenario {plan.scenario.called}, {len(plan.points)} settings of {plan.runs:,} runs, seed {plan.seed}."
    return f"{wrapped(text, 170)}\n{rest}"
