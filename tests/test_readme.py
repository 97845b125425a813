"""The README tells the truth about files and examples."""

import re
from pathlib import Path

from experiments.plans.sweepfile import read_sweep
from model.scenario import SHIPPED, load

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


def test_the_example_scenario_loads_from_any_folder(tmp_path: Path) -> None:
    example, _ = EXAMPLES
    (tmp_path / "mine.yaml").write_text(example)
    its = load(tmp_path / "mine.yaml")
    assert its.entries["levers.quorum_labs"].value == 4
    assert "xai" not in its.kinds


def test_the_example_sweep_reads_from_any_folder(tmp_path: Path) -> None:
    _, example = EXAMPLES
    (tmp_path / "mine.yaml").write_text(example)
    its = read_sweep(tmp_path / "mine.yaml")
    assert len(its.points) == 36
    assert its.measures == ("adopted", "durable", "review_days")


def test_every_shipped_sweep_stands_in_the_table_with_its_question() -> None:
    for path in (ROOT / "experiments" / "sweeps").glob("*.yaml"):
        assert f"| `{path.stem}` | {read_sweep(path).question} |" in README


def test_every_shipped_scenario_is_in_the_table() -> None:
    missing = [path.stem for path in SHIPPED.rglob("*.yaml") if f"`{path.stem}`" not in README]
    assert missing == []


def test_every_file_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"[`(]((?:model|experiments|scenarios|tests)/[\w./-]+)[`)]", README))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
