"""Which files a scenario is read from: the one that is named, and those that it extends."""

import os
from pathlib import Path

from .problems import quoted, refusal
from .yamltree import Node, described, parse, read_text

MOST_FILES = 20  # in a chain; of the shipped ones none has more than four
REGIMES = "regimes"  # the folder of regimes of the past, among the shipped scenarios
TOP = Path(__file__).parent.parent  # where the folders of shipped files are


def at_hand(path: Path, shipped: Path) -> Path:
    """A file as named; where there is none, the shipped file that the name stands for in every folder.

    So ``scenarios/baseline.yaml`` and ``baseline.yaml`` work without the repository too.
    """
    if os.path.exists(path) or ".." in path.parts:
        return path
    return _first_file((TOP / path, *_among_shipped(path, shipped)), path)


def _among_shipped(path: Path, shipped: Path) -> tuple[Path, Path]:
    """Where a shipped file of that name would be: a scenario, or a regime of the past."""
    return shipped / path, shipped / REGIMES / path


def _first_file(paths: tuple[Path, ...], otherwise: Path) -> Path:
    return next((path for path in paths if os.path.isfile(path)), otherwise)


def chain_of(path: Path, shipped: Path) -> list[tuple[str, Node]]:
    """The trees of a file and of those it extends, each with its name, the root first.

    Raises
    ------
    BadInput
        With what is wrong with the first file that cannot be read, or does not say what it extends.
    """
    chain: list[tuple[str, Node]] = []
    seen: list[Path] = []
    here, asked_from = path, None
    while True:
        name = str(here)
        text = read_text(here, name, asked_from)
        seen.append(_real(here))
        if asked_from and seen[-1] in seen[:-1]:
            loop = " -> ".join(p.name for p in seen[seen.index(seen[-1]) :])
            raise refusal(asked_from, f"found a loop of extends: {loop}; a file cannot extend itself")
        if asked_from and len(seen) > MOST_FILES:
            text = f"found more than {MOST_FILES} files that extend each other, from {path} on"
            raise refusal(asked_from, f"{text}; extend one nearer to the root scenario, as baseline.yaml")
        tree = parse(text, name)
        chain.append((name, tree))
        parent = tree.value.get("extends")
        if parent is None:
            return chain[::-1]
        asked_from = parent.mark
        here = _extended(here, parent, shipped)


def _real(path: Path) -> Path:
    """The path with links followed; unlike Path.resolve it takes a loop of links for what it is, a missing file."""
    return Path(os.path.realpath(path))


def _folder_tree(path: Path, shipped: Path) -> Path:
    """The folder that `extends` may not leave: the nearest one called scenarios, else the file's own."""
    folder = _real(path).parent
    for candidate in (folder, *folder.parents):
        if candidate.name == shipped.name:
            return candidate
    return folder


def _extended(here: Path, extends: Node, shipped: Path) -> Path:
    """The file that `here` extends: beside it, or for a bare name among the shipped scenarios and regimes."""
    if not isinstance(extends.value, str) or not extends.value.strip() or not extends.value.isprintable():
        raise refusal(extends.mark, f"found {described(extends.value)}; extends takes the name of a file")
    target, top = here.parent / extends.value, _folder_tree(here, shipped)
    if not _real(target).is_relative_to(top):
        text = f"found extends: {quoted(extends.value)}, which lies outside {top}; a file in that folder is allowed"
        raise refusal(extends.mark, text)
    bare = Path(extends.value).name == extends.value
    if not bare or os.path.exists(target):
        return target
    return _first_file(_among_shipped(Path(extends.value), shipped), target)
