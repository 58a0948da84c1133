"""How far customers are from a tier, as their accounts know it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.models import TierSet
from clientela.platform import sql


class Watched(NamedTuple):
    """Customers whose accounts of the points that are counted are locked: `near` ones may climb,
    and their accounts learn from which of their points on to measure them again; `far` ones do not.

    `version`: of the ladders. Of several that count the same points one is the first.
    """

    near: AbstractSet[UUID]
    far: AbstractSet[UUID]
    version: int
    is_first: bool


def is_watched(ladder: TierSet) -> bool:
    """Whether an account can tell that its owner does not come up this ladder yet."""
    return (ladder.measure == TierSet.Measure.POINTS
            and ladder.time_window != TierSet.Window.ANNIVERSARY)  # fmt: skip


def watch(members: Sequence[UUID], *, currency_id: int) -> Watched:
    """What the accounts of some know, those of whoever may climb locked; they have one each."""
    stamp = sql.statement("loyalty", "stamp").row()
    version = stamp[2] if stamp else 0
    rows = sql.execute(
        "SELECT customer_id FROM loyalty_account WHERE customer_id = ANY (%s) AND currency_id = %s"
        " AND kind = 'own' AND (earned >= measure_at OR measured_by <> %s)"
        " ORDER BY customer_id, id FOR NO KEY UPDATE",
        [list(members), currency_id, version],
    )
    near = {id for (id,) in rows.fetchall()}
    return Watched(near, set(members) - near, version, is_first=True)
