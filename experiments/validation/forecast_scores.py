"""How a forecast did: proper scores of each question and cluster of questions, beside the yardsticks on record with it.

In all scores less is better. Brier's is half the sum of squares over all options, so that of two options it is the
square of the miss (0..1); the log score is minus the natural log of the chance of what happened; the ranked probability
score sums the squared misses of the chances of 'at most this option' (options stand in their order). Questions of a
cluster, as one event by several dates, share their fate: intervals and sign flips are over clusters.

References
----------
Brier (1950), *Monthly Weather Review* 78: 1-3; Good (1952), *Journal of the Royal Statistical Society B* 14: 107-114;
Epstein (1969), *Journal of Applied Meteorology* 8: 985-987; Murphy & Winkler (1977), *Applied Statistics* 26: 41-47,
for reliability.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from .. import SEED
from ..measures.clusters import clustered_mean
from ..measures.intervals import Interval
from ..results.words import bracketed, counted
from .markdown import markdown_table
from .outcomes import VOID, Outcomes
from .recorded import EVEN, FORECAST, Asked, Recorded
from .scores import Excess, excess, ranked_score

SCORES = ("Brier", "log", "ranked")
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # of the groups of chances whose reliability is shown
MOST_LOST = 5  # questions


class Resolved(NamedTuple):
    """A question with an answer: the ``outcome`` by its number, ``scores``: predictor -> its three scores."""

    asked: Asked
    outcome: int
    scores: dict[str, tuple[float, float, float]]

    def data(self) -> dict[str, Any]:
        """The question as plain data that JSON can hold."""
        return {
            "cluster": self.asked.cluster,
            "outcome": self.asked.options[self.outcome],
            "chance": float(self.asked.chances[FORECAST][self.outcome]),
            "scores": {name: dict(zip(SCORES, scores, strict=True)) for name, scores in self.scores.items()},
        }


class Mean(NamedTuple):
    """Mean scores of a predictor over the questions that it answers, and of each score its excess over the forecast's.

    ``means`` over questions and ``by_cluster`` over clusters, each of which counts once; both with intervals over
    clusters.
    """

    questions: int
    clusters: int
    means: tuple[Interval, ...]
    by_cluster: tuple[Interval, ...]
    excesses: tuple[Excess, ...]

    def data(self) -> dict[str, Any]:
        """The means as plain data that JSON can hold."""
        return {
            "questions": self.questions,
            "clusters": self.clusters,
            **{
                name: dict(zip(SCORES, (part.data() for part in getattr(self, name)), strict=True))
                for name in ("means", "by_cluster", "excesses")
            },
        }


class Group(NamedTuple):
    """Options whose chances lie between ``low`` and ``high``: how many, their mean chance, the share that happened."""

    low: float
    high: float
    options: int
    chance: float
    happened: Interval

    def data(self) -> dict[str, Any]:
        """The group as plain data that JSON can hold."""
        return {**self._asdict(), "happened": self.happened.data()}


class Scored(NamedTuple):
    """How a forecast did. ``doubted``: its mean scores if every doubt went the other way, None without doubts."""

    forecast: Recorded
    resolved: list[Resolved]
    void: list[str]
    unresolved: list[str]
    means: dict[str, Mean]
    groups: list[Group]
    doubted: Mean | None

    @property
    def lost(self) -> list[Resolved]:
        """The questions with the greatest log scores."""
        return sorted(self.resolved, key=lambda one: -one.scores[FORECAST][1])[:MOST_LOST]

    def headline(self) -> str:
        """The mean Brier score beside that of even odds, and of how much."""
        brier, even = (bracketed(self.means[name].means[0], ".3f") for name in (FORECAST, EVEN))
        mean = self.means[FORECAST]
        of = f"{counted(mean.questions, 'question')} in {counted(mean.clusters, 'cluster')}"
        return f"{self.forecast.path.name}: Brier score {brier} on {of}; even odds {even}."

    def text(self) -> str:
        """The scores as text, the headline first."""
        parts = [
            [self.headline(), f"{len(self.void)} void, {len(self.unresolved)} not resolved yet."],
            _means_table(self.means),
            self._doubts(),
            _clusters_table(self.resolved),
            _questions_table(self.resolved),
            _groups_table(self.groups),
            ["What it lost most on, by the log score:", *(f"- {_loss(one)}" for one in self.lost)],
        ]
        return "\n\n".join("\n".join(part) for part in parts if part)

    def _doubts(self) -> list[str]:
        if self.doubted is None:
            return []
        means = zip(SCORES, self.doubted.means, strict=True)
        return ["With every doubt the other way: " + ", ".join(f"{n} {bracketed(it, '.3f')}" for n, it in means) + "."]

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        return {
            "forecast": self.forecast.path.name,
            "questions": {one.asked.name: one.data() for one in self.resolved},
            "void": self.void,
            "unresolved": self.unresolved,
            "means": {name: mean.data() for name, mean in self.means.items()},
            "reliability": [group.data() for group in self.groups],
            "lost_most_on": [one.asked.name for one in self.lost],
            "with_doubts_the_other_way": self.doubted and self.doubted.data(),
        }


def score(forecast: Recorded, outcomes: Outcomes) -> Scored:
    """Score a forecast on what is known so far."""
    resolved = _resolved(forecast, outcomes)
    otherwise = outcomes.otherwise()
    return Scored(
        forecast,
        resolved,
        void=[name for name, outcome in outcomes.by_question.items() if outcome.option == VOID],
        unresolved=[name for name in forecast.questions if name not in outcomes.by_question],
        means=_means(resolved),
        groups=reliability(resolved),
        doubted=None if otherwise == outcomes else _means(_resolved(forecast, otherwise))[FORECAST],
    )


def _resolved(forecast: Recorded, outcomes: Outcomes) -> list[Resolved]:
    """The questions that have an answer, in the order of the forecast."""
    found = []
    for name, asked in forecast.questions.items():
        outcome = outcomes.by_question.get(name)
        if outcome is not None and outcome.option != VOID:
            number = asked.options.index(outcome.option)
            found.append(Resolved(asked, number, {by: scores_of(its, number) for by, its in asked.chances.items()}))
    return found


def scores_of(chances: Array, outcome: int) -> tuple[float, float, float]:
    """The Brier, log and ranked probability score of the chances of a question's options.

    Parameters
    ----------
    chances : array (options,)
        Each above 0.
    outcome : int
        The number of the option that happened.
    """
    happened = np.arange(len(chances)) == outcome
    brier = 0.5 * float(np.square(chances - happened).sum())
    return brier, -math.log(chances[outcome]), ranked_score(chances, np.ones(outcome))


# ---------------------------------------------------------------- means


def _means(resolved: list[Resolved]) -> dict[str, Mean]:
    """The mean scores of each predictor, the forecast first."""
    names = dict.fromkeys(name for one in resolved for name in one.scores)
    return {name: _mean(name, [one for one in resolved if name in one.scores]) for name in names}


def _mean(name: str, resolved: list[Resolved]) -> Mean:
    """The mean scores of a predictor over the questions that it answers."""
    _, clusters = np.unique([one.asked.cluster for one in resolved], return_inverse=True)
    values, forecast = (np.array([one.scores[by] for one in resolved]).T for by in (name, FORECAST))
    return Mean(
        len(resolved),
        int(clusters.max()) + 1,
        tuple(clustered_mean(each, clusters).inside(0.0, math.inf) for each in values),
        tuple(_mean_of_clusters(each, clusters) for each in values),
        tuple(excess(each - its, clusters, SEED) for each, its in zip(values, forecast, strict=True)),
    )


def _mean_of_clusters(values: Array, clusters: Array) -> Interval:
    """The mean over clusters of the means within them."""
    means = np.bincount(clusters, values) / np.bincount(clusters)
    return clustered_mean(means, np.arange(len(means))).inside(0.0, math.inf)


# ---------------------------------------------------------------- reliability


def reliability(resolved: Iterable[Resolved]) -> list[Group]:
    """Options in groups by their chances, those without any left out; of a question with two options only the first."""
    rows = [
        (chance, option == one.outcome, one.asked.cluster)
        for one in resolved
        for option, chance in enumerate(one.asked.chances[FORECAST])
        if option == 0 or len(one.asked.options) > 2
    ]
    chances, happened, clusters = (np.array(column) for column in zip(*rows, strict=True))
    number = np.minimum(np.searchsorted(EDGES, chances, side="right"), len(EDGES) - 1)
    return [
        Group(
            EDGES[group - 1],
            EDGES[group],
            int((number == group).sum()),
            float(chances[number == group].mean()),
            clustered_mean(happened[number == group].astype(float), clusters[number == group]).inside(0.0, 1.0),
        )
        for group in np.unique(number)
    ]


# ---------------------------------------------------------------- text


def _means_table(means: Mapping[str, Mean]) -> list[str]:
    rows = [
        [
            name,
            f"{mean.questions} in {mean.clusters}",
            *(bracketed(interval, ".3f") for interval in mean.means),
            *(f"{interval.mean:.3f}" for interval in mean.by_cluster),
            "" if name == FORECAST else _excess_text(mean.excesses[SCORES.index("log")]),
        ]
        for name, mean in means.items()
    ]
    head = ["predicted by", "questions in clusters", *SCORES]
    head += [f"{name}, each cluster once" for name in SCORES]
    return [
        *markdown_table([*head, "log excess (chance of as much)"], rows),
        "",
        "Means over the questions that each answers, with 95% intervals over clusters; less is better. Excess over the",
        "forecast on the same questions: above 0 the forecast was better.",
    ]


def _excess_text(excess: Excess) -> str:
    return f"{bracketed(excess.interval, '+.3f')} ({excess.chance:.3f})"


def _clusters_table(resolved: list[Resolved]) -> list[str]:
    clusters = dict.fromkeys(one.asked.cluster for one in resolved)
    rows = []
    for cluster in clusters:
        within = [one for one in resolved if one.asked.cluster == cluster]
        means = np.mean([one.scores[FORECAST] for one in within], axis=0)
        even = np.mean([one.scores[EVEN] for one in within], axis=0)
        rows.append([cluster, str(len(within)), *(f"{a:.3f} ({b:.3f})" for a, b in zip(means, even, strict=True))])
    return markdown_table(["cluster", "questions", *(f"{name} (even odds)" for name in SCORES)], rows)


def _questions_table(resolved: list[Resolved]) -> list[str]:
    rows = [
        [
            one.asked.name,
            one.asked.options[one.outcome],
            f"{one.asked.chances[FORECAST][one.outcome]:.2f}",
            *(f"{value:.3f}" for value in one.scores[FORECAST]),
        ]
        for one in resolved
    ]
    return markdown_table(["question", "outcome", "chance", *SCORES], rows)


def _groups_table(groups: list[Group]) -> list[str]:
    rows = [
        [f"{it.low:.1f} to {it.high:.1f}", str(it.options), f"{it.chance:.2f}", bracketed(it.happened, ".2f")]
        for it in groups
    ]
    return markdown_table(["chance", "options", "mean chance", "share that happened"], rows)


def _loss(one: Resolved) -> str:
    chance, option = one.asked.chances[FORECAST][one.outcome], one.asked.options[one.outcome]
    return f"{one.asked.name}: {option}, which had {chance:.2f} (log score {one.scores[FORECAST][1]:.2f})"
