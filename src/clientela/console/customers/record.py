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
from clientela.loyalty import queries as loyalty
from clientela.platform.http.requests import HouseRequest
from clientela.ui.panels import Panel, panel
from clientela.ui.templatetags.ui import language_name

POSTINGS_SHOWN = 3
Blocks = dict[str, Any]


@page("customers.view")
@of_family
def overview(request: HouseRequest, family: Family) -> HttpResponse:
    """All panels in one request, composed from the same profile that the API answers."""
    blocks = _profile(request, family)
    found = {one.name: one for one in _panels(request, family, blocks)}
    return show(
        request, "console/customers/show.html",
        {**_header(request, family, blocks), "panels": found, "former": _former(blocks)},
    )  # fmt: skip


@page("customers.view")
@of_family
def one_panel(request: HouseRequest, family: Family, name: str) -> HttpResponse:
    """One panel again, after it had failed."""
    blocks = _profile(request, family)
    found = {one.name: one for one in _panels(request, family, blocks)}
    if name not in found:
        raise Http404
    return show(
        request, f"console/customers/panels/{name}.html",
        {**_header(request, family, blocks), "panel": found[name], "former": _former(blocks)},
    )  # fmt: skip


def _profile(request: HouseRequest, family: Family) -> Blocks:
    found = profiles.of_customer(
        family[0], actor=request.actor, now=request.started_at, channel="console",
        language=get_language() or "en", request=request.request_id,
    )  # fmt: skip
    blocks: Blocks = json.loads(found.json)
    return blocks


def _header(request: HouseRequest, family: Family, blocks: Blocks) -> dict[str, Any]:
    """Out of the profile itself; from the record where its block failed."""
    customer = blocks["customer"]
    if "error" in customer:
        return opened.header(request, family)
    open_now, _old = held.parted(_listed(blocks, "holdings"))
    first = {one["kind"]: one["value"] for one in reversed(_listed(blocks, "identities"))}
    words = opened.type_words(customers.profile_types()[customer["type"]])
    return opened.head(
        {**customer, "type": words, "phone": first.get("phone", "")},
        held=len(open_now) if "holdings" in blocks else None,
    )


def _panels(request: HouseRequest, family: Family, blocks: Blocks) -> Iterator[Panel]:
    """Those of the blocks that are there: what is off, or not for this person, is missing."""

    def again(name: str) -> str:
        return reverse("console:customer-panel", args=[family[0], name])

    yield _who(blocks["customer"], again=again("who"))
    for name in ("identities", "purchases", "timeline"):
        if name in blocks:
            yield panel(name, blocks[name], again=again(name))
    if "holdings" in blocks:
        failed = blocks["holdings"] if "error" in blocks["holdings"] else None
        block = failed or held.parted(blocks["holdings"])[0]
        yield panel("holdings", block, again=again("holdings"))
    if "points" in blocks:
        block = blocks["points"]
        if block and "error" not in block:
            _add_postings(block, family)
        yield panel("points", block, again=again("points"))


def _add_postings(block: list[dict[str, Any]], family: Family) -> None:
    """The latest postings beside each balance."""
    rows = posting_rows(loyalty.ledger_of(family, limit=POSTINGS_SHOWN))
    for account in block:
        account["entries"] = [row for row in rows if row["currency"] == account["currency"]]


def _who(customer: dict[str, Any], *, again: str) -> Panel:
    if "error" in customer:
        return panel("who", customer, again=again)
    kind = customers.profile_types()[customer["type"]]
    return panel("who", list(_facts(customer, kind)), again=again)


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


def _former(blocks: Blocks) -> int:
    return len(held.parted(_listed(blocks, "holdings"))[1])


def _listed(blocks: Blocks, name: str) -> list[dict[str, Any]]:
    """The rows of a block; none where it failed or is not for this person."""
    block = blocks.get(name)
    return block if isinstance(block, list) else []
