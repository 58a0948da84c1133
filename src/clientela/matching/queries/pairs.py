"""Pairs that wait for a decision, and searches that found them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

from clientela.customers import sight
from clientela.matching.models import Acceptance, Pair, Search
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere

PAGE = 50
COUNTED_MAX = 1_001
SEARCH_MAX = timedelta(hours=2)


class NoSuchPair(NotThere):
    code = "no-such-pair"
    title = "There is no such pair"


@dataclass(frozen=True, slots=True)
class Alike:
    """A pair as it stands: `sides` are the survivors of the two records."""

    id: UUID
    probability: float
    weakest: str
    parts: list[dict[str, Any]]
    grade: str
    origin: str
    cluster_id: UUID | None
    found_at: datetime
    sides: tuple[UUID, UUID]

    @property
    def public_id(self) -> str:
        return ids.public("dup", self.id)


def waiting(
    *, now: datetime, before: tuple[float, UUID] | None = None, least: float = 0,
    grade: str = "", limit: int = PAGE,
) -> list[Alike]:  # fmt: skip
    """Open pairs, most alike first, from after `before` on."""
    return _alike(now=now, before=before, least=least, grade=grade, id=None, limit=limit)


def one_waiting(pair_id: UUID, *, now: datetime) -> Alike | None:
    """This pair, if it still waits."""
    found = _alike(now=now, before=None, least=0, grade="", id=pair_id, limit=1)
    return found[0] if found else None


def get(pair_id: UUID) -> Pair:
    pair = Pair.objects.filter(id=pair_id).first()
    if pair is None:
        raise NoSuchPair
    return pair


def latest_searches(*, limit: int = 5) -> list[Search]:
    return list(Search.objects.order_by("-asked_at")[:limit])


def latest_acceptance() -> Acceptance | None:
    return Acceptance.objects.order_by("-accepted_at").first()


def told_apart(one: UUID, other: UUID) -> bool:
    """Whether somebody decided that these, or who was merged into them, are two customers."""
    row = sql.execute("SELECT matching_told_apart(%s, %s)", [one, other], prepare=True).fetchone()
    return bool(row and row[0])


def _alike(
    *, now: datetime, before: tuple[float, UUID] | None, least: float, grade: str,
    id: UUID | None, limit: int,
) -> list[Alike]:  # fmt: skip
    seeing = sight.present()
    rows = sql.statement("matching", "open_pairs").rows(
        now=now, before=before[0] if before else None, before_id=before[1] if before else None,
        least=least, grade=grade, id=id, limit=limit, branches=seeing.branch_list,
        person=seeing.person, restricted=seeing.sees_restricted,
    )  # fmt: skip
    return [_one(row) for row in rows]


def _one(row: tuple[Any, ...]) -> Alike:
    id, probability, weakest, parts, grade, origin, cluster, found_at, low, high = row
    return Alike(
        id, probability, weakest, json.loads(parts), grade, origin, cluster, found_at, (low, high)
    )


def sample(*, least: float, now: datetime, size: int) -> list[Alike]:
    """Pairs that may be accepted together, picked by chance, the same ones until decided."""
    found = waiting(now=now, least=least, grade=Pair.Grade.ACCEPT, limit=COUNTED_MAX)
    return sorted(found, key=lambda one: md5(one.id.bytes, usedforsecurity=False).digest())[:size]


def count_acceptable(*, least: float, now: datetime) -> int:
    """How many pairs may be accepted together, counted to just above a thousand."""
    return len(waiting(now=now, least=least, grade=Pair.Grade.ACCEPT, limit=COUNTED_MAX))


class NoSuchAcceptance(NotThere):
    code = "no-such-acceptance"
    title = "Nobody accepted pairs by this id"


def get_acceptance(acceptance_id: UUID) -> Acceptance:
    acceptance = Acceptance.objects.filter(id=acceptance_id).first()
    if acceptance is None:
        raise NoSuchAcceptance
    return acceptance


def running_search(*, now: datetime) -> Search | None:
    """The search that is under way; one that nobody ended for hours was broken off."""
    begun = Search.objects.filter(ended_at=None, asked_at__gt=now - SEARCH_MAX)
    return begun.order_by("-asked_at").first()


def all_told_apart() -> list[tuple[UUID, UUID]]:
    """Every decision that stands, of the survivors of today."""
    return [(one, other) for one, other in sql.statement("matching", "all_told_apart").rows()]
