"""Covers that are sold on their own, and policies that end before their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max
from django.db.models.functions import Greatest

from clientela.platform import ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing
from clientela.warranty.actions import units
from clientela.warranty.actions.units import NewUnit, Wanted
from clientela.warranty.models.covered import Cancellation, Cover, Policy, Unit
from clientela.warranty.queries.book import PlanRow
from clientela.warranty.queries.cases import Case, CoverOf, PolicyOf
from clientela.warranty.rules import opening, refunds
from clientela.warranty.rules.opening import Followed, TermsRow
from clientela.warranty.rules.refunds import Paid, Refund, RefundTerms
from clientela.warranty.rules.spans import Anchor

CONDITIONS = {
    "other-product": "The plan is not sold for this product.",
    "wrong-market": "The plan is not sold in this country.",
    "window-over": "The time in which it may be bought is over.",
    "place-taken": "A plan of this kind runs on the unit already.",
    "no-such-term": "The plan is not sold for so many months.",
    "not-sold": "The plan has no terms that are sold on this day.",
    "other-currency": "The plan is priced in another currency.",
    "gives-nothing": "The plan would cover nothing on this unit.",
    "not-in-service": "Nobody knows since when the unit is in use.",
}


class NotEligible(Problem):
    code = "not-eligible"
    status = 409
    title = "This cover cannot be sold for this unit"

    def __init__(
        self, reasons: Sequence[str] = ("place-taken",), *, field: str | None = None
    ) -> None:
        failed = [{"code": code, "detail": CONDITIONS[code]} for code in reasons]
        words = " ".join(one["detail"] for one in failed)
        super().__init__(words, field=field, conditions=failed)


@dataclass(frozen=True, slots=True)
class Written:
    id: UUID
    number: int


def refusals(
    plan: PlanRow, terms: TermsRow, *, product_id: UUID, sold_on: date, term_months: int | None,
    country: str, case: Case | None,
) -> list[str]:  # fmt: skip
    """Each condition that a sale on that day would break; `case` is a unit held already."""
    return opening.refusals(
        terms, fits=plan.is_for(product_id), sold_on=sold_on,
        bought_on=case.sold_on if case else sold_on, country=country, markets=plan.markets,
        taken=case is not None and _is_taken(case, plan.stack, sold_on), term_months=term_months,
    )  # fmt: skip


def _is_taken(case: Case, stack: str, day: date) -> bool:
    """Whether a policy of this stack still runs on the unit, or will."""
    return any(
        policy.stack == stack and (policy.cancelled_on or policy.ends_on) > day
        for policy in case.policies
    )


@needs_transaction
def lock(customer_id: UUID, holding_id: UUID) -> None:
    """Have one decide at a time about what covers a unit; a holding without a unit has no queue."""
    sql.execute(
        "SELECT FROM warranty_unit WHERE customer_id = %s AND holding_id = %s FOR NO KEY UPDATE",
        [customer_id, holding_id], prepare=True,
    )  # fmt: skip


@needs_transaction
def sell(case: Case, want: Wanted, *, actor: Actor) -> Written:
    """Write a policy for a unit that is held already; its place in the stack must be free."""
    unit = _as_new(case)
    if unit.in_service[0] is None:
        raise NotEligible(["not-in-service"])
    opened = units.openings(unit, [_in_place(case, want)], None, bases_of(case))
    if not opened:
        raise NotEligible(["gives-nothing"])
    [(id, placed, one)] = opened
    with refusing(one_policy_per_place_in_stack=NotEligible):
        numbers = units.write(
            [units.policy_row(unit, id, placed, one)], units.cover_rows(unit, id, one), actor=actor
        )
    return Written(id, numbers[id])


def _in_place(case: Case, want: Wanted) -> Wanted:
    known = Policy.objects.filter(
        customer_id=case.customer_id, holding_id=case.holding_id, stack=want.terms.stack
    )
    last = known.aggregate(last=Max("sequence"))["last"] or 0
    values = {name: getattr(want, name) for name in Wanted.__slots__}
    return Wanted(**{**values, "sequence": last + 1})


def _as_new(case: Case) -> NewUnit:
    return NewUnit(
        customer_id=case.customer_id, holding_id=case.holding_id, product_id=case.product_id,
        kind=case.unit_kind or Unit.Kind.GOOD, serial=case.serial, sold_on=case.sold_on,
        delivered_on=case.delivered_on, country=case.country or "", price_minor=case.price_minor,
        currency=case.currency or "", lineage_id=case.lineage_id,
    )  # fmt: skip


def bases_of(case: Case) -> list[Followed]:
    """What an extension of this unit may follow: the law's and the maker's cover of the whole."""
    return [
        Followed(_anchor(cover, case.policy(cover.policy_id)), cover.ends_on)
        for cover in case.covers
        if cover.layer in opening.BASE_LAYERS and cover.included and not cover.cut
        and not cover.component_path
    ]  # fmt: skip


def _anchor(cover: CoverOf, policy: PolicyOf | None) -> Anchor:
    if cover.months is not None:
        return Anchor(cover.starts_on, cover.months)
    return Anchor(policy.money_until if policy else cover.starts_on)


def paid(policy: Policy | PolicyOf) -> Paid:
    return Paid(policy.price_minor, policy.money_from, policy.money_until, policy.term_months,
                policy.sold_on)  # fmt: skip


def refund_of(policy: PolicyOf, *, on: date, by_us: bool = False) -> Refund:
    """What the customer would get back if the policy were cancelled on that day."""
    terms = RefundTerms(policy.refund_method, policy.refund_fee_minor, policy.free_look_days)
    return refunds.refund(paid(policy), terms, on=on, claims_minor=policy.used_minor, by_us=by_us)


@needs_transaction
def cancel(
    policy: PolicyOf, *, on: date, reason: str, by_us: bool, actor: Actor, now: datetime
) -> tuple[Cancellation, bool]:
    """End a policy on a day with its refund; a second time answers with the first (and False)."""
    back = refund_of(policy, on=on, by_us=by_us)
    made, is_new = Cancellation.objects.get_or_create(
        customer_id=policy.customer_id, policy_id=policy.id,
        defaults={
            "id": ids.uuid7(), "effective_on": on, "reason": reason, "refund_minor": back.minor,
            "steps": asdict(back), "cancelled_by": actor.id, "cancelled_at": now,
        },
    )  # fmt: skip
    if is_new:
        cut(policy.customer_id, on=on, why="cancelled", policy_id=policy.id)
    return made, is_new


@needs_transaction
def cut(customer_id: UUID, *, on: date, why: str, **which: Any) -> int:
    """End cover on a day, that day no longer included; when it was sold to end stays known."""
    covers = Cover.objects.filter(customer_id=customer_id, ends_on__gt=on, cut="", **which)
    return covers.update(ends_on=Greatest(F("starts_on"), on), cut=why)
