"""Reads of sales; each takes the family of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from clientela.customers.sight import seen
from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.products.models import Category
from clientela.purchases.models import Detail, Line, Purchase, Return, ReturnLine

RETURNS_SHOWN = 100


class NoSuchPurchase(NotThere):
    code = "no-such-purchase"
    title = "There is no such purchase"


def get(purchase_id: UUID) -> Purchase:
    purchase = seen(Purchase.objects.filter(id=purchase_id)).first()
    if purchase is None:
        raise NoSuchPurchase
    return purchase


def locked(purchase_id: UUID) -> Purchase:
    """The purchase, locked until the end of the transaction."""
    rows = Purchase.objects.select_for_update(no_key=True).filter(id=purchase_id)
    purchase = seen(rows).first()
    if purchase is None:
        raise NoSuchPurchase
    return purchase


def known(kind: str, references: Sequence[tuple[str, str]]) -> dict[int, tuple[UUID, bytes, UUID]]:
    """Place in `references` (source, reference) -> record id, content digest, customer today."""
    rows = sql.statement("purchases", "known").rows(
        size=len(references),
        kind=kind,
        source=[source for source, _ in references],
        external_ref=[reference for _, reference in references],
    )
    return {
        place - 1: (record, bytes(digest), customer) for place, record, digest, customer in rows
    }


def purchase_of_return(return_id: UUID) -> UUID | None:
    """The purchase a return is booked on; None while that is not known."""
    return Return.objects.filter(id=return_id).values_list("purchase_id", flat=True).first()


def match_return(
    *, family: Sequence[UUID], amount_minor: int, currency: str, quantity_milli: int,
    product_code: str, returned_at: datetime,
) -> UUID | None:  # fmt: skip
    """The purchase a return without a receipt belongs to, by the rule in `sql/match.sql`."""
    found: UUID | None = sql.statement("purchases", "match").value(
        family=list(family), amount_minor=amount_minor, currency=currency,
        quantity_milli=quantity_milli, product_code=product_code, returned_at=returned_at,
    )  # fmt: skip
    return found


def given_back_of(purchase: Purchase) -> list[tuple[Return, list[ReturnLine]]]:
    """What came back of one purchase, in its order, each with the lines it took."""
    rows = list(
        Return.objects.filter(customer_id=purchase.customer_id, purchase_id=purchase.id)
        .order_by("returned_at", "id")[:RETURNS_SHOWN]
    )  # fmt: skip
    taken: dict[UUID, list[ReturnLine]] = {}
    for line in ReturnLine.objects.filter(
        customer_id=purchase.customer_id, return_id__in=[row.id for row in rows]
    ):
        taken.setdefault(line.return_id, []).append(line)
    return [(row, taken.get(row.id, [])) for row in rows]


def amending(purchase: Purchase) -> list[Purchase]:
    """Purchases that add to this one, for less was recorded than was bought."""
    rows = Purchase.objects.filter(customer_id=purchase.customer_id, amends=purchase.id)
    return list(rows.order_by("recorded_at", "id")[:RETURNS_SHOWN])


def bought_from(customer_id: UUID, at: datetime, *, limit: int) -> list[Purchase]:
    """What a customer bought from an instant on, in its order; what came back whole is left out."""
    rows = Purchase.objects.filter(
        customer_id=customer_id, purchased_at__gte=at, total_minor__gt=F("returned_minor")
    )
    return list(rows.order_by("purchased_at", "id")[:limit])


def put_right(purchase: Purchase, *, family: Iterable[UUID]) -> list[Purchase]:
    """A purchase with all that put it right, and that it puts right: one sale, said several times.
    The oldest is first.
    """
    rows = Purchase.objects.filter(customer_id__in=list(family), amends__isnull=False)
    pairs = list(rows.values_list("id", "amends"))
    found = {purchase.id}
    more = True
    while more:
        linked = {id for pair in pairs if found & set(pair) for id in pair if id is not None}
        more = not linked <= found
        found |= linked
    if len(found) == 1:
        return [purchase]
    others = Purchase.objects.filter(id__in=found - {purchase.id})
    return sorted([purchase, *others], key=lambda one: (one.recorded_at, one.id))


def put_right_among(purchases: Sequence[Purchase]) -> set[UUID]:
    """Those of them that put another right, or were put right."""
    own = {one.id for one in purchases}
    later = Purchase.objects.filter(
        customer_id__in={one.customer_id for one in purchases}, amends__in=own
    )
    righted = {one.amends for one in later if one.amends is not None}
    return {one.id for one in purchases if one.amends is not None} | righted


def lines_of(purchases: Iterable[Purchase]) -> list[Line]:
    wanted = list(purchases)
    lines = Line.objects.filter(
        customer_id__in={purchase.customer_id for purchase in wanted},
        purchase_id__in=[purchase.id for purchase in wanted],
    )
    return list(lines.order_by("purchase_id", "line_no"))


def details_of(purchases: Iterable[Purchase]) -> dict[UUID, Detail]:
    """What was said of purchases besides their lines, by purchase; most have none."""
    wanted = list(purchases)
    found = Detail.objects.filter(
        customer_id__in={purchase.customer_id for purchase in wanted},
        purchase_id__in=[purchase.id for purchase in wanted],
    )
    return {one.purchase_id: one for one in found}


@dataclass(frozen=True, slots=True)
class Sought:
    """Which purchases of a customer: of a month or any time, of a category, by a channel, at a
    local weekday (1 is Monday) and hour of `zone`.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    category: str = ""
    channel: str | None = None
    weekday: int | None = None
    hour: int | None = None
    zone: ZoneInfo | None = None


ANY = Sought()


def sought(family: Iterable[UUID], which: Sought) -> QuerySet[Purchase]:
    rows = Purchase.objects.filter(customer_id__in=list(family))
    if which.starts_at is not None:
        rows = rows.filter(purchased_at__gte=which.starts_at)
    if which.ends_at is not None:
        rows = rows.filter(purchased_at__lt=which.ends_at)
    if which.channel is not None:
        rows = rows.filter(channel=which.channel)
    if which.category:
        lines = Line.objects.filter(
            customer_id=OuterRef("customer_id"), purchase_id=OuterRef("id"),
            category_id__in=Category.objects.filter(key=which.category).values("id"),
        )  # fmt: skip
        rows = rows.filter(Exists(lines))
    if which.weekday is not None:
        rows = rows.alias(day=ExtractIsoWeekDay("purchased_at", tzinfo=which.zone))
        rows = rows.filter(day=which.weekday)
    if which.hour is not None:
        rows = rows.alias(clock=ExtractHour("purchased_at", tzinfo=which.zone))
        rows = rows.filter(clock=which.hour)
    return rows


def page_of(
    family: Iterable[UUID], *, before: tuple[datetime, UUID] | None = None, limit: int = 50,
    which: Sought = ANY,
) -> list[Purchase]:  # fmt: skip
    """Purchases of a customer and its aliases, newest first, paged by (purchased_at, id)."""
    purchases = sought(family, which)
    if before is not None:
        purchases = purchases.extra(where=["(purchased_at, id) < (%s, %s)"], params=list(before))
    return list(purchases.order_by("-purchased_at", "-id")[:limit])


def returns_of(family: Iterable[UUID], *, limit: int = 50) -> list[Return]:
    returns = Return.objects.filter(customer_id__in=list(family))
    return list(returns.order_by("-returned_at", "-id")[:limit])


def returns(return_ids: Iterable[UUID]) -> list[Return]:
    return list(Return.objects.filter(id__in=list(return_ids)).order_by("customer_id", "id"))


def returns_on(purchase_ids: Iterable[UUID]) -> list[Return]:
    """What came back of these purchases."""
    found = Return.objects.filter(purchase_id__in=list(purchase_ids))
    return list(found.order_by("customer_id", "id"))


@dataclass(frozen=True, slots=True)
class Summary:
    """All purchases of a customer: how many, what was paid less what was given back, and when."""

    count: int
    spent: tuple[tuple[str, int], ...]  # (currency, minor units), the most first
    first_at: datetime
    last_at: datetime


def summary_of(family: Iterable[UUID]) -> Summary | None:
    """None: nothing was bought yet."""
    found = Purchase.objects.filter(customer_id__in=list(family)).values("currency")
    rows = list(
        found.annotate(
            count=Count("id"), minor=Sum(F("total_minor") - F("returned_minor")),
            first_at=Min("purchased_at"), last_at=Max("purchased_at"),
        ).order_by("-minor")
    )  # fmt: skip
    if not rows:
        return None
    return Summary(
        count=sum(row["count"] for row in rows),
        spent=tuple((row["currency"], int(row["minor"])) for row in rows),
        first_at=min(row["first_at"] for row in rows),
        last_at=max(row["last_at"] for row in rows),
    )


def latest_minor(
    family: Sequence[UUID], *, currency: str, besides: tuple[str, str] | None = None
) -> int:
    """What is left of the last purchase of a family in this currency, with all that puts it right.
    One that came back whole is none, and neither is the one of this (source, reference).
    """
    latest = Purchase.objects.filter(
        customer_id__in=family, currency=currency, total_minor__gt=F("returned_minor")
    )
    if besides is not None:
        latest = latest.exclude(source=besides[0], external_ref=besides[1])
    found = latest.order_by("-purchased_at", "-id").first()
    if found is None:
        return 0
    return sum(one.total_minor - one.returned_minor for one in put_right(found, family=family))


def count_of(family: Iterable[UUID]) -> int:
    return Purchase.objects.filter(customer_id__in=list(family)).count()


def some(purchase_ids: Iterable[UUID], *, family: Iterable[UUID]) -> list[Purchase]:
    """These purchases, as far as they are the family's."""
    return list(Purchase.objects.filter(customer_id__in=list(family), id__in=list(purchase_ids)))


def references(purchase_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Purchase.objects.filter(id__in=list(purchase_ids))
    return dict(rows.values_list("id", "external_ref"))


def by_ids(purchase_ids: Iterable[UUID]) -> list[Purchase]:
    """Purchases of anybody, in the order of their ids."""
    return list(Purchase.objects.filter(id__in=list(purchase_ids)).order_by("id"))


def recent(*, now: datetime, days: int) -> list[tuple[int, str, int, int]]:
    """Purchases of the last days: (days ago, currency, purchases, minor units)."""
    rows = sql.statement("purchases", "recent").rows(now=now, days=days)
    return [(ago, currency, count, minor) for ago, currency, count, minor in rows]
