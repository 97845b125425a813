"""How many runs pass each stage from the first draft to the horizon, and where they end."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..measures.intervals import share
from ..results.summary import Summary
from ..results.words import counted, share_text
from .captions import caption
from .style import INK, OUTCOME_COLOURS, canvas

ENDS = {  # from top to bottom, each with the last stage that its runs pass
    "durable": ("announced", "Durable", "a durable framework"),
    "eroded": ("announced", "Eroded", "a framework that erodes"),
    "superseded": ("announced", "Superseded by a law", "a framework that a law supersedes"),
    "no_framework": ("signed", "No framework", "an order without a framework"),
    "no_order": ("drafting", "No order", "no order"),
}
STAGES = {"drafting": "Drafting", "signed": "Order signed", "announced": "Framework announced"}
NODE = 0.05  # width, in the distance from stage to stage
PITCH = 0.16  # least distance between the names of two ends, in the height of all runs
GAP = 0.04


def outcome_flow(summary: Summary) -> Figure:
    """A band for each ending, as high as its share of the runs, from the first stage to where it ends."""
    counts = {name: summary.runs_with(name) for name in ENDS}
    runs = sum(counts.values())
    text = (
        "From left to right: from the first draft to the horizon. Height: runs. Numbers: runs, and their share of all\n"
        "runs with its 95% Wilson interval. Durable: at quorum at the horizon; eroded: below it."
    )
    figure, axes = canvas(9.5, 5.2, _message(counts), caption(summary, text))
    bottoms = _bottoms([counts[name] / runs for name in ENDS])
    start = 1.0
    for name, bottom in zip(ENDS, bottoms, strict=True):
        height = counts[name] / runs
        start -= height
        _band(axes, name, start, bottom, height)
        label = f"{ENDS[name][1]}\n{counted(counts[name], 'run')}, {share_text(share(counts[name], runs))}"
        axes.text(3 + 2 * NODE, bottom + height / 2, label, va="center", fontsize=9)
    for column, stage in enumerate(STAGES):
        _stage(axes, column, stage, counts)
    axes.set_xlim(-0.02, 4.1)
    axes.set_ylim(min(bottoms) - 0.06, 1.25)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    return figure


def _bottoms(heights: list[float]) -> list[float]:
    """Where each ending begins, from top to bottom, with room for its name."""
    bottoms, top = [], 1.0
    for height in heights:
        room = max(height + GAP, PITCH)
        bottoms.append(top - (room + height) / 2)
        top -= room
    return bottoms


def _band(axes: Axes, name: str, start: float, end: float, height: float) -> None:
    """The runs of one ending: level up to the last stage that they pass, then over to where the ending stands."""
    last = list(STAGES).index(ENDS[name][0])
    across = np.linspace(0.0, 1.0, 60)
    along = np.concatenate([[0.0], last + NODE + (3 - last - NODE) * across, [3 + NODE]])
    low = np.concatenate([[start], start + (end - start) * across**2 * (3 - 2 * across), [end]])
    shade = OUTCOME_COLOURS[name]
    axes.fill_between(along, low, low + height, color=shade, alpha=0.75, linewidth=0, label=name)


def _stage(axes: Axes, column: int, stage: str, counts: dict[str, int]) -> None:
    """How many runs reach a stage."""
    stages, runs = list(STAGES), sum(counts.values())
    reached = sum(count for name, count in counts.items() if stages.index(ENDS[name][0]) >= column)
    axes.fill_between([column, column + NODE], 1.0 - reached / runs, 1.0, color=INK, linewidth=0, label=stage)
    label = f"{STAGES[stage]}\n{counted(reached, 'run')}"
    if column:
        label += f"\n{share_text(share(reached, runs))}"
    axes.text(column, 1.03, label, va="bottom", fontsize=9)


def _message(counts: dict[str, int]) -> str:
    """The commonest ending, if its interval lies above that of the next."""
    runs = sum(counts.values())
    first, second = sorted(counts, key=lambda name: -counts[name])[:2]
    commonest = share(counts[first], runs)
    if commonest.low <= share(counts[second], runs).high:
        return "How runs end: no ending is surely the commonest"
    return f"The commonest end: {ENDS[first][2]}, {share_text(commonest)} of the runs"
