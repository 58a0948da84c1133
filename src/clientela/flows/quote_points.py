"""What a purchase would earn: computed as it is when it is recorded, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows import earn_points, points, record_purchases
from clientela.flows.points import Explained
from clientela.flows.record_purchases import Bought
from clientela.loyalty.queries import ledger as loyalty
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.queries.reasons import Named
from clientela.purchases.actions import Fresh

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Trial:
    """Other rules than those in force; `drafts` says how those are told of that are no version."""

    schemes: Sequence[Scheme]
    drafts: Mapping[int, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a purchase gives in each currency, and why; those that give nothing say why not."""

    customer_id: UUID
    currencies: tuple[Explained, ...]


def quote_points(bought: Bought, *, now: datetime, trial: Trial | None = None) -> Quote:
    """Refuses whatever recording the purchase would refuse."""
    resolved = customers.resolve([bought.customer], even_restricted=True)
    new = record_purchases.readable(bought, resolved[0], now=now)
    return _quote(Fresh(0, NOBODY, b"", new), trial, now=now)


def quote_for_nobody(bought: Bought, *, now: datetime, trial: Trial | None = None) -> Quote:
    """The same for somebody of whom nothing is known: on no tier, on no list, without habits."""
    new = record_purchases.readable(bought, customers.Resolved(1, NOBODY, NOBODY), now=now)
    return _quote(Fresh(0, NOBODY, b"", new), trial, now=now)


def _quote(fresh: Fresh, trial: Trial | None, *, now: datetime) -> Quote:
    asked = trial or Trial(loyalty.schemes())
    [basis] = earn_points.bases_of([fresh], asked.schemes)
    found = points.explained(basis, asked.schemes, now=now, drafts=asked.drafts)
    return Quote(fresh.purchase.customer_id, tuple(found))
