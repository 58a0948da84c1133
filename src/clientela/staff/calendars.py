"""When desks are open: their calendars, changed and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.platform import ids, periods
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.open_time import (
    FRAMES_MAX,
    BadFrame,
    CalendarNeverOpens,
    Frame,
    Hours,
    OpenTime,
    frame,
)
from clientela.platform.transactions import needs_transaction
from clientela.staff import company as companies
from clientela.staff.models import Calendar, CalendarDay, CalendarVersion, Closure

COMPILED_MAX = 64
WEEKDAYS = 7
OFFICE: dict[int, list[tuple[str, str]]] = {day: [("09:00", "17:00")] for day in range(5)}
Written = Sequence[tuple[str, str]]


class NoSuchCalendar(NotThere):
    code = "no-such-calendar"
    title = "There is no such calendar"


class NeverOpens(Problem):
    code = "calendar-never-opens"
    status = 422
    title = "This calendar is never open"


@needs_transaction
def ship(*, actor: Actor, now: datetime) -> Calendar:
    """The calendar a new installation starts with: Monday to Friday, nine to five."""
    known = Calendar.objects.filter(is_default=True).first()
    if known is not None:
        return known
    return make(key="office", name="Office hours", week=OFFICE, is_default=True,
                actor=actor, now=now)  # fmt: skip


@needs_transaction
def make(
    *, key: str, name: str, week: Mapping[int, Written], actor: Actor, now: datetime,
    time_zone: str = "", is_default: bool = False, is_demo: bool = False,
) -> Calendar:  # fmt: skip
    """A calendar with its first week. NeverOpens when it has no open second."""
    if time_zone and time_zone not in periods.zones():
        raise InvalidInput("Use a time zone such as Europe/Riga.", field="time_zone")
    calendar = Calendar.objects.create(
        key=key, name=name, time_zone=time_zone, is_default=is_default, is_demo=is_demo
    )
    publish(calendar, week=week, actor=actor, now=now)
    return calendar


@needs_transaction
def publish(
    calendar: Calendar, *, week: Mapping[int, Written], actor: Actor, now: datetime
) -> CalendarVersion:
    """The week from now on, as the next version."""
    frames = {str(day): [list(one) for one in listed] for day, listed in week.items()}
    _week(frames)
    last = calendar.versions.order_by("-number").first()
    version = CalendarVersion.objects.create(
        calendar=calendar, number=last.number + 1 if last else 1, frames=frames,
        published_by=actor.id, published_at=now,
    )  # fmt: skip
    _renew(calendar)
    _must_open(calendar, now=now)
    return version


@needs_transaction
def set_day(calendar: Calendar, *, day: date, frames: Written, name: str, now: datetime) -> None:
    """What one date says instead of the week; no frames close it."""
    listed = [list(one) for one in frames]
    _frames(listed, field="frames")
    CalendarDay.objects.update_or_create(
        calendar=calendar, day=day, defaults={"frames": listed, "name": name}
    )
    _renew(calendar)
    _must_open(calendar, now=now)


@needs_transaction
def close(
    calendar: Calendar, *, starts_at: datetime, ends_at: datetime, reason: str, actor: Actor,
    now: datetime,
) -> Closure:  # fmt: skip
    if ends_at <= starts_at:
        raise InvalidInput("It ends after it starts.", field="ends_at")
    closure = Closure.objects.create(
        calendar=calendar, starts_at=starts_at, ends_at=ends_at, reason=reason,
        declared_by=actor.id, declared_at=now,
    )  # fmt: skip
    _renew(calendar)
    return closure


def get(key: str) -> Calendar:
    calendar = Calendar.objects.filter(key=key).first()
    if calendar is None:
        raise NoSuchCalendar
    return calendar


def by_id(calendar_id: UUID) -> Calendar:
    calendar = Calendar.objects.filter(id=calendar_id).first()
    if calendar is None:
        raise NoSuchCalendar
    return calendar


def listed() -> list[Calendar]:
    return list(Calendar.objects.order_by("-is_default", "name")[:200])


def open_time_of(calendar: Calendar) -> OpenTime:
    """The calendar, compiled; kept until it changes."""
    zone = calendar.time_zone or companies.current().time_zone
    return _compiled(calendar.id, calendar.revision, zone)


def version_of(calendar: Calendar) -> int:
    """The number of the week in force."""
    last = calendar.versions.order_by("-number").first()
    return last.number if last else 0


def zone_of(calendar: Calendar) -> ZoneInfo:
    return ZoneInfo(calendar.time_zone or companies.current().time_zone)


@lru_cache(maxsize=COMPILED_MAX)
def _compiled(calendar_id: UUID, _revision: UUID, zone: str) -> OpenTime:
    """`_revision` makes an outdated one unreachable."""
    version = CalendarVersion.objects.filter(calendar_id=calendar_id).order_by("-number").first()
    days = CalendarDay.objects.filter(calendar_id=calendar_id).values_list("day", "frames")
    closures = Closure.objects.filter(calendar_id=calendar_id)
    hours = Hours(
        ZoneInfo(zone), _week(version.frames if version else {}),
        days={day: _frames(frames, field="frames") for day, frames in days},
        closures=list(closures.values_list("starts_at", "ends_at")),
    )  # fmt: skip
    return OpenTime(hours)


def _renew(calendar: Calendar) -> None:
    calendar.revision = ids.uuid7()
    Calendar.objects.filter(id=calendar.id).update(revision=calendar.revision)


def _must_open(calendar: Calendar, *, now: datetime) -> None:
    try:
        open_time_of(calendar).add(now - timedelta(days=1), 1)
    except CalendarNeverOpens:
        raise NeverOpens("Give at least one day an opening time.", field="week") from None


def _week(frames: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, list[Frame]]:
    found = {}
    for day, listed in frames.items():
        if not day.isdecimal() or int(day) >= WEEKDAYS:
            raise InvalidInput("Days count from 0, Monday, to 6.", field="week")
        found[int(day)] = _frames(listed, field=f"week.{day}")
    return found


def _frames(listed: Sequence[Sequence[str]], *, field: str) -> list[Frame]:
    if len(listed) > FRAMES_MAX:
        raise InvalidInput(f"A day has at most {FRAMES_MAX} frames.", field=field)
    try:
        return [frame(opens, closes) for opens, closes in listed]
    except BadFrame as fault:
        raise InvalidInput(f"{str(fault).capitalize()}.", field=field) from None
