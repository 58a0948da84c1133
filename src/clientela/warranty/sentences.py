"""What the log says of covers and claims, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from clientela.ui import dates


def _day(value: Any) -> str:
    return dates.day(date.fromisoformat(str(value)), get_language() or "en") if value else ""


def registered(data: Mapping[str, Any]) -> str:
    words = {"product": data.get("product", ""), "day": _day(data.get("until"))}
    return _("%(product)s is covered until %(day)s") % words


def sold(data: Mapping[str, Any]) -> str:
    words = {"plan": data.get("plan", ""), "product": data.get("product", ""),
             "policy": data.get("policy", "")}  # fmt: skip
    return _("%(plan)s was bought for %(product)s, policy %(policy)s") % words


def cancelled(data: Mapping[str, Any]) -> str:
    words = {"plan": data.get("plan", ""), "policy": data.get("policy", "")}
    return _("Policy %(policy)s, %(plan)s, was cancelled") % words


def opened(data: Mapping[str, Any]) -> str:
    words = {"claim": data.get("claim", ""), "product": data.get("product", "")}
    return _("Claim %(claim)s was opened for %(product)s") % words


def approved(data: Mapping[str, Any]) -> str:
    return _("Claim %(claim)s was approved") % {"claim": data.get("claim", "")}


def partly_approved(data: Mapping[str, Any]) -> str:
    return _("Claim %(claim)s was approved in part") % {"claim": data.get("claim", "")}


def rejected(data: Mapping[str, Any]) -> str:
    return _("Claim %(claim)s was rejected") % {"claim": data.get("claim", "")}


def settled(data: Mapping[str, Any]) -> str:
    claim = {"claim": data.get("claim", "")}
    if data.get("remedy") == "repair":
        return _("Claim %(claim)s was settled by repair") % claim
    if data.get("remedy") == "replacement":
        return _("Claim %(claim)s was settled by replacement") % claim
    return _("Claim %(claim)s was settled by refund") % claim


def withdrawn(data: Mapping[str, Any]) -> str:
    return pgettext("claim", "Claim %(claim)s was cancelled") % {"claim": data.get("claim", "")}


def replaced(data: Mapping[str, Any]) -> str:
    return _("%(product)s was replaced by another unit") % {"product": data.get("product", "")}


BY_NAME = {
    "unit.registered": registered,
    "policy.sold": sold,
    "policy.cancelled": cancelled,
    "claim.opened": opened,
    "claim.approved": approved,
    "claim.partly_approved": partly_approved,
    "claim.rejected": rejected,
    "claim.cancelled": withdrawn,
    "claim.settled": settled,
    "unit.replaced": replaced,
}
