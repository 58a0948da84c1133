"""What is looked at before points are paid out as money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers.identities import queries as identities
from clientela.loyalty.models import CashOut, Reward
from clientela.loyalty.queries import payouts
from clientela.loyalty.rules import cash as rules
from clientela.loyalty.rules.cash import Asked, Check, Terms
from clientela.platform import periods
from clientela.privacy import queries as privacy
from clientela.staff import company as companies

CONTACTS = ("phone", "email")


def terms_of(reward: Reward) -> Terms:
    return rules.read(reward.cash_terms)


def changed_at(family: Sequence[UUID]) -> datetime | None:
    """When account, phone or e-mail were last changed; what came with the record is no change."""
    known = (payouts.account_changed_at(family), identities.changed_at(family, CONTACTS))
    return max((one for one in known if one is not None), default=None)


def checks_of(asked: CashOut, family: Sequence[UUID], *, now: datetime) -> tuple[Check, ...]:
    """As they stand now: for the queue, and for the decision itself."""
    return checks_for(
        asked.redemption.reward, family, minor=asked.minor,
        has_account=asked.way != CashOut.Way.BANK or asked.iban not in ("", "–"), now=now,
        asked_at=asked.requested_at, but=asked.id,
    )  # fmt: skip


def checks_for(
    reward: Reward, family: Sequence[UUID], *, minor: int, has_account: bool, now: datetime,
    asked_at: datetime | None = None, but: UUID | None = None,
) -> tuple[Check, ...]:  # fmt: skip
    company = companies.current()
    day = periods.day_of(asked_at or now, company.zone)
    month = day.replace(day=1)
    spans = [
        (periods.local_midnight(first, company.zone), periods.local_midnight(after, company.zone))
        for first, after in (
            (day, day + timedelta(days=1)), (month, periods.add_months(month, 1)),
        )
    ]  # fmt: skip
    of_day, of_month = payouts.asked_in(family, spans, currency=reward.money_code, but=but)
    asked = Asked(
        minor, of_day, of_month, has_account, changed_at(family),
        is_limited=privacy.is_restricted(family),
    )  # fmt: skip
    return rules.checks(terms_of(reward), asked, now=now)
