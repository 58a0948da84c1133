"""A sensitive field through the doors: sealed in the database, bound to its place, found by whole
values, and everything else as with any field.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.customers import sight
from clientela.customers.models import Customer, Field, FieldKey
from clientela.flows import jobs, keep_sealed
from clientela.flows.verify import verify
from clientela.platform import ids, sealing, sql
from clientela.platform.home import Home
from clientela.platform.promises import promise

WHY = "Asked for by herself"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> Home:
    home = Home(tmp_path / "home").prepare()
    settings.HOME = home
    return home


@pytest.fixture
def passport(api: Caller) -> None:
    """A sensitive field of persons that only one may have."""
    defined(api, "passport", unique=True, sensitive=True)


def defined(api: Caller, key: str, **more: Any) -> None:
    body = {"profile_type": "person", "key": key, "type": "text", "labels": {"en": key}, **more}
    assert api.post("/fields", body).status_code == 200


def made(api: Caller, name: str, **attributes: Any) -> str:
    answer = api.post("/customers", {"name": name, "attributes": attributes})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["customer"]["id"])


def revealed(api: Caller, customer: str, key: str = "passport") -> Any:
    answer = api.post(f"/customers/{customer}/reveals", {"fields": [key], "reason": WHY})
    assert answer.status_code == 200, answer.content
    return answer.json()["attributes"].get(key)


def found(api: Caller, value: Any, key: str = "passport") -> list[str]:
    body = {"profile_type": "person", "field": key, "value": value, "reason": WHY}
    answer = api.post("/field-lookups", body)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["candidates"]]


def uuid_of(customer: str) -> UUID:
    return ids.parse("cus", customer)


def tables_with(word: str) -> list[str]:
    """Tables of the whole database in which a word stands, in any column of any row."""
    rows = sql.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    said = "SELECT count(*) FROM {} AS told WHERE to_jsonb(told)::text ILIKE '%%' || %s || '%%'"
    return sorted(
        name for (name,) in rows
        if sql.execute(said.format(f'"{name}"'), [word]).fetchone() != (0,)
    )  # fmt: skip


def wrong() -> list[str]:
    return [example for check in verify() for example in check.examples if check.wrong]


@promise("SEC-19")
def test_no_table_holds_a_value_of_a_sensitive_field(api: Caller, passport: None) -> None:
    anna = made(api, "Anna Kalniņa", passport="LV-Qz 771")
    other = made(api, "Anna Kalnina", passport="LV-Qz 772")
    assert api.patch(f"/customers/{anna}", {"attributes": {"passport": "LV-Qz 773"}}).json()[
        "changed"
    ] == ["passport"]
    merged = api.post(f"/customers/{anna}/merges", {
        "others": [other], "choices": {"passport": other},
    })  # fmt: skip
    assert merged.status_code == 200, merged.content
    assert (revealed(api, anna), tables_with("lv-qz")) == ("LV-Qz 772", [])
    undone = api.post(f"/merges/{merged.json()['merge']['id']}/reversal", {})
    assert undone.status_code == 200, undone.content
    assert (revealed(api, anna), revealed(api, other)) == ("LV-Qz 773", "LV-Qz 772")
    package = api.get(f"/customers/{anna}/access-package").content
    assert b"LV-Qz 771" in package
    assert b"LV-Qz 773" in package
    assert tables_with("lv-qz") == []
    assert wrong() == []


@promise("SEC-19")
def test_a_value_that_was_moved_does_not_open_and_says_so(api: Caller, passport: None) -> None:
    anna, ilze = made(api, "Anna", passport="A-1"), made(api, "Ilze", passport="I-1")
    sql.execute(
        "UPDATE customers_customer AS mine SET attributes = theirs.attributes"
        " FROM customers_customer AS theirs WHERE mine.id = %s AND theirs.id = %s",
        [uuid_of(ilze), uuid_of(anna)],
    )
    refused = api.post(f"/customers/{ilze}/reveals", {"fields": ["passport"], "reason": WHY})
    assert (refused.status_code, refused.json()["code"]) == (409, "seal-broken")
    assert api.get(f"/customers/{ilze}").json()["masked"] == ["passport"]
    assert wrong() == [f"{ilze}.passport seal-broken"]
    assert api.patch(f"/customers/{ilze}", {"name": "Ilze Liepa"}).status_code == 200
    assert revealed(api, anna) == "A-1"


@promise("SEC-19")
def test_it_is_found_by_its_whole_value_with_a_reason(
    api: Caller, passport: None, caller_with: MakeCaller
) -> None:
    anna = made(api, "Anna", passport="Ā-1 b")
    made(api, "Ilze", passport="Ā-1 c")
    assert found(api, " a-1  B ") == [anna]
    assert found(api, "Ā-1") == []
    accesses = api.get(f"/accesses?customer={anna}").json()["items"]
    assert [(row["fields"], row["reason"]) for row in accesses if row["fields"]] == [
        (["passport"], WHY)
    ]
    plain = caller_with("customers.view")
    body = {"profile_type": "person", "field": "passport", "value": "Ā-1 b", "reason": WHY}
    assert plain.post("/field-lookups", body).json()["code"] == "field-not-revealed"
    taken = api.post("/customers", {"name": "Anna Again", "attributes": {"passport": "A-1 B"}})
    assert taken.json()["faults"][0]["code"] == "not-unique"
    for asked in (
        f"filter={json.dumps({'fact': 'customer.passport', 'op': 'eq', 'value': 'x'})}",
        "sort=customer.passport",
    ):
        refused = api.get(f"/customers?{asked}")
        assert (refused.status_code, refused.json()["code"]) == (403, "field-not-visible")
        assert "found by a whole value" in refused.json()["detail"]


def test_customers_are_counted_by_what_is_sealed(api: Caller) -> None:
    defined(api, "born_in", type="date", sensitive=True)
    for day in range(1, 8):
        made(api, f"Customer {day}", born_in=f"1980-02-{day:02}")
    items = api.get("/customer-groups?by=customer.born_in").json()["items"]
    assert [(one["value"], one["count"]) for one in items] == [("1980-02", 7)]


@promise("SEC-19")
def test_a_field_is_marked_and_unmarked_with_all_that_is_kept_of_it(api: Caller) -> None:
    defined(api, "allergy", unique=True, searchable=True)
    anna = made(api, "Anna", allergy="Qznuts")
    api.patch(f"/customers/{anna}", {"attributes": {"allergy": "Qzmilk"}})
    assert tables_with("qzmilk") == ["customers_customer", "customers_fieldchange"]
    change = api.patch("/fields/person/allergy", {"sensitive": True, "searchable": False})
    assert change.status_code == 200, change.content
    jobs.keep_sealed()
    assert (tables_with("qzmilk"), tables_with("qznuts")) == ([], [])
    assert found(api, "qzmilk", "allergy") == [anna]
    assert revealed(api, anna, "allergy") == "Qzmilk"
    digest = FieldKey.objects.values_list("digest", flat=True).get(field__key="allergy")
    assert "." in digest
    assert wrong() == []
    back = api.patch("/fields/person/allergy", {"sensitive": False, "searchable": True})
    assert back.status_code == 200, back.content
    assert not Field.objects.get(key="allergy").sealed
    assert tables_with("qzmilk") == ["customers_customer"]
    sight.forget()
    assert api.get(f"/customers/{anna}").json()["attributes"] == {"allergy": "Qzmilk"}
    assert [one["id"] for one in api.get("/customers?search=qzmilk").json()["items"]] == [anna]


@promise("SEC-19")
def test_a_lost_key_is_told_and_nothing_is_overwritten(
    api: Caller, passport: None, own_keys: Home
) -> None:
    anna = made(api, "Anna", passport="A-1")
    path = sealing.path_of(own_keys)
    kept = path.read_text(encoding="ascii")
    path.unlink()
    address = f"/customers/{anna}/reveals"
    refused = api.post(address, {"fields": ["passport"], "reason": WHY})
    assert (refused.status_code, refused.json()["code"]) == (503, "sealing-keys-unusable")
    assert "Put it back from where you keep it" in refused.json()["detail"]
    unsealed = api.post("/customers", {"name": "Ilze", "attributes": {"passport": "I-1"}})
    assert unsealed.json()["code"] == "sealing-keys-unusable"
    assert api.get(f"/customers/{anna}").status_code == 200
    assert api.patch(f"/customers/{anna}", {"name": "Anna Kalniņa"}).status_code == 200
    other = sealing.Key(b"x" * 32)
    path.write_text(other.line, encoding="ascii")
    path.chmod(0o600)
    refused = api.post(address, {"fields": ["passport"], "reason": WHY})
    assert (refused.status_code, refused.json()["code"]) == (503, "sealing-key-missing")
    assert [(one.is_there, one.values) for one in keep_sealed.states()] == [(False, 1), (True, 0)]
    path.write_text(kept + other.line, encoding="ascii")
    assert revealed(api, anna) == "A-1"


def test_every_type_of_value_comes_back_as_it_was(api: Caller) -> None:
    values: dict[str, Any] = {
        "note": "two\nlines", "integer": 7, "decimal": 7.25, "percent": 12.5, "yes_no": False,
        "money": {"minor": 1999, "currency": "EUR"}, "date": "1980-02-01", "country": "LV",
        "link": "https://example.com/me",
    }  # fmt: skip
    for kind in values:
        defined(api, f"a_{kind}", type=kind, sensitive=True)
    anna = made(api, "Anna", **{f"a_{kind}": value for kind, value in values.items()})
    stored = Customer.objects.filter(id=uuid_of(anna)).values_list("attributes", flat=True).get()
    assert all(set(value) == {"sealed", "mark"} for value in stored.values())
    for kind, value in values.items():
        assert str(revealed(api, anna, f"a_{kind}")) == str(value)
        assert found(api, value, f"a_{kind}") == [anna]
