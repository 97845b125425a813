"""Many negotiations: blocks of runs in, one table out, the same on any number of processes."""

import concurrent.futures
import math
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from model.case import Run, runs_of_block
from model.draws import BLOCK
from model.rules.records import MEASURES, Operating
from model.scenario import Scenario

if TYPE_CHECKING:
    from model.history import History

TASK = 64  # runs handed to a process at a time; divides BLOCK
PROCESSES = 2
WEEKS_A_MONTH = 4  # a month in the columns by month
# prefixes of columns: by lab, whether it joined, is in at the horizon, ever left, and how often it was held; by month
# after the talks, the share of the frontier in and the queue; and what is measured in the ad-hoc world
JOINED, STAYS, LEFT, HELD = "joined.", "stays.", "left.", "held."
SHARE_IN, QUEUE = "share_in.month_", "queue.month_"
AD_HOC = "ad_hoc."


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
        ``run``, ``failed`` (why, or ''), the measures by name, under ``ad_hoc.`` those of the same year without a
        framework, columns by lab and by month (see the prefixes above), and under its path every parameter that was
        drawn. A failed run has no measures and is never averaged in.
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
    from model.history import play as play_through

    head: dict[str, Any] = {"run": run.number, "failed": ""}
    parameters = {path: run.values[path] for path in drawn}
    try:
        history = play_through(run)
    except Exception as error:  # one broken run must not lose the others
        return head | {"failed": f"{type(error).__name__}: {error}"} | nothing(run) | parameters
    return head | reported(history) | parameters


def nothing(run: Run) -> dict[str, Any]:
    """The columns of a run that has nothing to report."""
    measures = [name for kind in MEASURES for name in kind._fields]
    by_lab = [prefix + lab for prefix in (JOINED, STAYS, LEFT, HELD, AD_HOC + HELD) for lab in run.case.labs]
    return dict.fromkeys([*measures, *(AD_HOC + name for name in Operating._fields), *by_lab], math.nan)


def reported(history: "History") -> dict[str, Any]:
    """What a run reports: the measures, those of the ad-hoc world, and the columns by lab and by month."""
    negotiation, year, ad_hoc = history
    labs = [lab.name for lab in year.labs]
    stays = {lab.name: float(lab.is_in) for lab in year.labs}
    left = {turn.lab for turn in year.turns if not turn.is_in}
    held, held_ad_hoc = (Counter(its.lab for its in world.log if its.hold_days > 0.0) for world in (year, ad_hoc))
    months = year.datacollector.get_model_vars_dataframe().iloc[WEEKS_A_MONTH - 1 :: WEEKS_A_MONTH]
    return {
        **negotiation.measures()._asdict(),
        **year.lasting()._asdict(),
        **year.measures()._asdict(),
        **{AD_HOC + name: value for name, value in ad_hoc.measures()._asdict().items()},
        **{JOINED + name: float(is_in) for name, is_in in negotiation.joined().items()},
        **{STAYS + name: stays[name] for name in labs},
        **{LEFT + name: float(name in left) for name in labs},
        **{HELD + name: float(held[name]) for name in labs},
        **{AD_HOC + HELD + name: float(held_ad_hoc[name]) for name in labs},
        **{f"{SHARE_IN}{number}": value for number, value in enumerate(months["share_in"], 1)},
        **{f"{QUEUE}{number}": float(value) for number, value in enumerate(months["queue"], 1)},
    }
