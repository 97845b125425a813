"""What is refused, where and in what words: cases of bad input as data, which can be read as documentation.

Each file maps a sentence to a case, to a list of cases, or to `cases` with what they share. Everything in it is text,
`5`, `yes` and `~` too. A case says

- ``text``, what stands in `case.yaml`, `times` over (a case that is nothing else is written as the text alone);
  ``head``, what stands before it, and ``in``, what stands around it, where it takes the place of `<>`;
- ``file``, if it goes into another one; its ``encoding``; other files ``beside`` it; what the command line ``set``;
- ``at``, line and column in that file, or a place in full; ``says``, parts of the message, or ``is``, the whole of it;
  ``not``, what it must not say; ``under``, how many characters it has at most; or in place of these ``problems``,
  all that is said, in order; ``seconds``, within which it is said, where that matters.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from model.problems import BadInput
from model.scenario import SHIPPED

from ..conftest import SECONDS

FOLDER = Path(__file__).parent
LONGEST = 2000  # characters of a message, where all measures are listed
USUAL = {"text": "", "in": "<>", "times": 1, "file": "case.yaml", "encoding": "utf-8", "beside": {}, "seconds": SECONDS}

type Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    """Parameters for a test, one for each case of a file."""
    said = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    usual = USUAL | said.pop("usually")
    found = []
    for sentence, group in said.items():
        shared = dict(group) if isinstance(group, dict) else {"cases": group}
        for number, one in enumerate(shared.pop("cases", [{}]), 1):
            case = {"text": one} if isinstance(one, str) else one
            says = [*listed(shared.get("says", [])), *listed(case.get("says", []))]
            found.append(pytest.param({**usual, **shared, **case, "says": says}, id=f"{sentence} {number}"))
    return found


def listed(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def written(folder: Path, case: Case) -> tuple[str, ...]:
    """Write the files of a case to a folder, and say what it sets on the command line."""
    for name, content in case["beside"].items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    text = case["in"].replace("<>", case["text"] * int(case["times"])).replace("(shipped)", str(SHIPPED))
    whole = "\n".join([*filter(None, [case["head"]]), text])
    whole += "\n" * (not whole.endswith("\n"))
    (folder / case["file"]).write_bytes(whole.encode(case["encoding"]))
    return (case["set"],) if "set" in case else ()


def assert_not_read(read: Callable[[Path], Any], folder: Path, case: Case) -> None:
    """A function that reads a file refuses that of a case, as the case says."""
    written(folder, case)
    with pytest.raises(BadInput) as caught:
        read(folder / case["file"])
    assert_refused([str(problem).replace(f"{folder}/", "") for problem in caught.value.problems], case)


def assert_refused(said: list[str], case: Case) -> None:
    """What is said is what the case says: so many problems, each at its place, on one line and not too long."""
    expected = case.get("problems", [case])
    assert len(said) == len(expected), said
    for line, problem in zip(said, expected, strict=True):
        start = f"{place(case, problem)}: "
        assert line.startswith(start)
        message = line.removeprefix(start)
        assert message == problem.get("is", message)
        assert [part for part in listed(problem["says"]) if part not in message] == [], message
        assert problem.get("not", "\n") not in message
        assert "\n" not in line
        assert len(message) < int(problem.get("under", LONGEST))


def place(case: Case, problem: Case) -> str:
    if "at" not in problem:
        return f"--set {case['set']}"
    return f"{case['file']}:{problem['at']}" if problem["at"][0].isdigit() else problem["at"]
