"""The plans of a search for settings: the sample, the settings found from it, and other scenarios beside them."""

from collections.abc import Sequence
from contextlib import suppress

from model.draws import stream
from model.problems import BadInput, Mark, Problem, nearest, quoted
from model.scenario import SHIPPED, Scenario, in_full, load

from ...measures.columns import measures
from ...plans.design import Plan, Point, Question
from ...results.words import short
from ...runs.store import Store
from .moves import NOT_SEARCHED, sampled_genes, settings_of
from .search import search
from .wants import Wants, read_floors, read_wants

NAME = "levers"  # of the analysis, its plans and its streams
BESIDE = "scenarios"  # the folder of the scenarios marked beside the front
WORLDS, WORLD_RUNS = 640, 16  # half of them choose, and half are reported


# ---------------------------------------------------------------- the sample


def plan_levers(
    scenario: Scenario,
    wants: Sequence[str],
    levers: Sequence[str],
    floors: Sequence[str],
    holdout: str | None,
    points: int,
    runs: int,
    seed: int,
) -> Plan:
    """The plan of the sample of settings; its first point is the unchanged scenario.

    Parameters
    ----------
    wants : strings ``measure``, ``measure:max`` or ``measure:min``
    levers : paths of the levers that are set; where empty, all but those in `NOT_SEARCHED`
    floors : strings ``measure=value``
        The least that the mean of a measure must be for a setting to count.
    holdout : name of a lab, or None
        Whose joining is measured too.
    points, runs : int
        Settings besides the unchanged scenario, and runs at each.

    Raises
    ------
    BadInput
        With all problems of the wants, the levers, the floors and the holdout.
    """
    wanted, problems = read_wants(scenario, wants)
    varied, lever_problems = _varied(scenario, levers)
    least, floor_problems = read_floors(scenario, floors)
    asked = Wants(wanted, least, holdout or None)
    problems += lever_problems + floor_problems + _holdout_problems(scenario, asked)
    if problems:
        raise BadInput(problems)
    sampling = int(stream(seed, 0, "sample", NAME).integers(2**62))  # the seed itself is for the front that is reported
    return Plan(
        name=_name(scenario, asked, levers),
        title="Settings of the levers",
        question=f"Which settings of the levers of {scenario.called} are Pareto-optimal?",
        scenario=scenario,
        seed=sampling,
        runs=runs,
        measures=asked.measures(),
        design="lhs",
        varied=varied,
        points=tuple(settings_of(sampled_genes(points, varied, sampling), varied, scenario)),
        asks=Question(NAME, asked._asdict()),
    )


def _name(scenario: Scenario, asked: Wants, levers: Sequence[str]) -> str:
    """The name of the plan, from which the name of its folder follows."""
    wants = [f"{measure}.{direction}" for measure, direction in asked.wants.items()]
    joining = [asked.joining] if asked.joining else []
    floors = [f"{measure}.{least:g}" for measure, least in asked.floors.items()]
    named = [short(path) for path in dict.fromkeys(levers)]
    return "-".join([scenario.name, NAME, *wants, *floors, *joining, *named])


def _varied(scenario: Scenario, chosen: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """The levers that are set, and the problems with those that were named."""
    known = [path for path in scenario.entries if path.startswith("levers.")]
    wrong = []
    for path in chosen:
        if path not in known:
            meant = in_full(path, known)
            hint = f"; did you mean {meant!r}?" if meant else nearest(path, known)
            wrong.append(f"found the lever {quoted(path)}{hint or f'; the levers are {", ".join(known)}'}")
    varied = tuple(dict.fromkeys(chosen)) or tuple(path for path in known if path not in NOT_SEARCHED)
    return varied, [Problem(Mark("--lever"), text) for text in wrong]


def _holdout_problems(scenario: Scenario, asked: Wants) -> list[Problem]:
    lab, labs, mark = asked.holdout, scenario.named("lab"), Mark("--holdout")
    if lab is not None and lab not in labs:
        return [Problem(mark, f"found the lab {quoted(lab)}{nearest(lab, labs)}; the labs are {', '.join(labs)}")]
    if asked.joining in asked.wants:
        return [Problem(mark, f"found {asked.joining} among the wants; leave out one")]
    return []


# ---------------------------------------------------------------- the front


def plan_front(sample: Store, seed: int, engine: str, workers: int) -> Plan:
    """The plan of the settings that a search from a finished sample found, played anew in worlds."""
    plan = sample.plan
    unchanged: Point = (None,) * len(plan.varied)
    points = [point for point in search(sample, engine, workers) if point != unchanged]
    runs = WORLDS * WORLD_RUNS
    return plan._replace(seed=seed, runs=runs, runs_in_a_world=WORLD_RUNS, points=(unchanged, *points))


def plans_beside(plan: Plan) -> list[Plan]:
    """The plans of the other shipped scenarios that have the measures, each unchanged, in the same worlds."""
    plans = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        with suppress(BadInput):  # a setting may be about somebody who is not there
            other = load(path, plan.scenario.settings)
            if other.name != plan.scenario.name and set(plan.measures) <= set(measures(other)):
                points: tuple[Point, ...] = ((None,) * len(plan.varied),)
                plans.append(plan._replace(name=f"{BESIDE}/{other.name}", scenario=other, points=points))
    return plans
