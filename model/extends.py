"""Which files a scenario is read from: the one that is named, and those that it extends."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path

from .problems import quoted, refusal
from .yamltree import Node, described, parse, read_text

MOST_FILES = 20  # in a chain; of the shipped ones none has more than four
TOP = Path(__file__).parent.parent  # where the folders of shipped files are
SCENARIOS, SWEEPS = TOP / "scenarios", TOP / "experiments" / "sweeps"
REGIMES = SCENARIOS / "regimes"  # of the past
SHIPPED_FOLDERS = (SCENARIOS, REGIMES, SWEEPS)
ENDINGS = (".yaml", ".yml")


def at_hand(path: str | Path) -> Path:
    """A file as named; where there is none, the shipped one that the name stands for in every folder.

    So ``scenarios/baseline.yaml``, ``baseline.yaml`` and ``baseline`` work without the repository too.

    Raises
    ------
    BadInput
        Where there is no such file; the nearest name is told.
    """
    path = Path(path)
    if os.path.exists(path) and not os.path.isdir(path):
        return path
    names = [path] if path.suffix in ENDINGS else [path, path.with_name(f"{path.name}{ENDINGS[0]}")]
    folders = () if ".." in path.parts else (TOP, *SHIPPED_FOLDERS)
    found = _first_file([*names, *(folder / name for folder in folders for name in names)])
    if found is None and _is_missing(path):
        close = nearest_file(path)
        advice = f"; did you mean {close!r}?" if close else ""
        raise refusal(path, f"no such file{advice}; `optin list` shows the shipped ones")
    return found or path


def called(path: Path) -> str:
    """What a file is called by: a shipped one by its name, which every folder knows."""
    is_shipped = _real(path).parent in map(_real, SHIPPED_FOLDERS)
    return path.name if is_shipped else str(path)


def is_sweep(path: Path) -> bool:
    """Whether a file says what varies, as sweeps do and scenarios do not.

    Raises
    ------
    BadInput
        Where it cannot be read.
    """
    return "vary" in parse(read_text(path, str(path)), str(path)).value


def nearest_file(path: Path) -> str:
    """The file whose name is nearest: one beside it, as it would be named, or a shipped one; '' where none is near."""
    beside = {file.stem: str(file) for file in files_in(path.parent)}
    shipped = {file.stem: file.name for folder in SHIPPED_FOLDERS for file in files_in(folder)}
    known = shipped | beside
    close = difflib.get_close_matches(path.name.removesuffix(path.suffix), known, n=1, cutoff=0.6)
    return known[close[0]] if close else ""


def files_in(folder: Path) -> list[Path]:
    """The YAML files in a folder, by name; none where it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    except (OSError, ValueError):
        return []


def _is_missing(path: Path) -> bool:
    """Whether nothing is there; what cannot even be asked for, as a name that is too long, is refused by its reader."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _first_file(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if os.path.isfile(path)), None)


def chain_of(path: Path) -> list[tuple[str, Node]]:
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
        here = _extended(here, parent)


def _real(path: Path) -> Path:
    """The path with links followed; unlike Path.resolve it takes a loop of links for what it is, a missing file."""
    return Path(os.path.realpath(path))


def _folder_tree(path: Path) -> Path:
    """The folder that `extends` may not leave: the nearest one called scenarios, else the file's own."""
    folder = _real(path).parent
    for candidate in (folder, *folder.parents):
        if candidate.name == SCENARIOS.name:
            return candidate
    return folder


def _extended(here: Path, extends: Node) -> Path:
    """The file that `here` extends: beside it, or for a bare name among the shipped scenarios and regimes."""
    if not isinstance(extends.value, str) or not extends.value.strip() or not extends.value.isprintable():
        raise refusal(extends.mark, f"found {described(extends.value)}; extends takes the name of a file")
    target, top = here.parent / extends.value, _folder_tree(here)
    if not _real(target).is_relative_to(top):
        text = f"found extends: {quoted(extends.value)}, which lies outside {top}; a file in that folder is allowed"
        raise refusal(extends.mark, text)
    bare = Path(extends.value).name == extends.value
    if not bare or os.path.exists(target):
        return target
    return _first_file([SCENARIOS / extends.value, REGIMES / extends.value]) or target
