"""How fast the engines are: ``python -m experiments.benchmark``.

Prints runs a second and their ratios, all measured in one session on the same machine: the compiled engine with one
and with two threads, the Mesa engine in one process, and ``mesa.batch_run`` with two processes on the same scenario.
Every figure includes drawing the luck and making the table. It stands here rather than in a folder of its own since
it needs nothing but `execute`.
"""

import functools
import time
from collections.abc import Callable
from typing import Any

import mesa

from model.case import Run, runs_of_block
from model.history import play
from model.scenario import SHIPPED, Scenario, load

from .execute import reported, run_many

SEED = 1
FAST_RUNS, MESA_RUNS = 40_960, 1000


@functools.cache
def baseline() -> Scenario:
    """The scenario that is timed."""
    return load(SHIPPED / "baseline.yaml")


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


def rate(runs: int, work: Callable[[], object]) -> float:
    """Runs a second of some work."""
    start = time.perf_counter()
    work()
    return runs / (time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    scenario = baseline()
    run_many(scenario, 10, SEED)  # compile, or load what was compiled
    measured = {
        "compiled, 1 thread": rate(FAST_RUNS, lambda: run_many(scenario, FAST_RUNS, SEED, "fast", 1)),
        "compiled, 2 threads": rate(FAST_RUNS, lambda: run_many(scenario, FAST_RUNS, SEED, "fast", 2)),
        "Mesa, 1 process": rate(MESA_RUNS, lambda: run_many(scenario, MESA_RUNS, SEED, "mesa", 1)),
        "mesa.batch_run, 2 processes": rate(MESA_RUNS, batch_run),
    }
    for name, its in measured.items():
        print(f"{name:30} {its:10,.0f} runs a second")
    one, two, _, peer = measured.values()
    print(f"compiled on 2 threads against mesa.batch_run on 2 processes: {two / peer:.0f} times")
    print(f"second thread: {two / one:.2f} times")


if __name__ == "__main__":
    main()
