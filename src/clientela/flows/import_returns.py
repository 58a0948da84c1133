"""Returns in files of purchases: booked on the purchase they name or fit, else kept until it comes.

One that is for more than what is left of its purchase is booked as far as that goes; the rest is
kept without a purchase, so that the sums close.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from clientela.customers import queries as known
from clientela.flows.importing import NEW, REPEATED, Taken, Work, rejected
from clientela.flows.return_purchase import return_purchase
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import PurchaseRow
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.purchases import queries, unmatched
from clientela.purchases.actions import NewReturn
from clientela.purchases.unmatched import MORE_THAN_BOUGHT, NO_PURCHASE, Unmatched


@dataclass(frozen=True, slots=True)
class Back:
    """One return of a file: the places of the rows that make it, and by what it is known."""

    places: tuple[int, ...]
    row: PurchaseRow
    key: str
    customer: UUID
    amount_minor: int


def backs(rows: Iterable[tuple[int, PurchaseRow, str, UUID]], *, by_documents: bool) -> list[Back]:
    """The returns that rows (place, row, key, customer) make. Where a row is a line of a document,
    the lines that give back of one purchase are one return; others are known by their place in the
    document.
    """
    found: dict[str, list[Back]] = {}
    for place, row, key, customer in rows:
        one = Back((place,), row, key, customer, -row.amount_minor)
        found.setdefault(key, []).append(one)
    if not by_documents:
        return [one for several in found.values() for one in several]
    return [one for several in found.values() for one in _of_document(several)]


def _of_document(several: Sequence[Back]) -> list[Back]:
    first = several[0]
    if len({(one.row.original, one.customer) for one in several}) == 1 and first.row.original:
        places = tuple(place for one in several for place in one.places)
        total = sum(one.amount_minor for one in several)
        return [Back(places, first.row, first.key, first.customer, total)]
    return [
        Back(one.places, one.row, one.key if number == 1 else f"{one.key}/{number}", one.customer,
             one.amount_minor)
        for number, one in enumerate(several, 1)
    ]  # fmt: skip


def take(back: Back, *, work: Work) -> tuple[Taken, Effect]:
    """Book a return, or keep it; what became of it, and what was written."""
    purchase = _purchase_of(back, work)
    if purchase is None:
        kept = unmatched.keep(_unmatched(back, work, back.amount_minor), now=work.now)
        return NEW if kept else REPEATED, _written([kept], back.customer)
    try:
        with transactions.open():
            return _book(back, purchase, work)
    except Problem as refusal:
        return rejected(back.row.number, "amount", refusal.code), _written([], back.customer)


def _book(back: Back, purchase: UUID, work: Work) -> tuple[Taken, Effect]:
    new = NewReturn(work.source, back.key, back.row.purchased_at, amount_minor=back.amount_minor)
    given = return_purchase(
        new, purchase_id=purchase, actor=work.actor, now=work.now, is_split=True
    ).given_back
    owner = given.purchase.customer_id
    if not given.fresh:
        return REPEATED, _written([], owner)
    if not given.rest_minor:
        return NEW, _written([given.id], owner)
    rest = _unmatched(back, work, given.rest_minor, reason=MORE_THAN_BOUGHT, owner=owner)
    return NEW, _written([given.id, unmatched.keep_rest(rest, now=work.now)], owner)


def _purchase_of(back: Back, work: Work) -> UUID | None:
    """Where this return was booked before, else the purchase it names, else the one it fits."""
    row, source = back.row, work.source
    if before := queries.known("return", [(source, back.key)]):
        return queries.purchase_of_return(before[0][0])
    if row.original is not None:
        named = queries.known("purchase", [(source, row.original)])
        return named[0][0] if named else None
    return queries.match_return(
        family=known.family_of(back.customer), amount_minor=back.amount_minor,
        currency=row.currency, quantity_milli=abs(row.quantity_milli),
        product_code=row.product or "", returned_at=row.purchased_at,
    )  # fmt: skip


def _unmatched(
    back: Back, work: Work, amount_minor: int, *, reason: str = NO_PURCHASE,
    owner: UUID | None = None,
) -> Unmatched:  # fmt: skip
    row = back.row
    return Unmatched(
        owner or back.customer, work.source, back.key, row.purchased_at, amount_minor,
        row.currency, reason, row.original or "", row.product or "", abs(row.quantity_milli),
    )  # fmt: skip


def _written(records: Iterable[UUID | None], owner: UUID) -> Effect:
    found = [id for id in records if id is not None]
    return Effect(effects.RETURN, found, [owner] * len(found))
