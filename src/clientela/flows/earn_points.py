"""What purchases earn as they are recorded: their bases, what rules ask for, the booking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.flows import baskets, crossings, earning_facts, exchange
from clientela.loyalty.actions import earning as loyalty
from clientela.loyalty.queries import ledger as loyalty_reads
from clientela.loyalty.queries.ledger import Earned, Scheme
from clientela.loyalty.rules.baskets import lines_of, what_counts
from clientela.loyalty.rules.computing import AS_USUAL
from clientela.platform.http.actors import Actor
from clientela.purchases.actions import Fresh
from clientela.staff.company import Company


def earn(
    fresh: Sequence[Fresh], *, schemes: Sequence[Scheme], company: Company, actor: Actor,
    now: datetime,
) -> dict[UUID, tuple[Earned, ...]]:  # fmt: skip
    if not schemes:
        return {}
    found: dict[UUID, tuple[Earned, ...]] = {}
    bases = bases_of(fresh, schemes)
    answers = earning_facts.answers(bases, schemes, company=company, now=now)
    if any(scheme.has_crossings for scheme in schemes):
        bases, answers = crossings.lifted(bases, schemes, answers, company=company, now=now)
    for earned in loyalty.earn_for(bases, actor=actor, now=now, schemes=schemes, answers=answers):
        assert earned.purchase_id is not None
        before = found.setdefault(earned.purchase_id, (earned,))
        if before[-1] is not earned:  # in another currency
            found[earned.purchase_id] = (*before, earned)
    exchange.note_wanting(bases, schemes, found, now=now)
    return found


def bases_of(fresh: Sequence[Fresh], schemes: Sequence[Scheme]) -> list[loyalty.Basis]:
    """What counts of purchases; with all they hold where rules ask for it."""
    foreign = exchange.foreign({one.purchase.currency for one in fresh}, schemes)
    is_plain = all(scheme.plain() is not None and not scheme.has_limits for scheme in schemes)
    if is_plain and not foreign:
        return [basis_of(one) for one in fresh]
    paths = baskets.paths()
    bases = [basis_of(one)._replace(basket=baskets.of_new(one.purchase, paths)) for one in fresh]
    return exchange.with_rates(bases, schemes) if foreign else bases


def earned_before(known: dict[int, UUID], *, company: Company) -> dict[UUID, tuple[Earned, ...]]:
    if not known or not company.is_on("loyalty"):
        return {}
    found: dict[UUID, tuple[Earned, ...]] = {}
    for earned in loyalty_reads.earned_for(list(known.values())):
        assert earned.purchase_id is not None
        found[earned.purchase_id] = (*found.get(earned.purchase_id, ()), earned)
    return found


def basis_of(one: Fresh) -> loyalty.Basis:
    new = one.purchase
    minor = new.total_minor - baskets.paid_with_points_new(new)
    if new.has_details:
        seen = baskets.of_new(new, {})
        minor = sum(what_counts(seen, lines_of(seen), AS_USUAL))
    return loyalty.Basis(
        purchase_id=one.id, customer_id=new.customer_id, occurred_at=new.purchased_at,
        minor=minor, currency=new.currency, body_hash=one.body_hash, channel=new.channel,
    )  # fmt: skip
