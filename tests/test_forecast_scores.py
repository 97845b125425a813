"""Scores of a forecast on made-up outcomes, worked out by hand; and files of outcomes that are refused."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from experiments.cli.main import main
from experiments.validation.forecast_scores import Scored, score
from experiments.validation.outcomes import read_outcomes
from experiments.validation.recorded import read_recorded
from model.problems import BadInput

SOURCE = 'sources: [{title: A notice, url: "https://example.org", date: 2026-08-03}]'
RULE = {"by": "2026-08-01", "rule": "Yes if it rains.", "sources": "the sky"}


def question(
    cluster: str, chances: dict[str, float], given: str = "", **yardsticks: dict[str, float]
) -> dict[str, Any]:
    even = {"even odds": dict.fromkeys(chances, 1 / len(chances))}
    return {
        "question": "Does it rain?",
        **({"given": given} if given else {}),
        "probabilities": {option: {"mean": chance} for option, chance in chances.items()},
        "cluster": cluster,
        "resolution": RULE,
        "yardsticks": {name: {"chances": its, "why": "made up"} for name, its in (even | yardsticks).items()},
    }


QUESTIONS = {
    "by_may": question("rain", {"yes": 0.2, "no": 0.8}, base={"yes": 0.4, "no": 0.6}),
    "by_june": question("rain", {"yes": 0.6, "no": 0.4}),
    "days": question("days", {"few": 0.2, "some": 0.3, "many": 0.5}, given="that it rains"),
    "snow": question("snow", {"yes": 0.1, "no": 0.9}),
    "hail": question("hail", {"yes": 0.3, "no": 0.7}),
}


@pytest.fixture
def forecast(tmp_path: Path) -> Path:
    path = tmp_path / "rain.json"
    data = {"as_of": "2026-07-05", "model": {"version": "0", "rules": "none"}, "questions": QUESTIONS}
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    return path


def outcomes(folder: Path, *lines: str, head: str = "forecast: rain.json\nas_of: 2026-09-01") -> Path:
    path = folder / "outcomes.yaml"
    path.write_text("\n".join([head, "outcomes:", *(f"  {line}" for line in lines)]) + "\n", encoding="utf-8")
    return path


def happened(name: str, option: str, more: str = "") -> str:
    return f"{name}: {{outcome: {option}, {SOURCE}{more}}}"


def scored(forecast: Path, *lines: str) -> Scored:
    recorded = read_recorded(forecast)
    return score(recorded, read_outcomes(outcomes(forecast.parent, *lines), recorded))


ALL = (happened("by_may", "no"), happened("by_june", "yes"), happened("days", "some"), happened("snow", "yes"))


def test_each_question_has_the_scores_worked_out_by_hand(forecast: Path) -> None:
    """Of days, cumulated .2, .5, 1: 'some' happened, so ranked .2^2 + .5^2; Brier half of .2^2 + .7^2 + .5^2."""
    finding = scored(forecast, *ALL)
    found = {one.asked.name: one.scores["forecast"] for one in finding.resolved}
    assert found["by_may"] == pytest.approx((0.04, -math.log(0.8), 0.04))
    assert found["by_june"] == pytest.approx((0.16, -math.log(0.6), 0.16))
    assert found["days"] == pytest.approx(((0.04 + 0.49 + 0.25) / 2, -math.log(0.3), 0.04 + 0.25))
    assert found["snow"] == pytest.approx((0.81, -math.log(0.1), 0.81))
    assert finding.unresolved == ["hail"]
    assert [one.asked.name for one in finding.lost] == ["snow", "days", "by_june", "by_may"]


def test_means_are_over_questions_and_over_clusters_that_count_once(forecast: Path) -> None:
    means = scored(forecast, *ALL).means
    mean = means["forecast"]
    assert (mean.questions, mean.clusters) == (4, 3)
    assert mean.means[0].mean == pytest.approx((0.04 + 0.16 + 0.39 + 0.81) / 4)
    assert mean.by_cluster[0].mean == pytest.approx((0.10 + 0.39 + 0.81) / 3)
    even = means["even odds"]
    assert even.means[1].mean == pytest.approx((3 * math.log(2) + math.log(3)) / 4)
    logs = -math.log(0.8), -math.log(0.6), -math.log(0.3), -math.log(0.1)
    assert even.excesses[1].interval.mean == pytest.approx((3 * math.log(2) + math.log(3) - sum(logs)) / 4)
    # the clusters' sums of excesses, and how many of the eight ways to give them signs come to as much as was seen
    rain, days, snow = math.log(4 * 0.8 * 0.6), math.log(3 * 0.3), math.log(2 * 0.1)
    totals = [a * rain + b * days + c * snow for a in (1, -1) for b in (1, -1) for c in (1, -1)]
    assert even.excesses[1].chance == sum(total >= rain + days + snow - 1e-9 for total in totals) / 8
    base = means["base"]  # of the one question that has it, beside the forecast there
    assert (base.questions, base.clusters) == (1, 1)
    assert base.excesses[0].interval.mean == pytest.approx(0.16 - 0.04)


def test_intervals_are_over_clusters_and_not_over_questions(forecast: Path) -> None:
    """Student's for the three clusters' means, where each cluster counts once."""
    from scipy.stats import t

    interval = scored(forecast, *ALL).means["forecast"].by_cluster[0]
    means = [0.10, 0.39, 0.81]
    centre = sum(means) / 3
    error = math.sqrt(sum((mean - centre) ** 2 for mean in means) / 2 / 3)
    assert interval.high == pytest.approx(centre + t.ppf(0.975, 2) * error)


def test_reliability_counts_yes_and_every_option_of_several(forecast: Path) -> None:
    """Chances of by_may, by_june and snow .2, .6, .1; of days .2, .3, .5: 'some' happened."""
    groups = {(group.low, group.high): group for group in scored(forecast, *ALL).groups}
    assert {ends: group.options for ends, group in groups.items()} == {(0.1, 0.3): 3, (0.3, 0.5): 1, (0.5, 0.7): 2}
    assert groups[0.1, 0.3].chance == pytest.approx((0.2 + 0.1 + 0.2) / 3)
    assert groups[0.1, 0.3].happened.mean == pytest.approx(1 / 3)  # snow
    assert groups[0.3, 0.5].happened.mean == 1.0
    assert groups[0.5, 0.7].happened.mean == 0.5  # by_june, and not many days


def test_what_is_void_is_not_scored_and_a_doubt_is_scored_the_other_way_too(forecast: Path) -> None:
    doubt = ", doubt: {otherwise: no, because: a made-up dispute}"
    finding = scored(forecast, happened("by_june", "yes", doubt), happened("days", "void"), happened("by_may", "no"))
    assert finding.void == ["days"]
    assert finding.means["forecast"].means[0].mean == pytest.approx((0.16 + 0.04) / 2)
    assert finding.doubted is not None
    assert finding.doubted.means[0].mean == pytest.approx((0.36 + 0.04) / 2)
    assert scored(forecast, happened("by_june", "yes")).doubted is None


def test_the_command_writes_scores_and_a_figure(forecast: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = outcomes(forecast.parent, *ALL), forecast.parent / "out"
    assert main(["score", str(forecast), str(path), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "Brier score 0.350" in text
    assert "snow: yes, which had 0.10 (log score 2.30)" in text
    data = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert data["questions"]["snow"]["scores"]["forecast"]["log"] == pytest.approx(-math.log(0.1))
    assert (out / "figures" / "reliability.png").exists()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([happened("by_mai", "no")], ":4:3: found the unknown question 'by_mai'; did you mean 'by_may'?"),
        ([happened("by_may", "maybe")], ":4:21: found 'maybe' for by_may; allowed: yes, no"),
        ([happened("by_may", "void")], ":4:21: found 'void' for by_may; allowed: yes, no"),
        ([happened("days", "none")], ":4:19: found 'none' for days; allowed: few, some, many, void"),
        (["by_may: {outcome: no}"], ":4:3: found no 'sources'"),
        (["by_may: {outcome: no, sources: []}"], "found a list of 0 for outcomes.by_may.sources"),
        (["by_may: {outcome: no, sources: [{title: a, url: b, date: soon}]}"], "found 'soon'"),
        (["by_may: {outcome: no, sources: [{title: a, url: b, date: 2026-13-01}]}"], "found '2026-13-01'; a day of"),
        (["by_may: {outcome: no, sources: [{title: a, url: b, date: 2026-09-02}]}"], "after the day up to which"),
        ([happened("by_may", "no", ", doubt: {otherwise: no, because: x}")], "the outcome itself"),
        ([happened("by_may", "no", ", doubt: {otherwise: never, because: x}")], "found 'never' for by_may"),
        ([happened("by_may", "no", ", surely: yes")], "found the unknown key 'surely'"),
        ([happened("by_may", "no"), happened("by_may", "yes")], ":5:3: "),
        ([happened("days", "void")], "no outcome that is not void"),
        ([], "found nothing (null) for outcomes"),
    ],
)
def test_a_faulty_file_of_outcomes_is_refused(
    forecast: Path, lines: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = outcomes(forecast.parent, *lines)
    assert main(["score", str(forecast), str(path), "--out", str(forecast.parent / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"optin: {path}:")
    assert says in error


def test_outcomes_of_another_forecast_are_refused(forecast: Path) -> None:
    path = outcomes(forecast.parent, happened("by_may", "no"), head="forecast: sun.json\nas_of: 2026-09-01")
    with pytest.raises(
        BadInput, match=r":1:11: found outcomes for 'sun\.json'; the forecast to be scored is rain\.json"
    ):
        read_outcomes(path, read_recorded(forecast))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"mean": 0.2', '"mean": 0.3', "found chances that sum to 1.1000"),
        ('"mean": 0.2', '"mean": 0', "greater than 0 and at most 1 (a chance)"),
        ('"yes": 0.4', '"rain": 0.4', "found the options rain, no for by_may; needed: yes, no"),
        ('"even odds"', '"odd evens"', "found no 'even odds'"),
        ('"cluster": "rain",', "", "found no 'cluster'"),
        ('"resolution"', '"resolved"', "rain.rules.yaml: no such file"),
    ],
)
def test_a_faulty_forecast_is_refused(forecast: Path, old: str, new: str, says: str) -> None:
    text = forecast.read_text(encoding="utf-8")
    assert old in text
    forecast.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as found:
        read_recorded(forecast)
    assert says in str(found.value)
