"""Sales without a customer that an import kept, or found the buyer of."""

from __future__ import annotations

from clientela.flows.undo.pieces import Outcome, Undoing
from clientela.imports.models import Written
from clientela.purchases.unnamed import actions as unnamed


def kept(written: Written, undoing: Undoing) -> Outcome:
    return Outcome(removed=unnamed.remove(written.records))


def named(written: Written, undoing: Undoing) -> Outcome:
    """They are without a customer again: the purchase that named one is undone by then."""
    sales = list(zip(written.records, written.before, strict=True))
    return Outcome(restored=unnamed.put_back(sales))
