"""Figures of a record of treaties: errors of predictions, and how many joined beside the forecasts."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from ...yardsticks.scoring import CENTRAL, central, verdict
from ...yardsticks.treaties import Treaties
from ...yardsticks.treaty_predictions import ALONE, CALM, MODEL, SIMPLE
from ..style import WITH, titled_panels
from . import ACTUAL, Figures, reliable, score_errors


def figures(finding: Treaties) -> Figures:
    """The figures by name."""
    its = finding.left_out
    caption = (
        f"{len(its.predicted)} treaties left out in folds, {its.decisions:,} decisions. 95% intervals over treaties."
    )
    message = f"Which states join: the model {verdict(its.scores, SIMPLE)}"
    return {
        "errors": partial(score_errors, its.scores, [MODEL, ALONE, CALM], message, caption),
        "reliability": partial(reliable, its.reliable, f"Decisions in groups of one size, by the chance.\n{caption}"),
        "how-many": partial(how_many, finding),
    }


def how_many(finding: Treaties) -> Figure:
    """The share of states that joined each treaty, and the interval that was forecast, with and without a shock."""
    predicted = sorted(finding.left_out.predicted, key=lambda one: float(one.joined.mean()))
    covered = {name: finding.left_out.how_many[name].covered.mean for name in (MODEL, CALM)}
    figure, axes = titled_panels(
        10,
        4.6,
        f"How many join: the forecasts hold {covered[MODEL]:.0%} of treaties with a shock that states share, "
        f"{covered[CALM]:.0%} without it",
        f"Blue: {CENTRAL:.0%} intervals of the model's forecasts for {len(predicted)} treaties left out.\n"
        "Red: what happened.",
        1,
        2,
    )
    for panel, name in zip(axes, (MODEL, CALM), strict=True):
        states = np.array([len(one.joined) for one in predicted])
        ends = np.array([central(one.forecasts[name]) for one in predicted]) / states[:, None]
        panel.fill_between(
            range(len(predicted)), ends[:, 0], ends[:, 1], step="mid", color=WITH, alpha=0.35, linewidth=0
        )
        panel.plot([float(one.joined.mean()) for one in predicted], ".", color=ACTUAL, markersize=4)
        panel.set_title(name, fontsize=10, loc="left")
        panel.set_xlabel("Treaties, by the share that joined")
        panel.set_ylim(0, 1)
    axes[0].set_ylabel("Share of states that join within five years")
    return figure
