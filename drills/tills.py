"""Tills: clients that post purchases and returns and send again whatever had no answer.

What a till was told is written into a book, and the book is compared with the database at the end.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.installation import DrillStuck

SOURCE = "drill"
BATCH_ROWS_MAX = 50
REMEMBERED_MAX = 20
ANSWER_SECONDS_MAX = 20.0
GIVEN_UP_SECONDS = 120.0
PAUSE_SECONDS_MAX = 0.3
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
SEND_AGAIN = ("still-running", "unavailable", "outcome-unknown", "database-unavailable")


@dataclass(frozen=True)
class Sale:
    """What a till sells: its content follows from the seed and the reference alone."""

    reference: str
    customer: str
    minor: int
    currency: str
    sold_at: str

    def body(self) -> dict[str, Any]:
        return {
            "source": SOURCE, "reference": self.reference,
            "customer": {"source": SOURCE, "id": self.customer}, "purchased_at": self.sold_at,
            "total": {"minor": self.minor, "currency": self.currency},
        }  # fmt: skip


def sale(reference: str, *, seed: int, customers: int) -> Sale:
    chance = random.Random(f"{seed}:{reference}")
    sold_at = FIRST_DAY + timedelta(seconds=chance.randrange(200 * 24 * 3600))
    return Sale(
        reference, f"c{chance.randrange(customers)}", chance.randrange(0, 60_000),
        chance.choice(("EUR", "USD")), sold_at.isoformat(),
    )  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """One try of a request: when it was sent, when it ended, how (0: no answer)."""

    sent_at: float
    ended_at: float
    status: int


@dataclass
class Book:
    """What was sent and what was acknowledged, by all tills together."""

    seed: int
    customers: int
    sales: dict[str, Sale] = field(default_factory=dict)
    sold: dict[str, str] = field(default_factory=dict)
    """Reference of a purchase -> the id that was acknowledged."""
    returns: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Reference of a return -> reference of its purchase, amount; as sent."""
    returned: dict[str, str] = field(default_factory=dict)
    new: Counter[str] = field(default_factory=Counter)
    """How often a reference was told to be new."""
    heard: list[Heard] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    acknowledged: int = 0
    shared: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wanted(self, reference: str) -> Sale:
        with self.lock:
            if reference not in self.sales:
                self.sales[reference] = sale(reference, seed=self.seed, customers=self.customers)
            return self.sales[reference]

    def next_shared(self, count: int) -> list[str]:
        """References that other tills are sending at the same moment, too."""
        with self.lock:
            self.shared += 1
            first = max(0, self.shared - count)
        return [f"S-{number}" for number in range(first, first + count)]

    def note(self, heard: Heard) -> None:
        with self.lock:
            self.heard.append(heard)
            self.requests += 1

    def fault(self, words: str) -> None:
        with self.lock:
            self.faults.append(words)

    def told(self, kind: dict[str, str], reference: str, id: str, *, is_new: bool) -> None:
        with self.lock:
            self.new[reference] += is_new
            if kind.setdefault(reference, id) != id:
                self.faults.append(f"{reference} was acknowledged as {kind[reference]} and {id}")

    def last_success_since(self, moment: float) -> float | None:
        """When the first request sent after this moment was answered."""
        with self.lock:
            ended = [it.ended_at for it in self.heard if it.sent_at > moment and it.status == 200]
        return min(ended, default=None)

    def points(self) -> dict[str, int]:
        """Who must have how many points: one for each whole unit that was not given back."""
        rest = {reference: it.minor for reference, it in self.sales.items()}
        for reference, minor in self.returns.values():
            rest[reference] -= minor
        points: Counter[str] = Counter()
        for reference, minor in rest.items():
            points[self.sales[reference].customer] += minor // 100
        return dict(points)


@dataclass(frozen=True)
class Request:
    path: str
    body: bytes
    key: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    replayed: bool = False

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """A kept connection to the API; opened anew after any trouble."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self.key = key
        self.connection: http.client.HTTPConnection | None = None

    def post(self, request: Request) -> Answer | None:
        """The answer; None where there was none."""
        try:
            return self._post(request)
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def _post(self, request: Request) -> Answer:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX
            )
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if request.key:
            headers["Idempotency-Key"] = request.key
        self.connection.request("POST", f"/api/v1{request.path}", request.body, headers)
        response = self.connection.getresponse()
        body = response.read()
        replayed = response.headers.get("Idempotent-Replayed") == "true"
        return Answer(response.status, body, replayed)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Till(threading.Thread):
    """Sells until it is told to close, and then still finishes what it has in hand."""

    def __init__(self, number: int, *, book: Book, line: Line, closing: threading.Event) -> None:
        super().__init__(name=f"till {number}", daemon=True)
        self.number = number
        self.chance = random.Random(f"{book.seed}:till {number}")
        self.book = book
        self.line = line
        self.closing = closing
        self.has_finished = False
        self.counter = 0
        self.mine: list[str] = []
        self.remembered: list[tuple[Request, Answer]] = []

    def run(self) -> None:
        while not self.closing.is_set():
            self._step()()
        self.line.close()
        self.has_finished = True

    def _step(self) -> Any:
        dice = self.chance.random()
        if dice < 0.15 and self.mine:
            return self._give_back
        return self._repeat if dice < 0.25 and self.remembered else self._sell

    def _sell(self) -> None:
        count = self._batch_rows()
        fresh = [f"T{self.number}-{self._next()}" for _ in range(count)]
        shared = self.book.next_shared(min(count, 8)) if self.chance.random() < 0.4 else []
        again = self.chance.sample(fresh, k=min(2, count)) if self.chance.random() < 0.2 else []
        references = [*fresh, *shared, *again][:BATCH_ROWS_MAX]
        self.chance.shuffle(references)
        sales = [self.book.wanted(reference) for reference in references]
        body = json.dumps({"purchases": [sale.body() for sale in sales]}).encode()
        answer = self._send(Request("/purchases", body, self._key()))
        for sale, result in zip(sales, answer.json()["results"], strict=True):
            self._sold(sale, result, replayed=answer.replayed)

    def _sold(self, sale: Sale, result: dict[str, Any], *, replayed: bool) -> None:
        if result["state"] not in ("new", "repeated"):
            self.book.fault(f"{sale.reference} was refused: {result['error']}")
            return
        self.book.told(self.book.sold, sale.reference, result["id"],
                       is_new=result["state"] == "new" and not replayed)  # fmt: skip
        if sale.reference.startswith("T") and sale.minor > 0 and result["state"] == "new":
            self.mine.append(sale.reference)

    def _give_back(self) -> None:
        """All or a part of one of its own purchases; each purchase once."""
        place = self.chance.randrange(len(self.mine))
        reference = self.mine.pop(place)
        sold = self.book.sales[reference]
        minor = sold.minor if self.chance.random() < 0.5 else self.chance.randint(1, sold.minor)
        name = f"R{self.number}-{self._next()}"
        with self.book.lock:
            self.book.returns[name] = (reference, minor)
        body = {
            "source": SOURCE, "reference": name, "returned_at": sold.sold_at,
            "amount": {"minor": minor, "currency": sold.currency},
        }  # fmt: skip
        path = f"/purchases/{self.book.sold[reference]}/returns"
        answer = self._send(Request(path, json.dumps(body).encode(), self._key()))
        given = answer.json()
        self.book.told(self.book.returned, name, given["id"],
                       is_new=given["state"] == "new" and not answer.replayed)  # fmt: skip

    def _repeat(self) -> None:
        """An old request with its key: the first answer comes back, to the letter."""
        request, first = self.chance.choice(self.remembered)
        answer = self._send(request, remember=False)
        if (answer.status, answer.body) != (first.status, first.body):
            self.book.fault(f"{request.key} got another answer than the first time")

    def _send(self, request: Request, *, remember: bool = True) -> Answer:
        """Send until there is an answer to it."""
        began, pause = time.monotonic(), 0.02
        while time.monotonic() - began < GIVEN_UP_SECONDS:
            sent_at = time.monotonic()
            answer = self.line.post(request)
            status = answer.status if answer else 0
            self.book.note(Heard(sent_at, time.monotonic(), status))
            if answer is not None and status == 200:
                self._acknowledged(request, answer, remember=remember)
                return answer
            if answer is not None and not _is_no_answer(answer):
                self.book.fault(f"{request.path} was answered {status}: {answer.body[:300]!r}")
            time.sleep(pause)
            pause = min(PAUSE_SECONDS_MAX, pause * 2)
        raise DrillStuck(f"no answer within {GIVEN_UP_SECONDS:.0f} s")

    def _acknowledged(self, request: Request, answer: Answer, *, remember: bool) -> None:
        with self.book.lock:
            self.book.acknowledged += 1
        if remember and request.key:
            self.remembered = [*self.remembered[-REMEMBERED_MAX + 1 :], (request, answer)]

    def _batch_rows(self) -> int:
        return 1 if self.chance.random() < 0.5 else self.chance.randint(2, BATCH_ROWS_MAX)

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def _key(self) -> str:
        return f"{self.name} {self._next()}" if self.chance.random() < 0.4 else ""


def _is_no_answer(answer: Answer) -> bool:
    """Whether this only says: not now, send it again."""
    if answer.status not in (409, 503):
        return False
    try:
        return answer.json().get("code") in SEND_AGAIN
    except ValueError:
        return False
