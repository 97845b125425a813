"""The notebooks that ship, executed in a kernel as a reader would; ``python -m tests.notebooks`` writes them anew."""

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from .conftest import ROOT

NOTEBOOKS = sorted((ROOT / "experiments" / "examples").glob("*.ipynb"))
SECONDS = 300  # for a cell, on a busy machine


def executed(notebook: Any, folder: Path) -> Any:
    """A notebook executed in a folder, by a kernel that finds these sources; without what differs between machines."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("MPLBACKEND", None)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", record_timing=False, resources=resources)
    client.execute(env=environment)
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def outputs(notebook: Any) -> list[Any]:
    """Every output of a notebook, in its order."""
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def write_anew() -> None:
    """Execute every notebook and put what it shows now in place of what it showed."""
    for path in NOTEBOOKS:
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(executed(nbformat.read(path, as_version=4), Path(folder)), path)


if __name__ == "__main__":
    write_anew()
