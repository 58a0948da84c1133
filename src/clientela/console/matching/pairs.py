"""Duplicates: pairs that wait for a decision, reviewed one after the other by keyboard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import once, refusals
from clientela.console.matching import sides, words
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows import accept_duplicates, decide_pair, search_duplicates
from clientela.matching.linking import pairs as linking
from clientela.matching.queries import merges, pairs
from clientela.matching.queries.pairs import Alike, NoSuchPair
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest

RIGHTS = ("customers.view", "customers.merge")
PAGE = 50
THRESHOLDS = ((0.9, "90"), (0.95, "95"), (0.99, "99"), (0.999, "99.9"))


@page(*RIGHTS)
def listed(request: HouseRequest) -> HttpResponse:
    """The most alike first; what was put off comes again later."""
    rows = pairs.waiting(now=request.started_at, limit=PAGE + 1)
    context = {
        "rows": _rows(rows[:PAGE]), "more": len(rows) > PAGE,
        "searches": pairs.latest_searches(), "installed": linking.installed(),
        "accepted": pairs.latest_acceptance(),
    }  # fmt: skip
    return show(request, "console/matching/pairs.html", context)


@page(*RIGHTS, methods=SENT, shown_on="console:duplicates")
def search(request: HouseRequest) -> HttpResponse:
    """Compare all customers in the background."""

    def carry_out() -> str:
        search_duplicates.ask(actor=request.actor, now=request.started_at)
        return reverse("console:duplicates")

    try:
        once.sent(request, carry_out)
        messages.success(request, _("All customers are being compared. Look again in a while."))
    except Problem as refusal:
        messages.warning(request, refusals.sentence(refusal))
    return see(reverse("console:duplicates"))


@page(*RIGHTS, "customers.edit", methods=FORM)
def pair(request: HouseRequest, pair_id: UUID) -> HttpResponse:
    """Two records side by side: the same, different, or later."""
    try:
        alike = decide_pair.waiting(pair_id, now=request.started_at)
    except NoSuchPair as gone:
        if request.method != "POST":
            raise
        messages.warning(request, refusals.sentence(gone))
        return see(_next(request, pair_id))
    fault = ""
    if request.method == "POST":
        try:
            return see(once.sent(request, lambda: _decided(request, alike)).body.decode())
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            fault = refusals.sentence(refusal)
    return _shown(request, alike, fault)


def _shown(request: HouseRequest, alike: Alike, fault: str) -> HttpResponse:
    records = sorted(alike.sides)
    context = {
        "pair": alike, "parts": words.parts(alike.parts, alike.weakest), "fault": fault,
        "percent": round(alike.probability * 100, 1),
        **sides.compared(request, records, survivor=records[0]),
    }  # fmt: skip
    return show(request, "console/matching/pair.html", context, status=422 if fault else 200)


def _decided(request: HouseRequest, alike: Alike) -> str:
    actor, now, decision = request.actor, request.started_at, request.POST.get("decision", "")
    following = _next(request, alike.id)
    if decision == "same":
        wish = sides.wish_of(sorted(alike.sides), request.POST)
        done = decide_pair.same(
            alike.id, survivor=wish.survivor, choices=wish.choices, reason=wish.reason,
            actor=actor, now=now, request=request.request_id,
        )  # fmt: skip
        messages.success(request, _("Merged. The merge can be taken back: %(merge)s.")
                         % {"merge": done.merge.public_id})  # fmt: skip
    elif decision == "different":
        decide_pair.different(alike.id, reason=request.POST.get("reason", ""), actor=actor,
                              now=now, request=request.request_id)  # fmt: skip
        messages.success(request, _("Remembered: they are two customers."))
    else:
        decide_pair.later(alike.id, actor=actor, now=now)
        messages.success(request, _("Put off for a month."))
    return following


def _next(request: HouseRequest, pair_id: UUID) -> str:
    """The next pair that waits, else the list."""
    waiting = pairs.waiting(now=request.started_at, limit=2)
    following = next((one for one in waiting if one.id != pair_id), None)
    if following is None:
        return reverse("console:duplicates")
    return reverse("console:duplicate", args=[following.id])


@page(*RIGHTS, "customers.edit", methods=FORM)
def accept(request: HouseRequest) -> HttpResponse:
    """Accept all pairs above a threshold, after a look at a sample of them."""
    fault = ""
    offered = accept_duplicates.offered(threshold=_threshold(request), now=request.started_at)
    if request.method == "POST":
        try:
            accept_duplicates.refuse(
                threshold=offered.threshold, wrong=_pairs(request, "wrong"), actor=request.actor,
                now=request.started_at, request=request.request_id,
            )  # fmt: skip
            return see(once.sent(request, lambda: _accepted(request)).body.decode())
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            fault = refusals.sentence(refusal)
    rows = _rows(offered.sample)
    for row, one in zip(rows, offered.sample, strict=True):
        row["parts"] = words.parts(one.parts, one.weakest)
    context = {"rows": rows, "count": offered.count, "threshold": offered.threshold,
               "choices": THRESHOLDS, "fault": fault}  # fmt: skip
    return show(request, "console/matching/accept.html", context, status=422 if fault else 200)


def _accepted(request: HouseRequest) -> str:
    accept_duplicates.queued(
        threshold=_threshold(request), looked_at=_pairs(request, "seen"),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("The pairs are being merged. Each merge can be taken back."))
    return reverse("console:duplicates")


def _threshold(request: HouseRequest) -> float:
    given = request.POST.get("threshold") or request.GET.get("threshold") or ""
    try:
        return min(1.0, max(accept_duplicates.LEAST, float(given)))
    except ValueError:
        return 0.99


def _pairs(request: HouseRequest, name: str) -> list[UUID]:
    found = []
    for one in request.POST.getlist(name):
        try:
            found.append(UUID(hex=one))
        except ValueError:
            continue
    return found


def _rows(listed: list[Alike]) -> list[dict[str, Any]]:
    records = merges.records_of(side for one in listed for side in one.sides)
    return [
        {"id": one.public_id, "key": one.id.hex, "percent": round(one.probability * 100, 1),
         "weakest": words.FIELDS.get(one.weakest, one.weakest), "grade": one.grade,
         "sides": [
             {"id": records[side].public_id, "name": records[side].display_name,
              "number": records[side].number}
             for side in sorted(one.sides)
         ]}
        for one in listed
    ]  # fmt: skip
