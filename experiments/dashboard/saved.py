"""Saved results: the folders of results, and the content of one of them."""

import base64
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.problems import BadInput

from ..figures.style import write
from ..publish.findings import Figures, findings
from ..runs.files import is_file
from ..runs.manifest import FORMAT, MANIFEST, is_intact, read_manifest
from ..runs.store import SUMMARY, opened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS = Path("results")
DRAWING = threading.Lock()  # matplotlib draws one figure at a time


def folders(within: Path = RESULTS) -> list[dict[str, str]]:
    """The results in a folder, the latest first: where they are, and in what state."""
    manifests = sorted(within.glob(f"*/{MANIFEST}"), key=lambda path: (-path.lstat().st_mtime, path))
    return [{"folder": str(path.parent), "state": state(path.parent)} for path in manifests]


def state(folder: Path) -> str:
    """The state of results in a word or two; '' where they can be opened."""
    try:
        manifest = read_manifest(folder)
    except BadInput:
        return "damaged"
    if manifest is None or manifest.get("format") != FORMAT:
        return "another format"
    if not is_intact(manifest):
        return "damaged"
    return "" if is_file(folder / SUMMARY) else "not finished"


class Found(NamedTuple):
    """What is in a folder: headline and text, or the problem with it, as plain data; and the figures to be drawn."""

    shown: dict[str, str]
    figures: Figures = {}  # noqa: RUF012  # never written to


def found(folder: str) -> Found:
    """Headline and text of results, or the problem with them, before any figure is drawn."""
    try:
        finding = findings(opened(Path(folder)))
        head, _, text = finding.text.partition("\n")
        return Found({"headline": head, "text": text.strip()}, finding.figures)
    except BadInput as error:
        return Found({"problem": str(error)})
    except Exception as error:  # whatever is in a folder, the page goes on
        return Found({"problem": f"{folder}: cannot be read as results ({type(error).__name__}: {error})"})


def pictures(figures: Figures) -> list[dict[str, str]]:
    """The figures of results, drawn."""
    return [{"name": name, "title": name.replace("-", " "), "image": drawn(draw)} for name, draw in figures.items()]


def drawn(draw: "Callable[[], Figure]") -> str:
    """A figure as an address that holds the image itself."""
    image = io.BytesIO()
    with DRAWING:
        write(draw(), image, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(image.getvalue()).decode()
