"""The tutorial: whoever types what it shows, in an empty folder and in its order, gets what it says."""

import re
from pathlib import Path

import pytest

from .pages import Block, blocks, commands
from .test_pages import called
from .test_readme import names_of_files

PAGE = "scenarios/TUTORIAL.md"
LEFT = (
    "results/four-without-meta/report.html",
    "results/length-and-law/points.csv",
    "results/length-and-law/figures/adopted-lines.pdf",
    "results/difference/figures",
    "mistral.yaml",
    "congress.yaml",
    "results/protection/report.html",
)


def name_of(block: Block) -> str | None:
    """The name of the file that a block is: its first line is a remark with nothing else."""
    found = re.match(r"# ([\w-]+\.\w+)\n", block.text)
    return found[1] if found else None


@pytest.mark.slow
def test_what_the_tutorial_shows_works_in_an_empty_folder(tmp_path: Path) -> None:
    count = 0
    for block in blocks("yaml", "text", "sh", pages=[PAGE]):
        name = name_of(block)
        if name is not None:
            (tmp_path / name).write_text(block.text)
            continue
        for command in commands(block):
            assert called(command, tmp_path) == ""
            count += 1
    assert count > 10
    assert [path for path in LEFT if not (tmp_path / path).exists()] == []
    assert "A draft for Monday" in (tmp_path / LEFT[0]).read_text(encoding="utf-8")
    assert "What protection changes" in (tmp_path / LEFT[-1]).read_text(encoding="utf-8")


def test_every_file_that_the_tutorial_links_to_is_there() -> None:
    names = names_of_files(PAGE)
    assert len(names) > 4
    assert [
        name for name in names if not name.startswith("results/") and not (Path(__file__).parent.parent / name).exists()
    ] == []
