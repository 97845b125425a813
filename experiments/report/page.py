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
from ..publish.findings import provenance
from ..results.sources import READING
from ..runs.files import output
from ..runs.manifest import commit
from ..runs.store import Store, opened
from .beside import beside
from .content import Result, Row, cards, failures, parameter_rows, provenance_rows, read, runs_line, sections
from .limits import LIMITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = "report.html.j2"
FONT = b"font-family: 'DejaVu Sans'"
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


def write(folders: Sequence[Path], out: Path | None) -> tuple[Path, int]:
    """Write the report of these results; its path and how many bytes it has.

    Raises
    ------
    BadInput
        Where results cannot be opened, are named twice or too many for one page, or it cannot be written.
    """
    twice = [folder for number, folder in enumerate(folders) if folder in folders[:number]]
    if twice:
        raise BadInput([Problem(Mark(str(folder)), "is named twice") for folder in twice])
    path = folders[0] / "report.html" if out is None else out
    content = page([opened(folder) for folder in folders]).encode(errors="backslashreplace")  # of file names
    if len(content) > MOST_BYTES:
        problem = f"would have {len(content):,} bytes; at most {MOST_BYTES:,} are allowed: name fewer results"
        raise refusal(path, problem)
    with output(path) as file:
        file.write(content)
    return path, len(content)


def page(stores: Sequence[Store]) -> str:
    """The report of these results as HTML."""
    import jinja2

    results = read(stores)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        results=results,
        title=_title(results),
        runs_line=runs_line,
        cards=cards,
        failures=failures,
        beside=beside(results),
        pictures=pictures,
        tables=parameter_tables(results),
        reading=READING,
        limits=LIMITS,
        provenance_rows=provenance_rows,
        maker=f"Opt-In {__version__}, commit {commit() or 'unknown'}",
    )


def _title(results: Sequence[Result]) -> str:
    first, *others = [result.plan.title for result in results]
    if not others:
        return first
    second = others[0] if len(others) == 1 else f"{len(others)} others"
    return f"{first}, beside {second}"


def pictures(result: Result) -> list[Picture]:
    """The figures of a result."""
    line = provenance(result.store)
    return [picture(draw, line) for draw in result.findings.figures.values()]


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
            result.plan.title,
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
