"""Whose luck is which stream, and how a draw of it is read.

In the readable engine a stream is a list of its draws. In the compiled one nothing is drawn before it is read: there
`model.jumps` does what `drawn` does, and gives the same bits.
"""

from typing import Any, NamedTuple

from .table import Table

SIGN, MANDATE, BILL, AGENCIES = range(4)  # the streams of the President, of Congress (twice), and the first agency's
TURN, ATTEND, PLEDGE, ORDER, RELEASE, MOMENT, CAPABILITY, HOLD, LENGTH, INCIDENT, MULL = range(11)  # of each lab
LAB_STREAMS = 11


class Luck(NamedTuple):
    """The luck of a run: ``streams`` of uniform draws in [0, 1), and what is standard normal.

    ``news`` has a number a week of the talks, ``slippage`` one.
    """

    streams: Any
    news: Any
    slippage: Any


def drawn(luck: Luck, stream: int, week: int) -> float:
    """The draw of a stream for a week of its phase (0..1)."""
    streams = luck.streams
    u: float = streams[stream][week] if isinstance(streams, list) else streams.jump(stream, week)
    return u


def lab_draw(luck: Luck, table: Table, lab: int, decision: int, week: int) -> float:
    """The draw for a lab's decision in a week of its phase (0..1); the streams of labs come after those of agencies."""
    return drawn(luck, AGENCIES + len(table.agencies) + LAB_STREAMS * lab + decision, week)
