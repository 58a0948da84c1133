"""What draft rules would have given, as other systems read it."""

from __future__ import annotations

from typing import Any

from clientela.flows.what_if import Sum, WhatIf


def told(found: WhatIf) -> dict[str, Any]:
    return {
        "currency": found.currency, "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(), "every": found.every, "money": found.money_code,
        "whole": _sum(found, "", found.whole),
        "by_month": [_sum(found, key, one) for key, one in found.by_month.items()],
        "by_tier": [_sum(found, key, one) for key, one in sorted(found.by_tier.items())],
        "by_segment": [_sum(found, key, one) for key, one in sorted(found.by_segment.items())],
    }  # fmt: skip


def _sum(found: WhatIf, key: str, one: Sum) -> dict[str, Any]:
    return {
        "key": key, "purchases": one.purchases,
        "spent": [{"minor": minor, "currency": code} for code, minor in sorted(one.minor.items())],
        "points_now": one.points_now, "points_draft": one.points_draft,
        "points_given": one.points_given if found.is_given else None,
        "cost_now_minor": found.cost(one.points_now),
        "cost_draft_minor": found.cost(one.points_draft),
        "cost_given_minor": found.cost(one.points_given) if found.is_given else None,
    }  # fmt: skip
