"""Every regime of the past stands on the levels of the page that says how regimes are coded."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.scenario import SHIPPED, Scenario, load

FOLDER = SHIPPED / "regimes"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
# not a regime of the past, or a second reading of one
NOT_CODED = {"further-commitment", "drafting-2026", "aisi-2024-few-asked"} | {
    *("priors", "priors-wider", "exchangeable", "exchangeable-wider")
}
AWARDS = datetime.date(2025, 7, 14)  # of the Pentagon to four labs
REGIMES = sorted(path for path in FOLDER.glob("*.yaml") if path.stem not in NOT_CODED)
SEPARATOR = re.compile(r"\s*\|\s*")
OF_EVERY_LAB = " of every lab"


def tables() -> Iterator[tuple[tuple[str, ...], set[tuple[str, ...]]]]:
    """Each table of levels: its parameters, and their values at each level."""
    for found in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE):
        head, _, *rows = ([*SEPARATOR.split(line.strip("| \n"))][1:-1] for line in found.splitlines())
        parameters = tuple(cell.replace("`", "") for cell in head)
        if "federal_exposure" not in parameters[0]:
            yield parameters, {tuple(row) for row in rows}


def coded(scenario: Scenario, parameters: tuple[str, ...]) -> set[tuple[str, ...]]:
    """What a regime has of these parameters, lab by lab where they are labs' own."""
    return {
        tuple(
            scenario.entries[
                f"stakeholders.{lab}.{name.removesuffix(OF_EVERY_LAB)}" if name.endswith(OF_EVERY_LAB) else name
            ].shown()
            for name in parameters
        )
        for lab in scenario.named("lab")
    }


def test_the_page_has_all_scales() -> None:
    scales = dict(tables())
    assert [len(levels) for levels in scales.values()] == [5, 3, 3, 3, 3, 3]
    assert sum(len(parameters) for parameters in scales) == 11


@pytest.mark.parametrize("path", REGIMES, ids=lambda path: path.stem)
def test_a_regime_is_coded_by_the_levels_of_the_page(path: Path) -> None:
    scenario = load(path)
    off = [parameters for parameters, levels in tables() if not coded(scenario, parameters) <= levels]
    assert off == []


@pytest.mark.parametrize("path", REGIMES, ids=lambda path: path.stem)
def test_federal_business_is_at_stake_for_all_labs_of_a_regime_or_for_none(path: Path) -> None:
    scenario = load(path)
    as_then = load(FOLDER / "seoul-2024.yaml" if scenario.starts < AWARDS else SHIPPED / "baseline.yaml")
    paths = [f"stakeholders.{lab}.federal_exposure" for lab in scenario.named("lab")]
    shown = [scenario.entries[path].shown() for path in paths]
    assert set(shown) == {"0"} or shown == [as_then.entries[path].shown() for path in paths]
