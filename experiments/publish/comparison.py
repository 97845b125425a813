"""A comparison of scenarios in a folder of its own: the results of each, what differs, and a figure of that."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.problems import listed

from ..plans.design import Plan
from ..results.compare import COLUMNS, Comparison, compare_stores
from ..results.dictionary import in_columns
from ..results.words import counted
from ..runs.files import write_bytes, write_json
from ..runs.manifest import COMPARISON, comparison_manifest
from ..runs.store import SUMMARY, Store, opened_all
from .findings import Findings, drawn_by, findings, program, provenance
from .tables import csv_text, dictionary_of

DIFFERENCES, TEXT = "differences.csv", "report.txt"


def begun(folder: Path, plans: Mapping[str, Plan]) -> list[Store]:
    """The stores of a comparison that is to come: of each plan in the folder of its name, the base first."""
    (folder / SUMMARY).unlink(missing_ok=True)  # it is true only once all is there
    stores = [Store(folder / name, plan) for name, plan in plans.items()]
    write_json(folder / COMPARISON, comparison_manifest({store.folder.name: store.made_from for store in stores}))
    return stores


def compared(stores: Sequence[Store]) -> Findings:
    """The finding of several results beside each other: paired differences to the first, as table, text and figure."""
    comparison = compare_stores(stores)
    return Findings(comparison, lambda: dict(drawn_by("compare")(comparison)))


def read_back(folder: Path) -> tuple[Findings, str]:
    """The finding of finished results, or of a comparison of several, and its provenance in one line.

    Raises
    ------
    BadInput
        Where the folder holds neither, or anything in it is not as it should be.
    """
    stores = opened_all(folder)
    if len(stores) == 1:
        return findings(stores[0]), provenance(stores[0])
    return compared(stores), provenance_of_all(stores)


def provenance_of_all(stores: Sequence[Store]) -> str:
    """The provenance of a comparison in one line."""
    first = stores[0]
    names = listed([store.plan.scenario.called for store in stores])
    inputs = listed([store.made_from[:12] for store in stores])
    what = f"comparison of {names}, {counted(first.plan.runs, 'run')} each, seed {first.plan.seed}"
    return f"{program(first)}, {what}, inputs {inputs}"


def comparison_data(stores: Sequence[Store], result: Findings) -> dict[str, Any]:
    """What the summary of a comparison says: what made it, and the differences."""
    return {"made_by": provenance_of_all(stores), **result.data}


def publish_comparison(folder: Path, stores: Sequence[Store], result: Findings) -> list[str]:
    """Write a comparison into its folder; the names of all files and folders there."""
    assert isinstance(result.finding, Comparison)
    table = folder / DIFFERENCES
    write_json(folder / SUMMARY, comparison_data(stores, result))
    for path, text in (
        (folder / TEXT, result.text + "\n"),
        (table, csv_text(result.finding.columns())),
        (dictionary_of(table), csv_text(in_columns(COLUMNS))),
    ):
        write_bytes(path, text.encode())
    folders = [f"{store.folder.name}/" for store in stores]
    return [COMPARISON, *folders, SUMMARY, TEXT, DIFFERENCES, dictionary_of(table).name]
