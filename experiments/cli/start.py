"""Commands to start with: what there is, and files of one's own; and completion in the shell."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from model.extends import SHIPPED_FOLDERS, at_hand, called
from model.problems import BadInput, plain, refusal, shown_value
from model.scenario import Scenario, load

from ..plans import scaffold
from ..plans.catalogue import Listed, regimes, scenarios, sweeps
from ..runs.files import told
from .common import needs, print_json, print_table
from .options import JSON, argument, command, one_of
from .terminal import print_wide

BASELINE = "baseline.yaml"
PLAYED_BY = {kind: "sweep" if kind == "sweep" else "run" for kind in scaffold.KINDS}
ALWAYS = ("scenarios", "sweeps", "results")  # what is listed where nothing is said
type Row = dict[str, Any]


class Kind(NamedTuple):
    """What can be listed: how it is found, a row each, the columns that are printed, and what to do with a name."""

    find: Callable[[argparse.Namespace], list[Row]]
    columns: tuple[str, ...]
    use: str


def _listed(find: Callable[[], Sequence[Listed]]) -> Callable[[argparse.Namespace], list[Row]]:
    return lambda _: [entry._asdict() for entry in find()]


def _results(_: argparse.Namespace) -> list[Row]:
    """The folders of results, with what they are of."""
    from ..runs.manifest import FOLDER, folders_of_results, read_manifest
    from ..runs.store import SUMMARY, folders_in

    rows = []
    for folder in folders_of_results(FOLDER):
        try:
            there = read_manifest(folders_in(folder)[0]) or {}
        except BadInput as error:
            there = {"command": str(error)}
        said = {name: plain(str(there.get(name, "?"))) for name in ("command", "written")}
        rows.append({"name": str(folder), "finished": (folder / SUMMARY).exists(), **said})
    return rows


def _measures(chosen: argparse.Namespace) -> list[Row]:
    from ..measures.columns import measures

    return [{"name": name, **about._asdict()} for name, about in measures(_scenario(chosen)).items()]


def _parameters(chosen: argparse.Namespace) -> list[Row]:
    rows = []
    for path, entry in _scenario(chosen).entries.items():
        ends = None if entry.low is None else [entry.low, entry.high]
        rows.append({"name": path, "label": entry.label, "unit": entry.unit, "range": ends, "value": entry.shown()})
    return rows


def _figures(_: argparse.Namespace) -> list[Row]:
    from ..figures import runs, talks

    return [
        {"name": name, "of": of, "shows": (draw.__doc__ or "").strip().partition("\n")[0]}
        for of, figures in (("run", runs.FIGURES), ("trace", talks.FIGURES))
        for name, draw in figures.items()
    ]


def _scenario(chosen: argparse.Namespace) -> Scenario:
    return load(chosen.scenario)


QUESTIONS = ("name", "question")
LISTS = {
    "scenarios": Kind(_listed(scenarios), QUESTIONS, "optin run NAME; regimes of the past: optin list regimes"),
    "sweeps": Kind(_listed(sweeps), QUESTIONS, "optin sweep NAME"),
    "results": Kind(_results, ("name", "finished", "command"), "optin report NAME"),
    "regimes": Kind(_listed(regimes), QUESTIONS, "optin run NAME"),
    "measures": Kind(_measures, ("name", "label", "unit"), "optin discover SCENARIO --measure NAME, or in a sweep"),
    "parameters": Kind(
        _parameters, ("name", "label", "unit", "range", "value"), "optin run SCENARIO --set NAME=VALUE, or in a file"
    ),
    "figures": Kind(
        _figures, ("name", "of", "shows"), "optin plot RESULTS --figure NAME; other analyses name theirs as they draw"
    ),
}


@command(
    "optin list parameters quorum",
    argument(
        "what",
        metavar="WHAT",
        nargs="?",
        type=one_of(LISTS),
        choices=tuple(LISTS),
        help=f"{', '.join(LISTS)} (the first three)",
    ),
    argument("word", metavar="WORD", nargs="?", default="", help="only what has this in a column"),
    argument("--scenario", metavar="SCENARIO", default=BASELINE, help=f"whose measures and parameters ({BASELINE})"),
    JSON,
)
def list_(chosen: argparse.Namespace) -> None:
    """What there is, by name: scenarios, sweeps, results, regimes, measures, parameters, figures."""
    found = {}
    for what in ALWAYS if chosen.what is None else (chosen.what,):
        rows = LISTS[what].find(chosen)
        found[what] = [row for row in rows if any(chosen.word.lower() in str(cell).lower() for cell in row.values())]
    if chosen.json:
        print_json(found)
        return
    for number, (what, rows) in enumerate(found.items()):
        print("\n" * bool(number), end="")
        print_wide(f"{what}: {LISTS[what].use if rows else _nothing(chosen.word)}")
        if rows:
            columns = LISTS[what].columns
            print_table(columns, [[_cell(row[column]) for column in columns] for row in rows])


def _nothing(word: str) -> str:
    return f"none has {word!r} in it" if word else "none in this folder yet"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " to ".join(map(shown_value, value))
    return "-" if value is None else str(value)


@command(
    "optin new lab mistral --like xai",
    argument(
        "kind", metavar="KIND", type=one_of(scaffold.KINDS), choices=scaffold.KINDS, help=", ".join(scaffold.KINDS)
    ),
    argument("name", metavar="NAME", help="its name; the file is NAME.yaml, in the present folder"),
    argument("--like", metavar="WHO", help="the lab or official whose numbers it begins with, as xai"),
    argument("--extends", metavar="SCENARIO", default=BASELINE, help=f"the scenario it differs from ({BASELINE})"),
    JSON,
)
def new(chosen: argparse.Namespace) -> None:
    """A commented file to begin with: a scenario, one more lab or official, or a sweep."""
    kind, name = chosen.kind, chosen.name.removesuffix(".yaml")
    scaffold.check_name(name)
    is_stakeholder = kind in scaffold.STAKEHOLDERS
    if chosen.like and not is_stakeholder:
        raise refusal("--like", f"found it for a {kind}; only a lab or an official is made like another")
    base, extends = load(chosen.extends), called(at_hand(chosen.extends))
    like = scaffold.made_like(kind, base, chosen.like) if is_stakeholder else None
    path = Path(f"{name}.yaml")
    if like:
        _write_new(path, scaffold.stakeholder_text(kind, name, base, extends, like), load)
    elif kind == "scenario":
        _write_new(path, scaffold.scenario_text(name, base, extends), load)
    else:
        from ..plans.sweepfile import read_sweep

        _write_new(path, scaffold.sweep_text(name, base, extends), read_sweep)
    if chosen.json:
        print_json({"file": str(path), "kind": kind, "like": like, "extends": extends})
        return
    what = f"one more {kind} in {extends}, like {base.labels[like]}" if like else f"a {kind} on {extends}"
    print(f"Written to {path}: {what}. What it says is explained in it. Next:\n")
    numbers = f"which of its numbers are still those of {base.labels[like]}" if like else ""
    steps = {"check": "what is wrong with it, and what to know", "sources": numbers, PLAYED_BY[kind]: "play it"}
    first, *rest = ([f"  optin {step} {path}", does] for step, does in steps.items() if does)
    print_table(first, rest)


def _write_new(path: Path, text: str, read: Callable[[Path], object]) -> None:
    """Write a file that is not there yet, and keep it only if it reads well.

    Raises
    ------
    BadInput
        Where there is one, or a shipped one of that name, or what was written is refused.
    """
    if os.path.lexists(path):
        raise refusal(path, "is there already and was left alone; take another name")
    if any((folder / path).exists() for folder in SHIPPED_FOLDERS):
        raise refusal(path, "is the name of a shipped file; take another name")
    with told(path), path.open("x", encoding="utf-8") as file:
        file.write(text)
    try:
        read(path)
    except BadInput:
        path.unlink()
        raise


@command(
    "optin completion bash > ~/.local/share/bash-completion/completions/optin",
    argument("shell", metavar="SHELL", choices=("bash", "zsh"), help="bash or zsh"),
)
def completion(chosen: argparse.Namespace) -> None:
    """A script by which the shell completes commands, flags and files."""
    needs("completion", "completion", "shtab")
    import shtab

    from .main import parser

    print(shtab.complete(parser(listing="a command"), chosen.shell))  # it leaves out what help leaves out


COMMANDS = (list_, new, completion)
