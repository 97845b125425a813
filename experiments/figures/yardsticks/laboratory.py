"""Figures of choices in a laboratory: errors of predictions, and how many joined beside the forecasts."""

from functools import partial

from matplotlib.figure import Figure

from ...yardsticks.laboratory import Laboratory
from ...yardsticks.laboratory_fits import COMPANY, EXACT, MODEL, PIVOTALITY, POOLED, SIMPLE
from ...yardsticks.scoring import verdict
from ..style import PALETTE, WITH, WITHOUT, canvas
from . import ACTUAL, Figures, reliable, score_errors

SHOWN = {MODEL: WITH, EXACT: PALETTE[3], COMPANY: PALETTE[1], PIVOTALITY: PALETTE[8], POOLED: WITHOUT}


def figures(finding: Laboratory) -> Figures:
    """The figures by name."""
    message = f"Who joins: the model {verdict(finding.scores, SIMPLE)}"
    caption = f"{finding.persons} persons left out in folds, where nobody may leave. 95% intervals over persons."
    return {
        "errors": partial(score_errors, finding.scores, [MODEL], message, caption),
        "reliability": partial(reliable, finding.reliable, f"Choices in groups of one size, by the chance. {caption}"),
        "how-many": partial(how_many, finding),
    }


def how_many(finding: Laboratory) -> Figure:
    """The share that joined at each threshold, with its interval, and what was predicted for persons left out."""
    figure, axes = canvas(
        8,
        4.2,
        _message(finding),
        "Red: the share that joined, with its 95% interval. Other marks: mean chances on persons left out.\n"
        f"{finding.persons} persons, where nobody may leave.",
    )
    places = range(len(finding.rates))
    for place, rate in zip(places, finding.rates.values(), strict=True):
        axes.plot([place, place], [rate.low, rate.high], color=ACTUAL, linewidth=2)
        axes.plot(place, rate.mean, "o", color=ACTUAL, markersize=7, label="joined" if place == 0 else None)
    for number, (name, shade) in enumerate(SHOWN.items(), 1):
        at = [place + 0.09 * number for place in places]
        axes.plot(at, list(finding.expected[name].values()), "D", color=shade, markersize=5, label=name)
    axes.set_xticks([place + 0.18 for place in places], [str(threshold) for threshold in finding.rates])
    axes.set_xlabel("Threshold: how many of five have to join")
    axes.set_ylabel("Share that joins")
    axes.set_ylim(0, 1)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return figure


def _message(finding: Laboratory) -> str:
    """At how many thresholds as many joined as the model expected."""
    pairs = zip(finding.rates.values(), finding.expected[MODEL].values(), strict=True)
    met = sum(rate.low <= expected <= rate.high for rate, expected in pairs)
    return f"At {met} of {len(finding.rates)} thresholds as many join as the model expects, give or take luck"
