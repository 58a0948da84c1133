"""The demo company's partners, the days of its journeys, and a file for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from clientela.flows import cash_outs, payment_files, travel_catalogue, travel_orders
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.mark import DEMO
from clientela.flows.payment_files import News
from clientela.loyalty.actions import partners
from clientela.loyalty.actions import payment_files as files
from clientela.loyalty.actions.partners import PartnerValues
from clientela.loyalty.actions.travel import OfferValues
from clientela.loyalty.models import (
    Partner,
    PartnerLine,
    PartnerStatement,
    Payer,
    PaymentFile,
    PaymentLine,
    Voucher,
)
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

FERRIES, SPA, MUSEUM = "baltic-ferries", "jurmala-spa", "baltic-museum"
FILE_HOURS_AGO = 42
CODES = [f"BM-{number:05d}" for number in range(40_117, 40_157)]
IBAN = "LV80BANK0000435195001"


def lay_out(*, now: datetime) -> None:
    """Before the catalogue: who fulfils, by our desk and by codes; and the account that pays."""
    values = (
        PartnerValues(FERRIES, "Baltic Ferries", burn=(1_000, 1_150), earn=(1_000, 1_300),
                      money_code=CURRENCY, language="lv"),
        PartnerValues(SPA, "Jūrmala Spa", reply_hours=72, burn=(1_000, 1_400), money_code=CURRENCY),
        PartnerValues(MUSEUM, "Baltic Museum", Partner.Fulfilment.POOL, burn=(1_000, 900),
                      money_code=CURRENCY),
    )  # fmt: skip
    with transactions.open():
        for one in values:
            partners.save(one, actor=DEMO, now=now, is_demo=True)
        museum = Partner.objects.get(key=MUSEUM)
        partners.bring(museum, CODES, good_until_on=None, actor=DEMO, now=now)
        if files.payer_of(CURRENCY) is None:
            files.set_payer(currency=CURRENCY, name="Mežrozes SIA", iban=IBAN, actor=DEMO, now=now,
                            is_demo=True)  # fmt: skip


def offer_days(*, now: datetime) -> None:
    """Nights on the ferry: two a month through the summer, some of them nearly full."""
    days = [date(now.year + 1, month, day) for month in range(5, 10) for day in (12, 26)]
    batch = [
        OfferValues(
            day,
            seats=4 + 6 * (place % 3),
            ends_on=day + timedelta(days=1),
            money_minor=1_490 if day.month in (7, 8) else None,
            money_code=CURRENCY,
        )
        for place, day in enumerate(days)
    ]
    travel_catalogue.save_offers("tallinn", batch, now=now)


def export(*, actor: Actor, now: datetime) -> None:
    """What is approved by then goes to the bank."""
    try:
        payment_files.export_payments(actor=actor, now=now)
    except Problem:
        return  # nothing was approved: a very small company


def come_back(asked: UUID, *, actor: Actor, now: datetime) -> None:
    """A payment was made and came back a day later."""
    line = PaymentLine.objects.filter(cash_out_id=asked).first()
    if line is None:
        return
    paid = [News(line.end_to_end, "paid")]
    payment_files.report_payments(line.file_id, paid, actor=actor, now=now - timedelta(days=1))
    cash_outs.return_cash_out(asked, reason="AC04", actor=actor, now=now)


def confirm_late(orders: Sequence[UUID], *, now: datetime) -> None:
    """The ferries confirm what was given free again: staff look at it."""
    for number, order_id in enumerate(orders, start=2_071):
        travel_orders.partner_answers(
            order_id, confirmed=True, reference=f"BF-{number}", actor=DEMO, now=now
        )


def take_down() -> int:
    """As the owner of the tables; what the company's own orders or files use stays."""
    own = PaymentFile.objects.filter(lines__isnull=False)
    rows = PaymentFile.objects.exclude(id__in=own.values("id")).filter(
        payer__is_demo=True
    ).delete()[0]  # fmt: skip
    used = PaymentFile.objects.values("payer_id")
    rows += Payer.objects.filter(is_demo=True).exclude(id__in=used).delete()[0]
    ours = Partner.objects.filter(is_demo=True, travelorder=None, reward=None, partnerearning=None)
    stated = PartnerStatement.objects.filter(partner__in=ours)
    rows += PartnerLine.objects.filter(statement__in=stated).delete()[0] + stated.delete()[0]
    rows += Voucher.objects.filter(partner__in=ours).delete()[0]
    return rows + ours.delete()[0]
