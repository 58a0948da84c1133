"""What was usual before a purchase: the facts that rules of the programme may ask.

Rules read these of whole batches, see `habits_before`; conditions know them by the keys of `FACTS`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from clientela.platform import sql
from clientela.platform.conditions.facts import Fact, Type
from clientela.purchases.habits import rules

TOO_LITTLE_HISTORY = "too-little-history"
NOT_KEPT = "habits-not-kept"  # the customer objected to profiling
FACTS = (
    Fact("habit.nth_of_day", Type.NUMBER, _("Number of the purchase in the day")),
    Fact("habit.nth_of_week", Type.NUMBER, _("Number of the purchase in the week")),
    Fact("habit.nth_of_month", Type.NUMBER, _("Number of the purchase in the month")),
    Fact("habit.nth_of_year", Type.NUMBER, _("Number of the purchase in the year")),
    Fact("habit.nth", Type.NUMBER, _("Number of the purchase among all")),
    Fact("habit.months_in_row", Type.NUMBER, _("Months in a row with a purchase (this one too)")),
    Fact("habit.categories", Type.NUMBER, _("Categories bought in the year before")),
    Fact("habit.first_in", Type.LIST, _("Categories bought for the first time")),
    Fact("habit.basket_percent", Type.NUMBER, _("Basket in per cent of their mean of six months")),
)
OF_CATEGORIES = frozenset({"habit.categories", "habit.first_in"})
Column = npt.NDArray[np.int64]
COLUMNS = ("customer_id", "occurred_at", "reference", "currency")


@dataclass(frozen=True, slots=True)
class Sale:
    """One purchase in hand. `reference` decides between two at one instant; `categories`: those of
    its lines.
    """

    customer_id: UUID
    occurred_at: datetime
    reference: str
    currency: str
    minor: int
    categories: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """One place for each purchase, in the order they were handed in; all columns have one length.

    `nth_…` count the purchase in hand: 1 is the first. `months_in_row` counts its month too.
    `baskets`, `baskets_minor`: purchases, and what they came to, of the six months before its own
    in its currency; they say something from `full_months` >= 3 on. `categories`: how many were
    bought in the twelve months before and in its month so far. `ever`: all bought before.
    `is_kept`: false where no habits are kept of somebody; then every fact is missing.
    """

    is_kept: npt.NDArray[np.bool_]
    nth_of_day: Column
    nth_of_week: Column
    nth_of_month: Column
    nth_of_year: Column
    nth: Column
    months_in_row: Column
    full_months: Column
    baskets: Column
    baskets_minor: Column
    categories: Column
    ever: tuple[frozenset[UUID], ...]
    sales: tuple[Sale, ...]

    @property
    def has_mean(self) -> npt.NDArray[np.bool_]:
        """Where the mean basket is known: three full months of history, and a basket in six."""
        enough = self.full_months >= rules.FULL_MONTHS_MIN
        return self.is_kept & enough & (self.baskets > 0) & (self.baskets_minor > 0)

    def more_than_mean(self, factor: Fraction = Fraction(1)) -> npt.NDArray[np.bool_]:
        """Where the purchase is worth more than its customer's mean basket times `factor`."""
        worth = np.array([sale.minor for sale in self.sales], dtype=object)
        left = worth * self.baskets.astype(object) * factor.denominator
        right = self.baskets_minor.astype(object) * factor.numerator
        return self.has_mean & np.asarray(left > right, dtype=np.bool_)

    def first_in(self, place: int) -> frozenset[UUID]:
        """Categories of the purchase that its customer never bought before."""
        return frozenset(self.sales[place].categories) - self.ever[place]

    def facts(self, place: int) -> dict[str, Any]:
        """What conditions ask of one purchase; what is missing is not in it. Categories by id."""
        if not self.is_kept[place]:
            return {}
        found: dict[str, Any] = {
            f"habit.{name}": int(getattr(self, name)[place])
            for name in ("nth_of_day", "nth_of_week", "nth_of_month", "nth_of_year", "nth",
                         "months_in_row", "categories")
        }  # fmt: skip
        found["habit.first_in"] = sorted(str(one) for one in self.first_in(place))
        if self.has_mean[place]:
            percent = 100 * self.sales[place].minor * int(self.baskets[place])
            found["habit.basket_percent"] = percent // int(self.baskets_minor[place])
        return found

    def why_missing(self, place: int) -> str:
        """Why a fact of this purchase is missing."""
        return TOO_LITTLE_HISTORY if self.is_kept[place] else NOT_KEPT


def habits_before(
    sales: Sequence[Sale], *, zone: str, wanted: Collection[str] | None = None
) -> Before:
    """What was usual for the customer of each purchase just before it, as of its `occurred_at`.

    Purchases of the batch see the earlier ones of it (by `occurred_at`, then `reference`), for they
    are recorded before this is asked: call it after `purchases.record`, in the same transaction. A
    quote hands in one purchase that is not recorded. A late purchase sees what was bought before it
    happened, not what was recorded before it. `zone`: the company's, as text. `wanted`: keys of
    `FACTS`; without those of `OF_CATEGORIES` no line is read. Merged customers are read together.
    One statement whatever the number of purchases.
    """
    with_categories = wanted is None or bool(OF_CATEGORIES & set(wanted))
    rows = sql.statement("purchases", "habits_before").rows(
        size=len(sales), zone=zone, with_categories=with_categories,
        **sql.columns(
            [(it.customer_id, it.occurred_at, it.reference, it.currency) for it in sales], COLUMNS
        ),
    ) if sales else []  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * 12
    day, week, month, year, ever, back, full, baskets, minor, lately = (
        np.array(column, dtype=np.int64) for column in columns[1:11]
    )
    return Before(
        is_kept=np.array(columns[0], dtype=np.bool_), nth_of_day=day + 1, nth_of_week=week + 1,
        nth_of_month=month + 1, nth_of_year=year + 1, nth=ever + 1,
        months_in_row=np.array([_in_row(int(bits)) for bits in back], dtype=np.int64),
        full_months=np.maximum(full, 0), baskets=baskets, baskets_minor=minor, categories=lately,
        ever=tuple(frozenset(ids) for ids in columns[11]), sales=tuple(sales),
    )  # fmt: skip


def _in_row(back: int) -> int:
    """Months without a break up to its own; bit n: something was bought n months before it."""
    months = 1
    while back >> months & 1:
        months += 1
    return months
