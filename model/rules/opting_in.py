"""What a lab gains by joining, part by part, and whether it joins.

Every part is in release cycles: 1 is worth a whole release cycle of the lab's own. The parts with a minus
sign in `gain` are costs.
"""

import math

from .arithmetic import DAYS_A_YEAR, cycles_lost, left_over, logistic
from .law import hindrance
from .records import Climate, Gain, Lab, Levers, Others, Relations, Terms
from .talks import meets_quorum

NOBODY = Others(0, 0.0, 0.0)
BUSIEST_DESK = 0.95  # nobody foresees a queue longer than at a desk that is busy 95% of the time


def add_pledge(seen: Others, lab: Lab) -> Others:
    """What is seen of the labs that are in, with one more of them."""
    return Others(seen.labs_in + 1, seen.share_in + lab.frontier_share, seen.releases_in + lab.releases_per_year)


def goodwill(lab: Lab, relations: Relations) -> float:
    """Goodwill with the federal customer (>= 0)."""
    return relations.goodwill_weight * lab.federal_exposure


def peers(others: Others, relations: Relations) -> float:
    """Company: the share of the frontier that is in (>= 0)."""
    return relations.peer_weight * others.share_in


def pivotality(lab: Lab, others: Others, levers: Levers) -> float:
    """How much the quorum hangs on this lab's pledge (0..1).

    0 where the others meet the quorum without it, 1 where its pledge completes the quorum. Before that the
    credit is split: one part for each pledge that is missing, and no more than the part of the missing
    frontier share that the lab would bring. (The split is ours; the two ends are the free-rider's problem of
    Dawson & Segerson 2008, *Land Economics* 84: 97-114.)
    """
    if meets_quorum(others.labs_in, others.share_in, levers):
        return 0.0
    missing_labs = levers.quorum_labs - others.labs_in
    by_count = 1.0 / missing_labs if missing_labs > 1 else 1.0
    missing_share = levers.quorum_share - others.share_in
    by_share = lab.frontier_share / missing_share if missing_share > lab.frontier_share else 1.0
    return min(by_count, by_share)


def mandate_burden(lab: Lab, climate: Climate, relations: Relations) -> float:
    """What a mandatory law would cost the lab: delay, penalties and audits, and the disclosure it demands (>= 0)."""
    delay = cycles_lost(climate.mandate_days, climate.mandate_covered_share, lab.releases_per_year)
    disclosed = relations.disclosure_weight * lab.disclosure_aversion * climate.mandate_disclosure
    return relations.mandate_weight * lab.mandate_aversion * delay + disclosed


def spared(lab: Lab, others: Others, strictness: float, levers: Levers, relations: Relations) -> float:
    """Share of a law's burden that the lab's joining spares it (0..1).

    A member is spared the part that a law forgives those who have joined (`safe_harbour`). The rest it helps to avert:
    by its own share of what the framework's coverage averts, whether or not the quorum hangs on it, and by all of it
    as far as it is pivotal.

    References
    ----------
    Segerson & Miceli (1998), *Journal of Environmental Economics and Management* 36: 109-130; Dawson & Segerson (2008),
    *Land Economics* 84: 97-114, for the free rider among many.
    """
    own = lab.frontier_share
    part = own + (1.0 - own) * pivotality(lab, others, levers)
    return relations.safe_harbour + (1.0 - relations.safe_harbour) * hindrance(part, strictness, relations)


def mandate_avoided(chance: float, burden: float, spared_share: float) -> float:
    """Expected cost of a mandatory law that joining spares the lab (>= 0).

    A lab that gains nothing else accepts voluntary terms up to ``cost(terms) = chance x burden x spared share``.
    """
    return chance * burden * spared_share


def protection(lab: Lab, levers: Levers, climate: Climate, relations: Relations) -> float:
    """Ad-hoc holds that joining spares the lab (>= 0)."""
    days_held = cycles_lost(climate.hold_days, climate.hold_chance, lab.releases_per_year)
    return relations.hold_weight * levers.protection * days_held


def precedent(lab: Lab, relations: Relations) -> float:
    """Ease of extending an agreement that the lab already has (>= 0)."""
    return relations.precedent_weight * lab.precedent


def stance(lab: Lab, relations: Relations) -> float:
    """What the lab thinks of review before release as such, by its public record (either sign)."""
    return relations.stance_weight * lab.stance


def side_deals(lab: Lab, levers: Levers, relations: Relations) -> float:
    """Worth of a deal on equity or contracts beside the framework, once it is offered (>= 0)."""
    return relations.side_deal_weight * levers.side_deals * lab.deal_appeal


def expected_wait(reviews_wanted: float, capacity: float) -> float:
    """Days in the queue before a review starts, as in a queue with random arrivals and fixed service (>= 0).

    Parameters
    ----------
    reviews_wanted, capacity : float
        Reviews a year asked for, and that the desk can do (> 0).

    References
    ----------
    Pollaczek (1930), Khinchine (1932): mean wait ``rho D / (2 (1 - rho))`` for fixed service time D.
    """
    load = min(reviews_wanted / capacity, BUSIEST_DESK)
    service_days = DAYS_A_YEAR / capacity
    return load * service_days / (2.0 * (1.0 - load))


def foreseen_wait(lab: Lab, terms: Terms, others: Others, levers: Levers, relations: Relations) -> float:
    """Days in the queue that a lab reckons with before it has any experience of the desk (>= 0).

    `foresight` is the share of the true mean wait that labs see coming.
    """
    reviews_wanted = terms.covered_share * (others.releases_in + lab.releases_per_year)
    return relations.foresight * expected_wait(reviews_wanted, levers.review_capacity)


def delay(lab: Lab, terms: Terms, others: Others, wait_days: float, relations: Relations) -> float:
    """Releases delayed at home by wait and review, worse while rivals stay out (>= 0)."""
    days = terms.review_days + wait_days
    lost = cycles_lost(days, terms.covered_share, lab.releases_per_year)
    rivals_out = max(0.0, 1.0 - lab.frontier_share - others.share_in)
    return lost * (1.0 + relations.rivalry * rivals_out)


def foreign_delay(lab: Lab, terms: Terms) -> float:
    """Releases delayed still longer abroad (>= 0)."""
    lost = cycles_lost(terms.foreign_lag_days, terms.covered_share, lab.releases_per_year)
    return lab.foreign_share * lost


def disclosing(lab: Lab, terms: Terms, relations: Relations) -> float:
    """Cost of publishing frameworks, capabilities, safeguards and incidents (>= 0)."""
    return relations.disclosure_weight * lab.disclosure_aversion * terms.disclosure


def doubt(lab: Lab, levers: Levers, relations: Relations) -> float:
    """Doubt about a threshold that the lab may not know (>= 0)."""
    return relations.secrecy_weight * lab.secrecy_aversion * levers.secrecy


def open_weights(lab: Lab, terms: Terms, relations: Relations) -> float:
    """Clash of a review before release with weights that cannot be called back (>= 0)."""
    return relations.open_weight_cost * lab.open_weight_share * terms.covered_share * terms.open_weights


def burdens(lab: Lab, terms: Terms, others: Others, wait_days: float, relations: Relations) -> float:
    """All that the terms themselves cost the lab (>= 0)."""
    return (
        delay(lab, terms, others, wait_days, relations)
        + foreign_delay(lab, terms)
        + disclosing(lab, terms, relations)
        + open_weights(lab, terms, relations)
    )


def gain_parts(
    lab: Lab,
    terms: Terms,
    others: Others,
    wait_days: float,
    courted: float,
    has_deal: bool,
    news: float,
    law_chance: float,
    strictness: float,
    levers: Levers,
    climate: Climate,
    relations: Relations,
) -> Gain:
    """All parts of the lab's gain from joining rather than staying out, costs negative.

    Parameters
    ----------
    wait_days : float
        The wait at the desk that the lab reckons with.
    courted : float
        The persuasion it has received so far.
    has_deal : bool
        Whether a side deal is on offer to it.
    news : float
        What has lately made all labs keener or cooler, in release cycles.
    law_chance, strictness : float
        The chance of a law within a year as its stage shows it, and how strict the terms are (see `detection`), 0..1.
    """
    burden = mandate_burden(lab, climate, relations)
    return Gain(
        goodwill(lab, relations),
        peers(others, relations),
        mandate_avoided(law_chance, burden, spared(lab, others, strictness, levers, relations)),
        protection(lab, levers, climate, relations),
        precedent(lab, relations),
        stance(lab, relations),
        side_deals(lab, levers, relations) if has_deal else 0.0,
        courted,
        -delay(lab, terms, others, wait_days, relations),
        -foreign_delay(lab, terms),
        -disclosing(lab, terms, relations),
        -doubt(lab, levers, relations),
        -open_weights(lab, terms, relations),
        news,
    )


def total_gain(parts: Gain) -> float:
    """The gain of joining in release cycles: the sum of its parts, in their order."""
    total = 0.0
    for part in parts:
        total += part
    return total


def joining_chance(gain: float, relations: Relations) -> float:
    """Probability that a lab with this gain pledges (0..1): logit choice.

    References
    ----------
    Blume (1993), *Games and Economic Behavior* 5: 387-424.
    """
    return logistic(gain / relations.lab_temperature)


def joins(u: float, chance: float) -> bool:
    """Whether the lab pledges, given its taste `u`, uniform in [0, 1)."""
    return u < chance


def attends(u: float, lab: Lab) -> bool:
    """Whether the lab takes the question up this round, given a uniform draw `u`."""
    return u < lab.attention


def renews(u: float, lab: Lab, relations: Relations) -> bool:
    """Whether a lab's taste is drawn anew, given the uniform draw `u` that decided whether it attends."""
    return left_over(u, lab.attention) >= relations.taste_persistence


def taste_worth(taste: float, relations: Relations) -> float:
    """What the listed parts leave out, in release cycles: with it a lab joins where its gain is above 0.

    Logistic with mean 0, so that a uniform taste gives `joining_chance`.
    """
    if taste <= 0.0 or taste >= 1.0:
        return math.inf if taste <= 0.0 else -math.inf
    return relations.lab_temperature * math.log((1.0 - taste) / taste)


def reservation_days(gain: float, terms: Terms, lab: Lab, others: Others, relations: Relations) -> float:
    """Days of review at which a lab's gain, now `gain` with its taste, would be 0 (may be below 0 or infinite).

    Closed form, since the cost of delay is linear in the days.
    """
    by_day = delay(lab, Terms(1.0, terms.covered_share, 0.0, 0.0, 0.0), others, 0.0, relations)
    if by_day <= 0.0:
        return math.inf if gain >= 0.0 else -math.inf
    return terms.review_days + gain / by_day


def held_out_share(conceded: float, relations: Relations) -> float:
    """Share of what its ideal would bring that a lab holds out for (>= 0); at the deadline none, if it gains at all."""
    return relations.patience * (1.0 - conceded)


def while_waiting(gain: float, gain_at_ideal: float, held_out: float) -> float:
    """The gain that decides while a lab may still hope for better, its taste apart (release cycles, or -inf).

    With its taste t a lab takes an offer once ``gain + t >= held_out x (gain_at_ideal + t)``, so that t has to exceed
    ``-(gain - held_out x gain_at_ideal) / (1 - held_out)``. An offer as good as its ideal is not held out against.
    """
    if gain >= gain_at_ideal:
        return gain
    if held_out >= 1.0:
        return -math.inf
    return (gain - held_out * gain_at_ideal) / (1.0 - held_out)


def expected_word(gain: float, refused: float, accepted: float, is_in: bool, relations: Relations) -> float:
    """Chance that a lab has a word in at a gain, as far as its answers so far show its taste (0..1).

    A lab that refused better terms will refuse worse; one that took worse will take better, and goes back on its word
    only for a loss above what that costs.

    Parameters
    ----------
    gain : float
        What it would gain, its taste apart (release cycles).
    refused, accepted : float
        The greatest `joining_chance` at which it has refused (0 if it has not), and the least at which it has accepted
        (1 if it has not).
    """
    if is_in:
        return min(1.0, joining_chance(gain + relations.reneging_cost, relations) / accepted)
    chance = joining_chance(gain, relations)
    if chance <= refused:
        return 0.0
    return (chance - refused) / (1.0 - refused)
