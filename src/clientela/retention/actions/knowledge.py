"""Flags and needs: what whoever talks to the customer must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing
from clientela.retention.models import Flag, Need

INSTRUCTION_MAX = 300
KEY_MAX = 40


class FlagAlreadySet(Problem):
    code = "flag-already-set"
    status = 409
    title = "This flag is set already; clear it first"


class AlreadyClosed(Problem):
    code = "already-over"
    status = 409
    title = "This is closed already"


@dataclass(frozen=True, slots=True)
class NewFlag:
    """`instruction`: what to do, in words an attendant reads in a second."""

    customer_id: UUID
    kind: str
    reason: str = ""
    instruction: str = ""
    source: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewNeed:
    """`competitor`, `rate` and `ends_on` tell of what is held elsewhere."""

    customer_id: UUID
    kind: str
    words: str = ""
    source: str = "stated"
    confidence: int | None = None
    product_kind: str = ""
    competitor: str = ""
    rate: Decimal | None = None
    ends_on: date | None = None
    expires_on: date | None = None


@needs_transaction
def set_flag(new: NewFlag, *, today: date, actor: Actor, now: datetime) -> Flag:
    """Set a flag; sensitive kinds need a day on which somebody looks at them again."""
    if new.kind not in Flag.Kind.values:
        raise InvalidInput(f"A flag is one of {', '.join(Flag.Kind.values)}.", field="kind")
    if new.review_on is None and new.kind in Flag.SENSITIVE:
        raise InvalidInput("Say on which day this is looked at again.", field="review_on")
    if new.review_on is not None and new.review_on <= today:
        raise InvalidInput("The review lies in the future.", field="review_on")
    with refusing(one_open_flag_per_kind=FlagAlreadySet):
        [flag] = set_flags([new], actor=actor, now=now)
    return flag


@needs_transaction
def set_flags(batch: Sequence[NewFlag], *, actor: Actor, now: datetime) -> list[Flag]:
    """Flags as they are given, from a door or a file that has checked them."""
    return Flag.objects.bulk_create([
        Flag(id=id, customer_id=new.customer_id, kind=new.kind, reason=new.reason,
             instruction=new.instruction[:INSTRUCTION_MAX], source=new.source,
             review_on=new.review_on, set_by=actor.id, set_at=now)
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ])  # fmt: skip


@needs_transaction
def clear_flag(flag: Flag, *, actor: Actor, now: datetime) -> None:
    """A flag is over; the row stays."""
    open_ones = Flag.objects.filter(id=flag.id, cleared_at=None)
    if not open_ones.update(cleared_at=now, cleared_by=actor.id):
        raise AlreadyClosed


@needs_transaction
def note_needs(batch: Sequence[NewNeed], *, actor: Actor, now: datetime) -> list[Need]:
    for new in batch:
        _check_need(new)
    return Need.objects.bulk_create([
        Need(id=id, customer_id=new.customer_id, kind=new.kind, words=new.words,
             source=new.source, confidence=new.confidence, product_kind=new.product_kind,
             competitor=new.competitor, rate=new.rate, ends_on=new.ends_on,
             expires_on=new.expires_on, noted_at=now, noted_by=actor.id)
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ])  # fmt: skip


def _check_need(new: NewNeed) -> None:
    if not new.kind or len(new.kind) > KEY_MAX:
        raise InvalidInput("Name the kind of need.", field="kind")
    if new.source not in Need.Source.values:
        raise InvalidInput(f"A source is one of {', '.join(Need.Source.values)}.", field="source")
    if new.confidence is not None and not 0 <= new.confidence <= 100:
        raise InvalidInput("A confidence is 0 to 100 per cent.", field="confidence")


@needs_transaction
def close_need(need: Need, *, result: str, actor: Actor, now: datetime) -> None:
    """A need is over: answered, or it was none."""
    open_ones = Need.objects.filter(id=need.id, closed_at=None)
    if not open_ones.update(closed_at=now, closed_by=actor.id, result=result):
        raise AlreadyClosed
