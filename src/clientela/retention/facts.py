"""What conditions may ask of flags and needs, read from the blocks of the profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.facts import Fact, Relation, Type
from clientela.retention.words import FLAGS, SOURCES

Block = Sequence[Mapping[str, Any]]

FLAG_FACTS = (
    Fact("flags.kinds", Type.LIST, _("Flags"), FLAGS),
    Fact("flags.review_on", Type.DATE, _("Next review of a flag")),
)
NEED_FACTS = (Fact("needs.kinds", Type.LIST, _("Needs")),)
NEEDS = Relation(
    "needs",
    _("Needs"),
    (
        Fact("need.kind", Type.CHOICE, _("Kind of need")),
        Fact("need.source", Type.CHOICE, _("Source"), SOURCES),
        Fact("need.confidence", Type.NUMBER, _("Confidence in per cent")),
        Fact("need.product_kind", Type.CHOICE, _("Kind of product")),
        Fact("need.competitor", Type.TEXT, _("Held with")),
        Fact("need.ends_on", Type.DATE, _("Ends elsewhere on")),
        Fact("need.noted_at", Type.INSTANT, _("Noted")),
    ),
)


def read_flags(block: Block, today: date) -> dict[str, Any]:
    reviews = [flag["review_on"] for flag in block if flag.get("review_on")]
    return {
        "flags.kinds": [flag["kind"] for flag in block],
        "flags.review_on": min(reviews, default=None),
    }


def read_needs(block: Block, today: date) -> dict[str, Any]:
    rows = [{fact.key: need.get(fact.key.removeprefix("need.")) for fact in NEEDS.facts}
            for need in block]  # fmt: skip
    return {"needs": rows, "needs.kinds": [need["kind"] for need in block]}
