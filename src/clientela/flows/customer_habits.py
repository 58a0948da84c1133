"""A customer's spending habits as every door shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.loyalty.queries import used as loyalty
from clientela.loyalty.queries.used import Used
from clientela.platform import periods
from clientela.platform.errors import InvalidInput
from clientela.privacy import profiling
from clientela.products.models import Category
from clientela.purchases.habits import profiles, queries, rules
from clientela.purchases.habits.profiles import Profile
from clientela.purchases.habits.queries import Rhythm, Share, Whole
from clientela.staff import company as companies

WAYS = (
    "category", "month", "channel", "weekday", "hour", "basket", "place", "coupon", "reward"
)  # fmt: skip
MONTHS_MAX = 120


@dataclass(frozen=True, slots=True)
class Habits:
    """`is_kept`: false where the customer objected to profiling; then there is nothing else."""

    is_kept: bool
    first_on: date
    last_on: date
    whole: Sequence[Whole] = ()
    shares: Sequence[Share] = ()
    rhythm: Sequence[Rhythm] = ()
    profile: Profile | None = None
    used: Sequence[Used] = ()

    @property
    def taken(self) -> Taken:
        return _taken(self.used)


@dataclass(frozen=True, slots=True)
class Taken:
    """Coupons and rewards together. `campaigns`: how many pools codes were used of; `with_coupon`:
    purchases in which the till said so.
    """

    coupons: int = 0
    campaigns: int = 0
    with_coupon: int = 0
    coupon_at: datetime | None = None
    rewards: int = 0
    points: int = 0
    reward_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One row of habits by something: `key` is a category's key, a month as 2026-11, a channel, 1
    (Monday) to 7, an hour, a place, a pool of codes, a reward. What is counted of the whole basket
    only is missing else. `uses`: of codes or of a reward, which cost `points`.
    """

    key: str
    currency: str
    purchases: int
    spent_minor: int
    returned_minor: int | None = None
    discount_minor: int | None = None
    lines: int | None = None
    units_milli: int | None = None
    visit_days: int | None = None
    share_permille: int | None = None
    labels: dict[str, str] = field(default_factory=dict)
    uses: int | None = None
    points: int | None = None


def habits_of(
    family: Sequence[UUID], *, now: datetime, first: date | None = None, last: date | None = None
) -> Habits:
    """Habits in the months from that of `first` to that of `last`; without them in 24 months.

    InvalidInput where the period ends before it begins or is longer than ten years.
    """
    company = companies.current()
    today = company.today(now)
    last_on = periods.end_of_month(last or today)
    first_on = (first or periods.add_months(last_on.replace(day=1), 1 - rules.MONTHS)).replace(
        day=1
    )
    _refuse_impossible(first_on, last_on)
    if profiling.refusing(family[:1]):
        return Habits(False, first_on, last_on)
    seen_on = min(last_on, today)
    span: dict[str, Any] = {
        "starts_at": periods.local_midnight(first_on, company.zone),
        "ends_at": periods.local_midnight(last_on + timedelta(days=1), company.zone),
        "zone": company.time_zone,
    }  # fmt: skip
    read = queries.read(family, first_on=first_on, last_on=last_on, seen_on=seen_on, **span)
    if read.is_stopped:
        return Habits(False, first_on, last_on)
    used = _used(family, company, **span)
    profile = profiles.of(
        read.whole, read.shares, read.rhythm, first_at=read.first_at, today=seen_on
    )
    return Habits(True, first_on, last_on, read.whole, read.shares, read.rhythm, profile, used)


def _used(family: Sequence[UUID], company: companies.Company, **span: Any) -> list[Used]:
    if not company.is_on("loyalty"):
        return []
    return loyalty.used_by(family, currency=company.currency, **span)


def by(habits: Habits, way: str) -> list[Item]:
    """The habits told by one thing, the most spent first; what has an order in that."""
    if way not in WAYS:
        raise InvalidInput(f"Use one of {', '.join(WAYS)}.", field="by")
    return _WAYS[way](habits)


def basket(one: Item) -> int | None:
    """What a purchase came to on average."""
    return rules.mean(one.spent_minor, one.purchases)


def _refuse_impossible(first_on: date, last_on: date) -> None:
    if last_on < first_on:
        raise InvalidInput("The period ends before it begins.", field="to")
    if periods.add_months(first_on, MONTHS_MAX) <= last_on:
        raise InvalidInput(f"Ask for at most {MONTHS_MAX} months.", field="from")


def _by_category(habits: Habits) -> list[Item]:
    """What has no category is what is left of the whole."""
    known = categories(one.category_id for one in habits.shares)
    spent = rules.summed((one.currency, one.spent_minor) for one in habits.whole)
    items = [_share(one, known.get(one.category_id), spent) for one in habits.shares]
    told = rules.summed((one.currency, one.spent_minor) for one in habits.shares)
    for currency, minor in spent.items():
        left = minor - told[currency]
        if left > 0:
            share = rules.permille(left, minor)
            items.append(Item("", currency, 0, left, share_permille=share))
    return sorted(items, key=lambda one: (-one.spent_minor, one.key))


def _by_month(habits: Habits) -> list[Item]:
    grouped = _grouped(habits.whole, lambda one: f"{one.month_on:%Y-%m}")
    return sorted((_item(key, currency, of, habits.whole) for (key, currency), of in grouped),
                  key=lambda one: (one.key, one.currency))  # fmt: skip


def _by_channel(habits: Habits) -> list[Item]:
    grouped = _grouped(habits.whole, lambda one: one.channel)
    return sorted((_item(key, currency, of, habits.whole) for (key, currency), of in grouped),
                  key=lambda one: (-one.spent_minor, one.key))  # fmt: skip


def _by_weekday(habits: Habits) -> list[Item]:
    return _by_rhythm(habits, lambda one: one.weekday, lambda item: item.key)


def _by_hour(habits: Habits) -> list[Item]:
    return _by_rhythm(habits, lambda one: one.hour, lambda item: int(item.key))


def _by_place(habits: Habits) -> list[Item]:
    return _by_rhythm(habits, lambda one: one.place, lambda item: (-item.spent_minor, item.key))


def _by_coupon(habits: Habits) -> list[Item]:
    return _by_used(habits, "coupon")


def _by_reward(habits: Habits) -> list[Item]:
    return _by_used(habits, "reward")


def _by_used(habits: Habits, what: str) -> list[Item]:
    """Used most often first."""
    found: dict[tuple[str, str], list[Used]] = {}
    for one in habits.used:
        if one.what == what:
            found.setdefault((one.key, one.currency), []).append(one)
    items = [
        Item(key, currency, sum(one.purchases for one in of), sum(one.spent_minor for one in of),
             discount_minor=_known_sum(one.off_minor for one in of), labels=of[0].labels,
             uses=sum(one.uses for one in of),
             points=sum(one.points for one in of) if what == "reward" else None)
        for (key, currency), of in found.items()
    ]  # fmt: skip
    return sorted(items, key=lambda item: (-(item.uses or 0), item.key, item.currency))


def _known_sum(several: Iterable[int | None]) -> int | None:
    known = [one for one in several if one is not None]
    return sum(known) if known else None


def _taken(used: Sequence[Used]) -> Taken:
    codes = [one for one in used if one.what == "coupon"]
    rewards = [one for one in used if one.what == "reward"]
    return Taken(
        sum(one.uses for one in codes), len({one.key for one in codes}),
        sum(one.purchases for one in codes), max((one.last_at for one in codes), default=None),
        sum(one.uses for one in rewards), sum(one.points for one in rewards),
        max((one.last_at for one in rewards), default=None),
    )  # fmt: skip


def _by_rhythm(
    habits: Habits, key: Callable[[Rhythm], str | int | None], order: Callable[[Item], object]
) -> list[Item]:
    found: dict[tuple[str, str], list[Rhythm]] = {}
    totals: Counter[str] = Counter()
    for one in habits.rhythm:
        told = key(one)
        if told is None:
            continue
        found.setdefault((str(told), one.currency), []).append(one)
        totals[one.currency] += one.spent_minor
    items = [
        Item(name, currency, profiles.total(of, "purchases"), profiles.total(of, "spent_minor"),
             share_permille=rules.permille(profiles.total(of, "spent_minor"), totals[currency]))
        for (name, currency), of in found.items()
    ]  # fmt: skip
    return sorted(items, key=lambda item: (order(item), item.currency))


_WAYS: dict[str, Callable[[Habits], list[Item]]] = {
    "category": _by_category, "month": _by_month, "channel": _by_channel,
    "weekday": _by_weekday, "hour": _by_hour, "basket": _by_month, "place": _by_place,
    "coupon": _by_coupon, "reward": _by_reward,
}  # fmt: skip


def _share(one: Share, category: Category | None, spent: Counter[str]) -> Item:
    return Item(
        category.key if category else "", one.currency, one.purchases, one.spent_minor,
        one.returned_minor, one.discount_minor, one.lines, one.units_milli, one.visit_days,
        rules.permille(one.spent_minor, spent[one.currency]), category.labels if category else {},
    )  # fmt: skip


def _item(key: str, currency: str, of: Sequence[Whole], whole: Sequence[Whole]) -> Item:
    spent = profiles.total(of, "spent_minor")
    all_spent = profiles.total([one for one in whole if one.currency == currency], "spent_minor")
    return Item(
        key, currency, profiles.total(of, "purchases"), spent, profiles.total(of, "returned_minor"),
        profiles.total(of, "discount_minor"), profiles.total(of, "lines"),
        profiles.total(of, "units_milli"),
        sum(mask.bit_count() for mask in profiles.masks_of(of).values()),
        rules.permille(spent, all_spent),
    )  # fmt: skip


def _grouped(
    rows: Iterable[Whole], key: Callable[[Whole], str]
) -> list[tuple[tuple[str, str], list[Whole]]]:
    found: dict[tuple[str, str], list[Whole]] = {}
    for one in rows:
        found.setdefault((key(one), one.currency), []).append(one)
    return list(found.items())


def categories(ids: Iterable[UUID]) -> dict[UUID, Category]:
    return {one.id: one for one in Category.objects.filter(id__in=set(ids))}
