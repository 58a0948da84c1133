"""Gift cards and wallets: issue, top up, pay, refund, claim, block, end; guessing codes is slow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.loyalty.actions import purses
from clientela.loyalty.actions.purses import CardUnknown, Cause, Issued, Kind
from clientela.loyalty.models import CardTerms, Purse, PurseEntry
from clientela.loyalty.rules import codes
from clientela.loyalty.rules.lives import Life
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.staff import tries

ABOUT = "gift-card"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of money and what is there afterwards; `replayed`: it was booked before."""

    purse: Purse
    entry: PurseEntry
    replayed: bool = False


@transactions.retried
def issue_card(
    minor: int, money_code: str, *, customer: Reference | None = None, typed: str = "",
    source: str = "", reference: str = "", actor: Actor, now: datetime, request: str = "",
    is_demo: bool = False,
) -> Issued:  # fmt: skip
    """A card for whoever holds it; under its buyer where that is known. The same reference again:
    the same card.
    """
    with transactions.open():
        owner = customers.the_one(customer).survivor if customer else None
        if known := _issued_before(source, reference, minor, money_code):
            return Issued(known, code_of(known))
        issued = purses.issue(
            minor, money_code, customer_id=owner, secret=settings.SECRET_KEY, typed=typed,
            cause=Cause(source, reference), expires_at=ends_of(money_code, now=now), actor=actor,
            now=now, is_demo=is_demo,
        )  # fmt: skip
        _tell("gift_card.issued", issued.card, minor, actor=actor, now=now, request=request)
    return issued


def code_of(card: Purse) -> str:
    """The code of a card that was made here; empty where it came from elsewhere."""
    if card.generation is None:
        return ""
    return codes.shown(purses.code_of(card, secret=settings.SECRET_KEY))


def ends_of(money_code: str, *, now: datetime) -> datetime | None:
    """When a card that is issued now ends, where the law of its currency lets it."""
    terms = CardTerms.objects.filter(money_code=money_code).first()
    if terms is None or not terms.is_ending or not terms.months:
        return None
    return Life(months=terms.months).expires_at(now, companies.current().zone)


def _issued_before(source: str, reference: str, minor: int, money_code: str) -> Purse | None:
    if not reference:
        return None
    found = PurseEntry.objects.filter(
        kind=Kind.ISSUE, source=source, reference=reference
    ).select_related("purse").first()  # fmt: skip
    if found is None:
        return None
    if (found.minor, found.purse.money_code) != (minor, money_code):
        raise purses.MovedBefore(f"{source} {reference} issued another card.", field="reference")
    return found.purse


def check_card(typed: str, *, actor: Actor, now: datetime) -> Purse:
    """The card behind a code. CardUnknown; TooManyTries after ten failures a minute."""
    return _found(typed, actor=actor, now=now)


def _found(typed: str, *, actor: Actor, now: datetime) -> Purse:
    tries.needs_patience(ABOUT, actor=actor, now=now)
    try:
        return purses.find(typed, secret=settings.SECRET_KEY)
    except CardUnknown:
        not_found(actor=actor, now=now)
        raise


def not_found(*, actor: Actor, now: datetime) -> None:
    """Count a failure. Whoever takes back what a wrong code interrupted counts it again after."""
    with transactions.open():
        tries.failed(ABOUT, actor=actor, now=now)


@transactions.retried
def top_up_card(
    purse_id: UUID, minor: int, *, source: str = "", reference: str = "", actor: Actor,
    now: datetime, request: str = "",
) -> Moved:  # fmt: skip
    """Money is put on a card, by its id."""
    with transactions.open():
        card = purses.lock(purse_id)
        return _once(
            card, _amount(minor), Kind.TOP_UP, Cause(source, reference), needs_usable=True,
            event="gift_card.topped_up", actor=actor, now=now, request=request,
        )  # fmt: skip


@transactions.retried
def pay_with_card(
    typed: str, minor: int, *, source: str = "", reference: str = "",
    purchase_id: UUID | None = None, actor: Actor, now: datetime, request: str = "",
) -> Moved:  # fmt: skip
    """Pay so much with the card of a code. NotEnoughMoney, CardBlocked, CardOver, CardUnknown."""
    card_id = _found(typed, actor=actor, now=now).id
    with transactions.open():
        return _once(
            purses.lock(card_id), -_amount(minor), Kind.PAY,
            Cause(source, reference, purchase_id), needs_usable=True, event="gift_card.used",
            actor=actor, now=now, request=request,
        )  # fmt: skip


@transactions.retried
def refund(
    purse_id: UUID, minor: int, *, source: str = "", reference: str = "",
    purchase_id: UUID | None = None, actor: Actor, now: datetime, request: str = "",
) -> Moved:  # fmt: skip
    """Money goes back to the card or wallet it came from; to the wallet that claimed the card."""
    with transactions.open():
        purse = purses.lock(purse_id)
        if purse.claimed_by_id is not None:
            purse = purses.lock(purse.claimed_by_id)
        event = "gift_card.refunded" if purse.kind == Purse.Kind.CARD else "wallet.refunded"
        return _once(
            purse, _amount(minor), Kind.REFUND, Cause(source, reference, purchase_id),
            event=event, actor=actor, now=now, request=request,
        )  # fmt: skip


@transactions.retried
def top_up_wallet(
    customer: Reference, minor: int, money_code: str, *, source: str = "", reference: str = "",
    kind: str = Kind.TOP_UP, redemption_id: UUID | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Moved:  # fmt: skip
    """Money is put into a customer's wallet, which is opened when it is needed first."""
    with transactions.open():
        owner = customers.the_one(customer).survivor
        wallet = purses.wallet(owner, money_code, actor=actor, now=now)
        return _once(
            wallet, _amount(minor), kind, Cause(source, reference, None, redemption_id),
            event="wallet.topped_up", actor=actor, now=now, request=request,
        )  # fmt: skip


@transactions.retried
def claim_card(
    typed: str, customer: Reference, *, actor: Actor, now: datetime, request: str = ""
) -> Moved:
    """A customer takes what is on a card into their wallet; the card leads nowhere from then on."""
    card_id = _found(typed, actor=actor, now=now).id
    with transactions.open():
        owner = customers.the_one(customer).survivor
        card = purses.lock(card_id)
        purses.needs_usable(card, now=now)
        wallet = purses.wallet(owner, card.money_code, actor=actor, now=now)
        minor = purses.claim(card, wallet, actor=actor, now=now)
        _tell("gift_card.claimed", card, minor, actor=actor, now=now, request=request,
              customer_id=owner)  # fmt: skip
        entry = wallet.entries.order_by("-id").first()
        if entry is None:
            raise InvalidInput("Nothing is on this card.", field="code")
    return Moved(wallet, entry)


@transactions.retried
def block_card(
    purse_id: UUID, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Purse:
    """Nothing is paid with it until somebody frees it."""
    with transactions.open():
        card = purses.lock(purse_id)
        purses.block(card, reason=reason, actor=actor, now=now)
        _tell("gift_card.blocked", card, None, actor=actor, now=now, request=request)
    return card


@transactions.retried
def free_card(purse_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Purse:
    with transactions.open():
        card = purses.lock(purse_id)
        if purses.unblock(card, actor=actor, now=now):
            _tell("gift_card.freed", card, None, actor=actor, now=now, request=request)
    return card


@transactions.retried
def replace_code(purse_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Issued:
    """A new code for a card that was lost; the old one is worth nothing."""
    with transactions.open():
        card = purses.lock(purse_id)
        number = purses.replace_code(card, secret=settings.SECRET_KEY)
        _tell("gift_card.replaced", card, None, actor=actor, now=now, request=request)
    return Issued(card, number)


@transactions.retried
def expire_cards(*, actor: Actor, now: datetime) -> int:
    """Take what is left on cards whose time is over, slice by slice; how many cards."""
    ended = 0
    while True:
        with transactions.open():
            entries = purses.expire(actor=actor, now=now, limit=AT_ONCE)
            for one in entries:
                _tell("gift_card.expired", one.purse, -one.minor, actor=actor, now=now, request="")
        ended += len(entries)
        if len(entries) < AT_ONCE:
            return ended


def set_terms(
    money_code: str, *, is_ending: bool, months: int | None, balance_max_minor: int | None,
    actor: Actor, now: datetime,
) -> CardTerms:  # fmt: skip
    with transactions.open():
        return purses.set_terms(
            money_code, is_ending=is_ending, months=months, balance_max_minor=balance_max_minor,
            actor=actor, now=now,
        )  # fmt: skip


def _amount(minor: int) -> int:
    if not 0 < minor <= purses.MINOR_MAX:
        raise InvalidInput("Use more than nothing.", field="money.minor")
    return minor


def _once(
    purse: Purse, minor: int, kind: str, cause: Cause, *, event: str, actor: Actor, now: datetime,
    request: str, needs_usable: bool = False,
) -> Moved:  # fmt: skip
    """Book it, unless the source has booked it before."""
    if known := purses.before(purse, kind, cause):
        if known.minor != minor:
            raise purses.MovedBefore(
                f"{cause.source} {cause.reference} moved another amount.", field="reference"
            )
        return Moved(purse, known, replayed=True)
    if needs_usable:
        purses.needs_usable(purse, now=now)
    entry = purses.move(purse, minor, kind, cause=cause, actor=actor, now=now)
    _tell(event, purse, abs(minor), actor=actor, now=now, request=request)
    return Moved(purse, entry)


def _tell(
    name: str, purse: Purse, minor: int | None, *, actor: Actor, now: datetime, request: str,
    customer_id: UUID | None = None,
) -> None:  # fmt: skip
    data: dict[str, Any] = {}
    if minor is not None:
        data |= {"minor": minor, "currency": purse.money_code, "left": purse.balance_minor}
    if purse.last4:
        data["ends"] = purse.last4
    told = Happening(name, now, customer_id or purse.customer_id, purse.public_id, data)
    events.emit([told], actor=actor, now=now, request=request)


def card_of(purse_id: UUID) -> Purse:
    """A card that a reward gave."""
    return Purse.objects.get(id=purse_id)
