"""The same from Python, for notebooks and scripts: ``from experiments.notebook import load, run, sweep, trace``.

Every call gives a `Result`, which shows itself in a notebook, holds its numbers as data and as a table, and draws its
figures when asked.
"""

import html
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.problems import nearest, quoted, refusal
from model.scenario import Scenario, load

from . import SEED
from .figures import talks
from .plans.sweepfile import read_sweep
from .publish.findings import RUNS, SWEEP
from .results.story import story
from .results.summary import summarise
from .results.sweeps import sweep_result
from .results.trace import Trace
from .results.trace import trace as play
from .results.trace_data import trace_data
from .runs.collect import collect
from .runs.pool import WORKERS, run_many, run_worlds
from .runs.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Result", "load", "run", "sweep", "trace"]


@dataclass(frozen=True)
class Result:
    """A result as ``text``, as plain data, as a table, and the figures that can be drawn, by name.

    The ``table`` has a row a run for runs, a row a point for sweeps, and a row a week for a trace.
    """

    text: str
    data: Mapping[str, Any]
    table: pd.DataFrame
    figures: Mapping[str, "Callable[[], Figure]"]

    def plot(self, name: str | None = None) -> "Figure":
        """Draw a figure, the first where none is named.

        Raises
        ------
        BadInput
            Where there is no figure of that name; the nearest is named.
        """
        chosen = next(iter(self.figures)) if name is None else name
        if chosen not in self.figures:
            known = f"{nearest(chosen, self.figures)}; known: {', '.join(self.figures)}"
            raise refusal("plot", f"found the figure {quoted(chosen)}{known}")
        return self.figures[chosen]()

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """The headline, and the text below it; HTML in a scenario file is shown as text."""
        head, _, rest = self.text.partition("\n")
        return f"<p><strong>{html.escape(head)}</strong></p><pre>{html.escape(rest.strip())}</pre>"


def run(
    scenario: str | Path | Scenario,
    runs: int = 1000,
    seed: int = SEED,
    settings: Iterable[str] = (),
    engine: str = "fast",
    workers: int = WORKERS,
) -> Result:
    """Many negotiations of a scenario, as `optin run` plays them.

    Parameters
    ----------
    scenario : path of a scenario file, or a loaded scenario
    settings : strings ``dotted.path=value``
        Applied to a scenario file, as by ``--set``.

    Raises
    ------
    BadInput
        With everything that is wrong with the file or the settings.
    """
    loaded = _loaded(scenario, settings)
    table = run_many(loaded, runs, seed, engine, workers)
    worlds = run_worlds(loaded, runs, seed, engine, workers)
    findings = RUNS.findings(summarise(loaded, table, seed, worlds=worlds))
    return Result(findings.text, findings.data, table, findings.figures)


def sweep(
    file: str | Path, settings: Iterable[str] = (), engine: str = "fast", workers: int = WORKERS, **instead: Any
) -> Result:
    """Many negotiations at each point of a sweep file, as `optin sweep` plays them, but with nothing kept on disk.

    Parameters
    ----------
    settings : strings ``dotted.path=value``
        Applied to the sweep's scenario, as by ``--set``.
    instead : values of runs, seed, precision, max_runs
        Take the place of what the file says.

    Raises
    ------
    BadInput
        With everything that is wrong with the file, its scenario or the settings.
    """
    plan = read_sweep(file, settings, **instead)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), plan)
        collect(store, engine, workers)
        result = sweep_result(store)
    findings = SWEEP.findings(result)
    return Result(findings.text, findings.data, result.table(), findings.figures)


def trace(scenario: str | Path | Scenario, number: int = 0, seed: int = SEED, settings: Iterable[str] = ()) -> Result:
    """One negotiation of a scenario, week by week, as `optin trace` plays it.

    Raises
    ------
    BadInput
        With everything that is wrong with the file or the settings.
    """
    played = play(_loaded(scenario, settings), number, seed)
    figures = {name: partial(draw, played) for name, draw in talks.FIGURES.items()}
    return Result(story(played), trace_data(played), _weeks(played), figures)


def _loaded(scenario: str | Path | Scenario, settings: Iterable[str]) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load(scenario, settings)


def _weeks(trace: Trace) -> pd.DataFrame:
    """The review period on the table and in everybody's ask, and the pledges, at the end of each week."""
    return pd.DataFrame(
        {
            "week": week.week,
            "review_days": week.terms.review_days,
            **{f"ask.{name}": ask.review_days for name, ask in week.asks.items()},
            "labs_in": week.labs_in,
            "share_in": week.share_in,
        }
        for week in trace.rounds
    )
