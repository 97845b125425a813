"""What a run reports, by the names of its columns."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from model.rules.opting_in import total_gain
from model.rules.records import (
    ABOUT,
    GAIN_ABOUT,
    About,
    Fate,
    Gain,
    Lasting,
    Negotiated,
    Operating,
    Outcome,
    Stage,
    Word,
)
from model.scenario import Scenario
from model.turns.year import months_in

if TYPE_CHECKING:
    from model.history import History

# prefixes of columns: by lab, whether it joined, its last word, its taste and its gain as the talks ended (in all, and
# part by part), whether its last word decided, it is in at the horizon, it ever left, and how often it was held; by
# month after the talks, the share of the frontier in and the queue; and what is measured in the ad-hoc world
JOINED, WORD, TASTE, GAIN = "joined.", "word.", "taste.", "gain."
PIVOTAL, STAYS, LEFT, HELD = "pivotal.", "stays.", "left.", "held."
SHARE_IN, QUEUE = "share_in.month_", "queue.month_"
AD_HOC = "ad_hoc."
BY_LAB = {
    JOINED: About("joins", "share of runs"),
    WORD: About("last word (0 out, 1 on condition, 2 pledged)", "code"),
    TASTE: About("what the parts of its gain leave out", "release cycles"),
    GAIN: About("gain as the talks ended", "release cycles"),
    PIVOTAL: About("its last word decides", "share of runs"),
    STAYS: About("in it at the horizon", "share of runs"),
    LEFT: About("ever leaves", "share of runs"),
    HELD: About("ad-hoc holds", "holds"),
    AD_HOC + HELD: About("ad-hoc holds without a framework", "holds"),
}
BY_MONTH = (SHARE_IN, QUEUE)
CODES: dict[str, type[IntEnum]] = {"outcome": Outcome, "fate": Fate, "law_stage": Stage}  # measures, by what they say
NUMBERS = tuple(name for name in ABOUT if name not in ("outcome", "fate"))  # the measures that are no names
SHARE = "share of runs"
ABOUT_MONTHS = {
    SHARE_IN: About("share of the frontier in the framework at the end of month", "share"),
    QUEUE: About("releases that wait for their review at the end of month", "releases"),
}


def columns(scenario: Scenario, rounds: Mapping[str, int]) -> list[str]:
    """The names of all that a run measures, in the order of the columns of a table."""
    return [
        *Negotiated._fields,
        *Lasting._fields,
        *Operating._fields,
        *(AD_HOC + name for name in Operating._fields),
        *(prefix + lab for prefix in BY_LAB for lab in scenario.named("lab")),
        *gain_columns(scenario),
        *(f"{prefix}{month}" for prefix in BY_MONTH for month in months(rounds)),
    ]


def gain_columns(scenario: Scenario) -> list[str]:
    """The columns of the parts of each lab's gain."""
    return [f"{GAIN}{lab}.{part}" for lab in scenario.named("lab") for part in Gain._fields]


def months(rounds: Mapping[str, int]) -> range:
    """The whole months of the year after the talks, counted from 1."""
    return range(1, months_in(rounds["year"]) + 1)


def exists_if(name: str) -> str:
    """The measure that is above 0 in every run that has this column; '' if all do (see `About`)."""
    if name.startswith((WORD, TASTE, GAIN)):
        return "outcome"
    world = AD_HOC if name.startswith(AD_HOC) else ""
    about = ABOUT.get(name.removeprefix(world))
    return world + about.exists_if if about is not None and about.exists_if else ""


def measures(scenario: Scenario) -> dict[str, About]:
    """Every measure that can be averaged and drawn, by the name of its column."""
    return {
        **{name: ABOUT[name] for name in NUMBERS},
        **{AD_HOC + name: in_the_ad_hoc_world(ABOUT[name]) for name in Operating._fields},
        **{
            prefix + lab: About(f"{scenario.labels[lab]}: {about.label}", about.unit)
            for prefix, about in BY_LAB.items()
            for lab in scenario.named("lab")
            if about.unit != "code"
        },
        **{
            f"{GAIN}{lab}.{part}": About(f"{scenario.labels[lab]}: {about.label}", about.unit)
            for lab in scenario.named("lab")
            for part, about in GAIN_ABOUT.items()
        },
    }


def described(scenario: Scenario, rounds: Mapping[str, int]) -> dict[str, About]:
    """Label and unit of every column of a table of runs: the measures, and what cannot be averaged."""
    return {
        **{name: ABOUT[name] for name in ABOUT if name not in NUMBERS},
        **measures(scenario),
        **{
            prefix + lab: About(f"{scenario.labels[lab]}: {about.label}", about.unit)
            for prefix, about in BY_LAB.items()
            for lab in scenario.named("lab")
            if about.unit == "code"
        },
        **{
            f"{prefix}{month}": about._replace(label=f"{about.label} {month}")
            for prefix, about in ABOUT_MONTHS.items()
            for month in months(rounds)
        },
    }


def code(name: str) -> type[IntEnum] | None:
    """What the numbers of a column stand for; None where they stand for themselves."""
    return Word if name.startswith(WORD) else CODES.get(name)


def in_the_ad_hoc_world(about: About) -> About:
    """A measure of the same year without a framework."""
    return about._replace(label=f"{about.label}, without a framework")


def reported(history: "History") -> dict[str, Any]:
    """What a run reports: the measures, those of the ad-hoc world, and the columns by lab and by month."""
    negotiation, year, ad_hoc = history
    return {
        **negotiation.measures()._asdict(),
        **year.lasting()._asdict(),
        **year.measures()._asdict(),
        **{AD_HOC + name: value for name, value in ad_hoc.measures()._asdict().items()},
        **{JOINED + name: float(is_in) for name, is_in in negotiation.joined().items()},
        **{WORD + name: word for name, word in negotiation.words().items()},
        **{TASTE + name: taste for name, taste in negotiation.tastes().items()},
        **{GAIN + name: total_gain(gain) for name, gain in negotiation.gains().items()},
        **{PIVOTAL + name: float(decides) for name, decides in negotiation.pivotal().items()},
        **{STAYS + lab.name: float(lab.is_in) for lab in year.labs},
        **{LEFT + lab.name: float(lab.leavings > 0) for lab in year.labs},
        **{HELD + lab.name: float(lab.holds) for lab in year.labs},
        **{AD_HOC + HELD + lab.name: float(lab.holds) for lab in ad_hoc.labs},
        **{
            f"{GAIN}{name}.{part}": worth
            for name, gain in negotiation.gains().items()
            for part, worth in gain._asdict().items()
        },
        **{f"{SHARE_IN}{number}": value for number, value in enumerate(year.report.share_in, 1)},
        **{f"{QUEUE}{number}": value for number, value in enumerate(year.report.queue, 1)},
    }
