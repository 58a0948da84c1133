"""Points that wait until something happens: what a part says, and what its lot then waits for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from uuid import UUID

from clientela.loyalty.rules.awards import Award, Part, Waits
from clientela.loyalty.rules.lives import Life

PAUSE = "pause:"


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a lot waits for: an event, the end of a pause, or both; and a day before which it does
    not begin in any case.
    """

    event: str = ""
    pause_id: UUID | None = None
    not_before: datetime | None = None


def withheld(
    award: Award, pause_id: UUID, *, zone: tzinfo, otherwise: Waits | None = None
) -> Award:
    """The award with every part waiting for the end of a pause, besides what it waits for: itself,
    or as all new points do.
    """
    parts = tuple(
        _withheld(replace(part, waits=part.waits or otherwise), pause_id, award.occurred_at, zone)
        for part in award.parts
    )
    return replace(award, parts=parts)


def _withheld(part: Part, pause_id: UUID, occurred_at: datetime, zone: tzinfo) -> Part:
    waits, day, event = part.waits, "", ""
    if waits is not None:
        active_at = waits.active_at(occurred_at, zone)
        event, day = waits.event, active_at.isoformat() if active_at else ""
    return replace(part, waits=Waits(event=f"{PAUSE}{pause_id.hex}|{event}|{day}"))


def awaited(waits: Waits) -> Awaited:
    """What the event of a part's `waits` stands for."""
    if not waits.event.startswith(PAUSE):
        return Awaited(waits.event)
    pause, event, day = waits.event.removeprefix(PAUSE).split("|")
    return Awaited(event, UUID(hex=pause), datetime.fromisoformat(day) if day else None)


def as_body(life: Life) -> dict[str, object]:
    """A life as it is stored."""
    body = {"days": life.days, "months": life.months, "until": life.until}
    return {name: value for name, value in body.items() if value}
