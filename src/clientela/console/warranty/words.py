"""What people call answers, reasons, states, costs and remedies of warranty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clientela.flows.check_coverage import Found
from clientela.ui import dates
from clientela.ui.templatetags.ui import label
from clientela.ui.words import Words
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules import spans
from clientela.warranty.rules.coverage import Result

ANSWERS: Words = {
    "covered": gettext_lazy("Covered"),
    "not_covered": gettext_lazy("Not covered"),
    "pending": gettext_lazy("Depends"),
    "unknown": gettext_lazy("Unknown"),
}
TONES = {"covered": "good", "pending": "warn", "not_covered": "bad", "unknown": "bad"}
REASONS: Words = {
    "in_cover": gettext_lazy("It is covered on that day"),
    "before_start": gettext_lazy("Its cover had not begun"),
    "after_end": gettext_lazy("Its cover had ended"),
    "waiting_period": gettext_lazy("It falls into the waiting period"),
    "usage_exceeded": gettext_lazy("It was used more than is covered"),
    "pending_reading": gettext_lazy("A reading of the counter is missing"),
    "pending_evidence": gettext_lazy("Evidence is missing"),
    "excluded_component": gettext_lazy("This part is excluded"),
    "component_not_covered": gettext_lazy("This part is not among those covered"),
    "cost_type_not_covered": gettext_lazy("This cost is not covered"),
    "excluded_fault": gettext_lazy("This fault is excluded"),
    "existing_fault": gettext_lazy("The fault was there before"),
    "limit_used_up": gettext_lazy("Its limit is used up"),
    "visits_used_up": gettext_lazy("Its visits are used up"),
    "late_notice": gettext_lazy("The fault was told of too late"),
    "void": gettext_lazy("It was declared void"),
    "cancelled": gettext_lazy("It was cancelled"),
    "exhausted": gettext_lazy("What it pays in its whole life is used up"),
    "replaced": gettext_lazy("The unit was replaced by another"),
    "transferred": gettext_lazy("It went to another owner"),
    "wrong_market": gettext_lazy("It does not hold in this country"),
    "not_in_service": gettext_lazy("Nobody knows since when it is in use"),
    "burden_on_customer": gettext_lazy("The customer must show that the fault was there"),
    "no_fault_found": gettext_lazy("No fault was found"),
    "customer_damage": gettext_lazy("Damage by the customer"),
    "wear": gettext_lazy("Wear"),
    "evidence_missing": gettext_lazy("The evidence asked for did not come"),
}
STATES: Words = {
    "submitted": gettext_lazy("Waits for a decision"),
    "approved": pgettext_lazy("claim", "Approved"),
    "partly_approved": pgettext_lazy("claim", "Approved in part"),
    "rejected": pgettext_lazy("claim", "Rejected"),
    "in_repair": gettext_lazy("In repair"),
    "replacing": gettext_lazy("Being replaced"),
    "refunding": gettext_lazy("Being refunded"),
    "settled": gettext_lazy("Settled"),
    "closed": pgettext_lazy("claim", "Closed"),
    "cancelled": pgettext_lazy("claim", "Cancelled"),
}
STATE_TONES = {
    "submitted": "warn", "approved": "good", "partly_approved": "good", "rejected": "bad",
    "settled": "good",
}  # fmt: skip
COSTS: Words = {
    "parts": gettext_lazy("Parts"),
    "labour": gettext_lazy("Labour"),
    "travel": gettext_lazy("Travel"),
    "expenses": gettext_lazy("Expenses"),
    "rental": gettext_lazy("Rental"),
    "consequential": gettext_lazy("Consequences"),
    "all": gettext_lazy("All costs"),
}
REMEDIES: Words = {
    "repair": gettext_lazy("Repair"),
    "replacement": gettext_lazy("Replacement"),
    "refund": gettext_lazy("Money back"),
}
SOURCES: Words = {
    "sale": pgettext_lazy("start", "sale"),
    "delivery": pgettext_lazy("start", "delivery"),
}


def of(words: Words, code: str) -> str:
    return str(words.get(code, code))


def plan_words(found: Found, result: Result) -> str:
    """A plan by its name; the law by its country."""
    policy, law = found.policy_of(result), found.law_of(result)
    if policy is not None:
        return str(label(policy.names)) or policy.plan
    return _("Legal guarantee, %(country)s") % {"country": law.country if law else ""}


def because(found: Found, result: Result, *, language: str) -> str:
    """Why a plan answers so, with the day that matters."""
    [first, *_more] = result.reasons
    words = of(REASONS, first)
    if first == "after_end":
        return _("%(reason)s on %(day)s") % {
            "reason": words, "day": dates.day(result.until - spans.DAY, language),
        }  # fmt: skip
    if first == "before_start":
        return _("%(reason)s; it begins on %(day)s") % {
            "reason": words, "day": dates.day(result.tried.starts_on, language),
        }  # fmt: skip
    if first == "in_cover":
        return paid_words(result)
    return words


def paid_words(result: Result) -> str:
    """`Parts 70 %, labour 100 %`: what of each cost is paid; all alike are said once."""
    percents = {percent_bp for _cost, percent_bp, _id in result.pays}
    if len(percents) == 1 and len(result.pays) == 6:
        return _("All costs at %(percent)g %%") % {"percent": percents.pop() / 100}
    return ", ".join(
        _("%(cost)s at %(percent)g %%") % {"cost": of(COSTS, cost), "percent": bp / 100}
        for cost, bp, _id in result.pays
    )


def to_say(found: Found, *, name: str, language: str) -> str:
    """A sentence for the customer, in the customer's language."""
    case, first = found.case, name.split(" ", maxsplit=1)[0] if name else ""
    if case is None:
        return ""
    with translation.override(language or "en"):
        values = _values(found, case, first, language or "en")
        if found.answer.answer == "covered":
            return _("%(name)s, your %(product)s is covered by %(plan)s until %(day)s.") % values
        if found.answer.answer == "pending":
            return _(
                "%(name)s, the law protects your %(product)s until %(day)s; we need something that "
                "shows the fault was there from the beginning."
            ) % values  # fmt: skip
        return _("%(name)s, I am sorry: no cover of your %(product)s runs on that day.") % values


def _values(found: Found, case: Case, first: str, language: str) -> Mapping[str, Any]:
    until = found.until
    return {
        "name": first, "product": case.product,
        "plan": plan_words(found, found.payer) if found.payer else "",
        "day": dates.day(until, language).rstrip(".") if until else "",  # the sentence ends there
    }  # fmt: skip
