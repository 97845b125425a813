"""Commands on scenario files, which play nothing: check, show, compare, sources, the schema, and import."""

import argparse
import os
from pathlib import Path
from typing import Any

from model.extends import at_hand, is_sweep
from model.problems import BadInput, refusal
from model.scenario import SHIPPED, load
from model.yamltree import parse, read_text

from ..results.notes import notes
from ..results.sources import READING, basis_text, differences, origin_counts, origins_text
from .common import print_json, print_table
from .options import JSON, SCENARIO, SCENARIOS, SETTINGS, argument, command
from .terminal import print_wide


@command("optin check scenarios/*.yaml", SCENARIOS, JSON)
def check(chosen: argparse.Namespace) -> None:
    """Check files of scenarios and sweeps without running anything."""
    problems, good = [], []
    for path in chosen.scenarios:
        try:
            good.append(_checked(path))
        except BadInput as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if chosen.json:
        print_json({"good": good, "problems": [str(problem) for problem in problems]})
    else:
        for report in good:
            size = f"{report['points']} points" if "points" in report else f"{report['parameters']} parameters"
            print(f"{report['file']}: good ({report['title']}, {size})")
            for note in report["notes"]:
                print_wide(f"  note: {note}")
    if problems:
        raise BadInput(problems)


def _checked(path: str) -> dict[str, Any]:
    """What is said of a good file: a scenario, or a sweep with the scenario that it names."""
    if not is_sweep(at_hand(path)):
        scenario = load(path)
        count = len(scenario.entries)
        return {"file": path, "title": scenario.title, "parameters": count, "notes": notes(scenario)}
    from ..plans.sweepfile import read_sweep

    plan = read_sweep(path)
    return {"file": path, "title": plan.title, "points": len(plan.points), "notes": notes(plan.scenario, plan.varied)}


@command("optin show scenarios/may-draft.yaml", SCENARIO, SETTINGS, JSON)
def show(chosen: argparse.Namespace) -> None:
    """Every effective value and the file it came from."""
    scenario = load(chosen.scenario, chosen.set)
    if chosen.json:
        print_json({"scenario": scenario.name, "parameters": {p: e.as_data() for p, e in scenario.entries.items()}})
        return
    print_wide(f"{scenario.title}: {scenario.question}\n")
    print_table(
        ["parameter", "value", "unit", "from"],
        [[path, entry.shown(), entry.unit, str(entry.mark)] for path, entry in scenario.entries.items()],
    )


@command(
    "optin diff scenarios/narrow-reading.yaml scenarios/wide-reading.yaml",
    argument("a", metavar="A", help="a scenario file (YAML)"),
    argument("b", metavar="B", help="another"),
    *(SETTINGS, JSON),
)
def diff(chosen: argparse.Namespace) -> None:
    """What differs between two scenarios."""
    first, second = load(chosen.a, chosen.set), load(chosen.b, chosen.set)
    changes = differences([first, second])
    if chosen.json:
        print_json(
            {"a": first.name, "b": second.name, "differences": {p: {"a": a, "b": b} for p, (a, b) in changes.items()}}
        )
        return
    print(f"{len(changes)} parameters differ between {first.name} and {second.name}.\n")
    if changes:
        print_table(["parameter", first.name, second.name], [[p, a or "-", b or "-"] for p, (a, b) in changes.items()])


@command("optin sources scenarios/baseline.yaml", SCENARIO, SETTINGS, JSON)
def sources(chosen: argparse.Namespace) -> None:
    """What is sourced and what is assumed."""
    scenario = load(chosen.scenario, chosen.set)
    if chosen.json:
        parameters = {path: {"origin": e.origin, **e.source} for path, e in scenario.entries.items()}
        print_json({"scenario": scenario.name, "counts": origin_counts(scenario), "parameters": parameters})
        return
    print_wide(f"{origins_text(scenario)}\n{READING}\n")
    print_table(
        ["parameter", "value", "rests on", "because"],
        [[path, entry.shown(), entry.origin, basis_text(entry)] for path, entry in scenario.entries.items()],
    )


@command(
    "optin schema > scenarios/schema.json",
    argument(
        "scenario",
        metavar="ROOT",
        nargs="?",
        default=str(SHIPPED / "baseline.yaml"),
        help="the root scenario file",
    ),
)
def schema(chosen: argparse.Namespace) -> None:
    """The JSON Schema of scenario files."""
    path = at_hand(chosen.scenario)
    load(path)  # a faulty root file would make a faulty schema
    from model.schema import published_text

    root = parse(read_text(path, str(path)), str(path))
    if "extends" in root.value:
        raise refusal(root.value["extends"].mark, "found extends; the root scenario is needed")
    print(published_text(root.plain()), end="")


@command(
    "optin import actors.csv --out actors.yaml",
    argument("table", metavar="TABLE", help="a table of actors: position, salience and power by issue (CSV)"),
    argument(
        "--issue", action="append", default=[], metavar="NAME", help="an issue to take; up to four (the first four)"
    ),
    argument("--out", metavar="FILE", help="where to write the scenario (it is printed)"),
    JSON,
)
def import_(chosen: argparse.Namespace) -> None:
    """A table of actors as KTAB and DECIDE have them, made a scenario of officials for the drafting part."""
    from ..plans.actors import read_actors
    from ..plans.imported import imported
    from ..runs.files import output

    scenario = imported(read_actors(Path(chosen.table)), chosen.issue)
    if chosen.out:
        if os.path.exists(chosen.out) and os.path.samefile(chosen.out, chosen.table):
            raise refusal("--out", f"found {chosen.out}, the table itself; name another file")
        with output(Path(chosen.out)) as file:
            file.write(scenario.text.encode())
    if chosen.json:
        print_json({**scenario._asdict(), "file": chosen.out})
    elif chosen.out:
        print(scenario.told(chosen.out))
    else:
        print(scenario.text, end="")


COMMANDS = (check, show, diff, sources, schema, import_)
