"""What rules of points ask of habits: those of whoever bought, as they were before the purchase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clientela.flows import baskets
from clientela.loyalty.actions.earning import Basis
from clientela.purchases import queries as purchases
from clientela.purchases.habits.before import Before, Sale, habits_before


def of(batch: Sequence[Basis], *, zone: str) -> list[dict[str, Any]]:
    """For each of the batch its facts by key. Categories are keys, those above them included: the
    first kite is the first toy too, unless there was a ball.
    """
    named = purchases.references(basis.purchase_id for basis in batch if basis.purchase_id)
    sales = [
        Sale(basis.customer_id, basis.occurred_at,
             named.get(basis.purchase_id, "") if basis.purchase_id else "", basis.currency,
             basis.minor)
        for basis in batch
    ]  # fmt: skip
    found = habits_before(sales, zone=zone)
    paths = baskets.paths()
    return [_facts(found, place, basis, paths) for place, basis in enumerate(batch)]


def _facts(found: Before, place: int, basis: Basis, paths: baskets.Paths) -> dict[str, Any]:
    facts = found.facts(place)
    if facts:
        bought = {key for line in basis.seen().lines for key in line.categories}
        known = {key for id in found.ever[place] for key in paths.get(id, ())}
        facts["habit.first_in"] = frozenset(bought - known)
    return facts
