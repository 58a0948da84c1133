"""Gift cards and wallets: opened, topped up, paid with, refunded to, claimed, blocked, ended."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import CardTerms, Purse, PurseBlock, PurseEntry, PurseKey
from clientela.loyalty.queries.purses import NoSuchPurse
from clientela.loyalty.rules import codes
from clientela.platform import ids, money, sql, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

Kind = PurseEntry.Kind
MINOR_MAX = 10**9
NAME_LENGTH_MAX = 200


class CardUnknown(NotThere):
    code = "card-unknown"
    title = "There is no such gift card"


class NotEnoughMoney(Problem):
    code = "not-enough-money"
    status = 409
    title = "There is not enough money on it"


class CardBlocked(Problem):
    code = "card-blocked"
    status = 409
    title = "This gift card is blocked"


class CardOver(Problem):
    code = "card-over"
    status = 409
    title = "This gift card can no longer be used"


class MovedBefore(Problem):
    code = "moved-before"
    status = 409
    title = "This reference has moved money before"


class CodeTaken(Problem):
    code = "card-code-taken"
    status = 409
    title = "Another gift card has this code"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money moves: the name its source gives it, the purchase or redemption it belongs to."""

    source: str = ""
    reference: str = ""
    purchase_id: UUID | None = None
    redemption_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A gift card and its code, which is not kept."""

    card: Purse
    number: str


@needs_transaction
def issue(
    minor: int, money_code: str, *, customer_id: UUID | None, secret: str, cause: Cause,
    expires_at: datetime | None, actor: Actor, now: datetime, typed: str = "",
    kind: str = Kind.ISSUE, is_demo: bool = False,
) -> Issued:  # fmt: skip
    """A gift card worth so much, under a code of chance or the one that is printed on it."""
    _check_amount(minor, money_code)
    card = Purse(
        customer_id=customer_id, kind=Purse.Kind.CARD, money_code=money_code, expires_at=expires_at,
        redemption_id=cause.redemption_id, opened_by=actor.id, opened_at=now, is_demo=is_demo,
    )  # fmt: skip
    card.generation = None if typed else 1
    code = codes.normal(typed) if typed else code_of(card, secret=secret)
    if code is None:
        raise InvalidInput("A code has twelve signs, the last one a check.", field="code")
    card.last4 = code[-4:]
    card.save(force_insert=True)
    _name(card, code, secret=secret)
    move(card, minor, kind, cause=cause, actor=actor, now=now)
    return Issued(card, codes.shown(code))


def code_of(card: Purse, *, secret: str) -> str:
    """The code of a card that was made here."""
    return codes.derived(_mac(secret, f"gift-card:{card.id}:{card.generation}"))


def _name(card: Purse, code: str, *, secret: str) -> None:
    with refusing(loyalty_pursekey_pkey=CodeTaken):
        PurseKey.objects.create(digest=_digest(code, secret=secret), purse_id=card.id)


def _digest(code: str, *, secret: str) -> bytes:
    return _mac(secret, f"gift-card-code:{code}")


def _mac(secret: str, words: str) -> bytes:
    return hmac.digest(secret.encode(), words.encode(), "sha256")


@needs_transaction
def replace_code(card: Purse, *, secret: str) -> str:
    """A new code for a card; the old one leads nowhere from now on."""
    card.generation = (card.generation or 0) + 1
    code = code_of(card, secret=secret)
    PurseKey.objects.filter(purse_id=card.id).delete()
    _name(card, code, secret=secret)
    card.last4 = code[-4:]
    card.save(update_fields=["generation", "last4"])
    return codes.shown(code)


def find(typed: str, *, secret: str, lock: bool = False) -> Purse:
    """The card behind a code as somebody typed it; CardUnknown for nobody's."""
    code = codes.normal(typed) or ""
    key = PurseKey.objects.filter(digest=_digest(code, secret=secret)).first()
    listed = Purse.objects.select_for_update(no_key=True) if lock else Purse.objects.all()
    card = listed.filter(id=key.purse_id if key else ids.uuid7()).first()
    if card is None:
        raise CardUnknown("No gift card has this code.", field="code")
    return card


@needs_transaction
def lock(purse_id: UUID) -> Purse:
    found = Purse.objects.select_for_update(no_key=True).filter(id=purse_id).first()
    if found is None:
        raise NoSuchPurse
    return found


@needs_transaction
def wallet(customer_id: UUID, money_code: str, *, actor: Actor, now: datetime) -> Purse:
    """The customer's wallet in this currency, opened when it is needed first; locked."""
    if money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="money.currency")
    sql.statement("loyalty", "open_wallet").run(
        id=ids.uuid7(), customer_id=customer_id, money_code=money_code, actor=actor.id, now=now
    )
    return Purse.objects.select_for_update(no_key=True).get(
        customer_id=customer_id, money_code=money_code, kind=Purse.Kind.WALLET
    )


@needs_transaction
def wallets_of(family: Sequence[UUID], money_code: str) -> list[Purse]:
    """The wallets of a family in this currency, locked in order."""
    found = Purse.objects.select_for_update(no_key=True).filter(
        customer_id__in=list(family), money_code=money_code, kind=Purse.Kind.WALLET
    )
    return list(found.order_by("customer_id", "id"))


@needs_transaction
def move(
    purse: Purse, minor: int, kind: str, *, cause: Cause, actor: Actor, now: datetime
) -> PurseEntry:
    """Book money into a locked purse, or (less than nothing) out of it. NotEnoughMoney."""
    if len(cause.source) > NAME_LENGTH_MAX or len(cause.reference) > NAME_LENGTH_MAX:
        raise InvalidInput("A source and a reference are short.", field="reference")
    after = purse.balance_minor + minor
    if after < 0:
        raise NotEnoughMoney(
            f"{-after} minor units of {purse.money_code} are missing.", missing=-after,
            available=purse.balance_minor,
        )  # fmt: skip
    _within_law(purse, after, minor)
    with refusing(a_source_moves_money_once=MovedBefore):
        entry = PurseEntry.objects.create(
            customer_id=purse.customer_id, purse=purse, kind=kind, minor=minor,
            balance_minor=after, source=cause.source, reference=cause.reference,
            purchase_id=cause.purchase_id, redemption_id=cause.redemption_id, actor=actor.id,
            booked_at=now,
        )  # fmt: skip
    Purse.objects.filter(id=purse.id).update(balance_minor=after)
    purse.balance_minor = after
    return entry


def _within_law(purse: Purse, after: int, minor: int) -> None:
    """A card may hold no more than the law of its currency says."""
    if minor <= 0 or purse.kind != Purse.Kind.CARD:
        return
    terms = CardTerms.objects.filter(money_code=purse.money_code).first()
    most = terms.balance_max_minor if terms else None
    if most is not None and after > most:
        raise InvalidInput(f"A gift card holds {most} minor units at most.", field="money.minor")


def before(purse: Purse, kind: str, cause: Cause) -> PurseEntry | None:
    """The same movement, where it was booked before."""
    if not cause.reference:
        return None
    return PurseEntry.objects.filter(
        purse=purse, kind=kind, source=cause.source, reference=cause.reference
    ).first()


def needs_usable(card: Purse, *, now: datetime) -> None:
    """CardBlocked, CardOver: it cannot be paid with, topped up or claimed."""
    if card.claimed_by_id is not None:
        raise CardOver("Its money is in the wallet of whoever claimed it.", reason="claimed")
    if card.expires_at is not None and card.expires_at <= now:
        raise CardOver(expired_at=card.expires_at.isoformat(), reason="expired")
    if PurseBlock.objects.filter(purse=card, lifted_at=None).exists():
        raise CardBlocked


@needs_transaction
def claim(card: Purse, into: Purse, *, actor: Actor, now: datetime) -> int:
    """Carry all that is on a card to a wallet, in a pair of entries; how much."""
    minor = card.balance_minor
    if minor:
        named = Cause("claim", card.public_id)
        move(card, -minor, Kind.CLAIM_OUT, cause=named, actor=actor, now=now)
        move(into, minor, Kind.CLAIM_IN, cause=named, actor=actor, now=now)
    Purse.objects.filter(id=card.id).update(claimed_by_id=into.id)
    card.claimed_by_id = into.id
    return minor


@needs_transaction
def block(card: Purse, *, reason: str, actor: Actor, now: datetime) -> PurseBlock:
    if not text.clean(reason):
        raise InvalidInput("Say why it is blocked.", field="reason")
    with refusing(one_open_block_per_card=CardBlocked):
        return PurseBlock.objects.create(
            customer_id=card.customer_id, purse=card, reason=text.clean(reason)[:500],
            blocked_by=actor.id, blocked_at=now,
        )  # fmt: skip


@needs_transaction
def unblock(card: Purse, *, actor: Actor, now: datetime) -> int:
    open_ = PurseBlock.objects.filter(purse=card, lifted_at=None)
    return open_.update(lifted_by=actor.id, lifted_at=now)


@needs_transaction
def expire(*, actor: Actor, now: datetime, limit: int) -> list[PurseEntry]:
    """Take what is left on cards whose time is over; a slice of them."""
    due = Purse.objects.select_for_update(no_key=True, skip_locked=True).filter(
        expires_at__lte=now, balance_minor__gt=0
    )
    return [
        move(card, -card.balance_minor, Kind.EXPIRE, cause=Cause(), actor=actor, now=now)
        for card in due.order_by("expires_at")[:limit]
    ]


@needs_transaction
def set_terms(
    money_code: str, *, is_ending: bool, months: int | None, balance_max_minor: int | None,
    actor: Actor, now: datetime,
) -> CardTerms:  # fmt: skip
    """What the law allows; cards that were issued before keep the end they had."""
    if money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="currency")
    if is_ending and not months:
        raise InvalidInput("Say after how many months a card ends.", field="months")
    return CardTerms.objects.update_or_create(
        money_code=money_code,
        defaults={"is_ending": is_ending, "months": months, "changed_by": actor.id,
                  "balance_max_minor": balance_max_minor, "changed_at": now},
    )[0]  # fmt: skip


def _check_amount(minor: int, money_code: str) -> None:
    if money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="money.currency")
    if not 0 < minor <= MINOR_MAX:
        raise InvalidInput(f"Use 1 to {MINOR_MAX} minor units.", field="money.minor")
