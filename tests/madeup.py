"""Small made-up records of the form of the real ones, which may not be passed on."""

import csv
import datetime
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

DECISIONS = (  # position and salience of three actors; a2 has a reference point at 0, b1 one at 100
    "a1 a 0 50 100 100 50 50 - 40",
    "a2 a 100 20 90 50 50 100 0 60",
    "b1 b 50 50 50 10 10 10 100 50",
    "b2 b 50 50 50 10 10 10 100 999",
    "b3 b 50 50 50 10 10 999 100 50",
)
SPLIT = {"a1": "train", "a2": "test", "b1": "dev"}

type Array = np.ndarray[Any, Any]

ROUNDS = 5


def joined_rounds(stance: Array, level: Array, company: float, shocks: Array, generator: np.random.Generator) -> Array:
    """The round in which each decider joins each regime (`ROUNDS` for never), decided one after another."""
    joined = np.full((len(shocks), len(stance)), len(level))
    for regime, shock in enumerate(shocks):
        for number, base in enumerate(level):
            share = (joined[regime] < number).mean()
            chance = 1.0 / (1.0 + np.exp(-(stance + base + company * share + shock)))
            now = (joined[regime] >= number) & (generator.random(len(stance)) < chance)
            joined[regime, now] = number
    return joined


def treaty_rows(treaties: int = 80, states: int = 40, shock_sd: float = 1.2, seed: int = 1) -> list[list[str]]:
    """Rows of a record of treaties, the first with the names of columns; one opens every 200 days from 1950."""
    generator = np.random.default_rng(seed)
    level = np.array([-0.5, -2.0, -2.5, -2.5, -2.5])
    joined = joined_rounds(
        generator.normal(0.0, 1.0, states), level, 0.0, generator.normal(0.0, shock_sd, treaties), generator
    )
    rows = [["treaty", "title", "state", "signed", "bound"]]
    first = datetime.date(1950, 1, 1)
    for treaty in range(treaties):
        opened = first + datetime.timedelta(200 * treaty)
        for state in range(states):
            late = joined[treaty, state] * 365 + generator.integers(1, 300)
            if state == treaty % states:
                late = 0  # somebody opens it
            elif joined[treaty, state] == ROUNDS:
                late += 400
            day = (opened + datetime.timedelta(int(late))).isoformat()
            signs = generator.random() < 0.5
            title = f'A treaty, called "{treaty}"'
            rows.append([f"{treaty}-a", title, f"State {state}", day if signs else "", "" if signs else day])
    return rows


def choice_rows(persons: int = 40, company: float = 6.0, pivotality: float = 2.0, seed: int = 1) -> list[list[str]]:
    """Rows of a record of choices in which joining has these weights."""
    generator = np.random.default_rng(seed)
    rows = [["pid", "p_option", "thr", "action", "belief_c", "belief_d", "belief_l"]]
    for person in range(persons):
        for option in "AF":
            for threshold in (2, 4, 5):
                believed = int(generator.integers(0, 31))
                leaving = int(generator.integers(0, 31 - believed)) if option == "F" else 0
                others = np.random.default_rng(0).random((2000, 4)) < believed / 30
                decisive = (others.sum(axis=1) == threshold - 1).mean()
                gain = company * believed / 30 + pivotality * decisive - 0.6 * company
                joins = generator.random() < 1.0 / (1.0 + np.exp(-gain))
                action = "C" if joins else "L" if option == "F" and generator.random() < 0.5 else "D"
                beliefs = [str(believed), str(30 - believed - leaving), str(leaving) if option == "F" else ""]
                rows.append([f"p{person}", option, str(threshold), action, *beliefs])
    return rows


def ratification_rows(parties: int = 80, seed: int = 1) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of records of Paris and of Kigali, in which parties join at an even pace; all have the same emissions."""
    generator = np.random.default_rng(seed)
    paris = [["Code", "Name", "Ratification", "Percentage"], ["EUU", "Union", "2016-10-05", "12.1"]]
    kigali = [["Code", "Name", "Date"]]
    for party in range(parties):
        code = f"P{party:02}"
        day = datetime.date(2016, 4, 22) + datetime.timedelta(int(generator.integers(0, 900)))
        stays_out = party >= parties - 3
        paris.append([code, f"Party {party}", "" if stays_out else day.isoformat(), f"{100 / parties:.4f}"])
        later = datetime.date(2016, 10, 15) + datetime.timedelta(int(generator.integers(0, 900)))
        if not stays_out:
            kigali.append([code, f"Party {party}", later.isoformat()])
    return paris, kigali


def decision_table(*rows: str, head: str = "isnr prnr pcom pat pbe scom sat sbe rp out") -> str:
    """The text of a record of decisions, from cells apart by blanks; a dash is an empty one."""
    return "\n".join(line.replace("-", "").replace(" ", "\t") for line in (head, *rows)) + "\n"


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as the text of a CSV file."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def made_up_files(kind: str, folder: Path) -> list[Path]:
    """Small files of a kind, in the order in which its command takes them."""
    paris, kigali = ratification_rows()
    texts = {
        "decisions": {
            "decisions.csv": decision_table(*DECISIONS),
            "split.json": json.dumps({"assignment": SPLIT}),
        },
        "treaties": {"treaties.csv": as_text(treaty_rows())},
        "laboratory": {"choices.csv": as_text(choice_rows())},
        "quorum": {"paris.csv": as_text(paris), "kigali.csv": as_text(kigali)},
    }
    for name, text in texts[kind].items():
        (folder / name).write_text(text)
    return [folder / name for name in texts[kind]]
