"""A report as one HTML file: figures inside it, text from files escaped, nothing loaded from elsewhere."""

import base64
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model import __version__
from model.problems import BadInput, Mark, Problem, refusal

from ..figures.style import message_of
from ..figures.style import write as draw_to
from ..publish.findings import named_figures, provenance
from ..results.sources import READING
from ..results.summary import TWO_RANGES
from ..runs.files import output
from ..runs.manifest import commit
from ..runs.store import Store, opened
from .beside import Beside, beside
from .content import Result, Row, cards, failures, parameter_rows, provenance_rows, read, runs_line, sections
from .first_page import Heading, byline, hangs_on, title, why
from .limits import IN_BRIEF, LIMITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = "report.html.j2"
FONT = b"font-family: 'DejaVu Sans'"
NOTHING_SAID = Heading()
MOST_BYTES = 5_000_000  # what any mail server takes
RESTS_ON = {
    "sourced": "rest on a source",
    "assumed": "are assumptions",
    "scenario": "are set by the scenario or on the command line",
    "varied": "are varied by the sweep",
}


class Picture(NamedTuple):
    """A figure as the page shows it: its message, its caption, and the drawing as a data URI."""

    title: str
    caption: str
    uri: str

    @property
    def alt(self) -> str:
        """The text in place of the drawing where it cannot be seen."""
        return f"{self.title.removesuffix('.')}. {self.caption}"


class Parameters(NamedTuple):
    """The parameters of a result: their number, in all and by basis, and rows by section.

    Of every result but the first, only the rows that differ from the first's, and in ``gone`` the labels of the
    parameters that only the first has.
    """

    title: str
    total: int
    counts: list[str]
    rows: dict[str, list[Row]]
    gone: list[str]


def write(
    folders: Sequence[Path], out: Path | None, heading: Heading = NOTHING_SAID, *, appendix: bool = False
) -> tuple[Path, int]:
    """Write the report of these results; its path and how many bytes it has.

    With ``appendix`` it is printed too.

    Raises
    ------
    BadInput
        Where results cannot be opened, are named twice or too many for one page, or it cannot be written.
    """
    twice = [folder for number, folder in enumerate(folders) if folder in folders[:number]]
    if twice:
        raise BadInput([Problem(Mark(str(folder)), "is named twice") for folder in twice])
    path = folders[0] / "report.html" if out is None else out
    html = page([opened(folder) for folder in folders], heading, appendix=appendix)
    content = html.encode(errors="backslashreplace")  # of file names
    if len(content) > MOST_BYTES:
        problem = f"would have {len(content):,} bytes; at most {MOST_BYTES:,} are allowed: name fewer results"
        raise refusal(path, problem)
    with output(path) as file:
        file.write(content)
    return path, len(content)


def page(stores: Sequence[Store], heading: Heading = NOTHING_SAID, *, appendix: bool = False) -> str:
    """The report of these results as HTML."""
    import jinja2

    results = read(stores)
    together = beside(results)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        results=results,
        title=heading.title or title(results),
        byline=byline(results, heading.author),
        note=heading.note,
        appendix=appendix,
        runs_line=runs_line,
        cards=cards,
        failures=failures,
        beside=together,
        pictures_beside=pictures_beside(together),
        two_ranges=TWO_RANGES if any(result.about_worlds for result in results) else "",
        hangs_on=hangs_on(results),
        why=why,
        drawn=[(result, pictures(result)) for result in results],
        tables=parameter_tables(results),
        reading=READING,
        limits=LIMITS,
        limits_in_brief=IN_BRIEF,
        provenance_rows=provenance_rows,
        maker=f"Opt-In {__version__}, commit {commit() or 'unknown'}",
    )


def pictures_beside(together: Beside | None) -> list[Picture]:
    """The figures that put scenarios together."""
    if together is None or together.compared is None:
        return []
    return [picture(draw, together.provenance) for draw in together.compared.figures.values()]


def pictures(result: Result) -> tuple[list[Picture], list[Picture]]:
    """The figures of a result: the main ones, and the others."""
    store, found = result.store, result.findings
    line, main = provenance(store), named_figures(store, found, "main")
    others = [name for name in found.figures if name not in main]
    first, second = ([picture(found.figures[name], line) for name in names] for names in (main, others))
    return first, second


def picture(draw: "Callable[[], Figure]", line: str) -> Picture:
    """A figure as an image of its own in SVG: sharp in print, small, and in it no script runs and no name can clash.

    Title and caption leave the drawing for the text of the page.
    """
    figure, svg = draw(), io.BytesIO()
    title, caption = message_of(figure), figure.get_supxlabel()
    figure.suptitle("")
    figure.axes[0].set_title("", loc="left")
    figure.supxlabel("")
    draw_to(figure, svg, format="svg", metadata={"Creator": "Opt-In", "Date": None, "Description": line})
    with_fonts = svg.getvalue().replace(FONT, FONT + b", Verdana, sans-serif")
    uri = "data:image/svg+xml;base64," + base64.b64encode(with_fonts).decode()
    return Picture(" ".join(title.split()), " ".join(caption.split()), uri)


def parameter_tables(results: Sequence[Result]) -> list[Parameters]:
    """The parameters of each result: the first in full, of the others what differs from it."""
    tables = [parameter_rows(result.plan) for result in results]
    first = {row.path: row for row in tables[0]}
    return [
        Parameters(
            result.title,
            len(rows),
            _counts(rows),
            sections(row for row in rows if rows is tables[0] or first.get(row.path) != row),
            [first[path].label for path in first if path not in {row.path for row in rows}],
        )
        for result, rows in zip(results, tables, strict=True)
    ]


def _counts(rows: Sequence[Row]) -> list[str]:
    """How many parameters there are of each basis, as parts of a sentence."""
    counts = {origin: sum(row.rests_on == origin for row in rows) for origin in RESTS_ON}
    return [f"{count:,} {RESTS_ON[origin]}" for origin, count in counts.items() if count or origin != "varied"]
