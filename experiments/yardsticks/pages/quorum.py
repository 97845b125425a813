"""What ratifications around a quorum say about pivotality, in words."""

from model.problems import listed

from ...validation.markdown import markdown_table
from ..quorum_looks import SIMPLE
from ..scoring import scores_from, verdict
from . import Data, Section, shown

READING = (
    "Weight of the model's pivotality in joining in a week, in logits, beside a trend, and beside company as well. A "
    "placebo takes the parties of another day for the quorum; as strong: the share of cases, the actual one among "
    "them, with as large a weight. Intervals are by week; they know nothing of other reasons for a rush, such as a "
    "meeting that begins soon, which placebos do."
)
LIMITS = (
    "Neither yes nor no weighs much. Of made-up histories the interval shows pivotality in a fifth of those without "
    "any, placebos in a tenth of those with three to eight logits of it."
)
HEAD = ["treaty", "beside", "weight of pivotality", "placebos", "90% of them", "as strong"]


def headline(data: Data) -> str:
    """In which looks pivotality shows."""
    looks = {name: its["shows"] for name, its in data["treaties"].items()}
    everywhere = [name for name, shows in looks.items() if all(shows.values())]
    found = [
        f"{name} in {sum(shows.values())} of {len(shows)} ({listed([look for look in shows if shows[look]], 'none')})"
        for name, shows in looks.items()
    ]
    verb = "show" if len(everywhere) > 1 else "shows"
    return f"{listed(everywhere, 'No treaty')} {verb} the model's pivotality in every look: {'; '.join(found)}."


def sentences(data: Data) -> list[str]:
    """How many joined before and after, and what weeks left out tell."""
    return [*(_around(name, its) for name, its in data["treaties"].items()), f"On weeks left out {_verdicts(data)}."]


def _around(name: str, its: Data) -> str:
    rate = its["rate_after_by_before"]
    return (
        f"{name}: {its['joined_before']} joined in the {its['window_days']} days up to the quorum and "
        f"{its['joined_after']} in those after it, by rate {shown(rate['actual'], '.2f')} times as many; with "
        f"{rate['placebos']['count']} placebos it falls as much in {rate['as_strong']:.0%} of cases."
    )


def _verdicts(data: Data) -> str:
    treaties: dict[str, list[str]] = {}
    for name, its in data["treaties"].items():
        treaties.setdefault(verdict(scores_from(its["who"]), SIMPLE), []).append(name)
    return "; ".join(f"the model {text} ({listed(names)})" for text, names in treaties.items())


def section(data: Data) -> Section:
    """The table of weights, and what they leave open."""
    rows = [
        [name, how, shown(its[look]["actual"], "+.1f"), *_placebo_cells(its[look])]
        for name, its in data["treaties"].items()
        for how, look in (("company and trend", "weight_of_pivotality"), ("trend", "weight_without_company"))
    ]
    return Section(markdown_table(HEAD, rows), READING, LIMITS)


def _placebo_cells(look: Data) -> list[str]:
    placebos = look["placebos"]
    return [str(placebos["count"]), f"{placebos['low']:+.1f} to {placebos['high']:+.1f}", f"{look['as_strong']:.1%}"]
