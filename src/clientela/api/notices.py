"""Notices: what members are told by letter of their points, and whom a notice is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest
from clientela.flows import member_notices, notice_letters
from clientela.flows.notice_readers import Reader
from clientela.loyalty.actions.notices import NoticeValues
from clientela.loyalty.models import Notice
from clientela.loyalty.queries import notices as queries
from clientela.loyalty.rules.notices import Asked
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")


class NoticeBody(Body):
    """`expiring` needs `days_ahead`, `tier` a `ladder` and the `distance` in what it counts,
    `reward` a `reward`. Nobody is told again within `every_days` (0: as usual for the kind);
    `moved_days`: only members who earned or used points within so many days. `purpose`: one that
    members may refuse; without one the letter tells what must be told. `words`: by language.
    """

    key: StrictStr
    kind: Literal["expiring", "tier", "reward"]
    currency: StrictStr = ""
    days_ahead: StrictInt = 0
    points_min: StrictInt = 0
    ladder: StrictStr = ""
    distance: StrictInt = 0
    reward: StrictStr = ""
    moved_days: StrictInt = 0
    every_days: StrictInt = 0
    purpose: StrictStr = ""
    words: Annotated[dict[StrictStr, StrictStr], Field(max_length=10)] = {}
    is_on: StrictBool = False


class NoticeAnswer(Body):
    key: str
    kind: str
    currency: str
    days_ahead: int
    points_min: int
    ladder: str | None
    distance: int
    reward: str | None
    moved_days: int
    every_days: int
    purpose: str
    words: dict[str, str]
    is_on: bool
    changed_at: str
    changed_by: str


class NoticeSaved(Body):
    state: Literal["new", "changed", "unchanged"]
    notice: NoticeAnswer


class NoticeList(Body):
    items: list[NoticeAnswer]
    next: str | None


class NoticeSwitch(Body):
    is_on: StrictBool


class NoticeReader(Body):
    """`why` this member would not be told: no_address, demo, restricted, suppressed, or the reason
    of their consent; null: they would.
    """

    customer: str
    merged_from: str | None = None
    name: str
    text: str
    why: str | None


class NoticePreview(Body):
    """`count` members it is about today, all of them where `whole`; `items`: the first 100."""

    count: int
    whole: bool
    items: list[NoticeReader]
    next: str | None


@doors.read("/notices", right="loyalty.view", answer=NoticeList, summary="List notices")
def listed(request: HouseRequest) -> dict[str, Any]:
    return {"items": [told(one) for one in queries.listed()], "next": None}


@doors.write("POST", "/notices", right="loyalty.configure", answer=NoticeSaved,
             summary="Make or change a notice")  # fmt: skip
def save(request: HouseRequest, body: NoticeBody) -> dict[str, Any]:
    """By its key. Letters are written at the end of each day while it is on."""
    asked = Asked(
        body.kind, body.days_ahead, body.points_min, body.ladder, body.distance, body.reward,
        body.moved_days, body.every_days, body.words,
    )  # fmt: skip
    wanted = NoticeValues(body.key, asked, body.currency, body.purpose, body.is_on)
    notice, state = member_notices.save_notice(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {"state": state, "notice": told(notice)}


@doors.write("POST", "/notices/{key}/switch", right="loyalty.configure", answer=NoticeAnswer,
             summary="Switch a notice on or off")  # fmt: skip
def switch(request: HouseRequest, key: StrictStr, body: NoticeSwitch) -> dict[str, Any]:
    return told(member_notices.switch_notice(
        key, is_on=body.is_on, actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.read("/notices/{key}/preview", right="loyalty.view", answer=NoticePreview,
            summary="See whom a notice is about")  # fmt: skip
def preview(request: HouseRequest, key: StrictStr) -> dict[str, Any]:
    """Of today, whether it is on or not; nothing is written."""
    request.actor.needs("customers.view")
    found = member_notices.preview(queries.find(key), now=request.started_at)
    return {
        "count": found.count, "whole": found.is_whole,
        "items": [_reader(one, found.names) for one in found.readers], "next": None,
    }  # fmt: skip


def _reader(one: Reader, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "customer": ids.public("cus", one.found.customer_id),
        "name": names.get(one.found.customer_id, ""),
        "text": notice_letters.about(one.found), "why": one.why or None,
    }  # fmt: skip


def told(one: Notice) -> dict[str, Any]:
    return {
        "key": one.key, "kind": one.kind, "currency": one.currency.code,
        "days_ahead": one.days_ahead, "points_min": one.points_min, "ladder": one.ladder_id,
        "distance": one.distance, "reward": one.reward.key if one.reward else None,
        "moved_days": one.moved_days, "every_days": one.every_days, "purpose": one.purpose,
        "words": one.words, "is_on": one.is_on, "changed_at": one.changed_at.isoformat(),
        "changed_by": one.changed_by,
    }  # fmt: skip
