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
from .results.tables import sweep_tables, tables_of_runs
from .results.trace import Trace
from .results.trace import trace as play
from .results.trace_data import trace_data
from .runs.collect import collect
from .runs.pool import WORKERS, run_many, run_worlds
from .runs.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Result", "load", "run", "sweep", "trace"]

MOST_ROWS = 30  # of a table in a notebook; of more, the first and the last


@dataclass(frozen=True)
class Result:
    """A result as ``text``, as plain data, as a table, and the figures that can be drawn, by name.

    The ``table`` has a row a run for runs, a row a point for sweeps, and a row a week for a trace. ``shown`` has the
    tables that a notebook shows, by caption.
    """

    text: str
    data: Mapping[str, Any]
    table: pd.DataFrame
    figures: Mapping[str, "Callable[[], Figure]"]
    shown: Mapping[str, pd.DataFrame]

    def plot(self, name: str | None = None) -> "Figure":
        """Draw a figure, the first where none is named; as the last line of a cell it is shown.

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
        """The first paragraph, the tables, and the text folded; HTML in a scenario file is shown as text."""
        head, *lines = self.text.partition("\n\n")[0].splitlines()
        tables = "".join(
            f"<h4>{html.escape(caption)}</h4>{table.to_html(border=0, max_rows=MOST_ROWS)}"
            for caption, table in self.shown.items()
        )
        text = f"<details><summary>As text</summary><pre>{html.escape(self.text)}</pre></details>"
        return f"<p><strong>{html.escape(head)}</strong></p><p>{html.escape(' '.join(lines))}</p>{tables}{text}"


def run(
    scenario: str | Path | Scenario,
    runs: int = 1000,
    seed: int = SEED,
    settings: str | Iterable[str] = (),
    engine: str = "fast",
    workers: int = WORKERS,
) -> Result:
    """Many negotiations of a scenario, as `optin run` plays them.

    Parameters
    ----------
    scenario : path of a scenario file, name of a shipped one in any folder, or a loaded scenario
    settings : one string ``dotted.path=value`` or several
        Applied to a scenario file, as by ``--set``.

    Raises
    ------
    BadInput
        With everything that is wrong with the file or the settings.
    """
    loaded = _loaded(scenario, settings)
    table = run_many(loaded, runs, seed, engine, workers)
    worlds = run_worlds(loaded, runs, seed, engine, workers)
    summary = summarise(loaded, table, seed, worlds=worlds)
    findings = RUNS.findings(summary)
    return Result(findings.text, findings.data, table, findings.figures, tables_of_runs(summary))


def sweep(
    file: str | Path, settings: str | Iterable[str] = (), engine: str = "fast", workers: int = WORKERS, **instead: Any
) -> Result:
    """Many negotiations at each point of a sweep file, as `optin sweep` plays them, but with nothing kept on disk.

    Parameters
    ----------
    settings : one string ``dotted.path=value`` or several
        Applied to the sweep's scenario, as by ``--set``.
    instead : values of runs, seed, precision, max_runs
        Take the place of what the file says.

    Raises
    ------
    BadInput
        With everything that is wrong with the file, its scenario or the settings.
    """
    plan = read_sweep(file, _several(settings), **instead)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), plan)
        collect(store, engine, workers)
        result = sweep_result(store)
    findings = SWEEP.findings(result)
    return Result(findings.text, findings.data, result.table(), findings.figures, sweep_tables(result))


def trace(
    scenario: str | Path | Scenario, number: int = 0, seed: int = SEED, settings: str | Iterable[str] = ()
) -> Result:
    """One negotiation of a scenario, week by week, as `optin trace` plays it.

    Raises
    ------
    BadInput
        With everything that is wrong with the file or the settings.
    """
    played = play(_loaded(scenario, settings), number, seed)
    figures = {name: partial(draw, played) for name, draw in talks.FIGURES.items()}
    weeks = _weeks(played)
    return Result(story(played), trace_data(played), weeks, figures, {"Week by week": weeks.round(2)})


def _several(settings: str | Iterable[str]) -> Iterable[str]:
    return [settings] if isinstance(settings, str) else settings


def _loaded(scenario: str | Path | Scenario, settings: str | Iterable[str]) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load(scenario, _several(settings))


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
