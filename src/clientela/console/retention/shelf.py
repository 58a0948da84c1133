"""The offers there are, each with its conditions as sentences, tried for any customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language

from clientela.console.pages import page, show
from clientela.console.retention.offered import explained_steps
from clientela.customers import queries as customers
from clientela.flows import explained_offers, facts, offers
from clientela.flows.search import customers_found
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.retention import queries as retention
from clientela.retention.models import Offer, OfferVersion
from clientela.retention.rules.deciding import Tally
from clientela.retention.rules.offers import STAGES
from clientela.retention.words import STAGES as STAGE_WORDS
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

SWITCH = "retention"


@page("retention.view", switch=SWITCH)
def shelf(request: HouseRequest) -> HttpResponse:
    today = companies.current().today(request.started_at)
    tallies = retention.tallies()
    rows = [
        _offer(offer, version, today=today, tally=tallies.get(offer.id, Tally()))
        for offer, version in retention.all_offers()
    ]
    gates = [
        {"key": gate.key, "words": label(version.body["sentences"]), "version": version.number,
         "condition": _condition(version.body["when"]),
         "scope": version.body.get("holds_back", "selling"), "withdrawn": gate.withdrawn_at}
        for gate, version in retention.all_gates()
    ]  # fmt: skip
    return show(request, "console/retention/shelf.html", {"rows": rows, "gates": gates})


@page("customers.view", "retention.view", switch=SWITCH)
def offer(request: HouseRequest, key: str) -> HttpResponse:
    """One offer; `customer` in the address tries it for somebody."""
    found = retention.offer(key)
    versions = list(retention.versions_of(key))
    body = versions[0].body
    people = staff.names_of({one.published_by for one in versions})
    today = companies.current().today(request.started_at)
    tally = retention.tallies().get(found.id, Tally())
    context = {
        "offer": _offer(found, versions[0], today=today, tally=tally),
        "wording": [{"language": code, **words} for code, words in body["wording"].items()],
        "stages": list(_stages(body)), "context": list(_context(body)), "body": body,
        "value": Money(body.get("value", 100), companies.current().currency),
        "versions": [
            {"number": one.number, "published_at": one.published_at,
             "by": people.get(one.published_by, one.published_by)}
            for one in versions
        ],
        **_tried(request, key),
    }  # fmt: skip
    return show(request, "console/retention/offer.html", context)


def _offer(offer: Offer, version: OfferVersion, *, today: date, tally: Tally) -> dict[str, Any]:
    body = version.body
    return {
        "key": offer.key, "name": label(body.get("labels")), "group": offer.offer_group,
        "version": version.number, "sells": body.get("sells", True),
        "starts_on": body.get("starts_on"), "ends_on": body.get("ends_on"),
        "state": _state(offer, body, today), "accepted": tally.accepted,
        "answered": tally.answered,
    }  # fmt: skip


def _state(offer: Offer, body: Mapping[str, Any], today: date) -> str:
    if offer.withdrawn_at:
        return "withdrawn"
    if body.get("starts_on") and body["starts_on"] > today.isoformat():
        return "planned"
    return "over" if body.get("ends_on") and body["ends_on"] < today.isoformat() else "running"


def _stages(body: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for stage in STAGES:
        if body.get(stage) is not None:
            yield {"stage": STAGE_WORDS[stage], "condition": _condition(body[stage])}


def _context(body: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for rule in body.get("context", []):
        yield {"factor": rule["factor"], "condition": _condition(rule["when"])}


def _condition(tree: Any) -> str:
    return explained_offers.condition_words(tree, language=get_language() or "en")


def _tried(request: HouseRequest, key: str) -> dict[str, Any]:
    """What the offers in force would do for the customer asked about; nothing is kept."""
    asked = request.GET.get("customer", "").strip()[:200]
    if not asked:
        return {"asked": ""}
    hits = customers_found(asked, company=companies.current(), limit=1)
    if not hits:
        return {"asked": asked, "nobody": True}
    family = customers.family_of(hits[0].customer.id)
    policy = retention.policy(facts.catalogue())
    decided = offers.looked(family, policy=policy, now=request.started_at)
    told = explained_offers.of_decided(decided, language=get_language() or "en")
    return {
        "asked": asked, "tried": explained_steps(one for one in told if one.offer == key),
        "tried_for": {"id": ids.public("cus", family[0]), "name": hits[0].customer.display_name},
    }  # fmt: skip
