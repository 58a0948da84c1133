"""What became a customer's gets its cover: the law's, the plans given with it, and those bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events.actions import Happening
from clientela.platform import ids, periods
from clientela.platform.http.actors import Actor
from clientela.staff.company import Company
from clientela.warranty.actions import units
from clientela.warranty.actions.units import NewUnit, Registered, Wanted
from clientela.warranty.models.covered import Unit
from clientela.warranty.queries import book as books
from clientela.warranty.queries.book import Book
from clientela.warranty.rules import spans

GOOD, SERVICE = Unit.Kind.GOOD, Unit.Kind.SERVICE


@dataclass(frozen=True, slots=True)
class Thing:
    """A holding that was opened, and what is known of it; `sold_at` None: when is not known."""

    holding_id: UUID
    customer_id: UUID
    product_id: UUID
    product: str
    serial: str = ""
    sold_on: date | None = None
    price_minor: int | None = None
    currency: str = ""
    purchase_id: UUID | None = None
    line_no: int | None = None
    occurred_at: datetime | None = None


def cover(
    opened: Sequence[Thing], *, bought: Mapping[UUID, Sequence[Wanted]], company: Company,
    actor: Actor,
) -> tuple[list[Registered], list[Happening]]:  # fmt: skip
    """Units of these holdings with all their cover, and what there is to tell.

    `bought`: holding -> covers that were paid for. Nothing where the programme is off.
    """
    if not opened or not company.is_on("warranty"):
        return [], []
    book = books.book(one.product_id for one in opened)
    batch = [_unit(one, book, bought.get(one.holding_id, ()), company) for one in opened]
    needs_law = any(new.kind == GOOD for new, _ in batch)
    registered = units.register(batch, laws=books.laws() if needs_law else [], actor=actor)
    return registered, list(_told(registered, opened, company))


def _unit(
    one: Thing, book: Book, bought: Sequence[Wanted], company: Company
) -> tuple[NewUnit, list[Wanted]]:
    is_good = bool(one.serial) or book.knows(one.product_id)
    new = NewUnit(
        customer_id=one.customer_id, holding_id=one.holding_id, product_id=one.product_id,
        kind=GOOD if is_good else SERVICE, serial=one.serial, sold_on=one.sold_on,
        country=company.country, time_zone=company.time_zone, seller=company.name,
        price_minor=one.price_minor, currency=one.currency,
    )  # fmt: skip
    return new, [*_given(one, book, company), *bought]


def _given(one: Thing, book: Book, company: Company) -> list[Wanted]:
    """Free plans, and bundled ones; where two are of one stack, the first has the place."""
    if one.sold_on is None:
        return []
    stacks: set[str] = set()
    given = []
    for plan, months in book.given(one.product_id, country=company.country):
        terms = plan.terms_on(one.sold_on)
        if terms is not None and plan.stack not in stacks:
            stacks.add(plan.stack)
            given.append(Wanted(terms, months, purchase_id=one.purchase_id, line_no=one.line_no))
    return given


def _told(
    registered: Iterable[Registered], opened: Sequence[Thing], company: Company
) -> Iterable[Happening]:
    for unit in registered:
        one = opened[unit.place]
        if unit.until is None or one.sold_on is None:
            continue
        happened_at = one.occurred_at or periods.local_midnight(one.sold_on, company.zone)
        last = unit.until - spans.DAY
        yield Happening(
            "unit.registered", happened_at, one.customer_id, ids.public("hol", one.holding_id),
            {"product": one.product, "until": last.isoformat()},
        )  # fmt: skip
        for id, number, want, _ in unit.policies:
            if want.price_minor:
                yield sold(one, id, number, want, happened_at)


def sold(one: Thing, id: UUID, number: int, want: Wanted, happened_at: datetime) -> Happening:
    """That a cover was bought."""
    return Happening(
        "policy.sold", happened_at, one.customer_id, ids.public("pol", id),
        {"policy": f"P-{number:07d}", "plan": want.terms.names.get("en", want.terms.plan),
         "product": one.product, "minor": want.price_minor, "currency": want.terms.currency},
    )  # fmt: skip
