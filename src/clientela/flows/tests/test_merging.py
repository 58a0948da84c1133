"""Records become one and are parted again: what shows, what is carried, what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import profile as profiles
from clientela.flows.merge_customers import Merged, Wish, merge_customers, try_merge
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, try_parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Currency, Hold, HoldLot, Lot
from clientela.loyalty.queries import ledger as loyalty
from clientela.matching.actions.merging import (
    AlreadyMerged,
    AlreadyParted,
    NotOneKind,
    NotTheLatestMerge,
    SameCustomer,
    ValuesChangedSince,
)
from clientela.matching.queries import pairs
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase

LATER = NOW + timedelta(days=1)


def register(name: str, number: str, **more: object) -> UUID:
    details = Details(name=name, source="crm", external_id=number, **more)  # type: ignore[arg-type]
    return register_customer(details, actor=SYSTEM, now=NOW)[0]


def bought(reference: str, minor: int, customer: str) -> Bought:
    return Bought("till", reference, Reference("external", customer, "crm"), NOW, minor, "EUR")


def buy(reference: str, minor: int, customer: str) -> UUID:
    [done] = record_purchases([bought(reference, minor, customer)], actor=SYSTEM, now=NOW)
    assert done.id is not None
    return done.id


def merge(survivor: UUID, *others: UUID, **more: object) -> Merged:
    wish = Wish(survivor, others, **more)  # type: ignore[arg-type]
    return merge_customers(wish, actor=SYSTEM, now=LATER)


def part(done: Merged, **more: object) -> None:
    unmerge_customers(Parting(done.merge.id, **more), actor=SYSTEM, now=LATER)  # type: ignore[arg-type]


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


def shown(customer: UUID) -> dict[str, object]:
    seen = profiles.of_customer(customer, actor=SYSTEM, now=LATER, language="en", channel="api")
    blocks: dict[str, object] = json.loads(seen.json)
    return blocks


def available(customer: UUID) -> int:
    points = shown(customer)["points"]
    assert isinstance(points, list)
    return sum(one["available"] for one in points)


@pytest.fixture
def two(anna: UUID) -> tuple[UUID, UUID]:
    """Anna, and Anna once more with another phone, an e-mail and a country; both bought."""
    other = register(
        "Anna Kalnina", "4712", phones=["2999 8888"], emails=["anna.k@example.com"], country="LV"
    )
    buy("R-1", 1999, "4711")
    buy("R-2", 5050, "4712")
    return anna, other


@promise("CUS-33")
def test_what_both_had_shows_on_the_survivor_at_once(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    done = merge(anna, other, reason="one person")
    assert done.state == "new"
    profile = shown(other)
    customer = profile["customer"]
    assert isinstance(customer, dict)
    assert customer["name"] == "Anna Kalniņa"
    assert customer["country"] == "LV"
    identities = profile["identities"]
    assert isinstance(identities, list)
    assert {one["value"] for one in identities} == {
        "+37126123456", "+37129998888", "anna@example.com", "anna.k@example.com",
    }  # fmt: skip
    assert sum(one["primary"] for one in identities) == 2
    assert len(profile["purchases"]["latest"]) == 2  # type: ignore[index]
    assert available(anna) == available(other) == 69
    assert wrong() == []


def test_a_merge_moves_no_row(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    before = set(customers.identities_of([other]))
    merge(anna, other)
    assert set(customers.identities_of([other])) == before
    assert Customer.objects.get(id=other).display_name == "Anna Kalnina"


@promise("CUS-34")
def test_parted_records_have_their_own_values_rows_and_points_again(
    two: tuple[UUID, UUID],
) -> None:
    anna, other = two
    before = [comparable(shown(id)) for id in two]
    part(merge(anna, other))
    assert [comparable(shown(id)) for id in two] == before
    assert pairs.told_apart(other, anna)
    assert wrong() == []


def comparable(profile: dict[str, object]) -> dict[str, object]:
    """Without what tells that a merge was made: the version, the log and its ledger lines."""
    customer = {**profile["customer"], "version": 0}  # type: ignore[dict-item]
    points = [{**one, "entries": []} for one in profile["points"]]  # type: ignore[attr-defined]
    return {**profile, "customer": customer, "points": points, "timeline": [], "as_of": ""}


def test_unspent_points_go_back_lot_by_lot(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    done = merge(anna, other)
    carried = Lot.objects.get(customer_id=anna, origin_lot_id__isnull=False)
    assert (carried.amount, carried.expires_at) == (50, None)
    set_aside(anna, carried, 20)
    part(done)
    assert (available(anna), available(other)) == (19, 30)
    assert wrong() == []


def set_aside(customer: UUID, lot: Lot, points: int) -> None:
    """As for an order that is not final yet."""
    Lot.objects.filter(id=lot.id).update(held=points)
    currency = Currency.objects.get()
    Account.objects.filter(customer_id=customer).update(held=points)
    hold = Hold.objects.create(customer_id=customer, currency=currency, amount=points,
                               purpose="reward", placed_at=LATER, actor="system")  # fmt: skip
    HoldLot.objects.create(customer_id=customer, account_id=lot.account_id, hold=hold,
                           lot_id=lot.id, amount=points)  # fmt: skip


def test_a_return_after_a_merge_takes_carried_points_back(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    bought_id = Purchase.objects.get(customer_id=other).id
    merge(anna, other)
    new = NewReturn("till", "RET-1", LATER, amount_minor=5050)
    return_purchase(new, purchase_id=bought_id, actor=SYSTEM, now=LATER)
    assert available(anna) == 19
    assert [one.debt for one in loyalty.accounts_of([anna, other])] == [0, 0]
    assert wrong() == []


def test_the_same_merge_again_is_known_and_changes_nothing(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    first, again = merge(anna, other), merge(anna, other)
    assert (again.state, again.merge.id) == ("known", first.merge.id)
    assert Event.objects.filter(name="customer.merged").count() == 2


def test_merges_that_cannot_be_are_refused(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    with pytest.raises(SameCustomer):
        merge(anna, anna)
    firm = register("Kalniņa SIA", "4713", profile_type="company")
    with pytest.raises(NotOneKind):
        merge(anna, firm)
    third = register("Anna K", "4714")
    merge(anna, other)
    with pytest.raises(AlreadyMerged):
        merge(other, anna)
    with pytest.raises(AlreadyMerged):
        merge(third, other)


def test_who_names_a_merged_record_merges_into_its_survivor(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    third = register("Anna K", "4714")
    merge(anna, other)
    done = merge(other, third)
    assert (done.merged_from, done.merge.customer_id) == (other, anna)
    assert customers.family_of(third)[0] == anna


def test_chains_are_flat_and_taken_back_newest_first(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    third = register("Anna K", "4714")
    first = merge(anna, other)
    second = merge(third, anna)
    assert customers.family_of(other)[0] == customers.family_of(anna)[0] == third
    assert available(third) == 69
    with pytest.raises(NotTheLatestMerge):
        part(first)
    part(second)
    assert (available(anna), available(third)) == (69, 0)
    assert customers.family_of(other)[0] == anna
    part(first)
    assert (available(anna), available(other)) == (19, 50)
    assert wrong() == []
    with pytest.raises(AlreadyParted):
        part(first)


def test_a_value_changed_since_is_chosen(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    done = merge(anna, other, choices={"name": str(Customer.objects.get(id=other).public_id)})
    assert Customer.objects.get(id=anna).display_name == "Anna Kalnina"
    change_customer(anna, Details(name="Anna Ozola"), version=None, actor=SYSTEM, now=LATER)
    with pytest.raises(ValuesChangedSince) as refused:
        part(done)
    assert refused.value.extra["fields"] == ["name"]
    seen = try_parting(done.merge.id, actor=SYSTEM)
    assert [(one.field, one.before, one.now) for one in seen.changed] == [
        ("name", "Anna Kalniņa", "Anna Ozola")
    ]
    part(done, chosen={"name": "keep"})
    assert Customer.objects.get(id=anna).display_name == "Anna Ozola"
    assert Customer.objects.get(id=anna).country == ""


def test_rows_written_since_stay_with_the_survivor_and_are_listed(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    done = merge_customers(Wish(anna, (other,)), actor=SYSTEM, now=NOW)
    record_purchases([bought("R-3", 300, "4712")], actor=SYSTEM, now=LATER)
    seen = try_parting(done.merge.id, actor=SYSTEM)
    assert "purchase.recorded" in {name for _, name, _ in seen.since}
    part(done)
    assert available(anna) == 22


def test_a_trial_writes_nothing(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    found = try_merge(Wish(anna, (other,), {"name": "longest"}), actor=SYSTEM)
    taken = {one.field: one.value for one in found.plan.taken}
    assert taken["country"] == "LV"
    assert found.comes["purchases"] == 1
    assert {value for _, value, _ in found.identities} >= {"anna.k@example.com"}
    assert Customer.objects.filter(merged_into=None).count() == 2
    assert not Event.objects.filter(name="customer.merged").exists()


@promise("CUS-35")
def test_old_ids_external_ids_and_late_data_lead_to_the_survivor(two: tuple[UUID, UUID]) -> None:
    anna, other = two
    merge(anna, other)
    [late] = record_purchases([bought("R-9", 900, "4712")], actor=SYSTEM, now=LATER)
    assert (late.customer_id, late.merged_from) == (anna, other)
    by_id = Reference("id", str(other))
    assert customers.the_one(by_id).survivor == anna
    assert customers.survivors_by("phone", "+37129998888") == [anna]
