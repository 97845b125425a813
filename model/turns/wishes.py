"""What everybody wants and what that comes to: the pen, who objects, and what a formula would settle."""

from ..rules import compromise, drafting, operating, spatial
from ..rules.records import Bargaining, Terms
from .table import NOBODY, Table, set_terms, terms_of

REVIEW_DAYS, COVERED_SHARE, DISCLOSURE, FOREIGN_LAG_DAYS, OPEN_WEIGHTS = range(5)  # the issues
ISSUES = 5


def on(terms: Terms, issue: int) -> float:
    """Terms on one issue."""
    if issue == REVIEW_DAYS:
        return terms.review_days
    if issue == COVERED_SHARE:
        return terms.covered_share
    if issue == DISCLOSURE:
        return terms.disclosure
    return terms.foreign_lag_days if issue == FOREIGN_LAG_DAYS else terms.open_weights


def changed(terms: Terms, issue: int, value: float) -> Terms:
    """Terms with one issue changed."""
    return Terms(
        value if issue == REVIEW_DAYS else terms.review_days,
        value if issue == COVERED_SHARE else terms.covered_share,
        value if issue == DISCLOSURE else terms.disclosure,
        value if issue == FOREIGN_LAG_DAYS else terms.foreign_lag_days,
        value if issue == OPEN_WEIGHTS else terms.open_weights,
    )


def officials_at(table: Table) -> int:
    """How many seats are officials'; they come first."""
    return len(table.seats) - len(table.members)


def take_places(table: Table) -> Terms:
    """Everybody asks for the ideal, knows what no text means to it, and has its capital.

    Returns the most that anybody wants on each issue.
    """
    reach = spatial.farther(spatial.NOTHING, terms_of(table.levers.opening))
    for i in range(len(table.seats)):
        reach = spatial.farther(reach, terms_of(table.voices[i].ideal))
    weigh(table, len(table.seats), 0.0)
    law = operating.mandate_terms(table.climate)
    for i in range(len(table.seats)):
        seat, voice = table.seats[i], table.voices[i]
        set_terms(seat.ask, terms_of(voice.ideal))
        seat.without = spatial.loss_without(voice, law, table.climate.mandate_chance, reach)
        seat.capital = seat.weight * table.relations.capital
        seat.stalls = 0
    return reach


def negotiates(table: Table) -> bool:
    """Whether somebody holds the pen, rather than a formula."""
    return bool(table.relations.bargaining == Bargaining.OFFERS)


# ---------------------------------------------------------------- the pen, and who objects to what it writes


def pen_of(table: Table) -> int:
    """The official who holds the pen in drafting: the first of those with the highest claim."""
    pen = 0
    for i in range(1, len(table.officials)):
        if table.officials[i].pen > table.officials[pen].pen:
            pen = i
    return pen


def pen_in_talks(table: Table) -> int:
    """The official who holds the pen in the talks."""
    pen = 0
    for i in range(1, len(table.officials)):
        if table.officials[i].pen_in_talks > table.officials[pen].pen_in_talks:
            pen = i
    return pen


def dissent(table: Table, text: Terms, reach: Terms) -> float:
    """Share of the officials' weight (0..1) of those who would rather have nothing than this text."""
    against, total = 0.0, 0.0
    for i in range(officials_at(table)):
        weight = table.seats[i].weight
        total += weight
        if spatial.is_worse(spatial.loss(table.voices[i], text, reach), table.seats[i].without):
            against += weight
    return against / total


def objector(table: Table, pen: int, text: Terms, reach: Terms) -> int:
    """The first official with capital left for whom a text is worse than none, or `NOBODY`."""
    for i in range(officials_at(table)):
        loss = spatial.loss(table.voices[i], text, reach)
        if i != pen and table.seats[i].capital >= 1.0 and spatial.is_worse(loss, table.seats[i].without):
            return i
    return NOBODY


def loser(table: Table, pen: int, text: Terms, standing: Terms, reach: Terms) -> int:
    """The first official with capital left for whom a text is worse than what stands, or `NOBODY`."""
    for i in range(officials_at(table)):
        if i != pen and table.seats[i].capital >= 1.0 and loses(table, i, text, standing, reach):
            return i
    return NOBODY


def loses(table: Table, official: int, text: Terms, standing: Terms, reach: Terms) -> bool:
    """Whether a text is worse for an official than what stands."""
    voice = table.voices[official]
    return spatial.is_worse(spatial.loss(voice, text, reach), spatial.loss(voice, standing, reach))


def worth_to(table: Table, official: int, text: Terms, reach: Terms) -> float:
    """What a text is worth to an official over none at all."""
    return spatial.worth(table.voices[official], text, table.seats[official].without, reach)


def stall(table: Table, official: int) -> None:
    """An official spends capital to hold a text up for a week."""
    table.seats[official].capital -= 1.0
    table.seats[official].stalls += 1


# ---------------------------------------------------------------- what a formula would settle


def weigh(table: Table, speaking: int, uncommitted: float) -> None:
    """Set the weight of the word of the first `speaking` seats for this week.

    ``uncommitted`` is the share of the frontier that has not pledged (0..1).
    """
    for i in range(speaking):
        table.seats[i].weight = compromise.voice_weight(table.voices[i], table.climate.threat, uncommitted)


def settled(table: Table, speaking: int, terms: Terms) -> Terms:
    """What the asks of the first `speaking` seats come to by a formula; `terms` stand where nobody cares."""
    if table.relations.bargaining == Bargaining.COMPROMISE:
        tally = compromise.NO_ASKS
        for i in range(speaking):
            seat = table.seats[i]
            tally = compromise.add_ask(tally, seat.weight, table.voices[i].salience, terms_of(seat.ask))
        return compromise.pooled(tally, terms)
    return Terms(
        settled_issue(table, speaking, REVIEW_DAYS, terms),
        settled_issue(table, speaking, COVERED_SHARE, terms),
        settled_issue(table, speaking, DISCLOSURE, terms),
        settled_issue(table, speaking, FOREIGN_LAG_DAYS, terms),
        settled_issue(table, speaking, OPEN_WEIGHTS, terms),
    )


def settled_issue(table: Table, speaking: int, issue: int, terms: Terms) -> float:
    """What the asks on one issue come to, by weighted median or Nash bargain."""
    most = 0.0
    for i in range(speaking):
        table.wanted[i] = on(terms_of(table.seats[i].ask), issue)
        table.stakes[i] = table.seats[i].weight * on(terms_of(table.voices[i].salience), issue)
        most = max(most, table.stakes[i])
    if most == 0.0:
        return on(terms, issue)
    asks, stakes = table.wanted[:speaking], table.stakes[:speaking]
    if table.relations.bargaining == Bargaining.MEDIAN:
        return compromise.weighted_median(asks, stakes)
    return compromise.nash_bargain(asks, stakes, compromise.disagreement_point(asks, table.relations))


def pace_of(table: Table) -> float:
    """Flagship releases a year of the frontier as a whole."""
    pace = 0.0
    for lab in range(len(table.labs)):
        pace = drafting.add_pace(pace, table.labs[lab])
    return pace
