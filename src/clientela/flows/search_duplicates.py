"""Compare all customers and list the pairs that may be one: found each time, decided once."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.matching.actions import pairs as listing
from clientela.matching.linking import pairs as linking
from clientela.matching.linking import records
from clientela.matching.linking.pairs import Scored
from clientela.matching.models import Pair, Search
from clientela.matching.queries import pairs as reads
from clientela.matching.rules.clusters import Clusters, clustered
from clientela.platform import ids, sql, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

log = logging.getLogger("clientela.matching")
THRESHOLD = 0.9
PAIRS_AT_ONCE = 2_000
PAIRS_MAX = 500_000
MEMORY = "3GB"
PARTIES = ("person", "company")


class SearchRuns(Problem):
    code = "search-runs"
    status = 409
    title = "A search for duplicates is under way"


def ask(*, threshold: float = THRESHOLD, actor: Actor, now: datetime) -> Search:
    """Note a search and queue it; refused while one runs, and where what it needs is missing."""
    from clientela.flows.jobs import search_duplicates  # the job runs this module

    search = begin(threshold=threshold, actor=actor, now=now)
    search_duplicates.defer(search=str(search.id), actor=actor.id)
    return search


def begin(*, threshold: float = THRESHOLD, actor: Actor, now: datetime) -> Search:
    actor.needs("customers.merge")
    linking.need()
    with transactions.open():
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('search for duplicates'))")
        if reads.running_search(now=now) is not None:
            raise SearchRuns("Wait until it is done, then search again.")
        return listing.begin_search(threshold=threshold, actor=actor, now=now)


def run(search_id: UUID, *, actor: Actor, now: datetime) -> Search:
    """Carry a search out; its pairs are there once all of them are."""
    with transactions.open():
        search = listing.start_search(search_id, now=now)
    try:
        found, count = _found(search)
    except Exception as fault:
        with transactions.open():
            listing.fail_search(search_id, fault=type(fault).__name__, now=now)
        raise
    with transactions.open():
        sql.raw().execute("SET LOCAL statement_timeout = 0")
        told = {frozenset(pair) for pair in reads.all_told_apart()}
        rows = [
            row for row in found if frozenset((row["customer_id"], row["other_id"])) not in told
        ]
        for start in range(0, len(rows), PAIRS_AT_ONCE):
            part = rows[start : start + PAIRS_AT_ONCE]
            listing.list_pairs(part, origin=Pair.Origin.SEARCH, now=now)
        listing.forget_unseen(now=now)
        done = listing.end_search(search_id, records=count, pairs=len(rows),
                                  too_large=_too_large(rows), now=now)  # fmt: skip
        events.emit(
            [Happening("duplicates.searched", now, None, done.public_id,
                       {"records": count, "pairs": len(rows)})],
            actor=actor, now=now,
        )  # fmt: skip
    return done


def _found(search: Search) -> tuple[list[dict[str, Any]], int]:
    import duckdb

    rows: list[dict[str, Any]] = []
    count = 0
    with tempfile.TemporaryDirectory(prefix="matching-", dir=settings.HOME.files) as name:
        folder = Path(name)
        for party in PARTIES:
            with transactions.open():
                sql.raw().execute("SET LOCAL statement_timeout = 0")
                people, reached = records.written(folder, party=party)
            with duckdb.connect(str(folder / f"{party}.duckdb")) as connection:
                connection.execute(f"SET memory_limit = '{MEMORY}'")
                connection.execute("SET threads = 2")
                count += records.read(connection, people, reached)
                scored = _first(linking.scored(connection, party=party))
                rows += _rows(scored, _customers(connection, scored), search.threshold)
    return rows, count


def _first(scored: Iterator[Scored]) -> list[Scored]:
    """The most probable ones; more than that nobody looks through."""
    first: list[Scored] = []
    for one in scored:
        if len(first) == PAIRS_MAX:
            log.warning(
                "more than %s pairs look alike; the most probable ones are listed", PAIRS_MAX
            )
            break
        first.append(one)
    return first


def _customers(connection: Any, scored: list[Scored]) -> dict[int, UUID]:
    wanted = sorted({id for one in scored for id in (one.one, one.other)})
    found: dict[int, UUID] = {}
    for start in range(0, len(wanted), 50_000):
        rows = connection.execute(
            "SELECT unique_id, id FROM customers WHERE unique_id IN (SELECT unnest(?))",
            [wanted[start : start + 50_000]],
        ).fetchall()
        found |= {number: UUID(id) for number, id in rows}
    return found


def _rows(
    scored: list[Scored], customers: dict[int, UUID], threshold: float
) -> list[dict[str, Any]]:  # fmt: skip
    """Pairs as they are listed. Only within a cluster, and where nothing speaks for two people,
    may a pair be accepted together with others.
    """
    clusters = clustered(
        [(one.one, one.other, one.probability) for one in scored if not one.guards],
        threshold=threshold,
    )
    of = _cluster_of(clusters)
    rows = []
    for one in scored:
        low, high = sorted((customers[one.one], customers[one.other]))
        cluster, accepted = _place(one, of, clusters)
        rows.append({
            "customer_id": low, "other_id": high, "probability": one.probability,
            "weakest": one.guards[0] if one.guards else one.weakest, "cluster_id": cluster,
            "parts": [
                {"field": field, "likeness": degree, "weight": weight}
                for field, degree, weight in one.parts
            ] + [{"field": guard, "likeness": "guard", "weight": 0} for guard in one.guards],
            "grade": Pair.Grade.ACCEPT if accepted else Pair.Grade.REVIEW,
        })  # fmt: skip
    return rows


def _cluster_of(clusters: Clusters) -> dict[object, tuple[object, UUID]]:
    """Member -> its representative, and the id of the cluster."""
    found: dict[object, tuple[object, UUID]] = {}
    for representative, members in clusters.members.items():
        id = ids.uuid7()
        found |= dict.fromkeys(members, (representative, id))
    return found


def _place(
    one: Scored, of: dict[object, tuple[object, UUID]], clusters: Clusters
) -> tuple[UUID | None, bool]:  # fmt: skip
    first, second = of.get(one.one), of.get(one.other)
    if first is None or second is None or first != second:
        return None, False
    representative, cluster = first
    with_it = representative in (one.one, one.other)
    return cluster, with_it and not one.guards and representative not in clusters.too_large


def _too_large(rows: list[dict[str, Any]]) -> int:
    shown = {row["cluster_id"] for row in rows if row["cluster_id"]}
    proposed = {row["cluster_id"] for row in rows if row["grade"] == Pair.Grade.ACCEPT}
    return len(shown - proposed)
