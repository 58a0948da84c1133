"""Points paid out as money: asked for, decided by a second person, paid, or come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import (
    CashOut,
    CashOutDecision,
    CashOutPayment,
    CashOutReturn,
    PayoutIdentity,
    Redemption,
)
from clientela.loyalty.rules import ibans
from clientela.loyalty.rules.cash import Check
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


class CashOutWaits(Problem):
    code = "cash-out-waits"
    status = 409
    title = "This waits because something was changed lately"


class PayoutNotVerified(Problem):
    code = "payout-not-verified"
    status = 409
    title = "There is no account to pay to"


class CashLimitReached(Problem):
    code = "cash-limit-reached"
    status = 409
    title = "This is more than may be paid out in a day or a month"


class AlreadyExported(Problem):
    code = "already-exported"
    status = 409
    title = "This is in a file for the bank"


class NotPaid(Problem):
    code = "not-paid"
    status = 409
    title = "This has not been paid"


@dataclass(frozen=True, slots=True)
class Payout:
    """Where the money goes: off the next bill, into the customer's wallet, or to a bank account in
    somebody's name.
    """

    way: str
    iban: str = ""
    payee: str = ""


def way_of(iban: str, *, wallet: bool) -> str:
    """The way that somebody means who gives an account, or asks for the wallet, or neither."""
    if wallet:
        return CashOut.Way.WALLET
    return CashOut.Way.BANK if iban else CashOut.Way.BILL


def payout(way: str, iban: str = "", payee: str = "") -> Payout:
    """A way to be paid, checked; the field at fault is named."""
    if way not in CashOut.Way.values:
        raise InvalidInput("Choose bill, bank or wallet.", field="payout.way")
    if way != CashOut.Way.BANK:
        return Payout(way)
    name = text.clean(payee)
    if not 0 < len(name) <= PAYEE_LENGTH_MAX:
        raise InvalidInput("Say in whose name the account is.", field="payout.payee")
    try:
        return Payout(way, ibans.normal(iban), name)
    except ibans.BadIban as bad:
        raise InvalidInput(WRONG[str(bad)], field="payout.iban") from None


@needs_transaction
def identify(
    family: Sequence[UUID], wanted: Payout, *, actor: Actor, now: datetime
) -> PayoutIdentity:
    """The account a customer is paid to from now on; the same one again changes nothing."""
    last = identity_of(family)
    if last is not None and (last.iban, last.payee) == (wanted.iban, wanted.payee):
        return last
    return PayoutIdentity.objects.create(
        customer_id=family[0], iban=wanted.iban, payee=wanted.payee, given_at=now,
        given_by=actor.id,
    )  # fmt: skip


def identity_of(family: Sequence[UUID]) -> PayoutIdentity | None:
    """The newest account of a customer; None: they gave none, or it was erased."""
    found = PayoutIdentity.objects.filter(customer_id__in=list(family)).exclude(iban="–")
    return found.order_by("-given_at", "-id").first()


@needs_transaction
def request(
    redemption: Redemption, wanted: Payout, *, minor: int, currency: str,
    waits_until: datetime | None = None, is_automatic: bool = False, actor: Actor, now: datetime,
) -> CashOut:  # fmt: skip
    return CashOut.objects.create(
        customer_id=redemption.customer_id, redemption=redemption, way=wanted.way, minor=minor,
        money_code=currency, iban=wanted.iban, payee=wanted.payee, requested_by=actor.id,
        requested_at=now, waits_until=waits_until, is_automatic=is_automatic,
    )  # fmt: skip


@needs_transaction
def lock(cash_out_id: UUID) -> CashOut:
    found = (
        CashOut.objects.select_for_update(of=("self",))
        .select_related("redemption__reward__currency")
        .filter(id=cash_out_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchCashOut
    return found


@needs_transaction
def decide(
    asked: CashOut, *, approved: bool, checks: Sequence[Check] = (), alone: bool = False,
    note: str, actor: Actor, now: datetime,
) -> CashOutDecision:  # fmt: skip
    """Yes or no, once, by somebody else than who asked; with `alone`, below the limit, by anybody.

    A yes needs every check passed: CashOutWaits, PayoutNotVerified, CashLimitReached.
    """
    if asked.requested_by == actor.id and not alone:
        raise NeedsSecondPerson("Whoever asked for the money cannot approve it.")
    if approved:
        _passed(checks)
    verdict = CashOutDecision.Verdict.APPROVED if approved else CashOutDecision.Verdict.REFUSED
    with refusing(a_cash_out_is_decided_once=AlreadyDecided):
        decision = CashOutDecision.objects.create(
            customer_id=asked.customer_id, cash_out=asked, verdict=verdict,
            note=text.clean(note)[:NOTE_LENGTH_MAX], checks=[one.told() for one in checks],
            decided_by=actor.id, decided_at=now,
        )  # fmt: skip
    if not approved:
        close(asked)
    return decision


def _passed(checks: Sequence[Check]) -> None:
    for one in checks:
        if one.passed:
            continue
        if one.until is not None:
            raise CashOutWaits(
                f"It can be approved from {one.until.isoformat()} on.",
                until=one.until.isoformat(),
            )  # fmt: skip
        if one.code == "account":
            raise PayoutNotVerified("Give the account again.")
        raise CashLimitReached(f"The limit of the {one.code} is reached.", limit=one.code)


@needs_transaction
def pay(
    asked: CashOut, *, reference: str, in_file: bool = False, actor: Actor, now: datetime
) -> CashOutPayment:
    """The money went out under this reference, once. What is in a file is paid with its file."""
    if not text.clean(reference):
        raise InvalidInput("Give the reference of the payment.", field="reference")
    approved = CashOutDecision.Verdict.APPROVED
    if not asked.decisions.filter(verdict=approved).exists():
        raise NotApproved("A second person has to approve this first.")
    if not in_file and asked.lines.exists():
        raise AlreadyExported("Say what became of the file instead.")
    if asked.returns.exists():
        raise AlreadyDecided("The bank refused this transfer.")
    with refusing(a_cash_out_is_paid_once=AlreadyDecided):
        paid = CashOutPayment.objects.create(
            customer_id=asked.customer_id, cash_out=asked,
            reference=text.clean(reference)[:NOTE_LENGTH_MAX], paid_by=actor.id, paid_at=now,
        )  # fmt: skip
    close(asked)
    return paid


@needs_transaction
def came_back(asked: CashOut, *, reason: str, actor: Actor, now: datetime) -> CashOutReturn:
    """The bank refused the transfer, or the money came back after it was paid; once. NotPaid."""
    is_paid = asked.payments.exists()
    if not is_paid and not asked.lines.exists():
        raise NotPaid("Nothing of this has gone to the bank.")
    kind = CashOutReturn.Kind.RETURNED if is_paid else CashOutReturn.Kind.REJECTED
    with refusing(a_payment_comes_back_once=AlreadyDecided):
        back = CashOutReturn.objects.create(
            customer_id=asked.customer_id, cash_out=asked, kind=kind,
            reason=text.clean(reason)[:NOTE_LENGTH_MAX], noted_by=actor.id, noted_at=now,
        )  # fmt: skip
    close(asked)
    return back


def close(asked: CashOut) -> None:
    asked.is_open = False
    CashOut.objects.filter(id=asked.id, customer_id=asked.customer_id).update(is_open=False)
