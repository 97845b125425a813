"""What a command leaves in its folder: the finding of its analysis, as data, as text and as figures."""

import contextlib
import importlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from model.problems import nearest, quoted, refusal

from ..analysis import discover, influence, sensitivity, why
from ..analysis.drivers import DRIVERS, drivers_in
from ..analysis.levers import front
from ..results.finding import Finding
from ..results.summary import Summary, summarise
from ..results.sweeps import SweepResult, sweep_result
from ..runs.collect import collect
from ..runs.files import write_json
from ..runs.manifest import MANIFEST, commit, manifest_of
from ..runs.store import DESIGN, PARTS, SUMMARY, WORLDS, Store
from .tables import write_points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..figures.look import Look
    from ..results.trace import Trace


type Figures = Mapping[str, Callable[[], "Figure"]]

MAIN_OF_RUNS = ("outcomes", "joining", "review-period")


class Findings(NamedTuple):
    """A finding to be published, and what names its figures; without it there are none."""

    finding: Finding
    named: Callable[[], Figures] = dict

    @property
    def figures(self) -> Figures:
        """The figures that can be drawn of it, by name; asking for them brings matplotlib."""
        return self.named()

    @property
    def data(self) -> dict[str, Any]:
        """The finding as plain data."""
        return self.finding.data()

    @property
    def text(self) -> str:
        """The finding as text for a terminal."""
        return self.finding.text()


class Analysis[F: Finding](NamedTuple):
    """A kind of analysis: its finding from finished results, and the figures of that (name, function that draws).

    ``main`` names those that are drawn unless all are asked for; without any, all are.
    """

    analyse: Callable[[Store], F]
    figures: Callable[[F], Iterable[tuple[str, Callable[[], "Figure"]]]]
    main: Collection[str] = ()

    def findings(self, finding: F) -> Findings:
        """A finding to be published."""
        return Findings(finding, lambda: dict(self.figures(finding)))


def drawn_by(module: str) -> Callable[[Any], Iterable[tuple[str, Callable[[], "Figure"]]]]:
    """The `figures` of a module of figures, which is imported once they are asked for: it brings matplotlib."""
    return lambda finding: importlib.import_module(f"..figures.{module}", __package__).figures(finding)


def _summary(store: Store) -> Summary:
    return summarise(store.plan.scenario, store, store.plan.seed, store.plan.precision, store.worlds())


# ---------------------------------------------------------------- every kind of analysis

RUNS = Analysis(_summary, drawn_by("runs"), MAIN_OF_RUNS)
SWEEP = Analysis(sweep_result, drawn_by("sweeps"))

ANALYSES: dict[str, Analysis[Any]] = {  # by the key that `Plan.analysis` gives
    "runs": RUNS,
    "sweep": SWEEP,
    "sensitivity": Analysis(sensitivity.analyse, drawn_by("sensitivity")),
    "influence": Analysis(influence.analyse, drawn_by("influence")),
    "discover": Analysis(discover.analyse, drawn_by("discover")),
    "levers": Analysis(front.analyse, drawn_by("levers")),
    "why": Analysis(why.analyse, drawn_by("why")),
}


def findings(store: Store) -> Findings:
    """The finding of finished results.

    Raises
    ------
    BadInput
        Where the results are for an analysis that is not known here.
    """
    name = store.plan.analysis
    if name not in ANALYSES:
        raise refusal(store.folder, f"found the analysis {quoted(name)}; known: {', '.join(ANALYSES)}")
    analysis = ANALYSES[name]
    return analysis.findings(analysis.analyse(store))


# ---------------------------------------------------------------- in a folder


def finish(store: Store, engine: str, workers: int) -> None:
    """Bring results to their end, without figures."""
    store.begin()
    collect(store, engine, workers)
    write_json(store.folder / SUMMARY, summary_data(store, findings(store)))


def summary_data(store: Store, result: Findings) -> dict[str, Any]:
    """What the summary of results says: what made them, and the finding."""
    return {"made_by": provenance(store), **result.data}


def publish(store: Store, result: Findings) -> list[str]:
    """Write the summary of finished results and the points of a sweep; the names of all files and folders there."""
    points = write_points(store, result.finding) if isinstance(result.finding, SweepResult) else []
    write_json(store.folder / SUMMARY, summary_data(store, result))
    design = [DESIGN] if store.plan.varied else []
    worlds = [f"{WORLDS}/"] if store.worlds() else []
    drivers = drivers_in(store, result.finding)
    if drivers:
        write_json(store.folder / DRIVERS, drivers.data())
    return [MANIFEST, *design, f"{PARTS}/", *worlds, SUMMARY, *points, *([DRIVERS] if drivers else [])]


def named_figures(store: Store, result: Findings, which: str) -> list[str]:
    """The names of the figures of results that are drawn where ``none``, the ``main`` ones or ``all`` are asked for."""
    if which == "none":
        return []
    main = ANALYSES[store.plan.analysis].main
    return [name for name in result.figures if which == "all" or not main or name in main]


def draw_into(
    folder: Path,
    line: str,
    result: Findings,
    names: Iterable[str],
    formats: Sequence[str],
    look: "Look | None" = None,
) -> Iterator[Path]:
    """Draw some figures into a folder, with a line of provenance, in the user's look if any; the paths of the files.

    Raises
    ------
    BadInput
        Where there is no figure of a name.
    """
    for name in names:
        from ..figures.style import save  # brings matplotlib, which no figure needs

        if name not in result.figures:
            known = f"{nearest(name, result.figures)}; known: {', '.join(result.figures)}"
            raise refusal("--figure", f"found {quoted(name)}{known}")
        with look.worn() if look else contextlib.nullcontext():
            figure = result.figures[name]()
            paths = save(look.put_on(figure) if look else figure, folder / "figures", name, line, formats)
        yield from paths


def provenance(store: Store) -> str:
    """The provenance of results in one line, by their manifest: as they are cited, and in each figure and summary."""
    plan = store.plan
    sweep = f"sweep {plan.name}, " if plan.varied else ""
    what = f"{sweep}scenario {plan.scenario.called}, {plan.runs} runs, seed {plan.seed}"
    return f"{program(store)}, {what}, inputs {store.made_from[:12]}"


def program(store: Store) -> str:
    """The program that made results: its version and commit, by their manifest."""
    there = manifest_of(store.folder)
    return f"Opt-In {there['version']}, commit {there['commit'] or 'unknown'}"


def made_by(source: str) -> str:
    """The provenance of something, in one line with the commit."""
    return f"Opt-In, {source}, commit {commit() or 'unknown'}"


def publish_trace(folder: Path, trace: "Trace") -> Iterator[Path]:
    """Draw one negotiation; the paths of the PNG files."""
    from ..figures import talks  # brings Mesa, which many runs do without
    from ..figures.style import save

    for name, figure in talks.FIGURES.items():
        name_of_run = f"{name}-seed{trace.seed}-run{trace.run.number}"
        yield save(figure(trace), folder / "figures", name_of_run, trace_line(trace))[0]


def trace_line(trace: "Trace") -> str:
    """The provenance of a figure of one negotiation, in one line."""
    return made_by(f"scenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}")
