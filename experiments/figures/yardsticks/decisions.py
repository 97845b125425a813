"""The figure of a record of decisions: how far each rule is from what was decided."""

from functools import partial

from matplotlib.figure import Figure

from ...yardsticks.decision_finding import Decided
from ...yardsticks.decision_scores import MEAN, WAYS
from . import Figures, errors


def figures(finding: Decided) -> Figures:
    """The figure of a record of decisions, by name."""
    return {"errors": partial(misses, finding)}


def misses(finding: Decided) -> Figure:
    """The mean absolute error of each rule, and how much it is above the weighted mean's on the same issues."""
    scores = finding.comparison.scores
    names = {name: f"{name} ({score.issues})" for name, score in scores.items()}
    figure = errors(
        {names[name]: (score.mae, score.mae_excess) for name, score in scores.items()},
        [names[way] for way in WAYS if way in names],
        _message(finding),
        ("Mean absolute error (of 100); left is better", "Excess over the weighted mean's, on the same issues"),
        f"Means and 95% intervals over {scores[MEAN].proposals} proposals. Blue: the model's ways of bargaining; grey: "
        "simple rules.\nIn brackets: issues for which a rule has a prediction. Fitted: with the strength that is best "
        "on all other proposals.",
    )
    figure.axes[0].set_xlim(left=0)
    return figure


def _message(finding: Decided) -> str:
    better = finding.standing.better
    if not better:
        return "No way of bargaining in the model beats the weighted mean of all positions"
    return f"{len(better)} of {len(WAYS)} ways of bargaining in the model beat the weighted mean of all positions"
