"""Which labs are in a framework together."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.problems import listed

from ..measures.intervals import Interval, share
from ..results.summary import Summary
from ..results.summary_parts import JointSets
from ..results.words import share_text
from .captions import caption
from .style import FAINT, INK, PALE_WITH, WITH, panels, wrapped


def joint_sets(summary: Summary) -> Figure:
    """The sets of labs that join together most often: a bar a set over the runs that adopt, its labs below."""
    sets, labs = summary.sets.most_often, summary.labs
    names = sorted(labs, key=lambda name: -labs[name].joined_if_adopted.mean)
    text = (
        "Bars: share of the runs that adopt in which exactly the labs marked below join. Lines: 95% Wilson intervals.\n"
        f"{_not_drawn(summary.sets)}"
    )
    height = 3.4 + 0.3 * len(names)
    figure, (bars, dots) = panels(8.5, height, _message(summary), caption(summary, text), 1, (2.2, 0.3 * len(names)))
    for column, lab_set in enumerate(sets):
        _bar(bars, column, lab_set.joined)
        _dots(dots, column, [name in lab_set.labs for name in names])
    bars.set_ylim(0, min(112.0, 125 * max(lab_set.joined.high for lab_set in sets)))
    bars.set_xticks([])
    bars.set_ylabel("Share of runs\nthat adopt (%)")
    dots.set_yticks(range(len(names)), [wrapped(labs[name].label, 44) for name in names])
    dots.set_ylim(len(names) - 0.4, -0.6)
    dots.set_xticks([])
    dots.set_xlabel("Sets of labs, the commonest first")
    for axes in (bars, dots):
        axes.set_xlim(-0.6, max(len(sets), 4) - 0.4)
    for side in ("left", "bottom"):
        dots.spines[side].set_visible(False)
    dots.tick_params(length=0)
    return figure


def _bar(axes: Axes, column: int, interval: Interval) -> None:
    """An upright bar of a share with its interval."""
    mean, low, high = (100 * end for end in interval)
    axes.bar(column, mean, 0.6, color=PALE_WITH)
    axes.plot([column, column], [low, high], color=INK, linewidth=1.5, marker="_")
    axes.annotate(f"{mean:.1f}", (column, high), (0, 4), textcoords="offset points", ha="center", fontsize=9)


def _dots(axes: Axes, column: int, joined: list[bool]) -> None:
    """A dot for each lab, faint and small for a lab outside; those inside are joined by a line."""
    inside = [row for row, is_in in enumerate(joined) if is_in]
    axes.plot([column] * len(inside), inside, color=INK, linewidth=1.2, zorder=1)
    for row, is_in in enumerate(joined):
        axes.plot(column, row, "o", color=WITH if is_in else FAINT, markersize=9 if is_in else 5, zorder=2)


def _not_drawn(sets: JointSets) -> str:
    """How many sets are not drawn."""
    if not sets.others:
        return "No other set occurs."
    return f"{sets.others:,} other sets, together {100 * sets.in_others.mean:.1f}% of these runs, are not drawn."


def _message(summary: Summary) -> str:
    """The commonest set of labs, if its interval lies above that of the next."""
    first, *rest = summary.sets.most_often
    second = rest[0].joined if rest else share(0, summary.adopted)
    if first.joined.low <= second.high:
        return "No set of labs is surely the commonest in a framework"
    return f"The commonest framework has {_named(summary, first.labs)}: {share_text(first.joined)} of those adopted"


def _named(summary: Summary, inside: list[str]) -> str:
    """A set of labs in words, by those inside or, where these are fewer, by those missing."""
    labels = {name: lab.label for name, lab in summary.labs.items()}
    missing = [label for name, label in labels.items() if name not in inside]
    if not inside:
        return "no lab"
    if not missing:
        return "all labs"
    if len(missing) < len(inside):
        return f"all labs but {listed(missing)}"
    return listed([labels[name] for name in inside])
