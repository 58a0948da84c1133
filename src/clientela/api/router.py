"""The API's thin router over Ninja's: a right per operation, strict bodies, problems."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.errors import ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BaseModel
from pydantic_core import to_json

from clientela import __version__
from clientela.api import whose
from clientela.customers import joining
from clientela.customers import queries as customers
from clientela.platform import ids
from clientela.platform.errors import (
    InvalidInput,
    NotSignedIn,
    NotThere,
    Problem,
    Unavailable,
    Unexpected,
)
from clientela.platform.http import actors, jsons, problems
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.staff import idempotency, keys
from clientela.staff.idempotency import Answer

log = logging.getLogger("clientela.api")
View = Callable[..., Any]
Admits = Callable[[HttpRequest], Actor]
JSON = "application/json; charset=utf-8"
REFUSALS = frozenset({400, 401, 403, 404, 409, 412, 413, 422, 429, 503})


class ProblemBody(BaseModel):
    """A refusal, `application/problem+json`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    request_id: str


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in ("application/json", ""):
            raise InvalidInput("Send the body as application/json.", field="Content-Type")
        return jsons.read(request.body, bytes_max=settings.BATCH_BODY_BYTES_MAX)


class Key(HttpBearer):
    """The API key of a call, and the one right that the operation needs."""

    def __init__(
        self, right: str, *, switch: str | None = None, admits: Admits | None = None
    ) -> None:
        super().__init__()
        self.right = right
        self.switch = switch
        self.admits = admits

    def __call__(self, request: HttpRequest) -> Actor:
        if self.admits is not None and "Authorization" not in request.headers:
            return self._entered(request, self.admits(request))
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise NotSignedIn("Send Authorization: Bearer with an API key.")
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        return self._entered(request, keys.admit(token, now=request.started_at))  # type: ignore[attr-defined]

    def _entered(self, request: HttpRequest, actor: Actor) -> Actor:
        if not companies.current().is_on(self.switch):
            raise NotThere(f"The programme {self.switch} is switched off.")
        actor.needs(self.right)
        request.actor = actor  # type: ignore[attr-defined]
        actors.arrive(actor)
        return actor


class Doors(Router):
    """`@doors.write("POST", "/purchases", right="purchases.write", answer=Recorded)`.

    The view gets the checked body and returns a model, bytes that are finished JSON, or for what is
    no JSON the whole response. `switch`:
    the programme all of it belongs to; off, there are no such addresses.
    """

    def __init__(self, *, tags: list[str], switch: str | None = None) -> None:
        super().__init__(tags=tags)
        self.switch = switch

    def read(self, path: str, *, right: str, answer: Any, summary: str) -> Callable[[View], View]:
        return self._operation("GET", path, right=right, answer=answer, summary=summary)

    def write(
        self, method: str, path: str, *, right: str, answer: Any, summary: str, kept: bool = True,
        admits: Admits | None = None, queued: Any = None,
    ) -> Callable[[View], View]:  # fmt: skip
        """`kept`: whether the answer may be kept with an Idempotency-Key, to be given again.
        `admits`: who may come without a key, by a signature. `queued`: what is answered, by
        `accepted`, where the work is done in the background.
        """
        return self._operation(
            method, path, right=right, answer=answer, summary=summary, kept=kept, admits=admits,
            queued=queued,
        )  # fmt: skip

    def _operation(
        self, method: str, path: str, *, right: str, answer: Any, summary: str, kept: bool = False,
        admits: Admits | None = None, queued: Any = None,
    ) -> Callable[[View], View]:  # fmt: skip
        def decorate(view: View) -> View:
            self.add_api_operation(
                path, [method], _door(view, writes=kept),
                auth=Key(right, switch=self.switch, admits=admits),
                response={200: answer, REFUSALS: ProblemBody, **({202: queued} if queued else {})},
                summary=summary, description=f"{view.__doc__ or ''}\n\nNeeds `{right}`.",
                openapi_extra=_documented(writes=kept),
            )  # fmt: skip
            return view

        return decorate


def accepted(found: Any, *, at: str) -> HttpResponse:
    """202: the work is done in the background, and followed at that address."""
    response = _response(Answer(202, _answer(found).body, JSON))
    response.headers["Location"] = at
    return response


def _documented(*, writes: bool) -> dict[str, Any]:
    if not writes:
        return {}
    header = {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "schema": {"type": "string", "maxLength": idempotency.KEY_LENGTH_MAX},
        "description": "The same key with the same body gets the same answer for 30 days.",
    }  # fmt: skip
    return {"parameters": [header]}


def _door(view: View, *, writes: bool) -> View:
    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (survivor := _survivor(kwargs.get("customer_id"))) is not None:
            return _moved(request, kwargs["customer_id"], survivor)
        key = request.headers.get("Idempotency-Key") if writes else None
        if key is None:
            found = view(request, *args, **kwargs)
            return found if isinstance(found, HttpResponseBase) else _response(_answer(found))
        answer = idempotency.once(
            lambda: _decided(view, request, args, kwargs),
            actor=request.actor,  # type: ignore[attr-defined]
            route=f"{request.method} {request.path}",
            key=key,
            body=request.body,
            now=request.started_at,  # type: ignore[attr-defined]
        )
        return _response(answer)

    # Ninja reads the signature, and would look its names up in this module.
    door.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return door


def _survivor(named: Any) -> str | None:
    """Whom a merged customer's id in an address leads to; None for all others."""
    id = ids.find("cus", named or "")
    merged_into = joining.survivors_of([id]).get(id) if id else None
    if merged_into is None or not customers.is_seen(merged_into):
        return None
    return ids.public("cus", merged_into)


def _moved(request: HttpRequest, named: str, survivor: str) -> HttpResponse:
    """308 keeps method and body: old ids of merged customers work for ever."""
    response = HttpResponse(status=308)
    response.headers["Location"] = request.get_full_path().replace(named, survivor, 1)
    return response


def _decided(view: View, request: HttpRequest, args: Any, kwargs: Any) -> Answer:
    """The answer of a call; a decision against it is an answer too, and is kept with its key."""
    try:
        return _answer(view(request, *args, **kwargs))
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        response = problems.answer(refusal, request_id=request.request_id)  # type: ignore[attr-defined]
        return Answer(response.status_code, response.content, problems.CONTENT_TYPE)


def _answer(result: Any) -> Answer:
    return Answer(200, result if isinstance(result, bytes) else to_json(whose.told(result)), JSON)


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


api = NinjaAPI(
    title="Clientela",
    version=__version__,
    description="One record per customer, and the programmes that stand on it.",
    parser=StrictParser(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)


@api.exception_handler(Problem)
def refused(request: HttpRequest, refusal: Problem) -> HttpResponse:
    return problems.answer(refusal, request_id=request.request_id)  # type: ignore[attr-defined]


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    faults = problems.faults_of(fault.errors)
    first = faults[0]
    problem = InvalidInput(first["detail"], field=first["field"], faults=faults[:100])
    return refused(request, problem)


@api.exception_handler(DatabaseError)
@api.exception_handler(InterfaceError)
def database(request: HttpRequest, fault: Exception) -> HttpResponse:
    """A database that is away is a 503; what it answers to a wrong statement is ours to mend.

    Nothing was written: a commit whose answer was lost is OutcomeUnknown by then.
    """
    if not isinstance(fault, (OperationalError, InterfaceError)):
        return unexpected(request, fault)
    log.error("the database failed a request: %s", type(fault).__name__)
    return refused(request, Unavailable("The database is not available.", retry_after=2))


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, fault: Exception) -> HttpResponse:
    request_id = request.request_id  # type: ignore[attr-defined]
    log.error("request %s failed", request_id, exc_info=fault)
    return problems.answer(Unexpected(), request_id=request_id)


def not_there(request: HttpRequest) -> HttpResponse:
    return refused(request, NotThere("There is nothing at this address."))
