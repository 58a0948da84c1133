"""Points paid out as money: asked for, decided by a second person, paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import CashOut, CashOutDecision, CashOutPayment, Redemption
from clientela.loyalty.rules import ibans
from clientela.platform import text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

PAYEE_LENGTH_MAX = 70  # what a transfer has room for
NOTE_LENGTH_MAX = 500
WRONG = {
    "shape": "An IBAN begins with two letters and two digits.",
    "country": "No country with IBANs has these first two letters.",
    "length": "The IBAN has not the length of its country.",
    "check": "One sign of the IBAN is wrong: its check digits do not fit.",
}


class NoSuchCashOut(NotThere):
    code = "no-such-cash-out"
    title = "There is no such request for money"


class NeedsSecondPerson(Problem):
    code = "needs-second-person"
    status = 403
    title = "Somebody else has to decide this"


class AlreadyDecided(Problem):
    code = "already-decided"
    status = 409
    title = "This has been decided already"


class NotApproved(Problem):
    code = "not-approved"
    status = 409
    title = "This has not been approved"


@dataclass(frozen=True, slots=True)
class Payout:
    """Where the money goes: off the next bill, or to a bank account in somebody's name."""

    way: str
    iban: str = ""
    payee: str = ""


def payout(way: str, iban: str = "", payee: str = "") -> Payout:
    """A way to be paid, checked; the field at fault is named."""
    if way not in CashOut.Way.values:
        raise InvalidInput("Choose bill or bank.", field="payout.way")
    if way == CashOut.Way.BILL:
        return Payout(way)
    name = text.clean(payee)
    if not 0 < len(name) <= PAYEE_LENGTH_MAX:
        raise InvalidInput("Say in whose name the account is.", field="payout.payee")
    try:
        return Payout(way, ibans.normal(iban), name)
    except ibans.BadIban as bad:
        raise InvalidInput(WRONG[str(bad)], field="payout.iban") from None


@needs_transaction
def request(
    redemption: Redemption, wanted: Payout, *, minor: int, currency: str, actor: Actor,
    now: datetime,
) -> CashOut:  # fmt: skip
    return CashOut.objects.create(
        customer_id=redemption.customer_id, redemption=redemption, way=wanted.way, minor=minor,
        money_code=currency, iban=wanted.iban, payee=wanted.payee, requested_by=actor.id,
        requested_at=now,
    )  # fmt: skip


@needs_transaction
def lock(cash_out_id: UUID) -> CashOut:
    found = (
        CashOut.objects.select_for_update(of=("self",)).select_related("redemption__reward")
        .filter(id=cash_out_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchCashOut
    return found


@needs_transaction
def decide(
    asked: CashOut, *, approved: bool, note: str, actor: Actor, now: datetime
) -> CashOutDecision:
    """Yes or no, once, by somebody else than who asked."""
    if asked.requested_by == actor.id:
        raise NeedsSecondPerson("Whoever asked for the money cannot approve it.")
    verdict = CashOutDecision.Verdict.APPROVED if approved else CashOutDecision.Verdict.REFUSED
    with refusing(a_cash_out_is_decided_once=AlreadyDecided):
        decision = CashOutDecision.objects.create(
            customer_id=asked.customer_id, cash_out=asked, verdict=verdict,
            note=text.clean(note)[:NOTE_LENGTH_MAX], decided_by=actor.id, decided_at=now,
        )  # fmt: skip
    if not approved:
        close(asked)
    return decision


@needs_transaction
def pay(asked: CashOut, *, reference: str, actor: Actor, now: datetime) -> CashOutPayment:
    """The money went out under this reference, once."""
    if not text.clean(reference):
        raise InvalidInput("Give the reference of the payment.", field="reference")
    approved = CashOutDecision.Verdict.APPROVED
    if not asked.decisions.filter(verdict=approved).exists():
        raise NotApproved("A second person has to approve this first.")
    with refusing(a_cash_out_is_paid_once=AlreadyDecided):
        paid = CashOutPayment.objects.create(
            customer_id=asked.customer_id, cash_out=asked,
            reference=text.clean(reference)[:NOTE_LENGTH_MAX], paid_by=actor.id, paid_at=now,
        )  # fmt: skip
    close(asked)
    return paid


def close(asked: CashOut) -> None:
    CashOut.objects.filter(id=asked.id, customer_id=asked.customer_id).update(is_open=False)
