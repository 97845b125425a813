"""Regimes under the law of the cascade: by the engine's own rules, and as it plays them."""

import numpy as np
import pytest

from experiments.validation import asking, cascade, episodes
from experiments.validation.asking import Asking
from experiments.validation.record import CHANGED, read_record, regime
from model.draws import BLOCK, Array, quantiles
from model.scenario import SHIPPED, Scenario, load

from .test_cascade import most_variation

BLOCKS = 10  # of plays
QUIET = {"levers.persuasion_budget": 0.0, "relations.news_sd": 0.0}  # nobody is courted, and no news come


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(SHIPPED / "baseline.yaml")


def at_middle(scenario: Scenario) -> dict[str, float]:
    """The median of everything uncertain."""
    entries = [entry for entry in scenario.entries.values() if entry.distribution]
    drawn = quantiles(entries, np.full((len(entries), 1), 0.5))
    return {path: float(values[0]) for path, values in drawn.items()}


def by_law(ready: Asking, conditional: bool) -> Array:
    """The law of a regime with everything at its median and everybody asked: array (sets,)."""
    middle = at_middle(ready.episode.scenario)
    labs = len(ready.labs)
    possible = np.ones(1 << labs, bool)
    columns = {path: np.array([value]) for path, value in middle.items()}
    gains = asking.gains_of(ready.episode.scenario, columns, 1, np.ones((labs, 1 << labs), bool))
    return np.asarray(cascade.set_chances(*gains, np.ones(labs), conditional, possible)[0])


def by_plays(ready: Asking, changes: dict[str, float]) -> Array:
    """How often each set of labs joins in plays with everything at its median: array (sets,)."""
    scenario, labs = ready.episode.scenario, len(ready.labs)
    alone = episodes.episode(scenario, (), tuple(ready.labs), 1)
    middle = at_middle(scenario) | {f"stakeholders.{lab}.attention": 0.65 for lab in ready.labs}
    theta = np.empty((BLOCK, 0))
    joined = [episodes.play_block(alone, theta, block, {**middle, **changes}).joined for block in range(BLOCKS)]
    sets = (np.concatenate(joined) @ alone.bits).astype(int)
    return np.bincount(sets, minlength=1 << labs) / len(sets)


def variation(first: Array, second: Array) -> float:
    return float(0.5 * np.abs(first - second).sum())


# ---------------------------------------------------------------- the engine


@pytest.mark.slow
@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("name", ["white-house-2023", "seoul-2024", "aisi-2024", "eu-code-2025", "caisi-2026"])
def test_the_engine_plays_the_law_where_nobody_is_courted(name: str, conditional: bool, baseline: Scenario) -> None:
    """Exceeds the bound with probability 0.001 each, 0.01 in all."""
    ready = asking.asking(regime(name), baseline)
    chances = by_law(ready, conditional)
    played = by_plays(ready, {**QUIET, "levers.conditional": float(conditional)})
    assert variation(played, chances) < most_variation(chances, BLOCKS * BLOCK, 0.001)
    assert np.abs(cascade.lab_chances(played) - cascade.lab_chances(chances)).max() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ({"relations.news_sd": 0.03}, 0.01, 0.05),  # their most: a lab that news once made join keeps its word
        ({"levers.persuasion_budget": 0.1}, 0.03, 0.10),
        ({"levers.persuasion_budget": 0.35}, 0.10, 0.25),
    ],
)
def test_what_the_law_leaves_out_is_as_large_as_said(
    changes: dict[str, float], least: float, most: float, baseline: Scenario
) -> None:
    """News and courting only ever make labs join; by so much, the lab for which it is most."""
    ready = asking.asking(regime("seoul-2024"), baseline)
    more = cascade.lab_chances(by_plays(ready, QUIET | changes)) - cascade.lab_chances(by_law(ready, True))
    assert more.min() > -0.01
    assert least < more.max() < most


@pytest.mark.slow
def test_gains_are_those_of_the_engine(baseline: Scenario) -> None:
    """Without shock and news, what labs report in the end is their gain among those who are in."""
    ready = asking.asking(regime("caisi-2026"), baseline)
    scenario = ready.episode.scenario
    alone = episodes.episode(scenario, (), tuple(ready.labs), 1)
    middle = at_middle(scenario)
    results = episodes.play_block(
        alone, np.empty((BLOCK, 0)), 0, {**middle, **QUIET, "relations.regime_sd": 0.0, "relations.foresight": 0.3}
    )
    columns = {path: np.array([value]) for path, value in middle.items()} | {"relations.foresight": np.array([0.3])}
    labs = len(ready.labs)
    gains = asking.gains_of(scenario, columns, 1, np.ones((labs, 1 << labs), bool)).gains[0]
    sets = (results.joined @ alone.bits).astype(int)
    assert len(set(sets)) > 20
    for lab in range(labs):
        np.testing.assert_array_equal(results.gain[:, lab], gains[lab, sets & ~(1 << lab)])


# ---------------------------------------------------------------- what a regime asks


def test_every_regime_has_terms_to_be_taken_or_left(baseline: Scenario) -> None:
    past = read_record()
    for name in (*past.regimes, *CHANGED.values()):
        assert asking.unlike_the_law(regime(name)) == []
    assert {"levers.quorum_labs", "relations.pace", "relations.patience"} <= set(asking.unlike_the_law(baseline))


def test_the_gains_read_what_they_should(baseline: Scenario) -> None:
    white_house = asking.asking(regime("white-house-2023"), baseline)
    paths = np.array(episodes.fitted_paths(baseline))
    read = set(paths[list(white_house.reads)])
    assert {"relations.lab_temperature", "relations.regime_sd", "stakeholders.meta.frontier_share"} <= read
    assert not any(path.endswith(("attention", "secrecy_aversion", "open_weight_share")) for path in read)
    assert not any("xai" in path or "president" in path or "commerce" in path for path in read)
    assert {path for path, values in white_house.own.items() if len(values) > 1} == {"levers.opening.disclosure"}
    caisi = asking.asking(regime("caisi-2026"), baseline)
    assert {path for path, values in caisi.own.items() if len(values) > 1} == {
        *("levers.opening.covered_share", "levers.opening.disclosure", "levers.protection"),
        *("climate.hold_chance", "climate.hold_days"),
    }
    assert "stakeholders.openai.secrecy_aversion" in paths[list(caisi.reads)]


def test_draws_that_differ_in_nothing_that_is_read_have_the_same_chances(baseline: Scenario) -> None:
    ready = asking.asking(regime("aisi-2024"), baseline)
    one, other = episodes.prior_draws(baseline, 2, 1)
    mixed = other.copy()
    mixed[list(ready.reads)] = one[list(ready.reads)]
    chances = asking.set_chances(ready, np.array([one, mixed, other]))
    np.testing.assert_array_equal(chances[0], chances[1])
    assert not np.array_equal(chances[0], chances[2])


def test_who_may_not_have_been_asked_is_asked_by_a_coin(baseline: Scenario) -> None:
    everybody, few = (asking.asking(regime(name), baseline) for name in ("aisi-2024", "aisi-2024-few-asked"))
    assert everybody.asked.tolist() == [1.0] * 7
    assert few.asked.tolist() == [0.5] * 7
    theta = episodes.prior_draws(baseline, 8, 1)
    lab_chances = [cascade.lab_chances(asking.set_chances(ready, theta)) for ready in (everybody, few)]
    assert (lab_chances[1] < 0.5 * lab_chances[0] + 1e-9).all()  # less company, too


@pytest.mark.slow
@pytest.mark.parametrize("name", ["white-house-2023", "aisi-2024", "eu-code-2025", "caisi-2026"])
def test_the_points_leave_out_no_more_than_said(name: str, baseline: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    theta = episodes.prior_draws(baseline, 24, 1)
    coarse = asking.set_chances(asking.asking(regime(name), baseline), theta)
    monkeypatch.setattr(asking, "POINTS", 512)
    fine = asking.set_chances(asking.asking(regime(name), baseline), theta)
    assert 0.5 * np.abs(coarse - fine).sum(axis=1).max() < 0.01
    of_a_record = (fine * np.abs(np.log(coarse / fine))).sum(axis=1)  # of a log likelihood, on average
    assert of_a_record.max() < 0.02
