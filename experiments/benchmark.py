"""How fast the engines are, and what they cost: ``python -m experiments.benchmark``.

``--quick`` leaves out what takes several minutes (commands, memory), and ``--only`` measures one thing.

Everything is measured in one session on the same machine, and read as ratios: the compiled engine with one and with
two threads, the Mesa engine in one process, ``mesa.batch_run`` and, where it is installed, EMA Workbench on the same
scenario; how time grows with runs, rounds and labs, and the processor time of each command with its work; what a Dask
cluster of one and of two workers on this machine makes of the same parts, and what it adds to each; and the peak memory
of `optin run` for up to ten million runs. Luck and tables are included everywhere, for the compiled engine also the
writing of its parts. It stands here rather than in a folder of its own since it needs nothing but what is here.
"""

import argparse
import contextlib
import functools
import importlib.util
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import mesa
import psutil
from tqdm import tqdm

from model.case import Run, runs_of_block
from model.history import play
from model.scenario import SHIPPED, Scenario, frozen, load

from .measures.columns import reported
from .plans.design import Part, Plan, plan_of, whole
from .plans.sweepfile import SWEEPS
from .runs.cluster import LOCAL, Cluster, connected
from .runs.collect import collect
from .runs.parts import Origin
from .runs.play import Piece
from .runs.pool import run_many
from .runs.store import Store
from .validation.markdown import markdown_table

SEED = 1
FAST_RUNS, MESA_RUNS, GROWTH_RUNS = 163_840, 1000, 20_480
CLUSTER_RUNS = 327_680  # forty parts of the usual size
PART_BYTES = 9_300_000  # of such a part on disk
MEMORY_RUNS = (10**5, 10**6, 10**7)
PEER = "mesa.batch_run, 2 processes"
BASELINE = str(SHIPPED / "baseline.yaml")
COMMANDS = {  # its arguments, and what of its work grows
    "run": (["run", BASELINE], "--runs", (1000, 10_000, 100_000)),
    "compare": (["compare", BASELINE, str(SHIPPED / "june-order.yaml")], "--runs", (1000, 10_000, 100_000)),
    "sweep review-length": (["sweep", str(SWEEPS / "review-length.yaml")], "--runs", (10, 100, 1000)),
    "sensitivity": (["sensitivity", BASELINE], "--points", (2, 8, 32)),
    "influence": (["influence", BASELINE], "--runs", (20, 60, 180)),
    "discover": (["discover", BASELINE], "--points", (250, 1000, 4000)),
    "why": (["why", BASELINE, "--lab", "meta"], "--runs", (1000, 10_000, 100_000)),
    "levers": (["levers", BASELINE, "--want", "adopted", "--want", "delay_days"], "--points", (20, 100, 500)),
}


@functools.cache
def baseline() -> Scenario:
    """The scenario that is timed."""
    return load(BASELINE)


@functools.cache
def runs_drawn() -> list[Run]:
    """The runs that Mesa plays, their luck drawn once a process as the engines do."""
    return runs_of_block(baseline(), SEED, 0, range(MESA_RUNS))


class OneRun(mesa.Model):  # type: ignore[misc]
    """One run as `mesa.batch_run` wants it: a model whose only step plays it."""

    def __init__(self, number: int, rng: Any = None) -> None:
        super().__init__(rng=rng)
        self.number = number
        self.row: dict[str, Any] = {}
        self.datacollector = mesa.DataCollector(model_reporters={"row": "row"})

    def step(self) -> None:
        """Play the run."""
        self.row = reported(play(runs_drawn()[self.number]))
        self.datacollector.collect(self)
        self.running = False


def batch_run() -> None:
    """The Mesa runs by Mesa's own means, in two processes."""
    mesa.batch_run(OneRun, {"number": list(range(MESA_RUNS))}, number_processes=2, display_progress=False)


def experiment(number: float) -> dict[str, Any]:
    """One run as EMA Workbench wants it: a function of an uncertainty, its number, to what is measured."""
    return reported(play(runs_drawn()[int(number)]))


def workbench(processes: int) -> None:
    """The Mesa runs as experiments of EMA Workbench: its Latin hypercube of whole numbers has each of them once."""
    from ema_workbench import IntegerParameter, Model, MultiprocessingEvaluator, ScalarOutcome, SequentialEvaluator

    model = Model("run", function=experiment)
    model.uncertainties = [IntegerParameter("number", 0, MESA_RUNS - 1)]
    model.outcomes = [ScalarOutcome("adopted")]
    evaluator = MultiprocessingEvaluator(model, processes) if processes > 1 else SequentialEvaluator(model)
    with evaluator:
        evaluator.perform_experiments(MESA_RUNS)


def compiled(scenario: Scenario, runs: int, threads: int) -> None:
    """Runs of the compiled engine, kept on disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), plan_of(scenario, runs, SEED))
        store.begin()
        collect(store, "fast", threads)


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Took(NamedTuple):
    """Seconds on the clock, and on all processors, those of child processes that have ended included."""

    seconds: float
    processor: float


def measured(work: Callable[[], object]) -> Took:
    """What some work takes."""
    before, took = _processor_seconds(), seconds(work)
    return Took(took, _processor_seconds() - before)


def _processor_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def with_labs(scenario: Scenario, count: int) -> Scenario:
    """The scenario with its first labs, or with further ones that copy them."""
    labs = scenario.named("lab")
    kinds = {name: kind for name, kind in scenario.kinds.items() if kind != "lab"}
    entries = {path: entry for path, entry in scenario.entries.items() if path.split(".")[1] not in labs}
    for number in range(count):
        model = labs[number % len(labs)]
        name = model if number < len(labs) else f"{model}_{number}"
        kinds[name] = "lab"
        for path, entry in scenario.entries.items():
            if path.startswith(f"stakeholders.{model}."):
                new = path.replace(f".{model}.", f".{name}.")
                entries[new] = replace(entry, path=new)
    return replace(scenario, kinds=frozen(kinds), labels=frozen(dict.fromkeys(kinds, "")), entries=frozen(entries))


def speeds() -> None:
    """Runs a second of each engine and of two laboratories for such models, and their ratios, as a Markdown table."""
    scenario = baseline()
    work = {
        "compiled, 2 threads": (FAST_RUNS, lambda: compiled(scenario, FAST_RUNS, 2)),
        "compiled, 1 thread": (FAST_RUNS, lambda: compiled(scenario, FAST_RUNS, 1)),
        PEER: (MESA_RUNS, batch_run),
        "Mesa, 1 process": (MESA_RUNS, lambda: run_many(scenario, MESA_RUNS, SEED, "mesa", 1)),
    }
    if importlib.util.find_spec("ema_workbench"):
        work["EMA Workbench, 2 processes"] = (MESA_RUNS, lambda: workbench(2))
        work["EMA Workbench, 1 process"] = (MESA_RUNS, lambda: workbench(1))
    runs_drawn()  # by processes that are forked too
    took = {name: Took(*(spent / runs for spent in measured(task))) for name, (runs, task) in work.items()}
    rows = [
        [name, f"{1 / its.seconds:,.0f}", f"{1e3 * its.processor:.3g}", f"{took[PEER].seconds / its.seconds:.3g}"]
        for name, its in took.items()
    ]
    print(*markdown_table(["", "runs a second", "processor ms a run", f"speed against {PEER}"], rows), sep="\n")
    if "EMA Workbench, 1 process" not in took:
        print("EMA Workbench is not installed (pip install ema-workbench), and left out.")


def growth() -> None:
    """How the time of the compiled engine on one thread grows with runs, with rounds, and with labs."""
    scenario = baseline()
    once = functools.partial(compiled, threads=1)
    grown = {
        "runs": {f"{k * GROWTH_RUNS:,}": functools.partial(once, scenario, k * GROWTH_RUNS) for k in (1, 2, 4)},
        "weeks of the year": {
            str(weeks): functools.partial(once, load(BASELINE, [f"relations.horizon_days={7 * weeks}"]), GROWTH_RUNS)
            for weeks in (26, 52, 104)
        },
        "labs": {str(labs): functools.partial(once, with_labs(scenario, labs), GROWTH_RUNS) for labs in (4, 7, 14, 28)},
    }
    for what, cases in grown.items():
        took = {name: seconds(work) for name, work in cases.items()}
        first = next(iter(took.values()))
        print(f"time by {what}: " + ", ".join(f"{name}: {duration / first:.2f}" for name, duration in took.items()))


def commands() -> None:
    """Processor seconds of each command, whole, for three sizes of its work, as a Markdown table."""
    rows = []
    for name, (arguments, option, sizes) in COMMANDS.items():
        took = [measured(functools.partial(call, [*arguments, option, str(size)])).processor for size in sizes]
        rows.append([f"`{name}`", *(f"{option} {size:,}: {of:.1f}" for size, of in zip(sizes, took, strict=True))])
    print(*markdown_table(["command", "small", "medium", "large"], rows), sep="\n")


def call(arguments: Sequence[str]) -> None:
    """Carry out a command in a process of its own, its results left nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments", *arguments, "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Idle(Cluster):
    """A cluster whose workers are sent each part and send back as many bytes, but play nothing."""

    def _sent(self, piece: Piece, engine: str, origin: Origin) -> Any:
        work = pickle.dumps((piece, engine, origin))
        return self.client.submit(bytes.ljust, work, PART_BYTES, key=f"nothing-{origin.number}-{time.monotonic_ns()}")


def on_a_cluster(cluster: Cluster, plan: Plan, parts: Sequence[Part]) -> None:
    """Parts played on a cluster and kept on disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), plan)
        for part, content in cluster.play(plan, parts, "fast", tqdm(disable=True)):
            store.put(part, content)


def clusters() -> None:
    """Seconds a part in this process and on Dask workers on this machine, and what of it is not play."""
    plan = plan_of(baseline(), CLUSTER_RUNS, SEED)
    parts = whole(plan)
    took = {"in this process": seconds(lambda: compiled(baseline(), CLUSTER_RUNS, 1))}
    for workers in (1, 2):
        with connected(LOCAL, workers) as cluster:
            on_a_cluster(cluster, plan, parts[: 4 * workers])  # each worker loads the rules
            for name, player in {"": cluster, ", nothing played": Idle(cluster.client, LOCAL)}.items():
                took[f"{workers} on Dask{name}"] = seconds(functools.partial(on_a_cluster, player, plan, parts))
    for name, duration in took.items():
        print(f"{name:28} {1000 * duration / len(parts):6.1f} ms a part, {CLUSTER_RUNS / duration:9,.0f} runs a second")
    alone, one, _, two, idle_two = took.values()
    print(f"second worker: {one / two:.2f} times; overhead a part: {idle_two / alone:.1%} of its time")


def resident(process: psutil.Process) -> float:
    """MiB in memory of a process and all its workers; what they share counts for each."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += member.memory_info().rss
    return total / 2**20


def memory() -> None:
    """Peak memory and time of whole calls of `optin run`, summary and figures included."""
    for runs in MEMORY_RUNS:
        with tempfile.TemporaryDirectory() as folder:
            command = ["run", BASELINE, "--runs", str(runs), "--json", "--out", folder]
            start = time.perf_counter()
            process = psutil.Popen([sys.executable, "-m", "experiments", *command], stdout=subprocess.DEVNULL)
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, resident(process))
                time.sleep(0.05)
            took = time.perf_counter() - start
            disk = sum(path.stat().st_size for path in Path(folder).rglob("*"))
        print(f"optin run --runs {runs:<10,} {peak:6,.0f} MiB at most, {took:7.1f} s, {disk / 2**20:8,.1f} MiB on disk")


MEASURED = (speeds, growth, commands, clusters, memory)
LONG = (commands, memory)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m experiments.benchmark", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="leave out commands and memory, minutes each")
    parser.add_argument("--only", choices=[task.__name__ for task in MEASURED], help="measure one thing")
    chosen = parser.parse_args()
    run_many(baseline(), 10, SEED)  # compile, or load what was compiled
    for measure in MEASURED:
        if chosen.only == measure.__name__ or (not chosen.only and not (chosen.quick and measure in LONG)):
            measure()


if __name__ == "__main__":
    main()
