"""Which unknowns move a measure: global sensitivity to every parameter that has a distribution.

The sample and the indices are SALib's. The mean over the runs at a point is what is analysed, under the same luck at
every point; the share of the variance between points that is luck all the same is estimated and reported. The intervals
of the indices are over points alone, so that an effect is claimed only where it is also more than the luck of the runs
(`signflips`).
"""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, quantiles, stream
from model.problems import refusal
from model.scenario import Scenario

from ..measures.intervals import Interval, no_moments, with_values
from ..measures.signflips import GroupMeans, chance, flips
from ..plans.design import Plan, Question
from ..runs.store import Store
from .common import measured, refuse_missing, unknowns
from .sensitivity_finding import Sensitivity

SAMPLES = {"sobol": "saltelli", "morris": "morris"}  # method -> how its points are sampled
RESAMPLES = 1000
LEVELS = 4  # of Morris' grid


class Method(NamedTuple):
    """The settings of the question: the ``method`` is 'sobol' or 'morris'."""

    method: str


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
        wanted = f"Sobol's sequence is balanced at powers of two: {below:,} or {2 * below:,}"
        raise refusal("sensitivity", f"found {points:,} base points; {wanted}")
    u = unit_points(SAMPLES[method], varied, points, seed)
    columns = quantiles([scenario.entries[path] for path in varied], u.T)
    return Plan(
        name=f"{scenario.name}-{method}-{measure}",
        title=f"Sensitivity of {about.label}",
        question=f"Which unknowns of {scenario.called} move it?",
        scenario=scenario,
        seed=seed,
        runs=runs,
        measures=(measure,),
        design=SAMPLES[method],
        varied=varied,
        points=tuple(zip(*(columns[path].tolist() for path in varied), strict=True)),
        asks=Question("sensitivity", Method(method)._asdict()),
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
    """The unit cube, as SALib describes it."""
    return {"num_vars": len(varied), "names": list(varied), "bounds": [[0.0, 1.0]] * len(varied)}


# ---------------------------------------------------------------- indices


def analyse(store: Store) -> Sensitivity:
    """The sensitivity of the measure, from the runs of a finished plan.

    Raises
    ------
    BadInput
        Where the measure has no value at some points.
    """
    plan = store.plan
    halves, runs, failed = no_moments(2 * len(plan.points)), 0, 0
    groups = GroupMeans(len(plan.points), plan.runs)
    for point, run, reasons, values in store.by_part(["point", "run", "failed", plan.measure]):
        halves = with_values(halves, 2 * point + (run >= plan.runs // 2), values)
        groups.add(point, run, values)
        runs, failed = runs + len(run), failed + int((reasons != "").sum())
    early, late = halves.mean[0::2], halves.mean[1::2]
    counts = halves.runs[0::2], halves.runs[1::2]
    refuse_missing(store, int(((counts[0] == 0) | (counts[1] == 0)).sum()), len(plan.points))
    means = (early * counts[0] + late * counts[1]) / (counts[0] + counts[1])
    first, total = indices(plan.design, plan.varied, means, plan.seed)
    return Sensitivity(
        plan=plan,
        first=first,
        total=total,
        mean=float(means.mean()),
        variance=float(means.var(ddof=1)),
        luck=luck_share(early, late, means),
        chances=chances(plan.design, plan.varied, groups.means(), plan.seed),
        runs=runs,
        failed=failed,
    )


def indices(
    design: str, varied: tuple[str, ...], means: Array, seed: int
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """First-order and total indices of a sample's means, with bootstrap intervals; 0 where the means do not vary.

    Without ends where resampling changes nothing.
    """
    from SALib.analyze import morris, sobol

    assert np.isfinite(means).all()
    if not means.var() > 0.0:
        zeros = _intervals(varied, *np.zeros((2, len(varied))))
        return (zeros if design == "saltelli" else {}), zeros
    luck = int(stream(seed, 0, "bootstrap", design).integers(1, 2**31))  # SALib takes 0 for no seed at all
    if design == "saltelli":
        sobols = sobol.analyze(problem(varied), means, calc_second_order=False, num_resamples=RESAMPLES, seed=luck)
        return _intervals(varied, sobols["S1"], sobols["S1_conf"]), _intervals(varied, sobols["ST"], sobols["ST_conf"])
    u = unit_points(design, varied, len(means) // (len(varied) + 1), seed)
    effects = morris.analyze(problem(varied), u, means, num_resamples=RESAMPLES, num_levels=LEVELS, seed=luck)
    return {}, _intervals(varied, np.asarray(effects["mu_star"]), np.asarray(effects["mu_star_conf"]))


def _intervals(varied: tuple[str, ...], middle: Array, half: Array) -> dict[str, Interval]:
    ends = zip(varied, middle.tolist(), np.where(half > 0.0, half, np.nan).tolist(), strict=True)
    return {path: Interval(mean, mean - width, mean + width) for path, mean, width in ends}


def chances(design: str, varied: tuple[str, ...], means: Array, seed: int) -> dict[str, float]:
    """For each parameter the probability that luck alone moves the measure as much (0..1).

    Parameters
    ----------
    means : a row a point of the sample, a column a group of runs
    """
    signs = flips(means.shape[1], stream(seed, 0, "signs", design))
    return {
        path: chance(means[after] - means[before], signs)
        for path, (before, after) in steps(design, varied, len(means), seed).items()
    }


def steps(design: str, varied: tuple[str, ...], points: int, seed: int) -> dict[str, tuple[Array, Array]]:
    """For each parameter the pairs of points of a sample that differ in it alone: the first of each, and the second."""
    if design == "saltelli":
        first = np.arange(0, points, len(varied) + 2)
        return {path: (first, first + number) for number, path in enumerate(varied, 1)}
    u = unit_points(design, varied, points // (len(varied) + 1), seed)
    moves = np.diff(u, axis=0) != 0.0
    moves[len(varied) :: len(varied) + 1] = False  # from one trajectory to the next
    before = {path: np.flatnonzero(moves[:, number]) for number, path in enumerate(varied)}
    return {path: (places, places + 1) for path, places in before.items()}


def luck_share(early: Array, late: Array, means: Array) -> float:
    """The share of the variance of the means between points that is luck (0..1).

    Halves of the runs have luck of their own, so their covariance over points is due to the parameters alone.
    """
    variance = float(means.var(ddof=1))
    if not variance > 0.0:
        return 0.0
    return min(1.0, max(0.0, 1.0 - float(np.cov(early, late)[0, 1]) / variance))
