"""The pages for readers, and what stands in their fenced blocks."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .conftest import ROOT

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "scenarios/README.md",
    "experiments/AUTOMATION.md",
    "experiments/CLUSTERS.md",
    "experiments/sweeps/README.md",
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its page, the number of its first line there, its language ('' if it has none), its text."""

    page: str
    line: int
    language: str
    text: str


def text_of(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(*languages: str, pages: Iterable[str] = PAGES) -> list[Block]:
    """All blocks of some pages in these languages, in their order."""
    return [
        Block(page, text.count("\n", 0, fence.start(2)) + 1, fence[1], fence[2])
        for page in pages
        for text in [text_of(page)]
        for fence in FENCE.finditer(text)
        if fence[1] in languages
    ]


class Command(NamedTuple):
    """A command of a block, on one line, and where it begins."""

    place: str
    text: str


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block, without remarks, and without what they print where they stand behind a prompt."""
    lines = block.text.splitlines()
    prompted = any(line.startswith("$ ") for line in lines)
    begun = ""
    for number, line in enumerate(lines, block.line):
        if not begun:
            place = f"{block.page}:{number}"
            if prompted and not line.startswith("$ "):
                continue
        begun += line.removeprefix("$ ").removesuffix("\\")
        if line.endswith("\\"):
            continue
        text = re.sub(r"(^|\s+)#.*", "", begun).strip()
        begun = ""
        if text:
            yield Command(place, text)
