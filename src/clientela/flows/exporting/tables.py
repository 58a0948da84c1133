"""What a kind of export is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clientela.customers.sight import Sight
from clientela.exports.rules import Cell, Column
from clientela.platform.http.actors import Actor
from clientela.staff.company import Company

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks and what they may see. `source`: whose ids name customers, where they have one."""

    actor: Actor
    sight: Sight
    company: Company
    now: datetime
    source: str = "import"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as an import understands them without a mapping, and the rows in bounded pieces."""

    columns: Sequence[Column]
    rows: Iterator[Sequence[Cell]]
