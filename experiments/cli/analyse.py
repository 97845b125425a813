"""Commands that analyse: what moves a measure, who, where it fails or holds, and which lever settings are best."""

import argparse

from model.scenario import load

from .common import carry_out, conclude, folder_of, needs, seed_of
from .options import (
    CARRIED_OUT,
    ENGINE,
    FIGURES,
    JSON,
    MEASURE,
    OUT,
    PLANNED_SEED,
    SCENARIO,
    SETTINGS,
    USUAL,
    WORKERS,
    argument,
    command,
    number,
    points,
    runs,
    runs_per_point,
)

POINTS = {"sobol": 128, "morris": 20}  # by method, unless given
FEWEST_INFLUENCE_RUNS, INFLUENCE_RUNS = 20, 400  # at each of a thousand points
DISCOVERY_POINTS, DISCOVERY_RUNS = 4000, 32  # with half of them noise passes for stable
WHY_RUNS = 5000
LEVER_POINTS, LEVER_RUNS = 500, 200  # of the sample


@command(
    "optin sensitivity scenarios/baseline.yaml --method morris --measure durable",
    SCENARIO,
    argument("--method", choices=tuple(POINTS), default="sobol", help="Sobol's indices, or Morris' screening"),
    MEASURE,
    points("base points, N times the unknowns are played (128; 20)"),
    runs_per_point(50),
    *CARRIED_OUT,
)
def sensitivity(chosen: argparse.Namespace) -> None:
    """Which unknowns move a measure, and how much of its variance is luck."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.sensitivity import plan_sensitivity

    base = POINTS[chosen.method] if chosen.points is None else chosen.points
    carry_out(
        plan_sensitivity(scenario, chosen.method, chosen.measure, base, chosen.runs_per_point, seed_of(chosen)),
        chosen,
        USUAL,
    )


@command(
    "optin influence scenarios/baseline.yaml",
    SCENARIO,
    runs(f"negotiations at each point ({INFLUENCE_RUNS})", least=FEWEST_INFLUENCE_RUNS, most=10**5),
    *CARRIED_OUT,
)
def influence(chosen: argparse.Namespace) -> None:
    """Who moves the outcome: each stakeholder's views, last words, ideals and weight."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.influence import plan_influence

    at_each = INFLUENCE_RUNS if chosen.runs is None else chosen.runs
    carry_out(plan_influence(scenario, at_each, seed_of(chosen)), chosen, {**USUAL, "runs": INFLUENCE_RUNS})


@command(
    "optin discover scenarios/baseline.yaml --measure durable --holds --threshold 0.75",
    SCENARIO,
    MEASURE,
    argument(
        "--fails",
        dest="sought",
        action="store_const",
        const="fails",
        default="fails",
        help="seek where the measure is at most the threshold (the default)",
    ),
    argument(
        "--holds",
        dest="sought",
        action="store_const",
        const="holds",
        default="fails",
        help="seek where it is above the threshold",
    ),
    argument(
        "--threshold",
        type=number("a number is allowed, as 0.5"),
        metavar="T",
        help="threshold of the measure (0.5 for shares of runs)",
    ),
    points("points, drawn from the distributions", DISCOVERY_POINTS),
    runs_per_point(DISCOVERY_RUNS, "negotiations at each point, a power of 2", most=2**10),
    *CARRIED_OUT,
)
def discover(chosen: argparse.Namespace) -> None:
    """Under which unknowns a measure fails or holds: boxes, checked on a holdout set."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.discover_points import plan_discovery

    asked = (chosen.sought, chosen.measure, chosen.threshold, chosen.points, chosen.runs_per_point)
    carry_out(plan_discovery(scenario, *asked, seed_of(chosen)), chosen, USUAL)


@command(
    "optin why scenarios/baseline.yaml --lab meta",
    SCENARIO,
    argument("--lab", required=True, metavar="LAB", help="the lab that is asked about, as meta"),
    runs(f"negotiations ({WHY_RUNS:,})"),
    *CARRIED_OUT,
)
def why(chosen: argparse.Namespace) -> None:
    """Why a lab stays out: the parts of its gain where it joined, where it stayed out, and their difference."""
    scenario = load(chosen.scenario, chosen.set)
    from ..analysis.why import plan_why

    count = WHY_RUNS if chosen.runs is None else chosen.runs
    carry_out(plan_why(scenario, chosen.lab, count, seed_of(chosen)), chosen, {**USUAL, "runs": WHY_RUNS})


@command(
    "optin levers scenarios/baseline.yaml --want adopted --want review_days:max --holdout meta",
    SCENARIO,
    argument(
        "--want",
        action="append",
        default=[],
        metavar="MEASURE[:WAY]",
        help="a measure you want high or low, as review_days:max or holds:min; two or more",
    ),
    argument(
        "--lever",
        action="append",
        default=[],
        metavar="PATH",
        help="search only this lever, as levers.protection; may be repeated (all but those that define a framework)",
    ),
    argument(
        "--floor",
        action="append",
        default=[],
        metavar="MEASURE=VALUE",
        help="the least that a measure must be, as danger_caught=0.5; may be repeated (none)",
    ),
    argument("--holdout", metavar="LAB", help="also find the cheapest packages that bring this lab in"),
    points("settings in the first sample, spread over the ranges", LEVER_POINTS, most=2**14),
    runs_per_point(LEVER_RUNS, "negotiations at each setting in the search", most=10**5),
    *(PLANNED_SEED, SETTINGS, OUT, ENGINE, WORKERS, FIGURES, JSON),
)
def levers(chosen: argparse.Namespace) -> None:
    """Search lever settings for the best trade-offs between outcomes you name; the front is checked on fresh luck."""
    scenario = load(chosen.scenario, chosen.set)
    needs("levers", "levers", "pymoo")
    from ..analysis.levers.plan import plan_front, plan_levers, plans_beside
    from ..publish.findings import finish
    from ..runs.collect import collect, resumable
    from ..runs.files import locked
    from ..runs.store import Store, folder_for

    seed = seed_of(chosen)
    asked = (chosen.want, chosen.lever, chosen.floor, chosen.holdout, chosen.points, chosen.runs_per_point)
    plan = plan_levers(scenario, *asked, seed)
    sample = Store(folder_for(plan, folder_of(plan, chosen, USUAL) / "sample", chosen=chosen.out is not None), plan)
    with locked(sample.folder), resumable(sample):
        sample.begin()
        collect(sample, chosen.engine, chosen.workers, processes=True)
        front = plan_front(sample, seed, chosen.engine, chosen.workers)
    store = Store(folder_for(front, folder_of(front, chosen, USUAL), chosen=chosen.out is not None), front)
    with locked(store.folder), resumable(store):
        store.begin()
        for other in plans_beside(front):
            folder = folder_for(other, store.folder / other.name, chosen=True)
            finish(Store(folder, other), chosen.engine, chosen.workers)
        collect(store, chosen.engine, chosen.workers, processes=True)
        conclude(store, chosen)


COMMANDS = (sensitivity, influence, discover, why, levers)
