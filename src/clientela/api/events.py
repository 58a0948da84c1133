"""Events that earn points: what happened to customers besides purchases."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr
from pydantic_core import to_json

from clientela.api.purchases import UNREADABLE
from clientela.api.router import Doors
from clientela.api.types import Body, Customer, HouseRequest, Instant, Name, Text, reference
from clientela.flows.record_events import BATCH_ROWS_MAX, Heard, Outcome, record_events
from clientela.flows.whole_batches import taken
from clientela.loyalty.queries import granting
from clientela.platform import ids
from clientela.platform.errors import BatchTooLarge, InvalidInput

doors = Doors(tags=["loyalty"], switch="loyalty")


class AboutPurchase(Body):
    source: Name
    reference: Name


class NewEvent(Body):
    """`subject`: public id of what it is about; `purchase`: the one whose points wait for it."""

    event: StrictStr
    source: Name
    key: Name
    customer: Customer
    occurred_at: Instant
    subject: Text = ""
    purchase: AboutPurchase | None = None


class EventBatch(Body):
    events: Annotated[list[NewEvent], Field(min_length=1)]
    all_or_nothing: StrictBool = False


class EventEarned(Body):
    posting: str
    currency: str
    points: int


class EventRefused(Body):
    rule: str
    reason: str


class EventResult(Body):
    key: str
    state: Literal["new", "known", "conflict", "refused"]
    id: str | None
    customer: str | None
    points: list[EventEarned]
    refused_rules: list[EventRefused]
    begun: int
    error: dict[str, Any] | None


class EventsRecorded(Body):
    new: int
    known: int
    conflict: int
    refused: int
    results: list[EventResult]


class EventRule(Body):
    """What an event gives today. `waits`: until the points can be used."""

    event: str
    rule: str
    labels: dict[str, str]
    currency: str
    points: int
    waits: dict[str, Any] | None


class EventRules(Body):
    items: list[EventRule]
    next: str | None


@doors.write("POST", "/points/events", right="loyalty.record_events", answer=EventsRecorded,
             summary="Record events that earn points")  # fmt: skip
def create(request: HouseRequest, body: EventBatch) -> bytes:
    """1 to 10,000 events in one transaction. Each is named by its `source` and `key`: the same
    again is `known` and changes nothing, other content under the same key is a `conflict`, and a
    bad one is refused alone; with `all_or_nothing` it refuses all, and `rows` of the error says
    which. Points that waited for the event begin.
    """
    if len(body.events) > BATCH_ROWS_MAX:
        raise BatchTooLarge(f"Send at most {BATCH_ROWS_MAX} events at once.", field="events")
    batch = [_heard(row, place) for place, row in enumerate(body.events)]
    outcomes = taken(
        record_events, batch, is_whole=body.all_or_nothing,
        fault_of=attrgetter("error"), field="events", actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    rules = granting.rules_of(
        refusal.version_id for one in outcomes for refusal in one.refusals
    )  # fmt: skip
    states = [one.state for one in outcomes]
    return to_json({
        **{state: states.count(state) for state in ("new", "known", "conflict", "refused")},
        "results": [_result(one, rules, request.request_id) for one in outcomes],
    })  # fmt: skip


@doors.read("/points/event-rules", right="loyalty.view", answer=EventRules,
            summary="List what events give")  # fmt: skip
def rules(request: HouseRequest) -> dict[str, Any]:
    """The rules for events as they are in force now."""
    found = granting.event_rules_now(now=request.started_at)
    return {
        "items": [
            {"event": one.event, "rule": rule.key, "labels": rule.labels,
             "currency": rule.currency.code, "points": one.points, "waits": waits_of(one.waits)}
            for rule, one in found
        ],
        "next": None,
    }  # fmt: skip


def waits_of(waits: Any) -> dict[str, Any] | None:
    if waits is None:
        return None
    if waits.event:
        return {"event": waits.event}
    return {"until": waits.until.isoformat()} if waits.until else {"days": waits.days}


def _heard(row: NewEvent, place: int) -> Heard:
    fault = None
    try:
        customer = reference(row.customer, field=f"events.{place}.customer")
    except InvalidInput as problem:
        customer, fault = UNREADABLE, problem
    about = row.purchase
    return Heard(
        row.event, row.source, row.key, customer, row.occurred_at, row.subject,
        (about.source, about.reference) if about else None, fault,
    )  # fmt: skip


def _result(one: Outcome, rules: dict[int, str], request_id: str) -> dict[str, Any]:
    return {
        "key": one.key, "state": one.state,
        "id": ids.public("occ", one.id) if one.id else None,
        "customer": ids.public("cus", one.customer_id) if one.customer_id else None,
        "points": [
            {"posting": f"pos_{given.posting_id}", "currency": given.currency,
             "points": given.points}
            for given in one.earned
        ],
        "refused_rules": [
            {"rule": rules.get(refusal.version_id, ""), "reason": refusal.reason}
            for refusal in one.refusals
        ],
        "begun": one.begun,
        "error": one.error.as_dict(request_id=request_id) if one.error else None,
    }  # fmt: skip
