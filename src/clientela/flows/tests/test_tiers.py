"""Climbing a ladder, earning more on it, and coming down only at a review."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import points, review_tiers
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.loyalty.models import Posting, Standing
from clientela.loyalty.queries import reasons
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

pytestmark = pytest.mark.django_db
PROGRAMME: dict[str, Any] = {
    **POINTS, "time_zone": "Europe/Riga",
    "ladder": {
        "key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "EUR",
        "window": "rolling",
        "tiers": [
            {"key": "silver", "threshold": 50_000, "labels": {"en": "Silver", "lv": "Sudrabs"}},
            {"key": "gold", "threshold": 100_000, "factor": "1.5",
             "labels": {"en": "Gold", "es": "Oro", "lv": "Zelts"}},
        ],
    },
}  # fmt: skip


@pytest.fixture
def club(anna: UUID) -> UUID:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW - timedelta(days=400))
    return anna


def buy(minor: int, reference: str, *, at: datetime = NOW) -> tuple[UUID, int]:
    [done] = record_purchases(
        [Bought("till", reference, Reference("external", "4711", "crm"), at, minor, "EUR")],
        actor=SYSTEM, now=at,
    )  # fmt: skip
    assert done.id is not None
    return done.id, done.earned[0].points


def stands_on() -> list[str]:
    return list(Standing.objects.filter(ends_at=None).values_list("tier__key", flat=True))


def told(name: str) -> list[str]:
    return [event.data["tier"] for event in Event.objects.filter(name=name).order_by("id")]


def test_a_purchase_that_reaches_the_threshold_raises_at_once_and_the_next_earns_more(
    club: UUID,
) -> None:
    assert buy(49_999, "R-1")[1] == 499
    assert stands_on() == []
    assert buy(50_001, "R-2", at=NOW + timedelta(hours=1))[1] == 500  # by the tier before it
    assert stands_on() == ["gold"]
    assert told("tier.reached") == ["gold"]
    assert buy(1_100, "R-3", at=NOW + timedelta(hours=2))[1] == 16  # 11 and a half again, floored
    posting = Posting.objects.get(purchase_id__isnull=False, money_minor=1_100)
    base, factor = reasons.reasons(posting)
    assert (base.rule, factor.rule, factor.labels["lv"]) == ("base", "tier-gold", "Zelts × 1,5")
    assert (factor.before, factor.after) == (11, 16)
    assert [check.name for check in verify() if check.wrong] == []


@promise("LOY-37")
def test_a_merge_measures_both_records_together_and_its_undo_each_by_itself(club: UUID) -> None:
    details = Details(name="Anna Kalnina", source="crm", external_id="4712")
    other, _ = register_customer(details, actor=SYSTEM, now=NOW)
    buy(60_000, "R-1")
    bought = Bought("till", "R-2", Reference("external", "4712", "crm"), NOW, 60_000, "EUR")
    record_purchases([bought], actor=SYSTEM, now=NOW)
    assert stands_on() == ["silver", "silver"]
    later = NOW + timedelta(hours=1)
    done = merge_customers(Wish(club, (other,)), actor=SYSTEM, now=later)
    assert standing_of(club) == ["gold"]
    [shown] = points.balances_of([club, other], now=later)
    assert shown["available"] == 1_200
    unmerge_customers(Parting(done.merge.id), actor=SYSTEM, now=later + timedelta(hours=1))
    assert (standing_of(club), standing_of(other)) == (["silver"], ["silver"])
    for one in (club, other):
        [shown] = points.balances_of([one], now=later + timedelta(hours=2))
        assert shown["available"] == 600
    assert [check.name for check in verify() if check.wrong] == []


def standing_of(customer: UUID) -> list[str]:
    rows = Standing.objects.filter(customer_id=customer, ends_at=None)
    return list(rows.values_list("tier__key", flat=True))


def test_a_return_takes_back_by_the_factor_of_its_purchase(club: UUID) -> None:
    buy(100_000, "R-1")
    purchase, earned = buy(10_000, "R-2", at=NOW + timedelta(hours=1))
    define_programme(
        {**PROGRAMME, "ladder": {**PROGRAMME["ladder"], "tiers": [
            PROGRAMME["ladder"]["tiers"][0],
            {**PROGRAMME["ladder"]["tiers"][1], "factor": "3"},
        ]}},
        actor=SYSTEM, now=NOW + timedelta(hours=2),
    )  # fmt: skip
    new = NewReturn(source="till", reference="B", returned_at=NOW + timedelta(hours=3),
                    amount_minor=10_000, lines=())  # fmt: skip
    returned = return_purchase(
        new, purchase_id=purchase, actor=SYSTEM, now=NOW + timedelta(hours=3)
    )
    assert (earned, returned.taken_back[0].points) == (150, 150)


def test_a_tier_is_kept_until_its_review_and_lost_by_what_was_measured(club: UUID) -> None:
    buy(100_000, "R-1")
    [standing] = Standing.objects.all()
    assert standing.kept_until == date(2027, 11, 30)
    before = datetime(2027, 11, 30, 12, tzinfo=UTC)
    assert review_tiers.review_tiers(actor=SYSTEM, now=before) == []
    buy(60_000, "R-2", at=datetime(2027, 3, 1, 12, tzinfo=UTC))
    after = datetime(2027, 12, 4, 12, tzinfo=UTC)
    [trial] = review_tiers.review_tiers(actor=SYSTEM, now=after, is_trial=True)
    assert (trial.before, trial.after, trial.measured) == ("gold", "silver", 60_000)
    assert stands_on() == ["gold"]
    assert review_tiers.review_tiers(actor=SYSTEM, now=after) == [trial]
    assert review_tiers.review_tiers(actor=SYSTEM, now=after) == []
    assert stands_on() == ["silver"]
    assert told("tier.lost") == ["gold"]
    silver = Standing.objects.get(ends_at=None)
    assert silver.starts_at == datetime(2027, 11, 30, 22, tzinfo=UTC)  # midnight in Rīga
    assert silver.kept_until == date(2028, 11, 30)


def test_a_tier_that_is_earned_again_is_kept_on(club: UUID) -> None:
    buy(100_000, "R-1")
    buy(100_000, "R-2", at=datetime(2027, 6, 1, 12, tzinfo=UTC))
    review_tiers.review_tiers(actor=SYSTEM, now=datetime(2027, 12, 4, tzinfo=UTC))
    assert stands_on() == ["gold"]
    assert Standing.objects.get().kept_until == date(2028, 11, 30)


def test_giving_back_what_reached_a_tier_takes_it_at_once(club: UUID) -> None:
    buy(60_000, "R-1")
    purchase, _ = buy(60_000, "R-2", at=NOW + timedelta(hours=1))
    assert stands_on() == ["gold"]
    at = NOW + timedelta(hours=2)
    new = NewReturn(source="till", reference="B", returned_at=at, amount_minor=60_000, lines=())
    return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=at)
    assert stands_on() == ["silver"]


def test_the_profile_names_the_tier_and_the_way_to_the_next(club: UUID) -> None:
    buy(60_000, "R-1")
    [shown] = points.balances_of([club], now=NOW)
    assert (shown["tier"], shown["next_tier"], shown["to_next"]) == ("Sudrabs", "Zelts", 40_000)
    assert shown["standing"]["measured"] == 60_000


def test_a_ladder_raises_those_who_are_there_already(anna: UUID) -> None:
    buy(60_000, "R-1")
    done = define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    assert (done.raised, stands_on()) == (1, ["silver"])
    assert define_programme(PROGRAMME, actor=SYSTEM, now=NOW).raised == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [({"measure": "visits"}, "ladder.measure"), ({"currency": "XXX"}, "ladder.currency"),
     ({"window": "week"}, "ladder.window"),
     ({"tiers": [{"key": "x", "labels": {"en": "X"}, "threshold": 0}]},
      "ladder.tiers.0.threshold"),
     ({"tiers": [{"key": "x", "labels": {"en": "X"}, "threshold": 1, "factor": "0"}]},
      "ladder.tiers.0.factor")],
)  # fmt: skip
def test_a_ladder_that_cannot_be_names_its_field(
    anna: UUID, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        define_programme({**PROGRAMME, "ladder": {**PROGRAMME["ladder"], **change}},
                         actor=SYSTEM, now=NOW)  # fmt: skip
    assert refused.value.field == field
