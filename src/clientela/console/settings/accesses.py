"""Who looked at whom, and what somebody should ask about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from clientela.console.pages import page, show
from clientela.console.paging import Pages
from clientela.customers import queries as customers
from clientela.customers.access import queries as access
from clientela.customers.access.models import Access
from clientela.customers.access.queries import Unusual, Wanted
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

PAGE = 50
UNUSUAL_DAYS = 7
CHANNELS = {
    "console": _("Console"), "api": _("API"), "cli": _("Terminal"), "agent": _("Agent page"),
}  # fmt: skip
KINDS = {
    "own-record": _("opened their own record"),
    "colleague": _("opened a colleague's record"),
    "many-customers": _("opened very many customers"),
    "more-than-usual": _("opened far more customers than usual"),
}


@page("customers.audit")
def accesses(request: HouseRequest) -> HttpResponse:
    """Newest first, of one person or key where `actor` says so; `revealed=1` only of sensitive
    fields. The first page begins with what is unusual.
    """
    pages = Pages.of(request)
    wanted = Wanted(
        actor=request.GET.get("actor", "")[:60], revealed=request.GET.get("revealed") == "1"
    )
    found = access.page_of(wanted, before=pages.number(), limit=PAGE)
    odd = _unusual(request) if not (pages.before or wanted.actor) else []
    by = staff.names_of({*(one.actor for one in found), *(one.actor for one in odd)})
    names = customers.names_of(
        {*(one.customer_id for one in found), *(one.customer_id for one in odd if one.customer_id)}
    )
    last = found[-1] if len(found) == PAGE else None
    context = {
        "rows": [row_of(one, by, names) for one in found],
        "unusual": [_odd(one, by, names) for one in odd],
        "people": list(_people(request)), "revealed": wanted.revealed, "actor": wanted.actor,
        **pages.links(str(last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/settings/accesses.html", context)


def row_of(one: Access, by: Mapping[str, str], names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "seen_at": one.seen_at, "by": by.get(one.actor, one.actor),
        "customer": ids.public("cus", one.customer_id), "name": names.get(one.customer_id, ""),
        "channel": CHANNELS.get(one.channel, one.channel), "fields": one.fields,
        "reason": one.reason, "request": one.request,
    }  # fmt: skip


def _unusual(request: HouseRequest) -> list[Unusual]:
    company = companies.current()
    since = request.started_at - timedelta(days=UNUSUAL_DAYS)
    return access.unusual(since=since, zone=company.time_zone, now=request.started_at)


def _odd(one: Unusual, by: Mapping[str, str], names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "day": one.day, "by": by.get(one.actor, one.actor), "what": KINDS[one.kind],
        "customers": one.customers, "usual": one.usual,
        "customer": ids.public("cus", one.customer_id) if one.customer_id else "",
        "name": names.get(one.customer_id, "") if one.customer_id else "",
    }  # fmt: skip


def _people(request: HouseRequest) -> Iterable[tuple[str, str]]:
    for person in staff.people():
        yield person.public_id, person.name
    programs = staff.keys()
    yield from ((key.public_id, key.name) for key in programs)
