"""Everything a command leaves behind in its folder."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.yamltree import BadInput, Mark, Problem, nearest, quoted

from .execute import drawn_parameters
from .figures import runs as run_figures
from .figures import sweeps as sweep_figures
from .figures.style import save
from .response import as_data, respond
from .response import told as response_told
from .store import MANIFEST, PARTS, POINTS, SUMMARY, Store, commit, write_json
from .summary import summarise, told

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .trace import Trace


class Findings(NamedTuple):
    """What results say: as plain data, as text for a terminal, and the figures that can be drawn, by name."""

    data: dict[str, Any]
    text: str
    figures: Mapping[str, Callable[[], "Figure"]]


def findings(store: Store) -> Findings:
    """What the rows of a store say, those of a sweep or of one scenario."""
    plan = store.plan
    if plan.varied:
        response = respond(store)
        return Findings(as_data(response), response_told(response), dict(sweep_figures.figures(response)))
    summary = summarise(plan.scenario, store, plan.seed, plan.precision)
    drawn = {} if summary["failed"] == summary["runs"] else run_figures.FIGURES
    return Findings(summary, told(summary), {name: partial(draw, summary) for name, draw in drawn.items()})


def publish(store: Store, found: Findings) -> list[str]:
    """Write the summary and draw the figures of finished results; the names of what is there."""
    write_json(store.folder / SUMMARY, found.data)
    names = [path.relative_to(store.folder).as_posix() for path in draw(store, found)]
    return [MANIFEST, *[POINTS] * bool(store.plan.varied), f"{PARTS}/", SUMMARY, *names]


def draw(store: Store, found: Findings, only: str | None = None) -> Iterator[Path]:
    """Draw the figures of results, or only one; the paths of the PNG files.

    Raises
    ------
    BadInput
        Where there is no figure of that name.
    """
    if only is not None and only not in found.figures:
        known = f"{nearest(only, found.figures)}; known: {', '.join(found.figures)}"
        raise BadInput([Problem(Mark("--figure"), f"found {quoted(only)}{known}")])
    for name, figure in found.figures.items():
        if only in (None, name):
            yield save(figure(), store.folder / "figures", name, provenance(store))[0]


def provenance(store: Store) -> str:
    """One line that says what made a figure."""
    plan = store.plan
    what = f"sweep {plan.name}, scenario {plan.scenario.called}" if plan.varied else f"scenario {plan.scenario.called}"
    return made_by(f"{what}, {plan.runs} runs, seed {plan.seed}, inputs {store.made_from[:12]}")


def made_by(what: str) -> str:
    """One line that says what made something, with the commit."""
    return f"Opt-In, {what}, commit {commit() or 'unknown'}"


def publish_trace(folder: Path, trace: "Trace") -> Iterator[Path]:
    """Draw one negotiation; the paths of the PNG files."""
    from .figures import talks  # brings Mesa, which many runs do without

    for name, figure in talks.FIGURES.items():
        name_of_run = f"{name}-seed{trace.seed}-run{trace.run.number}"
        yield save(figure(trace), folder / "figures", name_of_run, trace_line(trace))[0]


def trace_line(trace: "Trace") -> str:
    """One line that says what made a figure of one negotiation."""
    return made_by(f"scenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}")


def export(store: Store, path: Path) -> int:
    """Write the rows of results as CSV, with every parameter that varied or was drawn; how many rows.

    Numbers are written to their last digit, and what is missing is left empty.
    """
    import pandas as pd

    plan, rows = store.plan, 0
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        for values in store.by_part(store.columns):
            table = pd.DataFrame(dict(zip(store.columns, values, strict=True)))
            first, last = int(table["run"].min()), int(table["run"].max()) + 1
            drawn = drawn_parameters(plan.scenario, plan.seed, first, last)
            set_here = {
                name: np.array([plan.points[point][place] for point in table["point"]])
                for place, name in enumerate(plan.varied)
            }
            known = {name: its[table["run"] - first] for name, its in drawn.items()} | set_here
            table = pd.concat([table, pd.DataFrame(known)], axis=1)
            table.to_csv(file, index=False, header=not rows, lineterminator="\n")
            rows += len(table)
    part.replace(path)
    return rows
