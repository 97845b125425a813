"""The model fitted to the record: the posterior of each trait and weight, and whether the fit can be trusted."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from model.draws import Array

from ..results.words import bracketed
from .likelihood import effective_draws
from .markdown import markdown_table
from .posterior import Fitted, Table, correlations, fits, resampled
from .predictive import Statistic, replicate
from .record import Record
from .synthetic import ERROR_RATE, SyntheticCheck, check_on_synthetic_records

POSTERIOR_DRAWS = 128  # that represent the posterior; more would make a file too long to be read
MOST_PAIRS = 5
FAR = 0.1  # a KS distance from which a posterior counts as far from its prior
SOURCE = '"posterior of optin calibrate, see model/VALIDATION.md"'


class Calibration(NamedTuple):
    """The fit and its checks.

    ``weights`` are those of the table's draws, ``effective_draws`` their effective sample size, ``theta`` the draws
    that represent the posterior (a row each), ``pairs`` the strongest correlations, ``statistics`` the posterior
    predictive check.
    """

    table: Table
    record: Record
    weights: Array
    effective_draws: float
    theta: Array
    fitted: list[Fitted]
    pairs: list[tuple[str, str, float]]
    statistics: list[Statistic]
    synthetic: SyntheticCheck

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
            f"{len(self.weights):,} draws from the priors, each played {self.table.times} times in every episode, seed "
            f"{self.table.seed}; the effective sample size of the weighted draws is {self.effective_draws:,.0f}.",
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
            "draws": len(self.weights),
            "times": self.table.times,
            "seed": self.table.seed,
            "worth": self.effective_draws,
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
            "synthetic": {
                "records": len(self.synthetic.ranks),
                "coverage": self.synthetic.coverage.data(),
                "smallest_p": float(self.synthetic.p.min()),
                "passed": self.synthetic.passed,
            },
        }


def calibrate(table: Table, record: Record, records: int, workers: int) -> Calibration:
    """Weight the draws of a table by a record, replicate the record, and check the procedure on synthetic records."""
    weights = table.weights(record)
    theta = table.theta[resampled(table, weights, POSTERIOR_DRAWS)]
    return Calibration(
        table=table,
        record=record,
        weights=weights,
        effective_draws=effective_draws(weights),
        theta=theta,
        fitted=fits(table, weights),
        pairs=correlations(table, weights, MOST_PAIRS),
        statistics=replicate(table, record, theta, workers),
        synthetic=check_on_synthetic_records(table, record, records),
    )


def _synthetic_text(check: SyntheticCheck) -> str:
    verdict = "is" if check.passed else "IS NOT"
    return (
        f"On {len(check.ranks):,} synthetic records, 90% intervals hold the truth in "
        f"{bracketed(check.coverage, '.1%')} of cases. Of {len(check.p)} rank histograms the most uneven has p = "
        f"{check.p.min():.4f}, which {verdict} consistent with uniform ranks (chi-squared, {100 * ERROR_RATE:g}% over "
        "all)."
    )


def _fitted_table(calibration: Calibration) -> list[str]:
    entries = calibration.table.priors.entries
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
    return "\n".join([",".join(calibration.table.paths), *rows]) + "\n"


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
    for path, values in zip(calibration.table.paths, calibration.theta.T, strict=True):
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
