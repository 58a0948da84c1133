"""What conditions may ask of issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, of_family
from clientela.platform.conditions.facts import Fact, Type

FACTS = (
    Fact("issues.open", Type.NUMBER, _("Open issues")),
    Fact("issues.open_complaints", Type.NUMBER, _("Open complaints")),
)
_OPEN = f"""
    SELECT count(*)::numeric
    FROM issues_issue AS issue
    JOIN customers_customer AS asked_by ON asked_by.id = issue.customer_id
    WHERE {of_family("asked_by")} AND issue.category IN ('open', 'paused')"""
COLUMNS = Columns({
    "issues.open": Column(f"({_OPEN})"),
    "issues.open_complaints": Column(f"({_OPEN} AND issue.complaint_at IS NOT NULL)"),
})  # fmt: skip


def read(block: Sequence[Mapping[str, Any]], today: date) -> dict[str, Any]:
    return {
        "issues.open": len(block),
        "issues.open_complaints": sum(1 for issue in block if issue.get("complaint")),
    }
