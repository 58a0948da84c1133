"""An approved claim is carried out: repaired, replaced or paid back, settled and closed; or it is
withdrawn before that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import value_policy
from clientela.flows.decide_claim import locked
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products import actions as products
from clientela.products.actions import NewHolding, Terms
from clientela.staff import company as companies
from clientela.warranty.actions import claims, policies, replace
from clientela.warranty.models.claimed import Claim, Remedy
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import cases
from clientela.warranty.queries import claims as reads
from clientela.warranty.queries.cases import Case
from clientela.warranty.queries.claims import Whole
from clientela.warranty.rules import claims as rules

SOURCE = "warranty"


@dataclass(frozen=True, slots=True)
class Done:
    """How it was settled; `serial`: of the unit that replaces the old one."""

    reference: str = ""
    serial: str = ""


@transactions.retried
def begin_remedy(number: str, kind: str, *, actor: Actor, now: datetime) -> Claim:
    """The repair, the exchange or the payment begins."""
    if kind not in rules.REMEDIES:
        raise InvalidInput(f"Use one of {', '.join(rules.REMEDIES)}.", field="remedy")
    with transactions.open():
        claim = locked(number)
        claims.begin_remedy(claim, kind, actor=actor, now=now)
    return claim


@transactions.retried
def settle_claim(
    number: str, done: Done, *, actor: Actor, now: datetime, request: str = ""
) -> Claim:
    """It is done. An exchange brings the new unit in, a payment takes the old one back."""
    today = companies.current().today(now)
    with transactions.open():
        claim = locked(number)
        claims.check_move(claim, rules.SETTLED)
        whole = reads.whole(claim)
        assert whole.remedy is not None
        assert whole.decision is not None
        case = cases.of_holding(claim.holding_id)
        assert case is not None
        new_holding = _carried_out(whole, case, done, on=today, actor=actor, now=now)
        claims.settle(
            claim, decision=whole.decision, claimed_minor=whole.claimed_minor,
            reference=done.reference, new_holding_id=new_holding, actor=actor, now=now,
        )  # fmt: skip
        told = list(_told(whole, case, new_holding, now=now))
        events.emit(told, actor=actor, now=now, request=request)
    return claim


def _carried_out(
    whole: Whole, case: Case, done: Done, *, on: date, actor: Actor, now: datetime
) -> UUID | None:
    assert whole.remedy is not None
    if whole.remedy.kind == Remedy.Kind.REPLACEMENT:
        return _replace(whole.claim, case, done, on=on)
    if whole.remedy.kind == Remedy.Kind.REFUND:
        _take_back(whole.claim, case, on=on, actor=actor, now=now)
    return None


def _replace(claim: Claim, case: Case, done: Done, *, on: date) -> UUID:
    if not done.serial.strip():
        raise InvalidInput("Give the serial of the new unit.", field="serial")
    if cases.by_serial(done.serial):
        raise InvalidInput("This serial is registered already.", field="serial")
    new = NewHolding(
        customer_id=case.customer_id, product_id=case.product_id, source=SOURCE,
        reference=claim.shown, serial=done.serial, terms=Terms(opened_on=on),
    )  # fmt: skip
    [(_, holding_id)] = products.open_holdings([new])
    replace.replace_unit(
        customer_id=case.customer_id, old_holding_id=case.holding_id, new_holding_id=holding_id,
        serial=done.serial, on=on,
    )  # fmt: skip
    products.close_holding(case.holding_id, customer_id=case.customer_id, on=on)
    return holding_id


def _take_back(claim: Claim, case: Case, *, on: date, actor: Actor, now: datetime) -> None:
    """The unit goes back: its policies end by us, and the law has nothing left to cover."""
    for found in case.policies:
        if found.cancelled_on is None and found.ends_on > on:
            policy = Policy.objects.get(customer_id=found.customer_id, id=found.id)
            value_policy.end(case, policy, on=on, reason=f"Refund of {claim.shown}", by_us=True,
                             actor=actor, now=now)  # fmt: skip
    policies.cut(case.customer_id, on=on, why="cancelled", holding_id=case.holding_id)
    products.close_holding(case.holding_id, customer_id=case.customer_id, on=on)


def _told(
    whole: Whole, case: Case, new_holding: UUID | None, *, now: datetime
) -> Iterator[Happening]:
    claim, remedy, decision = whole.claim, whole.remedy, whole.decision
    assert remedy is not None
    assert decision is not None
    customer, old = claim.customer_id, case.public_id
    yield Happening(
        "claim.settled", now, customer, claim.public_id,
        {"claim": claim.shown, "remedy": remedy.kind, "minor": decision.authorised_minor,
         "currency": claim.currency},
    )  # fmt: skip
    if remedy.kind != Remedy.Kind.REPAIR:
        yield Happening("holding.closed", now, customer, old, {"product": case.product})
    if new_holding is not None:
        new = ids.public("hol", new_holding)
        yield Happening("holding.opened", now, customer, new, {"product": case.product})
        yield Happening(
            "unit.replaced", now, customer, old,
            {"product": case.product, "claim": claim.shown, "holding": new},
        )  # fmt: skip


@transactions.retried
def close_claim(number: str, *, actor: Actor, now: datetime) -> Claim:
    """A settled claim is put away."""
    with transactions.open():
        claim = locked(number)
        claims.move(claim, rules.CLOSED, actor=actor, now=now)
    return claim


@transactions.retried
def withdraw_claim(
    number: str, *, words: str, actor: Actor, now: datetime, request: str = ""
) -> Claim:
    """A claim ends before it was settled, and gives back what it took of limits."""
    with transactions.open():
        claim = locked(number)
        claims.withdraw(claim, words=words, actor=actor, now=now)
        told = Happening("claim.cancelled", now, claim.customer_id, claim.public_id,
                         {"claim": claim.shown})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return claim
