"""One field changed for everybody in a list, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.api.tests.conftest import NOW, Caller, MakeCaller
from clientela.customers.models import FieldChange
from clientela.flows.lists import bulk
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise


@pytest.fixture
def town(api: Caller) -> dict[str, str]:
    """Four people, two of them in Rīga."""
    cities = {"Anna": "Rīga", "Juan": "Madrid", "Zane": "Rīga", "Ilze": None}
    return {
        name: api.post("/customers", {"name": name, "attributes": {"city": city} if city else {}})
        .json()["customer"]["id"]
        for name, city in cities.items()
    }  # fmt: skip


def city(api: Caller, id: str) -> Any:
    return api.get(f"/customers/{id}").json()["attributes"].get("city")


def asked(api: Caller, **more: Any) -> Any:
    listed = {"kind": "person", "filter": {"fact": "customer.city", "op": "eq", "value": "riga"}}
    return api.post("/bulk-changes", {"field": "city", "list": listed, **more})


def id_of(change: dict[str, Any]) -> UUID:
    return ids.parse("chg", change["id"])


@promise("CUS-49")
def test_a_field_is_looked_at_changed_for_a_list_and_taken_back(
    api: Caller, town: dict[str, str]
) -> None:
    change = asked(api, value="Jūrmala").json()
    assert (change["state"], change["counts"]) == ("checking", {})
    api.patch(f"/customers/{town['Zane']}", {"attributes": {"city": "Jūrmala"}})
    bulk.check(id_of(change), actor=SYSTEM, now=NOW)
    looked = api.get(f"/bulk-changes/{change['id']}").json()
    assert (looked["state"], looked["counts"]) == ("checked", {"ready": 1, "unchanged": 1})
    assert city(api, town["Anna"]) == "Rīga"
    assert api.post(f"/bulk-changes/{change['id']}/run", {}).json()["state"] == "running"
    bulk.run(id_of(change), actor=SYSTEM, now=NOW)
    done = api.get(f"/bulk-changes/{change['id']}").json()
    assert (done["state"], done["counts"]) == ("finished", {"changed": 1, "unchanged": 1})
    assert city(api, town["Anna"]) == "Jūrmala"
    assert FieldChange.objects.filter(cause=change["id"]).count() == 1
    api.post(f"/bulk-changes/{change['id']}/reversal", {})
    for _ in range(2):
        bulk.undo(id_of(change), actor=SYSTEM, now=NOW)
    assert api.get(f"/bulk-changes/{change['id']}").json()["counts"]["undone"] == 1
    assert city(api, town["Anna"]) == "Rīga"
    assert city(api, town["Zane"]) == "Jūrmala"


def test_what_somebody_touched_since_is_kept(api: Caller, town: dict[str, str]) -> None:
    change = id_of(asked(api, value=None).json())
    bulk.check(change, actor=SYSTEM, now=NOW)
    bulk.run(change, actor=SYSTEM, now=NOW)
    assert city(api, town["Anna"]) is None
    api.patch(f"/customers/{town['Zane']}", {"attributes": {"city": "Ogre"}})
    bulk.undo(change, actor=SYSTEM, now=NOW)
    counts = api.get(f"/bulk-changes/{ids.public('chg', change)}").json()["counts"]
    assert counts == {"undone": 1, "kept": 1}
    assert (city(api, town["Anna"]), city(api, town["Zane"])) == ("Rīga", "Ogre")


def test_what_cannot_be_changed_is_refused(
    api: Caller, town: dict[str, str], caller_with: MakeCaller
) -> None:
    for body, field in (
        ({"value": 3}, "value"), ({"field": "shoe", "value": 3}, "field"),
        ({"field": "city", "value": "x", "list": {}}, "kind"),
        ({"field": "language", "value": "fr"}, "value"),
    ):  # fmt: skip
        answer = asked(api, **body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body
    change = asked(api, value="x").json()
    early = api.post(f"/bulk-changes/{change['id']}/run", {})
    assert (early.status_code, early.json()["code"]) == (409, "not-checked")
    some = caller_with("customers.view", "customers.edit")
    assert asked(some, value="x").status_code == 403
    hidden = caller_with("customers.view", "customers.bulk_change", "customers.see:contact")
    sex = {"kind": "person"}
    answer = hidden.post("/bulk-changes", {"field": "sex", "value": "male", "list": sex})
    assert (answer.status_code, answer.json()["code"]) == (403, "field-not-visible")


def test_a_change_is_taken_back_within_thirty_days(api: Caller, town: dict[str, str]) -> None:
    change = id_of(asked(api, value="Ogre").json())
    bulk.check(change, actor=SYSTEM, now=NOW)
    bulk.run(change, actor=SYSTEM, now=NOW)
    with pytest.raises(bulk.UndoOver):
        bulk.undo(change, actor=SYSTEM, now=NOW + timedelta(days=31))


@promise("CUS-49", "CUS-50")
def test_a_tag_is_put_on_a_list_taken_off_and_given_back(
    api: Caller, town: dict[str, str], caller_with: MakeCaller
) -> None:
    api.post(f"/customers/{town['Zane']}/tags", {"tag": "VIP"})
    change = asked(api, field="tags.put", value="VIP").json()
    bulk.check(id_of(change), actor=SYSTEM, now=NOW)
    looked = api.get(f"/bulk-changes/{change['id']}").json()
    assert (looked["field"], looked["counts"]) == ("tags.put", {"ready": 1, "unchanged": 1})
    assert tags(api, town["Anna"]) == []
    bulk.run(id_of(change), actor=SYSTEM, now=NOW)
    assert (tags(api, town["Anna"]), tags(api, town["Zane"])) == (["VIP"], ["VIP"])
    assert tags(api, town["Juan"]) == []
    bulk.undo(id_of(change), actor=SYSTEM, now=NOW)
    assert (tags(api, town["Anna"]), tags(api, town["Zane"])) == ([], ["VIP"])

    taken = asked(api, field="tags.take", value="vip").json()
    bulk.check(id_of(taken), actor=SYSTEM, now=NOW)
    bulk.run(id_of(taken), actor=SYSTEM, now=NOW)
    assert tags(api, town["Zane"]) == []
    api.post(f"/customers/{town['Zane']}/tags", {"tag": "VIP"})
    again = bulk.undo(id_of(taken), actor=SYSTEM, now=NOW)
    assert again.counts == {"kept": 1, "unchanged": 1}
    assert asked(api, field="tags.put", value="").json()["field"] == "value"
    few = caller_with("customers.view", "customers.bulk_change")
    assert asked(few, field="tags.put", value="VIP").status_code == 403


def tags(api: Caller, id: str) -> list[str]:
    return [one["name"] for one in api.get(f"/customers/{id}/tags").json()["items"]]
