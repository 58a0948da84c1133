"""Rules of points: what earns them, in which versions."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.currencies import Code, Labels
from clientela.api.rewards import iso
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_number
from clientela.flows import rules_of_points
from clientela.flows.rules_of_points import Draft, Published
from clientela.loyalty.models import Rule, RuleVersion
from clientela.loyalty.queries import programme

doors = Doors(tags=["loyalty"], switch="loyalty")


class RuleText(Body):
    """What a rule says: `earn` is per_money, per_unit, per_purchase, event, multiply or bonus; the
    members of each, and what any of them may ask, are told in the documentation of rules.
    """

    body: dict[StrictStr, Any]
    labels: Labels
    priority: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] = 0
    read: list[StrictStr] = []


class NewRule(RuleText):
    """`read` names the warnings that whoever publishes it has read."""

    currency: StrictStr
    key: Code


class RuleVersionAnswer(Body):
    rule: str
    number: int
    body: dict[str, Any]
    starts_at: str | None
    published_at: str
    published_by: str


class RuleAnswer(Body):
    id: str
    key: str
    currency: str
    labels: dict[str, str]
    priority: int
    ended_at: str | None
    version: RuleVersionAnswer | None


class RulePage(Body):
    items: list[RuleAnswer]
    next: str | None


class RuleVersionPage(Body):
    items: list[RuleVersionAnswer]
    next: str | None


class RulePublished(Body):
    state: str
    warnings: list[str]
    rule: RuleAnswer


class RuleChecked(Body):
    warnings: list[str]


@doors.read("/rules", right="loyalty.view", answer=RulePage, summary="List the rules of points")
def rules(
    request: HouseRequest, currency: Annotated[str | None, Query(max_length=40)] = None
) -> dict[str, Any]:  # fmt: skip
    """In the order in which they are computed, each with its present version."""
    return {"items": [_rule(one) for one in programme.rules_of(currency)], "next": None}


@doors.write("POST", "/rules", right="loyalty.publish", answer=RulePublished,
             summary="Publish a rule of points")  # fmt: skip
def publish(request: HouseRequest, body: NewRule) -> dict[str, Any]:
    """A new rule, or by its key the next version of one. The same text again changes nothing.

    Where there are warnings that `read` does not name, nothing is published.
    """
    draft = Draft(body.currency, body.key, body.labels, body.body, body.priority)
    return _published(request, draft, body.read)


@doors.write("POST", "/rules/checks", right="loyalty.view", answer=RuleChecked,
             summary="Check a rule of points")  # fmt: skip
def check(request: HouseRequest, body: NewRule) -> dict[str, Any]:
    """Refused as publishing it would be; else what whoever publishes it should read."""
    draft = Draft(body.currency, body.key, body.labels, body.body, body.priority)
    rules_of_points.currency_of(draft.currency)
    return {"warnings": list(rules_of_points.check(draft, now=request.started_at))}


@doors.read("/rules/{rule_id}", right="loyalty.view", answer=RuleAnswer,
            summary="Read a rule of points")  # fmt: skip
def rule(request: HouseRequest, rule_id: StrictStr) -> dict[str, Any]:
    return _rule(rules_of_points.rule_of(public_number("rul", rule_id)))


@doors.read("/rules/{rule_id}/versions", right="loyalty.view", answer=RuleVersionPage,
            summary="List the versions of a rule")  # fmt: skip
def versions(request: HouseRequest, rule_id: StrictStr) -> dict[str, Any]:
    """The newest first; a version never changes."""
    found = programme.versions_of(rules_of_points.rule_of(public_number("rul", rule_id)))
    return {"items": [_version(one) for one in found], "next": None}


@doors.write("POST", "/rules/{rule_id}/versions", right="loyalty.publish", answer=RulePublished,
             summary="Publish a version of a rule")  # fmt: skip
def publish_version(request: HouseRequest, rule_id: StrictStr, body: RuleText) -> dict[str, Any]:
    """In force from now on; what was earned before keeps the version it was earned by."""
    one = rules_of_points.rule_of(public_number("rul", rule_id))
    draft = Draft(one.currency.code, one.key, body.labels, body.body, body.priority)
    return _published(request, draft, body.read)


@doors.write("POST", "/rules/{rule_id}/end", right="loyalty.publish", answer=RuleAnswer,
             summary="End a rule of points")  # fmt: skip
def end(request: HouseRequest, rule_id: StrictStr) -> dict[str, Any]:
    """It gives nothing from now on; again changes nothing."""
    ended = rules_of_points.end_rule(
        public_number("rul", rule_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _rule(ended)


def _published(request: HouseRequest, draft: Draft, read: list[str]) -> dict[str, Any]:
    done: Published = rules_of_points.publish_rule(
        draft, read=read, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {
        "state": "new" if done.is_new else "unchanged", "warnings": list(done.warnings),
        "rule": _rule(rules_of_points.rule_of(done.version.rule_id)),
    }  # fmt: skip


def _rule(one: Rule) -> dict[str, Any]:
    newest = programme.versions_of(one)
    return {
        "id": f"rul_{one.id}", "key": one.key, "currency": one.currency.code, "labels": one.labels,
        "priority": one.priority, "ended_at": iso(one.ended_at),
        "version": _version(newest[0]) if newest else None,
    }  # fmt: skip


def _version(one: RuleVersion) -> dict[str, Any]:
    return {
        "rule": f"rul_{one.rule_id}", "number": one.number, "body": one.body,
        "starts_at": iso(one.starts_at), "published_at": one.published_at.isoformat(),
        "published_by": one.published_by,
    }  # fmt: skip
