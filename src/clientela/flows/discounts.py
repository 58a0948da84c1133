"""What codes take off a basket: lines, then the whole, then delivery; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from clientela.loyalty.models import Coupon, CouponPool
from clientela.loyalty.rules import discounts as rules
from clientela.loyalty.rules.discounts import Basket, Discount, Item, Result
from clientela.platform import money
from clientela.platform.errors import InvalidInput
from clientela.products import queries as products
from clientela.products import rules as product_rules
from clientela.purchases import queries as purchases

LINES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    pieces: int
    minor: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A basket as a till has it before discounts."""

    lines: tuple[Line, ...]
    currency: str
    delivery_minor: int = 0

    def basket(self) -> Basket:
        items = tuple(Item(line.minor, max(1, line.pieces)) for line in self.lines)
        return Basket(items, self.delivery_minor)


@dataclass(frozen=True, slots=True)
class Worth:
    """What one code takes off, wherever it is from."""

    key: str
    pool: CouponPool
    percent: int | None
    minor: int | None
    money_code: str
    most_minor: int | None
    least_minor: int | None

    @classmethod
    def of_coupon(cls, key: str, one: Coupon) -> Worth:
        return cls(key, one.pool, one.percent, one.minor, one.money_code, one.most_minor,
                   one.least_minor)  # fmt: skip

    @classmethod
    def of_pool(cls, key: str, pool: CouponPool) -> Worth:
        return cls(key, pool, pool.percent, pool.minor, pool.money_code, pool.most_minor,
                   pool.least_minor)  # fmt: skip


def taken_off(
    asked: Asked, worths: Sequence[Worth], *, family: Sequence[UUID] = (),
    purchase: tuple[str, str] | None = None,
) -> Result:  # fmt: skip
    """What these codes take off together, each at its turn. `purchase`: by its source and
    reference, the one they are used in, which is not the last one then.
    """
    if len(asked.lines) > LINES_MAX:
        raise InvalidInput(f"A basket has at most {LINES_MAX} lines.", field="basket.lines")
    return rules.apply(asked.basket(), [_discount(asked, one, family, purchase) for one in worths])


def _discount(
    asked: Asked, one: Worth, family: Sequence[UUID], purchase: tuple[str, str] | None
) -> Discount:
    pool = one.pool
    if one.money_code and one.money_code != asked.currency:
        raise InvalidInput(f"This code is in {one.money_code}.", field="basket.currency")
    percent, minor = one.percent, one.minor
    unit = 10 ** money.exponent_of(asked.currency) if pool.rounds_to_units else 1
    if pool.is_of_last_purchase and percent is not None:
        last = _last_minor(family, asked.currency, purchase)
        minor, percent = rules.percent_of(last, percent, unit=unit), None
    return Discount(
        one.key,
        cast(rules.Scope, pool.scope),
        percent,
        minor,
        pool.paid or 0,
        pool.free or 0,
        _places(asked, pool),
        pool.priority,
        one.least_minor or 0,
        one.most_minor,
        unit,
    )


def _last_minor(family: Sequence[UUID], currency: str, purchase: tuple[str, str] | None) -> int:
    if not family:
        raise InvalidInput("Say who it is: this is a part of their last purchase.",
                           field="customer")  # fmt: skip
    return purchases.latest_minor(family, currency=currency, besides=purchase)


def _places(asked: Asked, pool: CouponPool) -> frozenset[int] | None:
    """The lines of which something is taken off; None: all."""
    if not pool.products and not pool.categories:
        return None
    norms = [product_rules.code_norm(line.product) for line in asked.lines]
    wanted = {product_rules.code_norm(code) for code in pool.products}
    found = {place for place, norm in enumerate(norms) if norm in wanted}
    return frozenset(found | _of_categories(norms, pool.categories))


def _of_categories(norms: Sequence[str], keys: Iterable[str]) -> set[int]:
    wanted = set(keys)
    if not wanted:
        return set()
    known = products.by_codes(norms)
    above = _above()
    return {
        place for place, norm in enumerate(norms)
        if (product := known.get(norm)) and wanted & above.get(product.category_id, frozenset())
    }  # fmt: skip


def _above() -> dict[UUID | None, frozenset[str]]:
    """For each category the keys of it and of all it lies in."""
    found: dict[UUID | None, frozenset[str]] = {None: frozenset()}
    for one in products.categories():
        found[one.id] = found.get(one.parent_id, frozenset()) | {one.key}
    return found
