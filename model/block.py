"""Runs of a block as arrays of records: its parameters, its luck and its results.

An array's records have the fields of a record of `model.rules.records`, so that the rules and turns read it as they
read the record itself.
"""

import functools
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from .draws import normal_luck, stream_keys
from .jumps import streams_of
from .rules import records
from .scenario import Scenario
from .turns.luck import Luck

type Array = Any  # of numbers or records; the rules take lists and arrays alike

KINDS = {float: np.float64, bool: np.bool_}  # of the fields of records; all others are integers or codes


class Parameters(NamedTuple):
    """The records of a block of runs: structured arrays with the run as first axis, then seat, lab or agency."""

    levers: Array
    climate: Array
    relations: Array
    president: Array
    voices: Array
    officials: Array
    labs: Array
    agencies: Array


class Results(NamedTuple):
    """What a block reports: a row a run; measures in the order of their records, labs and months in theirs."""

    negotiated: Array
    lasting: Array
    operating: Array
    ad_hoc: Array
    joined: Array
    word: Array
    taste: Array
    gain: Array
    pivotal: Array
    stays: Array
    left: Array
    held: Array
    held_ad_hoc: Array
    gains: Array
    share_in: Array
    queue: Array

    def as_records(self) -> "Results":
        """The same memory, the measures as records."""

        def rows(array: Array, kind: Any) -> Array:
            return array.view(dtype_of(kind)).reshape(-1).view(np.recarray)

        return self._replace(
            negotiated=rows(self.negotiated, records.Negotiated),
            lasting=rows(self.lasting, records.Lasting),
            operating=rows(self.operating, records.Operating),
            ad_hoc=rows(self.ad_hoc, records.Operating),
            gains=self.gains.view(dtype_of(records.Gain)).reshape(self.joined.shape).view(np.recarray),
        )


@functools.cache
def hints_of(record: Any) -> dict[str, Any]:
    """The types of a record's fields; finding them takes long, and they are wanted for every block."""
    return get_type_hints(record)


@functools.cache
def dtype_of(record: Any) -> np.dtype[Any]:
    """The structured type that mirrors a record."""
    kinds = []
    for name, hint in hints_of(record).items():
        kind = dtype_of(hint) if hasattr(hint, "_fields") else np.dtype(KINDS.get(hint, np.int64))
        kinds.append((name, kind))
    return np.dtype(kinds)


def empty(shape: int | tuple[int, ...], record: Any) -> Array:
    """Records to be filled in."""
    return np.empty(shape, dtype_of(record)).view(np.recarray)


def no_results(runs: int, labs: int, months: int) -> Results:
    """Results to be filled in; what a run does not fill stays missing, or 0 where there is nothing to count."""

    def missing(columns: int) -> Array:
        return np.full((runs, columns), math.nan)

    def nothing(columns: int) -> Array:
        return np.zeros((runs, columns))

    return Results(
        negotiated=missing(len(records.Negotiated._fields)),
        lasting=nothing(len(records.Lasting._fields)),
        operating=nothing(len(records.Operating._fields)),
        ad_hoc=nothing(len(records.Operating._fields)),
        joined=nothing(labs),
        word=missing(labs),
        taste=missing(labs),
        gain=missing(labs),
        pivotal=nothing(labs),
        stays=nothing(labs),
        left=nothing(labs),
        held=nothing(labs),
        held_ad_hoc=nothing(labs),
        gains=missing(labs * len(records.Gain._fields)),
        share_in=missing(months),
        queue=missing(months),
    )


# ---------------------------------------------------------------- parameters


class Records:
    """The parameters of so many runs as records, filled from columns: path -> array of the runs, or a single value.

    ``drawn`` has the columns that differ from the scenario's values. At another point of a sweep only the columns that
    have changed are filled anew.
    """

    def __init__(self, scenario: Scenario, drawn: Mapping[str, Array], runs: int) -> None:
        (president,) = scenario.named("president")
        officials, labs, agencies = (scenario.named(kind) for kind in ("official", "lab", "agency"))
        self._scenario = scenario
        self._fields: dict[str, list[Array]] = {}  # of the records, by the path of what stands in them
        self._parameters = Parameters(
            levers=self._single(runs, records.Levers, "levers"),
            climate=self._single(runs, records.Climate, "climate"),
            relations=self._single(runs, records.Relations, "relations"),
            president=self._single(runs, records.President, f"stakeholders.{president}"),
            voices=self._several(runs, records.Voice, officials + labs),
            officials=self._several(runs, records.Official, officials),
            labs=self._several(runs, records.Lab, labs),
            agencies=self._several(runs, records.Agency, agencies),
        )
        self._shares = {
            path: self._fields.pop(path) for path in (f"stakeholders.{name}.frontier_share" for name in labs)
        }
        self._unchanged = self._coded({path: entry.value for path, entry in scenario.entries.items()} | dict(drawn))
        self._there: dict[str, Any] = {}

    def at(self, changes: Mapping[str, Any]) -> Parameters:
        """The records at a point, until the next one is asked for, as `model.case.case_of` makes them run by run."""
        columns = self._unchanged | self._coded(changes)
        for path, fields in self._fields.items():
            if path not in self._there or _differs(columns[path], self._there[path]):
                for field in fields:
                    field[:] = columns[path]
        self._there = columns
        self._share_out(columns)
        return self._parameters

    def _share_out(self, columns: Mapping[str, Any]) -> None:
        """Let the frontier shares of all labs add up to 1."""
        frontier = np.zeros(len(self._parameters.labs))
        for path, (share,) in self._shares.items():
            share[:] = columns[path]
            frontier += share
        self._parameters.labs["frontier_share"] /= frontier[:, None]

    def _coded(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Columns with codes in place of words."""
        coded = dict(columns)
        for path, column in columns.items():
            kind = self._scenario.entries[path].type
            if kind not in (int, float):
                codes = {member.name.lower(): int(member) for member in kind}
                coded[path] = np.array([codes[str(word)] for word in np.atleast_1d(column)])
        return coded

    def _single(self, runs: int, record: Any, prefix: str) -> Array:
        rows = empty(runs, record)
        self._find_fields(rows.view(np.ndarray), record, prefix)
        return rows

    def _several(self, runs: int, record: Any, names: list[str]) -> Array:
        rows = empty((runs, len(names)), record)
        for i, name in enumerate(names):
            self._find_fields(rows.view(np.ndarray)[:, i], record, f"stakeholders.{name}")
        return rows

    def _find_fields(self, rows: Array, record: Any, prefix: str) -> None:
        """Take note of the fields under `prefix`; plain arrays fill thrice as fast."""
        for name, hint in hints_of(record).items():
            path = f"{prefix}.{name}"
            if hasattr(hint, "_fields"):
                self._find_fields(rows[name], hint, path)
            else:
                self._fields.setdefault(path, []).append(rows[name])


def _differs(column: Any, there: Any) -> bool:
    """Whether a column has to be filled anew; of two arrays that is said without looking."""
    if column is there:
        return False
    return isinstance(column, np.ndarray) or isinstance(there, np.ndarray) or bool(column != there)


# ---------------------------------------------------------------- luck


def luck_of_block(scenario: Scenario, seed: int, block: int, first_run: int, rounds: Mapping[str, int]) -> Luck:
    """The luck of a block from its run number `first_run` on; what is standard normal has the run as first axis."""
    labs, agencies = scenario.named("lab"), scenario.named("agency")
    (president,) = scenario.named("president")
    keys = stream_keys(president, agencies, labs)
    normal = normal_luck(rounds, seed, block)
    return Luck(
        streams=streams_of([("luck", *key) for key in keys], seed, block, first_run, max(rounds.values())),
        news=np.ascontiguousarray(normal["world", "news"].T[first_run:]),
        slippage=np.ascontiguousarray(normal["agencies", "slippage"].T[first_run:]),
    )
