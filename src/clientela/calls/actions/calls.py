"""What a telephone system reports of a call is written down, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.calls import rules
from clientela.calls.models import Call, CallEvent, CustomerCall, Line
from clientela.calls.rules import News, Standing, Took
from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a telephone system about one of its calls, its numbers understood."""

    reference: str
    news: News
    direction: str
    number: str = ""
    number_shown: str = ""
    our_number_shown: str = ""
    extension: str = ""
    queue: str = ""
    cause: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noted:
    """The call after a report; `is_new` in this transaction; `took` None for a repeated report."""

    call: Call
    is_new: bool
    took: Took | None


@needs_transaction
def note(report: Report, *, line: Line, now: datetime) -> Noted:
    """The call of a report as it stands now, locked. A repeated report changes nothing."""
    call, is_new = _call_of(report, line=line, now=now)
    standing, took = rules.after(
        Standing(
            call.direction, "" if is_new else call.state, call.started_at, call.answered_at,
            call.ended_at, call.cause,
        ),
        report.news, now=now, cause=report.cause,
    )  # fmt: skip
    if not _noted_first(call, report, took, now=now):
        return Noted(call, is_new, None)
    gaps = _gaps(call, report)
    Call.objects.filter(id=call.id).update(
        state=standing.state, started_at=standing.started_at, answered_at=standing.answered_at,
        ended_at=standing.ended_at, cause=standing.cause, changed_at=now, **gaps,
    )  # fmt: skip
    call.refresh_from_db()
    return Noted(call, is_new, took)


@needs_transaction
def ring(call: Call, *, people: Iterable[UUID], match: str) -> Call:
    """Whose consoles show the call, and what its number says of who it is."""
    call.rung, call.match = list(dict.fromkeys(people)), match
    Call.objects.filter(id=call.id).update(rung=call.rung, match=match)
    return call


@needs_transaction
def name_customer(call: Call, *, customer_id: UUID, actor: Actor, now: datetime) -> bool:
    """The call is of this customer; whether that is new."""
    _row, is_new = CustomerCall.objects.get_or_create(
        customer_id=customer_id, call=call, defaults={"named_by": actor.id, "named_at": now}
    )
    return is_new


@needs_transaction
def give_to(call: Call, *, person_id: UUID, now: datetime) -> bool:
    """This person talks; False when it is somebody else's already."""
    taken = Call.objects.filter(id=call.id, person_id=None).update(
        person_id=person_id, changed_at=now
    )
    call.refresh_from_db()
    return bool(taken) or call.person_id == person_id


@needs_transaction
def settle(
    *, calls: Iterable[UUID] = (), number: str = "", actor: Actor, now: datetime
) -> list[Call]:
    """Missed calls that wait no more: called back, or put aside; those that did wait till now."""
    waiting = Call.objects.select_for_update().filter(
        state=Call.State.MISSED, settled_at=None
    ).order_by("id")  # fmt: skip
    waiting = waiting.filter(number=number) if number else waiting.filter(id__in=list(calls))
    found = list(waiting)
    Call.objects.filter(id__in=[call.id for call in found]).update(
        settled_at=now, settled_by=actor.id, changed_at=now
    )
    return found


@needs_transaction
def locked(call_id: UUID) -> Call | None:
    return Call.objects.select_for_update().filter(id=call_id).first()


def _call_of(report: Report, *, line: Line, now: datetime) -> tuple[Call, bool]:
    """The one row of this call, made by whichever report came first, and locked."""
    new = Call(
        id=ids.uuid7(), line=line, reference=report.reference, direction=report.direction,
        state=Call.State.RINGING, started_at=now, changed_at=now,
    )  # fmt: skip
    Call.objects.bulk_create([new], ignore_conflicts=True)
    call = Call.objects.select_for_update().get(line=line, reference=report.reference)
    return call, call.id == new.id


def _noted_first(call: Call, report: Report, took: Took, *, now: datetime) -> bool:
    event = CallEvent(
        call=call, name=report.news, outcome=took, data=dict(report.data), received_at=now
    )
    if CallEvent.objects.filter(call=call, name=report.news).exists():
        return False
    event.save(force_insert=True)  # the call is locked: nobody else writes it meanwhile
    return True


def _gaps(call: Call, report: Report) -> dict[str, str]:
    """What the report knows and the call does not know yet."""
    names = ("number", "number_shown", "our_number_shown", "extension", "queue")
    return {
        name: value
        for name in names
        if (value := getattr(report, name)) and not getattr(call, name)
    }  # fmt: skip
