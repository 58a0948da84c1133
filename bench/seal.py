"""Every value of a sensitive field sealed anew with another key, beside the promise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows import keep_sealed
from clientela.flows.shapes import fields, passes
from clientela.platform.http.actors import SYSTEM

PROMISE = 10_000


def measured(place: Place) -> Iterator[Figure]:
    """A field of every customer is made sensitive for it, and plain again afterwards."""
    _say(sensitive=True)
    try:
        yield measure.in_turns(
            "seal", product=_rotated, ceiling=lambda: Reading(PROMISE),
            unit="values a second sealed with a new key", size=place.size, pairs=place.pairs,
            detail={},
        )  # fmt: skip
    finally:
        _say(sensitive=False)


def _rotated() -> Reading:
    _is_new, kept = keep_sealed.rotate(actor=SYSTEM, now=datetime.now(UTC))
    for one in keep_sealed.states():
        if not one.is_current and not one.values:
            keep_sealed.drop(one.id, actor=SYSTEM, now=datetime.now(UTC))
    return Reading(
        round(kept.values / kept.seconds),
        {"values": kept.values, "seconds": round(kept.seconds, 2)},
    )


def _say(*, sensitive: bool) -> None:
    now = datetime.now(UTC)
    outcome = fields.change_field("person", "city", {"sensitive": sensitive}, actor=SYSTEM, now=now)
    if outcome.plan is not None:
        passes.carry_out(outcome.plan.id, now=now)
