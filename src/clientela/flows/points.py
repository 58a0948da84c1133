"""A customer's points as every door shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows import baskets, crossings, earning_facts, exchange
from clientela.loyalty.actions import amending
from clientela.loyalty.actions.awarded import UNTOLD
from clientela.loyalty.actions.earning import Basis, awarded, computed
from clientela.loyalty.actions.taking_back import Cause
from clientela.loyalty.models import Lot, Posting
from clientela.loyalty.queries import ledger as loyalty
from clientela.loyalty.queries import reasons
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules import amending as rules
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import Award
from clientela.platform import sql, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases import queries as purchases
from clientela.purchases.models import Purchase
from clientela.staff import company as companies


@dataclass(frozen=True, slots=True)
class Why:
    """The road to a posting's figure, and which rules gave nothing; `points` is signed from the
    customer's side. `lots`: until when its points can be used, and from when.
    """

    posting: Posting
    points: int
    steps: tuple[reasons.Reason, ...]
    refused: tuple[reasons.Refused, ...] = ()
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """What one purchase gives in one currency and why; `posting` where it is booked."""

    currency: str
    points: int
    steps: tuple[reasons.Reason, ...]
    refused: tuple[reasons.Refused, ...]
    posting_id: int | None = None


def balances_of(family: Sequence[UUID], *, now: datetime) -> list[dict[str, Any]]:
    """One row a currency, exactly as the profile shows it."""
    company = companies.current()
    row = sql.execute(
        "SELECT loyalty_panel(%s, %s, %s)::text", [list(family), company.today(now), now],
        prepare=True,
    ).fetchone()  # fmt: skip
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found


def ledger_page(
    family: Sequence[UUID], *, before: int | None = None, kinds: Sequence[str] = (),
    limit: int = 50,
) -> tuple[list[loyalty.Row], int | None]:  # fmt: skip
    """A page of the ledger, newest first, and the key of the next one; `kinds`: only those."""
    rows = loyalty.ledger_of(family, before=before, kinds=kinds, limit=limit)
    return rows, loyalty.last_entry_id(rows) if len(rows) == limit else None


def why(posting_id: int) -> Why:
    """Which rules, in which versions, gave or took these points, step by step."""
    posting = loyalty.posting(posting_id)
    return Why(
        posting, loyalty.points_of(posting_id), tuple(reasons.reasons(posting)),
        tuple(reasons.refusals(posting)), tuple(loyalty.lots_of(posting)),
    )  # fmt: skip


def why_purchase(purchase: Purchase, *, now: datetime) -> list[Explained]:
    """Why a purchase earned what it earned, in each currency. Where nothing was booked it is
    computed again by the rules of its time, with what is known of the customer today.
    """
    booked = _postings_of(purchase)
    schemes = loyalty.schemes()
    told = [_booked(one) for one in booked]
    codes = {one.currency.code for one in booked}
    missing = [scheme for scheme in schemes if scheme.code not in codes]
    if not missing:
        return told
    if purchase.amends is not None:
        return told + transactions.tried(_no_difference, purchase, missing, now=now)
    basis = Basis(
        purchase.id, purchase.customer_id, purchase.purchased_at, purchase.total_minor,
        purchase.currency, b"", purchase.channel, baskets.of(purchase),
    )  # fmt: skip
    if exchange.foreign([basis.currency], missing):
        [basis] = exchange.with_rates([basis], missing)
    return told + explained(basis, missing, now=now, is_recorded=True)


def _no_difference(
    purchase: Purchase, schemes: Sequence[Scheme], *, now: datetime
) -> list[Explained]:
    """What a purchase that puts another right would earn had nothing been earned before, and that
    it was: so that no points were booked of it. Its caller takes back what is tried here.
    """
    family = customers.family_of(purchase.customer_id)
    together = purchases.put_right(purchase, family=family)
    earned = loyalty.earned_by([(one.customer_id, one.id) for one in together])
    cause = Cause(purchase.id, purchase.id.bytes, now, family)
    amending.give_all_up(earned, cause=cause, actor=SYSTEM, now=now)
    basket = baskets.of_together(together)
    basis = Basis(
        purchase.id, purchase.customer_id, purchase.purchased_at, basket.minor, purchase.currency,
        b"", purchase.channel, basket,
    )  # fmt: skip
    if exchange.foreign([basis.currency], schemes):
        [basis] = exchange.with_rates([basis], schemes)
    had = {some[0].currency: sum(one.left for one in some) for some in earned}
    return [
        _less(one, had.get(one.currency, 0))
        for one in explained(basis, schemes, now=now, is_recorded=True)
    ]


def _less(found: Explained, had: int) -> Explained:
    """What is left of it beyond what was earned before."""
    if not had:
        return found
    off = reasons.Reason(rules.KEY, {}, 0, {"earn": rules.KEY}, found.points, found.points - had)
    return replace(found, points=found.points - had, steps=(*found.steps, off))


def _postings_of(purchase: Purchase) -> list[Posting]:
    """What was booked of a purchase; what one took that puts another right has it as its cause."""
    rows = Posting.objects.select_related("currency").order_by("id")
    found = list(rows.filter(
        customer_id=purchase.customer_id, purchase_id=purchase.id, kind=Posting.Kind.EARN
    ))  # fmt: skip
    if purchase.amends is not None:
        family = customers.family_of(purchase.customer_id)
        found += rows.filter(customer_id__in=family, source="return", key=str(purchase.id))
    return found


def explained(
    basis: Basis, schemes: Sequence[Scheme], *, now: datetime,
    drafts: Mapping[int, reasons.Named] | None = None, is_recorded: bool = False,
) -> list[Explained]:  # fmt: skip
    """What something gives in each of the currencies, computed and not booked."""
    company = companies.current()
    answers = earning_facts.answers([basis], schemes, company=company, now=now)
    if basis.purchase_id is not None and any(scheme.has_crossings for scheme in schemes):
        [basis], answers = crossings.lifted(
            [basis], schemes, answers, company=company, now=now, is_recorded=is_recorded
        )
    found = []
    for scheme in schemes:
        award = _award(basis, scheme, answers, now=now)
        refused = [one for one in award.refusals if one.reason not in UNTOLD]
        found.append(Explained(
            scheme.code, award.points, tuple(reasons.reasons_of(award.steps, drafts)),
            tuple(reasons.refused_of(refused, drafts)),
        ))  # fmt: skip
    return found


def _award(basis: Basis, scheme: Scheme, answers: Answers, *, now: datetime) -> Award:
    """As it would be booked: what counters and budgets leave of it is taken, and put back."""
    if not scheme.has_limits:
        return computed([basis], scheme=scheme, answers=answers)[0]
    return transactions.tried(awarded, [basis], scheme=scheme, now=now, answers=answers)[0]


def _booked(posting: Posting) -> Explained:
    return Explained(
        posting.currency.code, loyalty.points_of(posting.id), tuple(reasons.reasons(posting)),
        tuple(reasons.refusals(posting)), posting.id,
    )  # fmt: skip
