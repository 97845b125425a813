"""The year after the talks: the desk against theory, the ad-hoc world as its limit, and what capacity does."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.intervals import average
from model.case import Run, runs_of_block
from model.history import History, play
from model.negotiation import Negotiation
from model.rules import operating
from model.rules.arithmetic import left_over
from model.rules.records import Alarm, Fate, Operating, Outcome, Review
from model.rules.talks import ROUND_DAYS
from model.scenario import SHIPPED, load
from model.turns.releases import Release
from model.year import OUTSIDE, Member, Members, Year, members_of


def runs_of(*settings: str, scenario: str = "baseline", runs: int = 60) -> list[Run]:
    return runs_of_block(load(SHIPPED / f"{scenario}.yaml", settings), 9, 0, range(runs))


def adopted(runs: list[Run]) -> list[History]:
    found = [history for history in map(play, runs) if history.negotiation.outcome is Outcome.ADOPTED]
    assert len(found) > 10
    return found


def unmoved(run: Run) -> Run:
    """The run in a world without incidents, holds, laws or second thoughts."""
    case = run.case
    quiet = case.climate._replace(incident_chance=0.0, hold_chance=0.0, mandate_chance=0.0, incident_week=0)
    return run._replace(case=case._replace(climate=quiet, relations=case.relations._replace(reconsidering=0.0)))


def year_of(run: Run, members: Members | None, days: float = 14.0, share: float = 1.0) -> Year:
    terms = run.case.levers.opening._replace(review_days=days, covered_share=share)
    negotiation = Negotiation(run.case, run.luck)
    year = Year(run.case, negotiation.draws, negotiation.state._replace(terms=terms), members)
    year.play()
    return year


def everybody_in(run: Run) -> Members:
    return dict.fromkeys(run.case.labs, Member(True, 0.0, None, 0.0, False))


# ---------------------------------------------------------------- the desk against queueing theory


def waits(load_factor: float, rounds_a_service: int, releases: int, seed: int) -> list[float]:
    """Waits at the desk, by the model's own rules, of releases that come at most one a round.

    The number of rounds until the next release is drawn at once, from the chance that the rule gives.
    """
    capacity = 36.5  # a review takes ten days
    service_days = 365.0 / capacity
    round_days = service_days / rounds_a_service
    rng = np.random.default_rng(seed)
    chance = operating.release_chance(load_factor * capacity, round_days)
    days = (np.cumsum(rng.geometric(chance, releases)) - 1 + rng.random(releases)) * round_days
    free, found = 0.0, []
    for day in days.tolist():
        begins = operating.review_starts(day, free)
        free = operating.desk_free_after(begins, capacity)
        found.append(begins - day)
    return found


@pytest.mark.parametrize("load_factor", [0.3, 0.6, 0.9])
def test_the_mean_wait_is_that_of_pollaczek_and_khinchine_as_rounds_get_short(load_factor: float) -> None:
    """Mean wait rho D / (2 (1 - rho)) with D = 10 days, within 3.3 standard errors of 100 batches (error rate 0.1%)."""
    theory = load_factor * 10.0 / (2.0 * (1.0 - load_factor))
    found = np.asarray(waits(load_factor, 20_000, 1_000_000, 8))[10_000:]
    batches = found.reshape(100, -1).mean(axis=1)
    error = batches.std(ddof=1) / 10.0
    assert abs(found.mean() - theory) < 3.3 * error
    assert error < 0.05 * theory


def test_long_rounds_make_waits_too_short_since_releases_cannot_come_together() -> None:
    theory = 0.6 * 10.0 / (2.0 * 0.4)
    coarse, fine = (np.mean(waits(0.6, rounds, 300_000, 8)) for rounds in (1, 20))
    assert coarse < fine < theory


@pytest.mark.parametrize("scenario", ["baseline", "small-desk", "early-incident", "wide-reading"])
def test_in_every_run_what_came_in_went_out_or_waits(scenario: str) -> None:
    """Checked week by week against a queue told from the outside: one review at a time, in the order of asking."""
    for history in adopted(runs_of(scenario=scenario)):
        year = history.year
        service, free = 365.0 / year.case.levers.review_capacity, 0.0
        asked, begun = [], []
        for release in year.log:
            ready = release.model.day
            if release.way.contest_days > 0.0 or release.way.review in (Review.AGREED, Review.AD_HOC):
                begins = max(ready, free)
                ready = begins + release.way.contest_days
                free = ready if release.way.dropped else ready + service
                if not release.way.dropped:
                    asked.append(release.model.day)
                    begun.append(begins)
            if release.way.review is Review.HOLD:
                begins = max(ready, free)
                asked.append(ready)
                begun.append(begins)
                ready, free = begins, begins + service
            assert release.model.day + release.way.wait_days + release.way.contest_days == pytest.approx(ready)
        assert asked == sorted(asked)
        queues = year.datacollector.get_model_vars_dataframe()["queue"]
        for week, queue in enumerate(queues, 1):
            end = week * ROUND_DAYS
            came_in = sum(day <= end for day in asked)
            went_on = sum(day <= end for day in begun)
            assert came_in == went_on + queue
        its = year.measures()
        assert its.reviews_asked == its.reviews_done + its.reviews_open == len(asked)


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("scenario", ["baseline", "early-incident", "small-desk", "no-protection"])
def test_a_framework_without_participants_is_the_ad_hoc_world_run_by_run(scenario: str) -> None:
    for run in runs_of("levers.quorum_labs=0", "levers.quorum_share=0", scenario=scenario, runs=40):
        nobody = dict.fromkeys(run.case.labs, OUTSIDE)
        empty, ad_hoc = year_of(run, nobody), year_of(run, None)
        assert empty.turns == []
        assert empty.log == ad_hoc.log
        assert repr(empty.measures()) == repr(ad_hoc.measures())
        assert empty.alarm == ad_hoc.alarm


def test_with_full_protection_no_participant_is_ever_held() -> None:
    for history in adopted(runs_of("levers.protection=1", runs=100)):
        members = members_of(history.negotiation)
        assert members is not None
        for release in history.year.log:
            turned = [turn for turn in history.year.turns if turn.lab == release.lab and turn.week < release.week]
            is_in = turned[-1].is_in if turned else members[release.lab].is_in
            assert not (is_in and release.way.held)
    assert sum(history.ad_hoc.measures().holds for history in adopted(runs_of())) > 0


def test_without_protection_and_if_clearance_counts_for_nothing_participants_are_held_as_often_as_anybody() -> None:
    for run in runs_of("levers.protection=0", "climate.rehold_chance=1", "climate.mandate_chance=0", runs=40):
        calm = run._replace(case=run.case._replace(climate=run.case.climate._replace(incident_threat=0.0)))
        inside, outside = year_of(calm, everybody_in(calm)), year_of(calm, None)
        assert [its.way.held for its in inside.log] == [its.way.held for its in outside.log]


def test_without_incidents_laws_and_second_thoughts_more_capacity_never_lengthens_a_delay() -> None:
    shorter = 0
    for run in map(unmoved, runs_of(runs=80)):
        by_capacity = []
        for capacity in (5.0, 10.0, 23.0, 60.0, 150.0):
            levers = run.case.levers._replace(review_capacity=capacity)
            by_capacity.append(year_of(run._replace(case=run.case._replace(levers=levers)), everybody_in(run)).log)
        for small, large in itertools.pairwise(by_capacity):
            assert len(small) == len(large)
            for slow, fast in zip(small, large, strict=True):
                assert fast.delay_days <= slow.delay_days
                shorter += fast.delay_days < slow.delay_days
    assert shorter > 100


def test_the_delay_at_home_is_wait_review_and_hold_and_abroad_the_lag_comes_on_top() -> None:
    for history in adopted(runs_of("climate.mandate_chance=0")):
        lag = history.year.state.terms.foreign_lag_days
        for its in history.year.log:
            assert its.delay_days == pytest.approx(its.way.wait_days + its.way.contest_days + its.way.review_days)
            assert its.way.lag_days == (lag if its.way.review is Review.AGREED else 0.0)
            assert (its.way.review in (Review.AGREED, Review.AD_HOC)) <= its.model.covered
            assert (its.way.review is Review.HOLD) <= its.way.held
            assert 0.0 <= its.way.hold_days <= its.delay_days
            assert 0.0 < its.danger_out <= its.model.danger <= 1.0


def test_a_certain_law_supersedes_every_framework_and_puts_every_lab_under_it() -> None:
    settings = ["climate.mandate_chance=1", "relations.forestalling=0", "climate.mandate_covered_share=1"]
    histories = [play(run) for run in runs_of("climate.law_stage=3", *settings)]
    adopting = [history for history in histories if history.negotiation.outcome is Outcome.ADOPTED]
    for world in [history.ad_hoc for history in histories] + [history.year for history in adopting]:
        assert world.measures().mandate == 1
        passed = next(
            week for week, law in enumerate(world.datacollector.get_model_vars_dataframe()["mandated"]) if law
        )
        assert all(
            release.way.review is Review.AGREED and not release.way.held
            for release in world.log
            if release.week > passed
        )
    assert all(history.year.fate() is Fate.SUPERSEDED for history in adopting)


def test_a_framework_of_all_labs_that_is_as_strict_as_can_be_surely_averts_a_law() -> None:
    settings = ["relations.forestalling=1", "relations.reconsidering=0", "climate.mandate_chance=0.9"]
    settings += ["relations.detection_days=1", "relations.detection_share=0.01"]
    for run in runs_of(*settings, runs=40):
        assert not year_of(run, everybody_in(run), days=90.0).mandated
    assert any(year_of(run, None, days=90.0).mandated for run in runs_of(*settings, runs=40))


def test_the_same_luck_gives_both_worlds_the_same_releases() -> None:
    for history in adopted(runs_of()):
        framework, ad_hoc = ([(r.lab, r.model.day) for r in world.log] for world in (history.year, history.ad_hoc))
        assert framework == ad_hoc


def test_without_a_framework_the_year_is_the_ad_hoc_world_and_nothing_lasts() -> None:
    for history in map(play, runs_of("levers.quorum_labs=20", runs=5)):
        assert history.year is history.ad_hoc
        assert set(history.year.lasting()) == {0.0}


# ---------------------------------------------------------------- rates and learning against closed forms


def test_labs_release_at_their_own_rates() -> None:
    """At most one a week: 52 (1 - exp(-7 rate/365)) a year. 4 standard errors, error rate under 0.1% a lab."""
    histories = [year_of(run, None) for run in runs_of(runs=200)]
    for name, lab in histories[0].case.labs.items():
        chance = 1.0 - math.exp(-lab.releases_per_year * 7.0 / 365.0)
        count = sum(release.lab == name for year in histories for release in year.log)
        trials = 52 * len(histories)
        assert abs(count - trials * chance) < 4.0 * math.sqrt(trials * chance * (1.0 - chance))


def test_what_a_lab_believes_of_the_threshold_is_the_mean_of_its_posterior() -> None:
    run = runs_of(runs=1)[0]
    terms = run.case.levers.opening._replace(covered_share=0.25)
    relations = run.case.relations._replace(prior_releases=4.0)
    # beta(1, 3) before, 5 of 6 covered: beta(6, 4)
    assert operating.believed_share(terms, 6, 5, relations) == pytest.approx(0.6)
    assert operating.believed_share(terms, 0, 0, relations) == 0.25


def test_waits_are_learned_by_exponential_smoothing() -> None:
    relations = runs_of(runs=1)[0].case.relations._replace(learning_rate=0.25)
    believed = 8.0
    for found in (0.0, 0.0, 40.0):
        believed = operating.learned_wait(believed, found, relations)
    assert believed == pytest.approx(8.0 * 0.75**3 + 0.25 * 40.0)


def test_a_public_threshold_covers_what_was_agreed_and_a_secret_one_what_it_reads() -> None:
    run = runs_of(runs=1)[0]
    terms = run.case.levers.opening._replace(covered_share=0.3)
    climate = run.case.climate._replace(reading_width=2.0)
    shares = [
        operating.threshold_share(terms, run.case.levers._replace(secrecy=secrecy), climate) for secrecy in (0, 0.5, 1)
    ]
    assert shares == pytest.approx([0.3, 0.45, 0.6])
    assert operating.threshold_share(terms._replace(covered_share=0.9), run.case.levers, climate) == 1.0


def test_the_most_that_a_hold_lasts_is_its_mean_on_average() -> None:
    climate = runs_of(runs=1)[0].case.climate._replace(hold_days=18.0)
    lengths = [operating.hold_length(u, climate) for u in np.linspace(0.0005, 0.9995, 1000)]
    assert np.mean(lengths) == pytest.approx(18.0)


# ---------------------------------------------------------------- models

LABS = ("openai", "anthropic", "google", "microsoft", "amazon", "meta", "xai")
ALIKE = ("climate.capability_trend=0", *(f"stakeholders.{lab}.capability=1" for lab in LABS))
CLOSED = tuple(f"stakeholders.{lab}.open_weight_share=0" for lab in LABS)
"""All labs' models are drawn alike, and none has open weights."""


def within(count: int, trials: int, chance: float) -> bool:
    """Whether a count lies within 4 standard errors of its mean (error rate below 0.01%)."""
    return abs(count - trials * chance) < 4.0 * math.sqrt(trials * chance * (1.0 - chance))


def test_models_of_an_average_lab_are_covered_in_the_share_agreed() -> None:
    log = [
        its
        for run in map(unmoved, runs_of("levers.secrecy=0", *ALIKE, *CLOSED, runs=150))
        for its in year_of(run, everybody_in(run), share=0.3).log
    ]
    assert within(sum(its.model.covered for its in log), len(log), 0.3)
    assert not any(its.model.expected != its.model.covered for its in log)


def test_a_lab_with_twice_the_odds_has_them() -> None:
    """Odds of 2 x 0.3/0.7, so a share of 6/13; and a trend of one logit a year makes them e times as large."""
    settings = ("levers.secrecy=0", *ALIKE, *CLOSED, "stakeholders.openai.capability=2")
    log = [
        its
        for run in map(unmoved, runs_of(*settings, runs=150))
        for its in year_of(run, everybody_in(run), share=0.3).log
        if its.lab == "openai"
    ]
    assert within(sum(its.model.covered for its in log), len(log), 6.0 / 13.0)
    run = runs_of(*ALIKE, runs=1)[0]
    lab, growing = run.case.labs["openai"], run.case.climate._replace(capability_trend=1.0)
    ranks = np.linspace(0.001, 0.999, 999)
    now, later = (np.array([operating.rank(u, lab, growing, day) for u in ranks]) for day in (0.0, 365.0))
    assert now == pytest.approx(ranks)
    assert (1 - later) / later == pytest.approx(math.e * (1 - now) / now)


def test_the_danger_of_models_sums_up_to_what_a_wider_reading_takes_in() -> None:
    """By quadrature: the most capable share has 1 - exp(-share / detection_share) of all danger, but for a tail."""
    relations = runs_of(runs=1)[0].case.relations._replace(detection_share=0.1)
    ranks = (np.arange(100_000) + 0.5) / 100_000
    danger = np.array([operating.danger(rank, relations) for rank in ranks])
    for share in (0.05, 0.1, 0.3):
        assert danger[ranks < share].sum() / danger.sum() == pytest.approx(1.0 - math.exp(-share / 0.1), abs=1e-4)


def test_a_review_that_needs_less_than_was_agreed_ends_earlier_and_never_later() -> None:
    lengths = set()
    for run in map(unmoved, runs_of("relations.thoroughness=0.5", runs=40)):
        for its in year_of(run, everybody_in(run), days=14.0).log:
            if its.way.review is Review.AGREED:
                left = operating.missed(its.way.review_days, its.model.danger, run.case.relations)
                assert its.way.review_days <= 14.0
                assert left == pytest.approx(0.5) if its.way.review_days < 14.0 else left > 0.5 - 1e-9
                lengths.add(its.way.review_days < 14.0)
    assert lengths == {True, False}


def test_open_weights_that_the_terms_exempt_are_not_covered() -> None:
    opened = tuple(f"stakeholders.{lab}.open_weight_share=1" for lab in LABS)
    for run in runs_of("levers.opening.open_weights=0", *opened, "climate.mandate_chance=0", runs=10):
        assert not any(its.model.covered for its in year_of(run, everybody_in(run)).log)
    log = [
        its
        for run in map(unmoved, runs_of("levers.opening.open_weights=0.4", "levers.secrecy=0", *opened, runs=150))
        for its in year_of(run, everybody_in(run)).log
    ]
    assert within(sum(its.model.covered for its in log), len(log), 0.4)


def test_without_agreements_holds_and_a_framework_nothing_is_reviewed() -> None:
    settings = [f"stakeholders.{lab}.precedent=0" for lab in LABS]
    for run in map(unmoved, runs_of(*settings, runs=20)):
        year = year_of(run, None)
        assert {its.way.review for its in year.log} == {Review.NONE}
        assert year.measures().reviews_asked == 0.0


def test_ad_hoc_reviews_are_as_many_as_agreements_and_rates_say() -> None:
    settings = ("climate.ad_hoc_review_rate=0.6", "stakeholders.meta.precedent=0.5", "stakeholders.amazon.precedent=0")
    log = [
        its for run in map(unmoved, runs_of(*settings, runs=200)) for its in year_of(run, None).log if its.model.covered
    ]
    for lab, chance in (("openai", 0.6), ("xai", 0.6), ("meta", 0.3)):
        its = [release.way.review is Review.AD_HOC for release in log if release.lab == lab]
        assert within(sum(its), len(its), chance)
    assert not any(its.way.review is Review.AD_HOC for its in log if its.lab == "amazon")


def test_a_hold_is_likelier_for_a_capable_unreviewed_model_than_for_any_other() -> None:
    log = [its for history in map(play, runs_of(runs=150)) for its in history.ad_hoc.log]
    unreviewed = [its for its in log if its.way.review in (Review.NONE, Review.HOLD)]
    capable = average([its.way.held for its in unreviewed if its.model.rank < 0.25])
    for others in (
        [its.way.held for its in unreviewed if its.model.rank >= 0.25],
        [its.way.held for its in log if its.way.review is Review.AD_HOC],
    ):
        assert average(others).high < capable.low


def test_a_reviewed_and_cleared_model_is_never_held_where_clearance_counts_in_full() -> None:
    histories = adopted(runs_of("climate.rehold_chance=0"))
    assert any(its.way.held for history in histories for its in history.year.log)
    for history in histories:
        for world in (history.year, history.ad_hoc):
            assert not any(its.way.held and its.way.review in (Review.AGREED, Review.AD_HOC) for its in world.log)


def test_a_lab_that_offers_a_stake_is_held_less() -> None:
    held = []
    for stake in (0, 1):
        settings = (f"stakeholders.openai.stake_offered={stake}", "relations.stake_weight=0.5")
        worlds = [year_of(run, None) for run in runs_of(*settings, "climate.mandate_chance=0", runs=100)]
        held.append([sum(its.way.held for its in world.log if its.lab == "openai") for world in worlds])
    assert all(with_it <= without for without, with_it in zip(*held, strict=True))
    assert 0 < sum(held[1]) < sum(held[0])


def test_a_surprised_lab_contests_where_that_may_save_more_than_it_costs_and_learns_where_the_threshold_is() -> None:
    wide = ("climate.reading_width=3", "levers.secrecy=1")
    surprised = dropped = 0
    for run in map(unmoved, runs_of(*wide, "relations.contest_success=0.5", "relations.contest_days=5", runs=40)):
        year = year_of(run, everybody_in(run), days=20.0, share=0.2)
        for lab in LABS:
            out = [its for its in year.log if its.lab == lab and its.model.covered and not its.model.expected]
            assert all(its.way.contest_days > 0.0 for its in out)  # half of 20 days and the wait, against 5
            assert [its.model.rank for its in out] == sorted(
                its.model.rank for its in out
            )  # each must lie beyond the last
            surprised += len(out)
            dropped += sum(its.way.dropped for its in out)
            assert all((its.way.review is Review.NONE) == its.way.dropped for its in out)
        assert any(its.model.covered and its.model.expected for its in year.log)
    assert within(dropped, surprised, 0.5)
    for run in runs_of(*wide, "relations.contest_success=0", runs=5):
        assert not any(its.way.contest_days > 0.0 for its in year_of(run, everybody_in(run), share=0.2).log)


@given(st.floats(0.01, 0.99))
def test_what_is_left_of_a_uniform_draw_is_uniform(chance: float) -> None:
    """On a grid: the left-over draws of either side lie evenly."""
    u = (np.arange(10_000) + 0.5) / 10_000
    left = np.array([left_over(its, chance) for its in u])
    for side in (left[u < chance], left[u >= chance]):
        assert np.sort(side) == pytest.approx((np.arange(len(side)) + 0.5) / len(side), abs=1.0 / len(side))


# ---------------------------------------------------------------- what each term costs and brings


def unhurried(run: Run) -> Run:
    """The run in a world in which incidents change nothing, and nobody is held."""
    climate = run.case.climate._replace(
        hold_chance=0.0, mandate_chance=0.0, incident_chance=0.5, incident_threat=0.0, incident_mandate=0.0
    )
    relations = run.case.relations._replace(reconsidering=0.0, contest_success=0.0)
    return run._replace(case=run.case._replace(climate=climate, relations=relations))


def by_term(term: str, values: Sequence[float], runs: int = 60) -> list[list[Release]]:
    """All releases of years of a framework of all labs, whose terms differ in one issue."""
    worlds = []
    for value in values:
        log = []
        for run in map(unhurried, runs_of(runs=runs)):
            negotiation = Negotiation(run.case, run.luck)
            terms = run.case.levers.opening._replace(**{"review_days": 14.0, term: value})
            year = Year(run.case, negotiation.draws, negotiation.state._replace(terms=terms), everybody_in(run))
            year.play()
            log += year.log
        worlds.append(log)
    return worlds


@pytest.mark.parametrize(
    ("term", "values"),
    [
        ("review_days", (1.0, 7.0, 30.0, 90.0)),
        ("covered_share", (0.0, 0.1, 0.3, 1.0)),
        ("disclosure", (0.0, 0.5, 1.0)),
        ("foreign_lag_days", (0.0, 14.0, 60.0)),
        ("open_weights", (0.0, 1.0)),
    ],
)
def test_more_of_a_term_never_makes_a_release_an_incident_and_spares_some(term: str, values: tuple[float, ...]) -> None:
    for little, much in itertools.pairwise(by_term(term, values)):
        assert all(after.incident <= before.incident for before, after in zip(little, much, strict=True))
        assert all(after.danger_out <= before.danger_out for before, after in zip(little, much, strict=True))
        assert sum(its.incident for its in much) < sum(its.incident for its in little)


@pytest.mark.parametrize("term", ["review_days", "covered_share"])
def test_longer_and_wider_reviews_delay_more(term: str) -> None:
    values = {"review_days": (1.0, 7.0, 30.0, 90.0), "covered_share": (0.0, 0.1, 0.3, 1.0)}[term]
    for little, much in itertools.pairwise(by_term(term, values)):
        assert sum(its.delay_days for its in little) < sum(its.delay_days for its in much)


def test_reports_shorten_incidents_and_calm() -> None:
    lengths = []
    for disclosure in (0.0, 1.0):
        calm = Alarm(0.5, 1.0)
        run = runs_of(runs=1)[0]
        relations = run.case.relations._replace(reports=0.4)
        length = operating.incident_length(disclosure, relations)
        lengths.append(length)
        after = operating.after_incident(calm, length, run.case.climate._replace(incident_threat=0.5))
        assert after.threat == pytest.approx(0.5 + 0.5 * 0.5 * length)
    assert lengths == pytest.approx([1.0, 0.6])


# ---------------------------------------------------------------- saturation


def test_a_desk_for_23_reviews_is_saturated_by_a_wide_reading_and_not_by_a_narrow_one() -> None:
    """Everybody in for good: 25 releases a year for 23 reviews make a queue that grows; a fifth of them does not."""
    settings = ("levers.review_capacity=23", "levers.secrecy=0", *ALIKE)
    early, late = {}, {}
    for share in (1.0, 0.2):
        years = [year_of(run, everybody_in(run), share=share) for run in map(unmoved, runs_of(*settings, runs=150))]
        queues = np.array([year.datacollector.get_model_vars_dataframe()["queue"] for year in years])
        early[share], late[share] = average(queues[:, 12]), average(queues[:, 51])
    assert late[1.0].low > early[1.0].high
    assert late[1.0].low > 1.0
    assert late[0.2].high < 0.2


def test_labs_leave_a_saturated_desk_and_stay_at_a_quick_one() -> None:
    leavings = {}
    for name in ("small-desk", "funded-desk"):
        histories = adopted(runs_of(scenario=name, runs=100))
        leavings[name] = average([history.year.lasting().leavings for history in histories])
    assert leavings["small-desk"].low > 3.0 * leavings["funded-desk"].mean + 0.5


def test_labs_leave_the_wide_reading_and_not_the_narrow_one_at_the_same_desk() -> None:
    leavings = {}
    for share in (1, 0.15):
        settings = [f"levers.opening.covered_share={share}"]
        histories = adopted(runs_of(*settings, scenario="small-desk", runs=100))
        leavings[share] = average([history.year.lasting().leavings for history in histories])
    assert leavings[1].low > 3.0 * leavings[0.15].mean + 0.5


def test_an_early_incident_is_counted_and_raises_the_threat_in_both_worlds() -> None:
    for run in runs_of(scenario="early-incident", runs=20):
        for world in (year_of(run, None), year_of(run, everybody_in(run))):
            from_releases = sum(release.incident for release in world.log)
            assert world.measures().incidents == from_releases + 1
            assert world.alarm.threat > run.case.climate.threat


def test_the_paired_difference_is_zero_in_runs_without_a_framework() -> None:
    history = play(runs_of("levers.quorum_labs=20", runs=1)[0])
    assert isinstance(history.year.measures(), Operating)
    assert repr(history.year.measures()) == repr(history.ad_hoc.measures())
