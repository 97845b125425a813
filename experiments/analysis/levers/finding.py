"""The finding of a search for lever settings: the Pareto front, in words and as data."""

import math
from typing import Any, NamedTuple

from model.rules.records import About

from ...measures.columns import measures
from ...measures.intervals import Interval
from ...plans.design import Plan, Point
from ...results.words import interval_text, number, short, value_text
from ..common import failed_text, played
from .moves import NOT_SEARCHED
from .search import ENOUGH, JOINS
from .wants import SHOWN, Wants, wants_of


class Setting(NamedTuple):
    """A setting as it was played.

    ``name`` is that of a scenario, '' for a setting that was found. ``point`` holds a value for each lever that varies
    (None: not moved), ``cost`` is the sum of its moves. ``mean`` and ``worst``: measure -> interval, over all worlds
    and over the worst tenth. ``counts`` says whether enough runs have every want and it misses no floor,
    ``levers_only`` whether a scenario differs from that of the front in levers alone.
    """

    name: str
    point: Point
    cost: float
    mean: dict[str, Interval]
    worst: dict[str, Interval]
    counts: bool
    levers_only: bool = True

    def moves(self, plan: Plan) -> dict[str, Any]:
        """The levers that it moves: path -> value."""
        return {path: value for path, value in zip(plan.varied, self.point, strict=True) if value is not None}

    def data(self, plan: Plan) -> dict[str, Any]:
        """The setting as plain data for JSON."""
        return {
            "name": self.name or None,
            "levers": self.moves(plan),
            "cost": self.cost,
            "mean": {name: interval.data() for name, interval in self.mean.items()},
            "worst": {name: interval.data() for name, interval in self.worst.items()},
        }


class Front(NamedTuple):
    """The settings, the first of them the unchanged scenario, and other scenarios beside them.

    ``front`` and ``robust`` are the numbers of the Pareto-optimal settings by the means over all worlds, and by the
    means in the worst tenth of the worlds; ``best`` is the number of the best of the front in each want; ``packages``
    are the numbers of the cheapest that bring the holdout in, ``nearest`` is that with which it joins most often. All
    are chosen in other worlds than those that the numbers of the settings are from.
    """

    plan: Plan
    settings: tuple[Setting, ...]
    beside: tuple[Setting, ...]
    front: tuple[int, ...]
    robust: tuple[int, ...]
    best: dict[str, int]
    packages: tuple[int, ...]
    nearest: int
    runs: int
    failed: int

    @property
    def asked(self) -> Wants:
        """The wants and the holdout."""
        return wants_of(self.plan)

    @property
    def unchanged(self) -> Setting:
        """The unchanged scenario."""
        return self.settings[0]

    @property
    def wants(self) -> dict[str, About]:
        """Label and unit of each measure that is wanted."""
        known = measures(self.plan.scenario)
        return {name: known[name] for name in self.asked.wants}

    def is_other(self, setting: Setting) -> bool:
        """Whether a setting differs from the unchanged scenario in some want, intervals apart."""
        return any(
            _is_above(setting.mean[name], self.unchanged.mean[name])
            or _is_above(self.unchanged.mean[name], setting.mean[name])
            for name in self.asked.wants
        )

    def headline(self) -> str:
        """The best in each want with its cost in the others, and the unchanged scenario, in one sentence."""
        unchanged = f"unchanged scenario: {_values(self, self.unchanged, list(self.wants))}."
        if not self.front:
            above = " and reaches every floor" if self.asked.floors else ""
            return f"No setting has every wanted measure in {ENOUGH:.0%} of its runs{above}; {unchanged}"
        if not any(self.is_other(self.settings[k]) for k in self.front):
            return f"No setting of the front differs detectably from the unchanged scenario in any want; {unchanged}"
        if len(self.front) == 1:
            only = _values(self, self.settings[self.front[0]], list(self.wants))
            return f"One setting is best in every want: {only}; {unchanged}"
        ends = [_best_in(self, want) for want in self.asked.wants]
        sentence = "; ".join([*ends, unchanged])
        return f"{sentence[0].upper()}{sentence[1:]}"

    def text(self) -> str:
        """The finding as text for a terminal."""
        better = sum(_is_better(self, self.settings[k]) for k in self.front if k)
        count = f"Pareto-optimal settings: {len(self.front)}, of which {better} better in every want"
        lines = [self.headline(), "", *_basis(self), "", f"{count} than the unchanged scenario"]
        for rank, k in enumerate(self.front, 1):
            robust = ", also in the worst tenth" if k in self.robust else ""
            lines += _setting_lines(self, self.settings[k], f"{rank}. cost {self.settings[k].cost:.2f}{robust}")
        lines += ["", "Unchanged scenario, and the other shipped scenarios (+ differs in more than levers)"]
        for setting in (self.unchanged, *self.beside):
            lines += _setting_lines(self, setting, setting.name if setting.levers_only else f"{setting.name} +")
        return "\n".join([*lines, *_package_lines(self)])

    def data(self) -> dict[str, Any]:
        """The finding as plain data for JSON."""
        plan = self.plan
        return {
            **played(plan, self.runs, self.failed),
            "worlds": _worlds(plan),
            "worlds_that_chose": plan.runs // plan.runs_in_a_world - _worlds(plan),
            "wants": self.asked.wants,
            "floors": self.asked.floors,
            "holdout": self.asked.holdout,
            "levers": list(plan.varied),
            "settings": [setting.data(plan) for setting in self.settings],
            "scenarios": [setting.data(plan) | {"levers_only": setting.levers_only} for setting in self.beside],
            "front": list(self.front),
            "robust": list(self.robust),
            "best": self.best,
            "packages": list(self.packages),
        }


def _worlds(plan: Plan) -> int:
    """In how many worlds each setting is reported."""
    return plan.runs // plan.runs_in_a_world // 2


def _best_in(front: Front, want: str) -> str:
    """The setting of the front that is best in a want, with its values in the others."""
    best = front.settings[front.best[want]]
    others = _values(front, best, [other for other in front.wants if other != want])
    return f"at best {_values(front, best, [want])}, with {others}"


def _values(front: Front, setting: Setting, names: list[str]) -> str:
    wants = {name: front.wants[name] for name in names}
    return " and ".join(
        f"{about.label} {interval_text(setting.mean[name], about, unit=True)}" for name, about in wants.items()
    )


def _basis(front: Front) -> list[str]:
    """The runs behind the settings, and the terms of the table."""
    plan = front.plan
    each = f"{plan.runs // plan.runs_in_a_world} worlds of {plan.runs_in_a_world} runs each"
    lines = [
        f"{plan.title}. {plan.question}",
        f"{len(plan.points)} settings, {each}, seed {plan.seed}; 95% intervals over worlds in brackets.",
        "Half of the worlds choose what is best and Pareto-optimal. All numbers are from the other half.",
        "A world is a value for every unknown. Worst tenth: the mean in the tenth of the worlds worst in each want.",
        "Cost: the shares of their ranges by which levers are moved, summed. Levers not named are not moved.",
    ]
    about = measures(plan.scenario)
    floors = [
        f"{about[name].label} at least {value_text(least, about[name])}" for name, least in front.asked.floors.items()
    ]
    if floors:
        lines.append(f"Floors: a setting counts only with {' and '.join(floors)}.")
    others = [short(path) for path in NOT_SEARCHED if path not in plan.varied]
    if others:
        lines.append(f"Not set unless named with --lever: {', '.join(others)}.")
    return [*lines, *failed_text(front.failed)]


def _is_better(front: Front, setting: Setting) -> bool:
    """Whether a setting is better than the unchanged scenario in every want, intervals apart."""
    own, usual = setting.mean, front.unchanged.mean
    return all(
        _is_above(own[name], usual[name]) if way == "max" else _is_above(usual[name], own[name])
        for name, way in front.asked.wants.items()
    )


def _is_above(interval: Interval, other: Interval) -> bool:
    """Whether an estimate is above another, intervals apart; one of equal values, which has no ends, is its mean."""
    low = interval.mean if math.isnan(interval.low) else interval.low
    high = other.mean if math.isnan(other.high) else other.high
    return low > high


def _setting_lines(front: Front, setting: Setting, head: str, more: dict[str, About] | None = None) -> list[str]:
    known = measures(front.plan.scenario)
    shown = {name: known[name] for name in (*SHOWN, *front.asked.floors)}
    names = {**(more or {}), **front.wants, **shown}
    width = max(len(about.label) for about in names.values())
    moves = ", ".join(f"{short(path)} {number(value)}" for path, value in setting.moves(front.plan).items())
    lines = [f"  {head}: {moves}" if moves else f"  {head}"]
    for name, about in names.items():
        mean, worst = interval_text(setting.mean[name], about, unit=True), interval_text(setting.worst[name], about)
        lines.append(f"     {about.label:{width}}  {mean}; worst tenth {worst}")
    return lines


def _package_lines(front: Front) -> list[str]:
    """The cheapest packages that bring the holdout in."""
    lab, name = front.asked.holdout, front.asked.joining
    if lab is None or name is None:
        return []
    label, about = front.plan.scenario.labels[lab], measures(front.plan.scenario)[name]
    usual = f"unchanged scenario: {interval_text(front.unchanged.mean[name], about)}"
    if not front.packages:
        most = front.settings[front.nearest].mean[name]
        ends = f"the most found is {interval_text(most, about)}; {usual}"
        return ["", f"No package found makes {label} join in at least {JOINS:.0%} of runs: {ends}."]
    head = f"The cheapest packages with which {label} joins in at least {JOINS:.0%} of runs"
    lines = ["", f"{head}, low end of the interval in the worlds that choose ({usual})"]
    for rank, k in enumerate(front.packages, 1):
        cost = f"{rank}. cost {front.settings[k].cost:.2f}"
        lines += _setting_lines(front, front.settings[k], cost, {name: about})
    return lines
