"""The product wheel: kinds of product a customer does not hold here, and what is held elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from clientela.flows import held
from clientela.products import queries as products
from clientela.ui.templatetags.ui import label

KINDS_SECONDS = 60.0
SHOWN_MAX = 6
_kept: list[tuple[float, dict[str, Any]]] = []


def not_with_us(blocks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Kinds the company has customers hold and this one does not; those with another company, as
    the needs tell, come first. Nothing where holdings or needs are not for this person.
    """
    holdings, needs = blocks.get("holdings"), blocks.get("needs")
    if not isinstance(holdings, list) or not isinstance(needs, list):
        return []
    here = {one["kind"] for one in held.parted(holdings)[0]}
    elsewhere = [need for need in needs if need["competitor"] and need["product_kind"] not in here]
    known = kinds()
    first = [_elsewhere(need, known) for need in elsewhere]
    named = here | {need["product_kind"] for need in elsewhere}
    rest = [{"words": label(labels) or key} for key, labels in known.items() if key not in named]
    return [*first, *rest][:SHOWN_MAX]


def kinds() -> dict[str, Any]:
    """Kinds that are held, with their labels; at most a minute old."""
    if not _kept or time.monotonic() - _kept[0][0] > KINDS_SECONDS:
        found = {kind.key: kind.labels for kind in products.kinds() if kind.held}
        _kept[:] = [(time.monotonic(), found)]
    return _kept[0][1]


def _elsewhere(need: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    kind = need["product_kind"]
    return {
        "words": label(known.get(kind)) or need["words"] or kind, "with": need["competitor"],
        "ends_on": need["ends_on"],
    }  # fmt: skip


__all__: Sequence[str] = ("kinds", "not_with_us")
