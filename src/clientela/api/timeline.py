"""What happened to a customer, over all programmes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils import translation
from ninja import Query
from pydantic import BaseModel, Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_id
from clientela.customers import queries as customers
from clientela.flows import timeline
from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies

doors = Doors(tags=["customers"])


class TimelineAsked(BaseModel):
    programme: Annotated[str, Field(max_length=40)] = ""
    person: Annotated[str, Field(max_length=60)] = ""
    channel: Annotated[str, Field(max_length=40)] = ""
    first: date | None = None
    last: date | None = None
    after: Annotated[str, Field(max_length=60)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TimelineEntry(Body):
    """`text` is the sentence; `actor` the public id of who did it."""

    occurred_at: str
    name: str
    subject: str
    text: str
    actor: str


class TimelinePage(Body):
    items: list[TimelineEntry]
    next: str | None


@doors.read("/customers/{customer_id}/timeline", right="customers.view", answer=TimelinePage,
            summary="Read what happened to a customer")  # fmt: skip
def read(
    request: HouseRequest, customer_id: StrictStr, asked: Query[TimelineAsked]
) -> dict[str, Any]:
    """Newest first, in the language asked for. `programme` is one of `record`, `holdings`,
    `purchases`, `points`, `warranty`, `issues`, `offers`, `calls`, `privacy`; `person` a public id;
    `first` and `last` are days of the company.
    """
    named = customers.Reference("id", str(public_id("cus", customer_id)))
    family = customers.family_of(customers.the_one(named).survivor)
    sought = timeline.sought_by(
        request.actor, part=asked.programme, person=asked.person, channel=asked.channel,
        first=asked.first, last=asked.last,
    )  # fmt: skip
    if sought is None:
        return {"items": [], "next": None}
    language = request.headers.get("Accept-Language", "")[:2].lower()
    known = language if language in ("en", "es", "lv") else companies.current().language
    with translation.override(known):
        entries, following = timeline.page_of(
            family, before=_key(asked.after), sought=sought, limit=asked.limit
        )
    return {
        "items": [
            {name: one[name] if isinstance(one[name], str) else one[name].isoformat()
             for name in ("occurred_at", "name", "subject", "text", "actor")}
            for one in entries
        ],
        "next": f"{following[0].isoformat()}~{following[1]}" if following else None,
    }  # fmt: skip


def _key(after: str) -> tuple[datetime, int] | None:
    if not after:
        return None
    moment, _mark, number = after.replace(" ", "+").rpartition("~")
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise InvalidInput("This is no `next` of a page.", field="after") from None
