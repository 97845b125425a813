"""One decision settled by the model's own drafting: the turns of `model.turns.drafting` on a table of its actors.

The actors are officials. The issue takes the place of the review period; nobody has a view on the other four, which
stay at 0. What holds without a decision is a law that is sure to come, at the reference point. One actor holds the pen
and writes what is best for itself. Where the way of bargaining is offers, who would rather have the reference point
stalls the text as long as its capital lasts, and the text moves towards it; a formula settles at once.

What this leaves out: the President, who signs whatever has been cleared, so that the pen has nobody to please; voting
rules, since everybody alike can stall; exchanges between issues, which the model has in its talks only; and the talks,
where labs join or not. The opening draft counts as not yet cleared. On a single issue offers depend on salience only
in that who does not care at all does not stall. Stallers take turns in the order of the table.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, get_type_hints

from model.rules.records import Bargaining, Climate, Levers, Official, President, Relations, Terms, Voice
from model.rules.spatial import NOTHING
from model.turns.drafting import Phase, drafting_week, opened
from model.turns.luck import Luck
from model.turns.table import Table

from .decisions import Actor

WEEKS = 10_000  # more than all stalls together take
SIGNS = [0.0] * WEEKS  # the draws with which a President signs at any chance; the first stream


def settle(
    actors: Sequence[Actor], bargaining: Bargaining, pen: int, reference: float, capital: float, nash: float
) -> float:
    """Where actors settle one issue, on the scale of their positions.

    Parameters
    ----------
    pen : int
        Who of the actors writes; of no account where a formula settles, as is the reference point.
    capital : float
        Weeks for which each can stall.
    nash : float
        Dislike of no agreement, for the Nash bargain (above 1).
    """
    table = table_of(actors, bargaining, pen, reference, capital, nash)
    luck = Luck([SIGNS], None, None)
    state = opened(table)._replace(week=1)
    while state.phase is Phase.DRAFTING:
        state = drafting_week(state, table, luck, None)
    return state.order.review_days


def table_of(
    actors: Sequence[Actor], bargaining: Bargaining, pen: int, reference: float, capital: float, nash: float
) -> Table:
    """The table of one issue: officials of equal influence, no labs, and neither side of a draft for the President."""
    size = len(actors)
    return Table(
        levers=_nothing_in(Levers)._replace(opening=_on_issue(actors[pen].position), drafting_rounds=WEEKS),
        climate=_nothing_in(Climate)._replace(mandate_chance=1.0, mandate_days=reference),
        relations=_nothing_in(Relations)._replace(
            bargaining=bargaining, capital=capital, nash_disagreement=nash, detection_days=1.0, detection_share=1.0
        ),
        president=President(security_weight=0.0, drag_weight=0.0, temperature=1.0),
        voices=[Voice(1.0, _on_issue(a.position), _on_issue(a.salience), 0.0, 0.0) for a in actors],
        officials=[Official(pen=float(number == pen), pen_in_talks=0.0) for number in range(size)],
        labs=[],
        agencies=[],
        seats=[_seat(actor.name) for actor in actors],
        members=[],
        offices=[],
        line=[],
        line_keys=[],
        wanted=[0.0] * size,
        stakes=[0.0] * size,
        begun=[],
        desk=[0.0],
    )


def _on_issue(value: float) -> Terms:
    """Terms with a value on the one issue and nothing on the others."""
    return NOTHING._replace(review_days=value)


def _seat(name: str) -> SimpleNamespace:
    ask = SimpleNamespace(**NOTHING._asdict())
    return SimpleNamespace(name=name, ask=ask, weight=0.0, without=0.0, capital=0.0, stalls=0)


def _nothing_in(kind: Any) -> Any:
    """A record with 0 in every field."""
    return kind(*(NOTHING if hint is Terms else hint(0) for hint in get_type_hints(kind).values()))
