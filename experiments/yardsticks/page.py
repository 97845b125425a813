"""A section of the page on validation: what a record from elsewhere says, where it is from, and the command."""

import textwrap
from collections.abc import Sequence

from .tables import Record

WIDTH = 120


def section(
    title: str, source: str, records: Sequence[Record], command: str, sentences: Sequence[str], table: Sequence[str]
) -> str:
    """The lines of a section, as Markdown."""
    files = "; ".join(f"`{record.name}`, {len(record.rows):,} rows, sha256 `{record.sha256}`" for record in records)
    return "\n".join(
        [
            f"### {title}",
            "",
            *textwrap.wrap(f"`{command}`. Data: {source}.", WIDTH, break_on_hyphens=False),
            *textwrap.wrap(f"{files}.", WIDTH, break_on_hyphens=False),
            "",
            *textwrap.wrap(" ".join(sentences), WIDTH, break_on_hyphens=False),
            "",
            *table,
        ]
    )
