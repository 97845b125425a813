"""The pages for readers, and what stands in their fenced blocks."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .conftest import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "scenarios" / "README.md",
    ROOT / "experiments" / "CLUSTERS.md",
    ROOT / "experiments" / "sweeps" / "README.md",
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its page, the number of its first line there, its language ('' if it has none), its text."""

    page: str
    line: int
    language: str
    text: str


def blocks(*languages: str) -> list[Block]:
    """All blocks in these languages, in the order of the pages."""
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in PAGES}
    return [
        Block(page, text.count("\n", 0, found.start(2)) + 1, found[1], found[2])
        for page, text in texts.items()
        for found in FENCE.finditer(text)
        if found[1] in languages
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
