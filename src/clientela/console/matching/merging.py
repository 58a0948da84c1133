"""Merging by hand, and taking a merge back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import once, refusals
from clientela.console.customers.opened import Family, header, of_family
from clientela.console.matching import sides, words
from clientela.console.pages import FORM, page, see, show
from clientela.console.paging import Pages, key_of
from clientela.customers import queries as customers
from clientela.flows import merge_customers as merging
from clientela.flows import unmerge_customers as parting
from clientela.flows.search import customers_found
from clientela.flows.unmerge_customers import Parted, Parting
from clientela.matching.models import Merge
from clientela.matching.queries import merges
from clientela.platform import ids
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

RIGHTS = ("customers.view", "customers.merge")
PAGE = 50
FOUND_MAX = 8
WITH_MAX = 49


@page(*RIGHTS, "customers.edit", methods=FORM)
@of_family
def merge(request: HouseRequest, family: Family) -> HttpResponse:
    """Choose who else this customer is, look at both, and merge."""
    others = _named(request)
    records = [family[0], *(one for one in others if one != family[0])]
    context: dict[str, Any] = {**header(request, family), "fault": ""}
    if len(records) > 1:
        if request.method == "POST":
            try:
                return see(once.sent(request, lambda: _merged(request, records)).body.decode())
            except Problem as refusal:
                if refusal.status >= 500:
                    raise
                context["fault"] = refusals.sentence(refusal)
        try:
            context |= sides.compared(request, records, survivor=family[0])
        except Problem as refusal:
            messages.warning(request, refusals.sentence(refusal))
            return see(reverse("console:customer-merge", args=[family[0]]))
    query = request.GET.get("q", "").strip()[:200]
    context |= {"query": query, "with": [ids.public("cus", one) for one in records[1:]],
                "found": _found(query, but={*family, *others}) if query else []}  # fmt: skip
    status = 422 if context["fault"] else 200
    return show(request, "console/matching/merge.html", context, status=status)


def _named(request: HouseRequest) -> list[UUID]:
    given = request.POST if request.method == "POST" else request.GET
    found = []
    for one in given.getlist("with")[:WITH_MAX]:
        try:
            found.append(ids.parse("cus", one))
        except ValueError:
            continue
    return [family[0] for id in dict.fromkeys(found) if (family := customers.family_of(id))]


def _found(query: str, *, but: set[UUID]) -> list[dict[str, Any]]:
    hits = customers_found(query, company=companies.current(), limit=FOUND_MAX)
    return [
        {"id": hit.customer.public_id, "name": hit.customer.display_name,
         "number": hit.customer.number, "phone": hit.phone, "email": hit.email}
        for hit in hits if hit.customer.id not in but
    ]  # fmt: skip


def _merged(request: HouseRequest, records: list[UUID]) -> str:
    wish = sides.wish_of(records, request.POST)
    done = merging.merge_customers(
        wish, actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("Merged. The merge can be taken back: %(merge)s.")
                     % {"merge": done.merge.public_id})  # fmt: skip
    return reverse("console:customer", args=[done.merge.customer_id])


@page(*RIGHTS)
def listed(request: HouseRequest) -> HttpResponse:
    """Every merge there was, the newest first."""
    pages = Pages.of(request)
    rows = merges.page_of(before=pages.moment_of_record(), limit=PAGE)
    last = rows[-1] if len(rows) == PAGE else None
    context = {
        "rows": rows_of(rows), **pages.links(key_of(last.made_at, last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/matching/merges.html", context)


def rows_of(rows: list[Merge]) -> list[dict[str, Any]]:
    people = merges.records_of(
        id
        for row in rows
        for id in (row.customer_id, *(one.customer_id for one in row.records.all()))
    )  # fmt: skip
    by = staff.names_of({row.made_by for row in rows})
    return [
        {"id": row.public_id, "made_at": row.made_at, "by": by.get(row.made_by, row.made_by),
         "reason": row.reason, "survivor": people.get(row.customer_id),
         "others": [people[one.customer_id] for one in row.records.all()
                    if one.survivor_before is None and one.customer_id in people],
         "reversed_at": row.reversal.reversed_at if hasattr(row, "reversal") else None}
        for row in rows
    ]  # fmt: skip


@page(*RIGHTS, "customers.edit", methods=FORM)
def one(request: HouseRequest, merge_id: UUID) -> HttpResponse:
    """What a merge changed and carried; while it stands, what taking it back would do."""
    found = merges.get(merge_id)
    context: dict[str, Any] = {"merge": rows_of([found])[0], "fault": "", "blocked": ""}
    if request.method == "POST":
        try:
            return see(once.sent(request, lambda: _parted(request, merge_id)).body.decode())
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            context["fault"] = refusals.sentence(refusal)
    kind = customers.get(found.customer_id).profile_type.key
    context["values"] = [
        {"words": words.field(name, kind), "before": words.value(name, before, kind),
         "after": words.value(name, found.after.get(name), kind)}
        for name, before in found.before.items() if name not in parting.UNASKED
    ]  # fmt: skip
    context["points"] = found.carried.get("points", {}).get("points", [])
    if not hasattr(found, "reversal"):
        try:
            context |= _parting(parting.try_parting(merge_id, actor=request.actor), kind)
        except Problem as refusal:
            context["blocked"] = refusals.sentence(refusal)
    status = 422 if context["fault"] else 200
    return show(request, "console/matching/one.html", context, status=status)


def _parting(seen: Parted, kind: str) -> dict[str, Any]:
    return {
        "may_part": True,
        "changed": [
            {"field": one.field, "words": words.field(one.field, kind),
             "before": words.value(one.field, one.before, kind),
             "now": words.value(one.field, one.now, kind)}
            for one in seen.changed
        ],
        "since": [
            {"recorded_at": when, "name": name, "subject": subject}
            for when, name, subject in seen.since[:20] if name != "customer.merged"
        ],
    }  # fmt: skip


def _parted(request: HouseRequest, merge_id: UUID) -> str:
    chosen = {
        name.removeprefix("value."): value
        for name, value in request.POST.items()
        if name.startswith("value.") and isinstance(value, str)
    }
    wish = Parting(merge_id, chosen, reason=request.POST.get("reason", ""))
    done = parting.unmerge_customers(
        wish, actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("Taken back. Each record stands by itself again."))
    return reverse("console:customer", args=[done.records[0]])
