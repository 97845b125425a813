"""Numbers and tables as Markdown, which reads as well on a terminal as on a page."""

from collections.abc import Sequence

from ..measures.intervals import Interval


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table with aligned columns."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    ruled = [head, ["-" * width for width in widths], *rows]
    return ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in ruled]


def shown(its: Interval, form: str = ".3f") -> str:
    """A number and its interval."""
    return f"{its.mean:{form}} [{its.low:{form}} to {its.high:{form}}]"


def listed(names: Sequence[str], nothing: str) -> str:
    """Names as a sentence lists them."""
    if not names:
        return nothing
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
