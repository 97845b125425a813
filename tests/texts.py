"""Whether the texts of a figure can be read: none on another, none beyond the edge, and the caption apart from all."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

DPI = 150  # as pictures are saved
TOLERANCE = 2.0  # pixels by which two boxes may meet, since letters do not fill them
BROKEN = re.compile(r"\[[^\]]*\d[^\]]*\n[^\]]*\]|\[[^\]]*\n[^\]]*\d[^\]]*\]")  # an interval on two lines
BREAKABLE = re.compile(r"\[[^\]]*\d[^\]]* [^\]]*\]|\[[^\]]* [^\]]*\d[^\]]*\]")  # one that wrapping may cut


def drawn_texts(figure: Figure) -> list[Text]:
    """The texts that are drawn, tick labels included, once the figure is laid out as it is saved."""
    texts: dict[int, Text] = {}

    def kept(text: Text, *arguments: Any, **options: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            texts[id(text)] = text
        draw(text, *arguments, **options)

    figure.set_dpi(DPI)
    draw: Any = Text.draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", kept)
        FigureCanvasAgg(figure).draw()
    return list(texts.values())


def faults(figure: Figure) -> list[str]:
    """What cannot be read in a figure, a sentence each; none where all is well."""
    texts = drawn_texts(figure)
    boxes = [text.get_window_extent() for text in texts]
    return [
        *_beyond_the_edge(figure, texts, boxes),
        *_on_one_another(texts, boxes),
        *_on_the_caption(figure, texts, boxes),
        *(f"{_called(text)} can break inside an interval" for text in texts if _breaks(text)),
    ]


def _beyond_the_edge(figure: Figure, texts: list[Text], boxes: list[Bbox]) -> Iterator[str]:
    edge = figure.bbox
    for text, box in zip(texts, boxes, strict=True):
        if min(box.x0 - edge.x0, box.y0 - edge.y0, edge.x1 - box.x1, edge.y1 - box.y1) < -TOLERANCE:
            yield f"{_called(text)} leaves the canvas"


def _on_one_another(texts: list[Text], boxes: list[Bbox]) -> Iterator[str]:
    for (one, its), (other, others) in itertools.combinations(zip(texts, boxes, strict=True), 2):
        if _meet(its, others):
            yield f"{_called(one)} and {_called(other)} are on one another"


def _on_the_caption(figure: Figure, texts: list[Text], boxes: list[Bbox]) -> Iterator[str]:
    """Panels that the caption is on; labels that it is on are found as any text."""
    for text, box in zip(texts, boxes, strict=True):
        if text.get_text() == figure.get_supxlabel():
            for panel in figure.axes:
                if panel.axison and _meet(box, panel.get_window_extent()):
                    yield "the caption is on a panel"


def _breaks(text: Text) -> bool:
    """Whether an interval is broken, or may be where matplotlib wraps."""
    found = BREAKABLE if text.get_wrap() else BROKEN
    return bool(BROKEN.search(text.get_text()) or found.search(text.get_text()))


def _meet(one: Bbox, other: Bbox) -> bool:
    """Whether two boxes share more than the tolerance, both across and up."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(min(across, up) > TOLERANCE)


def _called(text: Text) -> str:
    return repr(text.get_text()[:40])
