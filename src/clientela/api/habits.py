"""Spending habits of a customer: what, when, where and how much is usual."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, public_id
from clientela.customers import queries as customers
from clientela.flows import customer_habits, told_habits

doors = Doors(tags=["purchases"])
Way = Literal[
    "category", "month", "channel", "weekday", "hour", "basket", "place", "coupon", "reward"
]  # fmt: skip


class HabitsAsked(BaseModel):
    by: Way = "month"
    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None


class Habit(Body):
    """Figures of one thing. What is counted of whole months only is null by time and place;
    `basket` is what a purchase came to on average. By coupon `key` is a pool of codes, by reward a
    reward; `uses` is how often each was used, `purchases` those in which the till said so.
    """

    key: str
    labels: dict[str, str]
    purchases: int
    visit_days: int | None
    lines: int | None
    units_milli: int | None
    spent: Money
    returned: Money | None
    discount: Money | None
    basket: Money | None
    share_permille: int | None
    uses: int | None
    points: int | None


class HabitProfile(Body):
    """What is usual. Gaps are days between visits, null where there are fewer than four of them;
    `lapses_on`: from that day on the silence is longer than is usual. `recent` is what was spent in
    90 days, `before` in the 90 before them. `campaigns`: of how many pools coupons were used;
    `rewards` were got for `points`.
    """

    first_at: str | None
    last_at: str | None
    purchases: int
    gap_median_days: int | None
    gap_80_days: int | None
    gaps: list[int]
    days_since: int | None
    lapses_on: str | None
    weekdays: list[int]
    hours: list[int]
    channel: str | None
    place: str | None
    categories: list[str]
    basket: Money | None
    basket_lines_milli: int | None
    discounted_permille: int | None
    recent: Money | None
    before: Money | None
    coupons: int
    campaigns: int
    with_coupon: int
    coupon_at: str | None
    rewards: int
    points: int
    reward_at: str | None


class HabitPage(Body):
    by: Way
    first_on: str
    last_on: str
    is_kept: bool
    profile: HabitProfile | None
    items: list[Habit]
    next: str | None


@doors.read("/customers/{customer_id}/habits", right="purchases.view", answer=HabitPage,
            summary="Read a customer's spending habits")  # fmt: skip
def habits(
    request: HouseRequest, customer_id: StrictStr, asked: Query[HabitsAsked]
) -> dict[str, Any]:
    """In whole months of the company's zone, from that of `from` to that of `to`; without them in
    24 months. Exact at this moment. `is_kept` is false where the customer objected to profiling.
    """
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    found = customer_habits.habits_of(
        family, now=request.started_at, first=asked.first, last=asked.last
    )
    return {
        "by": asked.by, "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(), "is_kept": found.is_kept,
        "profile": told_habits.profile(found),
        "items": [told_habits.item(one) for one in customer_habits.by(found, asked.by)],
        "next": None,
    }  # fmt: skip
