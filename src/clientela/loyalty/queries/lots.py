"""Reads of lots: what is left of what was given, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.customers.sight import seen
from clientela.loyalty.models import Account, Currency, Lot, LotLife, Posting, PostingReason
from clientela.platform import periods
from clientela.platform.errors import InvalidInput, NotThere

INSTANT = timedelta(microseconds=1)


class NoSuchLot(NotThere):
    code = "no-such-lot"
    title = "There are no such points"


@dataclass(frozen=True, slots=True)
class Kept:
    """A lot with the kind of points it is of, and the zone in which its days begin."""

    lot: Lot
    currency: str
    zone: ZoneInfo

    def state(self, now: datetime) -> str:
        """`usable`, `waiting`, `used` or `over`."""
        lot = self.lot
        if not lot.remaining:
            return "over" if lot.expires_at is not None and lot.expires_at <= now else "used"
        if lot.active_at is None or lot.active_at > now:
            return "waiting"
        return "over" if lot.expires_at is not None and lot.expires_at <= now else "usable"

    @property
    def last_on(self) -> date | None:
        """The last day on which it can be used."""
        end = self.lot.expires_at
        return None if end is None else periods.day_of(end - INSTANT, self.zone)


def kept(lot_id: UUID) -> Kept:
    found = seen(Lot.objects.filter(id=lot_id)).first()
    if found is None:
        raise NoSuchLot
    [one] = _kept([found])
    return one


def lots_of(
    family: Sequence[UUID], *, open_only: bool = True, before: UUID | None = None, limit: int = 50,
) -> list[Kept]:  # fmt: skip
    """Lots, the newest first, paged by id; `open_only`: those of which something is left."""
    rows = Lot.objects.filter(customer_id__in=list(family)).order_by("-id")
    if open_only:
        rows = rows.filter(remaining__gt=0)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _kept(rows[:limit])


def moves_of(lot: Lot) -> list[LotLife]:
    """Each move of its end, the first first."""
    return list(LotLife.objects.filter(customer_id=lot.customer_id, lot_id=lot.id).order_by("id"))


def reasons_of(postings: Sequence[Posting]) -> dict[int, str]:
    """Why people booked them, where they said so, by posting."""
    rows = PostingReason.objects.filter(
        customer_id__in={one.customer_id for one in postings},
        posting_id__in=[one.id for one in postings],
    )  # fmt: skip
    return dict(rows.values_list("posting_id", "words"))


def currency_id(code: str) -> int:
    found = Currency.objects.filter(code=code).values_list("id", flat=True).first()
    if found is None:
        raise InvalidInput("There are no such points.", field="currency")
    return found


def _kept(rows: Iterable[Lot]) -> list[Kept]:
    listed = list(rows)
    known = _currencies({lot.account_id for lot in listed})
    return [
        Kept(lot, known[lot.account_id].code, ZoneInfo(known[lot.account_id].programme.time_zone))
        for lot in listed
    ]


def _currencies(accounts: Collection[int]) -> dict[int, Currency]:
    """By account."""
    rows = Account.objects.filter(id__in=list(accounts)).select_related("currency__programme")
    return {row.id: row.currency for row in rows}
