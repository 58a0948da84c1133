"""Purchases as the rules of points see them: whole, and what is left of them after returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from clientela.loyalty.actions import till
from clientela.loyalty.rules.baskets import Basket, Line, shared
from clientela.platform import money
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.purchases import queries as purchases
from clientela.purchases.actions import NewLine, NewPurchase
from clientela.purchases.models import Detail, Purchase
from clientela.purchases.models import Line as Kept

Paths = Mapping[UUID | None, frozenset[str]]


def paid_with_points_new(new: NewPurchase) -> int:
    """What of it is paid with points, in minor units."""
    return dict(new.tenders).get("points", 0)


def paths() -> Paths:
    """For each category the keys of it and of all it lies in; for none, nothing."""
    found: dict[UUID | None, frozenset[str]] = {None: frozenset()}
    for category in catalogue.categories():
        above = found.get(category.parent_id, frozenset())
        found[category.id] = above | {category.key.lower()}
    return found


def of_new(new: NewPurchase, paths: Paths) -> Basket:
    """A purchase that is about to be recorded, or was just now."""
    return Basket(
        new.total_minor, money.exponent_of(new.currency), new.purchased_at, new.currency,
        tuple(_new_line(line, paths) for line in new.lines), new.delivery_minor,
        paid_with_points_new(new), new.channel, new.place,
    )  # fmt: skip


def _new_line(line: NewLine, paths: Paths) -> Line:
    return Line(
        line.total_minor, line.quantity_milli, line.tax_minor, line.discount_minor,
        product_rules.code_norm(line.product_code), paths.get(line.category_id, frozenset()),
        frozenset(line.tags), line.kind,
    )  # fmt: skip


def of_many(rows: Sequence[Purchase], paths: Paths) -> list[Basket]:
    """What is left of many recorded purchases after their returns, read together."""
    lines: dict[UUID, list[Kept]] = {}
    for line in purchases.lines_of(rows):
        lines.setdefault(line.purchase_id, []).append(line)
    details = purchases.details_of(rows)
    return [
        _seen(row, lines.get(row.id, []), details.get(row.id), paths, is_left=True) for row in rows
    ]


def of(purchase: Purchase, *, is_left: bool = False) -> Basket:
    """A recorded purchase as it was bought; `is_left`: what is left of it after its returns."""
    lines = purchases.lines_of([purchase])
    detail = purchases.details_of([purchase]).get(purchase.id)
    return _seen(purchase, lines, detail, paths() if lines else {}, is_left=is_left)


def of_together(together: Sequence[Purchase]) -> Basket:
    """What is left of a purchase and of those that put it right, as one."""
    if len(together) == 1:
        return of(together[0], is_left=True)
    left = [basket for basket in of_many(together, paths()) if basket.minor]
    if len(left) < 2:
        return left[0] if left else of(together[-1], is_left=True)
    has_lines = any(basket.lines for basket in left)
    return replace(
        left[-1], minor=sum(one.minor for one in left),
        delivery_minor=sum(one.delivery_minor for one in left),
        points_minor=sum(one.points_minor for one in left),
        occurred_at=left[0].occurred_at, channel=left[0].channel, place=left[0].place,
        lines=tuple(line for one in left for line in _own_lines(one)) if has_lines else (),
    )  # fmt: skip


def _own_lines(basket: Basket) -> tuple[Line, ...]:
    """Its lines; one where they were not told."""
    return basket.lines or (Line(basket.minor - basket.delivery_minor),)


def _seen(
    purchase: Purchase, lines: Sequence[Kept], detail: Detail | None, known: Paths, *,
    is_left: bool,
) -> Basket:  # fmt: skip
    delivery = detail.delivery_minor if detail else 0
    paid = till.of_purchase(purchase.id)
    points = sum(one.minor for one in paid if one.means == till.By.POINTS)
    rows = [_kept_line(line, detail, known) for line in lines]
    minor = purchase.total_minor
    if is_left:
        back = _come_back(purchase, lines, delivery)
        rows = [_left_of(*one) for one in zip(rows, lines, back, strict=False)]
        delivery -= back[-1]
        minor -= purchase.returned_minor
        points = till.points_left(
            paid, total_minor=purchase.total_minor, returned_minor=purchase.returned_minor
        )
    return Basket(
        minor, money.exponent_of(purchase.currency), purchase.purchased_at, purchase.currency,
        tuple(rows), delivery, points, purchase.channel, purchase.place,
    )  # fmt: skip


def _kept_line(line: Kept, detail: Detail | None, paths: Paths) -> Line:
    mark = detail.marks.get(str(line.line_no), {}) if detail else {}
    return Line(
        line.total_minor, line.quantity_milli, line.tax_minor, line.discount_minor,
        product_rules.code_norm(line.product_code), paths.get(line.category_id, frozenset()),
        frozenset(mark.get("tags", ())), mark.get("kind", ""),
    )  # fmt: skip


def _come_back(purchase: Purchase, lines: Sequence[Kept], delivery: int) -> list[int]:
    """What came back of each line, and last of delivery. Money that no line was named for came back
    of all that is left, in proportion.
    """
    named = [line.returned_minor for line in lines]
    left = [line.total_minor - back for line, back in zip(lines, named, strict=True)]
    unnamed = purchase.returned_minor - sum(named)
    if not lines:
        whole = purchase.total_minor
        return [delivery * purchase.returned_minor // whole if whole else 0]
    parts = shared(unnamed, [*left, delivery])
    return [back + part for back, part in zip([*named, 0], parts, strict=True)]


def _left_of(row: Line, line: Kept, back: int) -> Line:
    """A line after `back` of it; tax and discount go with the money, units as they were named."""
    minor = row.minor - back
    return Line(
        minor, line.quantity_milli - line.quantity_returned_milli,
        row.tax_minor * minor // row.minor if row.minor else 0,
        row.discount_minor * minor // row.minor if row.minor else 0,
        row.product, row.categories, row.tags, row.kind,
    )  # fmt: skip
