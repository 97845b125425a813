"""The figures of calibration, backtest and forecast."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.scenario import SHIPPED, load

from ..measures.intervals import Interval
from ..results.words import bracketed, counted
from ..validation.backtest import MODEL, SHARED, YARDSTICKS, Backtest
from ..validation.backtest_finding import NEW, Backtests, mechanism_verdict
from ..validation.calibrate import Calibration
from ..validation.forecast import Forecast
from ..validation.forecast_scores import Scored
from ..validation.recorded import FORECAST
from ..validation.validate import Validation
from ..yardsticks.scoring import reliability as reliable_groups
from .style import INK, LESS, PALE, WITH, WITHOUT, canvas, colour, panels, titled_panels, wrapped
from .yardsticks import reliable

type Figures = Mapping[str, Callable[[], Figure]]

MOST_SHOWN = 16  # parameters
RANKED, BINS = 12, 10  # rank histograms, and bins in each
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
    return {
        "scores": partial(scores, backtests),
        "chances": partial(chances, backtests.first, labels),
        "reliability": partial(reliability, backtests.first),
    }


def score_figures(finding: Scored) -> Figures:
    """The figure of a scored forecast, by name."""
    return {"reliability": partial(forecast_reliability, finding)}


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
    entries = calibration.entries
    shown = sorted(calibration.fitted, key=lambda parameter: -parameter.ks_distance)[:MOST_SHOWN]
    message = f"The record informs {len(calibration.informed)} of {len(calibration.fitted)} traits and weights"
    caption = (
        "Means and 90% intervals as shares of each parameter's allowed range: grey the prior, blue the posterior, pale "
        f"where the record does not inform it.\nThe {len(shown)} parameters that moved most; effective sample size "
        f"at least {min(calibration.effective_draws):,.0f}, seed {calibration.posterior.seed}."
    )
    figure, axes = canvas(9, 2.2 + 0.34 * len(shown), message, caption)
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
    """Rank histograms of the log likelihood and of the parameters that records inform, and the band of uniform ones."""
    from scipy.stats import binom

    check, problem = calibration.synthetic, calibration.posterior.problem
    records = len(check.ranks)
    low, high = (float(binom.ppf(share, records, 1 / BINS)) for share in (0.005, 0.995))
    columns = [-1, *np.argsort(-check.shrunk)[: RANKED - 1]]
    names = {-1: "log likelihood"} | {k: problem.entries[path].label for k, path in enumerate(problem.read)}
    verdict = "are consistent with uniform ones" if check.passed else "are not uniform"
    message = f"Ranks of the truth in {records} posteriors, all quantities together, {verdict}"
    caption = (
        f"Each panel: the share of the posterior below the truth, in {BINS} bins, for the log likelihood and the "
        f"{len(columns) - 1} parameters that records inform most.\nBand: 99% of bins of a uniform rank. 90% intervals "
        f"of informed parameters hold the truth in {100 * check.coverage.mean:.1f}% of cases."
    )
    figure, axes = titled_panels(10, 7, message, caption, 3, 4)
    for panel, column in zip(axes, columns, strict=False):
        panel.axhspan(low, high, color="#DDDDDD")
        panel.hist(check.ranks[:, column], bins=np.linspace(0, 1, BINS + 1).tolist(), color=WITH, alpha=0.7)
        panel.set_title(wrapped(names[int(column)], 30), fontsize=8, loc="left")
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
        f"Seed {calibration.posterior.seed}. Days of review in the order are shown in tens."
    )
    most = max(sum(statistic.name.startswith(prefix) for statistic in statistics) for prefix in GROUPS)
    figure, axes = panels(12, 2.0 + 0.32 * most, message, caption, len(GROUPS))
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


def chances(test: Backtest, labels: Mapping[str, str]) -> Figure:
    """The predicted probability that each lab joins the regime left out, and its decision."""
    regimes, labs = test.record.regimes, test.record.labs
    figure, axes = canvas(
        9,
        1.8 + 0.36 * len(regimes),
        f"Each regime predicted from the others. {mechanism_verdict(test).split(':')[0]}",
        "Filled: joined; half filled: joined in part; empty: did not join. The line is a coin.\n"
        "Labs whose decision is not known are left out.",
    )
    drawn = set()
    for row, column in np.argwhere(test.record.asked):
        joined, lab = test.record.joined[row, column], labs[column]
        axes.plot(
            test.predictions[MODEL][row].labs[column],
            row + 0.09 * (column - (len(labs) - 1) / 2),
            "o",
            color=colour(lab),
            markersize=7,
            label=None if lab in drawn else labels[lab],
            fillstyle="left" if joined == 0.5 else "full" if joined else "none",
        )
        drawn.add(lab)
    axes.axvline(0.5, color=PALE, linewidth=1, linestyle=":")
    axes.set_yticks(range(len(regimes)), regimes)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("Predicted probability of joining")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return figure


def reliability(test: Backtest) -> Figure:
    """The share that joined, with its interval, beside what the model predicted of groups of decisions."""
    known = test.record.asked
    predicted = np.array([its.labs for its in test.predictions[MODEL]])[known]
    groups = reliable_groups(predicted, test.record.joined[known], np.nonzero(known)[0])
    return reliable(
        groups, "Decisions in groups of one size by their predicted chance. Bars: 95% intervals over regimes."
    )


SCORES = ("Brier score", "Log score", "Ranked probability score")


def scores(backtests: Backtests) -> Figure:
    """Scores of the model and the yardsticks, in each version that has all regimes."""
    versions = {name: test for name, test in backtests.versions.items() if name != NEW}
    rows = [(name, backtests.first.scores[name]) for name in (MODEL, *YARDSTICKS)]
    rows += [
        (f"{name}, {version}", test.scores[name])
        for version, test in list(versions.items())[1:]
        for name in (MODEL, SHARED)
    ]
    figure, axes = panels(
        12,
        1.8 + 0.34 * len(rows),
        mechanism_verdict(backtests.first).split(":")[0],
        "One regime left out at a time. Means and 95% intervals over regimes, each one observation; left is better.\n"
        "Ranked: of how many join. First the test, then the other versions. A line to the right only: the other end\n"
        "would be below 0, which no score is.",
        3,
    )
    for panel, field, label in zip(axes, ("brier", "log", "ranked"), SCORES, strict=True):
        for row, (name, score) in enumerate(rows):
            _line(panel, row, getattr(score, field), WITH if name.startswith(MODEL) else WITHOUT, 1.0)
        panel.set_yticks(range(len(rows)), [wrapped(name, 44) if field == "brier" else "" for name, _ in rows])
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
    message = f"Declared final by 1 August with probability {bracketed(first, '.0%')}"
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
    axes.margins(y=0.01)
    axes.set_xlim(0, 1)
    axes.set_xlabel("Probability")
    return figure


def forecast_reliability(finding: Scored) -> Figure:
    """The share of options that happened beside their mean chance, in groups of chances."""
    of = finding.means[FORECAST]
    score = bracketed(of.means[0], ".3f")
    message = f"Brier score {score} on {counted(of.questions, 'question')} in {counted(of.clusters, 'cluster')}"
    caption = (
        "Options in groups by their chances; of yes and no only yes. Bars: 95% intervals over clusters of\n"
        "questions, where a group has several and not all agree. Numbers: options in a group."
    )
    figure, axes = canvas(6, 5, message, caption)
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=":")
    for group in finding.groups:
        happened = group.happened
        axes.plot([group.chance] * 2, _ends(happened), color=WITH, linewidth=2)
        axes.plot(group.chance, happened.mean, "o", color=WITH, markersize=5)
        axes.annotate(str(group.options), (group.chance, happened.mean), (6, 4), textcoords="offset points", color=INK)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.08)
    axes.set_xlabel("Mean chance by the forecast")
    axes.set_ylabel("Share that happened")
    return figure
