"""The README tells the truth about files and examples."""

import re
from pathlib import Path

from model.scenario import SHIPPED, load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_scenario_loads_from_any_folder(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(example)
    its = load(tmp_path / "mine.yaml")
    assert its.entries["levers.quorum_labs"].value == 4
    assert "xai" not in its.kinds


def test_every_shipped_scenario_is_in_the_table() -> None:
    missing = [path.stem for path in SHIPPED.glob("*.yaml") if f"`{path.stem}`" not in README]
    assert missing == []


def test_every_file_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"[`(]((?:model|experiments|scenarios|tests)/[\w./-]+)[`)]", README))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
