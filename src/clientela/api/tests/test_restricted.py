"""A customer whose record is restricted is nowhere: read by few, used for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_canary import EMAIL, FOUND, Canary, canary, logs_of_the_database, ok
from clientela.customers.models import Customer
from clientela.exports.models import Export
from clientela.flows import jobs, review_tiers
from clientela.flows.lists import bulk
from clientela.loyalty.models import CashOut, Lot, Redemption, TravelOrder
from clientela.mail.models import OutgoingMail
from clientela.notes.models import File
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products.models import Holding
from clientela.purchases.models import Purchase
from clientela.retention.models import Decision, Lead
from clientela.staff import rights

__all__ = ["canary", "logs_of_the_database"]
FEW = ("customers.see_restricted", "customers.audit", "privacy.", "customers.see:",
       "customers.edit:", "customers.reveal:")  # fmt: skip
# What people called files, lists and changes, and what a household is called, is not the record.
NOT_OF_RECORDS = re.compile(r"^/(imports|mappings|views|bulk-changes|exports|webhooks)\b")
HOUSEHOLD = re.compile(r'"name"\s*:\s*"Qzcanson"')
NONE = 32 * "0"


@pytest.fixture
def frozen(canary: Canary) -> Canary:
    """Somebody with a bit of everything, much of it open, whose record is frozen since."""
    canary.everything()
    post, id = canary.post, canary.id
    issue = post("/issues", {"customer": id, "text": "Qzcan-open", "complaint": True})["issue"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    post(f"/issues/{issue['number']}/promises", {"words": "Qzcan-will", "due_at": later})
    canary.issue = issue["number"]
    canary.mine("/tasks", {"words": "Qzcan-do", "due_on": "2026-12-02"})
    [bought] = post("/purchases", {"purchases": [
        a_purchase(customer=id, reference="R-3", lines=[
            {"product": "WM-9", "quantity": "1", "total_minor": 300_000, "serial": "QZCAN-3"}],
            total={"minor": 300_000, "currency": "EUR"}),
    ]})["results"]  # fmt: skip
    fault = {"serial": "QZCAN-3", "symptom": "Qzcan-noise", "fault_on": "2026-11-20"}
    parts = [{"cost_type": "parts", "claimed_minor": 1_000}]
    post("/warranty/claims", {**fault, "lines": parts})
    post("/redemptions", {"customer": id, "reward": "cash", "points": 1_000,
                          "payout": {"way": "bill", "payee": "Qzcan-payee"}})  # fmt: skip
    post("/redemptions", {"customer": id, "reward": "tallinn", "travel": {
        "traveller": "Qzcan-traveller", "starts_on": "2030-05-01"}})  # fmt: skip
    given = {"purpose": "news", "decision": "given", "source": "shop", "channel": "email"}
    canary.mine("/consents", {"decisions": [given]})
    canary.mine("/letters", {"purpose": "news", "subject": "Qzcan-last", "body": "Qzcan-body"})
    assert bought["id"]
    post(f"/customers/{canary.parted}/erasure", {})
    canary.mine("/restrictions", {"kind": "frozen", "reason": "disputed"})
    return canary


@pytest.fixture
def many(caller_with: MakeCaller) -> Caller:
    """Who may do everything but what the few may."""
    return caller_with(*(one for one in rights.known() if not one.startswith(FEW)))


@pytest.mark.long
@promise("PRV-07", "CUS-40")
def test_a_frozen_customer_is_nowhere_but_for_the_few(frozen: Canary, many: Caller) -> None:
    told = dict(answers(many, frozen))
    assert len(told) > 60
    left = {door: sorted(set(FOUND.findall(page))) for door, page in told.items()}
    shown = {door: told[door] for door, words in left.items() if words}
    assert {door: around(page) for door, page in shown.items()} == {}
    own = frozen.id.removeprefix("cus_")
    assert [door for door, page in told.items() if own in page] == []
    opened = frozen.api.get(f"/customers/{frozen.id}/profile").json()
    assert opened["customer"]["name"] == "Qzcanna Qzcanson"
    is_used_for_nothing(frozen)


def answers(caller: Caller, frozen: Canary) -> Iterator[tuple[str, str]]:
    """Every address of the API that is read: about the customer, about who is close to them, and
    over all; and what is asked in a search.
    """
    places = filled(frozen)
    for whole, operations in caller.get("/openapi.json").json()["paths"].items():
        path = whole.removeprefix("/api/v1")
        if "get" not in operations or NOT_OF_RECORDS.match(path):
            continue
        about = (frozen.id, frozen.friend) if "{customer_id}" in path else (frozen.id,)
        for customer in about:
            address = put_in(path, {**places, "customer_id": customer})
            but = "29777713" if "{phone}" in path else ""
            yield f"{path} {customer == frozen.id}", content(caller.get(address), but=but)
    for asked in ("search=Qzcanna", "search=29777713", f"search={EMAIL}", "search=QZCAN-3",
                  "fields=customer.name", "sort=customer.name"):  # fmt: skip
        yield asked, content(caller.get(f"/customers?{asked}"), but=asked)
    for kind, value in (("phone", "29777713"), ("email", EMAIL), ("external", "qzcan-77")):
        body = {"kind": kind, "value": value, "source": "crm"}
        yield f"lookup {kind}", content(caller.post("/lookups", body), but=value)
    again = {"name": "Qzcanna Qzcanson", "phones": ["29777713"]}
    refused = caller.post("/customers", again)
    yield "twice", refused.content.decode().replace("Qzcanna Qzcanson", "")
    ask = {"serial": "QZCAN-3", "fault_on": "2026-11-20"}
    yield "cover", content(caller.post("/warranty/coverage-checks", ask), but="QZCAN-3")


def around(page: str) -> list[str]:
    return [page[max(0, it.start() - 80) : it.end() + 40] for it in FOUND.finditer(page)][:3]


def content(answer: Any, but: str = "") -> str:
    """What is answered, without what was asked."""
    text = HOUSEHOLD.sub("", answer.content.decode())
    return text.replace(but.rsplit("=", maxsplit=1)[-1], "") if but else text


def put_in(path: str, places: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: places[found[1]], path)


def filled(frozen: Canary) -> dict[str, str]:
    """Of everything there is one of the frozen customer's."""
    id = ids.parse("cus", frozen.id)
    of = {"customer_id": id}
    view = frozen.api.get("/views").json()["items"][0]["id"]
    merge = frozen.api.get(f"/merges?customer={frozen.id}").json()["items"][0]["id"]
    household = frozen.api.get(f"/customers/{frozen.friend}/households").json()["items"][0]
    return {
        "phone": "29777713", "posting_id": posting(frozen), "number": str(frozen.issue),
        "key": "person", "profile_type": "person", "view_id": view,
        "file_id": File.objects.filter(**of)[0].public_id, "code": "WM-9",
        "holding_id": Holding.objects.filter(**of)[0].public_id,
        "purchase_id": ids.public("pur", Purchase.objects.filter(**of)[0].id),
        "redemption_id": Redemption.objects.filter(**of)[0].public_id,
        "order_id": TravelOrder.objects.filter(**of)[0].public_id,
        "cash_out_id": CashOut.objects.filter(**of)[0].public_id,
        "payment_file_id": f"pay_{NONE}",
        "decision_id": Decision.objects.filter(**of)[0].public_id,
        "merge_id": merge, "change_id": f"blk_{NONE}", "pair_id": f"dup_{NONE}",
        "acceptance_id": f"acc_{NONE}",
        "lot_id": ids.public("lot", Lot.objects.filter(**of)[0].id),
        "household_id": household["household"]["id"] if "household" in household
        else household["id"],
        "month": "2026-01", "partner": "none", "statement_id": f"pst_{NONE}",
        "card_id": f"gft_{NONE}", "wallet_id": f"wal_{NONE}", "rule_id": "1",
        "plan_id": f"pln_{NONE}", "id": f"imp_{NONE}", "webhook_id": f"whk_{NONE}",
        "trial_id": f"tri_{NONE}",
    }  # fmt: skip


def posting(frozen: Canary) -> str:
    entries = frozen.api.get(f"/customers/{frozen.id}/points/entries").json()["items"]
    return str(entries[0]["posting"])


def is_used_for_nothing(frozen: Canary) -> None:
    """Whoever acts: no offer, no letter, no review, no line of a file, no change of a list."""
    api, id = frozen.api, ids.parse("cus", frozen.id)
    assert api.post("/proposals", {"customer": frozen.id}).json()["offers"] == []
    letter = {"purpose": "news", "subject": "x", "body": "y"}
    refused = api.post(f"/customers/{frozen.id}/letters", letter)
    assert (refused.status_code, refused.json()["because"]) == (409, "restricted")
    waits = OutgoingMail.objects.filter(customer_id=id, state="queued").exclude(purpose="")
    assert not waits.exists()
    reviewed = review_tiers.review_tiers(actor=SYSTEM, now=datetime.now(UTC))
    assert id not in {one.customer_id for one in reviewed}
    assert not Lead.objects.filter(customer_id=id, closed_at=None).exists() or (
        api.get("/leads").json()["items"] == []
    )
    for what in ("customers", "purchases", "holdings"):
        asked = ok(api.post("/exports", {"what": what, "format": "csv", "reason": "a test"}))
        export = Export.objects.get(id=ids.parse("exp", asked["id"]))
        jobs.carry_out_export(export=str(export.id), actor=export.asked_by)
        export.refresh_from_db()
        assert not FOUND.findall(export.file.read_text("utf-8")), what
    change = ok(api.post("/bulk-changes", {"field": "language", "value": "lv", "list": {}}))["id"]
    for step in (bulk.check, bulk.run):
        step(ids.parse("chg", change), actor=SYSTEM, now=datetime.now(UTC))
    assert Customer.objects.get(id=id).language == "en"
    assert Customer.objects.get(id=ids.parse("cus", frozen.friend)).language == "lv"
