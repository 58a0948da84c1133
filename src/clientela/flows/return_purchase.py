"""Goods or money came back: it is booked on the purchase, and what it earned is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import baskets, give_back_payments, refer_friends, review_tiers
from clientela.flows.told_points import expired_happenings
from clientela.flows.uncover_returned import uncover_returned
from clientela.loyalty.actions import earning as loyalty
from clientela.loyalty.actions import limits, lives, tiers
from clientela.loyalty.actions.earning import Basis, TakenBack
from clientela.loyalty.actions.lives import Turn
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.purchases import actions as purchases
from clientela.purchases import rules
from clientela.purchases.actions import GivenBack, NewReturn
from clientela.purchases.models import Return
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
    is_split: bool = False,
) -> Returned:  # fmt: skip
    """Book a return of one purchase; the same return again changes nothing. `is_split`: more than
    what is left of it is booked as far as that goes, and the rest is told.
    """
    if new.returned_at > now + timedelta(hours=rules.FUTURE_HOURS_MAX):
        raise InvalidInput("This lies in the future.", field="returned_at")
    with transactions.open():
        given = purchases.give_back(new, purchase_id=purchase_id, now=now, is_split=is_split)
        if not given.fresh:
            return Returned(given, ())
        return Returned(given, follow(given, actor=actor, now=now, request=request))


def follow(
    given: GivenBack, *, actor: Actor, now: datetime, request: str = ""
) -> tuple[TakenBack, ...]:
    """What a return that was booked takes back, in the transaction that booked it."""
    give_back_payments.give_back(given, actor=actor, now=now, request=request)
    expired, taken = _take_back(given, actor=actor, now=now)
    lost = _lose_tiers(given, actor=actor, now=now)
    if companies.current().is_on("loyalty"):
        lost += refer_friends.after_return(given, actor=actor, now=now)
    told = [*happenings(given, taken), *expired_happenings(expired), *lost]
    events.emit(told, actor=actor, now=now, request=request)
    uncover_returned(given, actor=actor, now=now, request=request)
    return taken


def _take_back(
    given: GivenBack, *, actor: Actor, now: datetime
) -> tuple[list[Turn], tuple[TakenBack, ...]]:
    """What is over is taken first, so that it makes no difference whether the sweep was here."""
    if not companies.current().is_on("loyalty"):
        return [], ()
    purchase = given.purchase
    basis = Basis(
        purchase_id=purchase.id, customer_id=purchase.customer_id,
        occurred_at=purchase.purchased_at, minor=purchase.total_minor, currency=purchase.currency,
        body_hash=given.id.bytes,
    )  # fmt: skip
    family = customers.family_of(purchase.customer_id)
    expired = lives.settle(family, actor=actor, now=now)
    taken = tuple(loyalty.take_back(
        return_id=given.id, basis=basis, returned_at=given.returned_at,
        rest=baskets.of(purchase, is_left=True),
        back_minor=given.amount_minor, actor=actor, now=now, family=family,
    ))  # fmt: skip
    limits.free(customer_ids=family, postings=[one.posting_id for one in taken])
    return expired, taken


def _lose_tiers(given: GivenBack, *, actor: Actor, now: datetime) -> list[Happening]:
    """A tier that this very purchase had reached is computed anew; others wait for their review."""
    if not companies.current().is_on("loyalty"):
        return []
    purchase = given.purchase
    moved = tiers.after_return(
        customer_id=purchase.customer_id, purchase_id=purchase.id, actor=actor, now=now
    )
    return list(review_tiers.happenings(moved))


def happenings(given: GivenBack, taken: tuple[TakenBack, ...]) -> list[Happening]:
    """What is told of a return and of the points it took."""
    purchase, subject = given.purchase, ids.public("pur", given.purchase.id)
    told = [
        Happening(NAMES[given.kind], given.returned_at, purchase.customer_id, subject,
                  {"minor": given.amount_minor, "currency": purchase.currency,
                   "return": ids.public("ret", given.id)})
    ]  # fmt: skip
    for points in taken:
        data = {"posting": f"pos_{points.posting_id}", "currency": points.currency}
        if points.points:
            told.append(Happening("points.reversed", given.returned_at, purchase.customer_id,
                                  subject, {**data, "points": points.points,
                                            "debt": points.new_debt}))  # fmt: skip
        if points.forgiven:
            told.append(Happening("points.forgiven", given.returned_at, purchase.customer_id,
                                  subject, {**data, "points": points.forgiven}))  # fmt: skip
    return told
