"""What a text is worth to somebody at the table, who stalls it, and how far a stall moves it.

A voice's loss from a text is the distance of the text from its ideal: on each issue a share of the most that anybody
wants there (``reach``), weighted by its salience.
"""

from .arithmetic import between
from .records import Terms, Voice

ROUNDING = 1e-9  # a loss below it is none: a text at the edge of a winset may miss it by its last digits
NOTHING = Terms(0.0, 0.0, 0.0, 0.0, 0.0)  # no text at all: nobody reviewed, nothing disclosed


def farther(reach: Terms, wish: Terms) -> Terms:
    """The most that anybody wants on each issue, with one more wish."""
    return Terms(
        max(reach.review_days, wish.review_days),
        max(reach.covered_share, wish.covered_share),
        max(reach.disclosure, wish.disclosure),
        max(reach.foreign_lag_days, wish.foreign_lag_days),
        max(reach.open_weights, wish.open_weights),
    )


def apart(a: float, b: float, reach: float) -> float:
    """Distance on one issue as a share of its reach (>= 0)."""
    return abs(a - b) / reach if reach > 0.0 else 0.0


def loss(voice: Voice, text: Terms, reach: Terms) -> float:
    """Salience-weighted distance of a text from the ideal (>= 0)."""
    ideal, salience = voice.ideal, voice.salience
    return (
        salience.review_days * apart(text.review_days, ideal.review_days, reach.review_days)
        + salience.covered_share * apart(text.covered_share, ideal.covered_share, reach.covered_share)
        + salience.disclosure * apart(text.disclosure, ideal.disclosure, reach.disclosure)
        + salience.foreign_lag_days * apart(text.foreign_lag_days, ideal.foreign_lag_days, reach.foreign_lag_days)
        + salience.open_weights * apart(text.open_weights, ideal.open_weights, reach.open_weights)
    )


def loss_without(voice: Voice, law: Terms, chance: float, reach: Terms) -> float:
    """What a voice has to expect where no text comes about (>= 0): nothing, or with this chance what a law sets."""
    return chance * loss(voice, law, reach) + (1.0 - chance) * loss(voice, NOTHING, reach)


def worth(voice: Voice, text: Terms, without: float, reach: Terms) -> float:
    """What a text is worth to a voice over none, given its loss `without` one; below 0 where none is better."""
    return without - loss(voice, text, reach)


def toward(text: Terms, goal: Terms, share: float) -> Terms:
    """A text moved a share (0..1) of the way to a goal, on every issue."""
    return Terms(
        between(goal.review_days, text.review_days, share),
        between(goal.covered_share, text.covered_share, share),
        between(goal.disclosure, text.disclosure, share),
        between(goal.foreign_lag_days, text.foreign_lag_days, share),
        between(goal.open_weights, text.open_weights, share),
    )


def is_worse(loss_of_one: float, loss_of_other: float) -> bool:
    """Whether one text is worse than another, by the losses from both."""
    return loss_of_one > loss_of_other + ROUNDING


def edge(voice: Voice, text: Terms, without: float, reach: Terms) -> float:
    """Share of the way to a voice's ideal at which a text is worth as much to it as none (0..1); 0 if it already is.

    Along the way the loss shrinks in proportion: ``(1 - share) loss(text) = loss without a text``.
    """
    at_text = loss(voice, text, reach)
    return max(0.0, 1.0 - without / at_text) if at_text > 0.0 else 0.0


def risk(demand: float, offer: float) -> float:
    """The greatest risk of no text at all that somebody takes for its own demand rather than the other's offer (0..1).

    Parameters
    ----------
    demand, offer : float
        What each is worth over no text.

    References
    ----------
    Zeuthen (1930), *Problems of Monopoly and Economic Warfare*.
    """
    if demand <= 0.0:
        return 0.0
    return min(1.0, max(0.0, (demand - offer) / demand))


def conceded(
    pen: Voice, staller: Voice, text: Terms, pen_without: float, staller_without: float, reach: Terms
) -> float:
    """Share of the way to the staller's ideal that a stalled text is moved (0..1).

    Who would risk less concedes more (Zeuthen); never beyond the edge of the winset, where the staller is as well
    served as by no text, since there it stops stalling.

    Parameters
    ----------
    pen_without, staller_without : float
        Their losses where no text comes about.

    References
    ----------
    Romer & Rosenthal (1978), *Public Choice* 33: 27-43, for the setter who goes to the edge and no farther.
    """
    pen_risk = risk(worth(pen, text, pen_without, reach), worth(pen, staller.ideal, pen_without, reach))
    staller_risk = risk(staller_without, worth(staller, text, staller_without, reach))
    both = pen_risk + staller_risk
    share = staller_risk / both if both > 0.0 else 0.0
    return min(edge(staller, text, staller_without, reach), share)
