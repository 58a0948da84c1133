"""What becomes of a call, whatever is reported in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clientela.calls import rules
from clientela.calls.rules import Direction, News, Standing, Took

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
reports = st.lists(
    st.tuples(st.sampled_from(News), st.integers(-5, 600), st.sampled_from(["", "forwarded"])),
    max_size=8,
)


def told(direction: Direction, listed: list[tuple[News, int, str]]) -> list[tuple[Standing, Took]]:
    standing, found = Standing(direction), []
    for news, seconds, cause in listed:
        moment = NOON + timedelta(seconds=seconds)
        standing, took = rules.after(standing, news, now=moment, cause=cause)
        found.append((standing, took))
    return found


@given(direction=st.sampled_from(Direction), listed=reports)
def test_a_call_that_is_over_stays_as_it_ended(
    direction: Direction, listed: list[tuple[News, int, str]]
) -> None:
    ended = None
    for standing, took in told(direction, listed):
        if ended is not None:
            assert took is not Took.TAKEN
            assert (standing.state, standing.ended_at, standing.cause) == ended
        elif standing.is_over:
            ended = (standing.state, standing.ended_at, standing.cause)


@given(direction=st.sampled_from(Direction), listed=reports)
def test_what_the_tables_promise_holds_for_every_order(
    direction: Direction, listed: list[tuple[News, int, str]]
) -> None:
    for standing, _ in told(direction, listed):
        over = standing.state in ("ended", "missed")
        assert over == (standing.ended_at is not None)
        assert standing.started_at is not None
        if standing.ended_at:
            assert standing.ended_at >= standing.started_at
        if standing.answered_at:
            assert standing.answered_at >= standing.started_at
        if standing.answered_at and standing.ended_at:
            assert standing.ended_at >= standing.answered_at
        assert standing.state != "missed" or (
            direction is Direction.IN and standing.answered_at is None
        )


def test_nobody_took_an_incoming_call_it_is_missed_unless_it_went_on() -> None:
    rang = [(News.RINGS, 0, "")]
    for direction, cause, state in (
        (Direction.IN, "", "missed"), (Direction.IN, "forwarded", "ended"),
        (Direction.OUT, "", "ended"),
    ):  # fmt: skip
        assert told(direction, [*rang, (News.OVER, 20, cause)])[-1][0].state == state


def test_a_hangup_that_comes_first_makes_a_call_that_never_rings() -> None:
    late = told(Direction.IN, [(News.OVER, 0, ""), (News.RINGS, 1, ""), (News.ANSWERED, 2, "")])
    assert [took for _, took in late] == [Took.TAKEN, Took.LATE, Took.IGNORED]
    assert late[-1][0].state == "missed"


def test_hidden_numbers_are_known_by_what_telephone_systems_write() -> None:
    assert all(map(rules.is_hidden, ["", "anonymous", "Anonymous", " unknown ", "withheld"]))
    assert not rules.is_hidden("+37126124408")
