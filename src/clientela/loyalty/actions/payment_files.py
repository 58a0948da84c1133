"""Files for the bank: the account that pays, and the lines that were never in one before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from clientela.loyalty.models import CashOut, Payer, PaymentFile, PaymentLine
from clientela.loyalty.rules import ibans, payments
from clientela.loyalty.rules.payments import Order, Transfer
from clientela.platform import ids, money, sql, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class NoSuchPaymentFile(NotThere):
    code = "no-such-payment-file"
    title = "There is no such file for the bank"


class NoPayer(Problem):
    code = "no-payer"
    status = 409
    title = "Nobody has said from which account cash is paid"


class NothingToExport(Problem):
    code = "nothing-to-export"
    status = 409
    title = "Nothing approved waits for a transfer"


@needs_transaction
def set_payer(
    *, currency: str, name: str, iban: str, bic: str = "", actor: Actor, now: datetime,
    is_demo: bool = False,
) -> Payer:  # fmt: skip
    """From which account cash in this money is paid from now on; the former ones stay as rows."""
    if currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="currency")
    if not 0 < len(text.clean(name)) <= payments.NAME_LENGTH_MAX:
        raise InvalidInput("Say in whose name the account is.", field="name")
    code = payments.bic(bic) if bic else ""
    if code is None:
        raise InvalidInput("A BIC has eight or eleven signs.", field="bic")
    try:
        number = ibans.normal(iban)
    except ibans.BadIban:
        raise InvalidInput("This is no IBAN.", field="iban") from None
    last = payer_of(currency)
    values = {"name": text.clean(name), "iban": number, "bic": code}
    if last and all(getattr(last, key) == value for key, value in values.items()):
        return last
    return Payer.objects.create(
        money_code=currency, given_by=actor.id, given_at=now, is_demo=is_demo, **values
    )  # fmt: skip


def payer_of(currency: str) -> Payer | None:
    return Payer.objects.filter(money_code=currency).order_by("-id").first()


@needs_transaction
def export(
    waiting: Sequence[CashOut], *, currency: str, pays_on: date, words: str, actor: Actor,
    now: datetime,
) -> PaymentFile:  # fmt: skip
    """Put approved requests into a new file, each once and for all. NoPayer, NothingToExport.

    `waiting` is locked. What was written is kept and never changed.
    """
    payer = payer_of(currency)
    if payer is None:
        raise NoPayer("Give the account first.", field="currency")
    if not waiting:
        raise NothingToExport
    id = ids.uuid7()
    order = Order(
        message=f"CLT{id.hex[:28].upper()}", made_at=now, pays_on=pays_on, currency=currency,
        decimals=money.CURRENCIES[currency],
        payer=payments.Payer(payer.name, payer.iban, payer.bic),
        transfers=[
            Transfer(f"CSH{one.id.hex.upper()[:32]}", one.minor, one.payee, one.iban, words)
            for one in waiting
        ],
    )  # fmt: skip
    content = payments.document(order)
    file = PaymentFile.objects.create(
        id=id, message=order.message, money_code=currency, payer=payer, content=content,
        minor=sum(one.minor for one in waiting), lines_count=len(waiting),
        digest=hashlib.sha256(content.encode()).digest(), pays_on=pays_on, made_by=actor.id,
        made_at=now,
    )  # fmt: skip
    PaymentLine.objects.bulk_create(
        PaymentLine(customer_id=one.customer_id, file=file, cash_out=one,
                    end_to_end=transfer.end_to_end, minor=one.minor)
        for one, transfer in zip(waiting, order.transfers, strict=True)
    )  # fmt: skip
    return file


@needs_transaction
def one_at_a_time() -> None:
    """Two exports take turns: the second sees what the first took."""
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('loyalty payment files'))")


@needs_transaction
def waiting(currency: str, *, limit: int = payments.LINES_MAX) -> list[CashOut]:
    """Approved transfers in this money that no file holds and nobody paid by hand, locked."""
    found = CashOut.objects.select_for_update(of=("self",)).filter(
        is_open=True, way=CashOut.Way.BANK, money_code=currency, decisions__verdict="approved",
        lines=None, payments=None,
    )  # fmt: skip
    return list(found.order_by("id")[:limit])


def line(end_to_end: str, *, file: UUID | None = None) -> PaymentLine:
    """A transfer by the name the bank gives back."""
    found = PaymentLine.objects.filter(end_to_end=end_to_end)
    if file is not None:
        found = found.filter(file_id=file)
    known = found.first()
    if known is None:
        raise InvalidInput(f"No transfer is called {end_to_end[:40]}.", field="lines")
    return known
