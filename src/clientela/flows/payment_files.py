"""Files for the bank: what is approved goes into one once, and the bank says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.flows import cash_outs
from clientela.loyalty.actions import cash, payment_files
from clientela.loyalty.models import Payer, PaymentFile, PaymentLine
from clientela.loyalty.queries import payouts
from clientela.loyalty.queries.payouts import Filed
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

LINES_AT_ONCE = 200
NEWS = ("paid", "returned")


@dataclass(frozen=True, slots=True)
class News:
    """What the bank says of one line: paid, or returned with its reason."""

    end_to_end: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """How many lines were noted by this report, and how many had their end before."""

    paid: int
    returned: int
    known: int


@transactions.retried
def set_payer(
    *, currency: str, name: str, iban: str, bic: str = "", actor: Actor, now: datetime
) -> Payer:
    with transactions.open():
        return payment_files.set_payer(
            currency=currency, name=name, iban=iban, bic=bic, actor=actor, now=now
        )


@transactions.retried
def export_payments(
    *, currency: str = "", pays_on: date | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> PaymentFile:  # fmt: skip
    """A file of all that is approved and in no file yet. NothingToExport, NoPayer."""
    company = companies.current()
    code, today = currency or company.currency, company.today(now)
    if pays_on is not None and pays_on < today:
        raise InvalidInput("The bank pays today or later.", field="pays_on")
    with transactions.open():
        payment_files.one_at_a_time()
        waiting = payment_files.waiting(code)
        file = payment_files.export(
            waiting, currency=code, pays_on=pays_on or today, words=company.name, actor=actor,
            now=now,
        )  # fmt: skip
        told = [cash_outs.told("cash_out.exported", one, now=now) for one in waiting]
        events.emit(told, actor=actor, now=now, request=request)
    return file


def report_payments(
    file_id: UUID, news: Sequence[News] = (), *, all_paid: bool = False, actor: Actor,
    now: datetime, request: str = "",
) -> Closed:  # fmt: skip
    """What the bank says of a file: line by line, or that all others were paid. A line has one end;
    what is said again changes nothing. Money that comes back after it was paid is `returned`.
    """
    filed = payouts.file(file_id)
    said = _checked(filed, news)
    counts = {"paid": 0, "returned": 0, "known": 0}
    after = 0
    while batch := payouts.lines(filed.file, after=after, limit=LINES_AT_ONCE):
        after = batch[-1].id
        rest = "paid" if all_paid else ""
        wanted = [
            (line, said.get(line.end_to_end) or News(line.end_to_end, rest)) for line in batch
        ]
        part = [(line, one) for line, one in wanted if one.state]
        for name in _noted(part, filed.file, actor=actor, now=now, request=request):
            counts[name] += 1
    return Closed(**counts)


def _checked(filed: Filed, news: Sequence[News]) -> Mapping[str, News]:
    for place, one in enumerate(news):
        if one.state not in NEWS:
            raise InvalidInput("A line is paid or returned.", field=f"lines.{place}.state")
        payment_files.line(one.end_to_end, file=filed.file.id)
    return {one.end_to_end: one for one in news}


@transactions.retried
def _noted(
    part: Sequence[tuple[PaymentLine, News]], file: PaymentFile, *, actor: Actor, now: datetime,
    request: str,
) -> list[str]:  # fmt: skip
    """A slice of lines in one transaction; what each of them counts as."""
    found, told = [], []
    with transactions.open():
        for line, one in part:
            asked = cash.lock(line.cash_out_id)
            if asked.returns.exists() or (one.state == "paid" and asked.payments.exists()):
                found.append("known")
                continue
            if one.state == "paid":
                cash.pay(asked, reference=file.message, in_file=True, actor=actor, now=now)
                told += cash_outs.paid(asked, actor=actor, now=now)
            else:
                back = cash.came_back(asked, reason=one.reason, actor=actor, now=now)
                told += cash_outs.came_back(asked, back, actor=actor, now=now)
            found.append(one.state)
        events.emit(told, actor=actor, now=now, request=request)
    return found
