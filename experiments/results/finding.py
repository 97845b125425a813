"""The contract of every kind of analysis: its finding from finished results."""

from typing import Any, Protocol


class Finding(Protocol):
    """The finding of an analysis; `publish.findings.ANALYSES` lists the function that draws its figures."""

    def headline(self) -> str:
        """The one sentence to remember, with its interval."""

    def text(self) -> str:
        """The whole of it for a terminal, the headline first."""

    def data(self) -> dict[str, Any]:
        """The whole of it as plain data that JSON can hold."""
