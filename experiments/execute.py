"""Many negotiations: blocks of runs in, one table out, the same on any number of processes."""

import concurrent.futures
import math
import multiprocessing
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from model.case import Run, runs_of_block
from model.draws import BLOCK
from model.rules.records import Measures
from model.scenario import Scenario

TASK = 64  # runs handed to a process at a time; divides BLOCK
PROCESSES = 2
JOINED = "joined."  # prefix of the column that says whether a lab joined


class Task(NamedTuple):
    """Runs `first` to `last` (excluded) of one block."""

    scenario: Scenario
    seed: int
    first: int
    last: int


def run_many(scenario: Scenario, runs: int, seed: int, processes: int = PROCESSES) -> pd.DataFrame:
    """The runs 0 to `runs` - 1 of a scenario, a row each.

    Returns
    -------
    DataFrame
        ``run``, ``failed`` (why, or ''), the measures by name, ``joined.<lab>`` (0 or 1), and under its path every
        parameter that was drawn. A failed run has NaN measures and is never averaged in.
    """
    tasks = [Task(scenario, seed, first, min(first + TASK, runs)) for first in range(0, runs, TASK)]
    rows: list[dict[str, Any]] = []
    with tqdm(total=runs, unit=" runs", desc=scenario.name, disable=None, leave=False) as bar:
        for done in _play_all(tasks, processes):
            rows += done
            bar.update(len(done))
    return pd.DataFrame(rows)


def _play_all(tasks: list[Task], processes: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of each task, in the order of the tasks."""
    if processes == 1 or len(tasks) == 1:
        yield from map(play, tasks)
        return
    workers = min(processes, len(tasks))
    spawn = multiprocessing.get_context("spawn")  # no surprises from threads that libraries have started
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        try:
            yield from pool.map(play, tasks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def play(task: Task) -> list[dict[str, Any]]:
    """The rows of one task."""
    block, numbers = task.first // BLOCK, range(task.first, task.last)
    drawn = [path for path, entry in task.scenario.entries.items() if entry.distribution is not None]
    return [row(run, drawn) for run in runs_of_block(task.scenario, task.seed, block, numbers)]


def row(run: Run, drawn: list[str]) -> dict[str, Any]:
    """One run as a row; what goes wrong in it becomes its reason of failure."""
    from model.negotiation import Negotiation

    failed, joined = "", dict.fromkeys(run.case.labs, math.nan)
    measures = Measures(*[math.nan] * len(Measures._fields))
    try:
        negotiation = Negotiation(run.case, run.luck)
        measures = negotiation.play()
        joined = {name: float(is_in) for name, is_in in negotiation.joined().items()}
    except Exception as error:  # one broken run must not lose the others
        failed = f"{type(error).__name__}: {error}"
    return {
        "run": run.number,
        "failed": failed,
        **measures._asdict(),
        **{JOINED + name: is_in for name, is_in in joined.items()},
        **{path: run.values[path] for path in drawn},
    }
