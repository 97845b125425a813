"""Who moves whose ask, and how weights and asks are pooled."""

from .arithmetic import between, mean_or
from .records import Relations, Tally, Terms, Voice

NO_ASKS = Tally(Terms(0.0, 0.0, 0.0), Terms(0.0, 0.0, 0.0))


def voice_weight(voice: Voice, standing: float, threat: float, uncommitted: float) -> float:
    """Weight of a stakeholder's word this round (> 0).

    The threat lifts those who speak for security; the share of the frontier that has not pledged lifts
    those whom industry lobbies. ``standing`` is what refused drafts have made of the stakeholder's influence.

    Parameters
    ----------
    voice : Voice
    standing : float
        1 at the start; see `standing_after_refusal`.
    threat, uncommitted : float
        0..1.
    """
    lift = voice.threat_lift * threat + voice.holdout_lift * uncommitted
    return voice.influence * standing * (1.0 + lift)


def tie(listener_is_lab: bool, speaker_is_lab: bool, relations: Relations) -> float:
    """How well one stakeholder hears another (>= 0), by the side of the table each sits on."""
    if listener_is_lab:
        return relations.tie_lab_lab if speaker_is_lab else relations.tie_lab_official
    return relations.tie_official_lab if speaker_is_lab else relations.tie_official_official


def add_ask(tally: Tally, weight: float, salience: Terms, ask: Terms) -> Tally:
    """The tally with one more ask, each issue weighted by weight x salience."""
    days = weight * salience.review_days
    share = weight * salience.covered_share
    disclosure = weight * salience.disclosure
    return Tally(
        Terms(
            tally.weight.review_days + days,
            tally.weight.covered_share + share,
            tally.weight.disclosure + disclosure,
        ),
        Terms(
            tally.total.review_days + days * ask.review_days,
            tally.total.covered_share + share * ask.covered_share,
            tally.total.disclosure + disclosure * ask.disclosure,
        ),
    )


def pooled(tally: Tally, otherwise: Terms) -> Terms:
    """The weighted mean of the asks tallied, issue by issue.

    As a draft it is the compromise model: weights influence x salience.

    References
    ----------
    Van den Bos (1991), *Dutch EC Decision Making*; Achen (2006), in Thomson et al., *The European Union Decides*.
    """
    return Terms(
        mean_or(tally.total.review_days, tally.weight.review_days, otherwise.review_days),
        mean_or(tally.total.covered_share, tally.weight.covered_share, otherwise.covered_share),
        mean_or(tally.total.disclosure, tally.weight.disclosure, otherwise.disclosure),
    )


def ask_after_listening(voice: Voice, heard: Terms) -> Terms:
    """A stakeholder's next ask: its ideal as far as it is stubborn, what it heard for the rest.

    References
    ----------
    Friedkin & Johnsen (1990), *Journal of Mathematical Sociology* 15: 193-206.
    """
    return Terms(
        between(voice.ideal.review_days, heard.review_days, voice.stubbornness),
        between(voice.ideal.covered_share, heard.covered_share, voice.stubbornness),
        between(voice.ideal.disclosure, heard.disclosure, voice.stubbornness),
    )
