"""Whether a forecast is the one on record: its hash, the chain, and its probabilities made anew."""

import datetime
from pathlib import Path
from typing import Any, NamedTuple

from model import __version__
from model.fingerprint import fingerprint
from model.problems import BadInput, Mark, Problem, refusal

from .forecast import DIGITS, Forecast, forecast, shipped_draws
from .forecast_record import check_day, inputs
from .ledger import LEDGER, Entry, head, read_ledger
from .recorded import Recorded, read_recorded

NEAR = 1.01 * 10.0**-DIGITS  # another machine's last bits may turn the last digit


class VerifiedForecast(NamedTuple):
    """What was seen of a forecast: its ``entry``, which it is of how many ``entries``, and the ``head`` of the ledger.

    ``needs``: what it needs to be made anew where that is not installed, '' where it was made.
    """

    path: Path
    entry: Entry
    number: int
    entries: int
    head: str
    needs: str

    def text(self) -> str:
        """What was seen, in sentences."""
        anew = "It was not made anew." if self.needs else "Made anew, it has the same probabilities."
        return (
            f"{self.path}: SHA-256 {self.entry.sha256}, entry {self.number} of {self.entries}, said to be written on "
            f"{self.entry.written}. The chain and all files in it hold; its head is {self.head}. {anew}"
        )

    def data(self) -> dict[str, Any]:
        """The same as plain data that JSON can hold."""
        return {**self._asdict(), "path": str(self.path), "entry": self.entry._asdict()}


def verify_forecast(path: Path, workers: int) -> VerifiedForecast:
    """Check a forecast on record, and make it anew with what is installed if that can be.

    Raises
    ------
    BadInput
        With every entry or file of the ledger that has changed, or the probabilities that come out otherwise.
    """
    entries = read_ledger(path.parent)
    numbers = {entry.file: number for number, entry in enumerate(entries, 1)}
    if path.name not in numbers:
        raise refusal(path, f"is not on record: no entry of {path.parent / LEDGER} has its name")
    recorded = read_recorded(path)
    number = numbers[path.name]
    return VerifiedForecast(
        path, entries[number - 1], number, len(entries), head(entries), _made_anew(recorded, workers)
    )


def _made_anew(recorded: Recorded, workers: int) -> str:
    """What is needed to make a forecast anew; '' where it was made, with the same probabilities."""
    made_by = recorded.data["model"]
    needs = f"needs Opt-In {made_by['version']}, commit {made_by.get('commit', 'unknown')}, rules {made_by['rules']}"
    if (made_by["version"], made_by.get("inputs")) != (__version__, inputs()):
        return needs
    as_of = datetime.date.fromisoformat(recorded.data["as_of"])
    check_day(as_of)
    problems = _differences(recorded, forecast(shipped_draws(made_by["seed"]), as_of, None, workers))
    if problems and made_by["rules"] == fingerprint():
        raise BadInput(problems)
    return needs if problems else ""


def _differences(recorded: Recorded, finding: Forecast) -> list[Problem]:
    """The questions that come out otherwise."""
    problems = []
    for name, question in recorded.data["questions"].items():
        made = finding.questions.get(name)
        found = {option: chance["mean"] for option, chance in question["probabilities"].items()}
        means = None if made is None else {option: chance.mean for option, chance in made.probabilities.items()}
        if means is None or found.keys() != means.keys() or any(abs(found[it] - means[it]) > NEAR for it in found):
            problems.append(Problem(Mark(str(recorded.path)), f"found {found} for {name}; made anew: {means}"))
    return problems
