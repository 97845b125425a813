"""What a record of decisions says about the ways of bargaining, in words."""

from collections.abc import Mapping

from model.problems import listed

from ...measures.intervals import Interval
from ...results.words import bracketed
from ...validation.markdown import markdown_table
from ..decision_records import SCALE
from ..decision_scores import MEAN, OFFERS, WAYS, standing
from . import Data, Section, shown

READING = (
    "MAE and RMSE: mean absolute and root mean square error, of 100. Excess: of the MAE over that of the mean weighted "
    "by salience, on the same issues. Offers need a reference point (what holds without a decision) and a position of "
    "the Commission, which holds the pen. Fitted: at the strength that is best on all other proposals (test half: on "
    "the rest). Intervals are over proposals."
)
FORMS = {"mae": ".2f", "rmse": ".2f", "mae_excess": "+z.2f"}
LIMITS = (
    "Offers stand here without the President, voting rules and exchange between issues; all can stall alike. "
    "Positions are what experts told afterwards. It is another forum, with rules of its own."
)


def headline(data: Data) -> str:
    """Which of the model's ways of bargaining beats the weighted mean, and which does not."""
    its, mean = standing(excesses(data["scores"])), data["scores"][MEAN]
    first = listed(its.better, "no way of bargaining in the model")
    parts = [
        f"{listed(its.same)} {_be(its.same)} that mean" if its.same else "",
        f"{listed(its.alike)} cannot be told apart from it" if its.alike else "",
        f"{listed(its.worse)} {_be(its.worse)} worse" if its.worse else "",
    ]
    verb = "beat" if len(its.better) > 1 else "beats"
    return (
        f"{first[0].upper()}{first[1:]} {verb} the weighted mean of all positions "
        f"on {mean['issues']} decisions (off by {shown(mean['mae'], '.1f')} of {SCALE:.0f} on average): "
        f"{'; '.join(filter(None, parts)) or 'all do'}."
    )


def _be(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def excesses(scores: Data) -> Mapping[str, Interval]:
    """How much larger the mean absolute error of each way of bargaining is than the weighted mean's."""
    return {way: Interval.from_data(scores[way]["mae_excess"]) for way in WAYS if way in scores}


def sentences(data: Data) -> list[str]:
    """How far off the baseline's way is, and the ways whose root mean square error is below the weighted mean's."""
    scores = data["scores"]
    excess = {way: Interval.from_data(scores[way]["rmse_excess"]) for way in WAYS if way in scores}
    lower = [f"{way} ({bracketed(its, '+.2f')})" for way, its in excess.items() if its.high < 0.0]
    offers = scores.get(OFFERS)
    return [
        f"Offers, the baseline's way, are off by {shown(offers['mae'], '.1f')}, {shown(offers['mae_excess'], '+z.1f')} "
        f"beside that mean on the same {offers['issues']} issues."
        if offers
        else "",
        f"In the RMSE, which weighs large errors more, below it: {listed(lower)}." if lower else "",
    ]


def section(data: Data) -> Section:
    """The table of scores, and what they leave open."""
    scores, test = data["scores"], data["test"]
    head = ["rule", "issues", "MAE", "RMSE", "excess"]
    rows = [
        [
            name,
            str(score["issues"]),
            *(shown(score[key], form) for key, form in FORMS.items()),
            *([_on_test(test["scores"].get(name))] if test else []),
        ]
        for name, score in scores.items()
        if name != MEAN
    ]
    return Section(markdown_table([*head, "excess, test half"] if test else head, rows), READING, LIMITS)


def _on_test(score: Data | None) -> str:
    return f"{shown(score['mae_excess'], '+z.2f')}, {score['issues']} issues" if score else ""
