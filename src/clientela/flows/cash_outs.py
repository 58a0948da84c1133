"""Points become money: asked for, looked at, decided by a second person, paid, or come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import cash_checks
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import cash, lives, purses, redeeming
from clientela.loyalty.actions.cash import CashLimitReached, Payout
from clientela.loyalty.models import CashOut, CashOutReturn, Redemption
from clientela.loyalty.queries import payouts, pools
from clientela.loyalty.rules import cash as rules
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM, Actor

BY_THE_LIMIT = "below the limit"


def requested(
    made: Redemption, wanted: Payout, *, minor: int, is_automatic: bool = False, actor: Actor,
    now: datetime,
) -> CashOut:  # fmt: skip
    """The request of a redemption, in its transaction; its points are held.

    More than a day or a month may pay is CashLimitReached. Below the limit of one person it is
    approved at once, unless something was changed lately: then it waits, and so does its approval.
    """
    reward = made.reward
    family = customers.family_of(made.customer_id)
    if wanted.way == CashOut.Way.BANK:
        cash.identify(family, wanted, actor=actor, now=now)
    checks = cash_checks.checks_for(reward, family, minor=minor, has_account=True, now=now)
    for one in checks:
        if not one.passed and one.code in ("day", "month"):
            raise CashLimitReached(
                f"The limit of the {one.code} leaves {one.minor} minor units.", field="points",
                left=one.minor, limit=one.code,
            )  # fmt: skip
    until = next((one.until for one in checks if one.until is not None), None)
    asked = cash.request(
        made, wanted, minor=minor, currency=reward.money_code, waits_until=until,
        is_automatic=is_automatic, actor=actor, now=now,
    )  # fmt: skip
    terms = cash_checks.terms_of(reward)
    if not rules.needs_person(terms, minor) and all(one.passed for one in checks):
        cash.decide(
            asked, approved=True, checks=checks, alone=True, note=BY_THE_LIMIT, actor=SYSTEM,
            now=now,
        )  # fmt: skip
    return asked


def requested_happenings(asked: CashOut) -> Iterator[Happening]:
    """What the log says of a request that was approved in the same moment."""
    if asked.decisions.exists():
        yield told("cash_out.approved", asked, now=asked.requested_at)
        yield from _into_wallet(asked, actor=SYSTEM, now=asked.requested_at)


@transactions.retried
def decide_cash_out(
    cash_out_id: UUID, *, approved: bool, note: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> CashOut:  # fmt: skip
    """Approve it, or refuse it and free the points. NeedsSecondPerson, AlreadyDecided; a yes needs
    every check: CashOutWaits, PayoutNotVerified, CashLimitReached.
    """
    with transactions.open():
        asked = _seen(cash_out_id)
        family = customers.family_of(asked.customer_id)
        checks = cash_checks.checks_of(asked, family, now=now)
        alone = not rules.needs_person(cash_checks.terms_of(asked.redemption.reward), asked.minor)
        cash.decide(
            asked, approved=approved, checks=checks, alone=alone, note=note, actor=actor, now=now
        )
        happened = [
            told("cash_out.approved", asked, now=now), *_into_wallet(asked, actor=actor, now=now)
        ] if approved else [
            told("cash_out.refused", asked, now=now), *_freed(asked, actor=actor, now=now)
        ]  # fmt: skip
        events.emit(happened, actor=actor, now=now, request=request)
    return payouts.cash_out(asked.id)


@transactions.retried
def pay_cash_out(
    cash_out_id: UUID, *, reference: str, actor: Actor, now: datetime, request: str = ""
) -> CashOut:
    """The money went out by hand, or the billing system says it is on the bill: the held points are
    used. NotApproved, AlreadyDecided, AlreadyExported.
    """
    with transactions.open():
        asked = _seen(cash_out_id)
        cash.pay(asked, reference=reference, actor=actor, now=now)
        events.emit(paid(asked, actor=actor, now=now), actor=actor, now=now, request=request)
    return payouts.cash_out(asked.id)


@transactions.retried
def return_cash_out(
    cash_out_id: UUID, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> CashOut:
    """The bank refused the transfer, or the money came back: the points are the customer's again,
    with the end they had. NotPaid, AlreadyDecided.
    """
    with transactions.open():
        asked = _seen(cash_out_id)
        back = cash.came_back(asked, reason=reason, actor=actor, now=now)
        happened = came_back(asked, back, actor=actor, now=now)
        events.emit(happened, actor=actor, now=now, request=request)
    return payouts.cash_out(asked.id)


def _seen(cash_out_id: UUID) -> CashOut:
    """The request under its lock, for somebody who may see whose it is."""
    payouts.cash_out(cash_out_id)
    return cash.lock(cash_out_id)


def paid(asked: CashOut, *, actor: Actor, now: datetime) -> list[Happening]:
    """Use the points of a request that was paid; what the log says of it."""
    ended = redeeming.settle_hold(asked.redemption, actor=actor, now=now, money_minor=asked.minor)
    return [
        told("cash_out.paid", asked, now=now),
        _points("points.redeemed", asked, now=now, posting=f"pos_{ended.posting_id}"),
    ]


def _into_wallet(asked: CashOut, *, actor: Actor, now: datetime) -> list[Happening]:
    """A wallet is with us: what is approved for it is there at once, and its points are used."""
    if asked.way != CashOut.Way.WALLET:
        return []
    happened = paid(asked, actor=actor, now=now)
    survivor = customers.family_of(asked.customer_id)[0]
    wallet = purses.wallet(survivor, asked.money_code, actor=actor, now=now)
    cause = purses.Cause("cash_out", asked.public_id, None, asked.redemption_id)
    purses.move(wallet, asked.minor, purses.Kind.REWARD, cause=cause, actor=actor, now=now)
    cash.pay(asked, reference=wallet.public_id, actor=actor, now=now)
    return happened


def _out_of_wallet(asked: CashOut, *, actor: Actor, now: datetime) -> None:
    """From the very wallet it went into, if it is still there. NotEnoughMoney."""
    reference = asked.payments.values_list("reference", flat=True).get()
    wallet = purses.lock(ids.parse("wal", reference))
    cause = purses.Cause("cash_out", asked.public_id, None, asked.redemption_id)
    purses.move(wallet, -asked.minor, purses.Kind.TAKE_BACK, cause=cause, actor=actor, now=now)


def came_back(
    asked: CashOut, back: CashOutReturn, *, actor: Actor, now: datetime
) -> list[Happening]:
    """Give the points back: freed when they were never used, else to the lots they came from."""
    if back.kind == CashOutReturn.Kind.REJECTED:
        return [told("cash_out.rejected", asked, now=now), *_freed(asked, actor=actor, now=now)]
    made = asked.redemption
    family = customers.family_of(made.customer_id)
    restored = redeeming.restore(
        made, family=[*family, *pools.sharers(family)], cause="payment returned", actor=actor,
        now=now,
    )  # fmt: skip
    if asked.way == CashOut.Way.WALLET:
        _out_of_wallet(asked, actor=actor, now=now)
    expired = lives.expire_now(restored.accounts, actor=actor, now=now)
    return [
        told("cash_out.returned", asked, now=now),
        _points("points.restored", asked, now=now, posting=f"pos_{restored.posting_id}"),
        *expired_happenings(expired),
    ]


def _freed(asked: CashOut, *, actor: Actor, now: datetime) -> Sequence[Happening]:
    ended = redeeming.release_hold(asked.redemption, actor=actor, now=now)
    expired = lives.expire_now(ended.accounts, actor=actor, now=now)
    return [_points("points.released", asked, now=now), *expired_happenings(expired)]


def told(name: str, asked: CashOut, *, now: datetime) -> Happening:
    """What the log may know of a request: never to which account it goes."""
    data = {"minor": asked.minor, "currency": asked.money_code, "way": asked.way}
    return Happening(name, now, asked.customer_id, asked.public_id, data)


def _points(name: str, asked: CashOut, *, now: datetime, **more: Any) -> Happening:
    made = asked.redemption
    data = {"points": made.points, "currency": made.reward.currency.code,
            "redemption": made.public_id, "labels": dict(made.labels), **more}  # fmt: skip
    return Happening(name, now, asked.customer_id, asked.public_id, data)
