"""The table of the design by hand, and what always holds of open time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.platform.open_time import (
    BadFrame,
    CalendarNeverOpens,
    Frame,
    Hours,
    OpenTime,
    Pause,
    frame,
    joined,
    written,
)

RIGA, MADRID = ZoneInfo("Europe/Riga"), ZoneInfo("Europe/Madrid")
LUNCH = [frame("08:30", "12:00"), frame("12:45", "17:15")]
DESK = Hours(RIGA, dict.fromkeys(range(5), LUNCH), days={date(2027, 11, 18): []})
NIGHT = Hours(MADRID, {day: [frame("20:00", "04:00")] for day in range(7)})


def riga(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=RIGA)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2027-02-10 11:40", 50, "2027-02-10 13:15"),
        ("2027-02-10 16:30", 45, "2027-02-10 17:15"),
        ("2027-11-17 16:45", 100, "2027-11-19 09:40"),
        ("2027-02-13 10:00", 0, "2027-02-13 10:00"),
        ("2027-02-13 10:00", 1, "2027-02-15 08:31"),
    ],
)
def test_the_desk_of_riga_is_due(start: str, minutes: int, due: str) -> None:
    assert OpenTime(DESK).add(riga(start), minutes * 60) == riga(due)


def test_a_second_more_than_today_is_the_first_second_of_tomorrow() -> None:
    due = OpenTime(DESK).add(riga("2027-02-10 16:30"), 45 * 60 + 1)
    assert due == riga("2027-02-11 08:30:01")


def test_a_pause_is_left_out() -> None:
    pause = Pause(riga("2027-02-11 11:00"), riga("2027-02-12 09:00"))
    due = OpenTime(DESK).due(riga("2027-02-11 09:00"), 180 * 60, [pause])
    assert due == riga("2027-02-12 10:00")


def test_while_a_pause_lasts_nothing_is_due() -> None:
    hours, start = OpenTime(DESK), riga("2027-02-11 09:00")
    assert hours.due(start, 180 * 60, [Pause(riga("2027-02-11 11:00"), None)]) is None
    assert hours.due(start, 60 * 60, [Pause(riga("2027-02-11 11:00"), None)]) == riga(
        "2027-02-11 10:00"
    )


def test_the_night_the_clocks_go_back_is_an_hour_longer() -> None:
    start = datetime(2027, 10, 30, 23, 30, tzinfo=MADRID)
    due = OpenTime(NIGHT).add(start, 300 * 60).astimezone(MADRID)
    assert due.isoformat() == "2027-10-31T03:30:00+01:00"


def test_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    start = datetime(2027, 3, 27, 23, 30, tzinfo=MADRID)
    due = OpenTime(NIGHT).add(start, 180 * 60).astimezone(MADRID)
    assert due.isoformat() == "2027-03-28T03:30:00+02:00"


def test_a_holiday_closes_its_own_date_only() -> None:
    hours = Hours(MADRID, NIGHT.week, days={date(2027, 6, 5): []})  # a Saturday
    start = datetime(2027, 6, 4, 23, 0, tzinfo=MADRID)
    due = OpenTime(hours).add(start, 2 * 3600).astimezone(MADRID)
    assert due.isoformat() == "2027-06-06T01:00:00+02:00"


def test_an_extra_day_and_a_closure_count() -> None:
    hours = Hours(
        RIGA, DESK.week, days={date(2027, 2, 13): [frame("10:00", "12:00")]},
        closures=[(riga("2027-02-13 10:30"), riga("2027-02-13 11:00"))],
    )  # fmt: skip
    assert OpenTime(hours).add(riga("2027-02-13 08:00"), 3600) == riga("2027-02-13 11:30")


def test_one_minute_to_midnight_means_midnight() -> None:
    hours = OpenTime(Hours(UTC, {day: [frame("00:00", "23:59")] for day in range(7)}))
    start = datetime(2027, 2, 10, tzinfo=UTC)
    assert hours.add(start, 7 * 86_400) == start + timedelta(days=7)


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(CalendarNeverOpens):
        OpenTime(Hours(UTC, {})).add(datetime(2027, 2, 10, tzinfo=UTC), 1)


def test_a_fraction_of_the_start_is_cut_off() -> None:
    start = riga("2027-02-10 09:00") + timedelta(milliseconds=900)
    assert OpenTime(DESK).add(start, 60) == riga("2027-02-10 09:01")


@pytest.mark.parametrize("text", ["8:30", "25:00", "12:60", "", "24:01"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(BadFrame):
        frame(text, "17:00")


def test_a_frame_is_written_as_it_was_read() -> None:
    assert written(frame("08:30", "24:00")) == ("08:30", "24:00")


frames = st.builds(
    lambda opens, length: Frame(opens, (opens + length) % 1_441),
    st.integers(0, 1_380),
    st.integers(15, 600),
)
weeks = st.dictionaries(st.integers(0, 6), st.lists(frames, min_size=1, max_size=3), min_size=1)
hours_of_desks = st.builds(Hours, st.sampled_from([RIGA, MADRID, UTC]), weeks)
BEGINNING = datetime(2026, 9, 1, tzinfo=UTC)
instants = st.integers(0, 480 * 86_400).map(lambda past: BEGINNING + timedelta(seconds=past))
few = settings(max_examples=40)
targets = st.integers(0, 5 * 86_400)


@few
@given(hours_of_desks, instants, targets)
def test_adding_then_measuring_gives_the_target_back(
    hours: Hours, start: datetime, seconds: int
) -> None:
    desk = OpenTime(hours)
    due = desk.add(start, seconds)
    assert desk.between(start, due) == seconds
    assert sum(stretch.seconds for stretch in desk.stretches(start, due)) <= seconds


@few
@given(hours_of_desks, instants, targets, st.integers(0, 90_000), st.integers(0, 90_000))
def test_due_never_goes_back(
    hours: Hours, start: datetime, seconds: int, later: int, more: int
) -> None:
    desk = OpenTime(hours)
    due = desk.add(start, seconds)
    assert desk.add(start + timedelta(seconds=later), seconds) >= due
    assert desk.add(start, seconds + more) >= due


@few
@given(hours_of_desks, instants, targets, instants, st.tuples(*[st.integers(0, 90_000)] * 2))
def test_two_touching_pauses_are_one(
    hours: Hours, start: datetime, seconds: int, pause: datetime, lengths: tuple[int, int]
) -> None:
    first, second = lengths
    desk = OpenTime(hours)
    middle = pause + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    two = [Pause(pause, middle), Pause(middle, end)]
    due = desk.due(start, seconds, two)
    assert due == desk.due(start, seconds, [Pause(pause, end)])
    assert due is not None
    assert desk.spent(start, due, two) == seconds
    assert len(joined(two)) == 1


@few
@given(hours_of_desks, instants, targets)
def test_what_is_grown_to_answers_as_what_was_there(
    hours: Hours, start: datetime, seconds: int
) -> None:
    grown = OpenTime(hours)
    grown.add(start + timedelta(days=900), 1)
    grown.add(start - timedelta(days=900), 1)
    assert grown.add(start, seconds) == OpenTime(hours).add(start, seconds)
