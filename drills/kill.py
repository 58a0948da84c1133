"""Kill -9 of every part under load: nothing acknowledged is lost, nothing is posted twice."""

from __future__ import annotations

import json
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from clientela.platform import ids
from drills import files
from drills.installation import (
    JOB_WORKER,
    POSTGRES,
    WEB_MASTER,
    WEB_WORKER,
    Installation,
    opened,
    remove,
    until,
)
from drills.tills import SOURCE, Book, Line, Request, Till

TILLS = 8
CUSTOMERS = 60
MINUTES = 4.0
KILLS_PER_MINUTE = 12.5
KILLS_MIN = 5
SHORT_MINUTES = 1.0
VERIFIED_EVERY = 10
DECK = (POSTGRES, WEB_WORKER, WEB_MASTER, JOB_WORKER, POSTGRES)
"""The order in which each part comes up; shuffled anew each time it has been dealt."""
GAP_SECONDS = (0.2, 3.0)
HURRIED_SECONDS = (0.0, 0.6)
HURRIED_SHARE = 0.2
READY_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Blow:
    """`hurried`: not even waiting for the part hit before to be back."""

    victim: str
    after_seconds: float
    hurried: bool = False


@dataclass
class Hit:
    """A blow that was dealt, and how long requests went unanswered because of it."""

    victim: str
    struck_at: float
    ready_seconds: float | None = None


@dataclass
class Judged:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(*, seed: int, minutes: float = MINUTES) -> dict[str, Any]:
    """The drill: about a dozen kills a minute, then files that are killed on their way in."""
    blows = plan(seed=seed, kills=max(KILLS_MIN, round(minutes * KILLS_PER_MINUTE)))
    is_short = minutes < SHORT_MINUTES
    with opened() as installation:
        queued = [files.queued(installation, JOB_WORKER, seed=seed, is_short=is_short)]
        book, hits, verified = _under_load(installation, blows, seed=seed)
        judged = judge(installation, book)
        imported = files.killed(installation, seed=seed, is_short=is_short)
        if not is_short:
            queued.append(files.queued(installation, POSTGRES, seed=seed, is_short=False))
        imported["queued"] = [one.judged() for one in queued]
        verified.append(installation.answer("verify"))
        left = installation.stop()
        if not is_short:
            left += installation.abandon()
    judged.faults += [
        fault for one in (imported, *imported["queued"]) for fault in one.pop("faults")
    ]
    judged.faults += [f"process {pid} is left running" for pid in left]
    result = {**_result(seed, book, hits, verified, judged), "imports": imported}
    if result["ok"]:
        remove(installation.home)
    else:
        say(f"the data folder is kept: {installation.home.path}")
    return result


def plan(
    *,
    seed: int,
    kills: int,
    deck: Sequence[str] = DECK,
    gap_seconds: tuple[float, float] = GAP_SECONDS,
) -> list[Blow]:
    """What is hit, and when; the same for the same seed."""
    chance = random.Random(f"{seed}:plan")
    return [_blow(victim, gap_seconds, chance) for victim in _dealt(kills, deck, chance)]


def _dealt(kills: int, deck: Sequence[str], chance: random.Random) -> Iterator[str]:
    left: list[str] = []
    for _ in range(kills):
        left = left or chance.sample(deck, k=len(deck))
        yield left.pop()


def _blow(victim: str, gap_seconds: tuple[float, float], chance: random.Random) -> Blow:
    hurried = chance.random() < HURRIED_SHARE
    return Blow(victim, chance.uniform(*(HURRIED_SECONDS if hurried else gap_seconds)), hurried)


def _under_load(
    installation: Installation, blows: list[Blow], *, seed: int
) -> tuple[Book, list[Hit], list[Any]]:
    book, closing = Book(seed, CUSTOMERS), threading.Event()
    made = installation.answer("key", "create", "drill", "--right", "all", "--rate", "1000")
    _register(installation, book, made["key"])
    tills = [
        Till(number, book=book, line=Line(installation.port, made["key"]), closing=closing)
        for number in range(TILLS)
    ]
    hits, verified = strike_at_work(installation, book, blows, tills, closing)
    book.faults += [f"{till.name} broke down" for till in tills if not till.has_finished]
    return book, hits, verified


def _register(installation: Installation, book: Book, key: str) -> None:
    line = Line(installation.port, key)
    for number in range(book.customers):
        external = {"source": SOURCE, "id": f"c{number}"}
        body = json.dumps({"name": f"Customer {number}", "external": external})
        answer = line.post(Request("/customers", body.encode()))
        assert answer is not None
        assert answer.status == 200, answer.body
    line.close()


def strike_at_work(
    installation: Installation, book: Book, blows: list[Blow],
    workers: Sequence[threading.Thread], closing: threading.Event,
) -> tuple[list[Hit], list[Any]]:  # fmt: skip
    """Strike while they work; then they are told to close, and finish what they have in hand."""
    for worker in workers:
        worker.start()
    try:
        return strike(installation, book, blows)
    finally:
        closing.set()
        for worker in workers:
            worker.join()


def strike(
    installation: Installation, book: Book, blows: list[Blow]
) -> tuple[list[Hit], list[Any]]:
    hits: list[Hit] = []
    verified = []
    for number, blow in enumerate(blows, start=1):
        if hits and not blow.hurried:
            _await(installation, book, hits[-1])
        time.sleep(blow.after_seconds)
        before = installation.number_of(blow.victim)
        installation.kill(blow.victim)
        hits.append(Hit(blow.victim, time.monotonic()))
        say(f"{number}/{len(blows)} {blow.victim} {before}, {book.acknowledged} acknowledged")
        if number % VERIFIED_EVERY == 0:
            _await(installation, book, hits[-1])
            verified.append(installation.answer("verify"))
    for hit in hits:
        _await(installation, book, hit)
    return hits, verified


def _await(installation: Installation, book: Book, hit: Hit) -> None:
    """Wait until requests are answered again, and until what was hit is there again."""
    answered_at = until(
        lambda: book.last_success_since(hit.struck_at),
        f"an answer after the kill of {hit.victim}", seconds=READY_SECONDS_MAX,
    )  # fmt: skip
    hit.ready_seconds = answered_at - hit.struck_at
    until(lambda: installation.number_of(hit.victim), f"a new {hit.victim}")


def judge(installation: Installation, book: Book) -> Judged:
    """The book against the database, row by row, and points against a sum of our own."""
    judged = Judged(faults=list(book.faults))
    _judge_purchases(installation, book, judged)
    _judge_returns(installation, book, judged)
    _judge_postings(installation, judged)
    _judge_points(installation, book, judged)
    judged.doubled += [name for name, times in book.new.items() if times > 1]
    return judged


def _judge_purchases(installation: Installation, book: Book, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT p.external_ref, p.id, k.external_id, p.total_minor, p.currency"
        " FROM purchases_purchase AS p JOIN customers_externalid AS k"
        " ON k.customer_id = p.customer_id AND k.source = p.source WHERE p.source = %s",
        SOURCE,
    )
    found = {row[0]: row for row in rows}
    judged.doubled += _repeats(row[0] for row in rows)
    judged.lost += [name for name in book.sold if name not in found]
    judged.faults += [f"{name} was never sent" for name in found.keys() - book.sales.keys()]
    for name, id in book.sold.items():
        if name in found and not _agrees(found[name], id, book, name):
            judged.faults.append(f"{name} is recorded as {found[name]}")


def _agrees(row: tuple[Any, ...], id: str, book: Book, name: str) -> bool:
    sale = book.sales[name]
    return _same(id, row[1]) and row[2:] == (sale.customer, sale.minor, sale.currency)


def _judge_returns(installation: Installation, book: Book, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT r.external_ref, r.id, p.external_ref, r.amount_minor"
        " FROM purchases_return AS r LEFT JOIN purchases_purchase AS p ON p.id = r.purchase_id"
        " WHERE r.source = %s",
        SOURCE,
    )
    found = {row[0]: row for row in rows}
    judged.doubled += _repeats(row[0] for row in rows)
    judged.lost += [name for name in book.returned if name not in found]
    for name, id in book.returned.items():
        if name in found and not (
            _same(id, found[name][1]) and found[name][2:] == book.returns[name]
        ):
            judged.faults.append(f"{name} is recorded as {found[name]}")


def _judge_postings(installation: Installation, judged: Judged) -> None:
    """A purchase earned once, a return took back once, each was told of once."""
    rows = installation.rows(
        "SELECT source || ' ' || key FROM loyalty_posting GROUP BY source, key HAVING count(*) > 1"
        " UNION ALL"
        " SELECT 'earned twice ' || purchase_id FROM loyalty_posting WHERE kind = 'earn'"
        " GROUP BY purchase_id HAVING count(*) > 1"
        " UNION ALL"
        " SELECT 'told twice ' || subject FROM events_event WHERE name = 'purchase.recorded'"
        " GROUP BY subject HAVING count(*) > 1"
    )
    judged.doubled += [name for (name,) in rows]


def _judge_points(installation: Installation, book: Book, judged: Judged) -> None:
    rows = installation.rows(
        "SELECT k.external_id, sum(a.posted)::bigint FROM loyalty_account AS a"
        " JOIN customers_externalid AS k ON k.customer_id = a.customer_id AND k.source = %s"
        " GROUP BY k.external_id",
        SOURCE,
    )
    found = dict(rows)
    for customer, points in book.points().items():
        if found.get(customer, 0) != points:
            judged.faults.append(f"{customer} has {found.get(customer)} points, not {points}")


def _result(
    seed: int, book: Book, hits: list[Hit], verified: list[Any], judged: Judged
) -> dict[str, Any]:
    is_clean = all(one["ok"] for one in verified)
    return {
        "name": "kill",
        "seed": seed,
        "kills": dict(Counter(hit.victim for hit in hits)),
        "requests": book.requests,
        "acknowledged": book.acknowledged,
        "purchases": len(book.sold),
        "returns": len(book.returned),
        "lost": len(judged.lost),
        "doubled": len(judged.doubled),
        "faults": len(judged.faults),
        "examples": [*judged.lost[:5], *judged.doubled[:5], *judged.faults[:10]],
        "ready_seconds": ready(hits),
        "verify": {"runs": len(verified), "ok": is_clean},
        "ok": is_clean and not (judged.lost or judged.doubled or judged.faults),
    }


def ready(hits: list[Hit]) -> dict[str, Any]:
    """How long until the first answer, after PostgreSQL and after the other parts."""
    return {
        **_spread([hit for hit in hits if hit.victim == POSTGRES]),
        "others": {
            victim: _spread([hit for hit in hits if hit.victim == victim])
            for victim in sorted({hit.victim for hit in hits} - {POSTGRES})
        },
    }


def _spread(hits: list[Hit]) -> dict[str, float | None]:
    seconds = [hit.ready_seconds for hit in hits if hit.ready_seconds is not None]
    if not seconds:
        return {"median": None, "max": None}
    return {"median": round(statistics.median(seconds), 2), "max": round(max(seconds), 2)}


def _repeats(names: Iterator[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _same(public: str, id: Any) -> bool:
    return ids.public(public.partition("_")[0], id) == public


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
