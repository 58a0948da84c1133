"""What the undo of one piece answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from clientela.imports.models import Batch, Written
from clientela.platform.http.actors import Actor

USED, EDITED, MERGED = "used-since", "edited-since", "merged-since"


@dataclass(frozen=True, slots=True)
class Undoing:
    """One import on its way back, in the transaction of one piece."""

    batch: Batch
    actor: Actor
    now: datetime

    @property
    def cause(self) -> str:
        """What field changes of the undo are marked with."""
        return f"undo:{self.batch.public_id}"


@dataclass(slots=True)
class Outcome:
    """How many records went, went back or stay, and which stay: (record, code, field)."""

    removed: int = 0
    restored: int = 0
    reversed: int = 0
    kept: list[tuple[str, str, str]] = field(default_factory=list)

    def keep(self, records: Iterable[str], code: str, name: str = "") -> None:
        self.kept += [(record, code, name) for record in records]

    def counts(self) -> dict[str, int]:
        return {
            "removed": self.removed, "restored": self.restored, "reversed": self.reversed,
            "kept": len({record for record, _, _ in self.kept}),
        }  # fmt: skip


Undo = Callable[[Written, Undoing], Outcome]
