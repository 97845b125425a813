"""What the answer hangs on: the unknowns that move adoption most, for a reader who made no sensitivity analysis.

One analysis ships, beside the scenario that it is of. `optin sensitivity` leaves such a file in its folder.
"""

import datetime
import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from model.problems import listed
from model.scenario import SHIPPED, Scenario

from ..measures.intervals import Interval
from ..results.finding import Finding
from ..results.words import bracketed
from ..runs.manifest import manifest_of, scenario_hash
from ..runs.store import Store
from .sensitivity_finding import Sensitivity

DRIVERS = "drivers.json"  # in the results of a sensitivity analysis
OF_BASELINE = SHIPPED / "drivers" / "baseline.json"
MOST, SPOTS = 3, 8
MEASURE, DESIGN = "adopted", "saltelli"  # of Morris' indices none is a share of the variance


class Driver(NamedTuple):
    """An unknown that moves adoption.

    ``origin`` is 'sourced', 'assumed' or 'scenario', ``share`` the share of the variance that it has a part in (0..1).
    """

    path: str
    label: str
    origin: str
    share: Interval

    def text(self) -> str:
        """The unknown and its share, inside a sentence."""
        named = self.path.startswith("stakeholders.")  # whose labels begin with a name
        label = self.label if named else self.label[0].lower() + self.label[1:]
        return f"{label} ({self.share_text()})"

    def share_text(self) -> str:
        """The share with its 95% interval."""
        return bracketed(self.share, "z.0%")


class Drivers(NamedTuple):
    """The unknowns that move adoption most, at most `MOST`, and what says so.

    ``effective`` is the hash of the ``scenario``, ``told`` how many of the ``unknowns`` can be told from luck;
    ``points`` is how many were played, with ``runs`` at each, and ``written`` when, in ISO 8601. ``adopted_at_spots``
    are the shares of runs that adopt at a few points: played again, they show whether rules have changed.
    """

    scenario: str
    effective: str
    strongest: tuple[Driver, ...]
    told: int
    unknowns: int
    points: int
    runs: int
    seed: int
    version: str
    commit: str | None
    written: str
    adopted_at_spots: tuple[float, ...]

    def sentence(self) -> str:
        """What adoption hangs on most, with shares of its variance."""
        if not self.strongest:
            return "Of no unknown can the effect on adoption be told from luck."
        return (
            f"By shares of its variance, adoption hangs most on {listed([driver.text() for driver in self.strongest])}."
        )

    def reading(self) -> str:
        """What the shares are, what the values rest on, and how many more unknowns there are."""
        told = f"{self.told} of {self.unknowns} unknowns can be told from luck."
        if not self.strongest:
            return told
        count = sum(driver.origin == "assumed" for driver in self.strongest)
        assumed = "all" if count == len(self.strongest) else str(count or "none")
        return (
            "The share is that of the variance of adoption that the unknown has a part in, alone or with others, with "
            "its 95% interval. Where intervals overlap, the order is open. "
            f"Of the {len(self.strongest)} named {assumed} rest on assumptions; {told}"
        )

    def made(self) -> str:
        """Which analysis it is, of what, by which version, and when."""
        return (
            f"Sensitivity analysis (Sobol) of {self.scenario}, made on {day(self.written)} with Opt-In {self.version}: "
            f"{self.points:,} points of {self.runs:,} runs, seed {self.seed}."
        )

    def is_of(self, scenario: Scenario) -> bool:
        """Whether the analysis was of this scenario, under whatever name."""
        return self.effective == scenario_hash(scenario)

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        strongest = [{**driver._asdict(), "share": driver.share.data()} for driver in self.strongest]
        return {**self._asdict(), "strongest": strongest}


def drivers_in(store: Store, finding: Finding) -> Drivers | None:
    """The unknowns that finished results say adoption hangs on; None where they are no analysis of that."""
    plan = store.plan
    if not isinstance(finding, Sensitivity) or (plan.measure, plan.design) != (MEASURE, DESIGN):
        return None
    told, there = finding.told(), manifest_of(store.folder)
    strongest = [plan.scenario.entries[path] for path in told[:MOST]]
    return Drivers(
        scenario=plan.scenario.called,
        effective=scenario_hash(plan.scenario),
        strongest=tuple(
            Driver(entry.path, entry.label, entry.origin, finding.total[entry.path]) for entry in strongest
        ),
        told=len(told),
        unknowns=len(finding.total),
        points=len(plan.points),
        runs=plan.runs,
        seed=plan.seed,
        **{name: there[name] for name in ("version", "commit", "written")},
        adopted_at_spots=adopted_at(store, spots(len(plan.points))),
    )


def spots(points: int) -> range:
    """The numbers of at most `SPOTS` of so many points, evenly spaced."""
    return range(0, points, max(1, points // SPOTS))[:SPOTS]


def adopted_at(store: Store, points: Iterable[int]) -> tuple[float, ...]:
    """The shares of runs that adopt at some points (0..1)."""
    point, adopted = store["point"], store[MEASURE]
    return tuple(float(np.nanmean(adopted[point == number])) for number in points)


@functools.cache
def shipped_drivers() -> Drivers:
    """What adoption hangs on in the baseline, by the analysis that ships."""
    return drivers_from(json.loads(OF_BASELINE.read_text(encoding="utf-8")))


def drivers_from(data: Mapping[str, Any]) -> Drivers:
    """The record of which `Drivers.data` gave this."""
    strongest = (Driver(**{**one, "share": Interval.from_data(one["share"])}) for one in data["strongest"])
    return Drivers(**{**data, "strongest": tuple(strongest), "adopted_at_spots": tuple(data["adopted_at_spots"])})


def day(written: str) -> str:
    """A date in words."""
    date = datetime.datetime.fromisoformat(written)
    return f"{date.day} {date:%B %Y}"
