"""A customer on one page: the panels of the profile, each of which may fail alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clientela.console.customers import attributes, opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.customers.postings import posting_rows
from clientela.console.pages import page, show
from clientela.customers import queries as customers
from clientela.customers.models import Field, ProfileType
from clientela.flows import held
from clientela.flows import profile as profiles
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform.http.requests import HouseRequest
from clientela.ui.panels import Panel, panel
from clientela.ui.templatetags.ui import language_name

PANELS = ("identities", "holdings", "points", "purchases", "timeline")
POSTINGS_SHOWN = 3
HAPPENINGS_SHOWN = 8
Blocks = dict[str, Any]


@page("customers.view")
@of_family
def overview(request: HouseRequest, family: Family) -> HttpResponse:
    """All panels in one request, composed from the same profile that the API answers."""
    context = _record(request, family)
    return show(request, "console/customers/show.html", context)


@page("customers.view")
@of_family
def one_panel(request: HouseRequest, family: Family, name: str) -> HttpResponse:
    """One panel again, after it had failed."""
    context = _record(request, family)
    if name not in context["panels"]:
        raise Http404
    context["panel"] = context["panels"][name]
    return show(request, f"console/customers/panels/{name}.html", context)


def composed(request: HouseRequest, family: Family) -> dict[str, Any]:
    """Everything of the record, for another page that shows it its own way."""
    return _record(request, family)


def _record(request: HouseRequest, family: Family) -> dict[str, Any]:
    blocks = _profile(request, family)
    kind = _kind(blocks)
    found = {one.name: one for one in _panels(family, blocks, kind)}
    former = len(held.parted(_listed(blocks, "holdings"))[1])
    return {**_header(request, family, blocks, kind), "panels": found, "former": former}


def _profile(request: HouseRequest, family: Family) -> Blocks:
    found = profiles.of_customer(
        family[0], actor=request.actor, now=request.started_at, channel="console",
        language=get_language() or "en", request=request.request_id,
    )  # fmt: skip
    blocks: Blocks = json.loads(found.json)
    return blocks


def _kind(blocks: Blocks) -> ProfileType | None:
    """The profile type of the customer; None where the block failed."""
    key = blocks["customer"].get("type")
    return customers.profile_types()[key] if key else None


def _header(
    request: HouseRequest, family: Family, blocks: Blocks, kind: ProfileType | None
) -> dict[str, Any]:
    """Out of the profile itself; from the record where its block failed."""
    if kind is None:
        return opened.header(request, family)
    open_now, _old = held.parted(_listed(blocks, "holdings"))
    first = {one["kind"]: one["value"] for one in reversed(_listed(blocks, "identities"))}
    return opened.head(
        {**blocks["customer"], "type": opened.type_words(kind), "phone": first.get("phone", "")},
        held=len(open_now) if "holdings" in blocks else None,
    )


def _panels(family: Family, blocks: Blocks, kind: ProfileType | None) -> Iterator[Panel]:
    """Those of the blocks that are there: what is off, or not for this person, is missing."""
    shown: Blocks = {"who": list(_facts(blocks["customer"], kind)) if kind else blocks["customer"]}
    shown |= {name: blocks[name] for name in PANELS if name in blocks}
    if listed := _listed(blocks, "holdings"):
        shown["holdings"] = held.parted(listed)[0]
    if listed := _listed(blocks, "points"):
        _add_postings(listed, family)
    if listed := _listed(blocks, "timeline"):
        shown["timeline"] = listed[:HAPPENINGS_SHOWN]
    for name, block in shown.items():
        again = reverse("console:customer-panel", args=[family[0], name])
        yield panel(name, _in_words(block), again=again)


def _in_words(block: Any) -> Any:
    """A block that failed keeps only the number of its error; the panel says the rest."""
    if isinstance(block, dict) and "error" in block:
        return {"error": {"request_id": block["error"].get("request_id", "")}}
    return block


def _add_postings(block: list[dict[str, Any]], family: Family) -> None:
    """The latest postings beside each balance."""
    rows = posting_rows(loyalty.ledger_of(family, limit=POSTINGS_SHOWN))
    for account in block:
        account["entries"] = [row for row in rows if row["currency"] == account["currency"]]


def _facts(customer: dict[str, Any], kind: ProfileType) -> Iterator[dict[str, str]]:
    """What is known of somebody, in the order of the profile type."""
    if customer["language"]:
        yield {"words": _("Language"), "shown": language_name(customer["language"])}
    if customer["country"]:
        yield {"words": _("Country"), "shown": customer["country"]}
    for field in kind.fields.all():
        if field.key in customer["attributes"]:
            yield _fact(field, customer["attributes"][field.key])


def _fact(field: Field, value: Any) -> dict[str, str]:
    return {"words": attributes.words_of(field), "shown": attributes.shown(field, value)}


def _listed(blocks: Blocks, name: str) -> list[dict[str, Any]]:
    """The rows of a block; none where it failed or is not for this person."""
    block = blocks.get(name)
    return block if isinstance(block, list) else []
