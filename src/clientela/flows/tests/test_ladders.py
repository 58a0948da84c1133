"""Ladders over every window and measure; when a tier begins, how it is kept, how it is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import keep_ladders, offered_rewards, points, points_settings, review_tiers
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.rules_of_points import Draft, publish_rule
from clientela.flows.verify import verify
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Lot, Posting, Standing
from clientela.loyalty.queries import tiers as queries
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products.models import Holding, Kind, Product
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase

pytestmark = pytest.mark.django_db
WARNINGS = ("not-in-all-languages",)
STEPS = [
    {"key": "silver", "threshold": 50_000, "labels": {"en": "Silver"}},
    {"key": "gold", "threshold": 100_000, "labels": {"en": "Gold"}},
    {"key": "platinum", "threshold": 200_000, "labels": {"en": "Platinum"}},
]
COUNTS = [{**one, "threshold": place} for place, one in enumerate(STEPS, start=2)]


def at(day: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def ladder(**changes: Any) -> dict[str, Any]:
    measured = {"measure": "spend", "currency": "EUR", "window": "calendar", "tiers": STEPS}
    return {"key": "club", "labels": {"en": "Club"}, **measured, **changes}


def define(**changes: Any) -> None:
    body = {**POINTS, "time_zone": "Europe/Riga", "ladder": ladder(**changes)}
    define_programme(body, actor=SYSTEM, now=at("2024-01-01"))


def buy(minor: int, day: str, *, recorded: str = "", hour: int = 12) -> UUID:
    when = at(day, hour)
    [done] = record_purchases(
        [Bought("till", f"R {day} {hour} {minor}", Reference("external", "4711", "crm"), when,
                minor, "EUR")],
        actor=SYSTEM, now=at(recorded) if recorded else when,
    )  # fmt: skip
    assert done.id is not None, done
    return done.id


def give_back(purchase: UUID, minor: int, day: str) -> None:
    new = NewReturn(source="till", reference=f"B {day}", returned_at=at(day), amount_minor=minor)
    return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=at(day))


def review(day: str) -> list[str | None]:
    return [one.after for one in review_tiers.review_tiers(actor=SYSTEM, now=at(day))]


def stands(day: str) -> str | None:
    """On which tier Anna stands, as every door says it."""
    family = list(Customer.objects.values_list("id", flat=True))
    shown = [one["standing"] for one in points.balances_of(family, now=at(day))]
    return next((one["key"] for one in shown if one), None)


def kept() -> date | None:
    return Standing.objects.get(ends_at=None).kept_until


def clean() -> None:
    assert [check.name for check in verify() if check.wrong] == []


def test_the_first_instant_of_a_year_counts_and_the_last_of_the_year_before_does_not(
    anna: UUID,
) -> None:
    define()
    buy(60_000, "2025-12-31", hour=21)  # 23:00 in Rīga
    buy(40_000, "2025-12-31", hour=22, recorded="2026-01-01")  # midnight of the new year there
    assert stands("2026-01-01") == "silver"
    assert Standing.objects.get(ends_at=None).measured == 60_000
    buy(60_000, "2026-01-02")
    assert stands("2026-01-02") == "gold"  # 40,000 and 60,000: met at equality
    clean()


@promise("LOY-40")
@pytest.mark.parametrize(
    ("window", "figures"),
    [("lifetime", [40_000, 80_000, 120_000]), ("calendar", [40_000, 80_000, 40_000]),
     ("rolling", [40_000, 80_000, 80_000]), ("anniversary", [40_000, 40_000, 80_000])],
)  # fmt: skip
def test_every_window_counts_its_days(anna: UUID, window: str, figures: list[int]) -> None:
    Customer.objects.update(known_since=date(2024, 2, 29))
    define(window=window)
    counted = []
    for day in ("2025-02-20", "2025-12-01", "2026-02-25"):
        buy(40_000, day)
        [shown] = points.balances_of([anna], now=at(day))
        counted.append(shown["standing"]["measured"])
    assert counted == figures
    for day, figure in (("2026-02-27", figures[2]), ("2026-02-28", None)):
        [shown] = points.balances_of([anna], now=at(day))
        if window == "anniversary":  # who came on 29 February begins a year on the 28th
            assert shown["standing"]["measured"] == (figure if figure is not None else 0)


@promise("LOY-40")
def test_purchases_are_counted_unless_they_came_back_whole(anna: UUID) -> None:
    define(measure="purchases", tiers=COUNTS)
    first = buy(1_000, "2026-03-01")
    buy(1_000, "2026-03-02")
    assert stands("2026-03-02") == "silver"
    give_back(first, 1_000, "2026-03-03")
    buy(1_000, "2026-03-04")
    assert stands("2026-03-04") == "silver"
    buy(1_000, "2026-03-05")
    assert stands("2026-03-05") == "gold"


@promise("LOY-40")
def test_status_points_are_counted_beside_the_points_that_are_spent(anna: UUID) -> None:
    define()
    points_settings.make_currency(
        programme=POINTS["programme"], code="status", labels={"en": "Status"},
        values={"kind": "status"}, actor=SYSTEM, now=at("2024-01-01"),
    )  # fmt: skip
    draft = Draft("status", "status", {"en": "2 for every 1.00"},
                  {"earn": "per_money", "points": 2, "per": "1.00"})  # fmt: skip
    publish_rule(draft, read=WARNINGS, actor=SYSTEM, now=at("2024-01-01"))
    define(measure="points", counts="status",
           tiers=[{**STEPS[0], "threshold": 200}, {**STEPS[1], "threshold": 400}])  # fmt: skip
    purchase = buy(10_000, "2026-03-01")
    assert stands("2026-03-01") == "silver"
    give_back(purchase, 5_000, "2026-03-02")
    assert stands("2026-03-02") is None
    clean()


@promise("LOY-40")
def test_products_are_counted_while_they_are_held(anna: UUID) -> None:
    define(measure="products", window="lifetime", tiers=COUNTS[:2])
    buy(1_000, "2026-03-01")
    for number, closed in enumerate((None, None, date(2026, 5, 1))):
        hold(anna, number, closed)
    review_tiers.night(actor=SYSTEM, now=at("2026-04-30"))
    assert stands("2026-04-30") == "gold"
    [shown] = points.balances_of([anna], now=at("2026-05-01"))
    assert shown["standing"]["measured"] == 2


def hold(customer: UUID, number: int, closed: date | None) -> None:
    product, _ = Product.objects.get_or_create(
        code_norm="loan", defaults={"id": uuid4(), "code": "loan", "name": "Loan",
                                    "kind": Kind.objects.get_or_create(key="loan")[0]},
    )  # fmt: skip
    Holding.objects.create(
        id=uuid4(), customer_id=customer, product=product, opened_on=date(2026, 1, 1),
        status="closed" if closed else "active", closed_on=closed, number=str(number),
    )  # fmt: skip


@promise("LOY-40")
def test_a_balance_counts_what_can_be_used_and_only_a_review_lowers_it(anna: UUID) -> None:
    define(measure="balance", tiers=[{**STEPS[0], "threshold": 100}])
    assert list(keep_ladders.warnings(queries.ladder_of("club"))) == ["spending-lowers-the-tier"]
    purchase = buy(10_000, "2026-03-01")
    review_tiers.night(actor=SYSTEM, now=at("2026-03-02"))
    assert stands("2026-03-02") == "silver"
    Standing.objects.update(purchase_id=None)  # as if something else had brought the points
    give_back(purchase, 100, "2026-03-03")
    assert stands("2026-03-03") == "silver"
    [shown] = points.balances_of([anna], now=at("2026-03-03"))
    assert shown["standing"]["measured"] == 99
    assert review("2028-01-01") == [None]
    Lot.objects.update(expires_at=at("2026-03-05"))
    [shown] = points.balances_of([anna], now=at("2026-03-06"))
    assert shown["standing"]["measured"] == 0


@promise("LOY-40")
def test_a_late_purchase_raises_from_now_on_and_rates_nothing_anew(anna: UUID) -> None:
    define(tiers=[{**STEPS[0]}, {**STEPS[1], "factor": "2"}])
    buy(60_000, "2025-06-01")
    assert stands("2025-06-01") == "silver"
    buy(1_000, "2026-02-01")
    buy(50_000, "2025-07-01", recorded="2026-02-02")
    assert stands("2026-02-01") == "silver"
    assert stands("2026-02-02") == "gold"
    assert kept() == date(2026, 12, 31)  # as if it had been reached in its own year
    [gold] = Standing.objects.filter(ends_at=None)
    assert gold.starts_at == at("2026-02-02")
    earned = list(Lot.objects.order_by("id").values_list("amount", flat=True))
    assert earned == [600, 10, 500]
    buy(50_000, "2024-07-01", recorded="2026-02-03")  # too long ago to be kept until today
    assert Standing.objects.count() == 2
    clean()


def earned() -> list[tuple[int, int]]:
    """What was booked, with what was left of it after returns."""
    rows = Posting.objects.filter(kind="earn").order_by("id")
    return [(lot.amount, lot.remaining) for one in rows
            for lot in Lot.objects.filter(posting_id=one.id)]  # fmt: skip


@promise("LOY-41")
def test_a_late_purchase_tops_up_what_was_bought_after_it_where_the_ladder_says_so(
    anna: UUID,
) -> None:
    """70.000 by August reach silver (half as much again), 100.000 by December gold (twice)."""
    factors = [{**STEPS[0], "factor": "1.5"}, {**STEPS[1], "factor": "2"}]
    define(tiers=factors, late="re_rates")
    buy(40_000, "2025-06-01")
    august, december = buy(20_000, "2025-08-01"), buy(1_000, "2025-12-01")
    spring = buy(1_000, "2026-02-01")
    assert [amount for amount, _ in earned()] == [400, 200, 15, 15]
    buy(45_000, "2025-07-01", recorded="2026-02-02")
    # from July on it is silver, after August gold: kept to the end of 2026
    assert [amount for amount, _ in earned()[4:]] == [450, 100, 5, 5]
    [topped] = Posting.objects.filter(purchase_id=august).exclude(source="purchase")
    base, silver, before = points.why(topped.id).steps
    assert (base.rule, silver.rule, silver.after, before.rule) == (
        "base", "tier-silver", 300, "amended",
    )  # fmt: skip
    assert (before.before, before.after) == (300, 100)
    [first, more] = points.why_purchase(Purchase.objects.get(id=august), now=at("2026-02-03"))
    assert (first.points, more.points) == (200, 100)
    assert stands("2026-02-02") == "gold"
    assert Event.objects.filter(name="points.earned").count() == 8
    buy(1_000, "2025-07-02", recorded="2026-02-04")  # the others are topped up already
    assert [amount for amount, _ in earned()[8:]] == [10, 5]
    for purchase, minor in ((august, 20_000), (december, 500), (spring, 1_000)):
        give_back(purchase, minor, f"2026-02-{5 + minor // 1_000:02}")
    assert [left for _, left in earned()] == [400, 0, 10, 0, 450, 0, 0, 0, 10, 5]
    clean()


@promise("LOY-40")
def test_a_late_purchase_counts_in_months_that_rolled_by(anna: UUID) -> None:
    define(window="rolling")
    buy(60_000, "2025-04-10")
    assert kept() == date(2026, 4, 30)
    buy(45_000, "2025-01-15", recorded="2026-02-10")  # both within a year only in 2025
    assert stands("2026-02-10") == "gold"
    assert kept() == date(2026, 12, 31)  # the last month that counts both is December 2025


@promise("LOY-41")
def test_a_tier_begins_with_the_next_period_where_the_ladder_says_so(anna: UUID) -> None:
    define(starts="next_period")
    buy(50_000, "2026-03-01")
    assert stands("2026-12-31") is None
    [shown] = points.balances_of([anna], now=at("2026-12-31"))
    assert shown["standing"]["coming"] == {
        "key": "silver", "labels": {"en": "Silver"}, "on": "2027-01-01"
    }  # fmt: skip
    buy(50_000, "2026-04-01")
    assert stands("2027-01-01") == "gold"
    assert kept() == date(2027, 12, 31)
    assert Standing.objects.count() == 2  # silver never began, and stays in the history
    clean()


@promise("LOY-41")
@pytest.mark.parametrize(
    ("terms", "until"),
    [({"keeps": "end_of_period"}, date(2026, 12, 31)),
     ({"keeps": "end_of_period", "keep_days": 90}, date(2027, 3, 31)),
     ({"keeps": "end_of_next_period"}, date(2027, 12, 31)),
     ({"keeps": "end_of_period", "window": "rolling"}, date(2026, 3, 31)),
     ({"window": "lifetime"}, None)],
)  # fmt: skip
def test_a_tier_is_kept_as_the_ladder_says(
    anna: UUID, terms: dict[str, Any], until: date | None
) -> None:
    define(**terms)
    buy(50_000, "2026-03-01")
    assert kept() == until


@promise("LOY-41")
def test_kept_to_the_end_of_its_period_a_tier_has_to_be_reached_anew(anna: UUID) -> None:
    define(keeps="end_of_period", keep_days=90)
    buy(100_000, "2026-03-01")
    buy(50_000, "2027-03-01")
    assert review("2027-03-31") == []
    assert review("2027-04-01") == ["silver"]
    assert kept() == date(2028, 3, 30)  # the end of 2027 and 90 days, in a leap year


@promise("LOY-41")
@pytest.mark.parametrize(
    ("lowers", "after"), [("recompute", None), ("one_step", "gold"), ("none", "platinum")]
)
def test_a_review_lowers_as_the_ladder_says(anna: UUID, lowers: str, after: str | None) -> None:
    define(lowers=lowers)
    buy(200_000, "2026-03-01")
    ladder_, on = queries.ladder_of("club"), date(2028, 1, 1)
    [shown], following = review_tiers.preview(ladder_, on=on)
    assert (shown.before, shown.after, following) == ("platinum", after, None)
    assert shown.way == ("stays" if after == "platinum" else "down")
    assert review_tiers.preview(ladder_, on=on, ways=["up"]) == ([], None)
    assert review("2028-01-01") == [after]
    assert stands("2028-01-02") == after
    clean()


@promise("LOY-41")
def test_grace_gives_days_to_make_up_for_it(anna: UUID) -> None:
    define(grace_days=30)
    buy(50_000, "2026-03-01")
    buy(30_000, "2027-03-01")
    assert review("2028-01-30") == []
    assert stands("2028-01-30") == "silver"
    buy(20_000, "2028-01-30")
    assert review("2028-01-31") == ["silver"]
    assert kept() == date(2028, 12, 31)


@promise("LOY-41")
def test_a_return_of_what_reached_a_tier_takes_it_at_once_or_after_the_grace(anna: UUID) -> None:
    define()
    first = buy(60_000, "2026-03-01")
    give_back(first, 60_000, "2026-03-02")
    assert stands("2026-03-02") is None
    define(reversal_waits=True, grace_days=14)
    second = buy(60_000, "2026-04-01")
    give_back(second, 60_000, "2026-04-02")
    assert stands("2026-04-02") == "silver"
    assert review("2026-04-16") == []
    assert review("2026-04-17") == [None]
    assert Standing.objects.count() == 2
    clean()


@promise("LOY-41")
def test_a_review_can_go_up_and_a_late_run_decides_the_same(anna: UUID) -> None:
    define()
    buy(60_000, "2026-03-01")
    buy(120_000, "2027-03-01", recorded="2027-03-01")
    Standing.objects.filter(ends_at=None).delete()
    Standing.objects.update(ends_at=None)  # as if nobody had looked in 2027
    [shown], _ = review_tiers.preview(queries.ladder_of("club"), on=date(2030, 1, 1))
    assert (shown.way, shown.after) == ("up", "gold")
    assert review("2030-01-01") == ["gold", None]
    began = [one.starts_at for one in Standing.objects.order_by("starts_at")]
    assert began == [at("2026-03-01"), datetime(2027, 12, 31, 22, tzinfo=UTC)]


@promise("LOY-42")
def test_a_tier_multiplies_lowers_prices_reserves_rewards_and_lengthens_lives(anna: UUID) -> None:
    gold = {**STEPS[0], "key": "gold", "factor": "2", "life": {"months": 36},
            "staff_notes": {"en": "Call by name"}}  # fmt: skip
    define(tiers=[gold])
    for values in (
        RewardValues("all", "coupon", {"en": "All"}, {"": 50, "gold": 40}, percent=5, valid_days=9),
        RewardValues("few", "coupon", {"en": "Few"}, {"gold": 30}, percent=9, valid_days=9),
    ):
        save_reward(values, actor=SYSTEM, now=at("2024-01-01"))

    def prices(day: str) -> dict[str, tuple[int, str]]:
        found = offered_rewards.offers_for([anna], now=at(day))
        return {one.reward.key: (one.quote.points, one.quote.why) for one in found}

    buy(40_000, "2026-03-01")
    assert prices("2026-03-01")["all"] == (50, "")
    assert prices("2026-03-01")["few"][1] == "no-price"
    buy(20_000, "2026-03-02")
    assert prices("2026-03-02") == {"all": (40, ""), "few": (30, "")}
    buy(1_000, "2026-03-03")
    lots = list(Lot.objects.order_by("active_at").values_list("amount", "expires_at"))
    assert lots == [(400, None), (200, None), (20, datetime(2029, 3, 3, 22, tzinfo=UTC))]
    [shown] = points.balances_of([anna], now=at("2026-03-03"))
    assert shown["standing"]["staff_notes"] == {"en": "Call by name"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"starts": "soon"}, "ladder.starts"), ({"keeps": "for_ever"}, "ladder.keeps"),
     ({"lowers": "twice"}, "ladder.lowers"), ({"keep_days": 5}, "ladder.keep_days"),
     ({"grace_days": -1}, "ladder.grace_days"), ({"labels": {}}, "ladder.labels"),
     ({"measure": "points", "counts": "miles"}, "ladder.counts"), ({"colour": 1}, "ladder.colour"),
     ({"tiers": [{**STEPS[0], "life": {"weeks": 1}}]}, "ladder.tiers.0.life.weeks"),
     ({"tiers": [STEPS[0], {**STEPS[1], "threshold": 50_000}]}, "ladder.tiers.1.threshold")],
)  # fmt: skip
def test_terms_that_cannot_be_name_their_field(
    anna: UUID, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        define(**change)
    assert refused.value.field == field
