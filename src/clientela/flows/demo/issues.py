"""The demo company's issues: two queues with targets, a year of issues, and one of every state
open now. Laid down set by set; every due time comes from the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.demo import issue_words as words
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.issue_life import (
    END_MINUTES,
    FIRST_MINUTES,
    NEXT_MINUTES,
    ROWS,
    Case,
    Desk,
    Life,
    Told,
)
from clientela.flows.demo.issue_words import TOPICS, Topic
from clientela.flows.demo.mark import DEMO
from clientela.flows.demo.story import Plan
from clientela.issues import rules
from clientela.issues.actions import desk
from clientela.issues.models import Issue, IssueKey, Review, State
from clientela.platform import ids, sql, text, transactions
from clientela.platform.open_time import OpenTime
from clientela.products.models import Holding
from clientela.staff import calendars
from clientela.staff import queries as staff

WEEK: dict[int, list[tuple[str, str]]] = {
    **{day: [("08:30", "12:00"), ("12:45", "17:15")] for day in range(5)},
    5: [("10:00", "14:00")],
}
QUEUES = (
    ("technical", {"en": "Technical desk", "es": "Servicio técnico", "lv": "Tehniskais dienests"}),
    ("accounts", {"en": "Accounts", "es": "Cuentas", "lv": "Konti"}),
)
SHARE = 0.07  # of all customers had an issue within the year
ENDED_DAYS = (3, 360)
# What is open now: how many open hours ago it came, and what became of it so far.
OPEN_NOW = (
    (0.5, "new"), (2.6, "new"), (1.2, "answered"), (5, "answered"), (9, "asked"), (14, "waits"),
    (20, "waits"), (7, "complaint"), (3, "promised"), (11, "moved"), (30, "reopened"),
    (1.5, "unassigned"), (0.2, "unassigned"), (26, "late"), (16, "supplier"),
)  # fmt: skip


def complain(plan: Plan, *, now: datetime) -> None:
    """Every issue of the demo; where some are there already nothing is added."""
    with transactions.open():
        if Issue.objects.filter(is_demo=True).exists():
            return
        place = _open_desk(now=now)
        if place is None:
            return
        told = Told()
        for number, case in enumerate(_cases(plan, place, now=now)):
            Life(case, number=number, place=place, told=told, now=now).live()
        _write(told, now=now)


def _open_desk(*, now: datetime) -> Desk | None:
    people = [staff.person_by_email(f"{one}@demo.example") for one in ("agent", "manager")]
    agents = tuple(person.id for person in people if person)
    if len(agents) < len(people):
        return None
    calendar = calendars.make(key="demo-desk", name="Customer desk", week=WEEK, actor=DEMO,
                              time_zone="Europe/Riga", is_demo=True, now=now)  # fmt: skip
    queues = {
        key: desk.set_queue(
            f"demo-{key}", calendar=calendar, labels=labels, is_demo=True, lead_id=agents[1],
            first_response_minutes=FIRST_MINUTES, next_response_minutes=NEXT_MINUTES,
            resolution_minutes=END_MINUTES, position=place + 1,
        )
        for place, (key, labels) in enumerate(QUEUES)
    }  # fmt: skip
    states = {state.key: state for state in State.objects.all()}
    return Desk(queues, calendars.open_time_of(calendar), 1, agents, states)


def _cases(plan: Plan, place: Desk, *, now: datetime) -> list[Case]:
    """Who had which issue when: some open now, the others ended within the year."""
    chance = Chance(plan.seed, "issues")
    customers = list(Customer.objects.filter(is_demo=True, merged_into=None).order_by("number"))
    held: dict[UUID, list[Holding]] = {}
    for one in Holding.objects.filter(is_demo=True, closed_on=None).select_related("product"):
        held.setdefault(one.customer_id, []).append(one)
    cases = []
    ended = max(12, int(len(customers) * SHARE))
    for number in range(len(OPEN_NOW) + ended):
        customer = customers[number % len(customers)] if number < 20 else chance.one_of(customers)
        topic, holding = _about(customer, held.get(customer.id, []), chance)
        if number < len(OPEN_NOW):
            hours, fate = OPEN_NOW[number]
            begun = _before(place.hours, now, hours)
        else:
            fate = chance.weighted(("kept", "late_answer", "late_end", "twice"), (0.74, 0.12, 0.1))
            begun = now - timedelta(days=chance.whole(*ENDED_DAYS), hours=chance.random() * 9)
        begun = max(begun, _first(customer, now))
        cases.append(Case(customer, topic, holding, begun, fate))
    return cases


def _about(
    customer: Customer, held: Sequence[Holding], chance: Chance
) -> tuple[Topic, Holding | None]:
    for topic in sorted(TOPICS, key=lambda _topic: chance.random()):
        for holding in held:
            if holding.product.kind_id in topic.kinds:
                return topic, holding
    return TOPICS[-1], None


def _before(hours: OpenTime, now: datetime, count: float) -> datetime:
    """About so many open hours before now."""
    begun = now
    while hours.between(begun, now) < count * 3600:
        begun -= timedelta(minutes=20)
    return begun


def _first(customer: Customer, now: datetime) -> datetime:
    since = datetime.combine(customer.known_since, datetime.min.time(), tzinfo=now.tzinfo)
    return min(since + timedelta(hours=20), now - timedelta(minutes=10))


def _write(told: Told, *, now: datetime) -> None:
    """Number the issues, then put down every table at once, and the log in order of time."""
    issues = told.rows[Issue]
    counted = sql.execute(
        "SELECT nextval(pg_get_serial_sequence('issues_issuekey', 'serial'))"
        " FROM generate_series(1, %s)", [len(issues)],
    ).fetchall()  # fmt: skip
    numbers = {}
    for issue, (serial,) in zip(issues, counted, strict=True):
        issue.number = numbers[issue.id] = rules.issue_number(serial)
        issue.search = SearchVector(
            Value(" ".join(text.words_to_find(issue.subject))), config="simple"
        )
        told.rows[IssueKey].append(IssueKey(
            serial=serial, number=issue.number, customer_id=issue.customer_id, issue_id=issue.id,
        ))  # fmt: skip
    told.rows[Review].append(Review(
        id=ids.uuid7(), customer_id=issues[0].customer_id, reviewed_at=now - timedelta(days=9),
        reviewed_by=ids.public("per", issues[0].owner_id), finding=words.FINDING,
        next_step=words.NEXT_STEP,
    ))  # fmt: skip
    for kind in ROWS:
        kind._default_manager.bulk_create(told.rows[kind])
    log = [
        Happening(one.name, one.occurred_at, one.customer_id, one.subject,
                  {"number": numbers[one.data["issue"]],
                   **{key: value for key, value in one.data.items() if key != "issue"}})
        for one in sorted(told.log, key=lambda one: one.occurred_at)
    ]  # fmt: skip
    events.emit(log, actor=DEMO, now=now)
