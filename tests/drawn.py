"""Hypothesis strategies for records, drawn over the ranges that the baseline declares."""

import json
from enum import IntEnum
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from model import schema
from model.rules import records
from model.scenario import SHIPPED
from model.yamltree import parse, read_text

BASELINE = SHIPPED / "baseline.yaml"
ROOT = parse(read_text(BASELINE, "baseline.yaml"), "baseline.yaml").plain()
SECTION_OF = {record: name for name, record in (schema.SECTIONS | schema.TRAITS).items()}


def a(record: Any) -> st.SearchStrategy[Any]:
    """Any record of this kind whose fields lie in their declared ranges."""
    section = SECTION_OF[record]
    parts = {field.path: value(section, field) for field in schema.fields(record)}
    return st.fixed_dictionaries(parts).map(lambda drawn: assembled(record, drawn))


def value(section: str, field: schema.Field) -> st.SearchStrategy[Any]:
    if isinstance(field.type, type) and issubclass(field.type, IntEnum):
        return st.sampled_from(list(field.type))
    about = schema.declaration(ROOT, schema.declared_at(section, field.path))
    assert about.low is not None
    assert about.high is not None
    if field.type is int:
        return st.integers(int(about.low), int(about.high))
    return st.floats(about.low, about.high, allow_subnormal=False)


def assembled(record: Any, drawn: dict[tuple[str, ...], Any], place: tuple[str, ...] = ()) -> Any:
    hints = record.__annotations__
    return record(
        *(
            assembled(hints[name], drawn, (*place, name)) if hasattr(hints[name], "_fields") else drawn[(*place, name)]
            for name in record._fields
        )
    )


def terms() -> st.SearchStrategy[records.Terms]:
    """Any terms within the range of the ideals."""
    share = st.floats(0, 1, allow_subnormal=False)
    days, lag = st.floats(0, 120, allow_subnormal=False), st.floats(0, 365, allow_subnormal=False)
    return st.builds(records.Terms, days, share, share, lag, share)


def others() -> st.SearchStrategy[records.Others]:
    """What a lab may see of six others."""
    share = st.floats(0, 0.999, allow_subnormal=False)
    return st.builds(records.Others, st.integers(0, 6), share, st.floats(0, 60, allow_subnormal=False))


def crowded(folder: Path, labels: dict[str, str]) -> Path:
    """A scenario file like the baseline, with more labs of these names and labels that are much like xAI."""
    more = {name: {**ROOT["stakeholders"]["xai"], "label": label} for name, label in labels.items()}
    path = folder / "crowded.yaml"
    said = {"extends": "baseline.yaml", "question": "What of more labs?", "stakeholders": more}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")  # JSON is YAML too
    return path
