"""Another system sends files: uploaded, described, tried, run, accounted for, undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.customers.models import Customer
from clientela.flows import jobs
from clientela.imports.models import Batch
from clientela.platform.home import Home
from clientela.platform.promises import promise

CUSTOMERS = "nr;who;phone\n4711;Anna Kalniņa;26123456\n4712;Jānis;112\n"
MAPPING = """kind = "customers"
source = "crm"
[columns]
customer = "nr"
name = "who"
phone = "phone"
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


def upload(api: Caller, content: bytes, **said: str) -> Any:
    path = f"/api/v1/imports?{urlencode({'kind': 'customers', 'file_name': 'c.csv', **said})}"
    return api.client.post(
        path, content, "text/csv", headers={"Authorization": f"Bearer {api.secret}"}
    )


def put(api: Caller, path: str, body: Any) -> Any:
    return api._send("put", path, body, {})


def worked(step: Any, batch: str) -> None:
    step(batch=str(Batch.objects.get(id=batch.removeprefix("imp_")).id), actor="system")


@promise("CUS-23")
def test_a_file_is_uploaded_described_tried_run_and_undone(api: Caller) -> None:
    uploaded = upload(api, CUSTOMERS.encode()).json()
    id = uploaded["id"]
    assert (uploaded["state"], uploaded["columns"]) == ("uploaded", ["nr", "who", "phone"])
    guessed = api.get(f"/imports/{id}/mapping").json()
    assert 'phone = "phone"' in guessed["text"]
    assert guessed["unmapped"] == []
    seen = api.get(f"/imports/{id}/preview").json()
    assert seen["missing"] == ["customer"]

    described = put(api, f"/imports/{id}/mapping", {"text": MAPPING, "save_as": "crm-list"})
    assert described.status_code == 200, described.json()
    [first, second] = api.get(f"/imports/{id}/preview").json()["rows"]
    assert first["values"]["phone"] == "+37126123456"
    assert second["faults"][0]["column"] == "phone"

    api.post(f"/imports/{id}/trial", {})
    worked(jobs.check_import, id)
    tried = api.get(f"/imports/{id}").json()
    assert (tried["state"], tried["trial"]["new"], tried["trial"]["rejected"]) == ("checked", 1, 1)
    assert not Customer.objects.exists()
    [reject] = api.get(f"/imports/{id}/rejects").json()["items"]
    assert (reject["row"], reject["column"], reject["code"]) == (3, "phone", "bad-phone")

    api.post(f"/imports/{id}/run", {})
    worked(jobs.run_import, id)
    assert api.get(f"/imports/{id}").json()["result"]["new"] == 1
    assert put(api, f"/imports/{id}/mapping", {"text": MAPPING}).json()["code"] == "already-run"
    api.post(f"/imports/{id}/undo", {})
    worked(jobs.undo_import, id)
    undone = api.get(f"/imports/{id}").json()
    assert (undone["state"], undone["undo"]["removed"]) == ("undone", 1)
    assert api.post(f"/imports/{id}/undo", {}).json()["state"] == "undone"
    assert api.post(f"/imports/{id}/run", {}).json()["state"] == "undone"
    assert not Customer.objects.exists()


@promise("CUS-23")
def test_the_next_file_with_these_columns_finds_its_mapping_by_itself(api: Caller) -> None:
    first = upload(api, CUSTOMERS.encode()).json()["id"]
    put(api, f"/imports/{first}/mapping", {"text": MAPPING, "save_as": "crm-list"})
    later = upload(api, b"who,phone,nr\nZane,,4713\n").json()["id"]
    api.post(f"/imports/{later}/run", {})
    worked(jobs.run_import, later)
    found = api.get(f"/imports/{later}").json()
    assert (found["source"], found["result"]["new"]) == ("crm", 1)
    assert [one["name"] for one in api.get("/mappings").json()] == ["crm-list"]


def test_an_upload_that_cannot_be_used_is_refused_with_its_reason(
    api: Caller, caller_with: MakeCaller
) -> None:
    assert upload(api, b"%PDF-1.7").json()["code"] == "unreadable-file"
    assert upload(api, b"a,b\n1,2\n", kind="colours").json()["field"] == "kind"
    assert upload(api, b"a,b\n1,2\n", mapping="none").json()["code"] == "no-such-mapping"
    assert upload(caller_with("customers.view"), b"a\n1\n").status_code == 403
    assert api.get("/imports/imp_1").status_code == 404
    missing = upload(api, b"a,b\n1,2\n").json()["id"]
    assert api.post(f"/imports/{missing}/run", {}).json()["code"] == "missing-column"
    assert not Customer.objects.exists()


def test_mappings_are_saved_listed_and_dropped(api: Caller) -> None:
    body = {"kind": "customers", "text": MAPPING}
    assert put(api, "/mappings/crm-list", body).json()["name"] == "crm-list"
    assert put(api, "/mappings/crm-list", {**body, "text": "x ="}).json()["code"] == "wrong-mapping"
    dropped = api.client.delete(
        "/api/v1/mappings/crm-list", headers={"Authorization": f"Bearer {api.secret}"}
    )
    assert dropped.status_code == 200
    assert api.get("/mappings").json() == []
