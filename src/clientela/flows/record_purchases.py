"""Customers bought something: it is recorded, what they now hold is opened, points are earned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import (
    amended_points,
    cover_purchases,
    earn_points,
    leads,
    match_returns,
    points_in_time,
    purchases_told,
    refer_friends,
    review_tiers,
    sale_discounts,
)
from clientela.flows.cover_units import Thing
from clientela.loyalty.queries import ledger as loyalty_reads
from clientela.loyalty.queries.ledger import Earned
from clientela.platform import ids, money, transactions
from clientela.platform.errors import BatchTooLarge, InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.products import actions as products
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.products.actions import NewHolding, Terms
from clientela.purchases import actions as purchases
from clientela.purchases import rules
from clientela.purchases.actions import Fresh, NewLine, NewPurchase, ReferenceTaken
from clientela.retention.actions.offering import Opened
from clientela.staff import company as companies
from clientela.staff.company import Company

BATCH_ROWS_MAX = 10_000
LINES_MAX = 1_000
WORTH = f"A purchase is worth 0 to {rules.PURCHASE_MINOR_MAX} minor units."


class Bought(NamedTuple):
    """A purchase as a door understood it; `customer` names who bought in any way there is.

    `discount_minor` is off the whole of it and not in its lines yet.
    """

    source: str
    reference: str
    customer: customers.Reference
    purchased_at: datetime
    total_minor: int
    currency: str
    quantity_milli: int = 1000
    channel: str = ""
    place: str = ""
    lines: tuple[NewLine, ...] = ()
    till: str = ""
    staff: str = ""
    amends: UUID | None = None
    replaces: UUID | None = None
    discount_minor: int = 0
    delivery_minor: int = 0
    tenders: tuple[tuple[str, int], ...] = ()
    fault: Problem | None = None  # what the door already found wrong with it


class Outcome(NamedTuple):
    """What became of one purchase: `new`, `repeated` (known, same content) or `refused`."""

    state: str
    reference: str
    id: UUID | None = None
    customer_id: UUID | None = None
    merged_from: UUID | None = None
    earned: tuple[Earned, ...] = ()
    covers: tuple[UUID, ...] = ()
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """The purchases that passed so far, each with its place among all that were handed in."""

    places: list[int] = field(default_factory=list)
    purchases: list[NewPurchase] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Opened:
    id: UUID
    bought: Fresh
    product: str
    code: str
    line_no: int


@transactions.retried
def record_purchases(
    batch: Sequence[Bought], *, actor: Actor, now: datetime, request: str = "",
    is_trial: bool = False, is_brief: bool = False,
    resolved: Sequence[customers.Resolved | None] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Record up to 10,000 purchases in one transaction; what became of each, in their order.

    A bad one is refused alone, the others are taken. The same purchase again changes nothing and
    gets the same answer; a brief one does not say again what it earned and what covers it. A trial
    sets nothing off: its caller rolls it back. `resolved`: whom the customers mean, where that was
    asked in the same transaction.
    """
    if len(batch) > BATCH_ROWS_MAX:
        raise BatchTooLarge(f"Send at most {BATCH_ROWS_MAX} purchases at once.", field="purchases")
    company = companies.current()
    outcomes: dict[int, Outcome] = {}
    with transactions.open():
        if resolved is None:
            named = [bought.customer for bought in batch]
            resolved = customers.resolve(named, even_restricted=True)
        passed = _with_products(_accepted(batch, resolved, outcomes, now=now))
        passed, sold = _with_covers(passed, outcomes, company=company)
        recorded = purchases.record(passed.purchases, now=now)
        fresh = [] if is_trial else recorded.fresh
        opened = _open_holdings(fresh, company=company)
        schemes = loyalty_reads.schemes() if fresh and company.is_on("loyalty") else []
        earned = amended_points.earn(fresh, schemes=schemes, company=company, actor=actor, now=now)
        refer_friends.after_purchases(fresh, schemes, actor=actor, now=now)
        turned = points_in_time.after_earning(
            ((one.purchase.customer_id, one.purchase.purchased_at) for one in fresh),
            schemes=schemes, actor=actor, now=now,
        )  # fmt: skip
        risen = review_tiers.after_purchases(
            ((one.purchase.customer_id, one.id, one.purchase.purchased_at) for one in fresh),
            schemes=schemes, earned=earned, actor=actor, now=now,
        )  # fmt: skip
        won = leads.won_by(
            [
                Opened(one.bought.purchase.customer_id, one.id, one.code,
                       company.today(one.bought.purchase.purchased_at))
                for one in opened
            ],
            company=company, actor=actor, now=now,
        )  # fmt: skip
        covered = cover_purchases.cover(
            [_thing(one, company) for one in opened], fresh, sold, company=company, actor=actor
        )
        told = [*_happenings(opened), *turned, *risen, *covered.happenings, *won]
        events.emit(
            told, before=purchases_told.told(fresh, earned), actor=actor, now=now, request=request
        )
        if recorded.return_waits:
            match_returns.match(fresh, actor=actor, now=now, request=request)
        told_again = {} if is_brief else recorded.known
        before = earn_points.earned_before(told_again, company=company)
        covered_before = cover_purchases.covered_before(
            [(passed.purchases[place].customer_id, id) for place, id in told_again.items()],
            company=company,
        )
    for one in recorded.fresh:
        outcomes[passed.places[one.place]] = _new(
            one, earned.get(one.id, ()), covered.policies.get(one.id, ())
        )
    for place, id in recorded.known.items():
        outcomes[passed.places[place]] = _repeated(
            passed.purchases[place], id, before.get(id, ()), covered_before.get(id, ())
        )
    for place in recorded.taken:
        outcomes[passed.places[place]] = _taken(passed.purchases[place])
    return [_told(outcomes[place], resolved[place]) for place in range(len(batch))]


def readable(
    bought: Bought, found: customers.Resolved | None, *, now: datetime
) -> NewPurchase:  # fmt: skip
    """One purchase as it would be recorded; raises what would refuse it."""
    latest = now + timedelta(hours=rules.FUTURE_HOURS_MAX)
    problem = _fault(bought, latest=latest) or _nobody(bought, found)
    if problem is not None:
        raise problem
    assert found is not None
    batch = _Batch([0], [_purchase(bought, found.survivor)])
    return _with_products(batch).purchases[0]


def _accepted(
    batch: Sequence[Bought], resolved: Sequence[customers.Resolved | None],
    outcomes: dict[int, Outcome], *, now: datetime,
) -> _Batch:  # fmt: skip
    passed = _Batch()
    latest = now + timedelta(hours=rules.FUTURE_HOURS_MAX)
    for place, (bought, found) in enumerate(zip(batch, resolved, strict=True)):
        problem = _fault(bought, latest=latest) or _nobody(bought, found)
        if problem is not None or found is None:
            outcomes[place] = Outcome("refused", bought.reference, error=problem)
            continue
        passed.places.append(place)
        passed.purchases.append(_purchase(bought, found.survivor))
    return passed


def _fault(bought: Bought, *, latest: datetime) -> Problem | None:
    """What is wrong with a purchase by itself."""
    return bought.fault or next(_faults(bought, latest), None)


def _faults(bought: Bought, latest: datetime) -> Iterator[Problem]:
    if not (bought.source and bought.reference):
        yield InvalidInput("A purchase needs a source and a reference.", field="reference")
    if bought.currency not in money.CURRENCIES:
        yield InvalidInput("Use a currency of ISO 4217, such as EUR.", field="total.currency")
    if not 0 <= bought.total_minor <= rules.PURCHASE_MINOR_MAX:
        yield InvalidInput(WORTH, field="total.minor")
    if bought.purchased_at > latest:
        yield InvalidInput("This lies in the future.", field="purchased_at")
    if bought.lines or bought.delivery_minor:
        yield from _faults_of_lines(bought)
    if bought.discount_minor or bought.delivery_minor:
        yield from sale_discounts.faults(bought.lines, bought.discount_minor, bought.delivery_minor)


def _faults_of_lines(bought: Bought) -> Iterator[Problem]:
    lines = bought.lines
    if len(lines) > LINES_MAX:
        yield InvalidInput(f"A purchase has at most {LINES_MAX} lines.", field="lines")
    if not all(
        0 <= line.tax_minor <= line.total_minor and line.discount_minor >= 0 for line in lines
    ):
        yield InvalidInput(
            "Tax and discount of a line are not negative, and its tax is a part of its total.",
            field="lines",
        )
    if not rules.lines_add_up(
        total_minor=bought.total_minor + bought.discount_minor,
        line_minors=[line.total_minor for line in lines], delivery_minor=bought.delivery_minor,
    ):  # fmt: skip
        yield InvalidInput("The lines do not add up to the total.", field="lines")


def _nobody(bought: Bought, found: customers.Resolved | None) -> Problem | None:
    if found is None:
        return customers.NoSuchCustomer("Nobody is known by this.", field="customer")
    if found.survivors > 1:
        return customers.CustomerAmbiguous(
            f"{found.survivors} customers are known by this.", field="customer"
        )
    return None


def _purchase(bought: Bought, customer_id: UUID) -> NewPurchase:
    return NewPurchase(
        source=bought.source, reference=bought.reference, customer_id=customer_id,
        purchased_at=bought.purchased_at, total_minor=bought.total_minor,
        currency=bought.currency, quantity_milli=bought.quantity_milli, channel=bought.channel,
        place=bought.place, till=bought.till, staff=bought.staff,
        lines=sale_discounts.applied(bought.lines, bought.discount_minor),
        amends=bought.amends, delivery_minor=bought.delivery_minor, tenders=bought.tenders,
        replaces=bought.replaces,
    )  # fmt: skip


def _with_products(batch: _Batch) -> _Batch:
    """Lines with their product and its category of today; an unknown code stays as it was sent."""
    known = catalogue.by_codes(line.product_code for new in batch.purchases for line in new.lines)
    if not known:
        return batch
    named = [
        new._replace(lines=tuple(_with_product(line, known) for line in new.lines))
        for new in batch.purchases
    ]
    return _Batch(batch.places, named)


def _with_covers(
    batch: _Batch, outcomes: dict[int, Outcome], *, company: Company
) -> tuple[_Batch, cover_purchases.Sold]:
    """The purchases whose warranty lines can be sold, and these lines; the others are refused."""
    sold = cover_purchases.read(batch.purchases, company=company)
    if not sold.refused:
        return batch, sold
    for place, problem in sold.refused.items():
        reference = batch.purchases[place].reference
        outcomes[batch.places[place]] = Outcome("refused", reference, error=problem)
    left = [place for place in range(len(batch.places)) if place not in sold.refused]
    passed = _Batch([batch.places[p] for p in left], [batch.purchases[p] for p in left])
    return passed, sold.moved(left)


def _with_product(line: NewLine, known: dict[str, catalogue.Known]) -> NewLine:
    product = known.get(product_rules.code_norm(line.product_code))
    if product is None:
        return line
    return replace(line, product_id=product.id, category_id=product.category_id)


def _open_holdings(fresh: Sequence[Fresh], *, company: Company) -> list[_Opened]:
    """What a customer holds from now on by buying it: things with a serial, and products of a kind
    that is held; one holding for each such line.
    """
    known = catalogue.by_codes(
        line.product_code for one in fresh for line in one.purchase.lines if line.product_id
    )
    wanted: list[tuple[NewHolding, Fresh, str, str, int]] = []
    for one in fresh:
        for number, line in enumerate(one.purchase.lines, start=1):
            code = product_rules.code_norm(line.product_code)
            product = known.get(code)
            if product is not None and (product.held or line.serial):
                holding = _holding(one, number, line, company)
                wanted.append((holding, one, product.name, code, number))
    opened = products.open_holdings([new for new, *_ in wanted])
    return [_Opened(id, *wanted[place][1:]) for place, id in opened]


def _thing(one: _Opened, company: Company) -> Thing:
    """What was opened, as warranty needs to know it."""
    bought, line = one.bought.purchase, one.bought.purchase.lines[one.line_no - 1]
    assert line.product_id is not None
    return Thing(
        holding_id=one.id, customer_id=bought.customer_id, product_id=line.product_id,
        product=one.product, serial=line.serial, sold_on=company.today(bought.purchased_at),
        price_minor=line.total_minor, currency=bought.currency, purchase_id=one.bought.id,
        line_no=one.line_no, occurred_at=bought.purchased_at,
    )  # fmt: skip


def _holding(one: Fresh, number: int, line: NewLine, company: Company) -> NewHolding:
    assert line.product_id is not None
    return NewHolding(
        customer_id=one.purchase.customer_id, product_id=line.product_id,
        source=one.purchase.source, reference=f"{one.purchase.reference}/{number}",
        serial=line.serial, terms=Terms(opened_on=company.today(one.purchase.purchased_at)),
        purchase_id=one.id,
    )  # fmt: skip


def _happenings(opened: Sequence[_Opened]) -> Iterable[Happening]:
    for holding in opened:
        new = holding.bought.purchase
        yield Happening(
            "holding.opened", new.purchased_at, new.customer_id, ids.public("hol", holding.id),
            {"product": holding.product},
        )  # fmt: skip


def _new(one: Fresh, earned: tuple[Earned, ...], covers: Sequence[UUID]) -> Outcome:
    new = one.purchase
    return Outcome("new", new.reference, one.id, new.customer_id, earned=earned,
                   covers=tuple(covers))  # fmt: skip


def _repeated(
    new: NewPurchase, id: UUID, earned: tuple[Earned, ...], covers: Sequence[UUID]
) -> Outcome:
    return Outcome("repeated", new.reference, id, new.customer_id, earned=earned,
                   covers=tuple(covers))  # fmt: skip


def _taken(new: NewPurchase) -> Outcome:
    problem = ReferenceTaken(
        f"{new.source} {new.reference} is recorded with other content.", field="reference"
    )
    return Outcome("refused", new.reference, error=problem)


def _told(outcome: Outcome, found: customers.Resolved | None) -> Outcome:
    if found is None or found.named == found.survivor:
        return outcome
    return outcome._replace(merged_from=found.named)
