"""Tables of actors as KTAB and DECIDE have them: who wants what, how much it cares, and its power.

DECIDE has a line an item: ``#A`` an actor, ``#P`` an issue, ``#M`` an end of its scale, ``#D`` an actor's position,
salience and power on an issue. KTAB has a line an actor, with columns for name, description and power, and a position
and a salience for each issue; a line with a title may stand above.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from model.problems import BadInput, Mark, Problem, known_instead, quoted, refusal

from .cells import Cell, is_number, read_cells

NAMES = ("actor", "stakeholder", "name")
POWERS = ("power", "influence", "clout", "capability")
DESCRIPTION = "description"
POSITION, SALIENCE = (re.compile(rf"(?i)\b(?:{words})\d*\b") for words in ("position|pstn|pos", "salience|sal"))
KINDS = {"#O": 2, "#A": 2, "#P": 2, "#M": 3, "#D": 6}  # kinds of lines of DECIDE -> cells that they have at least
SCALE = (0.0, 100.0)  # of an issue without #M
WEAKEST = 0.001  # of the strongest's power
MOST_ACTORS = 200
FORM = (
    "a table of actors is needed: lines of #A, #P, #M and #D, as DECIDE has them, or as in KTAB the columns Actor, "
    "Power, and Position and Salience for each issue"
)

type Scale = tuple[float, float]


class Stand(NamedTuple):
    """An actor's position on an issue, as a share of the scale (0..1), its salience (>= 0) and its power (> 0)."""

    position: float
    salience: float
    power: float


class Actors(NamedTuple):
    """A table of actors: their names, and issue -> actor -> stand, for those who have one."""

    title: str
    names: tuple[str, ...]
    stands: Mapping[str, Mapping[str, Stand]]


class _Entry(NamedTuple):
    """An actor's stand on an issue as it is written."""

    actor: Cell
    issue: Cell
    position: Cell
    salience: Cell
    power: Cell


def read_actors(path: Path) -> Actors:
    """A table of actors in one of the two forms.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    lines = [line for line in map(_without_end, read_cells(path)) if line]
    if not lines:
        raise refusal(Mark(str(path), 1, 1), f"is empty; {FORM}")
    read = _decide if lines[0][0].text.startswith("#") else _ktab
    return read(path, lines)


def _without_end(line: list[Cell]) -> list[Cell]:
    """A line without the empty cells at its end."""
    filled = [number for number, cell in enumerate(line, 1) if cell.text]
    return line[: filled[-1]] if filled else []


# ---------------------------------------------------------------- DECIDE


def _decide(path: Path, lines: Sequence[Sequence[Cell]]) -> Actors:
    problems = [problem for line in lines for problem in _line_problems(line)]
    if problems:
        raise BadInput(problems)
    kinds = {kind: [line[1:] for line in lines if line[0].text == kind] for kind in KINDS}
    actors, issues = ([line[0] for line in kinds[kind]] for kind in ("#A", "#P"))
    entries = [_Entry(*line[:5]) for line in kinds["#D"]]
    problems += _unknown([entry.actor for entry in entries], actors, "actor", "#A")
    problems += _unknown([entry.issue for entry in entries], issues, "issue", "#P")
    problems += _unknown([line[0] for line in kinds["#M"]], issues, "issue", "#P")
    scales = {}
    for issue in issues:
        ends = [line[1] for line in kinds["#M"] if line[0].text == issue.text]
        values = {float(end.text) for end in ends if is_number(end)}
        scales[issue.text] = (min(values), max(values)) if len(values) > 1 else SCALE
        problems += [_no_number(end, "an end of the scale", "a number") for end in ends if not is_number(end)]
        if len(values) == 1 and all(map(is_number, ends)):
            problems.append(Problem(ends[0].mark, "found one end of a scale; two are needed, or none"))
    title = kinds["#O"][0][0].text if kinds["#O"] else path.stem
    return _checked(str(path), title, actors, issues, scales, entries, problems)


def _line_problems(line: Sequence[Cell]) -> Iterator[Problem]:
    """A line of an unknown kind, or too short for its kind."""
    kind = line[0]
    if kind.text not in KINDS:
        yield Problem(kind.mark, f"found {quoted(kind.text)}; a line begins with one of {', '.join(KINDS)}")
    elif len(line) < KINDS[kind.text]:
        yield Problem(
            kind.mark, f"found {len(line)} cell{'s' * (len(line) != 1)}; {kind.text} needs {KINDS[kind.text]}"
        )


def _unknown(cells: Sequence[Cell], known: Sequence[Cell], what: str, kind: str) -> Iterator[Problem]:
    """Names of actors or issues that no line of their kind has."""
    names = {cell.text: None for cell in known}
    for cell in cells:
        if cell.text not in names:
            text = f"found the {what} {quoted(cell.text)}, which no {kind} has{known_instead(cell.text, names)}"
            yield Problem(cell.mark, text)


# ---------------------------------------------------------------- KTAB


def _ktab(path: Path, lines: Sequence[Sequence[Cell]]) -> Actors:
    top = next((at for at, line in enumerate(lines[:2]) if {cell.text.casefold() for cell in line} & {*NAMES}), None)
    if top is None:
        raise refusal(lines[0][0].mark, f"found no column {' or '.join(NAMES)}; {FORM}")
    head = lines[top]
    name, power, issues = _columns(head)
    problems = []
    rows = []
    for line in lines[top + 1 :]:
        rows.append([*line, *[Cell("", line[-1].mark)] * (len(head) - len(line))])
        if len(line) > len(head):
            problems.append(Problem(line[len(head)].mark, f"found more cells than the {len(head)} columns"))
    entries = [
        _Entry(row[name], issue, row[column], row[column + 1], row[power])
        for row in rows
        for issue, column in issues
        if row[column].text or row[column + 1].text
    ]
    title = lines[0][0].text if top else path.stem
    scales = {issue.text: SCALE for issue, _ in issues}
    return _checked(
        str(path), title, [row[name] for row in rows], [issue for issue, _ in issues], scales, entries, problems
    )


def _columns(head: Sequence[Cell]) -> tuple[int, int, list[tuple[Cell, int]]]:
    """Which column holds the name, which the power, and for each issue which its position; its salience comes next."""
    words = [cell.text.casefold() for cell in head]
    names, powers = ([at for at, word in enumerate(words) if word in known] for known in (NAMES, POWERS))
    problems = []
    for what, columns, known in (("name", names, NAMES), ("power", powers, POWERS)):
        if len(columns) != 1:
            text = f"found {len(columns)} columns of {what}; one is needed, called {' or '.join(known)}"
            problems.append(Problem(head[0].mark, text))
    issues: list[tuple[Cell, int]] = []
    known_columns = {*names, *powers, *(at for at, word in enumerate(words) if word == DESCRIPTION)}
    for at, cell in enumerate(head):
        if POSITION.search(cell.text):
            called = POSITION.sub("", cell.text).strip(" _-:.") or f"issue {len(issues) + 1}"
            issues.append((Cell(called, cell.mark), at))
            known_columns |= {at, at + 1}
            if not any(SALIENCE.search(after.text) for after in head[at + 1 : at + 2]):
                problems.append(
                    Problem(cell.mark, f"found {quoted(cell.text)} without its salience in the next column")
                )
        elif at not in known_columns:
            problems.append(Problem(cell.mark, f"found the column {quoted(cell.text)}; {FORM}"))
    problems += _name_problems([issue for issue, _ in issues], "issue")
    if problems:
        raise BadInput(problems)
    return names[0], powers[0], issues


# ---------------------------------------------------------------- both


def _checked(
    file: str,
    title: str,
    actors: Sequence[Cell],
    issues: Sequence[Cell],
    scales: Mapping[str, Scale],
    entries: Sequence[_Entry],
    problems: list[Problem],
) -> Actors:
    """The table, once its names and numbers are seen to be allowed."""
    problems += [*_name_problems(actors, "actor"), *_name_problems(issues, "issue")]
    stands: dict[str, dict[str, Stand]] = {issue.text: {} for issue in issues}
    for entry in entries:
        scale = scales.get(entry.issue.text, SCALE)
        wrong = list(_number_problems(entry, scale))
        problems += wrong
        of_issue = stands.setdefault(entry.issue.text, {})
        if entry.actor.text in of_issue:
            text = f"found a position of {quoted(entry.actor.text)} on {quoted(entry.issue.text)} again"
            problems.append(Problem(entry.actor.mark, text))
        elif not wrong:
            position, salience, power = (float(cell.text) for cell in entry[2:])
            of_issue[entry.actor.text] = Stand((position - scale[0]) / (scale[1] - scale[0]), salience, power)
    if problems:
        raise BadInput(problems)
    _check_whole(file, actors, entries)
    return Actors(title if title.isprintable() and title else "Actors", tuple(actor.text for actor in actors), stands)


def _check_whole(file: str, actors: Sequence[Cell], entries: Sequence[_Entry]) -> None:
    """See that there is somebody who cares, that there are not too many, and that nobody is too weak to be shown."""
    if not any(float(entry.salience.text) for entry in entries):
        raise refusal(file, f"found no actor with a position and a salience above 0; {FORM}")
    if len(actors) > MOST_ACTORS:
        raise refusal(actors[MOST_ACTORS].mark, f"found {len(actors)} actors; at most {MOST_ACTORS} are allowed")
    strongest = max(float(entry.power.text) for entry in entries)
    weak = [entry.power for entry in entries if float(entry.power.text) < WEAKEST * strongest]
    if weak:
        text = f"less than a thousandth of the strongest's, {strongest:g}; a larger one is allowed, or leave it out"
        raise BadInput(Problem(cell.mark, f"found the power {quoted(cell.text)}, {text}") for cell in weak)


def _name_problems(cells: Sequence[Cell], what: str) -> Iterator[Problem]:
    """Names that stand twice, or that cannot be shown."""
    lines: dict[str, int] = {}
    for cell in cells:
        if cell.text in lines:
            text = f"found the {what} {quoted(cell.text)} again; it stands already in line {lines[cell.text]}"
            yield Problem(cell.mark, text)
        elif not cell.text or not cell.text.isprintable():
            yield Problem(cell.mark, f"found {quoted(cell.text)} as the name of an {what}; printable text is needed")
        lines.setdefault(cell.text, cell.mark.line)


def _number_problems(entry: _Entry, scale: Scale) -> Iterator[Problem]:
    """Numbers of an entry that are none, or outside what is allowed."""
    on_scale = f"a number from {scale[0]:g} to {scale[1]:g}, the scale of the issue,"
    if not is_number(entry.position) or not scale[0] <= float(entry.position.text) <= scale[1]:
        yield _no_number(entry.position, "the position", on_scale)
    if not is_number(entry.salience) or float(entry.salience.text) < 0.0:
        yield _no_number(entry.salience, "the salience", "a number from 0")
    if not is_number(entry.power) or float(entry.power.text) <= 0.0:
        yield _no_number(entry.power, "the power", "a number above 0")


def _no_number(cell: Cell, what: str, allowed: str) -> Problem:
    return Problem(cell.mark, f"found {quoted(cell.text)} for {what}; {allowed} is allowed")
