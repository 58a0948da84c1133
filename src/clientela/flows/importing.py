"""What the adapters of the import engine share: the work in hand, and what became of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from clientela.imports.rules.effects import Effect
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.mapping import ColumnMapping
from clientela.platform.http.actors import Actor
from clientela.staff.company import Company


@dataclass(frozen=True, slots=True)
class Work:
    """One file on its way in. In a trial everything is rolled back, so nothing is set off by it.

    `batch` is the import's public id, under which field changes name their cause; `data_of` is as
    of when the file tells, where somebody said so.
    """

    mapping: ColumnMapping
    company: Company
    actor: Actor
    now: datetime
    is_trial: bool = False
    is_demo: bool = False
    batch: str = ""
    data_of: datetime | None = None

    @property
    def source(self) -> str:
        return self.mapping.source


@dataclass(frozen=True, slots=True)
class Taken:
    """`outcome` as in the control totals; a row that is not taken says why."""

    outcome: str
    faults: tuple[Reject, ...] = ()


NEW, CHANGED, UNCHANGED = Taken("new"), Taken("changed"), Taken("unchanged")
REPEATED, OVERRIDDEN = Taken("repeated"), Taken("overridden")


class Adapter(Protocol):
    """One kind of file. `prepare` is called once per row in the order of the file, outside any
    transaction; `take` may be called again for the same rows when the database picks a victim.

    `effects` is what the last `take` wrote; the engine empties it before each.
    """

    effects: list[Effect]

    def prepare(self, rows: Sequence[Any]) -> Any: ...

    def take(self, prepared: Any) -> list[Taken]: ...


def rejected(number: int, column: str, code: str, value: str = "", **params: str) -> Taken:
    """A row that its adapter refuses; `value` is shown in the sentence."""
    return Taken("rejected", (Reject(number, column, code, {"value": value, **params}),))


def turns(whose: Mapping[int, UUID]) -> list[list[int]]:
    """Places of rows, each customer once in a turn: rows of records that were merged into one go
    one after the other.
    """
    found: list[list[int]] = []
    times: Counter[UUID] = Counter()
    for place in sorted(whose):
        turn = times[whose[place]]
        if turn == len(found):
            found.append([])
        found[turn].append(place)
        times[whose[place]] += 1
    return found
