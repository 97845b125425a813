"""A front in words and as data."""

from typing import Any

from model.rules.records import About

from ...measures.columns import JOINED, measures
from ...plans.design import Plan
from ...results.words import interval_text, number, short
from ..common import played
from .front import Front, Setting, moves
from .moves import HELD
from .search import ENOUGH, JOINS, holdout_of


def headline(found: Front) -> str:
    """The one sentence to remember: the best in each want with what it costs in the others, and how it stands."""
    stands, wants = found.settings[0], found.wants
    as_it_stands = "as it stands " + _values(found, stands, list(wants))
    if not found.front:
        return f"No setting has what is wanted in {ENOUGH:.0%} of its runs; {as_it_stands}."
    if len(found.front) == 1:
        only = _values(found, found.settings[found.front[0]], list(wants))
        return f"One setting is best in every want: {only}; {as_it_stands}."
    signs = [-1.0 if way == "max" else 1.0 for way in found.plan.directions]
    ends = []
    for want, sign in zip(wants, signs, strict=True):
        best = min((found.settings[k] for k in found.front), key=lambda its: sign * its.mean[want].mean)
        others = _values(found, best, [other for other in wants if other != want])
        ends.append(f"at best {_values(found, best, [want])}, with {others}")
    told = "; ".join([*ends, as_it_stands])
    return f"{told[0].upper()}{told[1:]}."


def _values(found: Front, its: Setting, names: list[str]) -> str:
    return " and ".join(
        f"{found.wants[name].label} {interval_text(its.mean[name], found.wants[name], unit=True)}" for name in names
    )


def told(found: Front) -> str:
    """The front as text for a terminal."""
    plan = found.plan
    every = f"{plan.runs:,} runs each: {plan.runs // plan.runs_in_a_world} worlds of {plan.runs_in_a_world}"
    better = sum(_beats(found, found.settings[k]) for k in found.front if k)
    lines = [
        headline(found),
        "",
        f"{plan.title}. {plan.question}",
        f"{len(plan.points)} settings, {every}, seed {plan.seed}; 95% intervals over worlds in brackets.",
        *_reading(found),
        *[f"{found.failed:,} runs failed and are left out."] * bool(found.failed),
        "",
        f"Settings that none beats: {len(found.front)}, of which {better} better in every want than as it stands",
    ]
    for rank, k in enumerate(found.front, 1):
        mark = ", also in the worst tenth" if k in found.robust else ""
        lines += _setting_told(found, found.settings[k], f"{rank}. cost {found.settings[k].cost:.2f}{mark}")
    lines += ["", "As it stands, and the other shipped scenarios (+ differs in more than levers)"]
    for its in (found.settings[0], *found.beside):
        lines += _setting_told(found, its, its.name + " +" * (not its.levers_only))
    return "\n".join([*lines, *_packages_told(found)])


def _reading(found: Front) -> list[str]:
    """What the words of the table mean."""
    held = [short(path) for path in HELD if path not in found.plan.varied]
    return [
        "Worst tenth: the mean in the tenth of the worlds, values of the unknowns, that is worst in each want.",
        "Cost: the shares of their ranges by which levers are moved, summed. What is not named is left as it is.",
        *[f"Not set unless named with --lever: {', '.join(held)}."] * bool(held),
    ]


def _beats(found: Front, its: Setting) -> bool:
    """Whether a setting is better than the scenario as it stands in every want, intervals apart."""
    return all(
        its.mean[name].low > found.settings[0].mean[name].high
        if way == "max"
        else its.mean[name].high < found.settings[0].mean[name].low
        for name, way in zip(found.wants, found.plan.directions, strict=True)
    )


def _setting_told(found: Front, its: Setting, head: str, more: dict[str, About] | None = None) -> list[str]:
    names = {**(more or {}), **found.wants}
    wide = max(len(about.label) for about in names.values())
    moved = ", ".join(f"{short(path)} {number(new)}" for path, new in moves(found.plan, its.point).items())
    lines = [f"  {head}" + f": {moved}" * bool(moved)]
    for name, about in names.items():
        worst = interval_text(its.worst[name], about)
        lines.append(
            f"     {about.label:{wide}}  {interval_text(its.mean[name], about, unit=True)}; worst tenth {worst}"
        )
    return lines


def _packages_told(found: Front) -> list[str]:
    """The cheapest packages that bring the holdout in."""
    lab = holdout_of(found.plan)
    if lab is None:
        return []
    label, name = found.plan.scenario.labels[lab], JOINED + lab
    about = measures(found.plan.scenario)[name]
    stands = interval_text(found.settings[0].mean[name], about)
    if not found.packages:
        most = max((its.mean[name] for its in found.settings), key=lambda its: its.mean)
        ends = f"the most that was found is {interval_text(most, about)}, as it stands {stands}"
        return ["", f"With no package that was found does {label} join in at least {JOINS:.0%} of runs: {ends}."]
    what = f"The cheapest packages with which {label} joins in at least {JOINS:.0%} of runs"
    lines = ["", f"{what}, low end of the interval (as it stands {stands})"]
    for rank, k in enumerate(found.packages, 1):
        lines += _setting_told(found, found.settings[k], f"{rank}. cost {found.settings[k].cost:.2f}", {name: about})
    return lines


def as_data(found: Front) -> dict[str, Any]:
    """The front as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "worlds": plan.runs // plan.runs_in_a_world,
        "wants": dict(zip(found.wants, plan.directions, strict=True)),
        "holdout": holdout_of(plan),
        "levers": list(plan.varied),
        "settings": [_data(plan, its) for its in found.settings],
        "scenarios": [_data(plan, its) | {"levers_only": its.levers_only} for its in found.beside],
        "front": list(found.front),
        "robust": list(found.robust),
        "packages": list(found.packages),
    }


def _data(plan: Plan, its: Setting) -> dict[str, Any]:
    return {
        "name": its.name or None,
        "levers": moves(plan, its.point),
        "cost": its.cost,
        **{of: {name: one.data() for name, one in getattr(its, of).items()} for of in ("mean", "worst")},
    }
