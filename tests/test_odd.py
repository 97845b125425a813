"""The ODD says what the code says: every parameter, measure, rule and step, and none that is gone."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

import model.rules
from model import draws, schema
from model.rules import records
from model.scenario import SHIPPED, load

MODEL = Path(model.__file__).parent
ODD = (MODEL / "ODD.md").read_text(encoding="utf-8")
BASELINE = SHIPPED / "baseline.yaml"
ROOT = yaml.safe_load(BASELINE.read_text(encoding="utf-8"))
RULE_FILES = [
    importlib.import_module(found.name) for found in pkgutil.iter_modules(model.rules.__path__, "model.rules.")
]

GUIDE = "Reader's guide in one page"
ELEMENTS = (
    "1 Purpose and patterns",
    "2 Entities, state variables and scales",
    "3 Process overview and scheduling",
    "4 Design concepts",
    "5 Initialization",
    "6 Input data",
    "7 Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)


def part(title: str, marks: str = "##") -> str:
    """The text under a heading, to the next one of the same rank or above; '' where there is none."""
    found = re.search(rf"^{marks} {re.escape(title)}\n(.*?)(?=^#{{1,{len(marks)}}} |\Z)", ODD, re.M | re.S)
    return found.group(1) if found else ""


def rows(text: str) -> list[str]:
    """The rows of a table that begin with a name in backticks."""
    return [line for line in text.splitlines() if line.startswith("| `")]


def flat(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


def differences(expected: Iterable[str], found: Iterable[str]) -> str:
    """What to paste into the ODD, and what to take out of it."""
    missing = [line for line in expected if line not in found]
    surplus = [line for line in found if line not in expected]
    moved = "" if missing or surplus else "\nnothing is missing, but the order differs or a line stands twice"
    return listed("missing in ODD.md", missing) + listed("to be taken out of ODD.md", surplus) + moved


def listed(about: str, lines: Iterable[str]) -> str:
    """A heading and lines to copy."""
    return "\n".join(["", f"{about}:", *lines])


# ---------------------------------------------------------------- what the declarations say


def parameter_rows(section: str) -> list[str]:
    """The table of one section, or of one trait record, as declared and set in the baseline."""
    entries = load(BASELINE).entries
    found = []
    for item in schema.fields((schema.SECTIONS | schema.TRAITS)[section]):
        place = schema.declared_at(section, item.path)
        path, about = ".".join(place), schema.declaration(ROOT, place)
        if isinstance(item.type, type) and issubclass(item.type, IntEnum):
            ends = ", ".join(schema.choices(item.type))
        else:
            ends = f"{about.low:g} .. {about.high:g}"
        value = "-" if section in schema.TRAITS else entries[path].shown()
        found.append(f"| `{path}` | {about.label} | {about.unit} | {ends} | {value} |")
    return found


def measure_rows() -> list[str]:
    """The table of measures: the fields of every record of measures, each with a label and a unit."""
    found = []
    for record in records.MEASURES:
        abouts = {name: about_in(hint) for name, hint in get_type_hints(record, include_extras=True).items()}
        assert all(abouts.values())
        found += [f"| `{name}` | {about.label} | {about.unit} |" for name, about in abouts.items() if about]
    return found


def about_in(hint: Any) -> records.About | None:
    return next((said for said in get_args(hint) if isinstance(said, records.About)), None)


def public_rules() -> set[str]:
    return {
        name
        for module in RULE_FILES
        for name, rule in inspect.getmembers(module, inspect.isfunction)
        if rule.__module__ == module.__name__ and not name.startswith("_")
    }


def constants() -> list[str]:
    """Numbers that are written into the model, as `NAME` = value."""
    return [
        f"`{name}` = {value:g}"
        for module in [*RULE_FILES, draws]
        for name, value in vars(module).items()
        if name.isupper() and type(value) in (int, float)
    ]


def steps() -> list[str]:
    """The numbered steps of a round, from the first lines of the turns."""
    told = (
        ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for path in sorted((MODEL / "turns").glob("*.py"))
    )
    numbered = (re.findall(r"^\d+\. (.*?)(?=\n\d+\. |\n\n|\Z)", text, re.M | re.S) for text in told)
    return [flat(step).rstrip(",.;") for found in numbered for step in found]


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("section", [*schema.SECTIONS, *(f"traits.{trait}" for trait in schema.TRAITS)])
def test_the_table_of_a_section_holds_every_declared_parameter_and_no_other(section: str) -> None:
    expected, found = parameter_rows(section.removeprefix("traits.")), rows(part(section, "###"))
    assert found == expected, differences(expected, found)


def test_the_table_of_measures_holds_every_measure_and_no_other() -> None:
    expected, found = measure_rows(), rows(part("Every measure"))
    assert found == expected, differences(expected, found)


def test_rows_are_built_as_a_reader_would_write_them() -> None:
    opening = "| `levers.opening.review_days` | Review in the opening draft | days | 1 .. 120 | 90 |"
    assert opening in parameter_rows("levers")
    assert "| `adopted` | Framework adopted | share of runs |" in measure_rows()


def test_no_row_anywhere_is_about_a_parameter_that_is_not_declared() -> None:
    declared = {row.split("`")[1] for section in schema.SECTIONS | schema.TRAITS for row in parameter_rows(section)}
    named = re.findall(rf"^\| `((?:{'|'.join([*schema.SECTIONS, 'traits'])})\.[\w.]+)` \|", ODD, re.M)
    assert set(named) <= declared, listed("not declared", sorted(set(named) - declared))


def test_the_directions_speak_of_every_lever_and_of_every_parameter_of_the_climate() -> None:
    told = part("Directions that hold, and those that need not")
    paths = [f"{section}.{'.'.join(item.path)}" for section in ("climate", "levers") for item in fields_of(section)]
    missing = [path for path in paths if f"| `{path}` |" not in told]
    assert not missing, listed("without a row", missing)


def fields_of(section: str) -> list[schema.Field]:
    return list(schema.fields(schema.SECTIONS[section]))


# ---------------------------------------------------------------- text


def test_a_readers_guide_and_then_the_elements_of_the_protocol_stand_in_their_order() -> None:
    headings = re.findall(r"^## (.+)$", ODD, re.M)
    assert tuple(headings[: 1 + len(ELEMENTS)]) == (GUIDE, *ELEMENTS)


def test_every_author_whom_the_text_cites_by_year_stands_among_the_references() -> None:
    text, references = flat(ODD.split("## References")[0]), flat(part("References"))
    cited = set(re.findall(r"(\w[\w-]+)(?: et al\.)?(?: \(|, | )(1[89]\d\d|20[01]\d|202[0-5])\b", text))
    names = {(name, year) for name, year in cited if name[0].isupper()}
    missing = [f"{name} {year}" for name, year in sorted(names) if not re.search(rf"{name}.{{0,60}}{year}", references)]
    assert len(names) > 10
    assert not missing, listed("cited but not listed", missing)


def test_the_eleven_design_concepts_stand_in_their_order() -> None:
    assert tuple(re.findall(r"^\*\*(.+?)\.\*\*", part("4 Design concepts"), re.M)) == CONCEPTS


def test_every_step_of_a_round_stands_in_the_overview() -> None:
    overview, told = flat(part("3 Process overview and scheduling")), steps()
    assert len(told) >= 8
    missing = [step for step in told if step not in overview]
    assert not missing, listed("not in the overview", missing)


def test_every_rule_has_its_entry_among_the_submodels_and_no_entry_outlives_its_rule() -> None:
    entries = re.findall(r"^(?:- )?\*\*`(\w+)`\*\*", part("7 Submodels"), re.M)
    assert sorted(entries) == sorted(public_rules()), differences(sorted(public_rules()), entries)


def test_every_part_of_a_labs_gain_is_explained_among_the_submodels() -> None:
    told = part("7 Submodels")
    missing = [name for name in records.Gain._fields if f"| `{name}` |" not in told]
    assert not missing, listed("without a row", missing)


def test_every_number_written_into_the_model_is_named_with_its_value() -> None:
    missing = [said for said in constants() if said not in flat(ODD)]
    assert not missing, listed("not in ODD.md", missing)
