"""The records that the rules read and return.

What is set (parameters: ``Voice``, ``Official``, ``Lab``, ``President``, ``Agency``, ``Levers``, ``Climate``,
``Relations``) and what is negotiated (state: ``Terms``, ``Others``, ``Gain``) are different records;
parameters are never written to. A parameter's label, unit and allowed range are declared in
``scenarios/baseline.yaml`` under the same name as its field here, and nowhere else.
"""

from enum import IntEnum
from typing import Annotated, NamedTuple, get_args, get_type_hints


class Bargaining(IntEnum):
    """How texts come about: one official offers and the others clear, or all wishes are settled by a formula."""

    OFFERS = 0
    COMPROMISE = 1
    MEDIAN = 2
    NASH = 3


class Word(IntEnum):
    """What a lab has said to the framework on the table."""

    OUT = 0
    CONDITIONAL = 1
    PLEDGED = 2


class Stage(IntEnum):
    """How far a bill has come that would make review mandatory."""

    IDEA = 0
    DRAFT = 1
    COMMITTEE = 2
    FLOOR = 3
    LAW = 4


class Reason(IntEnum):
    """Why the President sends a draft back."""

    DRAG = 0
    SECURITY = 1
    DISSENT = 2
    MOMENT = 3


class Review(IntEnum):
    """What a release is reviewed under: nothing, the framework or a law, an agreement from before, or a hold."""

    NONE = 0
    AGREED = 1
    AD_HOC = 2
    HOLD = 3


class Outcome(IntEnum):
    """How a negotiation ends."""

    NO_ORDER = 0
    NO_FRAMEWORK = 1
    ADOPTED = 2


class Fate(IntEnum):
    """What has become of the framework at the horizon."""

    NO_FRAMEWORK = 0
    DURABLE = 1
    ERODED = 2
    SUPERSEDED = 3


class Terms(NamedTuple):
    """What is negotiated. As ``salience`` it holds how much a stakeholder cares about each issue."""

    review_days: float
    covered_share: float
    disclosure: float
    foreign_lag_days: float
    open_weights: float


# ---------------------------------------------------------------- parameters


class Voice(NamedTuple):
    """What everybody with a seat at the table has: officials from the first draft, labs in the talks."""

    influence: float
    ideal: Terms
    salience: Terms
    threat_lift: float
    holdout_lift: float


class Official(NamedTuple):
    """An official's claim to the pen: whose is the highest writes."""

    pen: float
    pen_in_talks: float


class Lab(NamedTuple):
    """What a lab weighs when it decides whether to join."""

    frontier_share: float
    releases_per_year: float
    federal_exposure: float
    precedent: float
    stance: float
    deal_appeal: float
    disclosure_aversion: float
    secrecy_aversion: float
    mandate_aversion: float
    open_weight_share: float
    foreign_share: float
    attention: float
    capability: float
    stake_offered: float


class President(NamedTuple):
    """How the President weighs a draft."""

    security_weight: float
    drag_weight: float
    temperature: float


class Agency(NamedTuple):
    """An agency that owes its part of the classified benchmark."""

    benchmark_days: float


class Levers(NamedTuple):
    """What the framework's authors can set."""

    opening: Terms
    drafting_rounds: int
    deadline_days: float
    extension_days: float
    extend_within: int
    conditional: int
    quorum_labs: int
    quorum_share: float
    protection: float
    side_deals: float
    persuasion_budget: float
    secrecy: float
    review_capacity: float
    retention_budget: float


class Climate(NamedTuple):
    """What nobody at the table sets."""

    threat: float
    mandate_chance: float
    law_stage: int
    mandate_days: float
    mandate_covered_share: float
    mandate_disclosure: float
    hold_chance: float
    hold_days: float
    rehold_chance: float
    ad_hoc_review_rate: float
    ad_hoc_review_days: float
    reading_width: float
    capability_trend: float
    incident_chance: float
    incident_days: float
    incident_threat: float
    incident_mandate: float
    incident_week: int


class Relations(NamedTuple):
    """Weights and rates that tie the parts of the model to each other."""

    bargaining: Bargaining
    pace: float
    capital: float
    dissent_weight: float
    drag_guess: float
    nash_disagreement: float
    detection_days: float
    detection_share: float
    thoroughness: float
    contest_days: float
    contest_success: float
    safeguards: float
    reports: float
    stake_weight: float
    lab_temperature: float
    taste_persistence: float
    regime_sd: float
    news_sd: float
    agency_sd: float
    deadline_rush: float
    patience: float
    toughness: float
    reneging_cost: float
    goodwill_weight: float
    peer_weight: float
    mandate_weight: float
    safe_harbour: float
    hold_weight: float
    precedent_weight: float
    stance_weight: float
    side_deal_weight: float
    rivalry: float
    disclosure_weight: float
    secrecy_weight: float
    open_weight_cost: float
    foresight: float
    forestalling: float
    reconsidering: float
    prior_releases: float
    learning_rate: float
    horizon_days: float


# ---------------------------------------------------------------- state


class Tally(NamedTuple):
    """A running weighted sum of asks, one weight and one sum an issue."""

    weight: Terms
    total: Terms


class Alarm(NamedTuple):
    """How alarmed the world is: threat (0..1), and stages a year that a bill goes through unhindered (>= 0)."""

    threat: float
    stages_a_year: float


class Belief(NamedTuple):
    """What the pen thinks likely of the President's weight on drag: probabilities that sum to 1."""

    light: float
    guessed: float
    heavy: float


class Others(NamedTuple):
    """What a deciding lab sees of the other labs.

    ``labs_in`` counts the others that have pledged, ``share_in`` is their share of the frontier (0..1),
    ``releases_in`` their flagship releases a year.
    """

    labs_in: int
    share_in: float
    releases_in: float


class About(NamedTuple):
    """A number for tables, axes and the documentation: its label and its unit.

    ``exists_if`` names a measure that is above 0 in every run that has this one (elsewhere it is NaN); '' if all do.
    """

    label: str
    unit: str
    exists_if: str = ""


class Gain(NamedTuple):
    """The parts of a lab's gain from joining, in release cycles (1 = one whole cycle lost or won)."""

    goodwill: Annotated[float, About("federal goodwill", "release cycles")]
    peers: Annotated[float, About("labs already in", "release cycles")]
    mandate: Annotated[float, About("law averted", "release cycles")]
    protection: Annotated[float, About("ad-hoc holds avoided", "release cycles")]
    precedent: Annotated[float, About("existing agreement", "release cycles")]
    stance: Annotated[float, About("public stance on review", "release cycles")]
    side_deals: Annotated[float, About("side deals", "release cycles")]
    courting: Annotated[float, About("persuasion by officials", "release cycles")]
    delay: Annotated[float, About("delay at home", "release cycles")]
    foreign_delay: Annotated[float, About("delay abroad", "release cycles")]
    disclosure: Annotated[float, About("disclosure", "release cycles")]
    secrecy: Annotated[float, About("secret threshold", "release cycles")]
    open_weights: Annotated[float, About("open weights", "release cycles")]
    news: Annotated[float, About("news that all labs share", "release cycles")]


# ---------------------------------------------------------------- measures


class Negotiated(NamedTuple):
    """What one run reports of the drafting and the talks; what does not exist (terms of no framework) is NaN."""

    outcome: Annotated[float, About("Outcome (0 no order, 1 no framework, 2 adopted)", "code")]
    adopted: Annotated[float, About("Framework adopted", "share of runs")]
    drafts_sent_back: Annotated[float, About("Drafts sent back", "drafts")]
    order_week: Annotated[float, About("Order signed", "weeks from the start", "outcome")]
    announcement_week: Annotated[float, About("Framework announced", "weeks from the start", "adopted")]
    first_draft_review_days: Annotated[float, About("Review period in the first draft", "days")]
    order_review_days: Annotated[float, About("Review period in the order", "days", "outcome")]
    review_days: Annotated[float, About("Review period at announcement", "days", "adopted")]
    covered_share: Annotated[float, About("Covered share at announcement", "share of flagship releases", "adopted")]
    disclosure: Annotated[float, About("Disclosure at announcement", "0 none .. 1 full", "adopted")]
    foreign_lag_days: Annotated[float, About("Further delay abroad at announcement", "days", "adopted")]
    open_weights: Annotated[float, About("Open-weight releases covered at announcement", "share", "adopted")]
    labs_joined: Annotated[float, About("Labs that joined", "labs")]
    share_joined: Annotated[float, About("Share of the frontier that joined", "share")]
    stalls: Annotated[float, About("Texts and moves stalled", "weeks")]
    withdrawals: Annotated[float, About("Pledges withdrawn", "withdrawals")]
    conditional_pledges: Annotated[float, About("Pledges on condition that count in the end", "pledges", "outcome")]
    late_pledges: Annotated[float, About("First pledges given in the last quarter of the clock", "share", "pledges")]
    pledges: Annotated[float, About("Labs that ever pledged", "labs")]
    law_stage: Annotated[float, About("Stage of the law at the end of the talks (0 idea .. 4 law)", "stage")]
    compromise_review_days: Annotated[float, About("Yardstick: plain compromise of the ideals", "days")]
    median_review_days: Annotated[float, About("Yardstick: weighted median of the ideals", "days")]


class Lasting(NamedTuple):
    """What one run reports of the framework after the announcement; without one, nothing stays (0)."""

    fate: Annotated[float, About("Fate (0 no framework, 1 durable, 2 eroded, 3 superseded)", "code")]
    durable: Annotated[float, About("Framework adopted, and at quorum at the horizon", "share of runs")]
    labs_at_horizon: Annotated[float, About("Labs in the framework at the horizon, or when a law came", "labs")]
    share_at_horizon: Annotated[float, About("Share of the frontier in it at the horizon, or when a law came", "share")]
    leavings: Annotated[float, About("Times that a lab left", "leavings")]
    late_joinings: Annotated[float, About("Times that a lab joined after the announcement", "joinings")]


class Operating(NamedTuple):
    """What the year after the talks brings, with a framework or in the ad-hoc world."""

    releases: Annotated[float, About("Flagship releases", "releases")]
    delay_days: Annotated[float, About("Delay at home", "days a release", "releases")]
    delay_abroad_days: Annotated[float, About("Delay abroad", "days a release", "releases")]
    behind_home_days: Annotated[float, About("Users abroad behind those at home", "days a release", "releases")]
    designations: Annotated[float, About("Releases designated as covered", "releases")]
    surprises: Annotated[float, About("Designations that the lab did not expect", "releases")]
    contests: Annotated[float, About("Designations contested", "releases")]
    holds: Annotated[float, About("Ad-hoc holds", "holds")]
    reholds: Annotated[float, About("Ad-hoc holds of reviewed models", "holds")]
    reviews_asked: Annotated[float, About("Reviews asked for", "reviews")]
    ad_hoc_reviews: Annotated[float, About("Reviews under agreements from before", "reviews")]
    reviews_done: Annotated[float, About("Reviews done", "reviews")]
    reviews_open: Annotated[float, About("Reviews waiting or under way at the horizon", "reviews")]
    longest_queue: Annotated[float, About("Longest queue at the end of a week", "releases")]
    incidents: Annotated[float, About("Incidents", "incidents")]
    incident_days: Annotated[float, About("Days that incidents last, in all", "days")]
    covered_unreviewed: Annotated[float, About("Covered releases out unreviewed", "releases")]
    danger_out: Annotated[float, About("Dangerous capability out", "releases of the most dangerous kind")]
    danger_caught: Annotated[float, About("Dangerous capability caught before release", "share", "releases")]
    mandate: Annotated[float, About("Mandatory law within the horizon", "share of runs")]


def _about(record: type) -> dict[str, About]:
    """What the fields of a record are annotated with, by name."""
    return {name: get_args(hint)[1] for name, hint in get_type_hints(record, include_extras=True).items()}


MEASURES = (Negotiated, Lasting, Operating)
ABOUT = {name: about for kind in MEASURES for name, about in _about(kind).items()}
GAIN_ABOUT = _about(Gain)
