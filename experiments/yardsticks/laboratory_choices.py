"""A record of choices in a laboratory: who joins at which threshold, and what each person believes of the others.

Five people each join or stay out; at least `threshold` of them have to join. In half of the choices a third answer is
allowed, to leave. Before, each states how many of `OF` people join, stay out and leave.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.draws import Array
from model.problems import BadInput, Problem, refusal

from .tables import Row, number, read_record, some_text, word

GROUP = 5
OF = 30  # of how many people beliefs are stated
JOIN, STAY, LEAVE = "C", "D", "L"
MUST_STAY, MAY_LEAVE = "A", "F"
COLUMNS = {
    "pid": some_text,
    "p_option": word(MUST_STAY, MAY_LEAVE),
    "thr": number(1, GROUP),
    "action": word(JOIN, STAY, LEAVE),
    "belief_c": number(0, OF),
    "belief_d": number(0, OF),
    "belief_l": number(0, OF, missing=0.0),
}
LEAST_PERSONS = 20


class Choices(NamedTuple):
    """Choices, a person's next to each other: arrays (choices).

    ``person``: numbered from 0; ``share``: of others that are expected to join; ``share_of_stayers``: of those expected
    not to leave, NaN where all are.
    """

    person: Array
    may_leave: Array
    threshold: Array
    joins: Array
    share: Array
    share_of_stayers: Array

    def where(self, chosen: Array) -> "Choices":
        """Some of the choices, with the persons numbered anew."""
        some = Choices(*(column[chosen] for column in self))
        return some._replace(person=np.unique(some.person, return_inverse=True)[1])


def read_choices(path: Path) -> Choices:
    """The choices of a record.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out persons.
    """
    table = read_record(path, COLUMNS, ("pid", "p_option", "thr"))
    problems = [problem for row in table if (problem := _wrong(row))]
    if problems:
        raise BadInput(problems)
    rows = [row.values for row in table]
    names = list(dict.fromkeys(row["pid"] for row in rows))
    if len(names) < LEAST_PERSONS:
        raise refusal(str(path), f"found {len(names)} persons; at least {LEAST_PERSONS} are needed")
    numbers = {name: position for position, name in enumerate(names)}
    joining, staying = (np.array([row[name] for row in rows]) for name in ("belief_c", "belief_d"))
    stayers = np.where(joining + staying > 0.0, joining + staying, np.nan)
    choices = Choices(
        np.array([numbers[row["pid"]] for row in rows]),
        np.array([row["p_option"] == MAY_LEAVE for row in rows]),
        np.array([int(row["thr"]) for row in rows]),
        np.array([float(row["action"] == JOIN) for row in rows]),
        joining / OF,
        joining / stayers,
    )
    for leaves, called in ((False, MUST_STAY), (True, MAY_LEAVE)):
        joined = choices.joins[choices.may_leave == leaves]
        if len(np.unique(joined)) < 2:
            raise refusal(str(path), f"found no two different answers with p_option {called}; both are needed")
    return choices


def _wrong(row: Row) -> Problem | None:
    """What is wrong with a row whose cells are right one by one."""
    its = row.values
    beliefs = its["belief_c"] + its["belief_d"] + its["belief_l"]
    if its["thr"] != int(its["thr"]):
        return Problem(row.mark, f"found the threshold {its['thr']:g}; a whole number is needed")
    if beliefs != OF:
        return Problem(row.mark, f"found beliefs about {beliefs:g} people; the three have to be of {OF} together")
    if its["p_option"] == MUST_STAY and its["action"] == LEAVE:
        return Problem(row.mark, f"found action {LEAVE} with p_option {MUST_STAY}, which does not allow it")
    return None


# ---------------------------------------------------------------- pivotality


def others_join(share: Array) -> Array:
    """The probability of each number of the others who join, if each does with this chance: array (choices, GROUP)."""
    from scipy.special import comb

    others = np.arange(GROUP)
    chance = share[:, None]
    return np.asarray(comb(GROUP - 1, others) * chance**others * (1.0 - chance) ** (GROUP - 1 - others))


def completing(share: Array, threshold: Array) -> Array:
    """The probability that one's own joining completes the threshold (0..1)."""
    return np.asarray(others_join(share)[np.arange(len(share)), threshold - 1])


def credited(share: Array, threshold: Array) -> Array:
    """The expected `pivotality` of the model's rule: the credit is split among all that are missing (0..1)."""
    missing = threshold[:, None] - np.arange(GROUP)
    credit = np.where(missing > 0, 1.0 / np.maximum(missing, 1), 0.0)
    return np.asarray((others_join(share) * credit).sum(axis=1))


def met_without(share: Array, threshold: Array) -> Array:
    """The probability that the others meet the threshold by themselves (0..1)."""
    met = np.arange(GROUP) >= threshold[:, None]
    return np.asarray((others_join(share) * met).sum(axis=1))
