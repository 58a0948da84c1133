"""Offers, the gates that hold them back, and the facts that conditions may ask about."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import ninja
from pydantic import StrictStr

from clientela.api.retention.answers import day
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest
from clientela.flows import facts, publish_offers
from clientela.platform.conditions.grammar import OPERATORS
from clientela.platform.errors import InvalidInput
from clientela.retention import queries as retention
from clientela.retention.actions.publishing import Published

doors = Doors(tags=["retention"], switch="retention")
AnyBody = Annotated[dict[str, Any], ninja.Body()]


class OfferVersion(Body):
    key: str
    group: str
    version: int
    published_at: str
    published_by: str
    withdrawn_at: str | None
    body: AnyBody


class OfferPage(Body):
    items: list[OfferVersion]
    next: str | None


class GateVersion(Body):
    key: str
    version: int
    published_at: str
    published_by: str
    withdrawn_at: str | None
    body: AnyBody


class GatePage(Body):
    items: list[GateVersion]
    next: str | None


class PublishedAnswer(Body):
    key: str
    version: int
    state: Literal["new", "changed", "unchanged"]


class FactRow(Body):
    key: str
    type: str
    label: str
    operators: list[str]
    related: str | None


class FactPage(Body):
    items: list[FactRow]
    next: str | None


@doors.read("/offers", right="retention.view", answer=OfferPage, summary="List offers")
def list_offers(request: HouseRequest) -> dict[str, Any]:
    """Every offer with its newest version, by group."""
    return {
        "items": [_version(one.key, one.offer_group, version, one.withdrawn_at)
                  for one, version in retention.all_offers()],
        "next": None,
    }  # fmt: skip


@doors.write("POST", "/offers", right="retention.configure", answer=PublishedAnswer,
             summary="Publish an offer")  # fmt: skip
def publish(request: HouseRequest, body: AnyBody) -> dict[str, Any]:
    """Its first version, or the next one of a known offer; published texts never change."""
    return _published(
        publish_offers.publish_offer(body, actor=request.actor, now=request.started_at)
    )


@doors.read("/offers/{key}/versions", right="retention.view", answer=OfferPage,
            summary="Every version of an offer")  # fmt: skip
def versions(request: HouseRequest, key: StrictStr) -> dict[str, Any]:
    """The newest first."""
    offer = retention.offer(key)
    return {
        "items": [_version(key, offer.offer_group, version, offer.withdrawn_at)
                  for version in retention.versions_of(key)],
        "next": None,
    }  # fmt: skip


@doors.write("POST", "/offers/{key}/versions", right="retention.configure",
             answer=PublishedAnswer, summary="Publish the next version of an offer")  # fmt: skip
def next_version(request: HouseRequest, key: StrictStr, body: AnyBody) -> dict[str, Any]:
    """The text that holds from now on; the same text publishes nothing."""
    retention.offer(key)
    if body.get("key", key) != key:
        raise InvalidInput("An offer keeps its key.", field="key")
    return _published(
        publish_offers.publish_offer({**body, "key": key}, actor=request.actor,
                                     now=request.started_at)
    )  # fmt: skip


@doors.write("POST", "/offers/{key}/withdrawal", right="retention.configure",
             answer=PublishedAnswer, summary="Withdraw an offer")  # fmt: skip
def withdraw(request: HouseRequest, key: StrictStr) -> dict[str, Any]:
    """It is not made any more, and open proposals of it cannot be accepted."""
    publish_offers.withdraw_offer(key, now=request.started_at)
    return {"key": key, "version": retention.versions_of(key)[0].number, "state": "changed"}


@doors.read("/gates", right="retention.view", answer=GatePage, summary="List gates")
def gates(request: HouseRequest) -> dict[str, Any]:
    """Every rule that holds offers back, with its newest version."""
    return {
        "items": [
            {"key": gate.key, "version": version.number, "body": version.body,
             "published_at": version.published_at.isoformat(),
             "published_by": version.published_by, "withdrawn_at": day(gate.withdrawn_at)}
            for gate, version in retention.all_gates()
        ],
        "next": None,
    }  # fmt: skip


@doors.write("POST", "/gates", right="retention.configure", answer=PublishedAnswer,
             summary="Publish a gate")  # fmt: skip
def publish_gate(request: HouseRequest, body: AnyBody) -> dict[str, Any]:
    """A rule that holds back selling, or every offer, while its condition is true."""
    return _published(
        publish_offers.publish_gate(body, actor=request.actor, now=request.started_at)
    )


@doors.read("/facts", right="retention.view", answer=FactPage,
            summary="What conditions may ask about")  # fmt: skip
def list_facts(request: HouseRequest) -> dict[str, Any]:
    """Every fact with its type and the operators it takes; those of related rows name them."""
    known = facts.catalogue()
    rows = [(fact, None) for fact in known.facts.values()]
    inside = [(fact, one.key) for one in known.relations.values() for fact in one.facts]
    return {
        "items": [
            {"key": fact.key, "type": fact.type, "label": str(fact.label),
             "operators": list(OPERATORS[fact.type]), "related": related}
            for fact, related in [*rows, *inside]
        ],
        "next": None,
    }  # fmt: skip


def _published(done: Published) -> dict[str, Any]:
    return {"key": done.key, "version": done.version, "state": done.state}


def _version(key: str, group: str, version: Any, withdrawn_at: Any) -> dict[str, Any]:
    return {
        "key": key, "group": group, "version": version.number, "body": version.body,
        "published_at": version.published_at.isoformat(), "published_by": version.published_by,
        "withdrawn_at": day(withdrawn_at),
    }  # fmt: skip
