"""Deciding: laws as properties, and examples one can check by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.platform.conditions.facts import Catalogue, Fact, Relation, Type
from clientela.platform.conditions.judging import Clock
from clientela.retention.rules import deciding, offers, tracing
from clientela.retention.rules.deciding import Answered, Decided, Past, Tally
from clientela.retention.rules.offers import OfferText

CLOCK = Clock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Riga"))
TODAY = CLOCK.today
FACTS = Catalogue.of(
    (Fact("age", Type.NUMBER, "Age"), Fact("complaints", Type.NUMBER, "Complaints")),
    (Relation("needs", "Needs", ()),),
)
WORDS = {"en": {"headline": "H", "why": "W", "script": "S {name|you}"}}
COMPLAINT = offers.read_gate(
    {"key": "complaint", "when": {"fact": "complaints", "op": "ge", "value": 1},
     "sentences": {"en": "A complaint is open."}},
    FACTS,
)  # fmt: skip

bodies = st.fixed_dictionaries({
    "group": st.sampled_from(["home", "money", "car", "travel"]),
    "sells": st.booleans(), "value": st.integers(1, 10**6),
    "eligibility": st.one_of(
        st.none(), st.builds(lambda age: {"fact": "age", "op": "ge", "value": age},
                             st.integers(0, 60))),
})  # fmt: skip
shelves = st.lists(bodies, max_size=8)
people = st.fixed_dictionaries({
    "age": st.one_of(st.none(), st.integers(0, 90)), "complaints": st.integers(0, 1),
})  # fmt: skip
pasts = st.builds(
    Past,
    presented_on=st.lists(st.integers(0, 40), max_size=4, unique=True).map(
        lambda days: tuple(TODAY - timedelta(days=day) for day in days)
    ),
    last=st.one_of(st.none(), st.builds(
        Answered, st.sampled_from(["later", "not_interested", "ineligible", "accepted"]),
        st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days)),
        st.one_of(st.none(), st.integers(-5, 30).map(lambda days: TODAY + timedelta(days=days))),
    )),
    has_open_lead=st.booleans(),
)  # fmt: skip


def an_offer(key: str, **more: Any) -> OfferText:
    body = {"key": key, "group": key, "labels": {"en": key}, "wording": WORDS, **more}
    return offers.read_offer(body, FACTS, offer_id=key, version=1)


def decide(
    shelf: list[OfferText], row: dict[str, Any] | None = None, *,
    past: dict[Any, Past] | None = None, tallies: dict[Any, Tally] | None = None,
) -> Decided:  # fmt: skip
    return deciding.decide(
        offers=shelf, gates=[COMPLAINT], row=row or {"age": 40}, clock=CLOCK, past=past or {},
        tallies=tallies or {}, channel="agent",
    )  # fmt: skip


def shown(decided: Decided) -> list[str]:
    return [one.offer.key for one in decided.chosen]


@given(shelf=shelves, row=people, past=st.lists(pasts, min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_nothing_held_back_is_ever_shown(
    shelf: list[dict[str, Any]], row: dict[str, Any], past: list[Past]
) -> None:
    made = [an_offer(f"offer-{place}", **body) for place, body in enumerate(shelf)]
    pasts_by = {one.key: past[place] for place, one in enumerate(made)}
    decided = decide(made, row, past=pasts_by)
    groups = [one.offer.group for one in decided.chosen]
    assert len(groups) == len(set(groups)) <= deciding.SHOWN_MAX
    assert all(not one.held for one in decided.chosen)
    if row["complaints"]:
        assert not any(one.offer.sells for one in decided.chosen)
    again = decide(list(reversed(made)), row, past=pasts_by)
    assert shown(again) == shown(decided)
    assert len(tracing.trace_of(decided)["candidates"]) == len(made)


@given(shelf=shelves, row=people)
@settings(max_examples=40, deadline=None)
def test_lifting_a_gate_takes_no_offer_away_from_its_group(
    shelf: list[dict[str, Any]], row: dict[str, Any]
) -> None:
    made = [an_offer(f"offer-{place}", **body) for place, body in enumerate(shelf)]
    gated = {one.offer.key for one in decide(made, row).candidates if not one.held}
    freed = decide(made, {**row, "complaints": 0})
    assert gated <= {one.offer.key for one in freed.candidates if not one.held}


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_chance_is_a_probability(a: int, b: int, c: int, d: int) -> None:
    p = deciding.probability(Tally(a, a + b), Tally(a + c, a + b + c + d))
    assert 0 < p < 1


def test_the_chance_of_an_offer_leans_on_its_group() -> None:
    assert deciding.probability(Tally(), Tally()) == 0.1
    assert deciding.probability(Tally(), Tally(9, 10)) == 0.5
    assert deciding.probability(Tally(6, 10), Tally(9, 10)) == 0.55


def test_a_score_is_the_product_of_its_parts() -> None:
    lever = {"factor": 2, "owner": "Marta", "ends_on": "2026-12-31"}
    context = [{"key": "grown", "when": {"fact": "age", "op": "ge", "value": 18}, "factor": 3}]
    offer = an_offer("one", value=1000, lever=lever, context=context)
    past = Past(presented_on=(TODAY,))
    [one] = decide([offer], past={"one": past}).candidates
    assert one.score.total == 0.1 * 1000 * 3 * 2 / 2
    assert (one.score.reasons, one.score.fatigue) == (("grown",), 1)


def test_a_lever_ends() -> None:
    lever = {"factor": 4, "owner": "Marta", "ends_on": "2026-11-19"}
    [one] = decide([an_offer("one", lever=lever)]).candidates
    assert one.score.lever == 1


def test_equal_scores_go_by_key() -> None:
    assert shown(decide([an_offer("b"), an_offer("a")])) == ["a", "b"]


def test_after_three_showings_an_offer_rests_for_thirty_days() -> None:
    days = tuple(TODAY - timedelta(days=back) for back in (20, 10, 2))
    [one] = decide([an_offer("one")], past={"one": Past(days)}).candidates
    assert [(held.gate, held.until) for held in one.held] == [
        ("shown-often", TODAY + timedelta(days=28))
    ]
    assert shown(decide([an_offer("one")], past={"one": Past(days[:2])})) == ["one"]


def test_a_no_rests_for_ninety_days_or_until_the_day_said() -> None:
    no = Answered("not_interested", TODAY - timedelta(days=89))
    rest = deciding.rest_of(Past(last=no), today=TODAY)
    assert rest is not None
    assert rest.until == TODAY + timedelta(days=1)
    elsewhere = Answered("not_interested", TODAY, date(2027, 6, 30))
    rest = deciding.rest_of(Past(last=elsewhere), today=date(2027, 6, 29))
    assert rest is not None
    assert rest.gate == "not-interested"
    assert deciding.rest_of(Past(last=elsewhere), today=date(2027, 6, 30)) is None


def test_later_comes_back_on_its_day_and_first_in_its_group() -> None:
    shelf = [an_offer("rich", group="home", value=10**6), an_offer("asked", group="home")]
    waiting = Past(last=Answered("later", TODAY - timedelta(days=5), TODAY + timedelta(days=1)))
    assert shown(decide(shelf, past={"asked": waiting})) == ["rich"]
    due = Past(last=Answered("later", TODAY - timedelta(days=5), TODAY))
    assert shown(decide(shelf, past={"asked": due})) == ["asked"]


def test_an_acceptance_under_way_is_not_offered_again() -> None:
    assert shown(decide([an_offer("one")], past={"one": Past(has_open_lead=True)})) == []


def test_a_gate_that_cannot_be_read_holds_back_what_is_sold() -> None:
    broken = offers.broken_gate({"key": "old", "sentences": {"en": "?"}}, version=2)
    decided = deciding.decide(
        offers=[an_offer("sold"), an_offer("care", sells=False)], gates=[broken], row={},
        clock=CLOCK, past={}, tallies={}, channel="agent",
    )  # fmt: skip
    assert shown(decided) == ["care"]


def test_an_offer_is_made_in_its_days_and_channels() -> None:
    offer = an_offer("one", starts_on="2026-11-20", ends_on="2026-11-20", channels=["web"])
    assert offer.is_offered(today=TODAY, channel="web")
    assert not offer.is_offered(today=TODAY, channel="agent")
    assert not offer.is_offered(today=TODAY + timedelta(days=1), channel="web")


def test_what_is_not_known_is_said_otherwise() -> None:
    said = offers.said_with("Ends {ends_on|soon}, {name}.", {"name": "Anna"})
    assert said == "Ends soon, Anna."
