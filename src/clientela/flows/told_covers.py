"""Checks, policies and plans as the API and the terminal answer them."""

from __future__ import annotations

from typing import Any

from clientela.flows.check_coverage import Found
from clientela.flows.value_policy import Value
from clientela.platform import ids
from clientela.warranty.models.covered import Cancellation
from clientela.warranty.models.promised import Plan, Terms
from clientela.warranty.rules import spans
from clientela.warranty.rules.coverage import Result
from clientela.warranty.rules.defining import CLAUSE, LIMIT, PRICE


def checked(found: Found) -> dict[str, Any]:
    results = [_tried(found, result) for result in found.answer.results]
    payer = found.payer
    by = next((row for row, result in zip(results, found.answer.results, strict=True)
               if result is payer), None)  # fmt: skip
    return {
        "answer": found.answer.answer, "fault_on": found.question.fault_on,
        "component": found.question.component, "until": found.until, "by": by,
        "unit": _unit(found), "resembles": found.alike, "plans": results,
    }  # fmt: skip


def _tried(found: Found, result: Result) -> dict[str, Any]:
    policy, law = found.policy_of(result), found.law_of(result)
    left = found.left_minor(result)
    name = (
        policy.names.get("en", policy.plan) if policy else f"Legal guarantee, {law and law.country}"
    )
    return {
        "plan": policy.plan if policy else "legal", "name": name, "layer": result.tried.layer,
        "policy": policy.shown if policy else None, "answer": result.answer,
        "reasons": list(result.reasons), "starts_on": result.tried.starts_on,
        "until": result.until - spans.DAY,
        "percent": {cost: percent_bp / 100 for cost, percent_bp, _ in result.pays},
        "payer": policy.payer if policy else (found.case and found.case.seller) or "seller",
        "left": money(left, policy.currency) if policy and left is not None else None,
    }  # fmt: skip


def _unit(found: Found) -> dict[str, Any] | None:
    case = found.case
    if case is None:
        return None
    return {
        "holding": case.public_id, "customer": ids.public("cus", case.customer_id),
        "product": case.product, "serial": case.serial, "sold_on": case.sold_on,
        "in_service_on": case.in_service_on, "in_service_source": case.in_service_source or "",
        "country": case.country or "", "replaced_on": case.replaced_on,
    }  # fmt: skip


def policy_shown(value: Value) -> dict[str, Any]:
    policy, case = value.policy, value.case
    return {
        "id": policy.public_id, "number": policy.shown, "plan": policy.plan,
        "name": policy.names.get("en", policy.plan), "layer": policy.layer,
        "terms_version": policy.version, "holding": case.public_id,
        "customer": ids.public("cus", policy.customer_id), "product": case.product,
        "serial": case.serial, "starts_on": policy.starts_on, "ends_on": value.last_on,
        "days_left": max(value.days_left, 0),
        "price": money(policy.price_minor, policy.currency),
        "insured": money(policy.insured_minor, policy.currency)
        if policy.insured_minor is not None else None,
        "claims_paid": money(policy.used_minor, policy.currency),
        "limit_left": money(value.left_minor, policy.currency)
        if value.left_minor is not None else None,
        "earned": money(value.earned_minor, policy.currency),
        "refund_today": _refund(value), "cancelled": _ended(value.cancellation, policy.currency),
    }  # fmt: skip


def _refund(value: Value) -> dict[str, Any]:
    back = value.refund
    return {
        "amount": money(back.minor, value.policy.currency), "method": back.method,
        "share": f"{back.numerator}/{back.denominator}", "unearned_minor": back.unearned_minor,
        "claims_minor": back.claims_minor, "fee_minor": back.fee_minor,
        "free_look": back.is_free_look,
    }  # fmt: skip


def _ended(cancellation: Cancellation | None, currency: str) -> dict[str, Any] | None:
    if cancellation is None:
        return None
    return {
        "on": cancellation.effective_on, "reason": cancellation.reason,
        "refund": money(cancellation.refund_minor, currency),
        "cancelled_at": cancellation.cancelled_at.isoformat(),
    }  # fmt: skip


def money(minor: int, currency: str) -> dict[str, Any]:
    return {"minor": minor, "currency": currency}


def plan_shown(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code, "layer": plan.layer, "stack": plan.stack,
        "product": plan.product.code if plan.product else None, "payer": plan.payer,
        "markets": plan.markets,
        "versions": [terms_shown(terms, plan.code) for terms in plan.versions.all()],
    }  # fmt: skip


def terms_shown(terms: Terms, code: str = "") -> dict[str, Any]:
    names = ("version", "names", "currency", "sold_from", "sold_until", "start_rule", "end_rule",
             "waiting_days", "window_days", "refund_method", "refund_fee_minor",
             "free_look_days")  # fmt: skip
    return {
        **{name: getattr(terms, name) for name in names},
        "plan": code or terms.plan.code, "digest": bytes(terms.digest).hex(),
        "clauses": [
            {name: getattr(clause, name) for name in CLAUSE}
            for clause in terms.clauses.all()
        ],
        "limits": [
            {name: getattr(limit, name) for name in LIMIT}
            for limit in terms.limits.all()
        ],
        "prices": [
            {name: getattr(price, name) for name in PRICE}
            for price in terms.prices.all()
        ],
    }  # fmt: skip
