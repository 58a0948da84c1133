"""What conditions may ask of the customer's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.facts import Fact, Type

FACTS = (
    Fact("customer.type", Type.CHOICE, _("Profile type")),
    Fact("customer.status", Type.CHOICE, _("Status")),
    Fact("customer.language", Type.CHOICE, _("Language")),
    Fact("customer.country", Type.CHOICE, _("Country")),
    Fact("customer.city", Type.TEXT, _("City")),
    Fact("customer.since", Type.DATE, _("Customer since")),
    Fact("customer.years", Type.NUMBER, _("Years as a customer")),
    Fact("customer.age", Type.NUMBER, _("Age")),
)


def read(block: Mapping[str, Any], today: date) -> dict[str, Any]:
    attributes = block.get("attributes") or {}
    known = {f"customer.{name}": block.get(name) for name in ("type", "status", "language",
                                                              "country", "since")}  # fmt: skip
    return {
        **known,
        "customer.name": block.get("name"),
        "customer.city": attributes.get("city"),
        "customer.years": _years(block.get("since"), today),
        "customer.age": _years(attributes.get("birth_date"), today),
    }


def _years(since: Any, today: date) -> int | None:
    """Whole years from a day until today; None when it is not known."""
    try:
        first = date.fromisoformat(since) if isinstance(since, str) else None
    except ValueError:
        return None
    if first is None or first > today:
        return None
    return today.year - first.year - ((today.month, today.day) < (first.month, first.day))
