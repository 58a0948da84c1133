"""Reads of lines, calls and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from clientela.calls import tokens
from clientela.calls.models import Call, Conversation, CustomerCall, Extension, Line, LineToken
from clientela.customers import sight
from clientela.customers.sight import seen
from clientela.platform import sql

LINES_MAX = 200
CALLS_MAX = 200
PRESENT_MAX = 5
RINGS_MAX = timedelta(minutes=5)
TALKS_MAX = timedelta(hours=12)
AFTER_SHOWN = timedelta(seconds=60)
STAMPED_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Present:
    """A call as a person's call bar shows it; `name` of the customer it is of, where one is known.

    `waits`: a conversation that was not ended yet.
    """

    id: UUID
    state: str
    direction: str
    match: str
    number: str
    number_shown: str
    line: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    conversation_id: UUID | None
    customer_id: UUID | None
    name: str


def lines() -> list[Line]:
    return list(Line.objects.prefetch_related("tokens")[:LINES_MAX])


def line_by_token(token: str) -> Line | None:
    """The line whose address holds this token, on or off."""
    found = LineToken.objects.filter(digest=tokens.digest(token), ended_at=None)
    row = found.select_related("line").first()
    return row.line if row else None


def line_named(name: str) -> Line | None:
    return Line.objects.filter(name=name).first()


def first_open_line() -> Line | None:
    return Line.objects.filter(closed_at=None).order_by("opened_at", "id").first()


def our_numbers() -> frozenset[str]:
    """Numbers of our own lines: internal, whoever calls from them."""
    numbers = Line.objects.exclude(number="").values_list("number", flat=True)
    return frozenset(numbers[:LINES_MAX])


def extensions() -> list[Extension]:
    return list(Extension.objects.all()[:500])


def people_called(names: Sequence[str]) -> dict[str, UUID]:
    """Whom the telephone system means, by the names it uses."""
    wanted = [name.casefold() for name in names]
    return dict(Extension.objects.filter(name__in=wanted).values_list("name", "person_id"))


def present_calls(person_id: UUID, *, now: datetime) -> list[Present]:
    """What a person's call bar shows: what rings for them, whom they talk with, what they have not
    ended yet, what was missed within a minute; the call they talk in first.
    """
    rows = sql.statement("calls", "present").rows(
        person=person_id, ringing_since=now - RINGS_MAX, talking_since=now - TALKS_MAX,
        over_since=now - AFTER_SHOWN, limit=PRESENT_MAX, **sight.present().of_rows,
    )  # fmt: skip
    return [Present(*row) for row in rows]


def latest(limit: int = CALLS_MAX) -> list[Call]:
    """Calls of all lines, newest first."""
    rows = Call.objects.select_related("line").order_by("-started_at", "-id")
    return list(rows[: min(limit, CALLS_MAX)])


def calls_of(person_id: UUID, *, limit: int = 20) -> list[Call]:
    """The last calls a person talked in."""
    rows = Call.objects.filter(person_id=person_id).select_related("line")
    return list(rows.order_by("-started_at", "-id")[:limit])


def ringing(*, now: datetime, limit: int = 50) -> list[Call]:
    """Incoming calls that nobody has answered yet, the longest waiting first."""
    rows = Call.objects.filter(
        state=Call.State.RINGING, direction=Call.Direction.IN, started_at__gte=now - RINGS_MAX
    ).select_related("line")
    return list(rows.order_by("started_at", "id")[:limit])


def missed(*, limit: int = 50) -> list[Call]:
    """Missed calls that nobody has called back or put aside, newest first."""
    rows = Call.objects.filter(state=Call.State.MISSED, settled_at=None).select_related("line")
    return list(rows.order_by("-started_at", "-id")[:limit])


def unended(person_id: UUID, *, limit: int = 20) -> list[Conversation]:
    """A person's conversations that they have not ended, newest first."""
    rows = Conversation.objects.filter(person_id=person_id, ended_at=None)
    return list(rows.select_related("call").order_by("-started_at", "-id")[:limit])


def call(call_id: UUID) -> Call | None:
    return Call.objects.select_related("line").filter(id=call_id).first()


def conversation(conversation_id: UUID) -> Conversation | None:
    found = Conversation.objects.select_related("call__line").filter(id=conversation_id)
    return found.first()


def customers_of(calls: Sequence[Call]) -> dict[UUID, UUID]:
    """Whose call each is, as it was named last."""
    rows = CustomerCall.objects.filter(call_id__in=[call.id for call in calls]).order_by("id")
    return dict(seen(rows).values_list("call_id", "customer_id"))


def stamps(person_id: UUID, *, now: datetime) -> dict[str, datetime]:
    """When the calls of a person (`call`), and any (`queue`), changed last within an hour."""
    recent = Call.objects.filter(changed_at__gte=now - STAMPED_MAX).order_by("-changed_at")
    mine = recent.filter(Q(rung__contains=[person_id]) | Q(person_id=person_id))
    newest = {"call": mine, "queue": recent}
    found = {
        kind: rows.values_list("changed_at", flat=True).first() for kind, rows in newest.items()
    }
    return {kind: moment for kind, moment in found.items() if moment is not None}
