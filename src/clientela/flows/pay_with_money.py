"""Gift cards and the wallet pay part of a purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import gift_cards
from clientela.flows.pay_with_points import PaymentNotPossible
from clientela.flows.record_purchases import Outcome
from clientela.loyalty.actions import purses
from clientela.loyalty.actions.purses import Cause
from clientela.loyalty.actions.till import By, Payment
from clientela.loyalty.models import Purse
from clientela.loyalty.rules import codes
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor


@dataclass(frozen=True, slots=True)
class MoneyWish:
    """Pay so much with a gift card, by its code, or with the wallet; None: as much as there is."""

    means: str
    minor: int | None = None
    code: str = ""

    def text(self) -> str:
        """What a repeat is compared by; the code is not in it."""
        mark = blake2b((codes.normal(self.code) or "").encode(), digest_size=8).hexdigest()
        return f"{self.means} {self.minor} {mark if self.code else ''}".strip()


@dataclass(frozen=True, slots=True)
class MoneyPlan:
    """How much of which purse; `why` none of it."""

    wish: MoneyWish
    parts: tuple[tuple[Purse, int], ...]
    currency: str
    why: str = ""
    points: int = 0
    names: tuple[str, ...] = field(default=())

    @property
    def means(self) -> str:
        return self.wish.means

    @property
    def minor(self) -> int:
        return sum(minor for _purse, minor in self.parts)


def plan(
    wish: MoneyWish, family: Sequence[UUID], *, due_minor: int, currency: str, actor: Actor,
    now: datetime, field: str = "payments",
) -> MoneyPlan:  # fmt: skip
    """Which purses pay how much; locked. A card that cannot be used is refused, an empty one pays
    nothing.
    """
    found = _purses(wish, family, currency, actor=actor, now=now)
    there = sum(one.balance_minor for one in found)
    wanted = min(there, due_minor) if wish.minor is None else wish.minor
    if wanted > due_minor:
        raise PaymentNotPossible(
            "This is more than what is due.", field=field, reason="nothing-due"
        )
    if wanted > there:
        raise purses.NotEnoughMoney(
            f"{wanted - there} minor units of {currency} are missing.", field=field,
            missing=wanted - there, available=there,
        )  # fmt: skip
    parts, left = [], wanted
    for one in found:
        part = min(left, one.balance_minor)
        left -= part
        if part:
            parts.append((one, part))
    why = "" if parts else "nothing-due" if not due_minor else "empty"
    return MoneyPlan(wish, tuple(parts), currency, why)


def _purses(
    wish: MoneyWish, family: Sequence[UUID], currency: str, *, actor: Actor, now: datetime
) -> list[Purse]:
    if wish.means == By.WALLET:
        return purses.wallets_of(family, currency)
    card = purses.lock(gift_cards.check_card(wish.code, actor=actor, now=now).id)
    purses.needs_usable(card, now=now)
    if card.money_code != currency:
        raise InvalidInput(f"This card is in {card.money_code}.", field="payments")
    return [card]


def take(
    plan: MoneyPlan, *, purchase: Outcome, number: int, at: datetime, actor: Actor, now: datetime,
    request: str = "",
) -> list[Payment]:  # fmt: skip
    """Take the money for a purchase that was recorded, from purses locked by `plan`."""
    if not plan.parts:
        return [Payment(plan.means, plan.wish.text(), 0, plan.currency, why=plan.why)]
    assert purchase.id is not None
    subject = ids.public("pur", purchase.id)
    paid = []
    for purse, minor in plan.parts:
        purse.refresh_from_db(fields=["balance_minor"])  # the same card may be named twice
        cause = Cause("purchase", f"{subject}/{number}", purchase.id)
        purses.move(purse, -minor, purses.Kind.PAY, cause=cause, actor=actor, now=now)
        paid.append(Payment(plan.means, plan.wish.text(), minor, plan.currency, purse=purse))
    name = "wallet.used" if plan.means == By.WALLET else "gift_card.used"
    told = Happening(name, at, purchase.customer_id, subject,
                     {"minor": plan.minor, "currency": plan.currency})  # fmt: skip
    events.emit([told], actor=actor, now=now, request=request)
    return paid
