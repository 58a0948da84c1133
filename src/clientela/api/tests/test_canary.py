"""A customer made of unmistakable values goes through everything there is, and is erased: not one
of these values is left in any table, file, job or log.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DataError, connection, transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from clientela.api.tests.conftest import NOW, Caller, MakeCaller, a_purchase
from clientela.api.tests.test_retention import an_offer
from clientela.api.tests.test_rewards import CASH, COUPON, TRAVEL
from clientela.api.tests.test_warranty import CARE_PLUS, MAKER
from clientela.calls.actions import lines
from clientela.exports.models import Export
from clientela.flows import jobs
from clientela.flows.verify import verify
from clientela.imports.models import Batch
from clientela.loyalty.models import Entry
from clientela.platform import ids, sql, transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy import queries as privacy
from clientela.retention import queries as retention
from clientela.staff import actions as staff
from clientela.staff import company

STEM = "qzcan"
DIGITS = (
    "29777713",
    "29777714",
    "29777715",
    "777713-77713",
    "77771300071",
    "LV80BANK0000435195001",
)
FOUND = re.compile(rf"{STEM}\w*|{'|'.join(DIGITS)}", re.IGNORECASE)
EMAIL, OLD_EMAIL = f"{STEM}-mail@example.com", f"{STEM}-old@example.com"
FIELDS: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "searchable": True, "filterable": True},
    "number": {"type": "text", "unique": True},
    "note": {"type": "note"},
    "secret": {"type": "text", "sensitive": True},
    "count": {"type": "integer", "filterable": True},
    "decimal": {"type": "decimal"},
    "money": {"type": "money", "currencies": ["EUR"]},
    "percent": {"type": "percent"},
    "yes": {"type": "yes_no"},
    "day": {"type": "date"},
    "instant": {"type": "instant"},
    "choice": {"type": "choice", "choices": [{"code": "gold"}, {"code": "basic"}]},
    "choices": {"type": "choices", "choices": [{"code": "a"}, {"code": "b"}]},
    "land": {"type": "country"},
    "link": {"type": "link"},
    "friend": {"type": "customer"},
}
VALUES: dict[str, Any] = {
    "text": "Qzcan-text", "number": "77771300071", "note": "Qzcan-field note",
    "secret": "Qzcansecret",
    "count": 777130007, "decimal": "7.7713", "money": {"minor": 777131, "currency": "EUR"},
    "percent": "7.71", "yes": True, "day": "1977-07-13", "instant": "2020-07-13T07:13:00+00:00",
    "choice": "gold", "choices": ["a", "b"], "land": "EE", "link": "https://qzcan.example/me",
}  # fmt: skip
IMPORTED = f"""nr;who;phone;email
{STEM}-77;Qzcanna Qzcanson;29777713;
{STEM}-77;Qzcanna Qzcanson;not a phone {STEM}-typo;
9001;Bystander;112 {STEM}-beside;
"""
MAPPING = """kind = "customers"
source = "crm"
[columns]
customer = "nr"
name = "who"
phone = "phone"
email = "email"
"""


def ok(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def worked(step: Any, model: Any, id: str, name: str) -> None:
    step(**{name: str(model.objects.get(id=ids.parse(id[:3], id)).id)}, actor="system")


@pytest.fixture(autouse=True)
def logs_of_the_database(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """Where the server writes its log; files go into a folder of this test."""
    logs: Path = settings.HOME.logs
    settings.HOME = Home(tmp_path / "home").prepare()
    retention.forget()
    yield logs
    retention.forget()


class Canary:
    """Everything a company does with one customer, by other systems and by people."""

    def __init__(self, api: Caller, second: Caller) -> None:
        self.api, self.second, self.calls = api, second, 0
        self.id, self.friend, self.parted, self.issue = "", "", "", 0

    def post(self, path: str, body: Any, *, by: Caller | None = None) -> Any:
        """Under a key, so that the answer is kept for whoever asks again."""
        self.calls += 1
        return ok((by or self.api).post(path, body, Idempotency_Key=f"canary-{self.calls}"))

    def mine(self, path: str, body: Any) -> Any:
        return self.post(f"/customers/{self.id}{path}", body)

    def everything(self) -> None:
        for step in (
            self.is_defined, self.is_registered, self.is_known, self.is_written_about, self.buys,
            self.is_rewarded, self.claims, self.complains, self.is_offered, self.calls_us,
            self.decides, self.is_imported, self.is_merged, self.is_listed, self.is_exported,
        ):  # fmt: skip
            step()

    def is_defined(self) -> None:
        for key, more in FIELDS.items():
            self.post("/fields", {"profile_type": "person", "key": f"c_{key}",
                                  "labels": {"en": key}, **more})  # fmt: skip
        self.post("/webhooks", {"address": "https://shop.example/hook", "names": []})
        for code, kind in (("WM-9", "washer"), ("CARE", "cover"), ("LOAN", "loan")):
            price = {"minor": 54_900, "currency": "EUR"}
            self.post("/products", {"code": code, "name": code, "kind": kind, "price": price})
        for plan in (MAKER, CARE_PLUS):
            self.post("/warranty/plans", plan)
        for reward in (COUPON, {**CASH, "cash_terms": {"cooling_hours": 0}}, TRAVEL):
            self.post("/rewards", reward)
        self.post("/offers", an_offer())

    def is_registered(self) -> None:
        self.friend = self.post("/customers", {"name": "Jānis Bystander"})["customer"]["id"]
        self.id = self.post("/customers", {
            "name": "Qzcanna Bornqzcan", "phones": ["+371 29777713"], "emails": [OLD_EMAIL],
            "country": "LV", "language": "en", "external": {"source": "crm", "id": f"{STEM}-77"},
            "attributes": {f"c_{key}": value for key, value in VALUES.items()}
            | {"c_friend": self.friend},
        })["customer"]["id"]  # fmt: skip
        self.post(f"/customers/{self.id}/reveals",
                  {"fields": ["c_secret"], "reason": f"{STEM} asked for it"})  # fmt: skip
        changed = self.api.patch(
            f"/customers/{self.id}", {"name": "Qzcanna Qzcanson", "emails": [EMAIL, OLD_EMAIL]},
            Idempotency_Key="canary-name",
        )  # fmt: skip
        ok(changed)

    def is_known(self) -> None:
        added = self.mine("/identities", {"kind": "national-id", "value": "777713-77713"})
        one = f"/customers/{self.id}/identities/{added['identity']['id']}"
        self.post(f"{one}/verifications", {"method": "document"})
        [old] = [it for it in self.api.get(f"/customers/{self.id}/identities").json()["items"]
                 if it["value"] == OLD_EMAIL]  # fmt: skip
        self.post(f"/customers/{self.id}/identities/{old['id']}/ending", {})
        self.mine("/addresses", {"street": "Qzcan iela 7", "city": "Qzcanpils", "postcode": "1050",
                                 "care_of": "Qzcan senior", "purpose": "delivery"})  # fmt: skip
        self.mine("/relations", {"other": self.friend, "kind": "spouse"})
        self.post("/households", {"name": "Qzcanson", "members": [
            {"customer": self.id, "role": "head"}, {"customer": self.friend, "role": "partner"},
        ]})  # fmt: skip
        self.mine("/assignment", {"owner": None})

    def is_written_about(self) -> None:
        note = self.mine("/notes", {"words": "Qzcan-note she said"})
        assert note["id"]
        self.mine("/tasks", {"words": "Qzcan-task", "due_on": "2026-12-01"})
        self.mine("/tags", {"tag": "VIP"})
        self.mine("/files", {"name": "Qzcan-file.txt",
                             "content": base64.b64encode(b"Qzcan-content").decode()})  # fmt: skip
        self.mine("/needs", {"kind": "stated", "words": "Qzcan-need", "competitor": "Qzcan-bank"})
        self.mine("/flags", {"kind": "vulnerable", "reason": "Qzcan-flag",
                             "instruction": "Qzcan-instruction", "source": "branch",
                             "review_on": "2090-01-31"})  # fmt: skip

    def buys(self) -> None:
        washer = {"product": "WM-9", "quantity": "1", "total_minor": 54_900, "serial": "QZCAN-1"}
        care = {"product": "CARE", "quantity": "1", "total_minor": 8_900, "covers": {"line": 1}}
        more = {"product": "WM-9", "quantity": "1", "total_minor": 136_200, "serial": "QZCAN-2"}
        bought = a_purchase(customer=self.id, lines=[washer, care, more],
                            total={"minor": 200_000, "currency": "EUR"})  # fmt: skip
        [self.sale] = self.post("/purchases", {"purchases": [bought]})["results"]
        self.post(f"/purchases/{self.sale['id']}/returns", {
            "reference": "RET-1", "returned_at": "2026-11-20T15:00:00+02:00",
            "reason": "Qzcan-return", "lines": [{"line": 3}],
        })  # fmt: skip
        held = self.post("/holdings", {
            "customer": self.id, "product": "LOAN", "number": "QZCAN-LOAN", "serial": "QZCAN-S",
            "external": {"source": "bank", "id": f"{STEM}-loan"},
            "balance": {"minor": 500, "currency": "EUR"},
        })  # fmt: skip
        self.post(f"/holdings/{held['id']}/closing", {"status": "closed"})

    def is_rewarded(self) -> None:
        paid = a_purchase(customer=self.id, reference="R-2",
                          total={"minor": 500_000, "currency": "EUR"})  # fmt: skip
        self.post("/purchases", {"purchases": [paid]})
        cash = self.post("/redemptions", {
            "customer": self.id, "reward": "cash", "points": 1_000,
            "payout": {"way": "bank", "iban": "LV80 BANK 0000 4351 9500 1", "payee": "Qzcan-payee"},
        })["cash_out"]["id"]  # fmt: skip
        self.post(f"/cash-outs/{cash}/decision", {"approved": True, "note": "Qzcan-decision"},
                  by=self.second)  # fmt: skip
        self.post(f"/cash-outs/{cash}/payment", {"reference": "SEPA Qzcan-paid"})
        trip = self.post("/redemptions", {
            "customer": self.id, "reward": "tallinn",
            "travel": {"traveller": "Qzcan-traveller", "starts_on": "2030-05-01"},
        })["travel_order"]["id"]  # fmt: skip
        self.post(f"/travel-orders/{trip}/answer",
                  {"confirmed": False, "note": "Qzcan-travel answer"})  # fmt: skip
        got = self.post("/redemptions", {"customer": self.id, "reward": "ten-off"})
        self.post(f"/redemptions/{got['id']}/reversal", {"cause": "Qzcan-cause"})

    def claims(self) -> None:
        asked = {"serial": "QZCAN-1", "symptom": "Qzcan-symptom", "fault_on": "2026-11-20",
                 "lines": [{"cost_type": "parts", "claimed_minor": 1_000,
                            "words": "Qzcan-part"}]}  # fmt: skip
        claim = self.post("/warranty/claims", asked)["number"]
        self.post(f"/warranty/claims/{claim}/decision",
                  {"decision": "reject", "reasons": ["customer_damage"], "words": "Qzcan-refusal"},
                  by=self.second)  # fmt: skip
        for policy in self.sale["covers"]:
            ended = self.api.post(f"/warranty/policies/{policy}/cancellation",
                                  {"reason": "Qzcan-cancelled"})  # fmt: skip
            assert ended.status_code in (200, 409), ended.content

    def complains(self) -> None:
        issue = self.post("/issues", {
            "customer": self.id, "text": "Qzcan-issue text", "subject": "Qzcan-subject",
            "channel": "email", "promise": {"words": "Qzcan-promise", "open_minutes": 60},
        })["issue"]["number"]  # fmt: skip
        at = f"/issues/{issue}"
        self.post(f"{at}/messages", {"text": "Qzcan-answer", "channel": "email"})
        self.post(f"{at}/messages", {"text": "Qzcan-inner", "audience": "internal"})
        self.post(f"{at}/assignment", {"owner": None, "queue": "support", "why": "Qzcan-why"})
        ended = {"outcome": "solved", "cause": "network", "words": "Qzcan-solution"}
        self.post(f"{at}/resolution", {**ended, "tell_customer": True})
        self.post(f"{at}/reopening", {"reason": "Qzcan-again"})
        self.post(f"{at}/resolution", ended)
        self.mine("/reviews", {"finding": "Qzcan-finding", "next_step": "Qzcan-next"})

    def is_offered(self) -> None:
        offers = self.post("/proposals", {"customer": self.id})["offers"]
        for offer in offers[:1]:
            self.post(f"/proposals/{offer['id']}/outcome",
                      {"outcome": "accepted", "reason": "Qzcan-yes"})  # fmt: skip
        self.mine("/consents", {"decisions": [
            {"purpose": "news", "decision": "given", "source": "shop", "channel": "email",
             "evidence": "Qzcan-evidence", "address": {"kind": "email", "value": EMAIL}},
        ]})  # fmt: skip
        self.mine("/letters", {"purpose": "news", "subject": "Qzcan-letter", "body": "Qzcan-body"})

    def calls_us(self) -> None:
        with transactions.open():
            line = lines.open_line(
                name="Cēsis", number="+37164100000", region="LV", actor=SYSTEM, now=NOW
            )
            person = staff.create_person(
                email="liga@mezrozes.example", name="Līga", roles=["agent"], now=NOW
            )
            lines.name_extensions({"201": person.id})
        for event, more in (("newCall", {"user": ["201"]}), ("answer", {"answeringNumber": "201"}),
                            ("hangup", {"cause": "normalClearing"})):  # fmt: skip
            body = {"event": event, "callId": "c-1", "direction": "in", "from": "+371 29777713",
                    "to": "64100000", "caller": f"{STEM} display", **more}  # fmt: skip
            reported = Client().post(f"/api/v1/cti/{line.token}", body,
                                     content_type="application/json")  # fmt: skip
            assert reported.status_code == 200

    def decides(self) -> None:
        self.mine("/preferences", {"frequency": "weekly", "source": "phone"})
        objection = self.mine("/restrictions", {"kind": "marketing", "reason": "Qzcan-objection"})
        self.post(f"/restrictions/{objection['id']}/lifting", {"reason": "Qzcan-lifted"})
        self.mine("/restrictions", {"kind": "profiling", "reason": "Qzcan-profiling"})
        asked = self.mine("/privacy-requests", {"kind": "rectification", "words": "Qzcan-words",
                                                "proof": "Qzcan-passport"})  # fmt: skip
        self.post(f"/privacy-requests/{asked['id']}/answer",
                  {"outcome": "refused", "answer": "Qzcan-reply"})  # fmt: skip
        ok(self.api.get(f"/customers/{self.id}/access-package"))

    def is_imported(self) -> None:
        name = f"{STEM}anna-qzcanson qzcanna qzcanson.csv"
        path = f"/api/v1/imports?{urlencode({'kind': 'customers', 'file_name': name})}"
        uploaded = ok(self.api.client.post(
            path, IMPORTED.encode(), "text/csv",
            headers={"Authorization": f"Bearer {self.api.secret}"},
        ))["id"]  # fmt: skip
        ok(self.api._send("put", f"/imports/{uploaded}/mapping", {"text": MAPPING}, {}))
        self.post(f"/imports/{uploaded}/trial", {})
        worked(jobs.check_import, Batch, uploaded, "batch")
        self.post(f"/imports/{uploaded}/run", {})
        worked(jobs.run_import, Batch, uploaded, "batch")
        self.batch = uploaded

    def is_merged(self) -> None:
        def double(name: str, number: int) -> str:
            made = self.post(
                "/customers",
                {
                    "name": name,
                    "phones": [f"2977771{number}"],
                    "external": {"source": "shop", "id": f"{number}0"},
                    "attributes": {"c_note": f"Qzcan-double {number}"},
                },
            )
            return str(made["customer"]["id"])

        stays, parted = double("Qzcanna Double", 4), double("Qzcanna Wrong", 5)
        self.mine("/merges", {"others": [stays], "reason": "Qzcan-same"})
        wrong = self.mine("/merges", {"others": [parted], "reason": "Qzcan-mistake"})
        self.post(f"/merges/{wrong['merge']['id']}/reversal", {"reason": "Qzcan-mistake"})
        once = self.post(f"/customers/{self.friend}/merges", {"others": [parted]})
        self.post(f"/merges/{once['merge']['id']}/reversal", {})
        self.parted = parted

    def is_listed(self) -> None:
        named = {"fact": "customer.name", "op": "eq", "value": "Qzcanna Qzcanson"}
        self.post("/views", {"name": "Qzcanna Qzcanson", "state": {"filter": named}})
        self.post("/bulk-changes", {"field": "language", "value": "lv",
                                    "list": {"filter": named}})  # fmt: skip
        session = SessionStore()
        session["held"] = {"address": f"/customers/{self.id}/edit", "kept_at": 0.0,
                           "body": urlencode({"note": "Qzcan typed"})}  # fmt: skip
        session.save()

    def is_exported(self) -> None:
        for what, form in (("customers", "csv"), ("customers", "xlsx"), ("customers", "parquet"),
                           ("customers", "jsonl"), ("purchases", "csv"), ("holdings", "jsonl"),
                           (self.id, "jsonl")):  # fmt: skip
            asked = self.post("/exports", {"what": what, "format": form,
                                           "reason": "for Qzcanna Qzcanson"})  # fmt: skip
            export = Export.objects.get(id=ids.parse("exp", asked["id"]))
            jobs.carry_out_export(export=str(export.id), actor=export.asked_by)
            export.refresh_from_db()
            assert export.state == Export.State.READY, export.problem


def left_in_tables() -> dict[str, set[str]]:
    """Table -> what of the canary stands in it, in any column of any row, packed or not."""
    tables = [name for (name,) in sql.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()]  # fmt: skip
    found = {}
    for name in tables:
        rows = sql.raw().execute(f'SELECT to_jsonb(told)::text FROM "{name}" AS told').fetchall()  # noqa: S608
        texts = [str(row[0]) for row in rows]
        packed = [hexed for one in texts for hexed in re.findall(r"\\\\x([0-9a-f]{8,})", one)]
        texts += [bytes.fromhex(hexed).decode("utf-8", "replace") for hexed in packed]
        if name == "django_session":
            texts += [str(session.get_decoded()) for session in Session.objects.all()]
        if words := {word for one in texts for word in FOUND.findall(one)}:
            found[name] = words
    return found


def left_in_files(*folders: Path) -> dict[str, set[str]]:
    """File -> what of the canary stands in its name or content; packed ones are opened."""
    found = {}
    for path in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        text = f"{path.name} {path.read_bytes().decode('utf-8', 'replace')}"
        if words := set(FOUND.findall(text)):
            found[str(path)] = words
    return found


@pytest.fixture
def canary(api: Caller, caller_with: MakeCaller) -> Canary:
    with transactions.open():
        company.change({"country": "LV"}, actor=SYSTEM, now=NOW)
    company.forget()
    return Canary(api, caller_with("all"))


@promise("PRV-06", "CUS-39")
def test_not_one_value_of_an_erased_customer_is_left_anywhere(
    canary: Canary, settings: Settings, caplog: pytest.LogCaptureFixture,
    logs_of_the_database: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    canary.everything()
    for wrong in ("SELECT 'Qzcan-literal'::int", "SELECT 1/0 AS qzcan"):
        with pytest.raises(DataError), transaction.atomic():
            sql.execute(wrong)
    before = left_in_tables()
    assert len(before) >= 30, sorted(before)
    assert not [name for name, words in before.items() if "Qzcansecret" in words]
    assert len(left_in_files(settings.HOME.files)) >= 8
    balance = sum(Entry.objects.values_list("amount", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        outcome = ok(canary.api.post(f"/customers/{canary.id}/erasure", {}))
        assert outcome["state"] == "erased", outcome
        parted = ok(canary.api.post(f"/customers/{canary.parted}/erasure", {}))
        assert parted["state"] == "erased", parted
    assert left_in_tables() == {}
    assert left_in_files(settings.HOME.path, logs_of_the_database) == {}
    assert not FOUND.findall(caplog.text)
    assert [check.name for check in verify() if check.wrong] == []
    assert sum(Entry.objects.values_list("amount", flat=True)) == balance
    assert privacy.erased_before([("email", EMAIL), ("phone", "+37129777713")]) == [True, True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM purchases_purchase")
        assert cursor.fetchone() == (2,)
