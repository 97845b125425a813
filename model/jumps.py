"""NumPy's PCG64 by jumps: any draw of a stream at the cost of one, bit for bit, in compiled code.

A stream of luck holds the draws of a block, week by week and in a week run by run, so that run r finds its draw for
week w at number ``w x BLOCK + r``. PCG64 is a linear congruential generator of 128 bits, whose state after n steps is
``A(n) state + G(n) increment``. So a run draws what it reads, where it reads it.

References
----------
Brown (1994), *Transactions of the American Nuclear Society* 71: 202-203, for the jump; O'Neill (2014), *PCG: a family
of simple fast space-efficient statistically good algorithms for random number generation*, Harvey Mudd College, for the
generator and how it makes a number of its state (XSL-RR).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numba
import numpy as np

from .draws import BLOCK, stream
from .turns.luck import Luck, drawn

type Array = Any

MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
MODULUS = 1 << 128
A_HIGH, A_LOW = np.uint64(MULTIPLIER >> 64), np.uint64(MULTIPLIER & (2**64 - 1))
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
ROTATION, WORD, SPARE = np.uint64(58), np.uint64(64), np.uint64(11)


class Streams(NamedTuple):
    """The streams of a block; numbers of 128 bits are two words, the high one first.

    ``first`` (streams, 2): each one's state after the first draw of its first run; ``increments`` (streams, 2);
    ``here`` (streams, 2): written over, each one's state after the first draw of the run at hand; ``by_week``
    (weeks, 2): what a state is multiplied with to come to a week; ``added`` (streams, weeks, 2): and what is added.
    """

    first: Array
    increments: Array
    here: Array
    by_week: Array
    added: Array

    def jump(self, stream: int, week: int) -> float:
        """The draw of a stream for a week, where nothing is compiled."""
        return jump(self, stream, week)


def streams_of(names: Iterable[tuple[str, ...]], seed: int, block: int, first_run: int, weeks: int) -> Streams:
    """The streams of these names, from a run of the block on, for so many weeks."""
    generators = [stream(seed, block, *name).bit_generator.advance(first_run + 1) for name in names]  # type: ignore[attr-defined]
    states = [generator.state["state"] for generator in generators]
    jumps = [_jump(week * BLOCK) for week in range(weeks)]
    increments = [state["inc"] for state in states]
    first = _words([state["state"] for state in states])
    return Streams(
        first=first,
        increments=_words(increments),
        here=first.copy(),
        by_week=_words([multiplier for multiplier, _ in jumps]),
        added=_words([[factor * increment % MODULUS for _, factor in jumps] for increment in increments]),
    )


def _jump(steps: int) -> tuple[int, int]:
    """A and G for so many steps: ``A = a^n``, ``G = 1 + a + ... + a^(n - 1)`` (Brown's doubling)."""
    multiplier, factor, power, sum_of_powers = 1, 0, MULTIPLIER, 1
    while steps:
        if steps & 1:
            multiplier, factor = multiplier * power % MODULUS, (factor * power + sum_of_powers) % MODULUS
        power, sum_of_powers = power * power % MODULUS, sum_of_powers * (power + 1) % MODULUS
        steps >>= 1
    return multiplier, factor


def _words(numbers: Any) -> Array:
    """Numbers of 128 bits as two words each, in a last axis."""
    wide = np.array(numbers, dtype=object)
    high, low = (wide >> 64).astype(np.uint64), (wide & (2**64 - 1)).astype(np.uint64)
    return np.stack([high, low], axis=-1)


@numba.extending.register_jitable
def times_plus(a_high: Any, a_low: Any, b_high: Any, b_low: Any, c_high: Any, c_low: Any) -> tuple[Any, Any]:
    """``a b + c``, the last 128 bits of it."""
    x1, x0, y1, y0 = a_low >> HALF, a_low & LOW, b_low >> HALF, b_low & LOW
    low_product = x0 * y0
    middle = x1 * y0 + (low_product >> HALF)
    cross = x0 * y1 + (middle & LOW)
    high = x1 * y1 + (middle >> HALF) + (cross >> HALF) + a_high * b_low + a_low * b_high + c_high
    low = a_low * b_low + c_low
    return (high + np.uint64(1) if low < c_low else high), low


@numba.extending.register_jitable
def uniform(high: Any, low: Any) -> float:
    """The number in [0, 1) that NumPy makes of a state: its words combined and turned, the upper 53 bits."""
    mixed, turn = high ^ low, high >> ROTATION
    turned = (mixed >> turn) | (mixed << ((WORD - turn) & np.uint64(63)))
    return float(np.int64(turned >> SPARE)) * 2.0**-53


@numba.extending.register_jitable
def go_on(streams: Streams) -> None:
    """Every stream comes to the next run."""
    for s in range(len(streams.here)):
        high, low = times_plus(
            A_HIGH,
            A_LOW,
            streams.here[s, 0],
            streams.here[s, 1],
            streams.increments[s, 0],
            streams.increments[s, 1],
        )
        streams.here[s, 0], streams.here[s, 1] = high, low


@numba.extending.register_jitable
def jump(streams: Streams, stream: int, week: int) -> float:
    """The draw of a stream for a week, in the run at hand."""
    high, low = times_plus(
        streams.by_week[week, 0],
        streams.by_week[week, 1],
        streams.here[stream, 0],
        streams.here[stream, 1],
        streams.added[stream, week, 0],
        streams.added[stream, week, 1],
    )
    return uniform(high, low)


@numba.extending.overload(drawn)
def drawn_by_a_jump(luck: Luck, stream: int, week: int) -> Any:  # noqa: ARG001 - numba wants the same arguments
    """What compiled code does for `drawn`."""

    def jumping(luck: Luck, stream: int, week: int) -> float:
        return jump(luck.streams, stream, week)

    return jumping
