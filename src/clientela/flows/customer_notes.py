"""Flags and needs of a customer, set, noted and closed from any door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.retention import queries as retention
from clientela.retention.actions import knowledge
from clientela.retention.actions.knowledge import NewFlag, NewNeed
from clientela.retention.models import Flag, Need
from clientela.staff import company as companies


@transactions.retried
def set_flag(new: NewFlag, *, actor: Actor, now: datetime, request: str = "") -> Flag:
    today = companies.current().today(now)
    with transactions.open():
        survivor = _survivor(new.customer_id)
        new = replace(new, customer_id=survivor)
        flag = knowledge.set_flag(new, today=today, actor=actor, now=now)
        told = Happening("flag.set", now, survivor, flag.public_id, {"kind": flag.kind})
        events.emit([told], actor=actor, now=now, request=request)
    return flag


@transactions.retried
def clear_flag(flag_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Flag:
    with transactions.open():
        flag = retention.flag(flag_id)
        knowledge.clear_flag(flag, actor=actor, now=now)
        told = Happening("flag.cleared", now, flag.customer_id, flag.public_id,
                         {"kind": flag.kind})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return retention.flag(flag_id)


@transactions.retried
def note_need(new: NewNeed, *, actor: Actor, now: datetime, request: str = "") -> Need:
    with transactions.open():
        new = replace(new, customer_id=_survivor(new.customer_id))
        [need] = knowledge.note_needs([new], actor=actor, now=now)
        told = Happening("need.stated", now, need.customer_id, need.public_id,
                         {"kind": need.kind, "source": need.source})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return need


@transactions.retried
def close_need(
    need_id: UUID, *, result: str, actor: Actor, now: datetime, request: str = ""
) -> Need:
    with transactions.open():
        need = retention.need(need_id)
        knowledge.close_need(need, result=result, actor=actor, now=now)
        told = Happening("need.closed", now, need.customer_id, need.public_id,
                         {"kind": need.kind})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return retention.need(need_id)


def _survivor(customer_id: UUID) -> UUID:
    family = customers.family_of(customer_id)
    if not family:
        raise customers.NoSuchCustomer
    return family[0]
