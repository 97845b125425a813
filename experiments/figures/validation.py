"""The figures of calibration, backtest and forecast."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..measures.intervals import Interval
from ..validation.backtest import MODEL, Backtest
from ..validation.calibrate import Calibration
from ..validation.forecast import Question
from ..validation.synthetic import BINS
from .style import INK, LESS, PALE, WITH, WITHOUT, canvas, colour, panels, titled_panels, wrapped

MOST_SHOWN = 16  # parameters
RANKED = 12  # rank histograms


def posterior(found: Calibration) -> Figure:
    """The parameters that the record moves most: prior and posterior, each with its 90% interval."""
    entries = found.table.priors.entries
    shown = sorted(found.fitted, key=lambda its: -its.moved)[:MOST_SHOWN]
    informed = sum(its.informed for its in found.fitted)
    message = f"The record tells {informed} of {len(found.fitted)} traits and weights apart from their priors"
    text = (
        "Means and 90% intervals as shares of each parameter's allowed range: grey the prior, blue the posterior, pale "
        f"where the record does not inform it.\nThe {len(shown)} that moved most; worth {found.worth:,.0f} draws from "
        f"the posterior, seed {found.table.seed}."
    )
    figure, axes = canvas(9, 2.2 + 0.34 * len(shown), wrapped(message, 75), text)
    for place, its in enumerate(shown):
        low, high = entries[its.path].low, entries[its.path].high
        assert low is not None
        assert high is not None
        _line(axes, place - 0.14, _share(its.prior, low, high), WITHOUT, 1.0)
        _line(axes, place + 0.14, _share(its.posterior, low, high), WITH, 1.0 if its.informed else 0.35)
    axes.set_yticks(range(len(shown)), [wrapped(entries[its.path].label, 52) for its in shown])
    axes.invert_yaxis()
    axes.set_xlabel("Share of the allowed range")
    return figure


def _share(its: Interval, low: float, high: float) -> Interval:
    return Interval(*((value - low) / (high - low) for value in (its.mean, its.low, its.high)))


def _line(axes: Axes, place: float, its: Interval, shade: str, strength: float) -> None:
    axes.plot([its.low, its.high], [place, place], color=shade, alpha=strength, linewidth=2)
    axes.plot(its.mean, place, "o", color=shade, alpha=strength, markersize=5)


def ranks(found: Calibration) -> Figure:
    """Rank histograms of the parameters that moved most, with the band in which uniform ones lie."""
    from scipy.stats import binom

    its = found.synthetic
    places = np.argsort([-fit.moved for fit in found.fitted])[:RANKED]
    records = len(its.ranks)
    low, high = (float(binom.ppf(share, records, 1 / BINS)) for share in (0.005, 0.995))
    verdict = "pass for uniform" if its.passed else "do not pass for uniform"
    message = f"Where the truth lies in {records} posteriors: the ranks of all parameters together {verdict}"
    text = (
        f"Each panel: the share of the posterior below the truth, in {BINS} bins, for one of the {len(places)} "
        f"parameters that the record moves most. Band: 99% of bins of a uniform rank.\n"
        f"90% intervals hold the truth in {100 * its.coverage.mean:.1f}% of cases; smallest p of {len(its.p)} "
        f"histograms {its.p.min():.4f}."
    )
    figure, axes = titled_panels(10, 7, wrapped(message, 90), text, 3, 4)
    labels = [found.table.priors.entries[found.fitted[place].path].label for place in places]
    for panel, place, label in zip(axes, places, labels, strict=False):
        panel.axhspan(low, high, color="#DDDDDD")
        panel.hist(its.ranks[:, place], bins=np.linspace(0, 1, BINS + 1).tolist(), color=WITH, alpha=0.7)
        panel.set_title(wrapped(label, 30), fontsize=8, loc="left")
    return figure


def predictive(found: Calibration) -> Figure:
    """Each statistic of the record: what was seen, and what the fitted model brings about."""
    groups = [(prefix, [its for its in found.statistics if its.name.startswith(prefix)]) for prefix in GROUPS]
    inside = sum(its.low <= its.seen <= its.high for its in found.statistics)
    message = f"{inside} of {len(found.statistics)} statistics of the record lie where the fitted model puts 90%"
    text = (
        "Bars: 90% of replications with fresh luck, dots their mean; crosses: what was seen.\n"
        f"Seed {found.table.seed}. Days of review in the order are shown in tens."
    )
    figure, axes = panels(11, 5.4, wrapped(message, 60), text, len(groups))
    for panel, (prefix, shown) in zip(axes, groups, strict=True):
        for place, its in enumerate(shown):
            scale = 0.1 if "days" in its.name else 1.0
            panel.plot([its.low * scale, its.high * scale], [place, place], color=WITH, linewidth=6, alpha=0.35)
            panel.plot(its.mean * scale, place, "o", color=WITH)
            panel.plot(its.seen * scale, place, "x", color=LESS, markersize=9, markeredgewidth=2)
        names = [its.name.removeprefix(prefix).removesuffix(" joined") for its in shown]
        panel.set_yticks(range(len(shown)), names)
        panel.invert_yaxis()
        panel.set_xlim(left=0)
        panel.set_xlabel(GROUPS[prefix])
    return figure


GROUPS = {
    "labs in ": "Labs that joined",
    "regimes that ": "Regimes joined",
    "order: ": "1 for yes; tens of days; weeks",
}


def chances(its: Backtest, version: str, labels: Mapping[str, str]) -> Figure:
    """How likely each lab was to join the regime left out, and whether it did."""
    figure, axes = canvas(
        9,
        4.6,
        wrapped(f"Each regime predicted from the others, {version}: {_told(its)}", 80),
        "Filled: joined; half filled: in part; empty: did not. The line is a coin.\n"
        "Labs that were not asked are left out.",
    )
    labs, everywhere = its.record.labs, int(its.record.asked.all(axis=1).argmax())
    for row, column in np.argwhere(its.record.asked):
        seen, lab = its.record.joined[row, column], labs[column]
        axes.plot(
            row + 0.09 * (column - (len(labs) - 1) / 2),
            its.chances[MODEL][row, column],
            "o",
            color=colour(lab),
            markersize=9,
            label=labels[lab] if row == everywhere else None,
            fillstyle="left" if seen == 0.5 else "full" if seen else "none",
        )
    axes.axhline(0.5, color=PALE, linewidth=1, linestyle=":")
    axes.set_xticks(range(len(its.record.regimes)), [wrapped(name, 16) for name in its.record.regimes])
    axes.set_ylim(0, 1)
    axes.set_ylabel("Predicted probability of joining")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return figure


def _told(its: Backtest) -> str:
    if its.unbeaten:
        return f"the model does not beat {', '.join(its.unbeaten)}"
    return "the model beats every yardstick" + ("" if len(its.beyond_doubt) == 4 else ", some by no more than chance")


def scores(versions: Mapping[str, Backtest]) -> Figure:
    """Brier and log scores of the model and the yardsticks, in each version."""
    figure, axes = panels(
        10,
        4.4,
        "How well who joined is predicted, a regime left out at a time",
        "Means and 95% intervals over lab-and-regime pairs, which are not independent; left is better. The first\n"
        "version is the test; the second has the one change tried after it; the third had the record in view.",
        2,
    )
    first = next(iter(versions.values()))
    rows = [(f"model, {version}", test.scores[MODEL]) for version, test in versions.items()]
    rows += [(way, score) for way, score in first.scores.items() if way != MODEL]
    for panel, name in zip(axes, ("brier", "log"), strict=True):
        for place, (way, score) in enumerate(rows):
            _line(panel, place, getattr(score, name), WITH if way.startswith(MODEL) else WITHOUT, 1.0)
        panel.set_yticks(range(len(rows)), [way for way, _ in rows] if name == "brier" else [""] * len(rows))
        panel.invert_yaxis()
        panel.set_xlim(left=0)
        panel.set_xlabel("Brier score" if name == "brier" else "Log score")
    return figure


def forecast(questions: Mapping[str, Question]) -> Figure:
    """The probability of each option of each question."""
    rows = [
        (f"{name}: {option}" if option != "yes" else name, chance)
        for name, its in questions.items()
        for option, chance in its.probabilities.items()
        if option != "no"
    ]
    first = next(iter(questions.values())).probabilities["yes"]
    message = f"Declared final by 1 August: {first.mean:.0%}; and what else is forecast"
    text = (
        "Means and 90% intervals over draws from the posterior, which do not say how wrong the model may be.\n"
        "Lengths and names are given that a framework is declared final."
    )
    figure, axes = canvas(9, 1.8 + 0.27 * len(rows), message, text)
    for place, (_, chance) in enumerate(rows):
        axes.barh(place, chance.mean, height=0.6, color=WITH, alpha=0.5)
        axes.plot([chance.low, chance.high], [place, place], color=INK, linewidth=1.5)
    axes.set_yticks(range(len(rows)), [name.replace("_", " ") for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("Probability")
    return figure
