"""Identities, addresses, relations and consents come in from files, and an undo takes them back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clientela.customers.kin.actions import define_kinds
from clientela.customers.kin.models import Relation
from clientela.customers.kin.rules import SHIPPED
from clientela.customers.models import Customer, ExternalId, Identity, IdentityKey
from clientela.customers.places.models import Address
from clientela.events.models import Event
from clientela.flows import customer_identities, import_file, purposes, undo_import
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.privacy import queries as privacy
from clientela.privacy.models.consents import Consent, Retraction

LATER = NOW + timedelta(hours=1)
CUSTOMERS = """customer,name,phone,country,type
4711,Anna Kalniņa,26123456,LV,person
4712,Jānis Bērziņš,26123457,LV,person
4713,SIA Rasa,,LV,company
"""
IDENTITIES = """customer,kind,value,primary,shared
4711,phone,2612 9999,yes,
4711,account,LV80 BANK 0000 4351 95001,,
4712,email,Janis@Example.com,,yes
4799,email,nobody@example.com,,
4712,account,lv80bank0000435195001,,
4713,colour,blue,,
4713,card,4111 1111 1111 1111,,
"""
ADDRESSES = """customer,purpose,street,postcode,city,starts_on,ends_on
4711,home,Brīvības iela 21–7,lv1010,Rīga,2019-05-01,
4711,home,Ganību dambis 2,LV-1045,Rīga,2001-01-01,2019-04-30
4713,,Rīgas iela 3,LV-2166,Sigulda,,
4712,home,Rīgas iela 4,10,Sigulda,,
"""
RELATIONS = """customer,relation,other,may_act,starts_on,ends_on
4711,spouse,4712,no,1998-06-20,
4713,employer,4711,,2020-01-01,2024-12-31
4712,cousin,4711,,,
4712,spouse,4712,,,
"""
CONSENTS = """customer,purpose,decision,date,origin,channel
4711,news,given,2025-03-14 10:21,web form,email
4711,news,given,,web form,sms
4712,news,withdrawn,,,
4712,news,given,2024-01-01,,email
4713,surveys,given,2025-03-14,call,post
"""
FILES = {
    "identities": IDENTITIES, "addresses": ADDRESSES, "relations": RELATIONS,
    "consents": CONSENTS,
}  # fmt: skip
Import = Callable[..., Batch]


@pytest.fixture(autouse=True)
def a_laid_out_company(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    with transactions.open():
        purposes.ship(now=NOW)
        define_kinds(SHIPPED)


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def run(content: str, kind: str, mapping: str = "", at: Any = NOW, **said: Any) -> Batch:
        path = tmp_path / f"{kind}.csv"
        path.write_text(content, encoding="utf-8")
        batch = import_file.receive(
            path, kind=kind, mapping_text=mapping, source=None, actor=SYSTEM, now=at, **said
        )
        trial = import_file.check(batch.id, actor=SYSTEM, now=at).trial
        done = import_file.run(batch.id, actor=SYSTEM, now=at)
        assert {**done.result, "rejects_file": None} == trial, kind
        return done

    return run


@pytest.fixture
def everybody(imported: Import) -> None:
    assert imported(CUSTOMERS, "customers").result["new"] == 3


def counts(batch: Batch) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "overridden", "without_customer", "rejected")
    return {name: batch.result[name] for name in names if batch.result[name]}


def refusals(batch: Batch) -> list[tuple[str, str, str]]:
    path = Path(queries.told(batch)["rejects_file"])
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["row"], row["column"], row["code"]) for row in csv.DictReader(file)]


def everything() -> dict[str, list[Any]]:
    models = (Identity, IdentityKey, ExternalId, Address, Relation)
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=repr) for model in models
    }


def everybody_there() -> list[UUID]:
    return list(Customer.objects.values_list("id", flat=True))


def customer(name: str) -> Customer:
    return Customer.objects.get(display_name__startswith=name)


def test_further_identities_come_in_and_what_cannot_be_is_refused(
    imported: Import, everybody: None
) -> None:
    batch = imported(IDENTITIES, "identities")
    assert counts(batch) == {"new": 3, "without_customer": 1, "rejected": 3}
    assert refusals(batch) == [
        ("5", "customer", "unknown-customer"), ("6", "value", "identity-taken"),
        ("7", "kind", "unknown-kind"), ("8", "value", "bad-identity"),
    ]  # fmt: skip
    anna = customer("Anna").id
    phones = Identity.objects.filter(customer_id=anna, kind="phone").order_by("id")
    assert [(one.value_norm, one.primary_since is not None) for one in phones] == [
        ("+37126123456", False), ("+37126129999", True),
    ]  # fmt: skip
    assert Identity.objects.get(kind="email").shared
    again = imported(IDENTITIES, "identities")
    assert counts(again) == {"unchanged": 3, "without_customer": 1, "rejected": 3}


def test_addresses_come_in_with_their_purpose_and_period(imported: Import, everybody: None) -> None:
    batch = imported(ADDRESSES, "addresses")
    assert counts(batch) == {"new": 3, "rejected": 1}
    assert refusals(batch) == [("5", "postcode", "not-a-postcode")]
    anna, rasa = customer("Anna").id, customer("SIA").id
    present = Address.objects.get(customer_id=anna, ends_on=None)
    assert (present.postcode, present.country) == ("LV-1010", "LV")
    assert Address.objects.get(customer_id=rasa).purpose == "seat"
    moved = "customer,purpose,street,postcode,city\n4711,home,Dzirnavu iela 1,LV-1010,Rīga\n"
    again = imported(moved, "addresses", 'same_purpose = "replace"\n', at=LATER)
    assert counts(again) == {"new": 1}
    present.refresh_from_db()
    assert present.ends_on == date(2026, 11, 20)
    assert counts(imported(moved, "addresses", 'same_purpose = "replace"\n', at=LATER)) == {
        "unchanged": 1
    }


def test_relations_come_in_from_either_side_and_end(imported: Import, everybody: None) -> None:
    batch = imported(RELATIONS, "relations")
    assert counts(batch) == {"new": 2, "rejected": 2}
    assert refusals(batch) == [
        ("4", "relation", "unknown-relation"), ("5", "other", "related-to-itself"),
    ]  # fmt: skip
    turned = "customer,relation,other,may_act,ends_on\n4712,spouse,4711,yes,\n"
    assert counts(imported(turned, "relations")) == {"changed": 1}
    spouses = Relation.objects.get(kind="spouse")
    assert (spouses.may_act, spouses.other_may_act) == (False, True)
    over = turned.replace("yes,", "yes,2026-01-31")
    assert counts(imported(over, "relations")) == {"changed": 1}
    assert counts(imported(over, "relations")) == {"unchanged": 1}


def test_nobody_is_said_to_have_agreed_without_a_time_and_an_origin(
    imported: Import, everybody: None
) -> None:
    batch = imported(CONSENTS, "consents")
    assert counts(batch) == {"new": 2, "rejected": 3}
    assert refusals(batch) == [
        ("3", "date", "missing-value"), ("5", "origin", "missing-value"),
        ("6", "channel", "channel-not-used"),
    ]  # fmt: skip
    [given] = Consent.objects.filter(verdict="given")
    assert (given.source, given.channel, given.request) == ("web form", "email", batch.public_id)
    assert counts(imported(CONSENTS, "consents")) == {"unchanged": 2, "rejected": 3}


def test_older_evidence_never_overrides_a_newer_decision(imported: Import, everybody: None) -> None:
    head = "customer,purpose,decision,date,origin\n"
    newer = head + "4711,news,withdrawn,2026-05-01,call\n"
    older = head + "4711,news,given,2025-05-01,web form\n"
    for text in (newer, older, newer):
        imported(text, "consents")
    family = [customer("Anna").id]
    stands = [one.answer.is_allowed for one in privacy.state_of(family) if one.channel == "email"]
    assert stands == [False, False]


@pytest.mark.parametrize("kind", list(FILES))
def test_import_and_undo_is_as_before(imported: Import, everybody: None, kind: str) -> None:
    before, standing = everything(), list(privacy.standing(everybody_there()))
    batch = imported(FILES[kind], kind)
    assert everything() != before or kind == "consents"
    undone = undo_import.undo(batch.id, actor=SYSTEM, now=LATER).undo
    assert undone["kept"] == 0
    assert undone["removed"] == batch.result["new"]
    assert everything() == before
    assert list(privacy.standing(everybody_there())) == standing == []
    assert undo_import.undo(batch.id, actor=SYSTEM, now=LATER).undo == undone
    assert not any(check.wrong for check in verify())
    assert Event.objects.filter(name="import.undone").count() == 1
    assert imported(FILES[kind], kind, at=LATER).result["new"] == batch.result["new"]


def test_an_undone_consent_lets_its_customer_be_undone_too(imported: Import) -> None:
    people = imported(CUSTOMERS, "customers")
    agreed = imported(CONSENTS, "consents")
    undo_import.undo(agreed.id, actor=SYSTEM, now=LATER)
    assert Retraction.objects.count() == 2
    assert undo_import.undo(people.id, actor=SYSTEM, now=LATER).undo["removed"] == 3


def test_what_was_changed_since_stays_and_is_named(imported: Import, everybody: None) -> None:
    batch = imported(ADDRESSES, "addresses")
    row = Address.objects.get(ends_on=None, customer_id=customer("Anna").id)
    Address.objects.filter(id=row.id).update(street="Brīvības iela 23")
    undone = undo_import.undo(batch.id, actor=SYSTEM, now=LATER)
    assert (undone.undo["removed"], undone.undo["kept"]) == (2, 1)
    assert [one.record for one in queries.kept_of(batch.id)] == [row.public_id]


def test_changed_values_go_back(imported: Import, everybody: None) -> None:
    imported(ADDRESSES, "addresses")
    imported(RELATIONS, "relations")
    imported(IDENTITIES, "identities")
    before = everything()
    changed = [
        imported("customer,street,postcode,city,starts_on,ends_on\n"
                 "4711,Brīvības iela 21–7,LV-1010,Rīga,,2026-01-31\n", "addresses"),
        imported("customer,relation,other,other_may_act\n4711,spouse,4712,yes\n", "relations"),
        imported("customer,kind,value,primary,bouncing\n4711,phone,26123456,yes,yes\n",
                 "identities"),
    ]  # fmt: skip
    assert [counts(batch) for batch in changed] == 3 * [{"changed": 1}]
    for batch in reversed(changed):
        undone = undo_import.undo(batch.id, actor=SYSTEM, now=NOW).undo
        assert (undone["kept"], undone["restored"] > 0) == (0, True)
    assert everything() == before


def test_what_a_person_ended_stays_ended(imported: Import, everybody: None) -> None:
    imported(IDENTITIES, "identities")
    anna = customer("Anna").id
    phone = Identity.objects.get(kind="phone", customer_id=anna, value_norm="+37126129999")
    customer_identities.end(anna, phone.id, actor=SYSTEM, now=LATER)
    assert imported(IDENTITIES, "identities").result["new"] == 0
    later = imported(IDENTITIES, "identities", data_of=LATER + timedelta(hours=1), at=LATER)
    assert later.result["new"] == 1


def test_rows_of_a_merged_customer_are_the_survivors(imported: Import, everybody: None) -> None:
    anna, janis = customer("Anna").id, customer("Jānis").id
    merge_customers(Wish(anna, (janis,)), actor=SYSTEM, now=NOW)
    imported("customer,street,postcode,city\n4712,Rīgas iela 1,LV-1010,Rīga\n", "addresses")
    assert Address.objects.get().customer_id == anna
    batch = imported("customer,relation,other\n4712,spouse,4711\n", "relations")
    assert refusals(batch) == [("2", "other", "same-customer")]
    own = f"customer,kind,value\ncus_{janis.hex},login,anna\n"
    imported(own, "identities")
    assert Identity.objects.get(kind="login").customer_id == anna
