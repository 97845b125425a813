"""Results folders that somebody has damaged, and every command that reads them.

``python -m tests.fuzz_folders --mutations 10000`` plays small results, changes a copy of one of them in one way at a
time, and has every reading command go through it in this process. Each must end with exit code 0, 1 or 2 and without
a traceback, and where it ends with 0 its numbers are those of the results as they were. The suite takes a few of them.
"""

import argparse
import contextlib
import functools
import io
import json
import os
import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from experiments.cli import play
from experiments.cli.main import main
from experiments.plans import sweepfile
from experiments.publish.findings import Analysis, Findings
from experiments.runs import manifest
from experiments.runs.folder_schema import problem_with
from experiments.runs.manifest import SEAL, seal
from model.scenario import SHIPPED, load

from .conftest import within

SECONDS = 120  # far more than any command needs, also on a busy machine
SWEEP = """
question: Does a larger quorum make it harder?
scenario: june-order.yaml
vary: {levers.quorum_labs: [4, 7]}
runs: 40
"""
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    3,
    1.5,
    10**30,
    "",
    "x",
    "2/2",
    "a\x1b]0;b\x07",
    "\udcff",
    [],
    [1],
    {},
    {"a": 1},
)
FOLDERS = ("run", "precise", "sweep")
MOST_KNOWN = 100
PROBLEMS: dict[str, str] = {}  # by manifest
type Random = random.Random


class Truth(NamedTuple):
    """Results as they were made: where, the command, what it said as JSON, and the content of their export."""

    folder: Path
    command: tuple[str, ...]
    finding: dict[str, Any]
    table: bytes


class Said(NamedTuple):
    """How a command ended, and all that it said; with a ``traceback`` where it broke."""

    code: int
    out: str
    err: str
    traceback: str


def called(*arguments: object) -> Said:
    """A command in this process."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), within(SECONDS):
            code = main([str(argument) for argument in arguments])
        broken = ""
    except BaseException:  # whatever it is, it is a finding
        code, broken = -1, traceback.format_exc()
    return Said(code, out.getvalue(), err.getvalue(), broken)


def truths(folder: Path) -> dict[str, Truth]:
    """Small results of a scenario, in worlds too, of one with a precision that takes two steps, and of a sweep."""
    (folder / "sweep.yaml").write_text(SWEEP)
    june = str(SHIPPED / "june-order.yaml")
    commands = {
        "run": ("run", june, "--runs", "100"),
        "precise": ("run", june, "--runs", "30", "--precision", "0.1", "--max-runs", "1100"),
        "sweep": ("sweep", str(folder / "sweep.yaml")),
    }
    return {name: _truth(folder / name, command) for name, command in commands.items()}


def _truth(folder: Path, command: tuple[str, ...]) -> Truth:
    said = called(*command, "--out", folder, "--json")
    assert said.code == 0, said
    assert called("export", folder).code == 0
    table = (folder / "runs.csv").read_bytes()
    for name in ("runs.csv", "figures"):
        shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink(missing_ok=True)
    return Truth(folder, command, json.loads(said.out), table)


@contextlib.contextmanager
def in_a_hurry(*, load_once: bool = True) -> Iterator[None]:
    """Leave out figures, which show the numbers that are looked at here, and perhaps read and check nothing twice."""
    loaded, swept = functools.cache(load), functools.cache(sweepfile.read_sweep)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Analysis, "findings", lambda _, finding: Findings(finding))
        if load_once:
            patch.setattr(manifest, "problem_with", _known_problem)
            patch.setattr(play, "load", lambda path, _: loaded(path))
            patch.setattr(sweepfile, "read_sweep", lambda path, *_, **__: swept(path))
        yield


def _known_problem(data: Any, schema: Any) -> str:
    """What is wrong with a manifest, looked for once."""
    key = json.dumps(data)
    if key not in PROBLEMS:
        if len(PROBLEMS) > MOST_KNOWN:
            PROBLEMS.clear()
        PROBLEMS[key] = problem_with(data, schema)
    return PROBLEMS[key]


# ---------------------------------------------------------------- one thing that is wrong


def flipped(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """A bit off."""
    content = bytearray(path.read_bytes())
    content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
    path.write_bytes(content)


def cut_short(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """The end missing, perhaps all."""
    content = path.read_bytes()
    path.write_bytes(content[: luck.choice([0, luck.randrange(len(content))])])


def zeroed(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """Zeros to the end, as a loss of power leaves them."""
    content = path.read_bytes()
    start = luck.choice([0, luck.randrange(len(content))])
    path.write_bytes(content[:start] + bytes(len(content) - start))


def mixed_up(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """A stretch of bytes at another place, or noise in it."""
    content = bytearray(path.read_bytes())
    start, length = luck.randrange(len(content)), luck.randrange(1, 40)
    content[start : start + length] = luck.choice([luck.randbytes(length), b"\xff\xfe", b"", content[:length] * 2])
    path.write_bytes(content)


def gone(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """No file."""
    path.unlink()


def pipe(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """A pipe that nobody writes to."""
    path.unlink()
    os.mkfifo(path)


def folder_there(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """A folder, or a link to nowhere, to itself or to a device."""
    path.unlink()
    target = luck.choice(["", "nowhere", path.name, "/dev/zero", "/dev/null"])
    path.symlink_to(target) if target else path.mkdir()


def of_others(path: Path, luck: Random, known: dict[str, Truth]) -> None:
    """A file of the same kind from other results, or from elsewhere in these."""
    kind = path.parent.name if path.parent.name == "parts" else path.name
    others = [
        its
        for truth in known.values()
        for its in (truth.folder / kind).parent.rglob(f"*{path.suffix}")
        if its.is_file() and its.suffix == path.suffix
    ]
    path.write_bytes(luck.choice(others).read_bytes())


def stray(path: Path, luck: Random, known: dict[str, Truth]) -> None:
    """A file more among the parts."""
    parts = path.parent if path.parent.name == "parts" else path.parent / "parts"
    name = luck.choice(["000099.parquet", "copy of 000000.parquet", "x.parquet", "a\x1bb.parquet"])
    source = luck.choice(sorted(parts.glob("*.parquet")))
    (parts / name).write_bytes(source.read_bytes())


FILES: tuple[Callable[[Path, Random, dict[str, Truth]], None], ...] = (
    *(flipped, cut_short, zeroed, mixed_up, gone, pipe, folder_there, of_others, stray),
)


def other_value(path: Path, luck: Random, _: dict[str, Truth]) -> None:
    """Another value, or none, somewhere in a JSON file; half of the manifests are sealed again."""
    data = json.loads(path.read_text())
    inner, key = _place(data, luck)
    if luck.random() < 0.2:
        del inner[key]
    else:
        inner[key] = luck.choice(ODD) if luck.random() < 0.7 else _near(inner[key], luck)
    if SEAL in data and luck.random() < 0.5:
        data[SEAL] = seal(data)
    path.write_text(json.dumps(data))


def _place(data: Any, luck: Random) -> tuple[Any, Any]:
    """Somewhere in plain data: what holds it, and its key there."""
    inner, key = data, luck.choice(list(data))
    while isinstance(inner[key], dict | list) and inner[key] and luck.random() < 0.8:
        inner = inner[key]
        key = luck.choice(list(inner)) if isinstance(inner, dict) else luck.randrange(len(inner))
    return inner, key


def _near(value: Any, luck: Random) -> Any:
    """A value that could be one of the same kind."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + luck.choice([1, -1])
    return value + "x" if isinstance(value, str) else value


def mutated(truth: Truth, folder: Path, luck: Random, known: dict[str, Truth]) -> str:
    """A copy of results with one thing wrong; which, in words."""
    shutil.copytree(truth.folder, folder)
    path = luck.choice(
        [folder / "manifest.json"] * 3
        + [folder / "summary.json"]
        + [folder / "design.csv"] * 2 * (folder / "design.csv").exists()
        + sorted(folder.glob("**/parts/*"))[:3]
    )
    change = other_value if path.suffix == ".json" and luck.random() < 0.5 else luck.choice(FILES)
    change(path, luck, known)
    return f"{path.relative_to(folder)}: {change.__doc__}"


# ---------------------------------------------------------------- what every command says of it


def wrongs(truth: Truth, folder: Path, beside: Path) -> Iterator[tuple[str, Said, str]]:
    """What is wrong with the answers about a folder: command, what it said, why. The last command mends it."""
    commands: dict[str, tuple[object, ...]] = {
        "plot": ("plot", folder, "--json"),
        "export": ("export", folder, "--csv", beside / "runs.csv"),
        "report": ("report", folder, "--out", beside / "page.html"),
        "merge": ("merge", folder, "--out", beside / "merged", "--json"),
        "again": (*truth.command, "--out", folder, "--json"),
    }
    for name, command in commands.items():
        said = called(*command)
        why = _wrong(said) or (_untrue(name, said, truth, beside) if said.code == 0 else "")
        if why:
            yield name, said, why


def _wrong(said: Said) -> str:
    """Why a command may not end like this; '' if it may."""
    if said.traceback or "Traceback" in said.err:
        return "traceback"
    if said.code not in (0, 1, 2):
        return f"exit code {said.code}"
    if said.code and not said.err.startswith("optin: ") and "\noptin: " not in said.err:
        return "no word"
    raw = [character for character in said.out + said.err if not character.isprintable() and character not in "\n\r"]
    return f"raw {raw[0]!r}" if raw else ""


def _untrue(name: str, said: Said, truth: Truth, beside: Path) -> str:
    """What a command that has come to its end says that is not so; '' if all is."""
    if name == "export":
        return "" if (beside / "runs.csv").read_bytes() == truth.table else "another table"
    if name in ("merge", "again"):
        return "" if _numbers(json.loads(said.out)) == _numbers(truth.finding) else "other numbers"
    if name == "report":
        runs = f"{truth.finding['runs']:,} runs, seed 1"
        return "" if runs in (beside / "page.html").read_text() else "other runs"
    return ""


def _numbers(data: Any) -> Any:
    """Plain data without its words, which whoever seals a manifest again may have changed."""
    if isinstance(data, dict):
        return {name: _numbers(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_numbers(value) for value in data]
    return "" if isinstance(data, str) else data


def failures(mutations: int, seed: int) -> Iterator[str]:
    """What is wrong with so many mutations, each in some lines."""
    luck = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch, in_a_hurry():
        known = truths(Path(scratch))
        for number in range(mutations):
            folder, beside = Path(scratch) / "its", Path(scratch) / "beside"
            beside.mkdir()
            truth = known[FOLDERS[number % len(FOLDERS)]]
            what = mutated(truth, folder, luck, known)
            for name, said, why in wrongs(truth, folder, beside):
                yield f"mutation {number}, {truth.folder.name}, {what} {name}: {why}\n{said.traceback or said.err}"
            for path in (folder, beside):
                shutil.rmtree(path)


def _all() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutations", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found: Counter[str] = Counter()
    for failure in failures(chosen.mutations, chosen.seed):
        kind = failure.strip().splitlines()[-1]
        found[kind] += 1
        if found[kind] == 1:
            print(failure, flush=True)
    print(f"{chosen.mutations:,} mutations: {sum(found.values()):,} failures of {len(found)} kinds")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    _all()
