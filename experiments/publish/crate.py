"""A folder of results as an RO-Crate: JSON-LD about what the files are, and what made them, from the manifest.

References
----------
RO-Crate Metadata Specification 1.1, https://w3id.org/ro/crate/1.1; Soiland-Reyes et al. (2022), *Data Science* 5:
97-138.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..runs.files import LOCK, write_json
from ..runs.manifest import manifest_of
from ..runs.store import Store
from .cite import AUTHORS, TITLE
from .findings import provenance

METADATA = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
CONTEXT = [f"{SPECIFICATION}/context", {"sha256": "https://schema.org/sha256"}]
LICENCE = "Whoever made these results says under which terms they may be used; Opt-In itself is under the MIT licence."
FORMATS = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".md": "text/markdown",
}
ABOUT = {
    "manifest.json": "what made the results: plan, scenario, versions, commit, machine",
    "summary.json": "what the runs say, in numbers",
    "design.csv": "the points that were played",
    "points.csv": "the points of the sweep, a row each: means and 95% intervals of every measure",
    "points.columns.csv": "what the columns of points.csv hold",
    "comparison.json": "the results that are compared, the base first",
    "differences.csv": "the paired differences, a row for each measure of each scenario",
    "differences.columns.csv": "what the columns of differences.csv hold",
    "report.txt": "the comparison as text",
    "runs.csv": "the runs, a row each",
    "runs.columns.csv": "what the columns of runs.csv hold",
    "report.html": "the results as one page",
}

type Entity = dict[str, Any]


def write_crate(store: Store) -> Path:
    """Write the metadata of a folder of results into it; the path.

    Raises
    ------
    BadInput
        Where the folder holds no sound manifest.
    """
    path = store.folder / METADATA
    write_json(path, crate(store))
    return path


def crate(store: Store) -> Entity:
    """The metadata of a folder of results, as JSON-LD."""
    there = manifest_of(store.folder)
    files = [_file_entity(store.folder, path) for path in _files(store.folder)]
    of_files = [_link(file["@id"]) for file in files]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": store.plan.title,
        "description": f"{store.plan.question} {provenance(store)}.",
        "datePublished": there["written"],
        "license": LICENCE,
        "creditText": provenance(store),
        "identifier": f"sha256:{there['inputs']}",
        "hasPart": of_files,
        "mentions": [_link("#run")],
    }
    return {"@context": CONTEXT, "@graph": [_descriptor(), root, *_made_by(there, of_files), *files]}


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": _link(SPECIFICATION),
        "about": _link("./"),
    }


def _made_by(there: Entity, results: list[Entity]) -> Iterator[Entity]:
    """The run, the program and who wrote it."""
    libraries = [f"{name} {version}" for name, version in there["libraries"].items()]
    yield {
        "@id": "#run",
        "@type": "CreateAction",
        "name": there["command"],
        "endTime": there["written"],
        "instrument": _link("#opt-in"),
        "result": results,
    }
    yield {
        "@id": "#opt-in",
        "@type": "SoftwareApplication",
        "name": "Opt-In",
        "description": TITLE,
        "softwareVersion": there["version"],
        "identifier": f"commit {there['commit'] or 'unknown'}, rules {there['rules']}",
        "softwareRequirements": [f"Python {there['python']}", *libraries],
        "operatingSystem": there["machine"],
        "author": _link("#founders"),
        "license": _link("https://spdx.org/licenses/MIT"),
    }
    yield {"@id": "#founders", "@type": "Organization", "name": AUTHORS}
    yield {"@id": "https://spdx.org/licenses/MIT", "@type": "CreativeWork", "name": "MIT License"}


def _link(identifier: str) -> Entity:
    return {"@id": identifier}


def _files(folder: Path) -> list[Path]:
    """The files of a folder, in order; none that is hidden or still being written."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (METADATA, LOCK))
    return [path for path in found if path.suffix != ".part"]


def _file_entity(folder: Path, path: Path) -> Entity:
    content, name = path.read_bytes(), path.relative_to(folder).as_posix()
    about = ABOUT.get(name)
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        **({"description": about} if about else {}),
        "contentSize": str(len(content)),
        "encodingFormat": FORMATS.get(path.suffix, "application/octet-stream"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
