"""Two years of trade, played through the flows that a till and a counter use.

A customer's returns are booked between the purchases before and after them, so the ledger of each
customer is in order of time.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers.queries import Reference
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.demo.story import CameBack, Household, Sale
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.platform import transactions
from clientela.products import actions as products
from clientela.purchases.actions import NewLine, NewReturn, ReturnedLine

PURCHASES_AT_ONCE = 5_000
STAFF = ("Dace", "Inga", "Mārtiņš", "Oskars")
Round = tuple[list[Sale], list[CameBack]]


def play(batch: Sequence[Household], ids: Mapping[int, UUID], *, now: datetime) -> None:
    """Record everything these households bought and gave back."""
    sold: dict[str, UUID] = {}
    for sales, returns in _rounds(batch):
        for first in range(0, len(sales), PURCHASES_AT_ONCE):
            sold |= _sell(sales[first : first + PURCHASES_AT_ONCE], ids, now=now)
        _give_back(returns, sold, ids, now=now)
    with transactions.open():
        products.mark_demo(list(ids.values()))


def _rounds(batch: Sequence[Household]) -> Iterator[Round]:
    """First what everybody bought before their first return, those returns, what came after."""
    returned = _by_customer(batch)
    rounds: list[Round] = [([], []) for _ in range(1 + max(map(len, returned.values()), default=0))]
    for household in batch:
        for sale in household.sales:
            before = [back.returned_at for back in returned.get(sale.customer, ())]
            rounds[bisect(before, sale.sold_at)][0].append(sale)
    for backs in returned.values():
        for place, back in enumerate(backs):
            rounds[place][1].append(back)
    yield from rounds


def _by_customer(batch: Sequence[Household]) -> dict[int, list[CameBack]]:
    found: dict[int, list[CameBack]] = {}
    for household in batch:
        for back in household.returns:
            found.setdefault(back.customer, []).append(back)
    return found


def _sell(sales: Sequence[Sale], ids: Mapping[int, UUID], *, now: datetime) -> dict[str, UUID]:
    outcomes = record_purchases(
        [_bought(sale, ids[sale.customer]) for sale in sales], actor=DEMO, now=now
    )
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return {outcome.reference: outcome.id for outcome in outcomes if outcome.id is not None}


def _bought(sale: Sale, customer: UUID) -> Bought:
    return Bought(
        source=SOURCE, reference=sale.reference, customer=Reference("id", str(customer)),
        purchased_at=sale.sold_at, total_minor=sale.total_minor, currency=CURRENCY,
        channel=sale.channel, place=sale.place, till=_till(sale), staff=_served_by(sale),
        lines=tuple([
            NewLine(
                quantity_milli=line.quantity_milli, total_minor=line.total_minor,
                product_code=line.product, tax_minor=line.tax_minor,
                discount_minor=line.discount_minor, serial=line.serial,
            )
            for line in sale.lines
        ]),
    )  # fmt: skip


def _till(sale: Sale) -> str:
    """Shops have three tills; what is bought on the web went over none."""
    return f"{sum(sale.reference.encode()) % 3 + 1}" if sale.place else ""


def _served_by(sale: Sale) -> str:
    return STAFF[sum(sale.reference.encode()) % len(STAFF)] if sale.place else ""


def _give_back(
    returns: Sequence[CameBack], sold: Mapping[str, UUID], ids: Mapping[int, UUID], *, now: datetime
) -> None:
    """One customer's return after the other, in the order in which accounts are locked."""
    with transactions.open():
        for back in sorted(returns, key=lambda back: ids[back.customer]):
            return_purchase(_return(back), purchase_id=sold[back.sale], actor=DEMO, now=now)


def _return(back: CameBack) -> NewReturn:
    return NewReturn(
        source=SOURCE, reference=back.reference, returned_at=back.returned_at,
        amount_minor=back.amount_minor, lines=tuple(ReturnedLine(line) for line in back.lines),
    )  # fmt: skip
