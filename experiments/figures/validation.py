"""The figures of calibration, backtest and forecast."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.problems import listed
from model.scenario import SHIPPED, load

from ..measures.intervals import Interval
from ..validation.backtest import MODEL, VERSIONS, YARDSTICKS, Backtest
from ..validation.backtest_finding import Backtests
from ..validation.calibrate import Calibration
from ..validation.forecast import Forecast
from ..validation.synthetic import BINS
from ..validation.validate import Validation
from .style import INK, LESS, PALE, WITH, WITHOUT, canvas, colour, panels, titled_panels, wrapped

type Figures = Mapping[str, Callable[[], Figure]]

MOST_SHOWN = 16  # parameters
RANKED = 12  # rank histograms
GROUPS = {  # of statistics, by the beginning of their names -> label of the axis
    "labs in ": "Labs that joined",
    "regimes that ": "Regimes joined",
    "order: ": "1 for yes; tens of days; weeks",
}


def calibration_figures(calibration: Calibration) -> Figures:
    """The figures of a calibration, by name."""
    figures = {"posterior": posterior, "ranks": ranks, "predictive": predictive}
    return {name: partial(draw, calibration) for name, draw in figures.items()}


def backtest_figures(backtests: Backtests) -> Figures:
    """The figures of the backtest, by name."""
    labels = load(SHIPPED / "baseline.yaml").labels
    first, changed, _ = VERSIONS
    return {
        "scores": partial(scores, backtests),
        "chances-first": partial(chances, backtests.first, first, labels),
        "chances-changed": partial(chances, backtests.changed, changed, labels),
    }


def forecast_figures(finding: Forecast) -> Figures:
    """The figure of a forecast, by name."""
    return {"forecast": partial(forecast, finding)}


def validation_figures(validation: Validation) -> Figures:
    """All of them, by name."""
    return {
        **calibration_figures(validation.calibration),
        **backtest_figures(validation.backtests),
        **forecast_figures(validation.forecast),
    }


# ---------------------------------------------------------------- calibration


def posterior(calibration: Calibration) -> Figure:
    """The parameters with the largest difference of prior and posterior, each with its 90% intervals."""
    entries = calibration.table.priors.entries
    shown = sorted(calibration.fitted, key=lambda parameter: -parameter.ks_distance)[:MOST_SHOWN]
    message = f"The record informs {len(calibration.informed)} of {len(calibration.fitted)} traits and weights"
    caption = (
        "Means and 90% intervals as shares of each parameter's allowed range: grey the prior, blue the posterior, pale "
        f"where the record does not inform it.\nThe {len(shown)} parameters that moved most; effective sample size "
        f"{calibration.effective_draws:,.0f}, seed {calibration.table.seed}."
    )
    figure, axes = canvas(9, 2.2 + 0.34 * len(shown), wrapped(message, 75), caption)
    for row, parameter in enumerate(shown):
        low, high = entries[parameter.path].low, entries[parameter.path].high
        assert low is not None
        assert high is not None
        _line(axes, row - 0.14, _share(parameter.prior, low, high), WITHOUT, 1.0)
        _line(axes, row + 0.14, _share(parameter.posterior, low, high), WITH, 1.0 if parameter.informed else 0.35)
    axes.set_yticks(range(len(shown)), [wrapped(entries[parameter.path].label, 52) for parameter in shown])
    axes.invert_yaxis()
    axes.set_xlabel("Share of the allowed range")
    return figure


def _share(interval: Interval, low: float, high: float) -> Interval:
    return Interval(*((value - low) / (high - low) for value in interval))


def _ends(interval: Interval) -> list[float]:
    """The ends of an interval; the estimate in place of one that it does not have."""
    return [interval.mean if math.isnan(end) else end for end in (interval.low, interval.high)]


def _line(axes: Axes, height: float, interval: Interval, shade: str, strength: float) -> None:
    axes.plot(_ends(interval), [height, height], color=shade, alpha=strength, linewidth=2)
    axes.plot(interval.mean, height, "o", color=shade, alpha=strength, markersize=5)


def ranks(calibration: Calibration) -> Figure:
    """Rank histograms of the parameters that moved most, with the band in which uniform ones lie."""
    from scipy.stats import binom

    check, fitted = calibration.synthetic, calibration.fitted
    columns = np.argsort([-parameter.ks_distance for parameter in fitted])[:RANKED]
    records = len(check.ranks)
    low, high = (float(binom.ppf(share, records, 1 / BINS)) for share in (0.005, 0.995))
    verdict = "are consistent with uniform ones" if check.passed else "are not uniform"
    message = f"Ranks of the truth in {records} posteriors, all parameters together, {verdict}"
    caption = (
        f"Each panel: the share of the posterior below the truth, in {BINS} bins, for one of the {len(columns)} "
        f"parameters that moved most. Band: 99% of bins of a uniform rank.\n"
        f"90% intervals hold the truth in {100 * check.coverage.mean:.1f}% of cases; smallest p of {len(check.p)} "
        f"histograms {check.p.min():.4f}."
    )
    figure, axes = titled_panels(10, 7, wrapped(message, 90), caption, 3, 4)
    for panel, column in zip(axes, columns, strict=False):
        label = calibration.table.priors.entries[fitted[column].path].label
        panel.axhspan(low, high, color="#DDDDDD")
        panel.hist(check.ranks[:, column], bins=np.linspace(0, 1, BINS + 1).tolist(), color=WITH, alpha=0.7)
        panel.set_title(wrapped(label, 30), fontsize=8, loc="left")
    return figure


def predictive(calibration: Calibration) -> Figure:
    """Each statistic of the record: observed, and replicated by the fitted model."""
    statistics = calibration.statistics
    inside = sum(statistic.low <= statistic.observed <= statistic.high for statistic in statistics)
    message = (
        f"{inside} of {len(statistics)} statistics of the record lie within 90% of the fitted model's replications"
    )
    caption = (
        "Bars: 90% of replications with fresh luck; dots: their mean; crosses: observed.\n"
        f"Seed {calibration.table.seed}. Days of review in the order are shown in tens."
    )
    figure, axes = panels(11, 5.4, wrapped(message, 60), caption, len(GROUPS))
    for panel, (prefix, label) in zip(axes, GROUPS.items(), strict=True):
        shown = [statistic for statistic in statistics if statistic.name.startswith(prefix)]
        for row, statistic in enumerate(shown):
            scale = 0.1 if "days" in statistic.name else 1.0
            ends = [statistic.low * scale, statistic.high * scale]
            panel.plot(ends, [row, row], color=WITH, linewidth=6, alpha=0.35)
            panel.plot(statistic.mean * scale, row, "o", color=WITH)
            panel.plot(statistic.observed * scale, row, "x", color=LESS, markersize=9, markeredgewidth=2)
        names = [statistic.name.removeprefix(prefix).removesuffix(" joined") for statistic in shown]
        panel.set_yticks(range(len(shown)), names)
        panel.invert_yaxis()
        panel.set_xlim(left=0)
        panel.set_xlabel(label)
    return figure


# ---------------------------------------------------------------- backtest and forecast


def chances(test: Backtest, version: str, labels: Mapping[str, str]) -> Figure:
    """The predicted probability that each lab joins the regime left out, and its decision."""
    figure, axes = canvas(
        9,
        4.6,
        wrapped(f"Each regime predicted from the others, {version}: {_verdict(test)}", 80),
        "Filled: joined; half filled: joined in part; empty: did not join. The line is a coin.\n"
        "Labs that were not asked are left out.",
    )
    labs, row_of_all = test.record.labs, int(test.record.asked.all(axis=1).argmax())
    for row, column in np.argwhere(test.record.asked):
        joined, lab = test.record.joined[row, column], labs[column]
        axes.plot(
            row + 0.09 * (column - (len(labs) - 1) / 2),
            test.predictions[MODEL][row].labs[column],
            "o",
            color=colour(lab),
            markersize=9,
            label=labels[lab] if row == row_of_all else None,
            fillstyle="left" if joined == 0.5 else "full" if joined else "none",
        )
    axes.axhline(0.5, color=PALE, linewidth=1, linestyle=":")
    axes.set_xticks(range(len(test.record.regimes)), [wrapped(name, 16) for name in test.record.regimes])
    axes.set_ylim(0, 1)
    axes.set_ylabel("Predicted probability of joining")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return figure


def _verdict(test: Backtest) -> str:
    if test.unbeaten:
        return f"the model does not beat {listed(test.unbeaten)}"
    all_clearly = len(test.clearly_beaten) == len(YARDSTICKS)
    return "the model beats every yardstick" + ("" if all_clearly else ", some by no more than chance")


SCORES = ("Brier score", "Log score", "Ranked probability score")


def scores(backtests: Backtests) -> Figure:
    """Scores of the model and the yardsticks, in each version."""
    figure, axes = panels(
        10,
        4.4,
        "How well the labs' decisions are predicted, one regime left out at a time",
        "Means and 95% intervals over regimes, each one observation; left is better. Ranked: of how many join. The\n"
        "first version is the test; the second has the one change tried after it; the third had the record in view.\n"
        "A line to the right only: the other end would be below 0, which no score is.",
        3,
    )
    rows = [(f"model, {version}", test.scores[MODEL]) for version, test in backtests.versions.items()]
    rows += [(name, backtests.first.scores[name]) for name in YARDSTICKS]
    for panel, field, label in zip(axes, ("brier", "log", "ranked"), SCORES, strict=True):
        for row, (name, score) in enumerate(rows):
            _line(panel, row, getattr(score, field), WITH if name.startswith(MODEL) else WITHOUT, 1.0)
        panel.set_yticks(range(len(rows)), [name if field == "brier" else "" for name, _ in rows])
        panel.invert_yaxis()
        panel.set_xlim(left=0)
        panel.set_xlabel(label)
    return figure


def forecast(finding: Forecast) -> Figure:
    """The probability of each option of each question."""
    rows = [
        (f"{name}: {option}" if option != "yes" else name, chance)
        for name, question in finding.questions.items()
        for option, chance in question.probabilities.items()
        if option != "no"
    ]
    first = next(iter(finding.questions.values())).probabilities["yes"]
    message = f"Declared final by 1 August with probability {first.mean:.0%}"
    caption = (
        "Means and 90% intervals over draws from the posterior, which do not show how wrong the model may be.\n"
        "Days of review and who joins are conditional on a framework being declared final.\n"
        "A line to one side only, or none: the other end is the limit that the misreading of answers sets."
    )
    figure, axes = canvas(9, 1.8 + 0.27 * len(rows), message, caption)
    for row, (_, chance) in enumerate(rows):
        axes.barh(row, chance.mean, height=0.6, color=WITH, alpha=0.5)
        axes.plot(_ends(chance), [row, row], color=INK, linewidth=1.5)
    axes.set_yticks(range(len(rows)), [name.replace("_", " ") for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("Probability")
    return figure
