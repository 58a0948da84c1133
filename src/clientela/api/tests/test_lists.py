"""Lists of customers, and saved ones, as an integrator reads them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from clientela.api.tests.conftest import NOW, Caller, MakeCaller
from clientela.notes.models import Tag, Tagged
from clientela.platform import ids
from clientela.platform.promises import promise

NAMES = ["Zane Ābola", "Juan Muñoz", "Ana Núñez", "Čakste Kārlis", "Cīrulis Jānis"]


@pytest.fixture
def five(api: Caller) -> list[str]:
    """Five customers; the ages of four are known."""
    bodies = [
        {"name": name, "language": "lv" if place % 2 == 0 else "es",
         "attributes": {} if place == 4 else {"birth_date": f"{1950 + 10 * place}-06-01",
                                              "city": ["Rīga", "Cēsis"][place % 2]}}
        for place, name in enumerate(NAMES)
    ]  # fmt: skip
    return [api.post("/customers", body).json()["customer"]["id"] for body in bodies]


def names(api: Caller, query: str) -> list[str]:
    answer = api.get(f"/customers?{query}")
    assert answer.status_code == 200, answer.json()
    return [item["name"] for item in answer.json()["items"]]


def filtered(*parts: dict[str, Any]) -> str:
    return "filter=" + quote(json.dumps({"all": list(parts)}))


@promise("CUS-48")
def test_a_list_is_filtered_sorted_and_paged_by_key(api: Caller, five: list[str]) -> None:
    born = filtered({"fact": "customer.birth_date", "op": "ge", "value": "1955-01-01"})
    assert names(api, f"{born}&sort=customer.name") == [
        "Ana Núñez", "Čakste Kārlis", "Juan Muñoz"]  # fmt: skip
    assert names(api, "sort=-customer.birth_date") == [
        "Čakste Kārlis", "Ana Núñez", "Juan Muñoz", "Zane Ābola", "Cīrulis Jānis"]  # fmt: skip
    for sort in ("customer.name", "-customer.name", "customer.birth_date", "-customer.age",
                 "customer.last_activity", "-customer.number"):  # fmt: skip
        whole, after, pages = names(api, f"sort={sort}"), "start", list[str]()
        while after:
            start = "" if after == "start" else f"&after={after}"
            page = api.get(f"/customers?sort={sort}&limit=2{start}").json()
            pages += [item["name"] for item in page["items"]]
            after = page["next"]
        assert pages == whole, sort
        assert sorted(pages) == sorted(NAMES)


def test_a_list_answers_the_fields_it_was_asked_for(api: Caller, five: list[str]) -> None:
    fields = "customer.city,customer.age,holdings.count,customer.phone"
    asked = filtered({"fact": "customer.name", "op": "contains", "value": "munoz"})
    (item,) = api.get(f"/customers?{asked}&fields={fields}").json()["items"]
    assert item["id"] == five[1]
    assert item["values"]["customer.city"] == "Cēsis"
    assert item["values"]["holdings.count"] == 0
    assert "customer.phone" not in item["values"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ('filter={"fact":"customer.shoe","op":"eq","value":1}', 422, "bad-condition"),
        ("filter=nonsense", 422, "bad-view"),
        ("sort=customer.shoe", 422, "bad-condition"),
        ("sort=holdings.kinds", 422, "bad-view"),
        ("kind=martian", 422, "bad-view"),
        ("after=!!", 422, "bad-view"),
        ("view=lst_" + "0" * 32, 404, "no-such-view"),
        ("limit=500", 422, "invalid-input"),
    ],
)
def test_what_cannot_be_listed_is_refused_by_name(
    api: Caller, query: str, status: int, code: str
) -> None:
    answer = api.get(f"/customers?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_a_key_may_not_see_it_may_not_filter_sort_or_count_by(
    caller_with: MakeCaller, five: list[str]
) -> None:
    some = caller_with("customers.view")
    points = filtered({"fact": "points.available", "op": "ge", "value": 1})
    for query in (points, "sort=points.available", "fields=points.available"):
        answer = some.get(f"/customers?{query}")
        assert (answer.status_code, answer.json()["code"]) == (403, "field-not-visible"), query
    answer = some.get("/customer-groups?by=points.tiers")
    assert (answer.status_code, answer.json()["code"]) == (403, "field-not-visible")


def test_a_filter_that_would_take_long_is_refused_with_advice(
    api: Caller, five: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from clientela.flows.lists import reading

    monkeypatch.setitem(
        reading.ORDERS, "customer.number", ("(SELECT pg_sleep(3)::text || customer.number)", "text")
    )
    monkeypatch.setattr(reading, "WAIT_MS", 50)
    asked = filtered({"fact": "customer.city", "op": "eq", "value": "riga"})
    answer = api.get(f"/customers?{asked}&sort=customer.number")
    assert (answer.status_code, answer.json()["code"]) == (422, "filter-too-wide")
    assert answer.json()["fields"] == ["city"]
    assert "filterable" in answer.json()["detail"]
    assert api.get("/customers").status_code == 200


def test_groups_are_counted_the_most_first(api: Caller, five: list[str]) -> None:
    items = api.get("/customer-groups?by=customer.language").json()["items"]
    assert items == [{"value": "lv", "count": 3}, {"value": "es", "count": 2}]
    items = api.get("/customer-groups?by=customer.city").json()["items"]
    assert {item["value"]: item["count"] for item in items} == {"Rīga": 2, "Cēsis": 2, None: 1}


def test_a_saved_list_is_read_by_its_id_and_seen_by_whom_it_is_for(
    api: Caller, five: list[str], caller_with: MakeCaller
) -> None:
    state = {"filter": {"fact": "customer.language", "op": "eq", "value": "es"},
             "sort": "customer.name", "columns": ["customer.city"]}  # fmt: skip
    made = api.post("/views", {"name": "Spanish", "state": state}).json()
    assert names(api, f"view={made['id']}") == ["Ana Núñez", "Čakste Kārlis", "Juan Muñoz"][1:]
    assert names(api, f"view={made['id']}&sort=-customer.name") == ["Juan Muñoz", "Čakste Kārlis"]
    other = caller_with("customers.view")
    assert other.get(f"/customers?view={made['id']}").json()["code"] == "no-such-view"
    assert other.post("/views", {"name": "x", "sharing": "everyone"}).status_code == 403
    body = {"name": "Spanish", "state": state, "sharing": "everyone", "default_for": "manager"}
    assert api.patch(f"/views/{made['id']}", body).json()["default_for"] == "manager"
    assert names(other, f"view={made['id']}") == ["Čakste Kārlis", "Juan Muñoz"]
    assert [one["name"] for one in other.get("/views").json()["items"]] == ["Spanish"]
    twice = api.post("/views", {"name": "Spanish"})
    assert (twice.status_code, twice.json()["code"]) == (409, "view-name-taken")
    taken = api.post("/views", {**body, "name": "Other"})
    assert (taken.status_code, taken.json()["code"]) == (409, "role-has-default")
    assert other.post(f"/views/{made['id']}/removal", {}).status_code == 403
    api.post(f"/views/{made['id']}/removal", {})
    assert api.get(f"/views/{made['id']}").status_code == 404


def test_a_hidden_field_is_not_filtered_sorted_shown_or_counted_by(
    api: Caller, five: list[str], caller_with: MakeCaller
) -> None:
    some = caller_with("customers.view", "customers.see:contact")
    born = filtered({"fact": "customer.birth_date", "op": "is_set"})
    old = filtered({"any": [{"fact": "customer.age", "op": "ge", "value": 50}]})
    compared = filtered({"fact": "customer.since", "op": "eq",
                         "value": {"fact": "customer.birth_date"}})  # fmt: skip
    for query in (born, old, compared, "sort=customer.birth_date", "fields=customer.age"):
        answer = some.get(f"/customers?{query}")
        assert (answer.status_code, answer.json()["code"]) == (403, "field-not-visible"), query
    assert some.get("/customer-groups?by=customer.sex").status_code == 403
    assert some.get("/customers?fields=customer.city").status_code == 200


def test_customers_are_listed_by_their_tags(api: Caller, five: list[str]) -> None:
    tag = Tag.objects.create(key="vip", name="VIP")
    Tagged.objects.create(id=ids.uuid7(), customer_id=ids.parse("cus", five[1]), tag=tag,
                          tagged_by="system", tagged_at=NOW)  # fmt: skip
    asked = filtered({"fact": "notes.tags", "op": "has_any", "value": ["VIP"]})
    assert names(api, asked) == ["Juan Muñoz"]
    assert len(names(api, filtered({"fact": "notes.tags", "op": "is_not_set"}))) == 4
