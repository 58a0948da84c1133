"""Notes, tasks, tags and files through the API."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.flows import keep_files
from clientela.notes.models import File
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.promises import promise
from clientela.staff import actions as staff

PNG = (
    b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 4, 4) + b"\x08\x02\0\0\0" + b"\0" * 8
)


@pytest.fixture(autouse=True)
def own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = Home(tmp_path)


@pytest.fixture
def liga(api: Caller) -> str:
    with transactions.open():
        person = staff.create_person(
            email="liga@mezrozes.example", name="Līga Ozola", roles=["agent"], now=datetime.now(UTC)
        )
    return person.public_id


@promise("CUS-50")
def test_a_note_names_a_colleague_and_hides_card_numbers(
    api: Caller, anna: dict[str, Any], liga: str
) -> None:
    path = f"/customers/{anna['id']}/notes"
    words = "@Liga ozola: pays by 4111 1111 1111 1111.\nWants a call; mail a@b.example"
    note = api.post(path, {"words": words}).json()
    assert note["mentioned"] == [liga]
    assert note["words"].startswith("@Liga ozola: pays by •••• 1111.\nWants")
    for number in range(3):
        api.post(path, {"words": f"Note {number}"})
    first = api.get(f"{path}?limit=3").json()
    assert [one["words"] for one in first["items"]] == ["Note 2", "Note 1", "Note 0"]
    second = api.get(f"{path}?limit=3&after={first['next']}").json()
    assert [one["id"] for one in second["items"]] == [note["id"]]
    assert api.client.delete(
        f"/api/v1{path}/{note['id']}", headers={"Authorization": f"Bearer {api.secret}"}
    ).json() == {"removed": True}
    assert len(api.get(path).json()["items"]) == 3
    profile = api.get(f"/customers/{anna['id']}/profile").json()
    assert len(profile["notes"]["latest"]) == 3
    assert "A note was removed" in [line["text"] for line in profile["timeline"]]


@promise("CUS-50")
def test_a_task_has_a_day_and_an_owner_until_it_is_done(
    api: Caller, anna: dict[str, Any], liga: str
) -> None:
    path = f"/customers/{anna['id']}/tasks"
    task = api.post(path, {"words": "Call back", "due_on": "2026-11-27", "owner": liga}).json()
    sooner = api.post(path, {"words": "Send papers", "due_on": "2026-11-25"}).json()
    assert [one["words"] for one in api.get("/tasks").json()["items"]] == [
        "Send papers",
        "Call back",
    ]
    [own] = api.get(f"/tasks?owner={liga}").json()["items"]
    assert own["id"] == task["id"]
    later = api.get(f"/tasks?limit=1&after={sooner['id']}").json()["items"]
    assert [one["id"] for one in later] == [task["id"]]
    changed = api.patch(f"/tasks/{task['id']}", {"due_on": "2026-11-24"}).json()
    assert (changed["due_on"], changed["words"]) == ("2026-11-24", "Call back")
    done = api.post(f"/tasks/{task['id']}/completion", {}).json()
    assert done["done_at"] is not None
    assert api.patch(f"/tasks/{task['id']}", {"words": "x"}).json()["code"] == "task-done"
    assert api.post(f"/tasks/{task['id']}/reopening", {}).json()["done_at"] is None
    nobody = api.post(path, {"words": "x", "due_on": "2026-11-24", "owner": "per_" + "0" * 32})
    assert (nobody.status_code, nobody.json()["field"]) == (422, "owner")


@promise("CUS-50")
def test_a_tag_is_put_once_and_taken_off(api: Caller, anna: dict[str, Any]) -> None:
    path = f"/customers/{anna['id']}/tags"
    assert api.post(path, {"tag": "VIP – Gold"}).json()["items"] == [
        {"key": "vip-gold", "name": "VIP – Gold"}
    ]
    assert len(api.post(path, {"tag": "vip gold"}).json()["items"]) == 1
    assert api.get(f"/customers/{anna['id']}/profile").json()["notes"]["tags"] == ["VIP – Gold"]
    taken = api.client.delete(
        f"/api/v1{path}/vip-gold", headers={"Authorization": f"Bearer {api.secret}"}
    )
    assert taken.json()["items"] == []
    assert [tag["key"] for tag in api.get("/tags").json()["items"]] == ["vip-gold"]


def _sent(api: Caller, customer: dict[str, Any], name: str, content: bytes) -> Any:
    body = {"name": name, "content": base64.b64encode(content).decode()}
    return api.post(f"/customers/{customer['id']}/files", body)


def _zip(**entries: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return whole.getvalue()


@promise("CUS-50", "SEC-14")
def test_a_file_is_kept_by_what_it_is_and_handed_out_by_its_customer_alone(
    api: Caller, anna: dict[str, Any]
) -> None:
    added = _sent(api, anna, "../../etc/Picture.exe", PNG).json()
    assert (added["name"], added["kind"]) == ("Picture.png", "png")
    path = f"/customers/{anna['id']}/files/{added['id']}/content"
    answer = api.get(path)
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"] == "attachment"
    other = api.post("/customers", {"name": "Jānis Kalniņš"}).json()["customer"]
    assert api.get(path.replace(anna["id"], other["id"])).status_code == 404
    api.client.delete(
        f"/api/v1/customers/{anna['id']}/files/{added['id']}",
        headers={"Authorization": f"Bearer {api.secret}"},
    )
    assert api.get(path).status_code == 404


@promise("SEC-14")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "unknown-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown-kind"),
        (b"MZ\x90\0\x03", "unknown-kind"),
        (b"#!/bin/sh\nrm -rf /", "unknown-kind"),
        (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 9000, 9000), "too-many-pixels"),
        (b"\xff\xd8\xff\xe0", "broken"),
        (_zip(**{"[Content_Types]_xml": b"", "word__document_xml": b"0" * 5_000_000}), "bomb"),
        (_zip(something=b"else"), "unknown-kind"),
        (_zip(**{"[Content_Types]_xml": b"", "word__document_xml": b"x",
                 "word__vbaProject.bin": b"x"}), "unknown-kind"),
    ],
)  # fmt: skip
def test_what_is_no_file_we_keep_is_refused_whatever_it_is_called(
    api: Caller, anna: dict[str, Any], content: bytes, reason: str, tmp_path: Any
) -> None:
    refused = _sent(api, anna, "invoice.pdf", content)
    assert (refused.status_code, refused.json()["code"]) == (422, "file-refused")
    assert refused.json()["reason"] == reason
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_usual_files_are_kept(api: Caller, anna: dict[str, Any]) -> None:
    docx = _zip(**{"[Content_Types]_xml": b"x", "word__document_xml": b"words"})
    for name, content, kind in (
        ("Letter.docx", docx, "docx"), ("List.csv", "a;b\nč;2\n".encode(), "text"),
        ("Bill.PDF", b"%PDF-1.7 ...", "pdf"), ("Pic.gif", b"GIF89a\x04\0\x04\0", "gif"),
    ):  # fmt: skip
        added = _sent(api, anna, name, content).json()
        assert (added["kind"], added["name"].partition(".")[0]) == (kind, name.partition(".")[0])


def test_more_than_ten_megabytes_are_refused(api: Caller, anna: dict[str, Any]) -> None:
    refused = _sent(api, anna, "a.txt", b"a" * (10 * 1024 * 1024 + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "file-too-large")


def test_who_may_only_look_writes_nothing(caller_with: MakeCaller, anna: dict[str, Any]) -> None:
    reader = caller_with("customers.view", "notes.view")
    assert reader.get(f"/customers/{anna['id']}/notes").status_code == 200
    assert reader.post(f"/customers/{anna['id']}/notes", {"words": "x"}).status_code == 403
    assert (
        "notes" not in caller_with("customers.view").get(f"/customers/{anna['id']}/profile").json()
    )


def test_the_content_of_a_file_goes_with_its_row(
    api: Caller, anna: dict[str, Any], tmp_path: Any
) -> None:
    _sent(api, anna, "Picture.png", PNG)
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    later = datetime.now(UTC) + timedelta(days=1)
    assert keep_files.sweep(now=later) == 0
    File.objects.all().delete()
    assert keep_files.sweep(now=datetime.now(UTC)) == 0
    assert keep_files.sweep(now=later) == 1
    assert not path.exists()
