"""Saved results: the folders of results, and the content of one of them."""

import base64
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.problems import BadInput

from ..figures.style import write
from ..publish.findings import findings
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


def shown(folder: str) -> dict[str, Any]:
    """Headline, text and figures of results, or the problem with them."""
    try:
        finding = findings(opened(Path(folder)))
        head, _, text = finding.text.partition("\n")
        figures = [{"name": name.replace("-", " "), "image": drawn(draw)} for name, draw in finding.figures.items()]
    except BadInput as error:
        return {"problem": str(error)}
    except Exception as error:  # whatever is in a folder, the page goes on
        return {"problem": f"{folder}: cannot be read as results ({type(error).__name__}: {error})"}
    return {"headline": head, "text": text.strip(), "figures": figures}


def drawn(draw: "Callable[[], Figure]") -> str:
    """A figure as an address that holds the image itself."""
    image = io.BytesIO()
    with DRAWING:
        write(draw(), image, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(image.getvalue()).decode()
