"""Requests for money are decided and paid; files for the bank, and what it says of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field, StrictBool, StrictStr

from clientela.api.redemptions import CashOutAnswer, cash_out
from clientela.api.rewards import iso
from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    Code,
    Day,
    HouseRequest,
    Money,
    Name,
    Text,
    number_after,
    public_id,
)
from clientela.customers import queries as customers
from clientela.flows import cash_checks, cash_outs, payment_files
from clientela.flows.payment_files import News
from clientela.loyalty.models import CashOut, PaymentLine
from clientela.loyalty.queries import payouts, rewards
from clientela.loyalty.queries.payouts import Filed
from clientela.loyalty.rules import ibans
from clientela.loyalty.rules.payments import LINES_MAX
from clientela.platform import ids

doors = Doors(tags=["rewards"], switch="loyalty")
RIGHT = "loyalty.decide_cash_out"
LIMIT_MAX = 200


class DecisionBody(Body):
    approved: StrictBool
    note: Text = ""


class PaymentBody(Body):
    reference: Name


class ReturnBody(Body):
    """`reason`: what the bank says, such as `AC04`."""

    reason: Name


class CashOutRow(Body):
    id: str
    customer: str
    merged_from: str | None = None
    points: int
    requested_at: str
    cash_out: CashOutAnswer


class CashOutPage(Body):
    items: list[CashOutRow]
    next: str | None


class CheckAnswer(Body):
    """One thing that is looked at; `until`: from when it is good by itself."""

    code: str
    passed: bool
    until: str | None = None
    minor: int | None = None


class CashOutWhole(CashOutRow):
    iban: str
    payee: str
    checks: list[CheckAnswer]


class FileBody(Body):
    """`currency`: by default the company's; `pays_on`: today or later."""

    currency: Code | None = None
    pays_on: Day | None = None


class FileAnswer(Body):
    id: str
    message: str
    money: Money
    lines: int
    paid: int
    returned: int
    pays_on: str
    made_at: str


class FilePage(Body):
    items: list[FileAnswer]
    next: str | None


class LineAnswer(Body):
    end_to_end: str
    cash_out: str
    customer: str
    merged_from: str | None = None
    money: Money
    iban: str
    state: str


class LinePage(Body):
    items: list[LineAnswer]
    next: str | None


class NewsBody(Body):
    end_to_end: Annotated[StrictStr, Field(min_length=1, max_length=35)]
    state: Literal["paid", "returned"]
    reason: Text = ""


class ReportBody(Body):
    """What the bank says, line by line; with `all_paid` the others were paid."""

    lines: Annotated[list[NewsBody], Field(max_length=LINES_MAX)] = []
    all_paid: StrictBool = False


class Reported(Body):
    paid: int
    returned: int
    known: int


class PayerBody(Body):
    """From which account cash is paid."""

    currency: Code
    name: Name
    iban: StrictStr
    bic: StrictStr = ""


class PayerAnswer(Body):
    currency: str
    name: str
    iban: str
    bic: str


class PayerPage(Body):
    items: list[PayerAnswer]
    next: str | None


@doors.read("/cash-outs", right=RIGHT, answer=CashOutPage, summary="List requests for money")
def list_cash_outs(
    request: HouseRequest, closed: Annotated[bool, Query()] = False,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Those that wait for a decision or for their payment, oldest first; with `closed=true` all."""
    beyond = public_id("csh", after, field="after") if after else None
    found = rewards.cash_outs(open_only=not closed, after=beyond, limit=limit)
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_row(one) for one in found], "next": following}


@doors.read("/cash-outs/{cash_out_id}", right=RIGHT, answer=CashOutWhole,
            summary="Read a request for money")  # fmt: skip
def read_cash_out(request: HouseRequest, cash_out_id: StrictStr) -> dict[str, Any]:
    """With the whole account, and what is looked at before the money goes out."""
    asked = payouts.cash_out(public_id("csh", cash_out_id))
    family = customers.family_of(asked.customer_id)
    checks = cash_checks.checks_of(asked, family, now=request.started_at)
    return {
        **_row(asked), "iban": asked.iban, "payee": asked.payee,
        "checks": [{"until": None, "minor": None, **one.told()} for one in checks],
    }  # fmt: skip


@doors.write("POST", "/cash-outs/{cash_out_id}/decision", right=RIGHT, answer=CashOutRow,
             summary="Approve or refuse a request for money")  # fmt: skip
def decide(request: HouseRequest, cash_out_id: StrictStr, body: DecisionBody) -> dict[str, Any]:
    """By somebody else than who asked: 403 `needs-second-person`. Approved, every check has passed:
    409 `cash-out-waits` names `until`. Refused, the points are free.
    """
    return _row(cash_outs.decide_cash_out(
        public_id("csh", cash_out_id), approved=body.approved, note=body.note, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/cash-outs/{cash_out_id}/payment", right=RIGHT, answer=CashOutRow,
             summary="Mark a request for money as paid")  # fmt: skip
def pay(request: HouseRequest, cash_out_id: StrictStr, body: PaymentBody) -> dict[str, Any]:
    """Under the reference of the bank, or of the bill that the billing system put it on; the held
    points are used with it. What is in a file is paid with the file: 409 `already-exported`.
    """
    return _row(cash_outs.pay_cash_out(
        public_id("csh", cash_out_id), reference=body.reference, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/cash-outs/{cash_out_id}/return", right=RIGHT, answer=CashOutRow,
             summary="Say that a payment came back")  # fmt: skip
def came_back(request: HouseRequest, cash_out_id: StrictStr, body: ReturnBody) -> dict[str, Any]:
    """Refused by the bank, or sent back after it was paid: the points are the customer's again."""
    return _row(cash_outs.return_cash_out(
        public_id("csh", cash_out_id), reason=body.reason, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.read("/payment-files", right=RIGHT, answer=FilePage, summary="List files for the bank")
def list_files(
    request: HouseRequest, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first, each with how many lines were paid and how many came back."""
    before = public_id("pay", after, field="after") if after else None
    found = payouts.files(before=before, limit=limit)
    following = found[-1].file.public_id if len(found) == limit else None
    return {"items": [_file(one) for one in found], "next": following}


@doors.write("POST", "/payment-files", right=RIGHT, answer=FileAnswer,
             summary="Make a file for the bank")  # fmt: skip
def export(request: HouseRequest, body: FileBody) -> dict[str, Any]:
    """All that is approved and was in no file before, as ISO 20022 pain.001.001.09. 409
    `nothing-to-export` where there is none, 409 `no-payer` where nobody said from which account.
    """
    made = payment_files.export_payments(
        currency=body.currency or "", pays_on=body.pays_on, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _file(payouts.file(made.id))


@doors.read("/payment-files/{payment_file_id}/content", right=RIGHT, answer=str,
            summary="Read what is in a file for the bank")  # fmt: skip
def content(request: HouseRequest, payment_file_id: StrictStr) -> HttpResponse:
    """The file itself, the same whenever it is read."""
    found = payouts.file(public_id("pay", payment_file_id)).file
    response = HttpResponse(found.content, content_type="application/xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.message}.xml"'
    return response


@doors.read("/payment-files/{payment_file_id}/lines", right=RIGHT, answer=LinePage,
            summary="List the lines of a file for the bank")  # fmt: skip
def list_lines(
    request: HouseRequest, payment_file_id: StrictStr, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """In the order of the file; `end_to_end` is what the bank gives back."""
    file = payouts.file(public_id("pay", payment_file_id)).file
    beyond = number_after(after) or 0
    found = payouts.lines(file, after=beyond, limit=limit)
    following = str(found[-1].id) if len(found) == limit else None
    return {"items": [_line(one) for one in found], "next": following}


@doors.write("POST", "/payment-files/{payment_file_id}/report", right=RIGHT, answer=Reported,
             summary="Say what became of a file")  # fmt: skip
def report(request: HouseRequest, payment_file_id: StrictStr, body: ReportBody) -> dict[str, Any]:
    """Line by line, or that all others were paid; said again it changes nothing. What was paid
    before and is `returned` now gives the points back to the lots they came from.
    """
    done = payment_files.report_payments(
        public_id("pay", payment_file_id),
        [News(one.end_to_end, one.state, one.reason) for one in body.lines],
        all_paid=body.all_paid, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {"paid": done.paid, "returned": done.returned, "known": done.known}


@doors.read("/payers", right=RIGHT, answer=PayerPage, summary="From which accounts cash is paid")
def list_payers(request: HouseRequest) -> dict[str, Any]:
    """One for each money."""
    return {"items": [_payer(one) for one in payouts.payers()], "next": None}


@doors.write("POST", "/payers", right=RIGHT, answer=PayerAnswer,
             summary="Say from which account cash is paid")  # fmt: skip
def set_payer(request: HouseRequest, body: PayerBody) -> dict[str, Any]:
    """For files that are made from now on."""
    return _payer(payment_files.set_payer(
        currency=body.currency, name=body.name, iban=body.iban, bic=body.bic, actor=request.actor,
        now=request.started_at,
    ))  # fmt: skip


def _row(asked: CashOut) -> dict[str, Any]:
    return {
        "id": asked.public_id, "customer": ids.public("cus", asked.customer_id),
        "points": asked.redemption.points, "requested_at": asked.requested_at.isoformat(),
        "cash_out": cash_out(asked),
    }  # fmt: skip


def _file(one: Filed) -> dict[str, Any]:
    file = one.file
    return {
        "id": file.public_id, "message": file.message, "lines": file.lines_count,
        "money": {"minor": file.minor, "currency": file.money_code}, "paid": one.paid,
        "returned": one.returned, "pays_on": iso(file.pays_on), "made_at": iso(file.made_at),
    }  # fmt: skip


def _line(one: PaymentLine) -> dict[str, Any]:
    asked = one.cash_out
    return {
        "end_to_end": one.end_to_end, "cash_out": asked.public_id,
        "customer": ids.public("cus", one.customer_id),
        "money": {"minor": one.minor, "currency": asked.money_code},
        "iban": ibans.short(asked.iban), "state": payouts.state_of_line(one),
    }  # fmt: skip


def _payer(one: Any) -> dict[str, Any]:
    return {"currency": one.money_code, "name": one.name, "iban": one.iban, "bic": one.bic}
