"""What is written of an award besides its posting: its lots, and what was looked at for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clientela.loyalty.queries import ledger as queries
from clientela.loyalty.rules import lives
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import REASONS, Award, Part
from clientela.loyalty.rules.bodies import Rule
from clientela.platform import periods

# Rules that were not running then are nobody's question.
UNTOLD = ("not-in-time",)


def looked_at(award: Award, shapes: Mapping[int, Rule], answers: Answers) -> str:
    """What else was looked at, and what was answered: see `Posting.looked_at`."""
    refused = {one.version_id: REASONS[one.reason] for one in award.refusals
               if one.reason not in UNTOLD}  # fmt: skip
    told = []
    for version in {**refused, **{step.version_id: 0 for step in award.steps}}:
        rule = shapes.get(version)
        mask = answers.mask(rule, award.place) if rule is not None and rule.when else 0
        reason = refused.get(version, 0)
        if mask or reason:
            told.append(f"{version},{reason},{mask}")
    return f"{{{','.join(told)}}}"


@dataclass(frozen=True, slots=True)
class Lots:
    """When the points of parts can be used, and until when."""

    scheme: queries.Scheme
    now: datetime
    known: dict[tuple[object, ...], datetime | None] = field(default_factory=dict)

    def row(self, award: Award, nth: int) -> tuple[object, ...]:
        part = award.parts[nth - 1]
        active_at = self.active_at(award, part)
        is_active = active_at is not None and active_at <= self.now
        ends = None if active_at is None else self._ends(part.life or self.scheme.life, active_at)
        own = None if part.life is None else json.dumps(lives.written(part.life))
        return nth, part.points, active_at, is_active, ends, part.cashable, own

    def active_at(self, award: Award, part: Part) -> datetime | None:
        waits = part.waits or self.scheme.waits
        if waits is None:
            return award.occurred_at
        return waits.active_at(award.occurred_at, self.scheme.zone)

    def is_active(self, award: Award, part: Part) -> bool:
        active_at = self.active_at(award, part)
        return active_at is not None and active_at <= self.now

    def _ends(self, life: lives.Life, active_at: datetime) -> datetime | None:
        by = (life, periods.day_of(active_at, self.scheme.zone))
        if by not in self.known:
            self.known[by] = life.expires_at(active_at, self.scheme.zone)
        return self.known[by]
