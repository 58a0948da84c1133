"""Policies and plans in the console: what one is worth, ending it, selling one; the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.console.privacy import reviewed
from clientela.console.warranty import desk, words
from clientela.console.warranty.forms import CancelForm
from clientela.flows.sell_policy import NewSale, sell_policy
from clientela.flows.value_policy import Value, cancel_policy, value_of
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.ui.numbers import percent
from clientela.ui.templatetags.ui import language, money
from clientela.warranty.models.promised import LegalRule
from clientela.warranty.queries import book
from clientela.warranty.queries import claims as reads

INVALID = 422


@page("warranty.view", switch="warranty")
def policy(request: HouseRequest, number: str) -> HttpResponse:
    """Value and longevity of one policy."""
    return _policy(request, number, CancelForm())


@page("warranty.view", "warranty.sell", switch="warranty", methods=FORM)
def cancel(request: HouseRequest, number: str) -> HttpResponse:
    """End a policy; what would be refunded stands on its page before."""
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _cancel(request, form, number))
        if answer:
            return answer
    return _policy(request, number, form)


def _cancel(request: HouseRequest, form: CancelForm, number: str) -> str:
    cancel_policy(
        number, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], by_us=False,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return reverse("console:policy", args=[number])


def _policy(request: HouseRequest, number: str, form: CancelForm) -> HttpResponse:
    value = value_of(number, now=request.started_at)
    claims = reads.page_of(family=[value.case.customer_id], holding_id=value.case.holding_id)
    found = desk.value_shown(value)
    context = {
        **found, "self_value": found, "case": value.case, "form": form,
        "cancelled_refund": Money(value.cancellation.refund_minor, value.policy.currency)
        if value.cancellation else None,
        "owner": desk.owner_of(request, value.case.customer_id), "claims": desk.claim_rows(claims),
    }  # fmt: skip
    status = INVALID if form.errors else 200
    return show(request, "console/warranty/policy.html", context, status=status)


@page("warranty.view", switch="warranty")
def why(request: HouseRequest, number: str) -> HttpResponse:
    """How the refund of today is counted, step by step."""
    value = value_of(number, now=request.started_at)
    address = reverse("console:policy", args=[value.policy.shown])
    policy = value.policy
    context = {"why": _refund_steps(value), "close": address,
               **reviewed.link(request, [policy.customer_id], policy)}  # fmt: skip
    if "HX-Request" in request.headers:
        return show(request, "ui/why_steps.html", context)
    return show(request, "console/warranty/why.html", context)


def _refund_steps(value: Value) -> dict[str, Any]:
    back, currency = value.refund, value.policy.currency
    unearned = _("Unearned: %(part)s of %(whole)s") % {
        "part": back.numerator, "whole": back.denominator,
    }  # fmt: skip
    steps = [
        {"words": _("Price paid"), "figure": _shown(value.policy.price_minor, currency)},
        {"words": unearned, "figure": _shown(back.unearned_minor, currency),
         "more": _("Within the free look all of it.") if back.is_free_look else ""},
        {"icon": "minus", "words": _("Claims paid"),
         "figure": _shown(-back.claims_minor, currency)},
        {"icon": "minus", "words": _("Fee"), "figure": _shown(-back.fee_minor, currency)},
    ]  # fmt: skip
    return {
        "title": _("Refund if cancelled today"), "about": value.policy.shown, "steps": steps,
        "total_words": _("Refund"), "total": _shown(back.minor, currency),
    }  # fmt: skip


def _shown(minor: int, currency: str) -> str:
    return money(Money(minor, currency))


@page(
    "warranty.view", "warranty.sell", switch="warranty", methods=SENT, shown_on="console:warranty"
)
def sell(request: HouseRequest) -> HttpResponse:
    """Sell a cover that the desk offers for a unit."""
    form = Form(request.POST)
    form.is_valid()
    answer = send(request, form, lambda: _sell(request))
    if answer:
        return answer
    raise InvalidInput(" ".join(map(str, form.non_field_errors())))


def _sell(request: HouseRequest) -> str:
    months = request.POST.get("term_months", "")
    try:
        holding: UUID = ids.parse("hol", request.POST.get("holding", ""))
        term = int(months) if months else None
    except ValueError:
        raise NotThere from None
    sold = sell_policy(
        NewSale(holding, request.POST.get("plan", ""), term), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return reverse("console:policy", args=[sold.shown])


@page("warranty.view", switch="warranty")
def plans(request: HouseRequest) -> HttpResponse:
    """Every plan with its newest terms, and the law as it is known here."""
    parts = book.component_names()
    shown = [_plan(plan, parts) for plan in book.plans()]
    return show(request, "console/warranty/plans.html",
                {"plans": shown, "laws": LegalRule.objects.all()})  # fmt: skip


def _plan(plan: Any, parts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    versions = list(plan.versions.all())
    terms = versions[-1] if versions else None
    currency = terms.currency if terms else ""
    return {
        "plan": plan, "terms": terms, "versions": len(versions),
        "clauses": [
            {"clause": clause, "part": parts.get(clause.component_path, clause.component_path),
             "cost": words.of(words.COSTS, clause.cost_type),
             "percent": percent(clause.percent_bp, 10_000, language())}
            for clause in (terms.clauses.all() if terms else ())
        ],
        "limits": [
            {"limit": limit, "amount": Money(limit.amount_minor, currency)}
            for limit in (terms.limits.all() if terms else ())
        ],
        "prices": [
            {"months": price.term_months, "amount": Money(price.amount_minor, currency)}
            for price in (terms.prices.all() if terms else ())
        ],
        "goods": [
            one.product.name if one.product else (one.kind or one.category).labels
            for one in plan.assignments.all()
        ],
    }  # fmt: skip


@page("customers.view", "warranty.view", switch="warranty")
@of_family
def of_customer(request: HouseRequest, family: Family) -> HttpResponse:
    """Everything of one customer that is or was covered, and the claims about it."""
    claims = reads.page_of(family=family)
    context = {
        **opened.header(request, family),
        "units": [desk.unit_row(case) for case in desk.units_of(family)],
        "claims": desk.claim_rows(claims),
    }  # fmt: skip
    return show(request, "console/customers/warranty.html", context)
