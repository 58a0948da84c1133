"""Reads of what was earned at partners, and of the statements that settle it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from clientela.customers.sight import seen
from clientela.loyalty.actions.partner_statements import NoSuchStatement
from clientela.loyalty.models import Partner, PartnerEarning, PartnerLine, PartnerStatement


def earnings(
    partner: Partner, *, before: UUID | None = None, limit: int = 50
) -> list[PartnerEarning]:
    """What was earned there, the newest first."""
    found = seen(PartnerEarning.objects.filter(partner=partner))
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.prefetch_related("reversals").order_by("-id")[:limit])


def earnings_by(named: Iterable[UUID]) -> dict[UUID, PartnerEarning]:
    return PartnerEarning.objects.in_bulk(list(named))


def statements(
    partner: Partner | None = None, *, before: UUID | None = None, limit: int = 50
) -> list[PartnerStatement]:
    """The newest first."""
    found = PartnerStatement.objects.select_related("partner")
    if partner is not None:
        found = found.filter(partner=partner)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def statement(statement_id: UUID) -> PartnerStatement:
    found = PartnerStatement.objects.select_related("partner").filter(id=statement_id).first()
    if found is None:
        raise NoSuchStatement
    return found


def lines(statement: PartnerStatement, *, after: int = 0, limit: int = 200) -> list[PartnerLine]:
    found = PartnerLine.objects.filter(statement=statement, place__gt=after)
    return list(found.order_by("place")[:limit])


def to_settle(month_on: date) -> list[Partner]:
    """Partners without a statement of this month."""
    made = PartnerStatement.objects.filter(month_on=month_on).values("partner")
    return list(Partner.objects.exclude(id__in=made).order_by("id"))
