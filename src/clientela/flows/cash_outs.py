"""Requests for money are decided by a second person, then paid by hand under a reference."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import cash, lives, redeeming
from clientela.loyalty.models import CashOut
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def decide_cash_out(
    cash_out_id: UUID, *, approved: bool, note: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> CashOut:  # fmt: skip
    """Approve it, or refuse it and free the points. NeedsSecondPerson, AlreadyDecided."""
    with transactions.open():
        asked = cash.lock(cash_out_id)
        cash.decide(asked, approved=approved, note=note, actor=actor, now=now)
        if approved:
            told = [_told("cash_out.approved", asked, now=now)]
        else:
            ended = redeeming.release_hold(asked.redemption, actor=actor, now=now)
            expired = lives.expire_now(ended.accounts, actor=actor, now=now)
            told = [_told("cash_out.refused", asked, now=now),
                    _points("points.released", asked, now=now),
                    *expired_happenings(expired)]  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
    return asked


@transactions.retried
def pay_cash_out(
    cash_out_id: UUID, *, reference: str, actor: Actor, now: datetime, request: str = ""
) -> CashOut:
    """The money went out: the held points are used. NotApproved, AlreadyDecided."""
    with transactions.open():
        asked = cash.lock(cash_out_id)
        cash.pay(asked, reference=reference, actor=actor, now=now)
        ended = redeeming.settle_hold(
            asked.redemption, actor=actor, now=now, money_minor=asked.minor
        )
        told = [
            _told("cash_out.paid", asked, now=now),
            _points("points.redeemed", asked, now=now, posting=f"pos_{ended.posting_id}"),
        ]
        events.emit(told, actor=actor, now=now, request=request)
    return asked


def _told(name: str, asked: CashOut, *, now: datetime) -> Happening:
    data = {"minor": asked.minor, "currency": asked.money_code, "way": asked.way}
    return Happening(name, now, asked.customer_id, asked.public_id, data)


def _points(name: str, asked: CashOut, *, now: datetime, **more: Any) -> Happening:
    made = asked.redemption
    data = {"points": made.points, "currency": made.reward.currency.code,
            "redemption": made.public_id, "labels": dict(made.labels), **more}  # fmt: skip
    return Happening(name, now, asked.customer_id, asked.public_id, data)
