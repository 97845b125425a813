"""Everything a command leaves behind in its folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import nearest, quoted, refusal

from ..analysis import discover, discover_text, influence, influence_text, sensitivity
from ..analysis.levers import front
from ..analysis.levers import plan as lever_plan
from ..analysis.levers import text as front_text
from ..figures import discover as discover_figures
from ..figures import influence as influence_figures
from ..figures import levers as lever_figures
from ..figures import runs as run_figures
from ..figures import sensitivity as sensitivity_figures
from ..figures import sweeps as sweep_figures
from ..figures.style import FORMATS, save
from ..plans.design import Plan
from ..results.summary import summarise
from ..results.summary_text import told
from ..results.sweeps import Response, respond
from ..results.sweeps_text import as_data
from ..results.sweeps_text import told as response_told
from ..runs.collect import collect
from ..runs.files import write_json
from ..runs.manifest import MANIFEST, commit
from ..runs.play import drawn_parameters
from ..runs.store import PARTS, POINTS, SUMMARY, Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.trace import Trace


class Findings(NamedTuple):
    """What results say: as plain data, as text for a terminal, and the figures that can be drawn, by name."""

    data: dict[str, Any]
    text: str
    figures: Mapping[str, Callable[[], "Figure"]]


def findings(store: Store) -> Findings:
    """What the rows of a store say, those of a sweep or of one scenario."""
    plan = store.plan
    if plan.design in sensitivity.DESIGNS.values():
        return of_sensitivity(sensitivity.analyse(store))
    if plan.design == influence.DESIGN:
        return of_influence(influence.analyse(store))
    if plan.design in discover.DESIGNS.values():
        return of_discovery(discover.analyse(store))
    if plan.design == lever_plan.DESIGN:
        return of_levers(front.analyse(store))
    if plan.varied:
        return of_response(respond(store))
    return of_runs(summarise(plan.scenario, store, plan.seed, plan.precision))


def of_runs(summary: dict[str, Any]) -> Findings:
    """What the summary of runs of one scenario says."""
    drawn = {} if summary["failed"] == summary["runs"] else run_figures.FIGURES
    return Findings(summary, told(summary), {name: partial(draw, summary) for name, draw in drawn.items()})


def of_response(response: Response) -> Findings:
    """What a sweep says."""
    return Findings(as_data(response), response_told(response), dict(sweep_figures.figures(response)))


def of_sensitivity(found: sensitivity.Sensitivity) -> Findings:
    """What a sensitivity analysis says."""
    return Findings(sensitivity.as_data(found), sensitivity.told(found), dict(sensitivity_figures.figures(found)))


def of_influence(found: influence.Influence) -> Findings:
    """What an analysis of influence says."""
    return Findings(influence_text.as_data(found), influence_text.told(found), dict(influence_figures.figures(found)))


def of_discovery(found: discover.Discovery) -> Findings:
    """What a discovery says."""
    return Findings(discover_text.as_data(found), discover_text.told(found), dict(discover_figures.figures(found)))


def of_levers(found: front.Front) -> Findings:
    """What a search for settings of the levers says."""
    return Findings(front_text.as_data(found), front_text.told(found), dict(lever_figures.figures(found)))


def finish(store: Store, engine: str, workers: int) -> None:
    """Bring results to their end, without figures."""
    store.begin()
    collect(store, engine, workers)
    write_json(store.folder / SUMMARY, findings(store).data)


def publish(store: Store, found: Findings) -> list[str]:
    """Write the summary and draw the figures of finished results; the names of what is there."""
    write_json(store.folder / SUMMARY, found.data)
    names = [f"{path.parent.name}/{path.name}" for path in draw(store, found, formats=("png",))]
    return [MANIFEST, *[POINTS] * bool(store.plan.varied), f"{PARTS}/", SUMMARY, *names]


def draw(store: Store, found: Findings, only: str | None = None, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the figures of results, or only one; the paths of the files in the first of the formats.

    Raises
    ------
    BadInput
        Where there is no figure of that name.
    """
    if only is not None and only not in found.figures:
        known = f"{nearest(only, found.figures)}; known: {', '.join(found.figures)}"
        raise refusal("--figure", f"found {quoted(only)}{known}")
    for name, figure in found.figures.items():
        if only in (None, name):
            yield save(figure(), store.folder / "figures", name, provenance(store), formats)[0]


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
    from ..figures import talks  # brings Mesa, which many runs do without

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

    rows = 0
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            for values in store.by_part(store.columns):
                its = dict(zip(store.columns, values, strict=True))
                table = pd.DataFrame({**its, **_parameters(store.plan, its["point"], its["run"])})
                table.to_csv(file, index=False, header=not rows, lineterminator="\n")
                rows += len(table)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _parameters(plan: Plan, point: Array, run: Array) -> dict[str, Array]:
    """What varied at these runs, and what was drawn for them: path -> values."""
    first = int(run.min())
    drawn = drawn_parameters(plan.scenario, plan.seed, first, int(run.max()) + 1, plan.runs_in_a_world)
    here = {path: its[run - first] for path, its in drawn.items()}
    for place, path in enumerate(plan.varied):
        values = np.array([its[place] for its in plan.points], dtype=object)
        left = np.array([its is None for its in values])
        as_it_was = here.get(path, np.full(len(run), plan.scenario.entries[path].value))
        here[path] = np.where(left[point], as_it_was, values[point])
    return here
