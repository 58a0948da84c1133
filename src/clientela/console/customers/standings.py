"""Where a customer stood and stands, as their page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from clientela.ui.templatetags.ui import label


def standing_row(told: Mapping[str, Any]) -> dict[str, Any]:
    ends, kept = told["ends_at"], told["kept_until"]
    return {
        "words": label(told["labels"]), "starts_at": datetime.fromisoformat(told["starts_at"]),
        "ends_at": datetime.fromisoformat(ends) if ends else None,
        "kept_until": date.fromisoformat(kept) if kept else None,
    }  # fmt: skip


def standing_rows(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Newest first."""
    return [standing_row(one) for one in told]
