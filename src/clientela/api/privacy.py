"""Requests of customers, limits on the use of their data, the package, erasing, periods."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import StrictStr

from clientela.api.consents import family_of
from clientela.api.customers import CustomerChange
from clientela.api.privacy_shapes import (
    ErasureBody,
    ErasurePage,
    Lifting,
    Outcome,
    Package,
    PeriodBody,
    Periods,
    Planned,
    Rectified,
    RequestAnswer,
    RequestBody,
    RequestOut,
    RequestPage,
    RestrictionBody,
    RestrictionOut,
    RestrictionPage,
)
from clientela.api.router import Doors
from clientela.api.types import HouseRequest, public_id
from clientela.flows import (
    access_package,
    erase_customer,
    keep_periods,
    limit_use,
    privacy_requests,
    processing_register,
)
from clientela.flows.erase_customer import Plan
from clientela.flows.register_customer import Details
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.privacy import queries as privacy
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.actions.periods import NewPeriod
from clientela.privacy.actions.requests import NewRequest
from clientela.privacy.models.rights import Erasure, Request, Restriction
from clientela.staff import company as companies

doors = Doors(tags=["privacy"])
PAGE_MAX = 200
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


@doors.read("/customers/{customer_id}/restrictions", right="privacy.view",
            answer=RestrictionPage, summary="Limits on the use of a customer's data")  # fmt: skip
def list_restrictions(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Holds, objections and restrictions, those that are over too."""
    rows = privacy.restrictions_of(family_of(customer_id))
    return {"items": [_restriction(one) for one in rows], "next": None}


@doors.write("POST", "/customers/{customer_id}/restrictions", right="privacy.record",
             answer=RestrictionOut, summary="Limit the use of a customer's data")  # fmt: skip
def restrict(
    request: HouseRequest, customer_id: StrictStr, body: RestrictionBody
) -> dict[str, Any]:
    """An objection is written down with `privacy.record`; a hold and a freeze need
    `privacy.decide` as well.
    """
    if body.kind in ("hold", "frozen"):
        request.actor.needs("privacy.decide")
    new = NewRestriction(
        family_of(customer_id), body.kind, body.reason, body.source or "api", body.until_on
    )
    made = limit_use.restrict(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return _restriction(made)


@doors.write("POST", "/restrictions/{restriction_id}/lifting", right="privacy.decide",
             answer=RestrictionOut, summary="Lift a limit")  # fmt: skip
def lift(request: HouseRequest, restriction_id: StrictStr, body: Lifting) -> dict[str, Any]:
    lifted = limit_use.lift(
        public_id("rst", restriction_id), reason=body.reason, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _restriction(lifted)


@doors.read("/restrictions", right="privacy.view", answer=RestrictionPage,
            summary="Limits of all customers")  # fmt: skip
def all_restrictions(request: HouseRequest, limit: Limit = 50) -> dict[str, Any]:
    """Those that stand, newest first."""
    rows = privacy.standing_restrictions(limit=limit)
    return {"items": [_restriction(one) for one in rows], "next": None}


@doors.read("/privacy-requests", right="privacy.view", answer=RequestPage,
            summary="Requests that wait")  # fmt: skip
def list_requests(request: HouseRequest, limit: Limit = 50) -> dict[str, Any]:
    """The most urgent first."""
    return {"items": [_request(one) for one in privacy.open_requests(limit=limit)], "next": None}


@doors.write("POST", "/customers/{customer_id}/privacy-requests", right="privacy.record",
             answer=RequestOut, summary="Write down a request")  # fmt: skip
def open_request(
    request: HouseRequest, customer_id: StrictStr, body: RequestBody
) -> dict[str, Any]:
    """It must be answered within thirty days."""
    received = body.received_at or request.started_at
    new = NewRequest(
        family_of(customer_id)[0], body.kind, received, companies.current().today(received),
        body.channel or "api", body.words, body.proof, body.about,
    )  # fmt: skip
    made = privacy_requests.open_request(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return _request(made)


@doors.write("POST", "/privacy-requests/{request_id}/answer", right="privacy.decide",
             answer=RequestOut, summary="Answer a request")  # fmt: skip
def answer_request(
    request: HouseRequest, request_id: StrictStr, body: RequestAnswer
) -> dict[str, Any]:
    """A refusal says why. Packages, erasures and corrections answer their requests themselves."""
    asked = privacy_requests.answer_request(
        public_id("prq", request_id), outcome=body.outcome, words=body.answer,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _request(asked)


@doors.read("/customers/{customer_id}/access-package", right="privacy.decide", answer=Package,
            summary="Everything held about a customer")  # fmt: skip
def package(
    request: HouseRequest, customer_id: StrictStr,
    language: Annotated[Literal["", "en", "es", "lv"], Query()] = "",
) -> dict[str, Any]:  # fmt: skip
    """Every row of every programme, as data and as one HTML page in the customer's language. An
    open request for it is answered with this.
    """
    found = access_package.access_package(
        family_of(customer_id)[0], language=language, actor=request.actor,
        now=request.started_at, channel="api", request=request.request_id,
    )  # fmt: skip
    return {"data": found.data, "html": found.html}


@doors.read("/customers/{customer_id}/erasure", right="privacy.decide", answer=Planned,
            summary="What erasing would reach")  # fmt: skip
def plan(
    request: HouseRequest, customer_id: StrictStr, classes: Annotated[str, Query()] = ""
) -> dict[str, Any]:
    """The dry run: each table with its rows, and what stands in the way. `classes` by commas."""
    family = family_of(customer_id)
    wanted = tuple(filter(None, classes.split(",")))
    found = erase_customer.tried(family[0], wanted, now=request.started_at)
    return _plan(found, erase_customer.classes_of(family))


@doors.write("POST", "/customers/{customer_id}/erasure", right="privacy.decide", answer=Outcome,
             summary="Erase a customer")  # fmt: skip
def erase(request: HouseRequest, customer_id: StrictStr, body: ErasureBody) -> dict[str, Any]:
    """Erased, with a proof that names nobody; or restricted where the law keeps the record."""
    outcome = erase_customer.erase_customer(
        family_of(customer_id)[0], classes=body.classes,
        request_id=public_id("prq", body.request, field="request") if body.request else None,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "state": outcome.state,
        "erasure": _erasure(outcome.erasure) if outcome.erasure else None,
        "restriction": _restriction(outcome.restriction) if outcome.restriction else None,
        "kept": _kept(outcome.plan),
    }


@doors.read("/erasures", right="privacy.view", answer=ErasurePage, summary="Proofs of erasure")
def list_erasures(request: HouseRequest, limit: Limit = 50) -> dict[str, Any]:
    """Newest first; a proof holds ids, counts and dates."""
    return {"items": [_erasure(one) for one in privacy.erasures(limit=limit)], "next": None}


@doors.write("POST", "/customers/{customer_id}/rectifications", right="privacy.decide",
             answer=Rectified, summary="Correct what is wrong")  # fmt: skip
def rectify(request: HouseRequest, customer_id: StrictStr, body: CustomerChange) -> dict[str, Any]:
    """As a change, but the wrong value leaves the history too and receivers are told by webhook."""
    if body.phones or body.emails:
        raise InvalidInput("Phones and e-mails are changed at the customer.", field="phones")
    details = Details(
        name=body.name, language=body.language, country=body.country, attributes=body.attributes
    )
    fields = privacy_requests.rectify(
        family_of(customer_id)[0], details, version=body.version, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"fields": fields}


@doors.read("/retention-periods", right="privacy.view", answer=Periods,
            summary="How long data is kept")  # fmt: skip
def list_periods(request: HouseRequest) -> dict[str, Any]:
    """Each class with its period, and what is older than it now, also where it is switched off."""
    return _periods(request)


def _periods(request: HouseRequest) -> dict[str, Any]:
    return {
        "periods": [
            {"data_class": one.data_class, "months": one.months, "ground": one.ground,
             "receivers": one.receivers, "is_on": one.is_on}
            for one in privacy.periods()
        ],
        "due": [
            {"data_class": one.data_class, "table": one.table, "how": str(one.how),
             "rows": one.rows, "before": one.before.isoformat()}
            for one in keep_periods.due(now=request.started_at)
        ],
    }  # fmt: skip


@doors.write("POST", "/retention-periods", right="privacy.configure", answer=Periods,
             summary="Set how long a class is kept")  # fmt: skip
def set_period(request: HouseRequest, body: PeriodBody) -> dict[str, Any]:
    """It is carried out each night while `is_on`; switched on it needs its ground."""
    keep_periods.keep_for(
        NewPeriod(**body.model_dump()), actor=request.actor, now=request.started_at
    )
    return _periods(request)


@doors.read("/processing-register", right="privacy.view", answer=dict[str, Any],
            summary="The record of processing")  # fmt: skip
def register(
    request: HouseRequest, language: Annotated[Literal["en", "es", "lv"], Query()] = "en"
) -> dict[str, Any]:
    """Purposes, kinds of data, fields, who may see them, periods, receivers."""
    return processing_register.register(language=language, now=request.started_at)


def _restriction(one: Restriction) -> dict[str, Any]:
    return {
        "id": one.public_id, "customer": _customer(one.customer_id), "kind": one.kind,
        "reason": one.reason, "source": one.source, "set_by": one.set_by,
        "set_at": one.set_at.isoformat(), "until_on": _iso(one.until_on),
        "lifted_at": _iso(one.lifted_at), "lifted_by": one.lifted_by,
        "lifted_reason": one.lifted_reason,
    }  # fmt: skip


def _request(one: Request) -> dict[str, Any]:
    return {
        "id": one.public_id, "customer": _customer(one.customer_id), "kind": one.kind,
        "channel": one.channel, "words": one.words, "proof": one.proof, "about": one.about,
        "received_at": one.received_at.isoformat(), "due_on": one.due_on.isoformat(),
        "answered_at": _iso(one.answered_at), "answered_by": one.answered_by,
        "outcome": one.outcome, "answer": one.answer,
    }  # fmt: skip


def _erasure(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.public_id, "customer": _customer(one.customer_id), "classes": one.classes,
        "asked_at": one.asked_at.isoformat(), "done_at": one.done_at.isoformat(),
        "done_by": one.done_by, "reached": one.reached,
    }  # fmt: skip


def _plan(found: Plan, known: list[str]) -> dict[str, Any]:
    return {
        "classes": list(found.classes), "known_classes": known,
        "reached": [
            {"table": one.table, "data_class": one.data_class, "how": str(one.how),
             "rows": one.rows}
            for one in found.reached
        ],
        "fields": list(found.fields), "kept": _kept(found),
    }  # fmt: skip


def _kept(found: Plan) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "words": str(one.words), "count": one.count,
         "until_on": _iso(one.until_on)}
        for one in found.kept
    ]  # fmt: skip


def _customer(id: UUID) -> str:
    return ids.public("cus", id)


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
