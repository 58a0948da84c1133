"""A company's day replayed while its parts are killed.

Nothing acknowledged is lost or doubled, every promise is kept or broken by arithmetic, and every
event reaches whoever subscribed to it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.platform import ids
from drills.clerks import CUSTOMERS, WASHER, Clerk, Desk, Diary, Told, day, phone_of
from drills.installation import (
    JOB_WORKER,
    LIVE,
    POSTGRES,
    WEB_MASTER,
    WEB_WORKER,
    DrillStuck,
    Installation,
    opened,
    remove,
    until,
)
from drills.kill import Hit, plan, ready, say, strike_at_work
from drills.receiver import Receiver, receiving
from drills.tills import SOURCE, Line

MINUTES = 5.0
SHORT_MINUTES = 1.0
KILLS_PER_MINUTE = 5.0
KILLS_MIN = 5
DECK = (POSTGRES, WEB_WORKER, WEB_MASTER, JOB_WORKER, LIVE, POSTGRES, JOB_WORKER)
CLERKS = 8
WHOLE = {"purchases": 2_000, "calls": 500, "issues": 200, "claims": 100}
DEMO_CUSTOMERS = 2_000
SHORT = 0.1
TOLD_SECONDS_MAX = 240.0
BROKEN_SECONDS_MAX = 150.0
"""How soon after its time a promise is said to be broken."""
PEOPLE_MAX = 6
EXAMPLES_MAX = 15


@dataclass
class Judged:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    missing_events: list[str] = field(default_factory=list)
    standings: Counter[str] = field(default_factory=Counter)

    @property
    def all(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.missing_events, *self.faults]


def run(*, seed: int, minutes: float = MINUTES) -> dict[str, Any]:
    is_short = minutes < SHORT_MINUTES
    kills = max(KILLS_MIN, round(minutes * KILLS_PER_MINUTE))
    blows = plan(seed=seed, kills=kills, deck=DECK, gap_seconds=(1.0, minutes * 60 / kills * 1.6))
    with receiving(seed) as receiver, opened(CLIENTELA_WEBHOOK_PRIVATE="1") as installation:
        desks, first_event = _set_up(installation, receiver, seed=seed, is_short=is_short)
        book = desks[0].book
        hits, verified = _work_through(installation, desks, blows, minutes, is_short=is_short)
        judged = judge(installation, book, first_event=first_event)
        _await_told(installation, receiver, first_event, judged)
        verified.append(installation.answer("verify"))
        events = _events(installation, first_event)
        judged.faults += [f"process {pid} is left running" for pid in installation.stop()]
        restored = _restored(installation, judged)
    result = {
        **_figures(book, judged, verified),
        "seed": seed, "kills": dict(Counter(hit.victim for hit in hits)),
        "webhooks": _told(receiver, events), "ready_seconds": ready(hits), "restored": restored,
    }  # fmt: skip
    if result["ok"]:
        remove(installation.home)
    else:
        say(f"the data folder is kept: {installation.home.path}")
    return result


def _set_up(
    installation: Installation, receiver: Receiver, *, seed: int, is_short: bool
) -> tuple[list[Desk], int]:
    """The demo company, customers of the day, a telephone line, and who is told of everything."""
    customers = int(DEMO_CUSTOMERS * (SHORT if is_short else 1))
    loaded = installation.answer("demo", "--customers", str(customers))
    people = [login["email"] for login in loaded["logins"]][:PEOPLE_MAX]
    line = installation.answer("calls", "line", "add", "Day", "--number", "+37167000000",
                               "--region", "LV")  # fmt: skip
    keys = [
        installation.answer("key", "create", name, "--right", "all", "--rate", "0")["key"]
        for name in ("day", "judge")
    ]
    made = installation.answer("webhooks", "add", receiver.address)
    receiver.secret = made["secret"]
    [(first_event,)] = installation.rows("SELECT coalesce(max(id), 0) FROM events_event")
    book, port = Diary(seed, CUSTOMERS), installation.port
    desks = [
        Desk(book, (Line(port, keys[0]), Line(port, keys[1])), line["token"], people)
        for _ in range(CLERKS)
    ]
    _register(desks[0])
    installation.answer("backup", "now")
    return desks, first_event


def _register(desk: Desk) -> None:
    price = {"minor": 49_900, "currency": "EUR"}
    desk.post("/products", {"code": WASHER, "name": "Washer", "kind": "washer", "price": price})
    for number in range(desk.book.customers):
        known = desk.post("/customers", {
            "name": f"Customer {number}", "phones": [phone_of(number)],
            "external": {"source": SOURCE, "id": f"c{number}"},
        }, key=f"customer {number}")  # fmt: skip
        desk.book.write("customers", Told("customer.registered", known["customer"]["id"]))


def _work_through(
    installation: Installation, desks: list[Desk], blows: Any, minutes: float, *, is_short: bool
) -> tuple[list[Hit], list[Any]]:
    book, closing = desks[0].book, threading.Event()
    works = list(day(seed=book.seed, **{
        name: int(count * (SHORT if is_short else 1)) for name, count in WHOLE.items()
    }))  # fmt: skip
    pile: queue.Queue[Any] = queue.Queue()
    for work in works:
        pile.put(work)
    pace = minutes * 60 * 0.7 * len(desks) / len(works)
    clerks = [
        Clerk(number, desk=desk, pile=pile, pace_seconds=pace, closing=closing)
        for number, desk in enumerate(desks)
    ]
    hits, verified = strike_at_work(installation, book, blows, clerks, closing)
    book.faults += [f"{it.name} broke down: {it.broke}" for it in clerks if not it.has_finished]
    return hits, verified


def judge(installation: Installation, book: Diary, *, first_event: int) -> Judged:
    """What was written down against the database."""
    judged = Judged(faults=list(book.faults))
    _judge_purchases(installation, book, judged)
    _judge_calls(installation, book, judged)
    _judge_issues(installation, book, judged)
    _judge_promises(installation, book, judged)
    _judge_claims(installation, book, judged)
    _judge_events(installation, book, judged, first_event)
    return judged


def _judge_purchases(installation: Installation, book: Diary, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT external_ref, id, total_minor FROM purchases_purchase WHERE source = %s", SOURCE
    )
    found = {reference: (id, minor) for reference, id, minor in rows}
    judged.doubled += _repeated(reference for reference, _, _ in rows)
    for reference, id in book.sold.items():
        if reference not in found:
            judged.lost.append(f"purchase {reference}")
        elif _public("pur", found[reference][0]) != id:
            judged.faults.append(f"purchase {reference} is {found[reference][0]}, not {id}")
        elif found[reference][1] != book.sales[reference].minor:
            judged.faults.append(f"purchase {reference} is of {found[reference][1]}")


def _judge_calls(installation: Installation, book: Diary, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT reference, state FROM calls_call WHERE reference LIKE %s", f"day-{book.seed}-%"
    )
    found = dict(rows)
    judged.doubled += _repeated(f"call {reference}" for reference, _ in rows)
    for reference, state in book.calls.items():
        if reference not in found:
            judged.lost.append(f"call {reference}")
        elif found[reference] != state:
            judged.faults.append(f"call {reference} is {found[reference]}, not {state}")


def _judge_issues(installation: Installation, book: Diary, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT i.number, i.id,"
        " (SELECT count(*) FROM issues_message AS m WHERE m.issue_id = i.id),"
        " (SELECT count(*) FROM issues_resolution AS r WHERE r.issue_id = i.id"
        "  AND r.undone_at IS NULL)"
        " FROM issues_issue AS i WHERE i.number = ANY (%s)",
        list(book.issues),
    )
    found = {number: (id, said, resolved) for number, id, said, resolved in rows}
    judged.doubled += _repeated(f"issue {number}" for number, *_ in rows)
    for number, known in book.issues.items():
        if number not in found:
            judged.lost.append(f"issue {number}")
            continue
        id, said, resolved = found[number]
        if _public("iss", id) != known["id"]:
            judged.faults.append(f"issue {number} is {id}, not {known['id']}")
        if resolved != int(known["resolved"]):
            judged.lost.append(f"the resolution of issue {number}: {resolved} are there")
        if said < known["said"]:
            judged.lost.append(f"a message of issue {number}")


def _judge_claims(installation: Installation, book: Diary, judged: Judged) -> None:
    """Once, in the state it was brought to; what it pays is what its lines pay, by `verify`."""
    rows = installation.rows(
        "SELECT c.id, c.state, u.serial FROM warranty_claim AS c"
        " JOIN warranty_unit AS u ON u.holding_id = c.holding_id WHERE u.serial LIKE %s",
        f"DAY-{book.seed}-%",
    )
    found = {_public("clm", id): state for id, state, _ in rows}
    judged.doubled += _repeated(f"a claim for {serial}" for _, _, serial in rows)
    for id, state in book.claims.items():
        if id not in found:
            judged.lost.append(f"claim {id}")
        elif found[id] != state:
            judged.faults.append(f"claim {id} is {found[id]}, not {state}")


def _judge_promises(installation: Installation, book: Diary, judged: Judged) -> None:
    """Kept by its time, kept too late, broken, or still running: from its own times alone."""
    rows = _promises(installation)
    by_id = {_public("prm", id): row for id, *row in rows}
    for id, due_at in book.promises.items():
        if id not in by_id:
            judged.lost.append(f"promise {id}")
        elif by_id[id][0] != due_at:
            judged.faults.append(f"promise {id} is due at {by_id[id][0]}, not {due_at}")
        elif id in book.kept and by_id[id][1] is None:
            judged.lost.append(f"that promise {id} was kept")
    for due_at, kept_at, released_at, told_at, now in by_id.values():
        judged.standings[_standing(due_at, kept_at, released_at, now)] += 1
        waited = now - due_at > timedelta(seconds=BROKEN_SECONDS_MAX)
        if kept_at is None and released_at is None and waited and told_at is None:
            judged.faults.append(f"a promise due at {due_at} is broken, and nobody was told")
        if told_at is not None and told_at < due_at:
            judged.faults.append(f"a promise was called broken before its time {due_at}")


def _promises(installation: Installation) -> list[tuple[Any, ...]]:
    """Those of the day whose time is not moved by a pause, and that are not the demo's."""
    return installation.rows(
        "SELECT p.id, p.due_at, p.kept_at, p.released_at, p.broken_told_at, now()"
        " FROM issues_promise AS p JOIN customers_externalid AS k"
        " ON k.customer_id = p.customer_id AND k.source = %s"
        " WHERE p.paused_at IS NULL",
        SOURCE,
    )


def _standing(
    due_at: datetime, kept_at: datetime | None, released_at: datetime | None, now: datetime
) -> str:
    if released_at is not None:
        return "released"
    if kept_at is not None:
        return "kept" if kept_at <= due_at else "kept late"
    return "broken" if due_at < now else "running"


def _judge_events(
    installation: Installation, book: Diary, judged: Judged, first_event: int
) -> None:
    """Whatever was acknowledged has its event, and no more than one since the day began."""
    rows = installation.rows(
        "SELECT name, subject, count(*) FROM events_event WHERE name = ANY (%s) AND id > %s"
        " GROUP BY name, subject",
        sorted({it.name for it in book.told_of} | {"promise.broken"}),
        first_event,
    )
    found = {(name, subject): count for name, subject, count in rows}
    for told in set(book.told_of):
        if (told.name, told.subject) not in found:
            judged.missing_events.append(f"{told.name} of {told.subject}")
    once = {it.name for it in book.told_of} | {"promise.broken"}
    judged.doubled += [
        f"{name} of {subject} is told {count} times"
        for (name, subject), count in found.items()
        if count > 1 and name in once
    ]
    for name, subject in _expected_of_calls(installation, book):
        if (name, subject) not in found:
            judged.missing_events.append(f"{name} of {subject}")


def _expected_of_calls(installation: Installation, book: Diary) -> list[tuple[str, str]]:
    """A call began, and ended or was missed; asked for by itself, as names are many."""
    rows = installation.rows(
        "SELECT c.id, c.state, array_agg(e.name) FROM calls_call AS c LEFT JOIN events_event AS e"
        " ON e.subject = 'cal_' || replace(c.id::text, '-', '') WHERE c.reference LIKE %s"
        " GROUP BY c.id, c.state",
        f"day-{book.seed}-%",
    )
    missing = []
    for id, state, names in rows:
        wanted = {"call.started", "call.missed" if state == "missed" else "call.ended"}
        if state != "missed":
            wanted.add("call.answered")
        missing += [(name, _public("cal", id)) for name in wanted if names.count(name) != 1]
    return missing


def _await_told(
    installation: Installation, receiver: Receiver, first_event: int, judged: Judged
) -> None:
    """Wait until the receiver has had every event; those it never gets are faults."""
    try:
        until(lambda: not _untold(installation, receiver, first_event), "the last message",
              seconds=TOLD_SECONDS_MAX)  # fmt: skip
    except DrillStuck:
        untold = _untold(installation, receiver, first_event)
        judged.faults += [f"{name} never arrived" for name in untold[:EXAMPLES_MAX]]
    judged.faults += [f"{receiver.badly_signed} messages are badly signed"] * bool(
        receiver.badly_signed
    )
    judged.faults += [f"{receiver.two_ids} messages came under two ids"] * bool(receiver.two_ids)
    behind = receiver.out_of_order()
    judged.faults += [f"the events of {behind} customers came out of order"] * bool(behind)


def _untold(installation: Installation, receiver: Receiver, first_event: int) -> list[str]:
    time.sleep(0.5)
    return [
        f"evt_{id} {name}"
        for id, name in _events(installation, first_event)
        if f"evt_{id}" not in receiver.came
    ]


def _events(installation: Installation, first_event: int) -> list[tuple[int, str]]:
    return installation.rows(
        "SELECT id, name FROM events_event WHERE id > %s AND name <> 'webhook.tested'", first_event
    )


def _restored(installation: Installation, judged: Judged) -> dict[str, Any]:
    """The backup of the morning and the log of the day give back all of it, in a folder beside."""
    restored = installation.answer("restore", "--trial")
    judged.faults += [f"restored: {it}" for it in restored.get("faults", [restored])]
    judged.lost += [f"{count} {name}, when restored" for name, count in
                    (restored.get("lost") or {}).items()]  # fmt: skip
    return {name: restored.get(name) for name in ("backup", "as_of", "lost", "faults")}


def _figures(book: Diary, judged: Judged, verified: list[Any]) -> dict[str, Any]:
    is_clean = all(one["ok"] for one in verified)
    wrong = [it["name"] for one in verified for it in one["checks"] if it["wrong"]]
    return {
        "name": "day", "seed": 0, "kills": {}, "requests": book.requests,
        "acknowledged": book.acknowledged, "done": dict(book.done),
        "lost": len(judged.lost), "doubled": len(judged.doubled),
        "missing_events": len(judged.missing_events), "faults": len(judged.faults),
        "examples": judged.all[:EXAMPLES_MAX], "promises": dict(judged.standings),
        "verify": {"runs": len(verified), "ok": is_clean, "wrong": wrong},
        "ok": is_clean and not judged.all,
    }  # fmt: skip


def _told(receiver: Receiver, events: list[Any]) -> dict[str, int]:
    return {
        "events": len(events), "arrived": len(receiver.came), "repeats": receiver.repeats(),
        "failed_on_purpose": receiver.failed, "out_of_order": receiver.out_of_order(),
    }  # fmt: skip


def _repeated(names: Any) -> list[str]:
    return [str(name) for name, times in Counter(names).items() if times > 1]


def _public(prefix: str, id: UUID) -> str:
    return ids.public(prefix, id)
