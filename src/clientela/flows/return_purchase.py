"""Goods or money came back: it is booked on the purchase, and what it earned is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import baskets, give_back_payments, refer_friends, review_tiers
from clientela.flows.told_points import expired_happenings
from clientela.flows.uncover_returned import uncover_returned
from clientela.loyalty.actions import limits, lives, tiers
from clientela.loyalty.actions import taking_back as loyalty
from clientela.loyalty.actions.earning import TakenBack
from clientela.loyalty.actions.lives import Turn
from clientela.loyalty.actions.taking_back import Cause
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.purchases import actions as purchases
from clientela.purchases import queries, rules
from clientela.purchases.actions import GivenBack, NewReturn
from clientela.purchases.models import Purchase, Return
from clientela.staff import company as companies

NAMES: dict[str, str] = {
    Return.Kind.RETURN: "return.recorded",
    Return.Kind.CANCELLATION: "purchase.cancelled",
    Return.Kind.AMENDMENT: "purchase.amended",
}


@dataclass(frozen=True, slots=True)
class Returned:
    given_back: GivenBack
    taken_back: tuple[TakenBack, ...]


@transactions.retried
def return_purchase(
    new: NewReturn, *, purchase_id: UUID, actor: Actor, now: datetime, request: str = "",
    is_split: bool = False, keeps_points: bool = False,
) -> Returned:  # fmt: skip
    """Book a return of one purchase; the same return again changes nothing. `is_split`: more than
    what is left of it is booked as far as that goes, and the rest is told. `keeps_points`: what it
    earned is put right by another purchase.
    """
    if new.returned_at > now + timedelta(hours=rules.FUTURE_HOURS_MAX):
        raise InvalidInput("This lies in the future.", field="returned_at")
    with transactions.open():
        given = purchases.give_back(new, purchase_id=purchase_id, now=now, is_split=is_split)
        if not given.fresh:
            return Returned(given, ())
        taken = follow(given, actor=actor, now=now, request=request, keeps_points=keeps_points)
        return Returned(given, taken)


def follow(
    given: GivenBack, *, actor: Actor, now: datetime, request: str = "", keeps_points: bool = False
) -> tuple[TakenBack, ...]:
    """What a return that was booked takes back, in the transaction that booked it."""
    give_back_payments.give_back(given, actor=actor, now=now, request=request)
    expired: list[Turn] = []
    taken: tuple[TakenBack, ...] = ()
    lost: list[Happening] = []
    if companies.current().is_on("loyalty") and not keeps_points:
        expired, taken, lost = _take_back(given, actor=actor, now=now)
        lost += refer_friends.after_return(given, actor=actor, now=now)
    told = [*happenings(given, taken), *expired_happenings(expired), *lost]
    events.emit(told, actor=actor, now=now, request=request)
    uncover_returned(given, actor=actor, now=now, request=request)
    return taken


def _take_back(
    given: GivenBack, *, actor: Actor, now: datetime
) -> tuple[list[Turn], tuple[TakenBack, ...], list[Happening]]:
    """What is over is taken first, so that it makes no difference whether the sweep was here."""
    family = customers.family_of(given.purchase.customer_id)
    together = queries.put_right(given.purchase, family=family)
    expired = lives.settle(family, actor=actor, now=now)
    taken = tuple(loyalty.take_back(
        [(one.customer_id, one.id) for one in together],
        cause=Cause(given.id, given.id.bytes, given.returned_at, family),
        rest=baskets.of_together(together), back_minor=given.amount_minor, actor=actor, now=now,
    ))  # fmt: skip
    limits.free(customer_ids=family, postings=[one.posting_id for one in taken])
    return expired, taken, lost_tiers(together, actor=actor, now=now)


def lost_tiers(together: Sequence[Purchase], *, actor: Actor, now: datetime) -> list[Happening]:
    """A tier that this very purchase had reached is computed anew; others wait for their review."""
    told: list[Happening] = []
    for one in together:
        moved = tiers.after_return(
            customer_id=one.customer_id, purchase_id=one.id, actor=actor, now=now
        )
        told += review_tiers.happenings(moved)
    return told


def happenings(given: GivenBack, taken: tuple[TakenBack, ...]) -> list[Happening]:
    """What is told of a return and of the points it took."""
    purchase, subject = given.purchase, ids.public("pur", given.purchase.id)
    told = [
        Happening(NAMES[given.kind], given.returned_at, purchase.customer_id, subject,
                  {"minor": given.amount_minor, "currency": purchase.currency,
                   "return": ids.public("ret", given.id)})
    ]  # fmt: skip
    return [*told, *taken_happenings(taken, given.returned_at, purchase.customer_id, subject)]


def taken_happenings(
    taken: Iterable[TakenBack], at: datetime, customer_id: UUID, subject: str
) -> Iterator[Happening]:
    """Points that were taken back, and those that could not be."""
    for points in taken:
        data = {"posting": f"pos_{points.posting_id}", "currency": points.currency}
        if points.points:
            yield Happening("points.reversed", at, customer_id, subject,
                            {**data, "points": points.points, "debt": points.new_debt})  # fmt: skip
        if points.forgiven:
            yield Happening("points.forgiven", at, customer_id, subject,
                            {**data, "points": points.forgiven})  # fmt: skip
