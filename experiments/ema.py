"""The model as a function of parameters, for tools of others: ``Model("optin", function=Experiment(...))``.

EMA Workbench samples uncertainties and levers and calls such a function for each experiment. Nothing of it is needed
here: any tool that calls a function by keywords will do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.problems import BadInput, Mark, Problem, nearest, quoted
from model.scenario import Scenario
from model.schema import Declaration, value_schema
from model.schema_problems import schema_problems
from model.yamltree import Node

from . import SEED
from .measures.columns import columns, measures
from .measures.intervals import mean_in
from .plans.design import Plan, cut, plan_of
from .plans.sweep_problems import measure_problems
from .runs.play import gathered, rounds_of
from .runs.pool import play_parts

DOT = "__"  # in place of the dots of a path, since names of parameters have to be identifiers of Python
HERE = Mark("experiment")


@dataclass(frozen=True)
class Experiment:
    """Some runs of a scenario with some parameters set, as a function of these.

    What is not set is as the scenario has it: unknowns are drawn anew for each run. All experiments have the same luck,
    so that they differ by what is set and not by chance. It can be sent to other processes.

    Parameters
    ----------
    scenario : as `experiments.notebook.load` reads it
    measures : names of what is returned, as adopted, review_days, joined.meta
    runs : negotiations in each experiment

    Raises
    ------
    BadInput
        Where there is no measure of a name.
    """

    scenario: Scenario
    measures: tuple[str, ...] = ("adopted",)
    runs: int = 200
    seed: int = SEED

    def __post_init__(self) -> None:
        named = Node([Node(name, HERE, HERE) for name in self.measures], HERE, HERE)
        _refuse(measure_problems(Node({"measures": named}, HERE, HERE), self.scenario))

    def __call__(self, **parameters: Any) -> dict[str, float]:
        """The mean of each measure over the runs that have it; NaN where none has.

        Parameters
        ----------
        parameters : paths, with ``__`` in place of dots as ``climate__threat=0.5``, and their values

        Raises
        ------
        BadInput
            With every path that is no parameter, and every value that a parameter cannot have.
        """
        plan = self._plan({name.replace(DOT, "."): _plain(value) for name, value in parameters.items()})
        played = play_parts(plan, list(cut([0], 0, self.runs, 0)), "fast", 1, lambda _: None)
        measured = gathered(rows for _, rows in played).measured
        names, known = columns(plan.scenario, rounds_of(plan)), measures(plan.scenario)
        return {name: mean_in(known[name].unit, measured[:, names.index(name)]).mean for name in self.measures}

    def _plan(self, values: dict[str, Any]) -> Plan:
        _refuse([problem for path, value in values.items() for problem in self._problems(path, value)])
        kinds = [self.scenario.entries[path].type for path in values]
        point = tuple(kind(v) if kind in (int, float) else v for kind, v in zip(kinds, values.values(), strict=True))
        return plan_of(self.scenario, self.runs, self.seed)._replace(varied=tuple(values), points=(point,))

    def _problems(self, path: str, value: Any) -> Iterable[Problem]:
        """What is wrong with one parameter."""
        entry = self.scenario.entries.get(path)
        if entry is None:
            text = f"found {quoted(path)}, which is no parameter of {self.scenario.name}"
            return [Problem(HERE, text + nearest(path, self.scenario.entries))]
        declared = Declaration(entry.label, entry.unit, entry.low, entry.high)
        return schema_problems(value_schema(entry.type, declared), Node(value, HERE, HERE), path)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BadInput(problems)


def _plain(value: Any) -> Any:
    """A value as files have it: a sampled one may be a number of NumPy's."""
    return value.item() if isinstance(value, np.generic) else value
