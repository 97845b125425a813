"""What there is to play: the scenarios, regimes and sweeps that are shipped, and those in the present folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from model.extends import REGIMES, SCENARIOS, SHIPPED_FOLDERS, SWEEPS, files_in
from model.problems import BadInput
from model.yamltree import parse, read_text

HERE = Path()


class Listed(NamedTuple):
    """A file that can be played: what it is called by, its title and question, and whether it is shipped."""

    name: str
    title: str
    question: str
    shipped: bool


def scenarios() -> list[Listed]:
    """The scenarios, those in the present folder first."""
    return [*_files(HERE, "extends"), *_files(SCENARIOS, "traits"), *_files(SCENARIOS, "extends")]


def regimes() -> list[Listed]:
    """The regimes of the past."""
    return list(_files(REGIMES, "extends"))


def sweeps() -> list[Listed]:
    """The sweeps, those in the present folder first."""
    return [*_files(HERE, "vary"), *_files(SWEEPS, "vary")]


def _files(folder: Path, key: str) -> Iterator[Listed]:
    """The files in a folder that have a key at their top; why one cannot be read is for `optin check` to say."""
    if folder == HERE and HERE.resolve() in SHIPPED_FOLDERS:
        return  # they are listed as what they are
    for path in files_in(folder):
        try:
            top: Any = parse(read_text(path, str(path)), str(path)).plain()
        except BadInput:
            continue
        if key in top:
            title, question = (str(top.get(name, "")) for name in ("title", "question"))
            yield Listed(path.name, title or path.stem, question, folder != HERE)
