"""Points become money through the doors: looked at, decided, in a file for the bank, come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.customers.models import Identity
from clientela.flows.verify import verify
from clientela.loyalty.models import CashOut, Lot, PaymentFile, PayoutIdentity
from clientela.loyalty.rules import payments
from clientela.platform import ids
from clientela.platform.promises import promise

CASH = {
    "key": "cash", "kind": "cash", "labels": {"en": "Cash"}, "prices": {"": 200},
    "money": {"minor": 100, "currency": "EUR"}, "points_min": 400,
}  # fmt: skip
BANK = {"way": "bank", "iban": "LV80 BANK 0000 4351 9500 1", "payee": "Anna Kalniņa"}
OTHER = {"way": "bank", "iban": "DE89370400440532013000", "payee": "Anna Kalniņa"}
BILL = {"way": "bill"}
WALLET = {"way": "wallet"}
RIGHTS = ("loyalty.decide_cash_out", "loyalty.view")
pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 8,000 points that may become cash, and an account that pays."""
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 800_000, "currency": "EUR"})]})
    assert api.post("/rewards", CASH).json()["state"] == "new"
    payer = {"currency": "EUR", "name": "Mežrozes SIA", "iban": "LV80BANK0000435195001"}
    assert api.post("/payers", payer).status_code == 200
    return str(anna["id"])


@pytest.fixture
def second(caller_with: MakeCaller) -> Caller:
    return caller_with(*RIGHTS)


def ask(api: Caller, customer: str, points: int = 1_000, payout: Any = None) -> Any:
    body = {"customer": customer, "reward": "cash", "points": points, "payout": payout or BANK}
    return api.post("/redemptions", body)


def asked(api: Caller, customer: str, points: int = 1_000, payout: Any = None) -> str:
    found: str = ask(api, customer, points, payout).json()["cash_out"]["id"]
    return found


def state(api: Caller, cash_out: str) -> str:
    found: str = api.get(f"/cash-outs/{cash_out}").json()["cash_out"]["state"]
    return found


def approve(second: Caller, *cash_outs: str) -> None:
    for one in cash_outs:
        answer = second.post(f"/cash-outs/{one}/decision", {"approved": True})
        assert answer.status_code == 200, answer.content


def redemption_of(cash_out: str) -> str:
    asked = CashOut.objects.get(id=ids.parse("csh", cash_out))
    return ids.public("red", asked.redemption_id)


def points(api: Caller, customer: str) -> tuple[int, int]:
    [found] = api.get(f"/customers/{customer}/points").json()["items"]
    return found["available"], found["held"]


def wallet(api: Caller, customer: str) -> list[int]:
    found = api.get(f"/customers/{customer}/wallets").json()["items"]
    return [one["balance"]["minor"] for one in found]


def agrees() -> bool:
    return not [(check.name, check.examples) for check in verify() if check.wrong]


# What the scheme wants, in its order: name, and what is in it (nothing: words).
SCHEME: dict[str, Any] = {
    "CstmrCdtTrfInitn": {
        "GrpHdr": {"MsgId": 0, "CreDtTm": 0, "NbOfTxs": 0, "CtrlSum": 0, "InitgPty": {"Nm": 0}},
        "PmtInf": {
            "PmtInfId": 0, "PmtMtd": 0, "NbOfTxs": 0, "CtrlSum": 0,
            "PmtTpInf": {"SvcLvl": {"Cd": 0}}, "ReqdExctnDt": {"Dt": 0}, "Dbtr": {"Nm": 0},
            "DbtrAcct": {"Id": {"IBAN": 0}, "Ccy": 0},
            "DbtrAgt": {"FinInstnId": {"Othr": {"Id": 0}}}, "ChrgBr": 0,
            "CdtTrfTxInf": {
                "PmtId": {"EndToEndId": 0}, "Amt": {"InstdAmt": 0}, "Cdtr": {"Nm": 0},
                "CdtrAcct": {"Id": {"IBAN": 0}}, "RmtInf": {"Ustrd": 0},
            },
        },
    }
}  # fmt: skip
MANY = {"CdtTrfTxInf"}


def faults(node: ET.Element, scheme: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a file is not as the scheme wants it."""
    names = [child.tag.removeprefix(f"{{{payments.NAMESPACE}}}") for child in node]
    once = [name for place, name in enumerate(names) if name not in names[:place] or
            name not in MANY]  # fmt: skip
    if once != list(scheme):
        yield f"{path}: {once} and not {list(scheme)}"
    for child, name in zip(node, names, strict=True):
        inner = scheme.get(name)
        if isinstance(inner, dict):
            yield from faults(child, inner, f"{path}/{name}")
        elif not (child.text or "").strip():
            yield f"{path}/{name} is empty"


def texts(root: ET.Element, name: str) -> Sequence[str]:
    return [one.text or "" for one in root.iter(f"{{{payments.NAMESPACE}}}{name}")]


@promise("LOY-56")
def test_what_is_approved_goes_into_a_file_for_the_bank_once(
    api: Caller, rich: str, second: Caller
) -> None:
    first = [asked(api, rich), asked(api, rich, 600)]
    approve(second, *first)
    made = second.post("/payment-files", {}).json()
    assert (made["lines"], made["money"]) == (2, {"minor": 800, "currency": "EUR"})
    path = f"/payment-files/{made['id']}"
    content = second.get(f"{path}/content")
    root = ET.fromstring(content.content)  # noqa: S314 (our own)
    assert root.tag == f"{{{payments.NAMESPACE}}}Document"
    assert list(faults(root, SCHEME)) == []
    assert texts(root, "InstdAmt") == ["5.00", "3.00"]
    assert (texts(root, "CtrlSum"), texts(root, "NbOfTxs")) == (["8.00"] * 2, ["2"] * 2)
    assert texts(root, "Nm") == ["Mezrozes SIA", "Mezrozes SIA", "Anna Kalnina", "Anna Kalnina"]
    names = texts(root, "EndToEndId")
    assert len(set(names)) == 2
    assert all(len(one) <= 35 for one in (*names, *texts(root, "MsgId")))
    assert second.post("/payment-files", {}).json()["code"] == "nothing-to-export"
    later = asked(api, rich, 400)
    approve(second, later)
    other = second.post("/payment-files", {}).json()
    assert other["lines"] == 1
    assert second.get(f"{path}/content").content == content.content
    assert [one["id"] for one in second.get("/payment-files").json()["items"]] == [
        other["id"], made["id"],
    ]  # fmt: skip
    assert points(api, rich) == (6_000, 2_000)
    assert agrees()


@promise("LOY-56")
def test_points_are_used_when_the_bank_has_paid_and_come_back_with_the_money(
    api: Caller, rich: str, second: Caller
) -> None:
    paid, rejected = asked(api, rich), asked(api, rich)
    approve(second, paid, rejected)
    file = second.post("/payment-files", {}).json()["id"]
    early = second.post(f"/cash-outs/{paid}/payment", {"reference": "by hand"})
    assert (early.status_code, early.json()["code"]) == (409, "already-exported")
    lines = second.get(f"/payment-files/{file}/lines").json()["items"]
    named = {one["cash_out"]: one["end_to_end"] for one in lines}
    report = {"lines": [{"end_to_end": named[rejected], "state": "returned", "reason": "AC04"}],
              "all_paid": True}  # fmt: skip
    path = f"/payment-files/{file}/report"
    assert second.post(path, report).json() == {"paid": 1, "returned": 1, "known": 0}
    assert second.post(path, report).json() == {"paid": 0, "returned": 0, "known": 2}
    assert (state(second, paid), state(second, rejected)) == ("paid", "rejected")
    assert points(api, rich) == (7_000, 0)
    back = second.post(f"/cash-outs/{paid}/return", {"reason": "MD06"}).json()
    assert back["cash_out"]["state"] == "returned"
    by_hand = api.post(f"/redemptions/{redemption_of(paid)}/reversal", {})
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "benefit-given")
    again = second.post(f"/cash-outs/{paid}/return", {"reason": "MD06"})
    assert (again.status_code, again.json()["code"]) == (409, "already-decided")
    assert points(api, rich) == (8_000, 0)
    unknown = {"lines": [{"end_to_end": "x", "state": "paid"}]}
    assert second.post(path, unknown).json()["field"] == "lines"
    assert agrees()


@promise("LOY-56")
def test_a_changed_account_or_contact_waits_three_days(
    api: Caller, rich: str, second: Caller
) -> None:
    first = asked(api, rich)
    assert api.get(f"/cash-outs/{first}").json()["cash_out"]["waits_until"] is None
    moved = asked(api, rich, payout=OTHER)
    path = f"/cash-outs/{moved}/decision"
    refused = second.post(path, {"approved": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "cash-out-waits")
    until = datetime.fromisoformat(refused.json()["until"])
    assert timedelta(hours=71) < until - datetime.now(UTC) <= timedelta(hours=72)
    checks = {
        one["code"]: one["passed"] for one in second.get(f"/cash-outs/{moved}").json()["checks"]
    }
    assert checks == {"account": True, "record": True, "cooling": False, "day": True,
                      "month": True}  # fmt: skip
    PayoutIdentity.objects.update(given_at=datetime.now(UTC) - timedelta(hours=72))
    assert second.post(path, {"approved": True}).status_code == 200
    api.post(f"/customers/{rich}/identities", {"kind": "phone", "value": "29123456"})
    assert Identity.objects.filter(kind="phone").count() == 2
    later = asked(api, rich, payout=OTHER)
    assert api.get(f"/cash-outs/{later}").json()["cash_out"]["waits_until"] is not None
    assert second.post(f"/cash-outs/{later}/decision", {"approved": False}).status_code == 200


@promise("LOY-56")
def test_a_day_and_a_month_have_limits_and_small_sums_need_nobody(
    api: Caller, rich: str, second: Caller
) -> None:
    terms = {"day": 800, "month": 1_000, "alone_up_to": 300}
    assert api.post("/rewards", {**CASH, "cash_terms": terms}).json()["state"] == "changed"
    small = ask(api, rich, 600).json()["cash_out"]
    assert small["state"] == "approved"
    refused = ask(api, rich, 1_200)
    assert (refused.status_code, refused.json()["code"], refused.json()["left"]) == (
        409, "cash-limit-reached", 500,
    )  # fmt: skip
    large = asked(api, rich, 1_000)
    own = api.post(f"/cash-outs/{large}/decision", {"approved": True})
    assert (own.status_code, own.json()["code"]) == (403, "needs-second-person")
    approve(second, large)
    CashOut.objects.update(requested_at=datetime.now(UTC) - timedelta(days=1))
    month = ask(api, rich, 600)
    if datetime.now(UTC).day > 2:  # else yesterday was another month
        assert month.json()["limit"] == "month"
    less = {"day": 800, "month": 700}
    assert api.post("/rewards", {**CASH, "cash_terms": less}).json()["field"] == "cash_terms.month"
    assert api.post("/rewards", {**CASH, "cash_terms": {"day": 0}}).json()["field"] == (
        "cash_terms.day"
    )
    assert agrees()


@promise("LOY-56")
def test_only_points_that_may_become_cash_do(api: Caller, rich: str) -> None:
    Lot.objects.update(cashable=False)
    api.post("/purchases", {"purchases": [
        a_purchase(reference="R-2", total={"minor": 60_000, "currency": "EUR"})]})  # fmt: skip
    refused = ask(api, rich)
    assert (refused.status_code, refused.json()["missing"]) == (409, 400)
    [quoted] = api.get(f"/customers/{rich}/rewards").json()["items"]
    assert (quoted["available"], quoted["why_not"]) == (600, None)
    api.post("/rewards", {**CASH, "points_min": 800})
    [short] = api.get(f"/customers/{rich}/rewards").json()["items"]
    assert (short["why_not"], short["missing"]) == ("not-enough-points", 200)
    api.post("/rewards", CASH)
    given = ask(api, rich, 600).json()
    assert given["balance"] == 8_000
    assert agrees()


@promise("LOY-56")
def test_a_bill_that_does_not_answer_for_three_days_is_put_before_staff(
    api: Caller, rich: str, second: Caller
) -> None:
    from clientela.loyalty.queries import payouts

    one = asked(api, rich, payout=BILL)
    approve(second, one)
    now = datetime.now(UTC)
    assert payouts.cash_outs("unacknowledged", now=now + timedelta(days=2)) == []
    [late] = payouts.cash_outs("unacknowledged", now=now + timedelta(days=3, seconds=1))
    assert late.public_id == one
    assert second.post("/payment-files", {}).json()["code"] == "nothing-to-export"
    assert second.post(f"/cash-outs/{one}/payment", {"reference": "INV-7"}).status_code == 200
    assert payouts.cash_outs("unacknowledged", now=now + timedelta(days=9)) == []
    assert points(api, rich) == (7_000, 0)


@promise("LOY-56")
def test_money_is_in_the_wallet_once_a_second_person_says_so_and_can_be_taken_back(
    api: Caller, rich: str, second: Caller
) -> None:
    one = asked(api, rich, payout=WALLET)
    assert (points(api, rich), state(api, one)) == ((7_000, 1_000), "waiting")
    own = api.post(f"/cash-outs/{one}/decision", {"approved": True})
    assert own.json()["code"] == "needs-second-person"
    assert wallet(api, rich) == []
    approve(second, one)
    assert (points(api, rich), state(api, one), wallet(api, rich)) == ((7_000, 0), "paid", [500])
    assert second.post("/payment-files", {}).json()["code"] == "nothing-to-export"
    twice = second.post(f"/cash-outs/{one}/payment", {"reference": "x"})
    assert twice.json()["code"] == "already-decided"
    back = second.post(f"/cash-outs/{one}/return", {"reason": "a mistake"}).json()
    assert back["cash_out"]["state"] == "returned"
    assert (points(api, rich), wallet(api, rich)) == ((8_000, 0), [0])
    assert agrees()


@promise("LOY-56")
def test_a_small_sum_is_in_the_wallet_at_once_within_the_same_limits(
    api: Caller, rich: str, second: Caller
) -> None:
    api.post("/rewards", {**CASH, "cash_terms": {"day": 800, "alone_up_to": 500}})
    small = ask(api, rich, 1_000, WALLET).json()
    assert (small["state"], small["cash_out"]["state"], wallet(api, rich)) == (
        "done", "paid", [500],
    )  # fmt: skip
    refused = ask(api, rich, 800, WALLET)
    assert (refused.json()["code"], refused.json()["left"]) == ("cash-limit-reached", 300)
    [purse] = api.get(f"/customers/{rich}/wallets").json()["items"]
    wish = {"means": "wallet"}
    used = {"purchases": [a_purchase(reference="R-3", total={"minor": 200, "currency": "EUR"},
                                     payments=[wish])]}  # fmt: skip
    assert api.post("/purchases", used).json()["results"][0]["state"] == "new"
    assert (wallet(api, rich), purse["kind"]) == ([300], "wallet")
    late = second.post(f"/cash-outs/{small['cash_out']['id']}/return", {"reason": "a mistake"})
    assert (late.status_code, late.json()["code"]) == (409, "not-enough-money")
    assert agrees()


@promise("LOY-56")
def test_accounts_are_short_in_lists_and_erased_with_the_customer(
    api: Caller, rich: str, second: Caller
) -> None:
    one = asked(api, rich)
    whole = second.get("/cash-outs")
    assert b"0000435195001" not in whole.content
    assert second.get(f"/cash-outs/{one}").json()["iban"] == "LV80BANK0000435195001"
    second.post(f"/cash-outs/{one}/decision", {"approved": False})
    erased = api.post(f"/customers/{rich}/erasure", {})
    assert erased.status_code == 200, erased.content
    assert [kept.iban for kept in PayoutIdentity.objects.all()] == ["–"]
    assert [kept.payee for kept in CashOut.objects.all()] == [""]


def test_a_file_needs_an_account_that_pays(api: Caller, rich: str, second: Caller) -> None:
    assert PaymentFile.objects.count() == 0
    approve(second, asked(api, rich))
    none = second.post("/payment-files", {"currency": "USD"})
    assert (none.status_code, none.json()["code"]) == (409, "no-payer")
    past = second.post("/payment-files", {"pays_on": "2026-01-01"})
    assert (past.status_code, past.json()["field"]) == (422, "pays_on")
    bad = second.post("/payers", {"currency": "EUR", "name": "x", "iban": "LV00"})
    assert (bad.status_code, bad.json()["field"]) == (422, "iban")


def test_paying_out_needs_its_right(caller_with: MakeCaller, rich: str) -> None:
    viewer = caller_with("loyalty.view")
    for path in ("/cash-outs", "/payment-files", "/payers"):
        assert viewer.get(path).status_code == 403
    assert viewer.post("/payment-files", {}).status_code == 403
