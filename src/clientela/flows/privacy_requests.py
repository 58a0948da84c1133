"""What a customer asks for by right: written down with its deadline, and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clientela.customers.forgetting import actions as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import reviews
from clientela.flows.consents import family_of
from clientela.flows.register_customer import Details, change_customer
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy
from clientela.privacy.actions import requests
from clientela.privacy.actions.requests import NewRequest
from clientela.privacy.models.rights import Request
from clientela.staff import company as companies


@transactions.retried
def open_request(new: NewRequest, *, actor: Actor, now: datetime, request: str = "") -> Request:
    """Its thirty days begin on the day it was received, in the company's zone. A review names the
    decision that a person is to look at again: `about`.
    """
    received_on = companies.current().today(new.received_at)
    with transactions.open():
        family = family_of(new.customer_id)
        if new.about or new.kind == Request.Kind.REVIEW:
            reviews.check(new.about, family=family)
        new = replace(new, customer_id=family[0], received_on=received_on)
        made = requests.open_request(new, actor=actor, now=now)
        told = Happening("request.received", new.received_at, family[0], made.public_id,
                         {"kind": made.kind, "due_on": made.due_on.isoformat()})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return made


@transactions.retried
def answer_request(
    request_id: UUID, *, outcome: str, words: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> Request:  # fmt: skip
    """Say how it ended. What it asks for is done by its own way: package, erasure, restriction."""
    with transactions.open():
        asked = requests.answer(
            privacy.request(request_id), outcome=outcome, words=words, actor=actor, now=now
        )
        told = Happening("request.answered", now, asked.customer_id, asked.public_id,
                         {"kind": asked.kind, "outcome": asked.outcome})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return asked


@transactions.retried
def rectify(
    customer_id: UUID, details: Details, *, version: int | None, actor: Actor, now: datetime,
    request: str = "",
) -> list[str]:  # fmt: skip
    """Correct what was wrong: the old value leaves the history too, that it changed stays, and the
    webhooks tell the receivers which fields to fetch again. The fields that were corrected.
    """
    with transactions.open():
        family = family_of(customer_id)
        fields = change_customer(
            family[0], details, version=version, actor=actor, now=now, request=request
        )
        if not fields:
            return []
        customers.forget_old_values(family, fields)
        told = [Happening("customer.rectified", now, family[0], data={"fields": fields})]
        asked = privacy.open_request_of(family, Request.Kind.RECTIFICATION)
        if asked is not None:
            requests.answer(asked, outcome=Request.Outcome.DONE, actor=actor, now=now)
            told.append(Happening("request.answered", now, family[0], asked.public_id,
                                  {"kind": asked.kind, "outcome": "done"}))  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
    return fields
