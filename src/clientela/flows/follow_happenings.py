"""What happens in the house gives points too: read from the log, each once, and told as an event.

Somebody came, registered a warranty, agreed to something, holds something new or renewed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from clientela.customers import sealed
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events import queries
from clientela.events.models import Position
from clientela.events.queries import Happened
from clientela.flows.read_on import read_on
from clientela.flows.record_events import Heard, record_events
from clientela.loyalty.queries import granting
from clientela.loyalty.rules import occasions
from clientela.platform import ids, periods, sql, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.products.models import Holding
from clientela.staff import company as companies

READER = "occasions"
SOURCE = "house"
HOLDING, RENEWED = "product_activated", "holding_renewed"
TOLD: Mapping[str, str] = {
    "customer.registered": "signed_up", "unit.registered": "warranty_registered",
    "holding.opened": HOLDING, "policy.sold": "cover_bought", "consent.given": "consent_given",
}  # fmt: skip
DAYS_BACK = 3  # days that are looked at again, where the house stood still
BATCH = 5_000
AGE_MAX = 130  # years
BORN = "birth_date"
# A sealed date is not opened for this: it is found by its mark.
BIRTHDAYS = """
    SELECT id FROM customers_customer
    WHERE merged_into IS NULL AND hidden_since IS NULL AND id > %(after)s
        AND (attributes ->> 'birth_date' = ANY (%(born)s)
            OR attributes -> 'birth_date' ->> 'mark' = ANY (%(marks)s))
    ORDER BY id LIMIT %(limit)s"""
HELD = """
    SELECT id, customer_id FROM products_holding
    WHERE closed_on IS NULL AND id > %(after)s AND to_char(opened_on, 'MM-DD') = ANY (%(days)s)
        AND opened_on < %(before)s
    ORDER BY id LIMIT %(limit)s"""
FIRST = UUID(int=0)


def follow(*, now: datetime) -> int:
    """Read on in the log, at most a hundred thousand happenings; how many were read."""
    if not Position.objects.filter(reader=READER).exists():
        _begin_here()
        return 0
    return read_on(lambda: _step(now=now))


def _begin_here() -> None:
    """What happened before anybody followed the log gives nothing."""
    with transactions.open():
        events.begin_here(reader=READER)


@transactions.retried
def _step(*, now: datetime) -> int:
    found = queries.after(reader=READER)
    if found:
        with transactions.open():
            heard = heard_of(found, now=now)
            if heard:
                record_events(heard, actor=SYSTEM, now=now)
            events.move(reader=READER, tx=found[-1].tx, event_id=found[-1].id)
    return len(found)


def heard_of(found: Sequence[Happened], *, now: datetime) -> list[Heard]:
    """What of it some rule gives points for today."""
    wanted = _wanted(now=now)
    if not wanted & {*TOLD.values(), RENEWED}:
        return []
    renewed = _renewed(found) if RENEWED in wanted else set()
    heard = []
    for one in found:
        name = TOLD.get(one.name, "")
        if name == HOLDING and one.subject in renewed:
            name = RENEWED
        if one.customer_id is not None and name in wanted:
            heard.append(Heard(
                name, SOURCE, f"log:{one.id}", Reference("id", str(one.customer_id)),
                min(one.occurred_at, now), one.subject,
            ))  # fmt: skip
    return heard


def _wanted(*, now: datetime) -> set[str]:
    if not companies.current().is_on("loyalty"):
        return set()
    return {rule.event for _, rule in granting.event_rules_now(now=now)}


def _renewed(found: Sequence[Happened]) -> set[str]:
    """The holdings among these that go on from another one."""
    opened = [ids.find("hol", one.subject) for one in found if one.name == "holding.opened"]
    rows = Holding.objects.filter(id__in=[id for id in opened if id], renewal_of__isnull=False)
    return {ids.public("hol", id) for id in rows.values_list("id", flat=True)}


def tell_days(*, now: datetime) -> int:
    """Birthdays, and days on which things were opened: today and the days before, each once a
    calendar year. How many were new.
    """
    wanted = _wanted(now=now)
    company, told = companies.current(), 0
    for back in range(DAYS_BACK):
        day = company.today(now) - timedelta(days=back)
        at = min(now, periods.local_midnight(day, company.zone))
        if "birthday" in wanted:
            told += _tell(BIRTHDAYS, "birthday", day.year, at, now, **_born(day))
        if "holding_anniversary" in wanted:
            told += _tell(HELD, "holding_anniversary", day.year, at, now, days=_days(day),
                          before=day)  # fmt: skip
    return told


def _tell(
    statement: str, name: str, year: int, at: datetime, now: datetime, **asked: object
) -> int:  # fmt: skip
    told, after = 0, FIRST
    while rows := sql.execute(statement, {"after": after, "limit": BATCH, **asked}).fetchall():
        heard = [_kept(name, year, row, at) for row in rows]
        outcomes = record_events(heard, actor=SYSTEM, now=now)
        told += sum(one.state == "new" for one in outcomes)
        after = rows[-1][0]
    return told


def _born(day: date) -> dict[str, list[str]]:
    """The dates of birth that are kept on a day, and the marks of them where some are sealed."""
    born = [f"{year}-{kept}" for year in range(day.year - AGE_MAX, day.year) for kept in _days(day)]
    if sealed.nothing_is_sealed():
        return {"born": born, "marks": []}
    return {"born": born, "marks": [mark for one in born for mark in sealed.marks(BORN, one)]}


def _days(day: date) -> list[str]:
    """Month and day that are kept on it: 29 February on the 28th in common years."""
    days = [f"{day:%m-%d}"]
    if occasions.celebrated(date(2000, 2, 29), day.year) == day and day.day != occasions.LEAP_DAY:
        days.append("02-29")
    return days


def _kept(name: str, year: int, row: tuple[UUID, ...], at: datetime) -> Heard:
    """Keyed by the year, so that it is once in it."""
    id, customer = row[0], row[-1]
    subject = ids.public("hol", id) if len(row) > 1 else ""
    return Heard(name, SOURCE, f"{name}:{year}:{id.hex}", Reference("id", str(customer)), at,
                 subject)  # fmt: skip
