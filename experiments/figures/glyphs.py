"""Characters that no font of the figures has: kept here until the command says so, once."""

import re
from collections.abc import Iterable

_undrawn: dict[str, None] = {}  # in the order in which they were met


def keep_undrawn(complaints: Iterable[str]) -> None:
    """Keep the characters that matplotlib's warnings are about."""
    for complaint in complaints:
        for code in re.findall(r"Glyph (\d+) ", complaint):
            _undrawn[chr(int(code))] = None


def note_of_undrawn() -> str:
    """A sentence about the characters that figures show as boxes, which are then forgotten; '' where there are none."""
    characters = " ".join(_undrawn)
    _undrawn.clear()
    if not characters:
        return ""
    return (
        f"note: no installed font can draw {characters}; PNG figures show boxes in their place until one is installed, "
        "such as Noto Sans CJK, Noto Sans Arabic or Noto Emoji"
    )
