"""The look of every figure, the colours of stakeholders, and how figures are saved."""

import functools
import hashlib
import io
import itertools
import re
import textwrap
import warnings
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from ..runs.files import write_bytes
from .glyphs import keep_undrawn

PALETTE = (  # Paul Tol's muted and bright schemes: distinguishable with any kind of colour vision
    "#332288",
    "#117733",
    "#CC6677",
    "#88CCEE",
    "#999933",
    "#AA4499",
    "#44AA99",
    "#882255",
    "#DDCC77",
    "#4477AA",
    "#EE6677",
    "#228833",
    "#661100",
    "#6699CC",
    "#EE7733",
)
COLOURS = {
    "national_security": "#882255",
    "commerce": "#4477AA",
    "industry_aides": "#DDCC77",
    "openai": "#117733",
    "anthropic": "#CC6677",
    "google": "#332288",
    "microsoft": "#88CCEE",
    "amazon": "#999933",
    "meta": "#AA4499",
    "xai": "#44AA99",
}
OUTCOME_COLOURS = {
    "no_order": "#BBBBBB",
    "no_framework": "#777777",
    "adopted": "#0077BB",  # as WITH
    "durable": "#117733",
    "eroded": "#DDCC77",
    "superseded": "#882255",
}
WITH, WITHOUT = "#0077BB", "#777777"  # with a framework, and in the ad-hoc world
PALE_WITH = "#99C9E3"  # WITH, where something dark is drawn on it
MORE, LESS = "#0077BB", "#CC3311"  # towards more of something, and towards less
INK, PALE, FAINT = "#222222", "#777777", "#DDDDDD"
FONT = "DejaVu Sans"  # comes with matplotlib
OTHER_SCRIPTS = (  # where they are installed, for what FONT lacks
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Noto Sans JP",
    "Noto Sans KR",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
    "Noto Emoji",
    "Symbola",
    "Segoe UI Emoji",
)
FORMATS = ("png", "svg")
OWN: ContextVar[Any] = ContextVar("OWN", default=MappingProxyType({}))  # settings of the user's own style
POINT_DOTS = 100 / 72  # dots of a figure to a point before it is saved
DOT = 2.0  # points from the middle of a dot to its edge
AROUND = ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
ESTIMATE = re.compile(r"\S+ \[[^\[\]\n]{0,40}\d[^\[\]\n]{0,40}\]")  # with its interval
UNBREAKABLE = "\N{NO-BREAK SPACE}"


def colour(name: str) -> str:
    """The colour of a stakeholder, the same in every figure; a new one gets a colour by its name."""
    free = [shade for shade in PALETTE if shade not in COLOURS.values()]
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return COLOURS.get(name, free[number % len(free)])


def series(count: int) -> list[Any]:
    """A colour for each of some things in a series: of the user's own style if it has enough, or dark to light."""
    own = OWN.get()["axes.prop_cycle"].by_key().get("color", []) if "axes.prop_cycle" in OWN.get() else []
    if len(own) >= count:
        return list(own[:count])
    return [WITH] if count == 1 else list(mpl.colormaps["viridis"](np.linspace(0.0, 0.85, count)))


def kept_whole(text: str) -> str:
    """Text in which no line breaks inside an estimate with its interval."""
    return ESTIMATE.sub(lambda found: found.group().replace(" ", UNBREAKABLE), text)


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most so many characters, none of which breaks inside an estimate with its interval."""
    return "\n".join(textwrap.wrap(kept_whole(text), width))


@functools.cache
def fonts() -> list[str]:
    """The fonts of a figure, each for what those before it lack."""
    installed = {font.name for font in fontManager.ttflist}
    return [FONT, *(name for name in OTHER_SCRIPTS if name in installed)]


def sheet(width: float, height: float, caption: str) -> Figure:
    """An empty figure with a caption below. Sizes in inches."""
    mpl.rcParams.update(
        {
            "font.family": fonts(),
            "font.size": 10,
            "text.parse_math": False,  # a label from a file is text, whatever it holds
            "svg.hashsalt": "opt-in",
            "svg.fonttype": "none",
            "pdf.fonttype": 42,  # text stays text
            "axes.edgecolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            **OWN.get(),
        }
    )
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.supxlabel(kept_whole(caption), x=0.01, ha="left", fontsize=8, color="#555555", wrap=True)
    return figure


def say(figure: Figure, message: str) -> None:
    """Put a message over all of a figure, in as many lines as it needs."""
    text = kept_whole(" ".join(message.split()))
    figure.suptitle(text, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK, wrap=True)


def panels(
    width: float, height: float, message: str, caption: str, columns: int, heights: Sequence[float] = (1.0,)
) -> tuple[Figure, list[Axes]]:
    """A figure of one message with clean axes in rows of these relative heights, row by row."""
    figure = sheet(width, height, caption)
    say(figure, message)
    axes = figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights)
    return figure, [panel for row in axes for panel in row]


def titled_panels(
    width: float, height: float, message: str, caption: str, rows: int, columns: int
) -> tuple[Figure, list[Axes]]:
    """A figure of one message over axes on the same scales that can have titles of their own, row by row."""
    figure = sheet(width, height, caption)
    say(figure, message)
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    return figure, [panel for row in axes for panel in row]


def message_of(figure: Figure) -> str:
    """The message of a figure, on one line."""
    return " ".join(figure.get_suptitle().split())


def spread_out(wanted: Sequence[float], gap: float, top: float) -> list[float]:
    """Rising positions at least a gap apart and not above the top, close to the rising ones that are wanted."""
    groups: list[list[float]] = []  # of positions that touch, each as the bottoms that its members would give it
    for number, position in enumerate(wanted):
        groups.append([position - gap * number])
        while len(groups) > 1 and _middle(groups[-2]) > _middle(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    bottoms = [_middle(group) for group in groups for _ in group]
    highest = top - gap * (len(wanted) - 1)
    return [min(bottom, highest) + gap * number for number, bottom in enumerate(bottoms)]


def beside(spots: Sequence[tuple[float, float]], size: tuple[float, float]) -> list[tuple[float, float]]:
    """Where labels of a size have their middles, seen from their spots, so that none is on another label or on a spot.

    All in points. Each label in turn takes the nearest free one of eight places, further out where none is free.
    """
    width, height = size
    taken = [(x, y, width / 2 + DOT, height / 2 + DOT) for x, y in spots]  # middle, and least distances across and up
    offsets = []
    for x, y in spots:
        places = ((ring * across, ring * up) for ring in itertools.count(1) for across, up in AROUND)
        scaled = ((across * (width / 2 + DOT), up * (height / 2 + DOT)) for across, up in places)
        offset = next(
            (dx, dy)
            for dx, dy in scaled
            if all(abs(x + dx - its) >= far or abs(y + dy - at) >= high for its, at, far, high in taken)
        )
        offsets.append(offset)
        taken.append((x + offset[0], y + offset[1], width, height))
    return offsets


def _middle(positions: list[float]) -> float:
    return sum(positions) / len(positions)


def canvas(width: float, height: float, message: str, caption: str) -> tuple[Figure, Axes]:
    """`panels` with one panel."""
    figure, (axes,) = panels(width, height, message, caption, 1)
    return figure, axes


def write(figure: Figure, to: Any, **options: Any) -> None:
    """Write a figure to a file; a character that no font has is a box, and kept to be named once."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.filterwarnings("always", "Glyph .* missing from font")
        figure.savefig(to, **options)
    messages = [str(complaint.message) for complaint in complaints]
    keep_undrawn(messages)
    for complaint, message in zip(complaints, messages, strict=True):
        if not message.startswith("Glyph "):
            warnings.warn_explicit(complaint.message, complaint.category, complaint.filename, complaint.lineno)


def save(figure: Figure, folder: Path, name: str, provenance: str, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a figure in some formats, each with its provenance inside; the paths."""
    kinds: dict[str, dict[str, Any]] = {
        # packing a picture to the last byte takes longer than drawing it
        "png": {
            "dpi": OWN.get().get("savefig.dpi", 150),
            "pil_kwargs": {"compress_level": 2},
            "metadata": {"Software": "Opt-In", "Description": provenance},
        },
        "svg": {"metadata": {"Creator": "Opt-In", "Date": None, "Description": provenance}},
        "pdf": {"metadata": {"Creator": "Opt-In", "CreationDate": None, "Subject": provenance}},
    }
    paths = []
    for kind in formats:
        picture = io.BytesIO()
        write(figure, picture, format=kind, **kinds[kind])
        path = folder / f"{name}.{kind}"
        write_bytes(path, picture.getvalue())
        paths.append(path)
    return paths
