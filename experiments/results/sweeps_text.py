"""A sweep in words, as data and as a table."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..measures.columns import measures
from ..measures.intervals import Intervals
from .sweeps import MOST_NAMED, Effects, Response, effects
from .words import interval_text, number, short

if TYPE_CHECKING:
    import pandas as pd

MOST_TOLD = 12  # points in words; all are in the table and the figures


def where(response: Response, point: int) -> str:
    """A point in words, by the ends of its paths; by its number where these are many."""
    if len(response.plan.varied) > MOST_NAMED:
        return f"point {point}"
    values = zip(response.plan.varied, response.plan.points[point], strict=True)
    return ", ".join(f"{short(path)} {number(value)}" for path, value in values)


def headline(response: Response) -> str:
    """The one sentence to remember: where the first measure is least and where it is most."""
    measure = response.plan.measure
    about, its = response.about(measure), response.found[measure]
    total = f"{response.runs:,} runs at {len(response.plan.points):,} points"
    failed = f"; {response.failed:,} of them failed and are left out" if response.failed else ""
    if np.isnan(its.mean).all():
        return f"{about.label}: no run has it ({total}{failed})."
    least, most = (int(choose(its.mean)) for choose in (np.nanargmin, np.nanargmax))
    return (
        f"{about.label} ({about.unit}): from {interval_text(its.at(least), about)} at {where(response, least)} "
        f"to {interval_text(its.at(most), about)} at {where(response, most)}; {total}{failed}."
    )


def told(response: Response) -> str:
    """The response as text for a terminal."""
    plan = response.plan
    lines = [headline(response), "", f"{plan.title}: {plan.question}"]
    lines += [f"Scenario {plan.scenario.called}, design {plan.design}, seed {plan.seed}; 95% intervals in brackets."]
    for measure in plan.measures:
        lines += ["", *_measure_told(response, measure)]
    return "\n".join(lines + _precision_told(response))


def _measure_told(response: Response, measure: str) -> Iterable[str]:
    about, its = response.about(measure), response.found[measure]
    yield f"{about.label} ({about.unit})"
    if np.isnan(its.mean).all():
        yield "  no run has it"
        return
    if not response.is_mapped():
        found = effects(response, measure)
        if found is not None:
            yield f"  from the lowest to the highest value of each, all else equal (explains {found.explained:.0%}):"
            wide = max(len(short(path)) for path in found.by_path)
            for path, effect in sorted(found.by_path.items(), key=lambda item: -abs(item[1].mean)):
                yield f"    {short(path):{wide}}  {interval_text(effect, about, signed=True)}"
            return
    order: Iterable[int] = range(len(response.plan.points))
    if len(response.plan.points) > MOST_TOLD:
        ranked = [int(point) for point in np.argsort(its.mean, kind="stable") if not math.isnan(its.mean[point])]
        half = MOST_TOLD // 2
        order = ranked if len(ranked) <= MOST_TOLD else [*ranked[:half], *ranked[-half:]]
        yield f"  the {half} lowest and the {half} highest of {len(response.plan.points):,} points:"
    wide = max(len(where(response, point)) for point in order)
    for point in order:
        yield f"  {where(response, point):{wide}}  {interval_text(its.at(point), about)}"


def _precision_told(response: Response) -> list[str]:
    """How many points are as precise as was asked for."""
    plan = response.plan
    if plan.precision is None:
        return []
    half = response.found[plan.measure].half_width
    short_of = int((~(half <= plan.precision)).sum())
    if not short_of:
        return ["", f"Every point has a half width of at most {plan.precision:g}."]
    return ["", f"{short_of:,} points had {plan.max_runs:,} runs before their half width was {plan.precision:g}."]


def as_data(response: Response) -> dict[str, Any]:
    """The response as plain data for JSON; NaN becomes None."""
    plan = response.plan
    entries = plan.scenario.entries
    return {
        **{name: getattr(plan, name) for name in ("name", "title", "question", "design", "seed")},
        "scenario": plan.scenario.name,
        "settings": list(plan.scenario.settings),
        "runs": response.runs,
        "failed": response.failed,
        "varied": {path: {"label": entries[path].label, "unit": entries[path].unit} for path in plan.varied},
        "measures": {
            name: {"label": about.label, "unit": about.unit}
            for name, about in measures(plan.scenario).items()
            if name in plan.measures
        },
        "effects": {name: _effects_data(effects(response, name)) for name in plan.measures},
        "points": [
            {
                "values": dict(zip(plan.varied, point, strict=True)),
                "measures": {name: _interval_data(its, number) for name, its in response.found.items()},
            }
            for number, point in enumerate(plan.points)
        ],
    }


def as_table(response: Response) -> "pd.DataFrame":
    """The response as a table: a row a point, with what varies, and mean, interval and runs of each measure."""
    import pandas as pd

    plan = response.plan
    table = pd.DataFrame(list(plan.points), columns=list(plan.varied))
    for name, its in response.found.items():
        for column, values in {name: its.mean, f"{name}.low": its.low, f"{name}.high": its.high}.items():
            table[column] = values
        table[f"{name}.runs"] = its.runs.astype(int)
    return table


def _effects_data(found: Effects | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "explained": None if math.isnan(found.explained) else found.explained,
        "by_path": {path: its._asdict() for path, its in found.by_path.items()},
    }


def _interval_data(its: Intervals, point: int) -> dict[str, Any]:
    one = its.at(point)._asdict()
    return {"runs": int(its.runs[point]), **{key: None if math.isnan(value) else value for key, value in one.items()}}
