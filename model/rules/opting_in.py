"""What a lab gains by joining, part by part, and whether it joins.

Every part is in release cycles: 1 is worth a whole release cycle of the lab's own. The parts with a minus
sign in `gain` are costs.
"""

from .arithmetic import DAYS_A_YEAR, cycles_lost, logistic
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
    """Company: the share of the frontier that has already pledged (>= 0)."""
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
    """What a mandatory law would cost the lab (>= 0)."""
    delay = cycles_lost(climate.mandate_days, climate.mandate_covered_share, lab.releases_per_year)
    return relations.mandate_weight * lab.mandate_aversion * delay


def mandate_avoided(chance: float, burden: float, pivotal: float) -> float:
    """Expected cost of a mandatory law that the lab's pledge helps to avert (>= 0).

    A single lab (pivotal = 1) accepts voluntary terms up to ``cost(terms) = chance x burden``.

    References
    ----------
    Segerson & Miceli (1998), *Journal of Environmental Economics and Management* 36: 109-130.
    """
    return chance * burden * pivotal


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
    """Worth of equity and contract deals beside the framework (>= 0)."""
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


def foreign_delay(lab: Lab, terms: Terms, levers: Levers) -> float:
    """Releases delayed still longer abroad (>= 0)."""
    lost = cycles_lost(levers.foreign_lag_days, terms.covered_share, lab.releases_per_year)
    return lab.foreign_share * lost


def disclosing(lab: Lab, terms: Terms, relations: Relations) -> float:
    """Cost of publishing frameworks, capabilities, safeguards and incidents (>= 0)."""
    return relations.disclosure_weight * lab.disclosure_aversion * terms.disclosure


def doubt(lab: Lab, levers: Levers, relations: Relations) -> float:
    """Doubt about a threshold that the lab may not know (>= 0)."""
    return relations.secrecy_weight * lab.secrecy_aversion * levers.secrecy


def open_weights(lab: Lab, terms: Terms, relations: Relations) -> float:
    """Clash of a review before release with weights that cannot be called back (>= 0)."""
    return relations.open_weight_cost * lab.open_weight_share * terms.covered_share


def gain_parts(
    lab: Lab,
    terms: Terms,
    others: Others,
    wait_days: float,
    courted: float,
    mandate_chance: float,
    levers: Levers,
    climate: Climate,
    relations: Relations,
) -> Gain:
    """All parts of the lab's gain from joining rather than staying out, costs negative.

    `wait_days` is the wait at the desk that the lab reckons with, `courted` the persuasion it has received so far,
    `mandate_chance` how likely a law is now.
    """
    pivotal = pivotality(lab, others, levers)
    burden = mandate_burden(lab, climate, relations)
    return Gain(
        goodwill(lab, relations),
        peers(others, relations),
        mandate_avoided(mandate_chance * relations.forestalling, burden, pivotal),
        protection(lab, levers, climate, relations),
        precedent(lab, relations),
        stance(lab, relations),
        side_deals(lab, levers, relations),
        courted,
        -delay(lab, terms, others, wait_days, relations),
        -foreign_delay(lab, terms, levers),
        -disclosing(lab, terms, relations),
        -doubt(lab, levers, relations),
        -open_weights(lab, terms, relations),
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


def attends(u: float, lab: Lab) -> bool:
    """Whether the lab takes the question up this round, given a uniform draw `u`."""
    return u < lab.attention


def joins(u: float, chance: float) -> bool:
    """Whether the lab pledges, given a uniform draw `u` in [0, 1)."""
    return u < chance
