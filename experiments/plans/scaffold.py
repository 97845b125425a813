"""Files to begin with: a scenario, one more lab or official, a sweep; each is good as it is written.

Every field that is needed is there, with its label, unit and range as a comment. Numbers that are copied from another
stakeholder say so as their source.
"""

import json
import re
import statistics
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from model.problems import known_instead, quoted, refusal, shown_value
from model.scenario import Entry, Scenario
from model.schema import is_number

STAKEHOLDERS = ("lab", "official")
KINDS = ("scenario", *STAKEHOLDERS, "sweep")
LIKE = {"lab": "xai", "official": "commerce"}  # whom a new one is made like, where the scenario has it
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")  # as long as a stakeholder's label can be
WIDTH = 110  # of a comment
VARIED, VALUES = "levers.quorum_labs", (3, 4, 5, 6, 7)
LAB = """\
{label}: one more lab at the table, made like {like}.

All numbers are those of {like} and say so as their source: replace those that you know, `optin sources` shows
the rest.

Shares of the frontier are rescaled: every run divides each frontier_share by the sum over the labs that are
there. With this lab the sum is {total:.2f} on average, so that its {share:.3f} counts as {counted:.3f}, and
every other lab counts {less:.0%} less than before. The quorum (levers.quorum_labs, levers.quorum_share) stays
as it is, and counts this lab too.

Nothing says where a lab is at home. One from abroad has most of its business abroad (foreign_share), little to
win or lose in Washington (federal_exposure, deal_appeal), no agreement from before (precedent: 0) and hardly a
say there (influence). A law, a hold and a delay abroad reach it as they reach the others."""
OFFICIAL = """\
{label}: one more official at the table, made like {like}.

All numbers are those of {like} and say so as their source: replace those that you know, `optin sources` shows
the rest.

An official is an office, or a group of aides, with a say in the text. It has ideals, cares more about some
issues than about others (salience), stalls a text at a price (the more influence, the more often), and courts
labs. Whose pen is highest writes, of equals the one that comes first: this one only with a number above all
others (pen in drafting, pen_in_talks after).

It cannot be Congress: a law comes by climate.mandate_chance and climate.law_stage, and nobody votes on it. It
cannot sign (the one stakeholder of kind president does), owe a part of the benchmark (kind agency) or join
(kind lab). A foreign government is one only as far as it has a say in the text in Washington."""
SCENARIO = """\
{title}: what differs from {extends}.

As it stands nothing does. Take the # away from what you change, and from the lines that it stands under. A
value is plain, as review_days: 30, or has a source: {{value: 30, source: {{assumption: why}}}}. The numbers
below are those of {extends}. `optin list parameters` shows all there are; `optin new lab NAME` and `optin new
official NAME` add a stakeholder."""
SWEEP = """\
{title}: {scenario} played at some points. `optin sweep {name}.yaml` plays it.

Under vary stand parameters (`optin list parameters`) with their values: a list, a range as {{low: 1, high: 120,
steps: 12}}, or declared, for the scenario's own distribution. Of several, every combination is played, or with
design: lhs, sobol or random as many as points says. Measures: `optin list measures`."""


def check_name(name: str) -> None:
    """Refuse a name that a file and a stakeholder could not share."""
    if not NAME.fullmatch(name):
        raise refusal(
            "new", f"found the name {quoted(name)}; a letter is needed, then letters, digits, - or _, 40 in all"
        )


def made_like(kind: str, base: Scenario, like: str | None) -> str:
    """The stakeholder that a new one of a kind is made like: the one named, or the usual one.

    Raises
    ------
    BadInput
        Where the scenario has none of that name and kind.
    """
    known = base.named(kind)
    if like is None:
        return LIKE[kind] if LIKE[kind] in known else known[0]
    if like not in known:
        raise refusal("--like", f"found {quoted(like)}, which is no {kind} of {base.name}{known_instead(like, known)}")
    return like


def stakeholder_text(kind: str, name: str, base: Scenario, extends: str, like: str) -> str:
    """A scenario with one stakeholder more, who has every trait of one that is there.

    Raises
    ------
    BadInput
        Where the scenario has a stakeholder of that name.
    """
    key, label = name.lower().replace("-", "_"), titled(name)
    if key in base.kinds:
        raise refusal("new", f"found {quoted(name)}, which {extends} has already; take another name")
    whose = base.labels[like]
    known = {"label": label, "like": whose}
    about = LAB.format(**known, **_shares(base, like)) if kind == "lab" else OFFICIAL.format(**known)
    head = {
        "extends": extends,
        "title": f"{label} at the table",
        "question": f"What changes with {label} at the table?",
    }
    traits = _tree(base, f"stakeholders.{like}.")
    body = ["stakeholders:", f"  {key}:", f"    kind: {kind}", f"    label: {label}"]
    return _file(about, head, [*body, *_lines(traits, "    ", f"{whose}: ", f"as {whose} in {extends}; replace")])


def scenario_text(name: str, base: Scenario, extends: str) -> str:
    """A scenario in which nothing differs yet: what could is there as comments."""
    body: list[str] = []
    for section in ("levers", "climate"):
        body += [f"{section}:", *_lines(_tree(base, f"{section}."), "  ", "", ""), ""]
    names = [*base.named("official"), *base.named("lab")]
    body += ["stakeholders:", *(f"  {who}: null  # {base.labels[who]} has no seat" for who in names)]
    head = {"extends": extends, "title": titled(name), "question": f"What if something were other than in {extends}?"}
    about = SCENARIO.format(title=titled(name), extends=extends)
    return _file(about, head, [f"# {line}".rstrip() for line in body])


def sweep_text(name: str, base: Scenario, scenario: str) -> str:
    """A sweep over the quorum of a scenario."""
    head = {"title": titled(name), "question": "How does adoption change with the quorum?", "scenario": scenario}
    body = [
        "vary:",
        f"  # {_meaning(base.entries[VARIED])}",
        f"  {VARIED}: {_flow(list(VALUES))}",
        "runs: 200  # at each point",
        "measures: [adopted, durable]",
    ]
    return _file(SWEEP.format(title=titled(name), scenario=scenario, name=name), head, body)


def titled(name: str) -> str:
    """A name as a title: 'small-desk' is 'Small desk', and 'DeepSeek' stays as it is."""
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]


# ---------------------------------------------------------------- what files are made of


def _shares(base: Scenario, like: str) -> dict[str, float]:
    """The share of the frontier of one more lab like one that is there, and what becomes of it and of the others'."""
    means = {lab: base.entries[f"stakeholders.{lab}.frontier_share"].mean() for lab in base.named("lab")}
    share, before = means[like], sum(means.values())
    total = before + share
    return {"total": total, "share": share, "counted": share / total, "less": 1.0 - before / total}


def _file(about: str, head: Mapping[str, str], body: Iterable[str]) -> str:
    """A file of YAML: what it is about as a comment, then the head, then the rest."""
    parts = [textwrap.fill(" ".join(part.split()), WIDTH) for part in about.split("\n\n")]
    comment = [f"# {line}".rstrip() for line in "\n\n".join(parts).split("\n")]
    return "\n".join([*comment, "", *(f"{key}: {_flow(text)}" for key, text in head.items()), "", *body]) + "\n"


def _tree(base: Scenario, prefix: str) -> dict[str, Any]:
    """The parameters whose paths begin with `prefix`, nested as in a file."""
    tree: dict[str, Any] = {}
    for path, entry in base.entries.items():
        if path.startswith(prefix):
            *steps, last = path.removeprefix(prefix).split(".")
            inner = tree
            for step in steps:
                inner = inner.setdefault(step, {})
            inner[last] = entry
    return tree


def _lines(tree: Mapping[str, Any], indent: str, whose: str, why: str) -> Iterator[str]:
    """A tree of parameters as YAML, above each what it means; ``why`` is the source of all, '' keeps plain values."""
    for name, inner in tree.items():
        if isinstance(inner, Entry):
            yield f"{indent}# {_meaning(inner, whose)}"
            yield f"{indent}{name}: {_flow(_given(inner, why))}"
        else:
            yield f"{indent}{name}:"
            yield from _lines(inner, indent + "  ", whose, why)


def _meaning(entry: Entry, whose: str = "") -> str:
    """Label, unit and range of a parameter, without the label of whose it is."""
    label = entry.label.removeprefix(whose)
    ends = "" if entry.low is None else f"; {shown_value(entry.low)} to {shown_value(entry.high)}"
    return f"{label[:1].upper()}{label[1:]} ({entry.unit}{ends})"


def _given(entry: Entry, why: str) -> Any:
    """A parameter as a file gives it; in place of draws, which are many, their median."""
    if entry.distribution is None:
        return {"value": entry.value, "source": {"assumption": why}} if why else entry.value
    if "draws" in entry.distribution:
        median = statistics.median(entry.distribution["draws"]["values"])
        return {"value": median, "source": {"assumption": f"{why}; the median of its draws"}} if why else median
    source = {"assumption": why or "why it is so"}
    return {"distribution": dict(entry.distribution), "source": source}


def _flow(data: Any) -> str:
    """Plain data as YAML on one line."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(map(_flow, data)) + "]"
    if is_number(data):
        text = shown_value(data)
        return f"{data:.12f}".rstrip("0") if "e" in text else text
    return json.dumps(data, ensure_ascii=False) if re.search(r"[^\w .-]|^[\d.-]", str(data)) else str(data)
