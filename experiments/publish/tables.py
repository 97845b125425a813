"""Tables that users take away, as CSV: the points of a sweep and the runs, each with its data dictionary beside it."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from model.draws import Array
from model.problems import BadInput, Mark, Problem, known_instead, quoted

from ..plans.design import Plan
from ..results.dictionary import dictionary
from ..results.sweeps import SweepResult, other_measures
from ..runs.files import is_special, output, write_bytes
from ..runs.play import drawn_parameters, rounds_of
from ..runs.store import POINTS, Store

DICTIONARY = ".columns.csv"  # ending of the data dictionary of a table, after the table's name


def csv_text(columns: Mapping[str, Sequence[Any]]) -> str:
    """A table as CSV, numbers to their last digit; NaN and None are empty cells."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([None if _is_nan(cell) else cell for cell in row] for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def _is_nan(cell: Any) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def dictionary_of(table: Path) -> Path:
    """Where the data dictionary of a table lies: points.columns.csv beside points.csv."""
    return table.with_name(table.stem + DICTIONARY)


# ---------------------------------------------------------------- points


def points_columns(store: Store, result: SweepResult) -> dict[str, list[Any]]:
    """The columns of the table of the points of a sweep: the measures that it names, then all others."""
    return result.columns(other_measures(store))


def write_points(store: Store, result: SweepResult) -> list[str]:
    """Write the points of a sweep and their data dictionary into its folder; the names of the files."""
    columns = points_columns(store, result)
    about = dictionary(columns, store.plan.scenario, rounds_of(store.plan))
    path = store.folder / POINTS
    for file, table in ((path, columns), (dictionary_of(path), about)):
        write_bytes(file, csv_text(table).encode())
    return [path.name, dictionary_of(path).name]


# ---------------------------------------------------------------- runs


def export(store: Store, path: Path, chosen: Sequence[str] = ()) -> int:
    """Write the rows of results as CSV, and their data dictionary beside it; how many rows.

    All that a run measures and every parameter that varied or was drawn, or the `chosen` columns alone. Numbers are
    written to their last digit, and missing values are left empty. Into a pipe or a device the table is written part by
    part, without a data dictionary.

    Raises
    ------
    BadInput, Unfinished
        Where there is no column of a name, results are damaged, or a file cannot be written.
    """
    names = list(dict.fromkeys(chosen)) or [*store.columns, *_changing(store.plan)]
    _check_columns(store, names)
    with output(path) as file, _progress(store) as bar:
        for rows, table in enumerate(_tables(store, names)):
            file.write(table.to_csv(index=False, header=not rows, lineterminator="\n").encode())
            bar.update(len(table))
    if not is_special(path):
        with output(dictionary_of(path)) as file:
            file.write(csv_text(dictionary(names, store.plan.scenario, rounds_of(store.plan))).encode())
    return store.rows()


def _progress(store: Store) -> Any:
    return tqdm(total=store.rows(), unit=" runs", desc="export", disable=None, leave=False)


def _check_columns(store: Store, names: Sequence[str]) -> None:
    """See that there are columns of these names: what a run measures, and any parameter."""
    known = [*store.columns, *store.plan.scenario.entries]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInput(
            [Problem(Mark("--columns"), f"found {quoted(name)}{known_instead(name, known)}") for name in unknown]
        )


def _tables(store: Store, names: Sequence[str]) -> Iterator[Any]:
    """A table of these columns for each part, as a DataFrame."""
    import pandas as pd

    measured = [name for name in names if name in store.columns]
    read = list(dict.fromkeys(["point", "run", *measured]))
    parameters = [name for name in names if name not in store.columns]
    for values in store.by_part(read):
        columns = dict(zip(read, values, strict=True))
        columns |= _parameters(store.plan, parameters, columns["point"], columns["run"])
        yield pd.DataFrame({name: columns[name] for name in names})


def _changing(plan: Plan) -> list[str]:
    """The parameters that are drawn for each run, then the others that vary."""
    drawn = [path for path, entry in plan.scenario.entries.items() if entry.distribution is not None]
    return [*drawn, *(path for path in plan.varied if path not in drawn)]


def _parameters(plan: Plan, paths: Iterable[str], point: Array, run: Array) -> dict[str, Array]:
    """The values of some parameters at these runs: path -> values."""
    first = int(run.min())
    drawn = drawn_parameters(plan.scenario, plan.seed, first, int(run.max()) + 1, plan.runs_in_a_world)
    return {path: _parameter(plan, path, point, run - first, drawn) for path in paths}


def _parameter(plan: Plan, path: str, point: Array, row: Array, drawn: Mapping[str, Array]) -> Array:
    """The values of a parameter, where `drawn` has a row for each run and `row` says which."""
    usual = drawn[path][row] if path in drawn else np.full(len(row), plan.scenario.entries[path].value)
    if path not in plan.varied:
        return usual
    levels = [its[plan.varied.index(path)] for its in plan.points]
    values, unchanged = np.array(levels, dtype=object), np.array([level is None for level in levels])
    return np.where(unchanged[point], usual, values[point])
