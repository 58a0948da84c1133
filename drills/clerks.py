"""A company's working day: who calls, buys, complains and is promised something.

The whole day follows from the seed. Each piece of work is a few requests one after the other; a
clerk sends each of them until it is answered. What was answered is written down, to be compared
at the end.
"""

from __future__ import annotations

import json
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.installation import DrillStuck
from drills.tills import (
    GIVEN_UP_SECONDS,
    PAUSE_SECONDS_MAX,
    SEND_AGAIN,
    SOURCE,
    Answer,
    Book,
    Heard,
    Line,
    Request,
)

CUSTOMERS = 150
IDLE_SECONDS = 0.3
MISSED_SHARE = 0.25
SOON_SECONDS = (8.0, 30.0)
LATER_SECONDS = (180.0, 600.0)
WASHER = "DAY-WASHER"
REJECTION = {"decision": "reject", "reasons": ["customer_damage"]}
TOO_LATE = "promise-in-the-past"


@dataclass(frozen=True)
class Told:
    """Something that was acknowledged: the event it must have left, and what it is about."""

    name: str
    subject: str


@dataclass
class Diary(Book):
    """Beside the sales of a book: every acknowledgement of the day."""

    told_of: list[Told] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    """Reference of a call -> the state it must end in."""
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    promises: dict[str, datetime] = field(default_factory=dict)
    """Promise -> the time that was said."""
    kept: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)
    """Claim -> the state it was brought to."""
    done: Counter[str] = field(default_factory=Counter)

    def write(self, kind: str, *told: Told) -> None:
        with self.lock:
            self.done[kind] += 1
            self.told_of += told


class Desk:
    """A place where requests are sent until they are answered."""

    def __init__(
        self, book: Diary, lines: tuple[Line, Line], token: str, people: list[str]
    ) -> None:
        """Two lines to the API, for nobody decides the claim they opened."""
        self.book, self.token, self.people = book, token, people
        self.line, self.judge = lines

    def post(
        self, path: str, body: Mapping[str, Any], *, key: str = "", refusable: str = "",
        line: Line | None = None,
    ) -> Any:  # fmt: skip
        """The answer; the same request goes again, under the same key, until there is one.

        None where it was refused, which is a fault, save with the code `refusable`.
        """
        request = Request(path, json.dumps(body).encode(), key)
        began, pause = time.monotonic(), 0.02
        while time.monotonic() - began < GIVEN_UP_SECONDS:
            sent_at = time.monotonic()
            answer = (line or self.line).post(request)
            status = answer.status if answer else 0
            self.book.note(Heard(sent_at, time.monotonic(), status))
            if answer is not None and status == 200:
                with self.book.lock:
                    self.book.acknowledged += 1
                return answer.json()
            if answer is not None and not _is_no_answer(answer):
                if not refusable or refusable.encode() not in answer.body:
                    self.book.fault(f"{path} was answered {status}: {answer.body[:300]!r}")
                return None
            time.sleep(pause)
            pause = min(PAUSE_SECONDS_MAX, pause * 2)
        raise DrillStuck(f"no answer to {path} within {GIVEN_UP_SECONDS:.0f} s")


Work = Callable[[Desk, random.Random], None]


class Clerk(threading.Thread):
    """Takes work from the pile, at an even pace; with none left asks again for what is known."""

    def __init__(
        self, number: int, *, desk: Desk, pile: queue.Queue[tuple[str, Work]], pace_seconds: float,
        closing: threading.Event,
    ) -> None:  # fmt: skip
        super().__init__(name=f"clerk {number}", daemon=True)
        self.desk, self.pile, self.closing = desk, pile, closing
        self.pace_seconds = pace_seconds
        self.has_finished = False
        self.broke: str = ""

    def run(self) -> None:
        try:
            while not (self.closing.is_set() and self.pile.empty()):
                self._next()
        except Exception as fault:  # noqa: BLE001 (told at the end of the drill)
            self.broke = repr(fault)
            return
        self.desk.line.close()
        self.desk.judge.close()
        self.has_finished = True

    def _next(self) -> None:
        try:
            name, work = self.pile.get_nowait()
        except queue.Empty:
            buy(self.desk, "again", 0)
            time.sleep(IDLE_SECONDS)
            return
        chance = random.Random(f"{self.desk.book.seed}:{name}")
        work(self.desk, chance)
        time.sleep(self.pace_seconds * chance.uniform(0.5, 1.5))


def day(
    *, seed: int, purchases: int, calls: int, issues: int, claims: int
) -> Iterator[tuple[str, Work]]:
    """All the work of the day, in the order in which it comes."""
    works: list[tuple[str, Work]] = [
        *((f"purchase {n}", _work(sell, n)) for n in range(purchases)),
        *((f"call {n}", _work(ring, n)) for n in range(calls)),
        *((f"issue {n}", _work(care, n)) for n in range(issues)),
        *((f"claim {n}", _work(claim, n)) for n in range(claims)),
    ]
    random.Random(f"{seed}:day").shuffle(works)
    yield from works


def _work(work: Callable[[Desk, random.Random, int], None], number: int) -> Work:
    return lambda desk, chance: work(desk, chance, number)


def sell(desk: Desk, chance: random.Random, number: int) -> None:
    buy(desk, "D", number, key=f"sale {number}" if chance.random() < 0.3 else "")


def buy(desk: Desk, till: str, number: int, *, key: str = "") -> None:
    sale = desk.book.wanted(f"{till}-{number}")
    answer = desk.post("/purchases", {"purchases": [sale.body()]}, key=key)
    [result] = answer["results"]
    if result["state"] == "refused":
        desk.book.fault(f"{sale.reference} was refused: {result['error']}")
        return
    is_first = sale.reference not in desk.book.sold
    desk.book.told(desk.book.sold, sale.reference, result["id"], is_new=False)
    if is_first:
        desk.book.write("purchases", Told("purchase.recorded", result["id"]))


def phone_of(customer: int) -> str:
    return f"+371212{customer:05d}"


def ring(desk: Desk, chance: random.Random, number: int) -> None:
    """A call comes in, is answered or not, and ends; each report is sent until it is taken."""
    reference, is_missed = f"day-{desk.book.seed}-{number}", chance.random() < MISSED_SHARE
    person = chance.choice(desk.people)
    report = {
        "callId": reference, "direction": "in", "to": "+37167000000",
        "from": phone_of(chance.randrange(desk.book.customers)),
    }  # fmt: skip
    address = f"/cti/{desk.token}"
    desk.post(address, {**report, "event": "newCall", "user": person})
    time.sleep(chance.uniform(0, 0.2))
    if not is_missed:
        desk.post(address, {**report, "event": "answer", "answeringNumber": person})
        time.sleep(chance.uniform(0, 0.2))
    cause = "cancel" if is_missed else "normalClearing"
    desk.post(address, {**report, "event": "hangup", "cause": cause})
    with desk.book.lock:
        desk.book.calls[reference] = "missed" if is_missed else "ended"
    desk.book.write("calls")


def care(desk: Desk, chance: random.Random, number: int) -> None:
    """A customer asks, is promised something and answered; some promises are kept, some not."""
    opened = desk.post("/issues", {
        "customer": {"source": SOURCE, "id": f"c{chance.randrange(desk.book.customers)}"},
        "text": f"The invoice of day {number} is wrong.", "channel": "form",
        "complaint": chance.random() < 0.1,
    }, key=f"issue {number}")  # fmt: skip
    if opened is None:
        return
    issue = opened["issue"]
    with desk.book.lock:
        desk.book.issues[issue["number"]] = {"id": issue["id"], "resolved": False, "said": 1}
    desk.book.write("issues", Told("issue.opened", issue["id"]))
    promise = _promise(desk, issue["number"], number, chance)
    if chance.random() < 0.5:
        _say(desk, issue["number"], number)
    if promise and chance.random() < 0.6:
        _keep(desk, promise, number)
    if chance.random() < 0.5:
        _resolve(desk, issue, number)


def _promise(desk: Desk, issue: int, number: int, chance: random.Random) -> str:
    """Half of them for a time so near that it often passes; one that has passed on the way is
    refused, and rightly so.
    """
    span = SOON_SECONDS if chance.random() < 0.5 else LATER_SECONDS
    due_at = datetime.now(UTC) + timedelta(seconds=chance.uniform(*span))
    made = desk.post(
        f"/issues/{issue}/promises", {"words": "We look into it", "due_at": due_at.isoformat()},
        key=f"promise {number}", refusable=TOO_LATE,
    )  # fmt: skip
    if made is None:
        return ""
    with desk.book.lock:
        desk.book.promises[made["id"]] = datetime.fromisoformat(made["due_at"])
    desk.book.write("promises", Told("promise.made", made["id"]))
    return str(made["id"])


def _say(desk: Desk, issue: int, number: int) -> None:
    body = {"text": "We have corrected it.", "audience": "internal"}
    if desk.post(f"/issues/{issue}/messages", body, key=f"note {number}") is not None:
        with desk.book.lock:
            desk.book.issues[issue]["said"] += 1
        desk.book.write("messages")


def _keep(desk: Desk, promise: str, number: int) -> None:
    if desk.post(f"/promises/{promise}/keeping", {}, key=f"keep {number}") is not None:
        with desk.book.lock:
            desk.book.kept.add(promise)
        desk.book.write("kept", Told("promise.kept", promise))


def _resolve(desk: Desk, issue: Mapping[str, Any], number: int) -> None:
    body = {"outcome": "solved", "cause": "other", "words": "The invoice is right now."}
    if desk.post(f"/issues/{issue['number']}/resolution", body, key=f"end {number}") is not None:
        with desk.book.lock:
            desk.book.issues[issue["number"]]["resolved"] = True
        desk.book.write("resolved", Told("issue.resolved", issue["id"]))


def claim(desk: Desk, chance: random.Random, number: int) -> None:
    """Something with a serial was bought, breaks, is claimed by the law, decided and repaired."""
    serial, now = f"DAY-{desk.book.seed}-{number}", datetime.now(UTC)
    if not _buy_washer(desk, chance, serial, number, sold_at=now - timedelta(days=60)):
        return
    opened = desk.post("/warranty/claims", {
        "serial": serial, "fault_on": f"{now - timedelta(days=2):%Y-%m-%d}",
        "symptom": "It rattles", "lines": [{"claimed_minor": chance.randrange(2_000, 20_000)}],
    }, key=f"claim {number}")  # fmt: skip
    if opened is None:
        return
    _brought(desk, opened, Told("claim.opened", opened["id"]))
    is_good = chance.random() < 0.7
    verdict = {"decision": "approve"} if is_good else REJECTION
    address = f"/warranty/claims/{opened['number']}"
    decided = desk.post(f"{address}/decision", verdict, key=f"decide {number}", line=desk.judge)
    if decided is None:
        return
    _brought(desk, decided, Told(f"claim.{decided['state']}", opened["id"]))
    if is_good and desk.post(f"{address}/remedy", {"remedy": "repair"}, key=f"remedy {number}"):
        settled = desk.post(
            f"{address}/settlement", {"reference": f"INV-{number}"}, key=f"settle {number}"
        )
        if settled is not None:
            _brought(desk, settled, Told("claim.settled", opened["id"]))


def _buy_washer(
    desk: Desk, chance: random.Random, serial: str, number: int, *, sold_at: datetime
) -> bool:
    answer = desk.post("/purchases", {"purchases": [{
        "source": SOURCE, "reference": f"W-{number}", "purchased_at": sold_at.isoformat(),
        "customer": {"source": SOURCE, "id": f"c{chance.randrange(desk.book.customers)}"},
        "total": {"minor": 49_900, "currency": "EUR"},
        "lines": [{"product": WASHER, "quantity": "1", "total_minor": 49_900, "serial": serial}],
    }]})  # fmt: skip
    [result] = answer["results"]
    if result["state"] == "refused":
        desk.book.fault(f"the purchase of {serial} was refused: {result['error']}")
        return False
    desk.book.write("purchases", Told("purchase.recorded", result["id"]))
    return True


def _brought(desk: Desk, shown: Mapping[str, Any], told: Told) -> None:
    with desk.book.lock:
        desk.book.claims[shown["id"]] = shown["state"]
    desk.book.write(told.name.replace("claim.", "claims "), told)


def _is_no_answer(answer: Answer) -> bool:
    if answer.status not in (409, 503):
        return False
    try:
        return answer.json().get("code") in SEND_AGAIN
    except ValueError:
        return False
