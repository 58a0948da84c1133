"""Open time: when a desk is open, and arithmetic in it.

Frames are local times of a calendar's zone; each local day becomes intervals in UTC, their union is
kept as sorted ends with the seconds open before them, so that adding and measuring are a bisection.
Whole seconds everywhere: fractions of a start are cut off. A due instant may equal a closing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

MINUTES_A_DAY = 1_440
LAST_MINUTE = MINUTES_A_DAY - 1  # people write 23:59 and mean midnight
NEVER_OPENS_DAYS = 800
STRETCH_DAYS = 400
HORIZON_DAYS_MAX = 7_300
FRAMES_MAX = 70
STEPS_MAX = 60

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


class CalendarNeverOpens(ValueError):
    """There is no open second in 800 days, or not as many as were asked for in twenty years."""


class BadFrame(ValueError):
    """A frame that is none; the message says why."""


class Frame(NamedTuple):
    """From `opens` to before `closes`, minutes of a local day; closing at or before it opens, it
    runs over midnight.
    """

    opens: int
    closes: int


class Stretch(NamedTuple):
    """A stretch of open time that was used up, for "why is it due then?"."""

    starts_at: datetime
    ends_at: datetime
    seconds: int


class Pause(NamedTuple):
    """A stretch that does not count; without an end it still lasts."""

    starts_at: datetime
    ends_at: datetime | None


Week = Mapping[int, Sequence[Frame]]  # 0 is Monday


@dataclass(frozen=True)
class Hours:
    """A calendar as it is written down. `days` replace what the week says of a date; `closures`
    are instants, and are subtracted from everything.
    """

    zone: tzinfo
    week: Week
    days: Mapping[date, Sequence[Frame]] = field(default_factory=dict)
    closures: Sequence[tuple[datetime, datetime]] = ()


class OpenTime:
    """Compiled hours: sorted intervals, grown to either side as questions need it."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self._week = _split_week(hours.week)
        self._closures = _union(
            (_second(starts), _second(ends)) for starts, ends in hours.closures if ends > starts
        )
        self._since = self._until = date.min
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._open_until: list[int] = []  # seconds open up to the end of each interval

    def add(self, start: datetime, seconds: int) -> datetime:
        """The instant by which `seconds` of open time have passed; zero of them is the start."""
        begin = _second(start)
        if seconds <= 0:
            return _instant(begin)
        self._reach(start)
        while True:
            target = self._before(begin) + seconds
            place = bisect_left(self._open_until, target)
            if place < len(self._ends):
                return _instant(self._ends[place] - (self._open_until[place] - target))
            self._grow(self._until + timedelta(days=STRETCH_DAYS), since=start)

    def between(self, start: datetime, end: datetime) -> int:
        """Seconds of open time from `start` to `end`; nothing when the end comes first."""
        if end <= start:
            return 0
        self._reach(start)
        self._reach(end)
        return self._before(_second(end)) - self._before(_second(start))

    def is_open(self, instant: datetime) -> bool:
        self._reach(instant)
        second = _second(instant)
        place = bisect_right(self._starts, second) - 1
        return place >= 0 and second < self._ends[place]

    def due(self, start: datetime, seconds: int, pauses: Sequence[Pause] = ()) -> datetime | None:
        """As `add`, with pauses that do not count; None while a pause without an end lasts."""
        cursor, left = start, seconds
        for pause in joined(pauses):
            if left <= 0 or (pause.ends_at is not None and pause.ends_at <= cursor):
                continue
            counted = self.between(cursor, pause.starts_at)
            if counted >= left:
                break
            left -= counted
            if pause.ends_at is None:
                return None
            cursor = pause.ends_at
        return self.add(cursor, left)

    def spent(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Seconds of open time used up from `start` to `end`, pauses left out."""
        whole = self.between(start, end)
        for pause in joined(pauses):
            begins = max(pause.starts_at, start)
            ends = end if pause.ends_at is None else min(pause.ends_at, end)
            whole -= self.between(begins, ends)
        return whole

    def stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        """The open stretches from `start` to `end`, the first sixty of them."""
        self._reach(start)
        self._reach(end)
        begin, finish = _second(start), _second(end)
        found: list[Stretch] = []
        for place in range(bisect_right(self._ends, begin), len(self._ends)):
            opens, closes = max(self._starts[place], begin), min(self._ends[place], finish)
            if opens >= closes or len(found) == STEPS_MAX:
                break
            found.append(Stretch(_instant(opens), _instant(closes), closes - opens))
        return found

    def _before(self, second: int) -> int:
        """Seconds open before this one, counted from where the intervals begin."""
        place = bisect_right(self._starts, second) - 1
        if place < 0:
            return 0
        return self._open_until[place] - max(0, self._ends[place] - second)

    def _reach(self, instant: datetime) -> None:
        """Know the days around this instant."""
        day = instant.astimezone(self.hours.zone).date()
        if self._since == date.min:
            self._compile(day - timedelta(days=2), day + timedelta(days=STRETCH_DAYS))
        if day - timedelta(days=1) < self._since:
            self._compile(day - timedelta(days=STRETCH_DAYS), self._until)
        if day + timedelta(days=1) > self._until:
            self._compile(self._since, day + timedelta(days=STRETCH_DAYS))

    def _grow(self, until: date, *, since: datetime) -> None:
        first = since.astimezone(self.hours.zone).date()
        is_bare = not self._ends or self._ends[-1] <= _second(since)
        if (until - first).days > HORIZON_DAYS_MAX:
            raise CalendarNeverOpens
        if is_bare and (self._until - first).days > NEVER_OPENS_DAYS:
            raise CalendarNeverOpens
        self._compile(self._since, until)

    def _compile(self, since: date, until: date) -> None:
        days = (since + timedelta(days=number) for number in range((until - since).days + 1))
        intervals = _less(_union(self._intervals(days)), self._closures)
        self._since, self._until = since, until
        self._starts = [opens for opens, _ in intervals]
        self._ends = [closes for _, closes in intervals]
        self._open_until, open_seconds = [], 0
        for opens, closes in intervals:
            open_seconds += closes - opens
            self._open_until.append(open_seconds)

    def _intervals(self, days: Iterable[date]) -> Iterator[tuple[int, int]]:
        for day in days:
            for opens, closes in self._of(day):
                starts, ends = self._utc(day, opens), self._utc(day, closes)
                if ends > starts:
                    yield starts, ends

    def _of(self, day: date) -> Iterator[Frame]:
        """The parts of frames that lie on this date: its own row's, else the week's, and what a
        row of the day before runs on into it.
        """
        own = self.hours.days.get(day)
        if own is None:
            yield from self._week[day.weekday()]
        else:
            yield from (part for frame in own for later, part in _parts(frame) if not later)
            return
        for frame in self.hours.days.get(day - timedelta(days=1), ()):
            yield from (part for later, part in _parts(frame) if later)

    def _utc(self, day: date, minute: int) -> int:
        """Of a local time that comes twice the first, of one that never comes the time after the
        gap.
        """
        if minute >= MINUTES_A_DAY:
            day, minute = day + timedelta(days=1), minute - MINUTES_A_DAY
        local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=self.hours.zone)
        return int(local.timestamp())


def frame(opens: str, closes: str) -> Frame:
    """A frame from two clock times, such as `08:30` and `17:15`; BadFrame when they are none."""
    return Frame(_minute(opens), _minute(closes))


def written(frame: Frame) -> tuple[str, str]:
    """A frame as people write it."""
    return _clock(frame.opens), _clock(frame.closes)


def joined(pauses: Sequence[Pause]) -> list[Pause]:
    """Pauses in order, overlapping and touching ones as one."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.starts_at):
        last = found[-1] if found else None
        if last is None or (last.ends_at is not None and last.ends_at < pause.starts_at):
            found.append(pause)
        elif last.ends_at is not None:
            ends = None if pause.ends_at is None else max(last.ends_at, pause.ends_at)
            found[-1] = Pause(last.starts_at, ends)
    return found


def _minute(text: str) -> int:
    if not _CLOCK.fullmatch(text):
        raise BadFrame("write a time of day such as 08:30")
    return int(text[:2]) * 60 + int(text[3:])


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _split_week(week: Week) -> list[list[Frame]]:
    """Frames by weekday, those over midnight split there."""
    parts: list[list[Frame]] = [[] for _ in range(7)]
    for weekday, frames in week.items():
        for whole in frames:
            for later, part in _parts(whole):
                parts[(weekday + later) % 7].append(part)
    return parts


def _parts(frame: Frame) -> Iterator[tuple[bool, Frame]]:
    """What of a frame lies on its own day, and what on the next."""
    closes = MINUTES_A_DAY if frame.closes == LAST_MINUTE else frame.closes
    if closes > frame.opens:
        yield False, Frame(frame.opens, closes)
        return
    yield False, Frame(frame.opens, MINUTES_A_DAY)
    if closes:
        yield True, Frame(0, closes)


def _union(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for starts, ends in sorted(intervals):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def _less(
    intervals: Sequence[tuple[int, int]], closures: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Intervals without what closures take of them; both are sorted and disjoint."""
    found = []
    for opens, closes in intervals:
        cursor = opens
        for starts, ends in closures:
            if starts >= closes or ends <= cursor:
                continue
            if starts > cursor:
                found.append((cursor, starts))
            cursor = max(cursor, ends)
        if cursor < closes:
            found.append((cursor, closes))
    return found


def _second(instant: datetime) -> int:
    return int(instant.timestamp() // 1)


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
