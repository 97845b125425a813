"""The contract of every kind of analysis: what it says of finished results."""

from typing import Any, Protocol


class Finding(Protocol):
    """What an analysis has found. Its figures are drawn by a file of `experiments.figures` of the same name."""

    def headline(self) -> str:
        """The one sentence to remember, with its interval."""

    def text(self) -> str:
        """The whole of it for a terminal, the headline first."""

    def data(self) -> dict[str, Any]:
        """The whole of it as plain data that JSON can hold."""
