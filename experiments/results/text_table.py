"""A table as lines of text, its columns aligned."""

from collections.abc import Sequence


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str = "") -> list[str]:
    """The lines of a table, the head first; each column is as wide as its widest cell, two blanks apart.

    Parameters
    ----------
    align : for each column '<' (left) or '>' (right), as '<>>'; columns beyond its end are aligned left
    """
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    sides = align.ljust(len(head), "<")
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True)).rstrip()
        for line in lines
    ]
