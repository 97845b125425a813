"""The model fitted to the record: what it says of each trait and weight, and whether the fit can be trusted."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from .episodes import Played, joined, play_episodes
from .likelihood import effective
from .markdown import shown, table
from .posterior import LEVEL, Fitted, Table, correlations, fits, quantiles, resampled
from .record import ORDER, Record
from .synthetic import ERROR_RATE, Synthetic, synthetic

KEPT = 128  # draws that stand for the posterior; more would make a file too long to be read
REPLICATED = 20  # times that each of them plays everything anew
MOST_PAIRS = 5
FAR = 0.1  # by which the distribution functions of prior and posterior differ somewhere


class Statistic(NamedTuple):
    """One statistic of the record: what was seen, and what the fitted model brings about under fresh luck.

    ``low`` and ``high`` hold 90% of the replications, ``tail`` is the smaller share of them at or beyond what was seen.
    """

    name: str
    seen: float
    mean: float
    low: float
    high: float
    tail: float


class Calibration(NamedTuple):
    """What was found.

    ``worth`` is how many draws from the posterior the weighted ones are worth, ``kept`` the draws that stand for it
    (a row each), ``statistics`` the posterior predictive check.
    """

    table: Table
    record: Record
    weights: Array
    worth: float
    kept: Array
    fitted: list[Fitted]
    pairs: list[tuple[str, str, float]]
    statistics: list[Statistic]
    synthetic: Synthetic


def calibrate(table: Table, record: Record, records: int, workers: int) -> Calibration:
    """Weight the draws of a table by a record, replicate the record, and check the procedure on synthetic records."""
    weights = table.weights(record)
    kept = table.theta[resampled(table, weights, KEPT)]
    return Calibration(
        table,
        record,
        weights,
        effective(weights),
        kept,
        fits(table, weights),
        correlations(table, weights, MOST_PAIRS),
        replicated(table, record, kept, workers),
        synthetic(table, record, records),
    )


def replicated(table: Table, record: Record, kept: Array, workers: int) -> list[Statistic]:
    """Each statistic of the record beside what draws from the posterior bring about under fresh luck."""
    seed = int(stream(table.seed, 0, "replications").integers(2**62))
    played = play_episodes(record.regimes, record.labs, table.paths, kept, REPLICATED, seed, workers)
    seen = statistics(record, record.joined, record.order)
    return [_statistic(name, seen[name], its) for name, its in replications(record, played).items()]


def replications(record: Record, played: Played) -> Mapping[str, Array]:
    """The statistics of each time that the episodes were played."""
    sets = joined(played.signed, len(record.labs)).reshape(-1, len(record.regimes), len(record.labs))
    return statistics(record, sets, played.order.reshape(-1, len(ORDER)))


def statistics(record: Record, words: Array, order: Array | None) -> dict[str, Any]:
    """How many labs joined each regime, how many regimes each lab joined, and what came of the May draft.

    In the simplest model of who joins what, an effect of the lab plus one of the regime on the log odds, these margins
    hold all that the record says (Rasch 1960).
    """
    counted = np.where(record.asked, words, 0.0)
    its = {f"labs in {name}": counted[..., row, :].sum(axis=-1) for row, name in enumerate(record.regimes)}
    its |= {f"regimes that {lab} joined": counted[..., column].sum(axis=-1) for column, lab in enumerate(record.labs)}
    if order is not None:
        its |= {f"order: {name}": order[..., place] for place, name in enumerate(ORDER)}
    return its


def _statistic(name: str, seen: float, its: Array) -> Statistic:
    known = its[~np.isnan(its)]
    low, high = quantiles(known, np.full(len(known), 1.0 / len(known)), ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    tail = min(float((known <= seen).mean()), float((known >= seen).mean()))
    return Statistic(name, float(seen), float(known.mean()), low, high, tail)


# ---------------------------------------------------------------- in words


def told(found: Calibration) -> str:
    """The calibration as text, the headline first."""
    informed = sorted((its for its in found.fitted if its.informed), key=lambda its: -its.moved)
    off = [its for its in found.statistics if its.tail < (1 - LEVEL) / 2]
    its = found.synthetic
    lines = [
        f"The record moves {len(informed)} of {len(found.fitted)} traits and weights away from their priors, "
        f"{sum(its.moved > FAR for its in informed)} of them far; of the others it says too little to tell.",
        f"{len(found.statistics) - len(off)} of {len(found.statistics)} statistics of the record lie within what the "
        "fitted model brings about in 90% of replications.",
        "",
        f"{len(found.weights):,} draws from the priors, each played {found.table.times} times in every episode, seed "
        f"{found.table.seed}; weighted, they are worth {found.worth:,.0f} draws from the posterior.",
        f"On {len(its.ranks):,} synthetic records, 90% intervals hold the truth in {100 * its.coverage.mean:.1f}% "
        f"[{100 * its.coverage.low:.1f} to {100 * its.coverage.high:.1f}]; of {len(its.p)} rank histograms the most "
        f"uneven has p = {its.p.min():.4f}, and {'passes' if its.passed else 'DOES NOT PASS'} for uniform "
        f"(chi-squared, {100 * ERROR_RATE:g}% over all).",
        "",
        "What the record says: mean and 90% interval; moved: the largest difference of the distribution functions",
        "",
        *_fitted_told(found, informed),
        "",
        "Posterior predictive check: what was seen, and what the fitted model brings about under fresh luck",
        "",
        *_statistics_told(found),
        "",
        "Not informed by the record: " + ", ".join(its.path for its in found.fitted if not its.informed) + ".",
        "",
        "What the record ties together most",
        "",
        *table(["one", "other", "correlation"], [[one, other, f"{r:+.2f}"] for one, other, r in found.pairs]),
    ]
    return "\n".join(lines)


def _fitted_told(found: Calibration, informed: list[Fitted]) -> list[str]:
    entries = found.table.priors.entries
    rows = [
        [its.path, entries[its.path].label, shown(its.prior, ".2f"), shown(its.posterior, ".2f"), f"{its.moved:.2f}"]
        for its in informed
    ]
    return table(["parameter", "what", "prior", "posterior", "moved"], rows)


def _statistics_told(found: Calibration) -> list[str]:
    rows = [
        [its.name, f"{its.seen:g}", f"{its.mean:.2f} [{its.low:.3g} to {its.high:.3g}]", f"{its.tail:.2f}"]
        for its in found.statistics
    ]
    return table(["statistic", "seen", "brought about (90%)", "tail"], rows)


def as_data(found: Calibration) -> dict[str, Any]:
    """The calibration as plain data for JSON."""
    its = found.synthetic
    return {
        "draws": len(found.weights),
        "times": found.table.times,
        "seed": found.table.seed,
        "worth": found.worth,
        "parameters": {
            fit.path: {
                "prior": fit.prior._asdict(),
                "posterior": fit.posterior._asdict(),
                "moved": fit.moved,
                "informed": fit.informed,
            }
            for fit in found.fitted
        },
        "correlations": [list(pair) for pair in found.pairs],
        "statistics": [statistic._asdict() for statistic in found.statistics],
        "synthetic": {
            "records": len(its.ranks),
            "coverage": its.coverage._asdict(),
            "smallest_p": float(its.p.min()),
            "passed": its.passed,
        },
    }


def as_csv(found: Calibration) -> str:
    """The draws that stand for the posterior: a column a parameter, a row a draw."""
    rows = [",".join(found.table.paths), *(",".join(f"{value:.6g}" for value in row) for row in found.kept)]
    return "\n".join(rows) + "\n"


def as_yaml(found: Calibration, provenance: str) -> str:
    """A scenario whose fitted traits and weights are draws from the posterior."""
    lines = [
        "# yaml-language-server: $schema=schema.json",
        "#",
        f"# Written by Opt-In: {provenance}.",
        "# A run takes the same draw of every parameter here, so that what the record ties together stays together.",
        "extends: baseline.yaml",
        "title: Calibrated",
        "question: What does the baseline come to once traits and weights are fitted to who joined what since 2023?",
    ]
    sections: dict[str, Any] = {}
    for path, values in zip(found.table.paths, found.kept.T, strict=True):
        *steps, last = path.split(".")
        section = sections
        for step in steps:
            section = section.setdefault(step, {})
        section[last] = "[" + ", ".join(f"{value:.4g}" for value in values) + "]"
    return "\n".join(lines + list(_nested(sections, ""))) + "\n"


def _nested(section: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, its in section.items():
        if isinstance(its, str):
            yield f"{indent}{name}: {{distribution: {{draws: {{values: {its}}}}}, source: {{assumption: {FITTED}}}}}"
        else:
            yield f"{indent}{name}:"
            yield from _nested(its, indent + "  ")


FITTED = '"posterior of optin calibrate, see model/VALIDATION.md"'
