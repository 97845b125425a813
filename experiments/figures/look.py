"""A figure in the user's own look: a style file of Matplotlib's, a size and a title.

The style decides on type, sizes, grids, backgrounds, and where it has colours enough on those of what comes in a
series: the lines of a sweep, the scenarios of a comparison. Colours that stand for somebody or something stay.
"""

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from model.problems import BadInput, Mark, Problem, nearest, refusal

from ..runs.files import read_file
from .style import OWN, fonts, message_of

COMPLAINT = re.compile(r"\s*(?P<what>.+?) in file .+?, line (?P<line>\d+) \((?P<found>.*?)\)(: (?P<why>.*))?\s")
BAD_KEY = re.compile(r"Bad key (\S+)")
NO_LOOK = ("backend", "backend_fallback", "interactive", "text.parse_math", "svg.hashsalt")  # ours to decide
TITLE = {"axes.titlesize": "fontsize", "axes.titleweight": "fontweight", "axes.titlecolor": "color"}
FAMILIES = ("serif", "sans-serif", "cursive", "fantasy", "monospace")  # which stand for lists of fonts


class Look(NamedTuple):
    """What a user wants of a figure: settings of Matplotlib's, width and height in inches, a title."""

    settings: Mapping[str, Any]
    size: tuple[float, float] | None = None
    title: str | None = None

    @contextlib.contextmanager
    def worn(self) -> Iterator[None]:
        """Have the figures that are made and saved meanwhile follow the settings."""
        before = OWN.set(self.settings)
        try:
            with mpl.rc_context():
                yield
        finally:
            OWN.reset(before)

    def put_on(self, figure: Figure) -> Figure:
        """A figure, with the size, the title and its type as wanted."""
        heading = _heading(figure)
        heading.update({name: self.settings[key] for key, name in TITLE.items() if key in self.settings})
        if self.title is not None:
            heading.set_text(self.title)
        size = self.size or self.settings.get("figure.figsize")
        if size is not None:
            figure.set_size_inches(*size)
        return figure


def _heading(figure: Figure) -> Text:
    """The text that is the message of a figure."""
    message = message_of(figure).split()
    return next(text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().split() == message)


# ---------------------------------------------------------------- style files


class Style(NamedTuple):
    """The settings of a style file, and the font in it that is ``missing``, if none of those asked for is installed."""

    settings: Mapping[str, Any]
    missing: list[str]


def read_style(path: Path) -> Style:
    """A style file.

    Raises
    ------
    BadInput
        With everything in it that is not as Matplotlib wants it, by line.
    """
    if read_file(path) is None:
        raise refusal(path, "no such file; a style file of Matplotlib's is needed, as house.mplstyle")
    with _complaints() as complaints:
        try:
            found: Any = mpl.rc_params_from_file(path, use_default_template=False)
        except UnicodeDecodeError:
            raise refusal(path, "is no text in UTF-8; a style file of Matplotlib's is needed") from None
    if complaints:
        raise BadInput([_problem(path, complaint) for complaint in complaints])
    settings: dict[str, Any] = dict(found)
    if settings.get("text.usetex"):
        raise refusal(
            path, "found text.usetex; labels are plain text, which LaTeX reads as something else: leave it out"
        )
    asked = _asked_fonts(settings)
    installed = [font for font in asked if font in {known.name for known in fontManager.ttflist}]
    looks = {key: value for key, value in settings.items() if key not in NO_LOOK}
    return Style(looks | {"font.family": [*installed, *fonts()]}, asked[:1] if not installed else [])


@contextlib.contextmanager
def _complaints() -> Iterator[list[str]]:
    """What Matplotlib has to say meanwhile, in place of its log."""
    said: list[str] = []
    handler, log = logging.Handler(logging.WARNING), logging.getLogger("matplotlib")
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        yield said
    finally:
        log.removeHandler(handler)


def _problem(path: Path, complaint: str) -> Problem:
    """A complaint of Matplotlib's about a line of a style file."""
    found = COMPLAINT.match(complaint + "\n")
    if found is None:
        return Problem(Mark(str(path)), " ".join(complaint.split()))
    key = BAD_KEY.match(found["what"])
    why = nearest(key[1], mpl.rcParams) if key else f"; {found['why']}" if found["why"] else ""
    return Problem(Mark(str(path), int(found["line"]), 1), f"{found['what'].lower()}: found {found['found']}{why}")


def _asked_fonts(settings: Mapping[str, Any]) -> list[str]:
    """The fonts that a style asks for, the best first."""
    lists = {family: settings[f"font.{family}"] for family in FAMILIES if f"font.{family}" in settings}
    families = settings.get("font.family", ["sans-serif"] if lists else [])
    return [font for family in families for font in lists.get(family, [] if family in FAMILIES else [family])]
