"""Notices are made, changed and switched, and who was told is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.loyalty.actions.programme import KEY_LENGTH_MAX, LANGUAGES
from clientela.loyalty.models import Currency, Notice, NoticeSent, Reward, TierSet
from clientela.loyalty.rules import notices as rules
from clientela.loyalty.rules.notices import Asked, BadNotice
from clientela.platform import text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

NOTICES_MAX = 50


@dataclass(frozen=True, slots=True)
class NoticeValues:
    """A notice as somebody wants it; `every_days` 0: as usual for its kind."""

    key: str
    asked: Asked
    currency: str = ""
    purpose: str = ""
    is_on: bool = False


@needs_transaction
def save(wanted: NoticeValues, *, actor: Actor, now: datetime) -> tuple[Notice, str]:
    """A notice by its key, and whether it is `new`, `changed` or `unchanged`."""
    if not wanted.key or len(wanted.key) > KEY_LENGTH_MAX:
        raise InvalidInput("A notice needs a key of at most 40 characters.", field="key")
    values = _values(wanted)
    known = Notice.objects.select_for_update().filter(key=wanted.key).first()
    if known is None:
        if Notice.objects.count() >= NOTICES_MAX:
            raise InvalidInput(f"There are {NOTICES_MAX} notices already.", field="key")
        made = Notice.objects.create(key=wanted.key, **values, changed_at=now, changed_by=actor.id)
        return made, "new"
    if known.kind != values["kind"]:
        raise InvalidInput("A notice stays of its kind; make another.", field="kind")
    if all(getattr(known, name) == value for name, value in values.items()):
        return known, "unchanged"
    Notice.objects.filter(id=known.id).update(**values, changed_at=now, changed_by=actor.id)
    known.refresh_from_db()
    return known, "changed"


def draft(wanted: NoticeValues) -> Notice:
    """The notice as it would be, for looking at whom it is about; nothing is written."""
    return Notice(key=wanted.key, **_values(wanted))


@needs_transaction
def switch(notice: Notice, *, is_on: bool, actor: Actor, now: datetime) -> bool:
    """Whether it was the other way before."""
    moved = Notice.objects.filter(id=notice.id, is_on=not is_on).update(
        is_on=is_on, changed_at=now, changed_by=actor.id
    )
    notice.refresh_from_db()
    return bool(moved)


@needs_transaction
def told(
    notice: Notice, customer_id: UUID, *, id: UUID, day: date, until_on: date | None, letter: str,
    now: datetime,
) -> None:  # fmt: skip
    """A member was told on a day; a second time that day is refused by the database."""
    NoticeSent.objects.create(
        id=id, customer_id=customer_id, notice=notice, day_on=day, until_on=until_on,
        letter=letter, told_at=now,
    )  # fmt: skip


def _values(wanted: NoticeValues) -> dict[str, Any]:
    asked = wanted.asked
    try:
        rules.check(asked)
    except BadNotice as fault:
        raise InvalidInput("A notice of this kind cannot be so.", field=str(fault)) from None
    ladder = TierSet.objects.filter(key=asked.ladder).first() if asked.ladder else None
    if asked.ladder and ladder is None:
        raise InvalidInput(f"There is no ladder {asked.ladder[:60]}.", field="ladder")
    reward = Reward.objects.filter(key=asked.reward).first() if asked.reward else None
    if asked.reward and reward is None:
        raise InvalidInput(f"There is no reward {asked.reward[:60]}.", field="reward")
    return {
        "kind": asked.kind, "currency": _currency(wanted.currency, ladder, reward),
        "days_ahead": asked.days_ahead, "points_min": asked.points_min, "ladder": ladder,
        "distance": asked.distance, "reward": reward, "moved_days": asked.moved_days,
        "every_days": asked.every_days or rules.EVERY_DAYS[asked.kind],
        "purpose": wanted.purpose, "words": _words(asked.words), "is_on": wanted.is_on,
    }  # fmt: skip


def _currency(code: str, ladder: TierSet | None, reward: Reward | None) -> Currency:
    """That of the ladder or the reward; else the one named, or the only one there is."""
    about = ladder or reward
    if about is not None:
        return about.currency
    found = list(Currency.objects.filter(**({"code": code} if code else {}))[:2])
    if len(found) != 1:
        raise InvalidInput("Say of which kind of points.", field="currency")
    return found[0]


def _words(words: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(words) - set(LANGUAGES):
        raise InvalidInput(f"Words are in {', '.join(LANGUAGES)}.", field=f"words.{min(unknown)}")
    return {code: said for code, one in words.items() if (said := text.clean(one))}
