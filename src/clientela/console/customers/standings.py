"""Where a customer stood and stands, as their page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from clientela.loyalty.queries import tiers
from clientela.ui.templatetags.ui import label

SHOWN = 20


def standing_rows(family: Sequence[UUID]) -> list[dict[str, Any]]:
    """Newest first; a standing that ended before it began was never had."""
    return [
        {"words": label(one.tier.labels), "starts_at": one.starts_at, "ends_at": one.ends_at,
         "kept_until": one.kept_until}
        for one in tiers.history_of(family)[:SHOWN] if one.ends_at != one.starts_at
    ]  # fmt: skip
