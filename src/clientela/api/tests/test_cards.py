"""Numbers of payment cards: refused in fields, hidden wherever people write, left out of files."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from clientela.api.tests.conftest import Caller
from clientela.api.tests.test_canary import ok, worked
from clientela.api.tests.test_imports import upload
from clientela.flows import jobs
from clientela.imports.models import Batch, Row
from clientela.platform import cards, sql
from clientela.platform.home import Home
from clientela.platform.promises import promise

CARD, HIDDEN = "4111 1111 1111 1111", "•••• 1111"
SAID = f"It was {CARD} 12/27, she said"


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Settings) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


@pytest.fixture
def fields(api: Caller) -> None:
    for key, more in (
        ("t", {"type": "text"}), ("n", {"type": "note"}), ("i", {"type": "integer"}),
        ("l", {"type": "link"}), ("s", {"type": "text", "serial": True}),
    ):  # fmt: skip
        body = {"profile_type": "person", "key": f"c_{key}", "labels": {"en": key}, **more}
        ok(api.post("/fields", body))


@promise("SEC-21")
@pytest.mark.usefixtures("fields")
def test_fields_refuse_them_unless_they_hold_serials(api: Caller, anna: dict[str, Any]) -> None:
    for key, value in (("c_t", CARD), ("c_t", f"Visa {CARD}"), ("c_i", 4111111111111111),
                       ("c_l", "https://x.example/4111111111111111")):  # fmt: skip
        refused = api.patch(f"/customers/{anna['id']}", {"attributes": {key: value}})
        assert refused.status_code == 422, (key, value)
        assert [it["code"] for it in refused.json()["faults"]] == ["payment-card"]
    ok(api.patch(f"/customers/{anna['id']}", {"attributes": {
        "c_s": "4111111111111111", "c_n": SAID, "c_t": "LV80 BANK 0000 4351 9500 1",
    }}))  # fmt: skip
    kept = ok(api.get(f"/customers/{anna['id']}"))["attributes"]
    assert kept["c_s"] == "4111111111111111"
    assert kept["c_n"] == f"It was {HIDDEN} 12/27, she said"
    assert kept["c_t"] == "LV80 BANK 0000 4351 9500 1"


@promise("SEC-21")
def test_names_numbers_and_addresses_refuse_them(api: Caller, anna: dict[str, Any]) -> None:
    at = f"/customers/{anna['id']}"
    place = {"city": "Rīga", "postcode": "1050", "street": f"Iela {CARD}"}
    for path, body, field in (
        ("/customers", {"name": f"Anna {CARD}"}, "name"),
        (f"{at}/identities", {"kind": "account", "value": CARD}, "value"),
        (f"{at}/addresses", place, "street"),
    ):
        refused = api.post(path, body)
        assert refused.status_code == 422, path
        assert "payment-card" in refused.content.decode(), path
        assert field in refused.content.decode(), path
        assert CARD not in refused.content.decode(), path


@promise("SEC-21")
def test_whatever_people_write_is_kept_without_them(api: Caller, anna: dict[str, Any]) -> None:
    at = f"/customers/{anna['id']}"
    issue = ok(api.post("/issues", {"customer": anna["id"], "subject": SAID, "text": SAID}))[
        "issue"
    ]
    one = f"/issues/{issue['number']}"
    answers = [
        api.get(one),
        api.post(f"{one}/messages", {"text": SAID, "channel": "email"}),
        api.post(f"{one}/messages", {"text": SAID, "audience": "internal"}),
        api.post(f"{one}/promises", {"words": SAID, "open_minutes": 30}),
        api.post(f"{one}/assignment", {"owner": None, "queue": "support", "why": SAID}),
        api.post(f"{one}/resolution", {"outcome": "solved", "cause": "other", "words": SAID}),
        api.post(f"{at}/reviews", {"finding": SAID, "next_step": SAID}),
        api.post(f"{at}/notes", {"words": SAID}),
        api.post(f"{at}/tasks", {"words": SAID, "due_on": "2026-12-01"}),
        api.post(f"{at}/needs", {"kind": "stated", "words": SAID, "competitor": SAID}),
        api.post(f"{at}/flags", {"kind": "arrears", "reason": SAID, "instruction": SAID}),
        api.post(f"{at}/restrictions", {"kind": "profiling", "reason": SAID}),
        api.post(f"{at}/privacy-requests", {"kind": "access", "words": SAID, "proof": SAID}),
        api.post(f"{at}/consents", {"decisions": [
            {"purpose": "news", "decision": "given", "source": "shop", "evidence": SAID}]}),
        api.post(f"{at}/letters", {"purpose": "news", "subject": SAID, "body": SAID}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 200, answer.content
        assert "4111" not in answer.content.decode(), answer.content
    assert holding_a_card() == []


@promise("SEC-21")
def test_a_text_that_is_sent_in_is_kept_without_them(api: Caller, anna: dict[str, Any]) -> None:
    at, content = f"/customers/{anna['id']}/files", base64.b64encode(SAID.encode()).decode()
    file = ok(api.post(at, {"name": "said.txt", "content": content}))
    kept = api.get(f"{at}/{file['id']}/content")
    assert kept.content.decode() == "It was **** **** **** 1111 12/27, she said"


@promise("SEC-21")
@pytest.mark.usefixtures("fields")
def test_rows_with_them_are_refused_and_nothing_of_them_is_kept(api: Caller) -> None:
    file = f"customer;name;text;note\n1;Anna;{CARD};x\n2;{CARD};a;b\n3;Berta;a;{SAID}\n"
    mapping = (
        'kind = "customers"\nsource = "crm"\n[columns]\ncustomer = "customer"\n'
        'name = "name"\n"attributes.c_t" = "text"\n"attributes.c_n" = "note"\n'
    )
    id = ok(upload(api, file.encode()))["id"]
    ok(api._send("put", f"/imports/{id}/mapping", {"text": mapping}, {}))
    ok(api.post(f"/imports/{id}/run", {}))
    worked(jobs.run_import, Batch, id, "batch")
    result = ok(api.get(f"/imports/{id}"))["result"]
    assert (result["new"], result["rejected"]) == (1, 2)
    assert {code for (code,) in Row.objects.values_list("code")} == {"payment-card"}
    rejects = Path(result["rejects_file"]).read_text("utf-8")
    assert "4111" not in rejects
    assert HIDDEN in rejects
    assert holding_a_card() == []


def holding_a_card() -> list[str]:
    """The tables in which the number of a card stands."""
    tables = [name for (name,) in sql.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()]  # fmt: skip
    return [
        name for name in tables
        if any("4111 1111" in str(row[0]) or cards.holds(str(row[0]))
               for row in sql.raw().execute(f'SELECT told::text FROM "{name}" AS told').fetchall())  # noqa: S608
    ]  # fmt: skip
