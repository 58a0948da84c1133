"""What decisions come to: proved for any decisions, in any order, of any records."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from clientela.platform.promises import promise
from clientela.privacy.rules import consents, deadlines
from clientela.privacy.rules.consents import Decision, State

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORDS = tuple(UUID(int=number) for number in range(1, 5))
states = st.sampled_from(list(State))


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    records = draw(st.sets(st.sampled_from(RECORDS), min_size=1))
    return Decision(
        frozenset(records), draw(st.sampled_from(["news", "surveys"])),
        draw(st.sampled_from(["", "email", "phone"])), draw(st.sampled_from([b"", b"a", b"b"])),
        draw(st.booleans()), NOW + timedelta(minutes=draw(st.integers(0, 5))),
    )  # fmt: skip


def stands(told: list[Decision], family: list[UUID], address: bytes = b"") -> State:
    return consents.state(told, family=family, purpose="news", channel="email", address=address)


@promise("CUS-36")
@given(one=states, other=states, third=states)
def test_the_most_restrictive_is_the_same_however_records_are_joined(
    one: State, other: State, third: State
) -> None:
    join = consents.joined
    assert join([one, other]) == join([other, one])
    assert join([join([one, other]), third]) == join([one, join([other, third])])
    assert join([one, one]) == one
    assert join([one, State.SILENT]) == one


@given(
    told=st.lists(decisions(), max_size=12),
    seed=st.integers(0, 99),
    address=st.sampled_from([b"", b"a"]),
)
def test_neither_the_order_of_rows_nor_that_of_records_matters(
    told: list[Decision], seed: int, address: bytes
) -> None:
    shuffled, family = list(told), list(RECORDS)
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(family)
    assert stands(shuffled, family, address) == stands(told, list(RECORDS), address)


@given(told=st.lists(decisions(), max_size=12))
def test_a_merge_never_subscribes_whom_one_record_unsubscribed(told: list[Decision]) -> None:
    alone = [stands(told, [record]) for record in RECORDS]
    assert stands(told, list(RECORDS)) == max(alone)


@given(told=st.lists(decisions(), max_size=12), address=st.sampled_from([b"a", b"b"]))
def test_a_refusal_of_the_person_beats_the_consent_of_an_address(
    told: list[Decision], address: bytes
) -> None:
    if stands(told, list(RECORDS)) is State.WITHDRAWN:
        assert stands(told, list(RECORDS), address) is State.WITHDRAWN


def decided(*, given: bool, minutes: int, records: tuple[UUID, ...] = RECORDS[:1]) -> Decision:
    at = NOW + timedelta(minutes=minutes)
    return Decision(frozenset(records), "news", "email", b"", given, at)


def test_of_two_decisions_at_one_instant_the_refusal_counts() -> None:
    both = [decided(given=True, minutes=1), decided(given=False, minutes=1)]
    assert stands(both, [RECORDS[0]]) is State.WITHDRAWN


def test_evidence_that_arrives_late_does_not_beat_a_newer_decision() -> None:
    told = [decided(given=False, minutes=5), decided(given=True, minutes=1)]
    assert stands(told, [RECORDS[0]]) is State.WITHDRAWN


def test_who_agrees_after_the_merge_agrees_for_all_their_records() -> None:
    survivor, alias = RECORDS[:2]
    before = [decided(given=False, minutes=1, records=(alias,)),
              decided(given=True, minutes=2, records=(survivor,))]  # fmt: skip
    assert stands(before, [survivor, alias]) is State.WITHDRAWN
    anew = decided(given=True, minutes=3, records=(survivor, alias))
    assert stands([*before, anew], [survivor, alias]) is State.GIVEN
    assert stands([*before, anew][:1], [alias]) is State.WITHDRAWN


def test_nothing_said_is_no_consent_unless_the_interest_was_weighed() -> None:
    assert not consents.answer(State.SILENT, given_unless_refused=False).is_allowed
    assert consents.answer(State.SILENT, given_unless_refused=True).is_allowed
    assert not consents.answer(State.WITHDRAWN, given_unless_refused=True).is_allowed


def test_a_request_is_due_thirty_days_after_it_was_received() -> None:
    due = deadlines.due_on(date(2026, 11, 20))
    assert due == date(2026, 12, 20)
    assert deadlines.haste(due, today=date(2026, 12, 21)) == "late"
    assert deadlines.haste(due, today=date(2026, 12, 13)) == "soon"
    assert deadlines.haste(due, today=date(2026, 12, 12)) == "calm"
