"""Which settings are played: the sample, what a search found from it, and other scenarios beside them."""

from collections.abc import Sequence
from contextlib import suppress

from model.draws import stream
from model.problems import BadInput, Mark, Problem, nearest, quoted
from model.scenario import SHIPPED, Scenario, in_full, load

from ...measures.columns import JOINED, measures
from ...plans.design import Plan, Point
from ...results.words import short
from ...runs.store import Store
from .moves import HELD, sampled_genes, settings_of
from .search import search

DESIGN = "levers"
BESIDE = "scenarios"  # the folder of those that are marked beside the front
UP = ("adopted", "durable", "labs_", "share_", "joined.", "stays.")  # wanted high where nothing is said
DOWN = ("delay_", "holds", "incidents", "covered_unreviewed", "leavings", "left.", "held.")
WORLDS, WORLD_RUNS = 320, 16


# ---------------------------------------------------------------- what is asked


def plan_levers(
    scenario: Scenario,
    wants: Sequence[str],
    levers: Sequence[str],
    holdout: str | None,
    points: int,
    runs: int,
    seed: int,
) -> Plan:
    """The plan of the sample of settings; its first point is the scenario as it stands.

    Parameters
    ----------
    wants : strings ``measure``, ``measure:max`` or ``measure:min``
    levers : paths of what is set; where empty, all levers but those in `HELD`
    holdout : name of a lab, or None
        Whose joining is measured too.
    points, runs : int
        Settings besides the scenario as it stands, and runs at each.

    Raises
    ------
    BadInput
        With all that is wrong with the wants, the levers and the holdout.
    """
    wanted, problems = _wants(scenario, wants)
    varied, wrong = _varied(scenario, levers)
    joining = (JOINED + holdout,) if holdout else ()
    problems += wrong + _holdout(scenario, holdout)
    problems += [
        Problem(Mark("--holdout"), f"found {its} among the wants; leave out one") for its in joining if its in wanted
    ]
    if problems:
        raise BadInput(problems)
    asked = [f"{measure}.{direction}" for measure, direction in wanted.items()]
    sampling = int(stream(seed, 0, "sample", DESIGN).integers(2**62))  # the seed itself is for what is reported
    return Plan(
        name="-".join([scenario.name, DESIGN, *asked, *joining, *(short(path) for path in dict.fromkeys(levers))]),
        title="Settings of the levers",
        question=f"Which settings of the levers of {scenario.called} are not beaten in everything by another?",
        scenario=scenario,
        seed=sampling,
        runs=runs,
        measures=(*wanted, *joining),
        design=DESIGN,
        varied=varied,
        points=tuple(settings_of(sampled_genes(points, varied, sampling), varied, scenario)),
        directions=tuple(wanted.values()),
    )


def _wants(scenario: Scenario, wants: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Measure -> 'max' or 'min', and what is wrong."""
    known, wanted, wrong = measures(scenario), dict[str, str](), list[str]()
    for want in wants:
        measure, colon, said = want.partition(":")
        direction = said if colon else usual_direction(measure)
        if measure not in known:
            wrong.append(f"found the measure {quoted(measure)}{nearest(measure, known)}")
        elif direction not in ("max", "min"):
            wrong.append(f"found {quoted(want)}; say which way is wanted, as {measure}:max or {measure}:min")
        elif measure in wanted:
            wrong.append(f"found {measure} twice")
        wanted[measure] = direction
    if len(wanted) < 2 and not wrong:
        wrong.append("found fewer than two wants; a front is between two or more, as adopted and review_days:max")
    return wanted, [Problem(Mark("--want"), its) for its in wrong]


def usual_direction(measure: str) -> str:
    """Which way a measure is wanted where nothing is said: 'max', 'min', or '' where it may be either."""
    if measure.startswith(UP):
        return "max"
    return "min" if measure.startswith(DOWN) else ""


def _varied(scenario: Scenario, chosen: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """The levers that are set, and what is wrong with those that were named."""
    known = [path for path in scenario.entries if path.startswith("levers.")]
    wrong = []
    for path in chosen:
        if path not in known:
            meant = in_full(path, known)
            hint = f"; did you mean {meant!r}?" if meant else nearest(path, known)
            wrong.append(f"found the lever {quoted(path)}{hint or f'; the levers are {", ".join(known)}'}")
    its = tuple(dict.fromkeys(chosen)) or tuple(path for path in known if path not in HELD)
    return its, [Problem(Mark("--lever"), found) for found in wrong]


def _holdout(scenario: Scenario, lab: str | None) -> list[Problem]:
    labs = scenario.named("lab")
    if lab is None or lab in labs:
        return []
    return [
        Problem(Mark("--holdout"), f"found the lab {quoted(lab)}{nearest(lab, labs)}; the labs are {', '.join(labs)}")
    ]


# ---------------------------------------------------------------- played anew


def plan_front(sample: Store, seed: int, engine: str, workers: int) -> Plan:
    """The plan of what a search from a finished sample found, played anew in worlds."""
    plan = sample.plan
    nowhere: Point = (None,) * len(plan.varied)
    found = [point for point in search(sample, engine, workers) if point != nowhere]
    runs = WORLDS * WORLD_RUNS
    return plan._replace(seed=seed, runs=runs, runs_in_a_world=WORLD_RUNS, points=(nowhere, *found))


def plans_beside(plan: Plan) -> list[Plan]:
    """The plans of the other shipped scenarios that have the measures, each as it stands, in the same worlds."""
    plans = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        with suppress(BadInput):  # what was set may be about somebody who is not there
            other = load(path, plan.scenario.settings)
            if other.name != plan.scenario.name and set(plan.measures) <= set(measures(other)):
                points: tuple[Point, ...] = ((None,) * len(plan.varied),)
                plans.append(plan._replace(name=f"{BESIDE}/{other.name}", scenario=other, points=points))
    return plans
