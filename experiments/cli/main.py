"""The `optin` command: parses, calls, prints. Heavy libraries are imported only by the commands that need them."""

import argparse
import contextlib
import datetime
import importlib.util
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import __version__
from model.problems import BadInput, Mark, Problem
from model.scenario import SHIPPED, load
from model.yamltree import parse, read_text, scalar

from .. import KNOWN_UP_TO, MAX_RUNS, SEED
from ..results.sources import READING, because, counted, counts, differences
from ..runs.errors import Interrupted, Unfinished

if TYPE_CHECKING:
    from ..plans.design import Plan
    from ..publish.findings import Findings
    from ..runs.cluster import Cluster
    from ..runs.store import Store
    from ..validation.validate import Size


UNFINISHED, USAGE_ERROR, INTERRUPTED = 1, 2, 130
RESULTS = Path("results")
RUNS = 1000  # of `optin run` where nothing is said
POINTS = {"sobol": 128, "morris": 20}  # of `optin sensitivity`, by method, where nothing is said
FEWEST_INFLUENCE_RUNS, INFLUENCE_RUNS = 20, 400  # of `optin influence`, at each of a thousand points
PORT = 8765  # of `optin dashboard`
DISCOVERY_POINTS, DISCOVERY_RUNS = 4000, 25  # of `optin discover`; with half of them noise passes for stable
DRAWS, TIMES, RECORDS = 32_768, 32, 300  # of the validations
LEVER_POINTS, LEVER_RUNS = 500, 200  # of the sample of `optin levers`
PLANNED = ("runs", "seed", "precision", "max_runs")  # what the command line may say in place of a sweep file
MOST_SHOWN = 30  # problems printed; what is wrong beyond that is counted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 could not be finished, 2 bad input, 130 interrupted."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = chosen.command
    try:
        command(chosen)
        sys.stdout.flush()
    except BadInput as error:
        for problem in error.problems[:MOST_SHOWN]:
            print(f"optin: {problem}", file=sys.stderr)
        if len(error.problems) > MOST_SHOWN:
            print(f"optin: and {len(error.problems) - MOST_SHOWN} more", file=sys.stderr)
        return USAGE_ERROR
    except Unfinished as error:
        print(f"optin: {error}", file=sys.stderr)
        return UNFINISHED
    except KeyboardInterrupt as error:
        said = error if isinstance(error, Interrupted) else "stopped; nothing was written"
        print(f"optin: {said}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as in `optin show ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush into
    return 0


# ---------------------------------------------------------------- commands


def run(chosen: argparse.Namespace) -> None:
    """Many negotiations: how often, in what form, with whom."""
    scenario = load(chosen.scenario, chosen.set)
    from ..plans.design import plan_of

    runs = RUNS if chosen.runs is None else chosen.runs
    most = max(runs, MAX_RUNS if chosen.max_runs is None else chosen.max_runs)
    _carry_out(plan_of(scenario, runs, _seed(chosen), chosen.precision, most), chosen)


def sweep(chosen: argparse.Namespace) -> None:
    """Many negotiations at each of many points: how the answer moves with what varies."""
    from ..plans.sweepfile import read_sweep

    instead = {name: getattr(chosen, name) for name in PLANNED}
    _carry_out(read_sweep(chosen.sweep, chosen.set, **instead), chosen)


def sensitivity(chosen: argparse.Namespace) -> None:
    """Which unknowns move a measure, and how much of what is seen is luck."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.sensitivity import plan_sensitivity

    points = POINTS[chosen.method] if chosen.points is None else chosen.points
    _carry_out(
        plan_sensitivity(scenario, chosen.method, chosen.measure, points, chosen.runs_per_point, _seed(chosen)), chosen
    )


def influence(chosen: argparse.Namespace) -> None:
    """Who moves the outcome: each stakeholder's views, last words, ideals and weight."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.influence import plan_influence

    runs = INFLUENCE_RUNS if chosen.runs is None else chosen.runs
    _carry_out(plan_influence(scenario, runs, _seed(chosen)), chosen)


def discover(chosen: argparse.Namespace) -> None:
    """Under which unknowns a measure fails or holds: boxes, checked on points held back."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.discover import plan_discovery

    asked = (chosen.sought, chosen.measure, chosen.threshold, chosen.points, chosen.runs_per_point)
    _carry_out(plan_discovery(scenario, *asked, _seed(chosen)), chosen)


def calibrate(chosen: argparse.Namespace) -> None:
    """Fit traits and weights to who joined what since 2023."""
    from ..publish import validation as its

    size, what = _size(chosen, "calibration")
    table = its.baseline_table(size, chosen.seed, chosen.workers)
    found = its.calibrated(table, size, chosen.workers)
    _leave(chosen, "calibration", its.of_calibration(found), its.files_of_calibration(found, what), what)


def backtest(chosen: argparse.Namespace) -> None:
    """Predict each regime of the past from the others, beside yardsticks."""
    from ..publish import validation as its

    size, what = _size(chosen, "backtest")
    table = its.baseline_table(size, chosen.seed, chosen.workers)
    found = its.tested(table, size, chosen.seed, chosen.workers)
    _leave(chosen, "backtest", its.of_backtest(found), {}, what)


def forecast(chosen: argparse.Namespace) -> None:
    """A dated forecast from the fitted model; one on record is never changed."""
    from ..publish import validation as its
    from ..validation import forecast as record

    as_of = _day(chosen.as_of)
    record.check_day(as_of)
    size, what = _size(chosen, "forecast")
    table = its.baseline_table(size, chosen.seed, chosen.workers)
    questions = its.foreseen(table, as_of)
    folder = _folder(chosen.out, ["forecast"])
    found = its.of_forecast(questions, table, as_of, chosen.why)
    name = record.place(folder, as_of, found.data, chosen.why)
    files = its.files_of_forecast(questions, table, as_of, chosen.why, name) if name else {}
    _leave(chosen, "forecast", found, files, what)


def validate(chosen: argparse.Namespace) -> None:
    """All of it: calibration, backtest and forecast, and the page that says what is known."""
    from ..publish import validation as its
    from ..validation import forecast as record

    as_of = _day(chosen.as_of)
    record.check_day(as_of)
    size, what = _size(chosen, "validation")
    found = its.everything(size, chosen.seed, chosen.workers, as_of)
    _leave(chosen, "validation", its.all_of(found, as_of), its.files_of_everything(found, what, as_of), what)
    if not chosen.json:
        same = its.as_shipped(_folder(chosen.out, ["validation"]), as_of)
        print("As shipped: " + ", ".join(f"{name} {'yes' if its_same else 'NO'}" for name, its_same in same.items()))


def levers(chosen: argparse.Namespace) -> None:
    """Which settings of the levers bring about what is wanted, at what cost: a Pareto front, checked on fresh luck."""
    scenario = load(chosen.scenario, chosen.set)
    _needs("levers", "levers", "pymoo")
    from ..analysis.levers.plan import plan_front, plan_levers, plans_beside
    from ..publish.findings import finish
    from ..runs.collect import collect, telling_what_is_saved
    from ..runs.files import locked
    from ..runs.store import Store, folder_for

    seed = _seed(chosen)
    asked = (chosen.want, chosen.lever, chosen.holdout, chosen.points, chosen.runs_per_point)
    plan = plan_levers(scenario, *asked, seed)
    sample = Store(folder_for(plan, _folder_of(plan, chosen) / "sample", chosen=chosen.out is not None), plan)
    with locked(sample.folder), telling_what_is_saved(sample):
        sample.begin()
        collect(sample, chosen.engine, chosen.workers, processes=True)
        front = plan_front(sample, seed, chosen.engine, chosen.workers)
    store = Store(folder_for(front, _folder_of(front, chosen), chosen=chosen.out is not None), front)
    with locked(store.folder), telling_what_is_saved(store):
        store.begin()
        for its in plans_beside(front):
            finish(Store(folder_for(its, store.folder / its.name, chosen=True), its), chosen.engine, chosen.workers)
        collect(store, chosen.engine, chosen.workers, processes=True)
        _conclude(store, chosen)


def merge(chosen: argparse.Namespace) -> None:
    """The shards of results, from jobs that each played one, brought together."""
    from ..runs.collect import telling_what_is_saved
    from ..runs.files import located, locked
    from ..runs.shards import gather, held
    from ..runs.store import Store, folder_for

    plan, sources = held([located(folder) for folder in chosen.results])
    named = _folder(chosen.out, [plan.name, *plan.scenario.settings])
    store = Store(folder_for(plan, named, chosen=chosen.out is not None), plan)
    with locked(store.folder), telling_what_is_saved(store):
        store.begin()
        gather(store, sources)
        _conclude(store, chosen)


def plot(chosen: argparse.Namespace) -> None:
    """The figures of results, drawn anew from their tables."""
    from ..publish.findings import draw, findings
    from ..runs.files import located
    from ..runs.store import opened

    store = opened(located(chosen.results))
    paths = [str(path) for path in draw(store, findings(store), chosen.figure)]
    if chosen.json:
        _print_json({"figures": paths})
    else:
        print("\n".join(paths))


def export(chosen: argparse.Namespace) -> None:
    """The runs of results as CSV, with every parameter that varied or was drawn."""
    from ..publish.findings import export as write
    from ..runs.files import located
    from ..runs.store import opened

    store = opened(located(chosen.results))
    path = Path(chosen.csv) if chosen.csv else _on_this_machine("--csv", store.folder / "runs.csv")
    try:
        rows = write(store, path)
    except OSError as error:
        raise BadInput([Problem(Mark(str(path)), f"cannot be written: {error.strerror}")]) from None
    if chosen.json:
        _print_json({"file": str(path), "rows": rows})
    else:
        print(f"{rows:,} runs written to {path}")


def report(chosen: argparse.Namespace) -> None:
    """Results as one HTML page to send and print: the answer, the figures, and what they rest on."""
    from ..report.page import write
    from ..runs.files import located

    path, size = write([located(folder) for folder in chosen.results], located(chosen.out) if chosen.out else None)
    if chosen.json:
        _print_json({"file": str(path), "bytes": size})
    else:
        print(f"Report written to {path} ({size:,} bytes)")


def compare(chosen: argparse.Namespace) -> None:
    """Two or more scenarios under the same luck: paired differences to the first."""
    scenarios = [load(path, chosen.set) for path in chosen.scenarios]
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < max(2, len(names)):
        found = f"found {', '.join(names)}; at least two scenarios with different names are needed"
        raise BadInput([Problem(Mark("compare"), found)])
    from ..results.compare import as_data, told
    from ..results.compare import compare as compared
    from ..runs.pool import run_many

    found_differences = compared(
        {its.name: run_many(its, chosen.runs, chosen.seed, chosen.engine, chosen.workers) for its in scenarios}
    )
    if chosen.json:
        _print_json(as_data(scenarios, found_differences, chosen.runs, chosen.seed))
    else:
        print(told(scenarios, found_differences, chosen.runs))


def trace(chosen: argparse.Namespace) -> None:
    """One negotiation, round by round."""
    scenario = load(chosen.scenario, chosen.set)
    folder = _on_this_machine("--out", _folder(chosen.out, [scenario.name, *scenario.settings]))
    from ..publish.findings import publish_trace
    from ..results.story import as_data, story
    from ..results.trace import trace as play

    told = play(scenario, chosen.run, chosen.seed)
    try:
        figures = list(publish_trace(folder, told))
    except OSError as error:
        raise BadInput([Problem(Mark(f"--out {folder}"), f"cannot be written to: {error.strerror}")]) from None
    for figure in figures:
        print(f"Figure: {figure}", file=sys.stderr)
    if chosen.json:
        _print_json(as_data(told))
    else:
        print(story(told))


def gallery(chosen: argparse.Namespace) -> None:
    """Every kind of figure of a scenario, on one page."""
    scenario = load(chosen.scenario, chosen.set)
    from ..plans.design import plan_of
    from ..publish.gallery import PAGE
    from ..publish.gallery import gallery as drawn
    from ..runs.store import folder_for

    plan = plan_of(scenario, chosen.runs, chosen.seed)
    named = _on_this_machine("--out", _folder(chosen.out, ["gallery", scenario.name, *scenario.settings]))
    folder = folder_for(plan, named, chosen=chosen.out is not None)
    pictures = drawn(plan, folder)
    if chosen.json:
        figures = [{"file": str(its.path), "message": its.message, "caption": its.caption} for its in pictures]
        _print_json({"page": str(folder / PAGE), "figures": figures})
    else:
        print(f"{len(pictures)} figures on {folder / PAGE}")


def check(chosen: argparse.Namespace) -> None:
    """Check scenario files without running anything."""
    problems, said = [], []
    for path in chosen.scenarios:
        try:
            scenario = load(path)
            count = len(scenario.entries)
            said.append({"file": path, "title": scenario.title, "parameters": count, "notes": scenario.notes()})
        except BadInput as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if chosen.json:
        _print_json({"good": said, "problems": [str(problem) for problem in problems]})
    else:
        for its in said:
            print(f"{its['file']}: good ({its['title']}, {its['parameters']} parameters)")
            for note in its["notes"]:
                print(f"  note: {note}")
    if problems:
        raise BadInput(problems)


def show(chosen: argparse.Namespace) -> None:
    """Every effective value and the file it came from."""
    scenario = load(chosen.scenario, chosen.set)
    if chosen.json:
        _print_json({"scenario": scenario.name, "parameters": {p: e.as_data() for p, e in scenario.entries.items()}})
        return
    print(f"{scenario.title}: {scenario.question}\n")
    _print_table(
        ["parameter", "value", "unit", "from"],
        [[path, entry.shown(), entry.unit, str(entry.mark)] for path, entry in scenario.entries.items()],
    )


def diff(chosen: argparse.Namespace) -> None:
    """What differs between two scenarios."""
    one, other = load(chosen.a, chosen.set), load(chosen.b, chosen.set)
    found = differences([one, other])
    if chosen.json:
        _print_json(
            {"a": one.name, "b": other.name, "differences": {p: {"a": a, "b": b} for p, (a, b) in found.items()}}
        )
        return
    print(f"{len(found)} parameters differ between {one.name} and {other.name}.\n")
    if found:
        _print_table(["parameter", one.name, other.name], [[p, a or "-", b or "-"] for p, (a, b) in found.items()])


def sources(chosen: argparse.Namespace) -> None:
    """What is sourced and what is assumed."""
    scenario = load(chosen.scenario, chosen.set)
    if chosen.json:
        its = {path: {"origin": e.origin, **e.source} for path, e in scenario.entries.items()}
        _print_json({"scenario": scenario.name, "counts": counts(scenario), "parameters": its})
        return
    print(f"{counted(scenario)}\n{READING}\n")
    _print_table(
        ["parameter", "value", "rests on", "because"],
        [[path, entry.shown(), entry.origin, because(entry)] for path, entry in scenario.entries.items()],
    )


def schema(chosen: argparse.Namespace) -> None:
    """The JSON Schema of scenario files."""
    path = Path(chosen.scenario)
    load(path)  # a faulty root file would make a faulty schema
    from model.schema import published_text

    root = parse(read_text(path, str(path)), str(path))
    if "extends" in root.value:
        raise BadInput([Problem(root.value["extends"].mark, "found extends; the root scenario is needed")])
    print(published_text(root.plain()), end="")


def dashboard(chosen: argparse.Namespace) -> None:
    """A page to play with, in the browser, on this machine only."""
    _needs("dashboard", "dashboard", "solara", "solara_assets")
    from ..dashboard.server import serve

    serve(chosen.port)


# ---------------------------------------------------------------- results


def _needs(what: str, extra: str, *modules: str) -> None:
    """See that what an extra brings is installed."""
    for name in modules:
        if importlib.util.find_spec(name) is None:
            found = f"{name} is not installed; it comes with pip install 'opt-in[{extra}]'"
            raise BadInput([Problem(Mark(what), found)])


@contextlib.contextmanager
def _cluster_of(chosen: argparse.Namespace) -> "Iterator[Cluster | None]":
    """The cluster that parts are played on, if one was named."""
    if chosen.cluster is None:
        yield None
        return
    _needs("--cluster", "cluster", "distributed")
    from ..runs.cluster import connected

    with connected(chosen.cluster, chosen.workers) as cluster:
        yield cluster


def _carry_out(plan: "Plan", chosen: argparse.Namespace) -> None:
    """Play what is missing of a plan or a shard of it, then say and draw what was found."""
    from ..plans.design import Shard
    from ..runs.collect import collect, telling_what_is_saved
    from ..runs.files import locked
    from ..runs.store import Store, folder_for

    shard = Shard(*chosen.shard)
    if plan.precision is not None and not shard.is_whole:
        found = (
            f"found {shard} of a plan with a precision, where each step follows from all runs before; leave out either"
        )
        raise BadInput([Problem(Mark("--shard"), found)])
    named = _folder_of(plan, chosen, *([] if shard.is_whole else [f"shard={shard.number}-of-{shard.of}"]))
    with _cluster_of(chosen) as cluster:
        store = Store(folder_for(plan, named, shard, chosen=chosen.out is not None), plan, shard)
        with locked(store.folder), telling_what_is_saved(store):
            store.begin()
            collect(store, chosen.engine, chosen.workers, processes=True, cluster=cluster)
            if shard.is_whole:
                _conclude(store, chosen)
                return
    its_parts = len(store.paths())
    if chosen.json:
        _print_json({"shard": str(shard), "folder": str(store.folder), "parts": its_parts})
    else:
        print(f"Shard {shard}: {its_parts:,} parts in {store.folder}; optin merge brings all shards together")


def _conclude(store: "Store", chosen: argparse.Namespace) -> None:
    """Say and draw what results say, all parts of which are there."""
    from ..publish.findings import findings, publish

    found = findings(store)
    written = publish(store, found)
    if chosen.json:
        _print_json(found.data)
        return
    print(found.text)
    print(f"\nWritten to {store.folder}: " + ", ".join(written))


def _size(chosen: argparse.Namespace, what: str) -> tuple["Size", str]:
    """How much is played for a validation, and in words what the numbers follow from."""
    from ..validation.validate import Size

    if chosen.records > chosen.draws:
        found = f"found {chosen.records:,}; each takes a draw, so at most --draws, {chosen.draws:,}, are allowed"
        raise BadInput([Problem(Mark("--synthetic"), found)])
    size = Size(chosen.draws, chosen.times, chosen.records)
    return size, f"{what}, {size.told(chosen.seed)}"


def _leave(chosen: argparse.Namespace, name: str, found: "Findings", files: Mapping[str, str], what: str) -> None:
    """Write what a validation found, and say it."""
    from ..publish.validation import write

    folder = _folder(chosen.out, [name])
    written = write(folder, found, files, what)
    if chosen.json:
        _print_json(found.data)
        return
    print(found.text)
    print(f"\nWritten to {folder}: " + ", ".join(written))


def _day(text: str) -> datetime.date:
    """A day of the calendar from the command line."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        found = f"found {text!r}; a day is needed, as 2026-07-05"
        raise BadInput([Problem(Mark("--as-of"), found)]) from None


def _folder_of(plan: "Plan", chosen: argparse.Namespace, *more: str) -> Path:
    """Where the results of a plan go: as told, or named after it and what the command line says of it."""
    said = [f"{name}={its}" for name in PLANNED if (its := getattr(chosen, name, None)) is not None]
    return _folder(chosen.out, [plan.name, *plan.scenario.settings, *said, *more])


def _seed(chosen: argparse.Namespace) -> int:
    """The seed that was said, or the usual one; what was said becomes part of a folder's name."""
    return SEED if chosen.seed is None else int(chosen.seed)


def _folder(out: str | None, names: list[str]) -> Path:
    """Where results go: as told, or named after what they are of."""
    from ..runs.files import located

    return located(out) if out else RESULTS / re.sub(r"[^\w.=+-]", "_", "-".join(names))[:120]


def _on_this_machine(what: str, path: Path) -> Path:
    """A path that is written to bit by bit, which no other machine is."""
    if isinstance(path, Path):
        return path
    raise BadInput([Problem(Mark(what), f"found {path}; a path on this machine is needed")])


# ---------------------------------------------------------------- printing


def _print_json(data: Any) -> None:
    print(json.dumps(data, indent=2, allow_nan=False))


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


# ---------------------------------------------------------------- arguments


class _Parser(argparse.ArgumentParser):
    """Refuses abbreviations and prints short errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> Any:
        print(f"optin: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(USAGE_ERROR)


def _count(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"found {text!r}; a whole number from {least:,} to {most:,} is allowed")
        return int(text)

    return read


def _number(allowed: str, least: float = -math.inf) -> Callable[[str], float]:
    """A reader of numbers above `least`; `allowed` says which."""

    def read(text: str) -> float:
        value = scalar(text)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= least:
            raise argparse.ArgumentTypeError(f"found {text!r}; {allowed}")
        return float(value)

    return read


def _share(text: str) -> tuple[int, int]:
    """A shard as it is said: its number and how many there are."""
    number, _, of = text.partition("/")
    if not all(its.isascii() and its.isdigit() for its in (number, of)) or not 1 <= int(number) <= int(of):
        raise argparse.ArgumentTypeError(f"found {text!r}; i/n is allowed, as 1/4, with i from 1 to n")
    return int(number), int(of)


def _parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="optin",
        description="How a voluntary rule gets made, and who joins it.",
        epilog="example:\n  optin run scenarios/baseline.yaml\n  optin trace scenarios/baseline.yaml --run 3",
    )
    top.add_argument("--version", action="version", version=f"optin {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for function, example in COMMANDS.items():
        words = (function.__doc__ or "").strip()
        name = function.__name__
        made = commands.add_parser(name, help=words, description=words, epilog=f"example:\n  {example}")
        made.set_defaults(command=function)
        for argument in ARGUMENTS[name]:
            flag, options = OPTIONS[argument]
            made.add_argument(flag, **options)
    return top


COMMANDS: dict[Callable[[argparse.Namespace], None], str] = {
    run: "optin run scenarios/baseline.yaml --runs 2000 --set levers.quorum_labs=4",
    sweep: "optin sweep experiments/sweeps/review-length.yaml",
    sensitivity: "optin sensitivity scenarios/baseline.yaml --method morris --measure durable",
    influence: "optin influence scenarios/baseline.yaml",
    discover: "optin discover scenarios/baseline.yaml --measure durable --holds --threshold 0.75",
    calibrate: "optin calibrate --draws 8192",
    backtest: "optin backtest --draws 8192",
    forecast: "optin forecast --as-of 2026-07-05",
    validate: "optin validate",
    levers: "optin levers scenarios/baseline.yaml --want adopted --want review_days:max --holdout meta",
    merge: "optin merge shards/1 shards/2 --out results/review-length",
    plot: "optin plot results/review-length --figure adopted-map",
    export: "optin export results/baseline --csv baseline.csv",
    report: "optin report results/june-order results/no-protection --out protection.html",
    compare: "optin compare scenarios/baseline.yaml scenarios/full-protection.yaml",
    trace: "optin trace scenarios/baseline.yaml --run 3",
    gallery: "optin gallery scenarios/baseline.yaml --out gallery",
    check: "optin check scenarios/*.yaml",
    show: "optin show scenarios/may-draft.yaml",
    diff: "optin diff scenarios/narrow-reading.yaml scenarios/wide-reading.yaml",
    sources: "optin sources scenarios/baseline.yaml",
    schema: "optin schema > scenarios/schema.json",
    dashboard: "optin dashboard --port 8765",
}
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "scenario": ("scenario", {"metavar": "SCENARIO", "help": "a scenario file (YAML)"}),
    "scenarios": ("scenarios", {"metavar": "SCENARIO", "nargs": "+", "help": "scenario files (YAML)"}),
    "root": (
        "scenario",
        {"metavar": "ROOT", "nargs": "?", "default": str(SHIPPED / "baseline.yaml"), "help": "the root scenario file"},
    ),
    "shown_scenario": (
        "scenario",
        {
            "metavar": "SCENARIO",
            "nargs": "?",
            "default": str(SHIPPED / "baseline.yaml"),
            "help": "a scenario file (YAML; the shipped baseline)",
        },
    ),
    "a": ("a", {"metavar": "A", "help": "a scenario file (YAML)"}),
    "b": ("b", {"metavar": "B", "help": "another"}),
    "sweep": ("sweep", {"metavar": "SWEEP", "help": "a sweep file (YAML)"}),
    "method": (
        "--method",
        {"choices": tuple(POINTS), "default": "sobol", "help": "Sobol's indices, or Morris' screen"},
    ),
    "measure": ("--measure", {"default": "adopted", "help": "a measure, as durable or joined.meta (adopted)"}),
    "points": (
        "--points",
        {
            "type": _count(2, 2**17),
            "metavar": "N",
            "help": "base points, N times the unknowns are played (128; 20)",
        },
    ),
    "runs_per_point": (
        "--runs-per-point",
        {"type": _count(2, 10**6), "default": 50, "metavar": "M", "help": "negotiations at each point (50)"},
    ),
    "influence_runs": (
        "--runs",
        {
            "type": _count(FEWEST_INFLUENCE_RUNS, 10**5),
            "help": f"negotiations at each point ({INFLUENCE_RUNS})",
        },
    ),
    "fails": (
        "--fails",
        {
            "dest": "sought",
            "action": "store_const",
            "const": "fails",
            "default": "fails",
            "help": "where the measure is at most the threshold (this is what is sought if nothing is said)",
        },
    ),
    "holds": (
        "--holds",
        {
            "dest": "sought",
            "action": "store_const",
            "const": "holds",
            "default": "fails",
            "help": "where it is above the threshold",
        },
    ),
    "threshold": (
        "--threshold",
        {
            "type": _number("a number is allowed, as 0.5"),
            "metavar": "T",
            "help": "of the measure (0.5 for shares of runs)",
        },
    ),
    "discovery_points": (
        "--points",
        {
            "type": _count(2, 2**17),
            "default": DISCOVERY_POINTS,
            "metavar": "N",
            "help": f"points, drawn from the distributions ({DISCOVERY_POINTS})",
        },
    ),
    "discovery_runs": (
        "--runs-per-point",
        {
            "type": _count(2, 10**6),
            "default": DISCOVERY_RUNS,
            "metavar": "M",
            "help": f"negotiations at each point ({DISCOVERY_RUNS})",
        },
    ),
    "draws": (
        "--draws",
        {"type": _count(100, 2**20), "default": DRAWS, "metavar": "N", "help": f"draws from the priors ({DRAWS:,})"},
    ),
    "times": (
        "--times",
        {
            "type": _count(1, 10**4),
            "default": TIMES,
            "metavar": "M",
            "help": f"times that each draw plays every episode ({TIMES})",
        },
    ),
    "records": (
        "--synthetic",
        {
            "dest": "records",
            "type": _count(10, 10**4),
            "default": RECORDS,
            "metavar": "K",
            "help": f"synthetic records that the procedure is tried on ({RECORDS})",
        },
    ),
    "as_of": (
        "--as-of",
        {"default": KNOWN_UP_TO, "metavar": "DAY", "help": f"the day of the forecast ({KNOWN_UP_TO})"},
    ),
    "why": ("--why", {"metavar": "TEXT", "help": "why there is a further forecast of a day that has one on record"}),
    "want": (
        "--want",
        {
            "action": "append",
            "default": [],
            "metavar": "MEASURE[:WAY]",
            "help": "a measure and which way it is wanted, as review_days:max or holds:min; two or more",
        },
    ),
    "lever": (
        "--lever",
        {
            "action": "append",
            "default": [],
            "metavar": "PATH",
            "help": "set only this, as levers.protection; may be repeated (all that do not say what a framework is)",
        },
    ),
    "holdout": ("--holdout", {"metavar": "LAB", "help": "also find the cheapest packages that bring this lab in"}),
    "lever_points": (
        "--points",
        {
            "type": _count(2, 2**14),
            "default": LEVER_POINTS,
            "metavar": "N",
            "help": f"settings, spread over the ranges, from which the search goes on ({LEVER_POINTS})",
        },
    ),
    "lever_runs": (
        "--runs-per-point",
        {
            "type": _count(2, 10**5),
            "default": LEVER_RUNS,
            "metavar": "M",
            "help": f"negotiations at each setting in the search ({LEVER_RUNS})",
        },
    ),
    "results": ("results", {"metavar": "RESULTS", "help": "a folder of results"}),
    "shards": (
        "results",
        {"metavar": "SHARD", "nargs": "+", "help": "folders that --shard made, in any order"},
    ),
    "several_results": (
        "results",
        {"metavar": "RESULTS", "nargs": "+", "help": "folders of results, the one to compare the others to first"},
    ),
    "report_file": ("--out", {"metavar": "FILE", "help": "where to write (RESULTS/report.html, in the first)"}),
    "figure": ("--figure", {"metavar": "NAME", "help": "draw only this one"}),
    "csv": ("--csv", {"metavar": "FILE", "help": "where to write (RESULTS/runs.csv)"}),
    "runs": ("--runs", {"type": _count(1, 10**7), "default": RUNS, "help": f"negotiations to run ({RUNS})"}),
    "seed": ("--seed", {"type": _count(0, 2**63 - 1), "default": SEED, "help": f"seed of all luck ({SEED})"}),
    "planned_runs": (
        "--runs",
        {"type": _count(1, 10**7), "help": f"negotiations at each point ({RUNS}, or the file's)"},
    ),
    "planned_seed": ("--seed", {"type": _count(0, 2**63 - 1), "help": f"seed of all luck ({SEED}, or the file's)"}),
    "precision": (
        "--precision",
        {
            "type": _number("a number above 0 is allowed, as 0.01", 0.0),
            "metavar": "P",
            "help": "go on until the 95%% interval of adoption (or a sweep's first measure) is this wide to each side",
        },
    ),
    "max_runs": (
        "--max-runs",
        {
            "type": _count(1, 10**7),
            "metavar": "N",
            "help": f"the most runs with --precision ({MAX_RUNS:,})",
        },
    ),
    "run": ("--run", {"type": _count(0, 10**9), "default": 0, "metavar": "K", "help": "number of the run (0)"}),
    "set": (
        "--set",
        {
            "action": "append",
            "default": [],
            "metavar": "PATH=VALUE",
            "help": "change a parameter, as levers.quorum_labs=4; may be repeated",
        },
    ),
    "out": ("--out", {"metavar": "DIR", "help": "folder for the results (results/<scenario and settings>)"}),
    "engine": (
        "--engine",
        {"choices": ("fast", "mesa"), "default": "fast", "help": "compiled rules, or the readable Mesa agents (fast)"},
    ),
    "workers": (
        "--workers",
        {
            "type": _count(1, 256),
            "default": 2,
            "metavar": "N",
            "help": "threads, or for long work processes (2)",
        },
    ),
    "shard": (
        "--shard",
        {
            "type": _share,
            "default": (1, 1),
            "metavar": "I/N",
            "help": "play only the I-th of N shares, for optin merge (1/1)",
        },
    ),
    "cluster": (
        "--cluster",
        {
            "metavar": "ADDRESS",
            "help": "play on a Dask cluster: tcp://HOST:8786 of its scheduler, or local to start one",
        },
    ),
    "port": (
        "--port",
        {"type": _count(0, 65_535), "default": PORT, "help": f"where to listen ({PORT}); 0 takes a port that is free"},
    ),
    "json": ("--json", {"action": "store_true", "help": "print one JSON object and nothing else"}),
}
SIZES = ("draws", "times", "records")
CARRIED_OUT = ("planned_seed", "set", "out", "engine", "workers", "cluster", "shard", "json")
PLANNED_ARGUMENTS = ("planned_runs", "precision", "max_runs", *CARRIED_OUT)
ARGUMENTS = {
    "run": ("scenario", *PLANNED_ARGUMENTS),
    "sweep": ("sweep", *PLANNED_ARGUMENTS),
    "sensitivity": ("scenario", "method", "measure", "points", "runs_per_point", *CARRIED_OUT),
    "influence": ("scenario", "influence_runs", *CARRIED_OUT),
    "discover": (
        *("scenario", "measure", "fails", "holds", "threshold", "discovery_points", "discovery_runs"),
        *CARRIED_OUT,
    ),
    "calibrate": (*SIZES, "seed", "out", "workers", "json"),
    "backtest": (*SIZES, "seed", "out", "workers", "json"),
    "forecast": ("as_of", "why", *SIZES, "seed", "out", "workers", "json"),
    "validate": ("as_of", *SIZES, "seed", "out", "workers", "json"),
    "levers": (
        *("scenario", "want", "lever", "holdout", "lever_points", "lever_runs"),
        *("planned_seed", "set", "out", "engine", "workers", "json"),
    ),
    "merge": ("shards", "out", "json"),
    "plot": ("results", "figure", "json"),
    "export": ("results", "csv", "json"),
    "report": ("several_results", "report_file", "json"),
    "compare": ("scenarios", "runs", "seed", "set", "engine", "workers", "json"),
    "trace": ("scenario", "run", "seed", "set", "out", "json"),
    "gallery": ("shown_scenario", "runs", "seed", "set", "out", "json"),
    "check": ("scenarios", "json"),
    "show": ("scenario", "set", "json"),
    "diff": ("a", "b", "set", "json"),
    "sources": ("scenario", "set", "json"),
    "schema": ("root",),
    "dashboard": ("port",),
}
