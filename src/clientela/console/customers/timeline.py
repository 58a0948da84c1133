"""What happened to a customer: one stream, filtered by programme, person, channel and period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.pages import page, show
from clientela.console.paging import Pages, key_of
from clientela.flows import timeline
from clientela.platform.http.actors import SYSTEM
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui import words as words_of

PAGE = 50
WORDS: Mapping[str, str | Promise] = {
    "record": _("Record"), "holdings": _("Holdings"), "purchases": _("Purchases"),
    "points": _("Points"), "warranty": _("Warranty"), "issues": _("Issues"),
    "offers": _("Offers"), "calls": _("Calls"), "privacy": _("Privacy"),
}  # fmt: skip
MEMBERS = ("kind", "person", "channel", "first", "last")


@page("customers.view")
@of_family
def timeline_page(request: HouseRequest, family: Family) -> HttpResponse:
    """Newest first, by key; the address holds the filter."""
    pages = Pages.of(request)
    asked = {name: value for name in MEMBERS if (value := request.GET.get(name, "").strip())}
    sought = timeline.sought_by(
        request.actor, part=_known(asked, "kind", WORDS), person=asked.get("person", ""),
        channel=_known(asked, "channel", timeline.CHANNELS), first=_day(asked, "first"),
        last=_day(asked, "last"),
    )  # fmt: skip
    entries: list[dict[str, Any]] = []
    following = None
    if sought is not None:
        entries, following = timeline.page_of(
            family, before=pages.moment(), sought=sought, limit=PAGE
        )
    by = staff.names_of({entry["actor"] for entry in entries})
    context = {
        "entries": [{**entry, "by": by.get(entry["actor"], "")} for entry in entries],
        "kinds": list(_chips(request, asked)), "asked": asked, "plain": request.path,
        "people": _people(asked), "channels": _channels(),
        **pages.links(key_of(*following) if following else None),
    }  # fmt: skip
    whole = {**opened.header(request, family), **context}
    return show(request, "console/customers/timeline.html", whole)


def _known(asked: dict[str, str], name: str, listed: Iterable[str]) -> str:
    """A choice of the address; one that is none asks for nothing."""
    if asked.get(name, "") not in listed:
        asked.pop(name, None)
    return asked.get(name, "")


def _day(asked: dict[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        asked.pop(name, None)
        return None


def _chips(request: HouseRequest, asked: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """One for each part of the record whose happenings the person may see."""
    rest = {name: value for name, value in asked.items() if name != "kind"}
    for code, words in {"": _("All"), **WORDS}.items():
        if code and not timeline.names_for(request.actor, timeline.PARTS[code]):
            continue
        query = urlencode(rest | ({"kind": code} if code else {}))
        yield {
            "words": words, "url": f"{request.path}?{query}" if query else request.path,
            "current": code == asked.get("kind", ""),
        }  # fmt: skip


def _people(asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who may have done something: the house itself, and everybody of the company."""
    chosen = asked.get("person", "")
    named: list[tuple[str, str | Promise]] = [(SYSTEM.id, _("Clientela itself"))]
    named += staff.people_by_name()
    return [{"id": id, "name": name, "current": id == chosen} for id, name in named]


def _channels() -> list[tuple[str, str]]:
    words = {**words_of.CHANNEL, **words_of.ISSUE_CHANNEL, **words_of.CHANNEL}
    return [(code, str(words.get(code, code))) for code in timeline.CHANNELS]
