"""How every figure looks, what colour everybody has, and how figures are kept."""

import hashlib
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PALETTE = (  # Paul Tol's muted and bright schemes: told apart with any kind of colour vision
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
    "adopted": "#117733",
    "durable": "#117733",
    "eroded": "#DDCC77",
    "superseded": "#882255",
}
WITH, WITHOUT = "#0077BB", "#777777"  # with a framework, and in the ad-hoc world
INK = "#222222"


def colour(name: str) -> str:
    """The colour of a stakeholder, the same in every figure; newcomers get one by their name."""
    free = [its for its in PALETTE if its not in COLOURS.values()]
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return COLOURS.get(name, free[number % len(free)])


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most so many characters."""
    return "\n".join(textwrap.wrap(text, width))


def panels(width: float, height: float, message: str, caption: str, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure of one message (its title), with a caption below and clean axes side by side. Sizes in inches."""
    mpl.rcParams.update(
        {
            "font.family": "DejaVu Sans",
            "font.size": 10,
            "text.parse_math": False,  # a label from a file is text, whatever it holds
            "svg.hashsalt": "opt-in",
            "svg.fonttype": "none",
            "axes.edgecolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    figure = Figure(figsize=(width, height), layout="constrained")
    row = list(figure.subplots(1, columns, squeeze=False)[0])
    row[0].set_title(message, loc="left", fontsize=12, fontweight="bold", color=INK, wrap=columns == 1)
    figure.supxlabel(caption, x=0.01, ha="left", fontsize=8, color="#555555", wrap=True)
    return figure, row


def canvas(width: float, height: float, message: str, caption: str) -> tuple[Figure, Axes]:
    """`panels` with one panel."""
    figure, (axes,) = panels(width, height, message, caption, 1)
    return figure, axes


def save(figure: Figure, folder: Path, name: str, provenance: str) -> list[Path]:
    """Write a figure as PNG and SVG, each with its provenance inside; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: dict[str, dict[str, Any]] = {
        "png": {"dpi": 150, "metadata": {"Software": "Opt-In", "Description": provenance}},
        "svg": {"metadata": {"Creator": "Opt-In", "Date": None, "Description": provenance}},
    }
    paths = []
    for kind, options in kinds.items():
        path = folder / f"{name}.{kind}"
        part = path.with_name(f"{name}.part.{kind}")
        figure.savefig(part, **options)
        part.replace(path)
        paths.append(path)
    return paths
