"""A customer on one page: the panels of the profile, each of which may fail alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clientela.console.customers import attributes, kinds, opened, usual
from clientela.console.customers.kinds import Kind
from clientela.console.customers.opened import Family
from clientela.console.notes import written
from clientela.console.pages import page, show
from clientela.console.retention import flags, offered, wheel
from clientela.customers import queries as customers
from clientela.customers.models import Field
from clientela.customers.sight import IDENTITIES, present
from clientela.flows import held
from clientela.flows import profile as profiles
from clientela.flows.shapes import calculated as calculating
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.ui import words
from clientela.ui.panels import Panel, panel
from clientela.ui.regions import region
from clientela.ui.templatetags.ui import label, language_name

PANELS = (
    "identities", "kin", "issues", "review", "holdings", "covers", "points", "purchases", "habits",
    "needs", "offers", "notes", "timeline",
)  # fmt: skip
HAPPENINGS_SHOWN = 8
WORDED: dict[str, Callable[[Any], Any]] = {"notes": written.named, "habits": usual.worded}
Blocks = dict[str, Any]


@page("customers.view")
def overview(request: HouseRequest, customer_id: UUID) -> HttpResponseBase:
    """All panels in one request, composed from the same profile that the API answers."""
    context = _record(request, customer_id, without=("offers",))
    if context is None:
        return opened.moved(request, customer_id)
    return show(request, "console/customers/show.html", context)


@page("customers.view")
def one_panel(request: HouseRequest, customer_id: UUID, name: str) -> HttpResponseBase:
    """One panel again, after it had failed."""
    context = _record(request, customer_id)
    if context is None:
        return opened.moved(request, customer_id, name=name)
    if name not in context["panels"]:
        raise Http404
    context["panel"] = context["panels"][name]
    return show(request, f"console/customers/panels/{name}.html", context)


def composed(request: HouseRequest, family: Family) -> dict[str, Any]:
    """Everything of the record, for another page that shows it its own way."""
    found = _record(request, family[0])
    if found is None:
        raise customers.NoSuchCustomer
    return found


def _record(
    request: HouseRequest, customer_id: UUID, *, without: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """What the page shows; None where the address is not that of a customer of its own."""
    profile = profiles.of_survivor(
        customer_id, actor=request.actor, now=request.started_at, channel="console",
        language=get_language() or "en", request=request.request_id, without=without,
    )  # fmt: skip
    if profile is None:
        return None
    blocks: Blocks = json.loads(profile.json)
    kind = _kind(blocks)
    found = {one.name: one for one in _panels(customer_id, blocks, kind, now=request.started_at)}
    former = len(held.parted(_listed(blocks, "holdings"))[1])
    return {
        **_header(request, customer_id, blocks, kind), "panels": found, "former": former,
        "flags": flags.shown(blocks.get("flags"), blocks.get("issues")),
        "wheel": wheel.not_with_us(blocks),
    }  # fmt: skip


def _kind(blocks: Blocks) -> Kind | None:
    """The profile type of the customer; None where the block failed."""
    key = blocks["customer"].get("type")
    return kinds.current()[key] if key else None


def _header(
    request: HouseRequest, customer_id: UUID, blocks: Blocks, kind: Kind | None
) -> dict[str, Any]:
    """Out of the profile itself; from the record where its block failed."""
    if kind is None:
        return opened.header(request, customers.family_of(customer_id))
    open_now, _old = held.parted(_listed(blocks, "holdings"))
    first = {
        one["kind"]: one["value"]
        for one in reversed(_listed(blocks, "identities"))
        if "value" in one
    }
    return opened.head(
        {**blocks["customer"], "type": kind.words, "phone": first.get("phone", "")},
        held=len(open_now) if "holdings" in blocks else None,
    )


def _panels(
    customer_id: UUID, blocks: Blocks, kind: Kind | None, *, now: datetime
) -> Iterator[Panel]:
    """Those of the blocks that are there: what is off, or not for this person, is missing."""
    shown: Blocks = {"who": list(_who(blocks, kind, now=now)) if kind else blocks["customer"]}
    shown |= {name: blocks[name] for name in PANELS if name in blocks}
    if listed := _listed(blocks, "holdings"):
        shown["holdings"] = held.parted(listed)[0]
    for account in _listed(blocks, "points"):
        for entry in account["entries"]:
            entry["text"] = words.of(entry["kind"], "posting")
    for identity in _listed(blocks, "identities"):
        if "masked" in identity and present().reveals(IDENTITIES, identity["kind"]):
            args = [customer_id, f"identity.{identity['kind']}"]
            identity["reveal"] = reverse("console:customer-reveal", args=args)
    if "offers" in shown:
        shown["offers"] = offered.opened_at(shown["offers"])
    shown |= {name: worded(shown[name]) for name, worded in WORDED.items()
              if name in shown and not _has_failed(shown[name])}  # fmt: skip
    if listed := _listed(blocks, "timeline"):
        shown["timeline"] = listed[:HAPPENINGS_SHOWN]
    for name, block in shown.items():
        yield _failed(customer_id, name, block) if _has_failed(block) else panel(name, block)


def _has_failed(block: Any) -> bool:
    return isinstance(block, dict) and "error" in block


def _failed(customer_id: UUID, name: str, block: Any) -> Panel:
    """A block that failed keeps only the number of its error; the panel says the rest."""
    error = {"request_id": block["error"].get("request_id", "")}
    again = reverse("console:customer-panel", args=[customer_id, name])
    return panel(name, {"error": error}, again=again)


def _who(blocks: Blocks, kind: Kind, *, now: datetime) -> Iterator[dict[str, Any]]:
    """What is known, and behind it what is calculated from that."""
    yield from _facts(blocks["customer"], kind)
    holdings = blocks.get("holdings")
    told = calculating.of_block(
        kind.calculated, blocks["customer"], holdings if isinstance(holdings, list) else None,
        now=now,
    )  # fmt: skip
    for one in kind.calculated:
        if one.key in told:
            words = label(one.labels)
            yield {"words": words, "shown": attributes.told(one, told[one.key])}


def _facts(customer: dict[str, Any], kind: Kind) -> Iterator[dict[str, str]]:
    """What is known of somebody, in the order of the profile type."""
    if customer["language"]:
        yield {"words": _("Language"), "shown": language_name(customer["language"])}
    if customer["country"]:
        yield {"words": _("Country"), "shown": region(customer["country"])}
    for field in kind.fields:
        if field.key in customer["attributes"]:
            yield _fact(field, customer["attributes"][field.key])
        elif field.key in customer.get("masked", ()):
            yield _masked(customer, field)


def _fact(field: Field, value: Any) -> dict[str, str]:
    return {"words": attributes.words_of(field), "shown": attributes.shown(field, value)}


def _masked(customer: dict[str, Any], field: Field) -> dict[str, str]:
    """A value that is there and not shown; with the way to it for somebody who may reveal it."""
    may = present().reveals(customer["type"], field.key)
    address = reverse("console:customer-reveal", args=[id_of(customer), field.key]) if may else ""
    return {"words": attributes.words_of(field), "shown": "", "masked": "1", "reveal": address}


def id_of(customer: dict[str, Any]) -> UUID:
    return ids.parse("cus", customer["id"])


def _listed(blocks: Blocks, name: str) -> list[dict[str, Any]]:
    """The rows of a block; none where it failed or is not for this person."""
    block = blocks.get(name)
    return block if isinstance(block, list) else []
