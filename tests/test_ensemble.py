"""The fast engine against the readable one: the same bits, run by run, and never an old kernel."""

import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.measures.columns import columns
from experiments.plans.design import Part, plan_of
from experiments.runs.play import rounds_of
from experiments.runs.pool import play_parts, run_many
from model.case import NO_CHANGES, Changes, most_rounds
from model.draws import BLOCK, Array
from model.ensemble import play_points
from model.scenario import SHIPPED, Scenario, load
from model.schema import choices

from .drawn import BASELINE

ROOT = Path(__file__).parent.parent


def assert_same(scenario: Scenario, runs: int, seed: int) -> None:
    """Every column of every run has the same bits on both engines (a missing value equals a missing value)."""
    fast, mesa = (run_many(scenario, runs, seed, engine, workers=1) for engine in ("fast", "mesa"))
    assert (mesa["failed"] == "").all()
    assert set(fast.columns) == set(mesa.columns)
    pd.testing.assert_frame_equal(fast[list(mesa.columns)], mesa, check_exact=True, check_dtype=False)


@pytest.mark.slow
@pytest.mark.parametrize("runs", [20, pytest.param(200, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_both_engines_agree_to_the_last_bit_on_every_shipped_scenario(path: Path, runs: int) -> None:
    assert_same(load(path), runs, 11)


@pytest.mark.parametrize("rule", ["compromise", "median", "nash"])
def test_both_engines_agree_under_every_formula(rule: str) -> None:
    assert_same(load(BASELINE, [f"relations.bargaining={rule}"]), 60, 11)


def anywhere(seed: int) -> Scenario:
    """A scenario with every parameter anywhere in its declared range; clocks no longer than a year, to save time."""
    rng = np.random.default_rng(seed)
    settings = []
    for path, entry in load(BASELINE).entries.items():
        if isinstance(entry.type, type) and issubclass(entry.type, IntEnum):
            settings.append(f"{path}={rng.choice(choices(entry.type))}")
            continue
        assert entry.low is not None
        assert entry.high is not None
        high = min(entry.high, 365.0) if path.endswith("_days") else entry.high
        value = rng.uniform(entry.low, high)
        settings.append(f"{path}={round(value)}" if entry.type is int else f"{path}={value:.12f}")
    return load(BASELINE, settings)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_both_engines_agree_anywhere_in_the_declared_ranges(seed: int) -> None:
    assert_same(anywhere(seed), 15, seed)


def test_both_engines_agree_without_agencies_and_with_few_labs() -> None:
    gone = ("treasury", "nsa", "cisa", "nist", "meta", "xai", "amazon", "microsoft", "google")
    assert_same(load(BASELINE, [f"stakeholders.{name}=null" for name in gone]), 40, 2)


def test_a_point_is_the_same_whatever_was_played_before_it() -> None:
    """Numbers, words and arrays that come, stay, change and go again, and a share that moves all others."""
    scenario, runs = load(BASELINE), range(40)
    points: list[Changes] = [
        NO_CHANGES,
        {"levers.persuasion_budget": 0.4, "stakeholders.meta.frontier_share": 0.3},
        {"stakeholders.meta.frontier_share": 0.3},
        {"climate.threat": np.linspace(0.1, 0.9, len(runs)), "relations.bargaining": "median"},
        {"climate.threat": np.linspace(0.9, 0.1, len(runs)), "relations.bargaining": "nash"},
        {"levers.persuasion_budget": 0.4},
        NO_CHANGES,
    ]

    def played(*points: Changes) -> list[Array]:
        rounds = most_rounds(scenario, points)
        return [np.hstack(results) for results in play_points(scenario, 5, 0, runs, points, rounds)]

    alone = [played(point)[0] for point in points]
    for number, among_others in enumerate(played(*points)):
        np.testing.assert_array_equal(among_others, alone[number])
    assert not np.array_equal(alone[1], alone[2], equal_nan=True)


def test_both_engines_agree_across_the_border_of_a_block() -> None:
    scenario, first, last = load(BASELINE), BLOCK - 10, BLOCK + 20
    plan = plan_of(scenario, last, 4)
    fast = run_many(scenario, last, 4).loc[first:]
    [(_, mesa)] = play_parts(plan, [Part(0, (0,), first, last)], "mesa", 1, lambda _: None)
    assert (mesa.run.tolist(), set(mesa.failed)) == (fast["run"].tolist(), {""})
    np.testing.assert_array_equal(fast[columns(scenario, rounds_of(plan))].to_numpy(float), mesa.measured)


def script(folder: Path, cache: Path, code: str, **environment: str) -> str:
    """What Python prints that runs `code` on the sources in `folder`, with a cache of its own."""
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(cache), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


TABLE = """
import sys, zlib
from experiments.runs.pool import run_many
from model.scenario import load
for engine in sys.argv[1:] or ["fast", "mesa"]:
    table = run_many(load("scenarios/baseline.yaml"), 12, 1, engine, 1)
    print(zlib.crc32(table[sorted(table.columns)].to_csv(index=False).encode()))
"""
HITS = """
from model import ensemble
ensemble.compile_rules()
print(sum(ensemble._play_runs.stats.cache_hits.values()), sum(ensemble._play_runs.stats.cache_misses.values()))
"""


@pytest.mark.slow
def test_without_compilation_the_fast_engine_is_plain_python_and_still_agrees(tmp_path: Path) -> None:
    fast, mesa = script(ROOT, tmp_path, TABLE, NUMBA_DISABLE_JIT="1").split()
    assert fast == mesa


@pytest.mark.exhaustive
def test_a_second_process_does_not_compile_again_and_an_edited_rule_is_never_answered_by_an_old_kernel(
    tmp_path: Path,
) -> None:
    copy, cache = tmp_path / "copy", tmp_path / "cache"
    for name in ("model", "experiments", "scenarios"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    fast, mesa = script(copy, cache, TABLE).split()
    assert fast == mesa
    assert script(copy, cache, HITS).split() == ["1", "0"]
    rule = copy / "model" / "rules" / "opting_in.py"
    text = rule.read_text(encoding="utf-8")
    assert text.count("return relations.peer_weight * others.share_in") == 1
    rule.write_text(text.replace("others.share_in", "(1.0 - others.share_in)"), encoding="utf-8")
    edited, edited_mesa = script(copy, cache, TABLE).split()
    assert edited == edited_mesa != fast
