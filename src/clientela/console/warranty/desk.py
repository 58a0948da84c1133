"""The warranty desk: one field, one word for an answer, and why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from clientela.console.pages import page, see, show
from clientela.console.warranty import axis, words
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.flows import check_coverage as checking
from clientela.flows import search, sell_policy, value_policy
from clientela.flows.check_coverage import Asked, Found
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.products import queries as products
from clientela.staff import company as companies
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import cases
from clientela.warranty.queries import claims as reads
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules import spans

QUERY_LENGTH_MAX = 200
CLAIMS_SHOWN = 5


@page("customers.view", "warranty.view", switch="warranty")
def desk(request: HouseRequest) -> HttpResponse:
    """What was asked for: the answer about one unit, or the units and customers to choose from."""
    query = request.GET.get("q", "")[:QUERY_LENGTH_MAX].strip()
    if query.upper().startswith(("W-", "CLM_")) and cases.row_of("claim", query):
        return see(reverse("console:claim", args=[reads.get(query).shown]))
    found = _units(request, query)
    context: dict[str, Any] = {"query": query, "typed": query, "waiting": reads.waiting()}
    if len(found) == 1:
        context |= answer(request, found[0])
        context["typed"] = query or found[0].serial
    elif found:
        context["units"] = [unit_row(case) for case in found]
    elif query:
        context |= _nothing(query)
    return show(request, "console/warranty/desk.html", context)


@page("warranty.view", switch="warranty")
def check(request: HouseRequest) -> HttpResponse:
    """The answer about one holding: a fragment for the drawer, or a page of its own."""
    case = cases.of_holding(holding_id(request))
    if case is None:
        raise products.NoSuchHolding
    context = answer(request, case)
    is_part = "HX-Request" in request.headers
    name = "check" if is_part else "check_page"
    return show(request, f"console/warranty/{name}.html", context)


def holding_id(request: HouseRequest) -> UUID:
    try:
        return ids.parse("hol", request.GET.get("holding", ""))
    except ValueError:
        raise NotThere from None


def _units(request: HouseRequest, query: str) -> list[Case]:
    """Units by holding, customer, serial or policy, in this order."""
    if request.GET.get("holding"):
        return cases.by_holdings([holding_id(request)])
    with suppress(ValueError):
        if customer := request.GET.get("customer"):
            return units_of(customers.family_of(ids.parse("cus", customer)))
    if not query:
        return []
    if found := cases.by_serial(query):
        return found
    if query.upper().startswith("P-") or query.startswith("pol_"):
        with suppress(NotThere):
            return cases.by_holdings([cases.policy(query).holding_id])
    hits = search.customers_found(query, company=companies.current())
    return units_of(customers.family_of(hits[0].customer.id)) if len(hits) == 1 else []


def units_of(family: Sequence[UUID]) -> list[Case]:
    """What the family holds that has any cover, or had."""
    held = [holding.id for _, holding in products.holdings_of(family)]
    return [case for case in cases.by_holdings(held) if case.covers]


def _nothing(query: str) -> dict[str, Any]:
    hits = search.customers_found(query, company=companies.current())
    return {
        "hits": [{"id": hit.customer.public_id, "name": hit.customer.display_name,
                  "number": hit.customer.number, "phone": hit.phone} for hit in hits],
        "alike": None if hits else cases.lookalike(query), "nobody": not hits,
    }  # fmt: skip


def answer(request: HouseRequest, case: Case) -> dict[str, Any]:
    """Everything the desk shows of one unit."""
    fault = None
    component, fault_on = request.GET.get("part", ""), request.GET.get("fault_on", "")
    try:
        asked = Asked(holding_id=case.holding_id, component=component,
                      fault_on=date.fromisoformat(fault_on) if fault_on else None)  # fmt: skip
        found = checking.of_case(case, asked, now=request.started_at)
    except (InvalidInput, ValueError) as refusal:
        fault = str(refusal)
        found = checking.of_case(case, Asked(holding_id=case.holding_id), now=request.started_at)
    owner = owner_of(request, case.customer_id)
    spoken = owner.language if owner else ""
    names = [words.plan_words(found, result) for result in found.answer.results]
    parts = checking.parts_of(case, language=get_language() or "en")
    claims = reads.page_of(family=[case.customer_id], holding_id=case.holding_id,
                           limit=CLAIMS_SHOWN)  # fmt: skip
    return {
        "case": case, "found": found, "fault": fault, "verdict": _verdict(found),
        "layers": _layers(found, names), "axis": axis.of(found, names, dict(parts)),
        "owner": owner,
        "parts": parts,
        "part": found.question.component, "fault_on": found.question.fault_on,
        "say": words.to_say(found, name=owner.display_name, language=spoken) if owner else "",
        "say_language": spoken or "en", "value": _value(request, case, found),
        "claims": claim_rows(claims), "offers": _offers(request, case),
        "source": words.of(words.SOURCES, case.in_service_source or ""),
        "price": _money(case.price_minor, case.currency),
    }  # fmt: skip


def _verdict(found: Found) -> dict[str, Any]:
    answer_, payer = found.answer.answer, found.payer
    policy = found.policy_of(payer) if payer else None
    left = found.left_minor(payer) if payer else None
    return {
        "answer": answer_, "word": words.of(words.ANSWERS, answer_),
        "tone": words.TONES[answer_], "until": found.until,
        "by": words.plan_words(found, payer) if payer else "",
        "pays": words.paid_words(payer) if payer else "",
        "deductible": _money(policy.deductible_minor or None, policy.currency) if policy else None,
        "left": _money(left, policy.currency) if policy else None,
        "because": "" if payer is None or answer_ == "covered"
        else words.of(words.REASONS, payer.reasons[0]),
    }  # fmt: skip


def _layers(found: Found, names: Sequence[str]) -> list[dict[str, Any]]:
    language = get_language() or "en"
    return [
        {
            "name": name, "answer": result.answer, "pays": result is found.payer,
            "word": words.of(words.ANSWERS, result.answer), "layer": result.tried.layer,
            "because": words.because(found, result, language=language),
            "policy": policy.shown if (policy := found.policy_of(result)) else "",
        }
        for name, result in zip(names, found.answer.results, strict=True)
    ]  # fmt: skip


def _value(request: HouseRequest, case: Case, found: Found) -> dict[str, Any] | None:
    """Value and longevity of the policy that pays, else of the one that lasts longest."""
    paying = found.policy_of(found.payer) if found.payer else None
    running = sorted((one for one in case.policies if one.price_minor), key=lambda one: one.ends_on)
    chosen = paying or (running[-1] if running else None)
    if chosen is None:
        return None
    policy = Policy(
        id=chosen.id, customer_id=chosen.customer_id, number=chosen.number,
        holding_id=case.holding_id,
    )  # fmt: skip
    today = spans.day_of_fault(request.started_at, case.zone)
    return value_shown(value_policy.valued(case, policy, on=today))


def value_shown(value: value_policy.Value) -> dict[str, Any]:
    policy, currency = value.policy, value.policy.currency
    gone = max(value.days_total - max(value.days_left, 0), 0)
    cap = policy.cap("lifetime") or policy.cap("claim")
    return {
        "policy": policy, "value": value, "price": _money(policy.price_minor, currency),
        "insured": _money(policy.insured_minor, currency),
        "left": _money(value.left_minor, currency),
        "cap": _money(cap.amount_minor if cap else None, currency),
        "cap_minor": cap.amount_minor if cap else 0, "left_minor": value.left_minor or 0,
        "claims_paid": _money(policy.used_minor, currency),
        "earned": _money(value.earned_minor, currency),
        "refund": _money(value.refund.minor, currency), "days_left": max(value.days_left, 0),
        "days_gone": gone, "days_total": value.days_total, "is_over": value.is_over,
        "cancelled": value.cancellation,
    }  # fmt: skip


def _offers(request: HouseRequest, case: Case) -> list[dict[str, Any]]:
    if not request.actor.may("warranty.sell"):
        return []
    return [
        {"plan": offer.plan, "names": offer.names,
         "prices": [(months, _money(minor, offer.currency)) for months, minor in offer.prices]}
        for offer in sell_policy.offers(case, now=request.started_at)
    ]  # fmt: skip


def claim_rows(claims: Sequence[Any]) -> list[dict[str, Any]]:
    """Claims as lists show them, with what was claimed and what is paid."""
    sums = reads.sums_of(claims) if claims else {}
    return [
        {
            "claim": claim, "state": words.of(words.STATES, claim.state),
            "tone": words.STATE_TONES.get(claim.state, ""),
            "claimed": _money(sums.get(claim.id, (0, 0))[0], claim.currency),
            "payable": _money(sums.get(claim.id, (0, 0))[1], claim.currency),
        }
        for claim in claims
    ]  # fmt: skip


def unit_row(case: Case) -> dict[str, Any]:
    """A unit in a list: what it is, and until when it is covered; where nothing covers the whole of
    it, a part.
    """
    included = [cover for cover in case.covers if cover.included]
    whole = [cover.ends_on for cover in included if not cover.component_path]
    ends = whole or [cover.ends_on for cover in included]
    return {"case": case, "until": max(ends) - spans.DAY if ends else None}


def owner_of(request: HouseRequest, customer_id: UUID) -> Customer | None:
    """Whose it is, for somebody who may see customers, and this one."""
    family = customers.family_of(customer_id) if request.actor.may("customers.view") else []
    return customers.get(family[0]) if family else None


def _money(minor: int | None, currency: str | None) -> dict[str, Any] | None:
    return {"minor": minor, "currency": currency} if minor is not None and currency else None
