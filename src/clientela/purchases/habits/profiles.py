"""What is usual for somebody, out of the months and the rhythm of what was bought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from clientela.purchases.habits import rules
from clientela.purchases.habits.queries import Month, Rhythm, Share, Whole
from clientela.purchases.habits.rules import Gaps

CATEGORIES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What is usual, over the months that were read; `gaps` over their visit days."""

    first_at: datetime | None
    last_at: datetime | None
    purchases: int
    gaps: Gaps
    days_since: int | None
    weekdays: tuple[int, ...]
    hours: tuple[int, ...]
    channel: str | None
    place: str | None
    categories: tuple[UUID, ...]
    currency: str
    basket_minor: int | None
    basket_lines_milli: int | None
    discounted_permille: int | None
    recent_minor: int
    recent: int
    before_minor: int
    before: int

    @property
    def is_overdue(self) -> bool:
        """Whether its silence is longer than is usual."""
        usual = self.gaps.percentile_80_days
        if self.days_since is None or usual is None:
            return False
        return self.days_since > usual * rules.LAPSE_NUM // rules.LAPSE_DEN

    @property
    def change_permille(self) -> int | None:
        """What was spent in 90 days against the 90 before them; 0 is as much."""
        share = rules.permille(self.recent_minor, self.before_minor)
        return None if share is None else share - 1000


def of(
    whole: Sequence[Month | Whole], shares: Iterable[Month | Share], rhythm: Sequence[Rhythm], *,
    first_at: datetime | None, today: date,
) -> Profile:  # fmt: skip
    """Of whole baskets, of what was bought by category, and of when and where."""
    gaps = rules.gaps_of(rules.visit_days(masks_of(whole)))
    channels = rules.summed((one.channel, one.purchases) for one in whole if one.channel)
    currencies = rules.summed((one.currency, one.purchases) for one in whole)
    currency = rules.usual(currencies) or ""
    own = [one for one in whole if one.currency == currency]
    purchases, spent = total(own, "purchases"), total(own, "spent_minor")
    discount = total(own, "discount_minor")
    quarters = [[one for one in rhythm if one.quarter == number and one.currency == currency]
                for number in (0, 1)]  # fmt: skip
    return Profile(
        first_at=first_at, last_at=max((one.last_at for one in whole), default=None),
        purchases=total(whole, "purchases"), gaps=gaps,
        days_since=(today - gaps.last_on).days if gaps.last_on else None,
        weekdays=_histogram(((one.weekday, one.purchases) for one in rhythm), range(1, 8)),
        hours=_histogram(((one.hour, one.purchases) for one in rhythm), range(24)),
        channel=rules.usual(channels),
        place=rules.usual(rules.summed((one.place, one.purchases) for one in rhythm if one.place)),
        categories=tuple(_top_categories(shares, currency)), currency=currency,
        basket_minor=rules.mean(spent, purchases),
        basket_lines_milli=rules.mean(1000 * total(own, "lines"), purchases),
        discounted_permille=rules.permille(discount, spent + discount),
        recent_minor=total(quarters[0], "spent_minor"), recent=total(quarters[0], "purchases"),
        before_minor=total(quarters[1], "spent_minor"), before=total(quarters[1], "purchases"),
    )  # fmt: skip


def masks_of(whole: Iterable[Month | Whole]) -> dict[date, int]:
    """The visit days of months, over records, channels and currencies."""
    masks: dict[date, int] = {}
    for one in whole:
        masks[one.month_on] = masks.get(one.month_on, 0) | one.visit_day_mask
    return masks


def _top_categories(shares: Iterable[Month | Share], currency: str) -> list[UUID]:
    """Those most was spent on."""
    spent: Counter[UUID] = rules.summed(
        (one.category_id, one.spent_minor) for one in shares if one.currency == currency
    )
    return sorted(spent, key=lambda id: (-spent[id], id))[:CATEGORIES_SHOWN]


def _histogram(pairs: Iterable[tuple[int | None, int]], of: range) -> tuple[int, ...]:
    found = rules.summed(pairs)
    return tuple(found[one] for one in of)


def total(rows: Iterable[object], name: str) -> int:
    return sum(filter(None, map(attrgetter(name), rows)))
