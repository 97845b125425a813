"""Commands that make something of results: figures, tables, pages; and that bring shards together."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from model.problems import plain, quoted, refusal
from model.scenario import SHIPPED, load

from .common import conclude, folder_named, on_this_machine, print_json
from .options import (
    FIGURES,
    JSON,
    OUT,
    RESULTS,
    RUNS_TO_PLAY,
    SEED_TO_PLAY,
    SETTINGS,
    WORKERS,
    argument,
    command,
    names,
    one_or_more_of,
    size,
)

FORMATS = ("png", "svg", "pdf")

if TYPE_CHECKING:
    from ..figures.look import Look
    from ..runs.store import Store


@command(
    "optin merge shards/1 shards/2 --out results/review-length",
    argument("results", metavar="SHARD", nargs="+", help="folders that --shard made, in any order"),
    *(OUT, FIGURES, JSON),
)
def merge(chosen: argparse.Namespace) -> None:
    """The shards of results, from jobs that each played one, brought together."""
    from ..runs.collect import resumable
    from ..runs.files import located, locked
    from ..runs.shards import gather, shard_folders
    from ..runs.store import Store, folder_for

    plan, sources = shard_folders([located(folder) for folder in chosen.results])
    named = folder_named(chosen.out, [plan.name, *plan.scenario.settings])
    store = Store(folder_for(plan, named, chosen=chosen.out is not None), plan)
    with locked(store.folder), resumable(store):
        store.begin()
        gather(store, sources)
        conclude(store, chosen)


@command(
    "optin plot results/review-length --figure adopted-lines --style house.mplstyle --size 6.5x4 --format pdf",
    RESULTS,
    argument("--figure", metavar="NAME", help="draw only this one"),
    argument("--style", metavar="FILE", help="a style file of Matplotlib's (.mplstyle)"),
    argument("--size", type=size, metavar="WxH", help="width and height in inches, as 6.5x4 (each figure's own)"),
    argument("--title", metavar="TEXT", help="in place of the title; with --figure"),
    argument("--format", type=one_or_more_of(*FORMATS), default=["png", "svg"], help="png, svg, pdf (png,svg)"),
    JSON,
)
def plot(chosen: argparse.Namespace) -> None:
    """The figures of results, drawn anew from their tables, in your own style and size if you like."""
    from ..publish.comparison import read_back
    from ..publish.findings import draw_into
    from ..runs.files import located, told

    if chosen.title is not None and chosen.figure is None:
        raise refusal("--title", "found no --figure; name the one that the title is for")
    look = _look(chosen)
    folder = located(chosen.results)
    result, line = read_back(folder)
    with told(folder / "figures"):
        names = list(result.figures) if chosen.figure is None else [chosen.figure]
        paths = [str(path) for path in draw_into(folder, line, result, names, chosen.format, look)]
    if chosen.json:
        print_json({"figures": paths})
    else:
        print("\n".join(paths) or "No figure: there is nothing that a figure could show.")


def _look(chosen: argparse.Namespace) -> "Look | None":
    """What figures are to look like, if anything was said of it."""
    if chosen.style is None and chosen.size is None and chosen.title is None:
        return None
    from ..figures.look import Look, Style, read_style

    style = Style({}, []) if chosen.style is None else read_style(Path(chosen.style))
    for font in style.missing:
        print(f"note: the font {quoted(font)} of {chosen.style} is not installed; another stands in", file=sys.stderr)
    return Look(style.settings, chosen.size, chosen.title)


@command(
    "optin export results/baseline --columns run,adopted,review_days,climate.threat --csv baseline.csv",
    RESULTS,
    argument(
        "--columns",
        type=names,
        default=[],
        metavar="A,B,C",
        help="only these columns: measures and parameters (all measures, and parameters that vary)",
    ),
    argument("--csv", metavar="FILE", help="where to write (RESULTS/runs.csv)"),
    argument("--crate", action="store_true", help="make the folder an RO-Crate in place of writing a table"),
    JSON,
)
def export(chosen: argparse.Namespace) -> None:
    """The runs of results as CSV, a data dictionary beside them; or their folder as an RO-Crate."""
    from ..publish.tables import dictionary_of
    from ..publish.tables import export as write
    from ..runs.files import is_special, located
    from ..runs.store import opened

    store = opened(located(chosen.results))
    if chosen.crate:
        _export_crate(store, chosen)
        return
    path = on_this_machine("--csv", located(chosen.csv) if chosen.csv else store.folder / "runs.csv")
    rows = write(store, path, chosen.columns)
    beside = None if is_special(path) else str(dictionary_of(path))
    if chosen.json:
        print_json({"file": str(path), "rows": rows, "dictionary": beside})
    else:
        explained = f"; what its columns hold: {beside}" if beside else ""
        print(f"{rows:,} runs written to {path}{explained}", file=sys.stdout if beside else sys.stderr)


def _export_crate(store: "Store", chosen: argparse.Namespace) -> None:
    """Write the metadata that makes a folder of results an RO-Crate."""
    from ..publish.crate import write_crate
    from ..runs.files import told

    for flag, value in (("--csv", chosen.csv), ("--columns", chosen.columns)):
        if value:
            raise refusal("--crate", f"found {flag} too; one of the two is allowed")
    with told(on_this_machine("--crate", store.folder)):
        path = write_crate(store)
    if chosen.json:
        print_json({"file": str(path)})
    else:
        print(f"{store.folder} is an RO-Crate, described in {path.name}")


@command("optin cite results/baseline", RESULTS, JSON)
def cite(chosen: argparse.Namespace) -> None:
    """How to cite results: version, commit, seed and hash of the inputs, as text and in BibTeX."""
    from ..publish.cite import citation_of_all
    from ..runs.files import located
    from ..runs.store import opened_all

    found = citation_of_all(opened_all(located(chosen.results)))
    if chosen.json:
        print_json(found.data())
    else:
        print(found.text())


@command(
    "optin verify results/baseline --all",
    argument("what", metavar="WHAT", help="a folder of results, or a forecast on record (JSON)"),
    argument("--all", action="store_true", help="play all parts of results again, not only a sample"),
    *(WORKERS, JSON),
)
def verify(chosen: argparse.Namespace) -> None:
    """Check that results, or a forecast, are what they were: seals and chain, and played again the same."""
    from ..publish.verify import verify_all
    from ..runs.errors import Unfinished
    from ..runs.files import is_file, located
    from ..validation.forecast_verification import verify_forecast

    path = located(chosen.what)
    found = verify_forecast(path, chosen.workers) if is_file(path) else verify_all(path, chosen.workers, chosen.all)
    if chosen.json:
        print_json(found.data())
    else:
        print(found.text())
    if found.needs:
        raise Unfinished(f"not verified in full: {found.needs}")


def some_text(text: str) -> str:
    """A reader of words for a page."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"found {text!r}; some text is needed")
    return plain(text, "\n")


@command(
    "optin report results/june-order results/no-protection --out protection.html",
    argument(
        "results", metavar="RESULTS", nargs="+", help="folders of results, the one to compare the others to first"
    ),
    argument("--title", type=some_text, metavar="TEXT", help="title in place of the scenario's"),
    argument("--author", type=some_text, metavar="NAME", help="who wrote the report"),
    argument("--note", type=some_text, metavar="TEXT", help="your own words, below the title"),
    argument(
        "--appendix", action="store_true", help="print all parameters and figures too, which only the screen shows"
    ),
    argument("--out", metavar="FILE", help="where to write (RESULTS/report.html, in the first)"),
    JSON,
)
def report(chosen: argparse.Namespace) -> None:
    """Results as one HTML page to send and print: the answer, what it hangs on, figures and limits."""
    from ..report.first_page import Heading
    from ..report.page import write
    from ..runs.files import is_special, located
    from ..runs.store import folders_in

    named = [located(folder) for folder in chosen.results]
    folders = [each for folder in named for each in folders_in(folder)]
    out = located(chosen.out) if chosen.out else named[0] / "report.html"
    path, size = write(folders, out, Heading(chosen.title, chosen.author, chosen.note), appendix=chosen.appendix)
    if chosen.json:
        print_json({"file": str(path), "bytes": size})
    else:
        print(f"Report written to {path} ({size:,} bytes)", file=sys.stderr if is_special(path) else sys.stdout)


@command(
    "optin gallery scenarios/baseline.yaml --out gallery",
    argument(
        "scenario",
        metavar="SCENARIO",
        nargs="?",
        default=str(SHIPPED / "baseline.yaml"),
        help="a scenario file (YAML; the shipped baseline)",
    ),
    *(RUNS_TO_PLAY, SEED_TO_PLAY, SETTINGS, OUT, JSON),
)
def gallery(chosen: argparse.Namespace) -> None:
    """Every kind of figure of a scenario, on one page."""
    scenario = load(chosen.scenario, chosen.set)
    from ..plans.design import plan_of
    from ..publish.gallery import PAGE
    from ..publish.gallery import gallery as drawn
    from ..runs.store import folder_for

    plan = plan_of(scenario, chosen.runs, chosen.seed)
    named = on_this_machine("--out", folder_named(chosen.out, ["gallery", scenario.name, *scenario.settings]))
    folder = folder_for(plan, named, chosen=chosen.out is not None)
    pictures = drawn(plan, folder)
    if chosen.json:
        figures = [
            {"file": str(picture.path), "message": picture.message, "caption": picture.caption} for picture in pictures
        ]
        print_json({"page": str(folder / PAGE), "figures": figures})
    else:
        print(f"{len(pictures)} figures on {folder / PAGE}")


COMMANDS = (plot, report, gallery, export, cite, verify, merge)
