"""Members hear of points that end soon, of a tier that is near, of a reward they can have.

Whom a notice is about is asked slice by slice at the end of a day; each letter, and that it was
written, is one transaction with the slice. Nobody is told twice of the same within the days a
notice says, and nobody who does not want it: asked when a letter is written, and when it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import jobs, notice_letters, notice_readers
from clientela.flows.notice_letters import Found
from clientela.flows.notice_readers import Reader
from clientela.loyalty.actions import notices as actions
from clientela.loyalty.actions.notices import NoticeValues
from clientela.loyalty.models import Notice
from clientela.loyalty.queries import notices as queries
from clientela.loyalty.rules.notices import Asked
from clientela.mail import actions as mail
from clientela.mail.actions import Draft
from clientela.platform import ids, periods, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy

PREVIEWED_MAX = 100
SLICES_LOOKED_AT_MAX = 20
KIND = "notice"
TOLD: Mapping[str, str] = {
    Notice.Kind.EXPIRING: "points.expiry_announced", Notice.Kind.TIER: "tier.announced",
    Notice.Kind.REWARD: "reward.announced",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """Of the members of today: `count` it is about (`is_whole`: of all that there are), and the
    first of them with their names.
    """

    count: int
    is_whole: bool
    readers: list[Reader]
    names: Mapping[UUID, str]


@transactions.retried
def save_notice(
    wanted: NoticeValues, *, actor: Actor, now: datetime, request: str = ""
) -> tuple[Notice, str]:
    """A notice by its key, and whether it is `new`, `changed` or `unchanged`."""
    with transactions.open():
        _check_purpose(wanted.purpose)
        notice, state = actions.save(wanted, actor=actor, now=now)
        if state != "unchanged":
            _say(notice, actor=actor, now=now, request=request)
    return notice, state


@transactions.retried
def switch_notice(
    key: str, *, is_on: bool, actor: Actor, now: datetime, request: str = ""
) -> Notice:  # fmt: skip
    with transactions.open():
        notice = queries.find(key)
        if actions.switch(notice, is_on=is_on, actor=actor, now=now):
            _say(notice, actor=actor, now=now, request=request)
    return notice


def values_from(body: Mapping[str, Any]) -> NoticeValues:
    """A notice as documents write it: the members of `POST /notices`."""
    own = {field.name for field in fields(Asked)}
    given = {name: value for name, value in body.items() if name in own}
    rest = {name: value for name, value in body.items() if name not in own}
    if unknown := set(rest) - {"key", "currency", "purpose", "is_on"}:
        raise InvalidInput("This is not known of a notice.", field=min(unknown))
    try:
        return NoticeValues(asked=Asked(**given), **rest)
    except TypeError:
        raise InvalidInput("A notice needs key and kind.", field="key") from None


def _say(notice: Notice, *, actor: Actor, now: datetime, request: str) -> None:
    told = Happening("notice.changed", now, data={"notice": notice.key, "is_on": notice.is_on})
    events.emit([told], actor=actor, now=now, request=request)


def _check_purpose(purpose: str) -> None:
    found = privacy.purposes_by_key().get(purpose) if purpose else None
    if purpose and (found is None or found.retired_at is not None):
        raise InvalidInput(f"There is no purpose {purpose[:60]}.", field="purpose")
    if found is not None and "email" not in found.channels:
        raise InvalidInput("This purpose is not for e-mail.", field="purpose")


def preview(notice: Notice, *, now: datetime) -> Preview:
    """Whom a notice is about now, whether it is switched on or not; nothing is written."""
    day = periods.day_of(now, queries.zone_of(notice))
    found: list[Found] = []
    after: UUID | None = None
    for _ in range(SLICES_LOOKED_AT_MAX):
        part, after = notice_readers.slice_of(notice, day=day, now=now, after=after)
        found += part
        if after is None:
            break
    shown = notice_readers.readers(notice, found[:PREVIEWED_MAX], now=now)
    names = customers.names_of({one.found.customer_id for one in shown})
    return Preview(len(found), after is None, shown, names)


def tell_slice(
    programme: str, place: str, *, day: date, actor: Actor, now: datetime
) -> tuple[int, str]:
    """A slice of a programme's notices, in the transaction that is open: how many letters, and
    where the next slice goes on ("" when nothing is left).
    """
    rest = queries.switched_on(programme)
    number, _sign, last = place.partition(":")
    rest = [one for one in rest if one.id >= int(number or 0)]
    if not rest:
        return 0, ""
    notice = rest[0]
    after = UUID(hex=last) if last and notice.id == int(number) else None
    found, following = notice_readers.slice_of(notice, day=day, now=now, after=after)
    readers = (
        [one for one in notice_readers.readers(notice, found, now=now) if not one.why]
        if found
        else []
    )
    for one in readers:
        _tell(notice, one, day=day, actor=actor, now=now)
    told = len(readers)
    if following is not None:
        return told, f"{notice.id}:{following.hex}"
    return told, f"{rest[1].id}:" if len(rest) > 1 else ""


def _tell(notice: Notice, reader: Reader, *, day: date, actor: Actor, now: datetime) -> None:
    found, language = reader.found, reader.language
    subject, body = notice_letters.worded(notice, found, language=language, now=now)
    (id,) = ids.uuid7s(1)
    letter = mail.write(
        Draft(
            recipient=reader.address, subject=subject, body=body, kind=KIND,
            cause=ids.public("ntc", id), customer_id=found.customer_id, language=language,
            purpose=notice.purpose,
        ),
        actor=actor, now=now,
    )  # fmt: skip
    actions.told(
        notice, found.customer_id, id=id, day=day, until_on=found.until_on,
        letter=letter.public_id, now=now,
    )  # fmt: skip
    jobs.queue_letter(letter.id)
    events.emit([happening(notice, found, letter.public_id, now=now)], actor=actor, now=now)


def happening(notice: Notice, found: Found, letter: str, *, now: datetime) -> Happening:
    data: dict[str, object] = {"notice": notice.key}
    if found.until_on is not None:
        data |= {"points": found.points, "last_on": found.until_on.isoformat()}
    if found.tier is not None:
        data["tier"] = found.tier.key
    if found.reward is not None:
        data |= {"reward": found.reward.key, "points": found.points}
    return Happening(TOLD[notice.kind], now, found.customer_id, letter, data)
