"""Which unknowns move a measure: global sensitivity to every parameter that has a distribution.

The sample and the indices are SALib's; here are the guards. A point's mean over runs is what is analysed, under the
same luck at every point; how much of the variance between points is luck all the same is estimated and told, and
nothing that is not a number ever reaches the indices.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, quantiles, stream
from model.problems import refusal
from model.scenario import Scenario

from ..measures.columns import SHARE
from ..measures.intervals import Interval, no_moments, with_values
from ..plans.design import Plan
from ..results.words import bracketed
from ..runs.store import Store
from .common import measured, played, refuse_missing, unknowns

DESIGNS = {"sobol": "saltelli", "morris": "morris"}  # method -> design of its plan
RESAMPLES = 1000
LEVELS = 4  # of Morris' grid
MOST_TOLD = 15


class Sensitivity(NamedTuple):
    """What a plan of sensitivity found for its measure: indices by path, in the plan's order, with 95% intervals.

    By Sobol: ``first``, the share of the variance that a parameter explains alone, and ``total``, with all its
    interactions (both 0..1 up to chance). By Morris: ``total`` holds mu*, the mean absolute change of the measure from
    a third of the range to the next two (elementary effects), and ``first`` is empty. ``luck`` is the share of the
    variance between points that further runs would remove.
    """

    plan: Plan
    first: dict[str, Interval]
    total: dict[str, Interval]
    mean: float
    variance: float
    luck: float
    runs: int
    failed: int

    def ranked(self) -> list[str]:
        """The paths, what moves the measure most first."""
        return sorted(self.total, key=lambda path: -self.total[path].mean)

    def told_apart(self, path: str) -> bool:
        """Whether a parameter's total index can be told from zero."""
        return self.total[path].low > 0.0


# ---------------------------------------------------------------- points


def plan_sensitivity(scenario: Scenario, method: str, measure: str, points: int, runs: int, seed: int) -> Plan:
    """The plan of a sensitivity analysis.

    Parameters
    ----------
    method : 'sobol' or 'morris'
    points : int
        Base points, a power of two for Sobol, or trajectories of Morris: n (k + 2) or n (k + 1) points are played for k
        parameters.
    runs : int
        Runs at each point, at least 2.

    Raises
    ------
    BadInput
        For a measure that does not exist, or one that some runs do not have; for a scenario without distributions; for
        a number of points that is no power of two.
    """
    about, varied = measured(scenario, measure, "sensitivity"), unknowns(scenario, "sensitivity")
    if method == "sobol" and points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        found = (
            f"found {points:,} base points; Sobol's sequence is balanced at powers of two: {below:,} or {2 * below:,}"
        )
        raise refusal("sensitivity", found)
    design = DESIGNS[method]
    u = unit_points(design, varied, points, seed)
    columns = quantiles([scenario.entries[path] for path in varied], u.T)
    return Plan(
        name=f"{scenario.name}-{method}-{measure}",
        title=f"Sensitivity of {about.label}",
        question=f"Which unknowns of {scenario.called} move it?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=(measure,),
        design=design,
        varied=varied,
        points=tuple(zip(*(columns[path].tolist() for path in varied), strict=True)),
    )


def unit_points(design: str, varied: tuple[str, ...], points: int, seed: int) -> Array:
    """The sample in probabilities (0..1), a row a point.

    References
    ----------
    Saltelli et al. (2010), *Computer Physics Communications* 181: 259-270. Morris (1991), *Technometrics* 33: 161-174.
    """
    from SALib.sample import morris, sobol

    luck = stream(seed, 0, "design", design)
    if design == "saltelli":
        return np.asarray(sobol.sample(problem(varied), points, calc_second_order=False, seed=luck))
    return np.asarray(morris.sample(problem(varied), points, num_levels=LEVELS, seed=luck))


def problem(varied: tuple[str, ...]) -> dict[str, Any]:
    """The unit cube, as SALib wants it described."""
    return {"num_vars": len(varied), "names": list(varied), "bounds": [[0.0, 1.0]] * len(varied)}


# ---------------------------------------------------------------- indices


def analyse(store: Store) -> Sensitivity:
    """The sensitivity that a store of such a plan holds.

    Raises
    ------
    BadInput
        Where the measure has no value at some points.
    """
    plan = store.plan
    halves, runs, failed = no_moments(2 * len(plan.points)), 0, 0
    for point, run, reasons, values in store.by_part(["point", "run", "failed", plan.measure]):
        halves = with_values(halves, 2 * point + (run >= plan.runs // 2), values)
        runs, failed = runs + len(run), failed + int((reasons != "").sum())
    one, other = halves.mean[0::2], halves.mean[1::2]
    counts = halves.runs[0::2], halves.runs[1::2]
    refuse_missing(store, int(((counts[0] == 0) | (counts[1] == 0)).sum()))
    means = (one * counts[0] + other * counts[1]) / (counts[0] + counts[1])
    first, total = indices(plan.design, plan.varied, means, plan.seed)
    return Sensitivity(
        plan, first, total, float(means.mean()), float(means.var(ddof=1)), luck_share(one, other, means), runs, failed
    )


def indices(
    design: str, varied: tuple[str, ...], means: Array, seed: int
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """The first-order and total indices of a sample's means, with bootstrap intervals; what does not vary has 0."""
    from SALib.analyze import morris, sobol

    assert np.isfinite(means).all()
    if not means.var() > 0.0:
        nothing = {path: Interval(0.0, 0.0, 0.0) for path in varied}
        return (nothing if design == "saltelli" else {}), nothing
    luck = int(stream(seed, 0, "bootstrap", design).integers(1, 2**31))  # SALib takes 0 for no seed at all
    if design == "saltelli":
        found = sobol.analyze(problem(varied), means, calc_second_order=False, num_resamples=RESAMPLES, seed=luck)
        return _intervals(varied, found["S1"], found["S1_conf"]), _intervals(varied, found["ST"], found["ST_conf"])
    u = unit_points(design, varied, len(means) // (len(varied) + 1), seed)
    found = morris.analyze(problem(varied), u, means, num_resamples=RESAMPLES, num_levels=LEVELS, seed=luck)
    return {}, _intervals(varied, np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"]))


def _intervals(varied: tuple[str, ...], middle: Array, half: Array) -> dict[str, Interval]:
    ends = zip(varied, middle.tolist(), half.tolist(), strict=True)
    return {path: Interval(mean, mean - width, mean + width) for path, mean, width in ends}


def luck_share(one: Array, other: Array, means: Array) -> float:
    """The share of the variance of the means between points that is luck (0..1): what two halves do not share.

    Halves of the runs have luck of their own, so that their covariance over points is what the parameters bring about.
    """
    variance = float(means.var(ddof=1))
    if not variance > 0.0:
        return 0.0
    return min(1.0, max(0.0, 1.0 - float(np.cov(one, other)[0, 1]) / variance))


# ---------------------------------------------------------------- in words


def headline(found: Sensitivity) -> str:
    """The one sentence to remember."""
    entries = found.plan.scenario.entries
    apart = [path for path in found.ranked() if found.told_apart(path)]
    if not apart:
        return f"{found.plan.about.label}: no parameter's effect can be told from zero."
    told = ", ".join(f"{entries[path].label} ({_index(found.total[path])})" for path in apart[:3])
    count = f"of {len(found.total)} unknowns {len(apart)} can be told from zero"
    return f"{found.plan.about.label} is moved most by {told}; {count}."


def _index(its: Interval) -> str:
    return bracketed(its, "z.2f")


def told(found: Sensitivity) -> str:
    """The sensitivity as text for a terminal."""
    plan, entries = found.plan, found.plan.scenario.entries
    spread = math.sqrt(found.variance)
    size = f"{100 * found.mean:.1f}%, with a standard deviation between points of {100 * spread:.1f} percentage points."
    if found.plan.about.unit != SHARE:
        size = f"{found.mean:.3g} {found.plan.about.unit}, with a standard deviation between points of {spread:.3g}."
    lines = [
        headline(found),
        "",
        f"{plan.title}: {plan.question}",
        f"{found.runs:,} runs at {len(plan.points):,} points, seed {plan.seed}. {found.plan.about.label}: {size}",
        f"Of the variance between points {found.luck:.0%} is luck, not parameters; more runs at each point lower it.",
    ]
    lines += [f"{found.failed:,} runs failed and are left out."] * bool(found.failed)
    ranked = found.ranked()
    shown = ranked[:MOST_TOLD]
    wide = max(len(path) for path in shown)
    heads = "total              first" if found.first else "mu*"
    lines += ["", f"{'':{wide}}  {heads}"]
    for path in shown:
        zero = "" if found.told_apart(path) else "   not told from zero"
        first = f"   {_index(found.first[path])}" if found.first else ""
        lines.append(f"{path:{wide}}  {_index(found.total[path])}{first}{zero}  {entries[path].label}")
    if len(ranked) > len(shown):
        highest = max(found.total[path].high for path in ranked[len(shown) :])
        lines.append(f"and {len(ranked) - len(shown)} more, none above {highest:.2f} with its interval")
    if any(its.mean < 0.0 for its in [*found.first.values(), *found.total.values()]):
        lines += ["", "An index below zero is one near zero, estimated from too few points; more points bring it up."]
    return "\n".join(lines)


def as_data(found: Sensitivity) -> dict[str, Any]:
    """The sensitivity as plain data for JSON."""
    plan = found.plan
    return {
        **played(plan, found.runs, found.failed),
        "method": next(method for method, design in DESIGNS.items() if design == plan.design),
        "measure": found.plan.measure,
        "mean": found.mean,
        "variance": found.variance,
        "luck": found.luck,
        "parameters": {
            path: {
                "label": plan.scenario.entries[path].label,
                "total": found.total[path].data(),
                **({"first": found.first[path].data()} if found.first else {}),
                "told_from_zero": found.told_apart(path),
            }
            for path in found.ranked()
        },
    }
