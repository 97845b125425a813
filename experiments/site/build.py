"""The pages of a site, all made before the first is written; each stands alone and loads nothing."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from tqdm import tqdm

from model import __version__
from model.extends import TOP
from model.problems import refusal
from model.rules.records import ABOUT
from model.scenario import SHIPPED, Scenario

from .. import SEED
from ..measures.intervals import Interval
from ..plans.design import Plan, plan_of
from ..plans.sweepfile import SWEEPS
from ..publish.findings import finish, made_by
from ..publish.validation import findings as of_validation
from ..report.limits import LIMITS
from ..report.page import page as report
from ..report.page import picture
from ..results.summary import Summary, summarise
from ..results.sweeps import sweep_result
from ..results.words import interval_text, or_dash
from ..runs.files import told, write_bytes
from ..runs.manifest import commit
from ..runs.store import Store
from ..validation.forecast_scores import Scored
from ..validation.ledger import ON_RECORD, head, read_ledger
from ..validation.recorded import read_recorded
from . import documents, forecasts, sliders

if TYPE_CHECKING:
    import jinja2

INDEX = "index.html"
MADE_BY = '<meta name="generator" content="optin site">'
SHIPPED_SWEEPS = ("review-length", "length-and-mandate", "protection-and-capacity", "aides-and-threat", "bargaining")
BACK = '<p class="kind"><a href="../index.html">Opt-In: all scenarios, sweeps, forecasts and documents</a></p>'

type Pages = dict[str, bytes]  # path in the site -> content


class Entry(NamedTuple):
    """A line of the front page: where it leads, its title, and what it is about, and what was found there."""

    path: str
    title: str
    about: str
    found: str = ""


class Content(NamedTuple):
    """What goes into a site; ``scores`` are of forecasts whose outcomes were given."""

    scenarios: Sequence[Scenario]
    runs: int
    sweeps: Sequence[Plan]
    scores: Sequence[Scored]
    workers: int


def shipped_scenarios() -> list[Path]:
    """The files of the scenarios that ship, the baseline first."""
    return sorted(SHIPPED.glob("*.yaml"), key=lambda path: (path.stem != "baseline", path.stem))


def shipped_sweeps() -> list[Path]:
    """The files of the shipped sweeps that a page can move through."""
    return [SWEEPS / f"{name}.yaml" for name in SHIPPED_SWEEPS]


def check_folder(folder: Path) -> None:
    """See that a site may be written there: into a new or an empty folder, or over another site.

    Raises
    ------
    BadInput
        Where there is something else.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    index = folder / INDEX
    if not (index.is_file() and MADE_BY in index.read_text(encoding="utf-8", errors="replace")):
        raise refusal(folder, "holds something else; a new folder, an empty one, or an earlier site is allowed")


def write(folder: Path, pages: Pages) -> None:
    """Write a site.

    Raises
    ------
    BadInput, Unfinished
        Where it cannot be written, or the disk is full.
    """
    with told(folder):
        for path, content in pages.items():
            write_bytes(folder / path, content)


def build(content: Content) -> Pages:
    """All pages of a site."""
    pages: Pages = {}
    named = documents.found()
    with tqdm(total=len(content.scenarios) + len(content.sweeps), desc="site", disable=None, leave=False) as bar:
        entries = {
            "Scenarios": [_scenario(pages, its, content, bar.update) for its in content.scenarios],
            "Sweeps to move through": [_sweep(pages, plan, content, bar.update) for plan in content.sweeps],
        }
    entries["Forecasts"] = list(_forecasts(pages, content.scores))
    entries["Documents"] = [_document(pages, path, named) for path in named]
    scenarios = f"Each scenario was played {content.runs:,} times, seed {SEED}."
    pages[INDEX] = _page("index", "", sections=entries, limits=LIMITS, played=scenarios)
    return pages


# ---------------------------------------------------------------- scenarios and sweeps


def _finished(plan: Plan, workers: int, folder: str) -> Store:
    store = Store(Path(folder), plan)
    finish(store, "fast", workers)
    return store


def _scenario(pages: Pages, scenario: Scenario, content: Content, tell: Callable[[], Any]) -> Entry:
    """The report of a scenario, with a way back to the front page."""
    path = f"scenarios/{scenario.name}.html"
    with tempfile.TemporaryDirectory() as folder:
        store = _finished(plan_of(scenario, content.runs, SEED), content.workers, folder)
        pages[path] = report([store]).replace("<body>", f"<body>\n{BACK}", 1).encode(errors="backslashreplace")
        summary = summarise(scenario, store, SEED, worlds=store.worlds())
    tell()
    return Entry(path, scenario.title, scenario.question, _found(summary))


def _found(summary: Summary) -> str:
    """What a scenario comes to, in a line."""
    if not summary.finished:
        return summary.headline()
    adopted = interval_text(summary.outcomes["adopted"], ABOUT["adopted"])
    spread = summary.measures["review_days"].spread
    review = or_dash(interval_text(Interval(spread.median, spread.p5, spread.p95), ABOUT["review_days"], unit=True))
    worlds = summary.worlds and f"; 90% of worlds: {summary.worlds.low.mean:.0%} to {summary.worlds.high.mean:.0%}"
    return f"Adopted in {adopted} of runs{worlds or ''}. Review at announcement, median [90% range]: {review}."


def _sweep(pages: Pages, plan: Plan, content: Content, tell: Callable[[], Any]) -> Entry:
    """The page of a sweep, with its sliders."""
    path = f"sweeps/{plan.name}.html"
    with tempfile.TemporaryDirectory() as folder:
        result = sweep_result(_finished(plan, content.workers, folder))
    its_sliders = sliders.sliders(result)
    measures = sliders.measures_data(result)
    columns, rows = sliders.table(result)
    pages[path] = _page(
        "sweep",
        path,
        plan=plan,
        headline=result.headline(),
        sliders=its_sliders,
        measures=measures,
        data=_json({"sliders": [slider._asdict() for slider in its_sliders], "measures": measures}),
        head=columns,
        rows=rows,
        runs=f"{result.runs:,} runs, {plan.runs:,} at each of {len(plan.points):,} points, seed {plan.seed}",
    )
    tell()
    return Entry(path, plan.title, plan.question)


def _json(data: Any) -> str:
    """Data to stand inside a script element, which nothing in it can end."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")


# ---------------------------------------------------------------- forecasts and documents


def _forecasts(pages: Pages, scores: Sequence[Scored]) -> Iterator[Entry]:
    """A page for each forecast on record, the last first, one for the ledger, and one for each score."""
    entries = read_ledger(ON_RECORD)
    for entry in reversed([entry for entry in entries if entry.file.endswith(".json")]):
        recorded = read_recorded(ON_RECORD / entry.file)
        path = f"forecasts/{recorded.path.stem}.html"
        pages[path] = _page("forecast", path, recorded=recorded, entry=entry, questions=forecasts.questions(recorded))
        asked = f"{len(recorded.questions)} questions, evidence up to {recorded.data['as_of']}, written {entry.written}"
        yield Entry(path, f"Forecast {recorded.path.stem}", asked)
    for its in scores:
        path = f"forecasts/score-{its.forecast.path.stem}.html"
        line = made_by(f"score of {its.forecast.path.name}")
        pictures = [picture(draw, line) for draw in of_validation(its).figures.values()]
        pages[path] = _page("score", path, score=its, pictures=pictures)
        yield Entry(path, f"Score of {its.forecast.path.stem}", its.headline())
    path = "forecasts/ledger.html"
    pages[path] = _page("ledger", path, entries=entries, head=head(entries))
    yield Entry(path, "The ledger", "Every file on record with its hash, each chained to the one before")


def _document(pages: Pages, path: str, named: Mapping[str, str]) -> Entry:
    """The page of a document, and the files that it links to."""
    its = documents.document(path, named)
    for file in its.files:
        pages[f"{documents.FILES}/{file}"] = (TOP / file).read_bytes()
    pages[named[path]] = _page("document", named[path], document=its)
    return Entry(named[path], its.title, path)


# ---------------------------------------------------------------- HTML


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    here = Path(__file__).parent
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([here, here.parent / "report"]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(kind: str, path: str, **content: Any) -> bytes:
    """A page of a kind at a path of the site."""
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    made = f"Opt-In {__version__}, commit {commit() or 'unknown'}"
    html = _environment().get_template(f"{kind}.html.j2").render(up=up, made=made, made_by=MADE_BY, **content)
    return html.encode(errors="backslashreplace")
