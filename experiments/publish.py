"""Everything a command leaves behind in its folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.scenario import Scenario

from .figures import runs as run_figures
from .figures.style import save
from .store import commit, manifest, write_json, write_runs

if TYPE_CHECKING:
    from .trace import Trace


def provenance(scenario: str, what: str) -> str:
    """One line that says what made a figure."""
    return f"Opt-In, scenario {scenario}, {what}, commit {commit() or 'unknown'}"


def publish(folder: Path, scenario: Scenario, table: pd.DataFrame, summary: dict[str, Any]) -> list[str]:
    """Write manifest, runs, summary and figures of many runs; the names of what was written."""
    write_json(folder / "manifest.json", manifest(scenario, runs=summary["runs"], seed=summary["seed"]))
    write_runs(folder / "runs.csv", table)
    write_json(folder / "summary.json", summary)
    written = ["manifest.json", "runs.csv", "summary.json"]
    if summary["failed"] == summary["runs"]:
        return written
    line = provenance(scenario.name, f"{summary['runs']} runs, seed {summary['seed']}")
    for name, draw in run_figures.FIGURES.items():
        save(draw(summary), folder / "figures", name, line)
        written.append(f"figures/{name}.png")
    return written


def publish_trace(folder: Path, trace: "Trace") -> Path:
    """Draw one negotiation; the path of the figure."""
    from .figures import talks  # brings Mesa, which many runs do without

    line = provenance(trace.scenario.name, f"run {trace.run.number} of seed {trace.seed}")
    name = f"asks-seed{trace.seed}-run{trace.run.number}"
    return save(talks.asks(trace), folder / "figures", name, line)[0]
