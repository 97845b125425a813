"""The year after one negotiation, model by model: what each release waits for, and what it lets out."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from model.rules.records import Review, Stage
from model.rules.talks import ROUND_DAYS
from model.turns.releases import Release

from ..results.trace import Trace
from ..results.words import counted
from .captions import caption_of_run
from .style import INK, LESS, MORE, PALE, canvas

HELD, HELD_LABEL = "#DDCC77", "held ad hoc"
SHADES = {
    Review.AGREED: (MORE, "reviewed under the framework or a law"),
    Review.AD_HOC: ("#88CCEE", "under an agreement"),
}
TEXT = (
    "Each line: a model, from the day on which it is ready to its release. Dot: the release, the larger the more\n"
    "dangerous capability is out. Dotted: until users abroad have it. Triangles: the lab joins (up) or leaves (down)."
)
LEAST, MOST = 12.0, 150.0  # sizes of dots


def timeline(trace: Trace) -> Figure:
    """Every release of the year after the talks: a row a lab, its models one below the other."""
    year, labels = trace.year, trace.scenario.labels
    reviewed = sum(release.way.review is not Review.NONE for release in year.log)
    held = sum(release.way.held for release in year.log)
    world = "with the framework" if year.has_framework else "without a framework"
    message = f"{counted(len(year.log), 'model')} in the year {world}: {reviewed} reviewed, {held} held"
    names = list(trace.run.case.labs)
    figure, axes = canvas(10, 1.9 + 0.62 * len(names), message, caption_of_run(trace, TEXT))
    for row, name in enumerate(names):
        own = [release for release in year.log if release.lab == name]
        for place, release in enumerate(own):
            _model(axes, row - 0.3 + 0.6 * (place + 0.5) / len(own), release)
        for turn in (turn for turn in year.turns if turn.lab == name):
            day = ROUND_DAYS * (turn.week + 1)
            axes.plot(day, row + 0.4, "^" if turn.is_in else "v", color=INK, markersize=7, clip_on=False)
    _mark_law(trace, axes)
    axes.set_yticks(range(len(names)), [labels[name] for name in names])
    axes.set_ylim(len(names) + 0.5, -0.6)  # with room for the key
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.8)
    axes.set_xlim(0, ROUND_DAYS * year.weeks)
    axes.set_xlabel("Days after the talks")
    _key(axes)
    return figure


def _model(axes: Axes, height: float, release: Release) -> None:
    """One model: waiting, hearing, review, hold, release, and the time until it is abroad."""
    way, ready = release.way, release.model.day
    out = ready + release.delay_days
    held_from = out - way.hold_days
    axes.plot([ready, held_from], [height, height], color=PALE, linewidth=1.0)
    if way.review in SHADES:
        began = ready + way.wait_days + way.contest_days
        axes.plot([began, held_from], [height, height], color=SHADES[way.review][0], linewidth=5, solid_capstyle="butt")
    if way.held:
        axes.plot([held_from, out], [height, height], color=HELD, linewidth=5, solid_capstyle="butt")
    if way.lag_days > 0.0:
        axes.plot([out, out + way.lag_days], [height, height], color=INK, linewidth=0.8, linestyle=":")
    marker = "*" if release.incident else "o"
    shade = LESS if release.incident else INK
    size = LEAST + (MOST - LEAST) * release.danger_out
    axes.scatter(
        out, height, s=size * (3 if release.incident else 1), color=shade, marker=marker, zorder=3, linewidths=0
    )


def _mark_law(trace: Trace, axes: Axes) -> None:
    """A line on the day on which a law comes."""
    weeks = trace.year.datacollector.get_model_vars_dataframe()["mandated"].tolist()
    if trace.negotiation.stage is not Stage.LAW and any(weeks):
        day = ROUND_DAYS * (weeks.index(True) + 1)
        axes.axvline(day, color=INK, linewidth=1, linestyle="--")
        axes.annotate("law", (day, -0.55), (3, 0), textcoords="offset points", fontsize=8)


def _key(axes: Axes) -> None:
    """What the colours mean."""
    entries: list[Artist] = [Line2D([], [], color=PALE, label="waits at the desk")]
    entries += [Patch(color=shade, label=label) for shade, label in SHADES.values()]
    entries += [Patch(color=HELD, label=HELD_LABEL)]
    entries += [Line2D([], [], color=LESS, marker="*", linestyle="", markersize=10, label="an incident follows")]
    axes.legend(handles=entries, loc="lower center", frameon=False, fontsize=8, ncols=3)
