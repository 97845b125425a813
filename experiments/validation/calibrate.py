"""The model fitted to the record: the posterior of each trait and weight, and whether the fit can be trusted."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.scenario import Entry, Scenario

from ..results.words import bracketed
from .asking import set_chances
from .cascade import lab_chances
from .episodes import Outcomes, joined
from .fit import Effort, Posterior, fit, fitted
from .markdown import markdown_table
from .posterior import Fitted, correlations
from .predictive import Statistic, beside_record, play_again
from .ranks import ERROR_RATE, RankCheck, check_ranks, experiment_on, sampled
from .record import Record

POSTERIOR_DRAWS = 128  # that represent the posterior; more would make a file too long to be read
MOST_PAIRS = 5
SYNTHETIC_PARTICLES = 128  # by which the procedure fits a synthetic record
FAR = 0.1  # a KS distance from which a posterior counts as far from its prior
SOURCE = '"posterior of optin calibrate, see model/VALIDATION.md"'


class Calibration(NamedTuple):
    """The fit and its checks.

    ``theta`` are the draws that represent the posterior (a row each), ``pairs`` the strongest correlations,
    ``statistics`` the posterior predictive check, ``by_plays`` how far the chance that a lab joins a regime is off in
    the law that was fitted: by the engine's plays, over all labs and regimes, the mean and the largest difference.
    """

    posterior: Posterior
    record: Record
    effort: Effort
    theta: Array
    fitted: list[Fitted]
    pairs: list[tuple[str, str, float]]
    statistics: list[Statistic]
    by_plays: tuple[float, float]
    synthetic: RankCheck

    @property
    def entries(self) -> dict[str, Entry]:
        """The fitted parameters with their priors, by path."""
        return {entry.path: entry for entry in self.posterior.problem.entries}

    @property
    def effective_draws(self) -> tuple[float, float]:
        """The least effective sample size of a parameter that decisions read, and of any other."""
        sizes = self.posterior.effective_draws
        read = np.isin(np.arange(len(sizes)), self.posterior.problem.read)
        return float(sizes[read].min()), float(sizes[~read].min())

    @property
    def informed(self) -> list[Fitted]:
        """The parameters that the record informs, the largest difference of prior and posterior first."""
        informed = (parameter for parameter in self.fitted if parameter.informed)
        return sorted(informed, key=lambda parameter: -parameter.ks_distance)

    def headline(self) -> str:
        """How many traits and weights the record informs."""
        far = sum(parameter.ks_distance > FAR for parameter in self.informed)
        return (
            f"The record moves {len(self.informed)} of {len(self.fitted)} traits and weights away from their priors, "
            f"{far} of them far; it holds too little information about the others."
        )

    def text(self) -> str:
        """The calibration as text, the headline first."""
        typical = sum(statistic.is_typical for statistic in self.statistics)
        uninformed = [parameter.path for parameter in self.fitted if not parameter.informed]
        lines = [
            self.headline(),
            f"{typical} of {len(self.statistics)} statistics of the record lie within 90% of the fitted model's "
            "replications.",
            "",
            _effort_text(self),
            _plays_text(self),
            _synthetic_text(self.synthetic),
            "",
            "Parameters that the record informs: means and 90% intervals. The KS distance is the largest difference",
            "between the distribution functions of prior and posterior.",
            "",
            *_fitted_table(self),
            "",
            "Posterior predictive check: statistics of the record, and replications by the fitted model",
            "",
            *_statistics_table(self.statistics),
            "",
            "Not informed by the record: " + ", ".join(uninformed) + ".",
            "",
            "Strongest correlations in the posterior",
            "",
            *markdown_table(
                ["parameter", "with", "correlation"], [[first, second, f"{r:+.2f}"] for first, second, r in self.pairs]
            ),
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The calibration as plain data that JSON can hold."""
        return {
            "draws": len(self.posterior.particle_weights),
            "times": self.effort.times,
            "seed": self.posterior.seed,
            "worth": dict(zip(("traits of labs and weights", "offices"), self.effective_draws, strict=True)),
            "parameters": {
                parameter.path: {
                    "prior": parameter.prior.data(),
                    "posterior": parameter.posterior.data(),
                    "moved": parameter.ks_distance,
                    "informed": parameter.informed,
                }
                for parameter in self.fitted
            },
            "correlations": [list(pair) for pair in self.pairs],
            "statistics": [statistic.data() for statistic in self.statistics],
            "plays": dict(zip(("mean", "largest"), self.by_plays, strict=True)),
            "synthetic": {
                "records": len(self.synthetic.ranks),
                "informed": int(self.synthetic.informed.sum()),
                "coverage": self.synthetic.coverage.data(),
                "smallest_p": float(self.synthetic.p.min()),
                "passed": self.synthetic.passed,
            },
        }


def calibrate(record: Record, priors: Scenario, effort: Effort, records: int, seed: int, workers: int) -> Calibration:
    """Fit the model to a record, replicate the record by plays, and check the procedure on synthetic records."""
    posterior = fit(record, priors, effort, seed, workers)
    theta = posterior.resampled(POSTERIOR_DRAWS)
    played = play_again(posterior.problem.paths, record, theta, seed, workers)
    experiment = experiment_on(posterior.problem, workers)
    return Calibration(
        posterior=posterior,
        record=record,
        effort=effort,
        theta=theta,
        fitted=fitted(posterior),
        pairs=correlations(posterior.problem.paths, posterior.theta, posterior.weights, MOST_PAIRS),
        statistics=beside_record(record, played),
        by_plays=_by_plays(posterior, record, theta, played),
        synthetic=check_ranks(experiment, sampled(SYNTHETIC_PARTICLES, seed), records, seed),
    )


def _by_plays(posterior: Posterior, record: Record, theta: Array, played: Outcomes) -> tuple[float, float]:
    """How far the law's chances that labs join are off from plays with the same draws: the mean, and the largest."""
    shares = joined(played.signed, len(record.labs)).mean(axis=(0, 1))
    off = [
        np.abs(
            lab_chances(set_chances(regime, theta).mean(axis=0)) - row[[record.labs.index(lab) for lab in regime.labs]]
        )
        for regime, row in zip(posterior.problem.decisions.regimes, shares, strict=True)
    ]
    differences = np.concatenate(off)
    return float(differences.mean()), float(differences.max())


def _effort_text(calibration: Calibration) -> str:
    effort, (labs, offices) = calibration.effort, calibration.effective_draws
    return (
        f"{effort.samples * effort.particles:,} draws from the posterior in {effort.samples} samples, seed "
        f"{calibration.posterior.seed}; the effective sample size is {labs:,.0f} for what decides who joins and "
        f"{offices:,.0f} for what decides the order alone, which each draw plays {effort.copies * effort.times} times."
    )


def _plays_text(calibration: Calibration) -> str:
    mean, largest = calibration.by_plays
    return (
        f"The law that is fitted leaves out courting, news and a pending bill: by the engine's own plays the chance "
        f"that a lab joins a regime differs by {mean:.3f} on average and {largest:.2f} at most."
    )


def _synthetic_text(check: RankCheck) -> str:
    verdict = "is" if check.passed else "IS NOT"
    return (
        f"On {len(check.ranks):,} synthetic records, 90% intervals of the {check.informed.sum()} parameters that "
        f"records inform hold the truth in {bracketed(check.coverage, '.1%')} of cases. Of {len(check.p)} tests (ranks "
        "of each parameter and of the log likelihood, and that coverage) the most alarming has "
        f"p = {check.p.min():.4f}, which {verdict} consistent with a right procedure ({100 * ERROR_RATE:g}% over all)."
    )


def _fitted_table(calibration: Calibration) -> list[str]:
    entries = calibration.entries
    rows = [
        [
            parameter.path,
            entries[parameter.path].label,
            bracketed(parameter.prior, ".2f"),
            bracketed(parameter.posterior, ".2f"),
            f"{parameter.ks_distance:.2f}",
        ]
        for parameter in calibration.informed
    ]
    return markdown_table(["parameter", "meaning", "prior", "posterior", "KS distance"], rows)


def _statistics_table(statistics: list[Statistic]) -> list[str]:
    rows = [
        [
            statistic.name,
            f"{statistic.observed:g}",
            _replicated(statistic),
            f"{statistic.tail:.2f}",
        ]
        for statistic in statistics
    ]
    return markdown_table(["statistic", "observed", "replicated (90%)", "tail"], rows)


def _replicated(statistic: Statistic) -> str:
    """The mean of the replications, and what 90% of them lie between unless they are all the same."""
    ends = f" [{statistic.low:.3g} to {statistic.high:.3g}]" if statistic.low < statistic.high else ""
    return f"{statistic.mean:.2f}{ends}"


# ---------------------------------------------------------------- files


def posterior_csv(calibration: Calibration) -> str:
    """The draws that represent the posterior: a column a parameter, a row a draw."""
    rows = [",".join(f"{value:.6g}" for value in row) for row in calibration.theta]
    return "\n".join([",".join(calibration.posterior.problem.paths), *rows]) + "\n"


def calibrated_yaml(calibration: Calibration, provenance: str) -> str:
    """A scenario whose fitted traits and weights are draws from the posterior."""
    lines = [
        "# yaml-language-server: $schema=schema.json",
        "#",
        f"# Written by Opt-In: {provenance}.",
        "# A run takes the same posterior draw for every parameter in this file, which keeps their correlations.",
        "extends: baseline.yaml",
        "title: Calibrated",
        "question: What does the baseline come to once traits and weights are fitted to who joined what since 2023?",
    ]
    sections: dict[str, Any] = {}
    for path, values in zip(calibration.posterior.problem.paths, calibration.theta.T, strict=True):
        *steps, last = path.split(".")
        section = sections
        for step in steps:
            section = section.setdefault(step, {})
        section[last] = "[" + ", ".join(f"{value:.4g}" for value in values) + "]"
    return "\n".join(lines + list(_nested(sections, ""))) + "\n"


def _nested(section: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, entry in section.items():
        if isinstance(entry, str):
            yield f"{indent}{name}: {{distribution: {{draws: {{values: {entry}}}}}, source: {{assumption: {SOURCE}}}}}"
        else:
            yield f"{indent}{name}:"
            yield from _nested(entry, indent + "  ")
