"""Refusals and failures as pages, as toasts for parts of a page, and at the fields of a form."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.platform.errors import NotSignedIn, NotThere, Problem, RightMissing, Unavailable
from clientela.staff import rights

log = logging.getLogger("clientela.console")
PAGES = {403: "403.html", 404: "404.html", 503: "503.html"}
# Titles of refusals that people can meet, in their language.
TITLES: dict[str, str | Promise] = {
    "no-such-standing-order": _("This is not paid by itself"),
    "too-many-acts": _("The house has done enough for this customer in one day"),
    "not-enough-money": _("There is not enough money on it"),
    "restricted": _("This record may not be used now"),
    "ledger-does-not-tie": _("What is left by the month of earning is not what the ledger holds"),
    "month-is-closed": _("This month is closed already"),
    "month-is-open": _("This month is not over, or the one before it is not closed"),
    "points-have-no-price": _("Say in the programme what so many points are worth"),
    "month-not-over": _("This month is not over yet"),
    "statement-does-not-tie": _("The lines of this month are not what moved in the ledger"),
    "already-answered": _("This travel order has been answered already"),
    "benefit-given": _("This has been booked, so its points cannot come back"),
    "journey-given-up": _("This journey has been given up already"),
    "already-exported": _("This is in a file for the bank"),
    "cash-limit-reached": _("This is more than may be paid out in a day or a month"),
    "cash-out-waits": _("This waits because something was changed lately"),
    "no-payer": _("Say first from which account cash is paid"),
    "no-seat-left": _("All seats of this day are taken"),
    "no-such-travel-offer": _("This journey is not offered on that day"),
    "not-confirmed": _("This journey has not been confirmed"),
    "not-paid": _("Nothing of this has gone to the bank"),
    "nothing-to-export": _("Nothing approved waits for a transfer"),
    "nothing-waits": _("Somebody has looked at this already"),
    "payout-not-verified": _("There is no account to pay to"),
    "terms-have-moved": _("The terms give another share back by now"),
    "vouchers-given-out": _("The partner's codes are all given out"),
    "already-decided": _("This has been decided already"),
    "already-merged": _("One of these records is merged into another already"),
    "already-parted": _("This merge was taken back already"),
    "likely-duplicate": _("This customer is likely known already"),
    "matching-not-installed": _("The search over all customers is not installed here"),
    "no-such-pair": _("Somebody decided this pair already"),
    "not-one-kind": _("A person and a company are never one customer"),
    "not-the-latest-merge": _("A later merge has to be taken back first"),
    "on-legal-hold": _("A legal hold forbids this"),
    "sample-has-faults": _("Pairs of the sample are two customers; nothing was merged"),
    "sample-not-looked-at": _("The sample changed meanwhile; look at it again"),
    "search-runs": _("A search for duplicates is under way"),
    "values-changed-since": _("Say for each value that was changed since which one stays"),
    "already-reversed": _("These points are back already"),
    "already-set-up": _("This installation has an administrator already"),
    "coupon-used": _("The coupon has been used, so its points cannot come back"),
    "coupons-given-out": _("All coupons of this kind are given out"),
    "hold-has-ended": _("These points are not held any more"),
    "hold-is-open": _("This still waits for a person"),
    "identity-taken": _("This belongs to another customer"),
    "invitation-over": _("This sign-in link has been used or is over"),
    "limit-reached": _("This customer has had this reward as often as it can be had"),
    "needs-second-person": _("Somebody else has to decide this"),
    "not-approved": _("Somebody has to approve this first"),
    "not-enough-points": _("There are not enough points"),
    "reward-not-available": _("This reward cannot be had"),
    "reward-sold-out": _("This reward is sold out"),
    "last-administrator": _("Somebody must stay able to administer this installation"),
    "right-missing": _("You have not got the right for this"),
    "role-in-use": _("People have this role; give them another one first"),
    "role-is-whole": _("This role may do everything, and stays so"),
    "still-running": _("This was sent a moment ago and is still being worked on"),
    "totals-do-not-close": _("Rows were read that went nowhere"),
}


def page_for(request: HttpRequest, fault: Exception) -> HttpResponse | None:
    """The page of an expected refusal; None for what nobody expected."""
    if isinstance(fault, OperationalError | InterfaceError):
        return unavailable(request, fault)
    if not isinstance(fault, Problem):
        return None
    if isinstance(fault, NotSignedIn):
        return redirect("account_login")
    if "HX-Request" in request.headers:
        return toast(fault)
    return render(
        request, PAGES.get(fault.status, "refused.html"), _context(fault), status=fault.status
    )


def unavailable(request: HttpRequest, fault: Exception) -> HttpResponse:
    """The database is away, or gave up on this page."""
    log.error("the database failed a page: %s", type(fault).__name__)
    away = Unavailable()
    response = (
        toast(away)
        if "HX-Request" in request.headers
        else render(request, "503.html", status=away.status)
    )
    response.headers["Retry-After"] = "2"
    return response


def toast(fault: Problem) -> HttpResponse:
    """A refused part of a page: the page stays, a toast says why."""
    told = json.dumps({"toast": sentence(fault)})
    return HttpResponse(status=fault.status, headers={"HX-Trigger": told})


def sentence(fault: Problem) -> str:
    """What cannot be, for a person; with its detail where there is more to say."""
    title = TITLES.get(fault.code)
    return fault.detail if title is None else str(title)


def title_of(code: str) -> str:
    """What a refusal that was written down by its code said."""
    return str(TITLES.get(code, code))


def into(form: Form, refusal: Problem) -> None:
    """Put what a flow refuses at the fields of the form; what has no field there, above them."""
    listed = refusal.extra.get("faults") or [{"field": refusal.field, "detail": sentence(refusal)}]
    for fault in listed:
        form.add_error(_field_of(form, fault.get("field") or ""), fault["detail"])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"problem": NotThere()}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """What nobody expected: the log has the fault under the id that the page shows, with the route
    and never the address, which may hold a caller's number.
    """
    route = request.resolver_match.view_name if request.resolver_match else ""
    id = getattr(request, "request_id", "")
    log.error("a page failed: %s %s", route, id, exc_info=sys.exc_info())
    return render(request, "500.html", status=500)


def _context(fault: Problem) -> dict[str, Any]:
    context: dict[str, Any] = {"problem": _Told(fault)}
    if isinstance(fault, RightMissing):
        right = str(fault.extra.get("right", ""))
        context["right"] = right
        context["sentence"] = rights.sentence_of(right)
    return context


class _Told:
    """A problem as the pages show it."""

    def __init__(self, fault: Problem) -> None:
        self.code = fault.code
        self.title = TITLES.get(fault.code, fault.title)
        self.detail = fault.detail if fault.code not in TITLES else self.title


def _field_of(form: Form, field: str) -> str | None:
    """`phones.0` stands at the field `phone` where the form has only that one."""
    names = (field, field.partition(".")[0], field.partition(".")[0].removesuffix("s"))
    return next((name for name in names if name in form.fields), None)
