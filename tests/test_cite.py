"""Citations, RO-Crates and the project's own metadata: complete, consistent, and by the rules of their formats."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from rocrate.rocrate import ROCrate

from experiments.cli.main import main
from experiments.publish import cite, crate
from experiments.runs.manifest import manifest_of
from experiments.runs.store import opened
from model import __version__

from .conftest import ROOT
from .drawn import BASELINE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a folder") / "100% of it"
    settings = ["--set", "levers.quorum_labs=4"]
    assert main(["run", str(BASELINE), "--runs", "300", "--seed", "7", *settings, "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))


# ---------------------------------------------------------------- citations


def test_a_citation_has_version_commit_seed_and_hash_of_the_inputs(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = manifest_of(made)
    assert main(["cite", str(made)]) == 0
    text, _, bibtex = capsys.readouterr().out.partition("\n\n")
    for part in (text, bibtex):
        for needed in (f"Opt-In {__version__}", str(there["commit"]), "seed 7", f"inputs {there['inputs'][:12]}"):
            assert needed in part
    assert bibtex.startswith(f"@software{{optin-{there['inputs'][:12]},\n")
    assert bibtex.count("{") == bibtex.count("}")
    assert r"quorum\_labs=4" in bibtex


def test_the_same_line_stands_in_the_summary_the_figures_and_the_report(made: Path) -> None:
    from PIL import Image

    line = cite.citation(opened(made)).line
    assert json.loads((made / "summary.json").read_text(encoding="utf-8"))["made_by"] == line
    figures = list((made / "figures").glob("*.png"))
    assert figures
    for figure in figures:
        with Image.open(figure) as picture:
            assert picture.info["Description"] == line
    assert main(["report", str(made), "--out", str(made.parent / "report.html")]) == 0
    assert line in (made.parent / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a_b & 5%", r"a\_b \& 5\%"), ("\\^~", r"\textbackslash{}\^{}\~{}"), ("{x} #1 $2", r"\{x\} \#1 \$2")],
)
def test_what_latex_would_read_otherwise_is_escaped(text: str, escaped: str) -> None:
    citation = cite.Citation(text, "1", "2026", "0" * 64, "line")
    assert f"Results: {escaped}. line" in citation.bibtex()


# ---------------------------------------------------------------- RO-Crate


def crate_of(folder: Path) -> dict[str, dict[str, Any]]:
    assert main(["export", str(folder), "--crate"]) == 0
    data = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert data.keys() == {"@context", "@graph"}
    assert data["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in data["@graph"]}
    assert len(entities) == len(data["@graph"])  # each is described once
    return entities


def links(value: Any) -> list[str]:
    """What the values of an entity link to."""
    if isinstance(value, list):
        return [link for item in value for link in links(item)]
    return [value["@id"]] if isinstance(value, dict) else []


def test_a_crate_keeps_to_the_rules_of_the_specification(folder: Path) -> None:
    """Those with MUST in RO-Crate 1.1: the descriptor, the root, flat entities with @id and @type, files by path."""
    entities = crate_of(folder)
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "license"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", root["datePublished"])
    for entity in entities.values():
        assert entity["@type"]
        for name, value in entity.items():
            assert all(item.keys() == {"@id"} for item in ([value] if isinstance(value, dict) else []))
            for link in links(value):
                assert link in entities or link == "https://w3id.org/ro/crate/1.1", (name, link)
    files = {name for name, entity in entities.items() if entity["@type"] == "File"}
    assert files == set(links(root["hasPart"]))


def test_the_library_for_crates_reads_one_and_refuses_one_without_its_root(folder: Path) -> None:
    entities = crate_of(folder)
    read = ROCrate(folder)
    assert (read.version, read.name) == ("1.1", entities["./"]["name"])
    files = {entity.id for entity in read.data_entities if entity.type == "File"}
    assert files == {name for name, entity in entities.items() if entity["@type"] == "File"}
    path = folder / "ro-crate-metadata.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["@graph"] = [entity for entity in data["@graph"] if entity["@id"] != "./"]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises((KeyError, ValueError)):
        ROCrate(folder)


def test_a_crate_describes_every_file_as_it_is(folder: Path) -> None:
    entities = crate_of(folder)
    described = {unquote(name): entity for name, entity in entities.items() if entity["@type"] == "File"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert described.keys() == there - {"ro-crate-metadata.json", ".lock"}
    for name, entity in described.items():
        content = (folder / name).read_bytes()
        assert entity["contentSize"] == str(len(content))
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["encodingFormat"] != "application/octet-stream"


def test_a_crate_says_what_made_the_files(folder: Path) -> None:
    entities, there = crate_of(folder), manifest_of(folder)
    run = entities["#run"]
    assert run["name"] == there["command"]
    assert entities[run["instrument"]["@id"]]["softwareVersion"] == __version__
    assert there["inputs"] in entities["./"]["identifier"]
    assert f"numpy {there['libraries']['numpy']}" in entities["#opt-in"]["softwareRequirements"]


def test_a_crate_is_the_same_whenever_it_is_made(folder: Path) -> None:
    first = crate.crate(opened(folder))
    crate.write_crate(opened(folder))
    assert crate.crate(opened(folder)) == first


def test_a_crate_and_a_table_at_once_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(folder), "--crate", "--csv", "x.csv"]) == 2
    assert "--crate" in capsys.readouterr().err


# ---------------------------------------------------------------- the project


def test_the_metadata_of_the_project_agree() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert citation["version"] == meta["version"] == __version__
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in meta["author"]]
    assert [author["name"] for author in project["authors"]] == [cite.AUTHORS] == [meta["author"][0]["name"]]
    assert (citation["title"], meta["description"]) == (cite.TITLE, project["description"])
    assert meta["license"].rpartition("/")[2] == citation["license"] == "MIT"
    assert str(citation["date-released"]) == meta["datePublished"]
    assert citation["keywords"] == meta["keywords"]
    named = [re.split(r"[\[><=]", dependency)[0] for dependency in project["dependencies"]]
    assert meta["softwareRequirements"] == named
    assert "doi" not in citation
