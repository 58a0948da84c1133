"""What whoever answers for points looks at: what was let go, staff who earn themselves, and how
much of their limits people use.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.customers import queries as customers
from clientela.loyalty.queries import watched
from clientela.loyalty.queries.watched import LetGo, Moved, Own
from clientela.platform import emails, periods
from clientela.staff import company as companies
from clientela.staff import queries as staff

DAYS = 90


def let_go(
    *, before: int | None = None, limit: int = 50, is_open: bool = False
) -> list[LetGo]:  # fmt: skip
    """Points that were forgiven when they could not be taken back, and debts people let go."""
    return watched.let_go(before=before, limit=limit, is_open=is_open)


def own_points(*, now: datetime, before: int | None = None, limit: int = 50) -> list[Own]:
    """Points of the last 90 days on records of staff that they booked or rang up themselves: known
    by the e-mail they sign in with. Only of customers whoever acts may see.
    """
    whose = {
        one.public_id: (emails.normal(one.email)[0], one.name) for one in staff.people()
        if one.email
    }  # fmt: skip
    found = watched.own_points(whose, since=now - timedelta(days=DAYS), before=before, limit=limit)
    seen = customers.names_of({one.customer_id for one in found})
    return [one for one in found if one.customer_id in seen]


def moved_today(*, now: datetime) -> list[Moved]:
    """What each person moved by hand today."""
    company = companies.current()
    return watched.moved_by_hand(since=periods.local_midnight(company.today(now), company.zone))
