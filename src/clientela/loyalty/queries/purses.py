"""Reads of gift cards and wallets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from clientela.customers import queries as customers
from clientela.loyalty.models import CardTerms, Purse, PurseBlock, PurseEntry
from clientela.platform.errors import NotThere


class NoSuchPurse(NotThere):
    code = "no-such-purse"
    title = "There is no such gift card or wallet"


def purse(purse_id: UUID) -> Purse:
    """A card or wallet; not of somebody this actor does not see."""
    found = Purse.objects.filter(id=purse_id).first()
    if found is None or (found.customer_id and not customers.is_seen(found.customer_id)):
        raise NoSuchPurse
    return found


def cards(*, typed: str = "", before: UUID | None = None, limit: int = 50) -> list[Purse]:
    """Gift cards, the newest first; `typed`: those whose code ends so."""
    found = Purse.objects.filter(kind=Purse.Kind.CARD)
    if typed:
        found = found.filter(last4=typed[-4:].upper())
    beyond = found.filter(id__lt=before) if before else found
    rows = list(beyond.order_by("-id")[:limit])
    seen = customers.visible(one.customer_id for one in rows if one.customer_id)
    return [one for one in rows if one.customer_id is None or one.customer_id in seen]


def of_family(family: Iterable[UUID]) -> list[Purse]:
    """The wallets of a family, then the cards it bought that nobody claimed, the newest first."""
    found = Purse.objects.filter(customer_id__in=list(family)).filter(
        Q(kind=Purse.Kind.WALLET) | Q(claimed_by_id__isnull=True)
    )
    return list(found.order_by("-kind", "-id")[:100])


def entries(purse_id: UUID, *, before: int | None = None, limit: int = 50) -> list[PurseEntry]:
    of_one = PurseEntry.objects.filter(purse_id=purse(purse_id).id)
    beyond = of_one.filter(id__lt=before) if before else of_one
    return list(beyond.order_by("-id")[:limit])


def blocks(purse_id: UUID) -> list[PurseBlock]:
    return list(PurseBlock.objects.filter(purse_id=purse_id).order_by("-id")[:20])


def terms() -> list[CardTerms]:
    return list(CardTerms.objects.order_by("money_code"))


def state_of(one: Purse, *, now: datetime) -> str:
    """good, empty, blocked, over or claimed."""
    if one.claimed_by_id is not None:
        return "claimed"
    if one.expires_at is not None and one.expires_at <= now:
        return "over"
    if one.kind == Purse.Kind.CARD and PurseBlock.objects.filter(
        purse=one, lifted_at=None
    ).exists():  # fmt: skip
        return "blocked"
    return "good" if one.balance_minor else "empty"
