"""What customers earn at a partner, told by the partner itself; statements that settle it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.rewards import iso
from clientela.api.router import Doors
from clientela.api.signatures import in_address, signed_by
from clientela.api.types import (
    After,
    Body,
    Customer,
    HouseRequest,
    Instant,
    Money,
    Text,
    number_after,
    public_id,
    reference,
)
from clientela.flows import earn_at_partner, partner_statements
from clientela.flows.earn_at_partner import Outcome, Told
from clientela.loyalty.actions.partners import NoSuchPartner
from clientela.loyalty.models import PartnerEarning, PartnerLine, PartnerStatement
from clientela.loyalty.queries import partners as reads
from clientela.loyalty.queries import travel as partners
from clientela.platform import ids
from clientela.platform.http.actors import Actor

doors = Doors(tags=["partners"], switch="loyalty")
GIVES, SETTLES = "loyalty.record_events", "loyalty.see_books"
LIMIT_MAX = 200


class PartnerEarned(Body):
    """`reference`: the partner's own name for it, which books it once."""

    reference: Text
    customer: Customer
    points: StrictInt
    occurred_at: Instant


class EarningsBody(Body):
    """`points_currency`: which points, where there are several."""

    earnings: Annotated[list[PartnerEarned], Field(min_length=1)]
    points_currency: StrictStr = ""


class EarningResult(Body):
    """`state`: new, known (the same again), conflict or refused; then `error` says why. `less`: why
    `points` are fewer than were sent, such as `cap`.
    """

    state: str
    reference: str
    id: str | None
    customer: str | None
    merged_from: str | None = None
    points: int
    balance: int | None
    less: str | None = None
    error: dict[str, Any] | None


class EarningResults(Body):
    results: list[EarningResult]


class EarningReversalBody(Body):
    reference: Text
    cause: Text = ""


class EarningReversed(Body):
    """`points` went back to the partner; `forgiven` were used and cannot."""

    reference: str
    points: int
    forgiven: int
    replayed: bool


class PartnerEarningAnswer(Body):
    id: str
    reference: str
    customer: str
    merged_from: str | None = None
    points: int
    occurred_at: str
    recorded_at: str
    taken_back: int | None


class PartnerEarningPage(Body):
    items: list[PartnerEarningAnswer]
    next: str | None


class StatementBody(Body):
    """A month that is over: `2026-10`."""

    partner: StrictStr
    month: Annotated[StrictStr, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class StatementAnswer(Body):
    """`balance`: what we pay the partner; below nothing it pays us."""

    id: str
    partner: str
    month: str
    earned: int
    taken_back: int
    used: int
    given_back: int
    partner_pays: Money | None
    we_pay: Money | None
    balance: Money | None
    lines: int
    digest: str
    made_at: str


class StatementPage(Body):
    items: list[StatementAnswer]
    next: str | None


class StatementLine(Body):
    place: int
    at: str
    what: str
    reference: str
    points: int


class StatementLines(Body):
    items: list[StatementLine]
    next: str | None


def _signed(request: HttpRequest) -> Actor:
    """The partner in the address, where the call bears its signature."""
    try:
        partner = partners.partner(in_address(request, "partner"))
    except NoSuchPartner:
        partner = None
    return signed_by(partner, request, right=GIVES)


@doors.write("POST", "/partners/{partner}/earnings", right=GIVES, answer=EarningResults,
             admits=_signed, summary="Earn points at a partner")  # fmt: skip
def earn(request: HouseRequest, partner: StrictStr, body: EarningsBody) -> dict[str, Any]:
    """Up to 10,000 at once; each row is answered alone. A partner calls it without a key, signed as
    webhooks are with its secret. A `reference` again with the same content is `known`; with other
    content, or for another customer, it is a `conflict`.
    """
    done = earn_at_partner.earn_at_partner(
        partner,
        [Told(reference(one.customer), one.reference, one.points, one.occurred_at)
         for one in body.earnings],
        currency=body.points_currency, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {"results": [_result(one, request.request_id) for one in done]}


@doors.write("POST", "/partners/{partner}/earnings/reversals", right=GIVES, answer=EarningReversed,
             admits=_signed, summary="Take an earning at a partner back")  # fmt: skip
def take_back(
    request: HouseRequest, partner: StrictStr, body: EarningReversalBody
) -> dict[str, Any]:
    """By the partner's own reference, once; said again it is `replayed`. What the customer used
    meanwhile becomes a debt.
    """
    reversal, replayed = earn_at_partner.take_back_earning(
        partner, body.reference, cause=body.cause, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {"reference": body.reference, "points": reversal.points, "forgiven": reversal.forgiven,
            "replayed": replayed}  # fmt: skip


@doors.read("/partners/{partner}/earnings", right="loyalty.handle_travel",
            answer=PartnerEarningPage, summary="List what was earned at a partner")  # fmt: skip
def list_earnings(
    request: HouseRequest, partner: StrictStr, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first."""
    before = public_id("pea", after, field="after") if after else None
    found = reads.earnings(partners.partner(partner), before=before, limit=limit)
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_earning(one) for one in found], "next": following}


@doors.read("/partner-statements", right=SETTLES, answer=StatementPage,
            summary="List statements of partners")  # fmt: skip
def list_statements(
    request: HouseRequest, partner: Annotated[str, Query(max_length=60)] = "",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first, of one partner or of all."""
    found = reads.statements(
        partners.partner(partner) if partner else None,
        before=public_id("pst", after, field="after") if after else None, limit=limit,
    )  # fmt: skip
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_statement(one) for one in found], "next": following}


@doors.write("POST", "/partner-statements", right=SETTLES, answer=StatementAnswer,
             summary="Settle a month with a partner")  # fmt: skip
def settle(request: HouseRequest, body: StatementBody) -> dict[str, Any]:
    """Once for a month that is over; asked again it is the same statement. 409 `month-not-over`,
    409 `statement-does-not-tie` where its lines are not what moved in the ledger.
    """
    return _statement(partner_statements.settle_month(
        body.partner, date.fromisoformat(f"{body.month}-01"), actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.read("/partner-statements/{statement_id}", right=SETTLES, answer=StatementAnswer,
            summary="Read a statement of a partner")  # fmt: skip
def read_statement(request: HouseRequest, statement_id: StrictStr) -> dict[str, Any]:
    """`digest` is that of its lines; `clientela verify` proves it."""
    return _statement(reads.statement(public_id("pst", statement_id)))


@doors.read("/partner-statements/{statement_id}/lines", right=SETTLES, answer=StatementLines,
            summary="List the lines of a statement")  # fmt: skip
def list_lines(
    request: HouseRequest, statement_id: StrictStr, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """In their order, by the partner's own references and the numbers of vouchers."""
    beyond = number_after(after) or 0
    statement = reads.statement(public_id("pst", statement_id))
    found = reads.lines(statement, after=beyond, limit=limit)
    following = str(found[-1].place) if len(found) == limit else None
    return {"items": [_line(one) for one in found], "next": following}


@doors.read("/partner-statements/{statement_id}/content", right=SETTLES, answer=str,
            summary="Read a statement as PDF or CSV")  # fmt: skip
def content(
    request: HouseRequest, statement_id: StrictStr,
    form: Annotated[Literal["pdf", "csv"], Query()] = "pdf",
) -> HttpResponse:  # fmt: skip
    """In the partner's language, the same whenever it is read."""
    return paper(reads.statement(public_id("pst", statement_id)), form)


def paper(statement: PartnerStatement, form: str) -> HttpResponse:
    if form == "csv":
        body: bytes = partner_statements.csv_of(statement).encode()
        kind = "text/csv; charset=utf-8"
    else:
        body, kind = partner_statements.pdf_of(statement), "application/pdf"
    response = HttpResponse(body, content_type=kind)
    name = f"{statement.partner.key}-{statement.month_on:%Y-%m}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _result(one: Outcome, request_id: str) -> dict[str, Any]:
    return {
        "state": one.state, "reference": one.reference,
        "id": ids.public("pea", one.id) if one.id else None,
        "customer": ids.public("cus", one.customer_id) if one.customer_id else None,
        "points": one.points, "balance": one.balance, "less": one.less or None,
        "error": one.error.as_dict(request_id=request_id) if one.error else None,
    }  # fmt: skip


def _earning(one: PartnerEarning) -> dict[str, Any]:
    back = next(iter(one.reversals.all()), None)
    return {
        "id": one.public_id, "reference": one.reference,
        "customer": ids.public("cus", one.customer_id), "points": one.points,
        "occurred_at": one.occurred_at.isoformat(), "recorded_at": one.recorded_at.isoformat(),
        "taken_back": back.points if back else None,
    }  # fmt: skip


def _statement(one: PartnerStatement) -> dict[str, Any]:
    def money(minor: int) -> dict[str, Any] | None:
        return {"minor": minor, "currency": one.money_code} if one.money_code else None

    return {
        "id": one.public_id, "partner": one.partner.key, "month": f"{one.month_on:%Y-%m}",
        "earned": one.earned, "taken_back": one.taken_back, "used": one.used,
        "given_back": one.given_back, "partner_pays": money(one.earned_minor),
        "we_pay": money(one.burned_minor), "balance": money(one.burned_minor - one.earned_minor),
        "lines": one.lines_count, "digest": bytes(one.digest).hex(), "made_at": iso(one.made_at),
    }  # fmt: skip


def _line(one: PartnerLine) -> dict[str, Any]:
    return {"place": one.place, "at": one.noted_at.isoformat(), "what": one.what,
            "reference": one.reference, "points": one.points}  # fmt: skip
