"""Figures of treaties with a quorum: errors of predictions, how many joined beside what is expected, and placebos."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from model.draws import Array

from ...yardsticks.quorum import Quorum
from ...yardsticks.quorum_looks import MODEL, SIMPLE, TREND, About
from ..style import PALE, WITH, WITHOUT, panels
from . import ACTUAL, Figures, interval_rows


def figures(finding: Quorum) -> Figures:
    """The figures by name."""
    return {
        "errors": partial(left_out, finding),
        "how-many": partial(how_many, finding),
        "placebos": partial(placebos, finding),
    }


def left_out(finding: Quorum) -> Figure:
    """How much worse than the model simple rules are in weeks left out, by treaty."""
    better = [its.treaty.name for its in finding.treaties if its.shows()["weeks left out"]]
    message = f"Pivotality improves predictions of weeks left out in {len(better)} of {len(finding.treaties)} treaties"
    figure, axes = panels(
        11,
        2.2,
        message,
        "Log score of whether each party joins in a week, less that of the model (company and pivotality).\n"
        "Right of the dotted line: worse than the model. Means and 95% intervals over weeks.",
        len(finding.treaties),
    )
    for panel, its in zip(axes, finding.treaties, strict=True):
        interval_rows(panel, {name: its.scores[name].log_excess for name in SIMPLE}, [])
        panel.set_ylim(len(SIMPLE) - 0.5, -0.5)
        panel.axvline(0.0, color=PALE, linewidth=1, linestyle=":")
        panel.xaxis.set_major_locator(MaxNLocator(5))
        panel.set_xlabel(f"{its.treaty.name}: log score less the model's")
    for panel in axes[1:]:
        panel.set_yticklabels([""] * len(SIMPLE))
    return figure


def how_many(finding: Quorum) -> Figure:
    """How many have joined by each week, and how many are expected with and without pivotality."""
    gaps = [
        f"at most {np.abs(_joined(its) - np.cumsum(its.expected[MODEL])).max():.0f} of {_joined(its)[-1]} parties off "
        f"for {its.treaty.name}"
        for its in finding.treaties
    ]
    figure, axes = panels(
        10,
        4.2,
        f"The number expected by the model, week by week, is {', '.join(gaps)}",
        "Expected: from who was out before each week, added up. Dotted line: the week in which the quorum was met.",
        len(finding.treaties),
    )
    for panel, its in zip(axes, finding.treaties, strict=True):
        weeks = np.arange(its.treaty.weeks)
        panel.plot(weeks, _joined(its), color=ACTUAL, linewidth=2, label="joined")
        for name, shade, line in ((MODEL, WITH, "-"), (TREND, WITHOUT, "--")):
            panel.plot(weeks, np.cumsum(its.expected[name]), line, color=shade, label=name)
        panel.axvline(its.treaty.met() // 7, color=PALE, linestyle=":", linewidth=1)
        panel.set_xlabel(f"Weeks since {its.treaty.name} opened")
        panel.set_ylim(bottom=0)
    axes[0].set_ylabel("Parties that have joined")
    axes[-1].legend(loc="lower right", frameon=False)
    return figure


def _joined(its: About) -> Array:
    """How many parties have joined by the end of each week."""
    return np.array([its.treaty.parties_by(float(7 * week + 6)) for week in range(its.treaty.weeks)])


def placebos(finding: Quorum) -> Figure:
    """The weight of pivotality for the actual quorum, beside those for placebos."""
    shares = ", ".join(f"{its.weight.as_strong:.0%} for {its.treaty.name}" for its in finding.treaties)
    figure, axes = panels(
        10,
        3.6,
        f"Share of quorums, actual and placebos, that weigh as much as the actual one: {shares}",
        "Weights of pivotality beside company and a trend; those beyond the axis are at its ends.\n"
        "Red: the actual quorum.",
        len(finding.treaties),
    )
    for panel, its in zip(axes, finding.treaties, strict=True):
        actual = its.weight.actual.mean
        most = 1.5 * max(abs(actual), float(np.quantile(np.abs(its.weight.placebos), 0.9)))
        panel.hist(np.clip(its.weight.placebos, -most, most), bins=30, color=WITHOUT, alpha=0.7)
        panel.axvline(actual, color=ACTUAL, linewidth=2)
        panel.set_xlabel(f"{its.treaty.name}: weight of pivotality (logits)")
        panel.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].set_ylabel("Placebos")
    return figure
