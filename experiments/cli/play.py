"""Commands that play negotiations: many, many at each of many points, two scenarios side by side, one step by step."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from model.problems import refusal
from model.scenario import load

from .. import MAX_RUNS
from .common import carry_out, folder_named, needs, on_this_machine, print_json, seed_of, unusual, written_text
from .options import (
    ENGINE,
    FIGURES,
    JSON,
    OUT,
    PLANNED,
    PLANNED_ARGUMENTS,
    RUNS,
    RUNS_TO_PLAY,
    SCENARIO,
    SCENARIOS,
    SEED_TO_PLAY,
    SETTINGS,
    USUAL,
    WORKERS,
    argument,
    command,
    count,
    runs,
)
from .terminal import print_wide, tell

if TYPE_CHECKING:
    from ..runs.store import Store

PORT = 8765
OF_ONE = {**USUAL, "runs": RUNS}  # what is usual for one scenario


@command(
    "optin run scenarios/baseline.yaml --runs 2000 --set levers.quorum_labs=4",
    SCENARIO,
    runs(f"negotiations ({RUNS:,})"),
    *PLANNED_ARGUMENTS,
)
def run(chosen: argparse.Namespace) -> None:
    """Many negotiations: how often, in what form, with whom."""
    scenario = load(chosen.scenario, chosen.set)
    from ..plans.design import plan_of

    count = RUNS if chosen.runs is None else chosen.runs
    most = max(count, MAX_RUNS if chosen.max_runs is None else chosen.max_runs)
    carry_out(plan_of(scenario, count, seed_of(chosen), chosen.precision, most), chosen, OF_ONE)


@command(
    "optin sweep experiments/sweeps/review-length.yaml",
    argument("sweep", metavar="SWEEP", help="a sweep file (YAML), or the name of a shipped one"),
    runs("negotiations at each point (the file's)"),
    *PLANNED_ARGUMENTS,
)
def sweep(chosen: argparse.Namespace) -> None:
    """Many negotiations at each of many points: how the answer moves with what varies."""
    from ..plans.sweepfile import read_sweep, usual

    instead = {name: getattr(chosen, name) for name in PLANNED}
    carry_out(read_sweep(chosen.sweep, chosen.set, **instead), chosen, usual(chosen.sweep))


@command(
    "optin compare scenarios/baseline.yaml scenarios/full-protection.yaml",
    *(SCENARIOS, RUNS_TO_PLAY, SEED_TO_PLAY, SETTINGS, OUT, ENGINE, WORKERS, FIGURES, JSON),
)
def compare(chosen: argparse.Namespace) -> None:
    """Two or more scenarios under the same luck: paired differences to the first, as text, table and figure."""
    scenarios = [load(path, chosen.set) for path in chosen.scenarios]
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < max(2, len(names)):
        example = "as optin compare baseline.yaml june-order.yaml"
        text = f"found only {', '.join(names)}; at least two scenarios with different names are needed, {example}"
        raise refusal("compare", text)
    from ..plans.design import plan_of
    from ..publish.comparison import begun
    from ..publish.findings import finish
    from ..runs.collect import resumable
    from ..runs.files import locked
    from ..runs.store import comparison_folder_for

    plans = {folder_named(None, [its.name]).name: plan_of(its, chosen.runs, chosen.seed) for its in scenarios}
    said = unusual(chosen, OF_ONE)
    named = folder_named(chosen.out, ["compare", *names, *scenarios[0].settings, *said])
    folder = comparison_folder_for(plans, named, chosen=chosen.out is not None)
    with locked(folder):
        stores = begun(folder, plans)
        for store in stores:
            with resumable(store):
                finish(store, chosen.engine, chosen.workers)
        _conclude_comparison(folder, stores, chosen)


def _conclude_comparison(folder: Path, stores: "list[Store]", chosen: argparse.Namespace) -> None:
    """Say what differs between results, all parts of which are there, and then draw it."""
    from ..publish.comparison import compared, comparison_data, provenance_of_all, publish_comparison
    from ..publish.findings import draw_into

    result = compared(stores)
    written = publish_comparison(folder, stores, result)
    if chosen.json:
        print_json(comparison_data(stores, result))
    else:
        tell(result.text)
    sys.stdout.flush()  # the figure takes longer than all before
    wanted = [] if chosen.figures == "none" else list(result.figures)
    drawn = list(draw_into(folder, provenance_of_all(stores), result, wanted, ("png",)))
    if not chosen.json:
        print("\n" + written_text(folder, [*written, *(f"figures/{path.name}" for path in drawn)]))


@command(
    "optin trace scenarios/baseline.yaml --run 3",
    SCENARIO,
    argument("--run", type=count(0, 10**9), default=0, metavar="K", help="number of the run (0)"),
    argument("--full", action="store_true", help="every decision with all parts of the gain, not only what changed"),
    *(SEED_TO_PLAY, SETTINGS, OUT, JSON),
)
def trace(chosen: argparse.Namespace) -> None:
    """One negotiation, week by week: who offered what, who stalled, whose word changed and why."""
    scenario = load(chosen.scenario, chosen.set)
    folder = on_this_machine("--out", folder_named(chosen.out, ["trace", scenario.name, *scenario.settings]))
    from ..publish.findings import publish_trace
    from ..results.story import story
    from ..results.trace import trace as play
    from ..results.trace_data import trace_data

    played = play(scenario, chosen.run, chosen.seed)
    try:
        figures = list(publish_trace(folder, played))
    except OSError as error:
        raise refusal(f"--out {folder}", f"cannot be written to: {error.strerror}") from None
    for figure in figures:
        print(f"Figure: {figure}", file=sys.stderr)
    if chosen.json:
        print_json(trace_data(played))
    else:
        print_wide(story(played, full=chosen.full))


@command(
    "optin dashboard --port 8765",
    argument(
        "--port",
        type=count(0, 65_535),
        default=PORT,
        help=f"where to listen ({PORT}); 0 takes a port that is free",
    ),
)
def dashboard(chosen: argparse.Namespace) -> None:
    """A page to play with, in the browser, on this machine only."""
    needs("dashboard", "dashboard", "solara", "solara_assets")
    from ..dashboard.server import serve

    serve(chosen.port)


COMMANDS = (run, sweep, compare, trace, dashboard)
