"""Points that no purchase earned: events, bonuses, what people give and take by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from clientela.loyalty.actions import waiting
from clientela.loyalty.actions.accounts import Locked, lock_accounts
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules.awards import Part, Step
from clientela.loyalty.rules.lives import Life
from clientela.platform import ids, periods, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

COLUMNS = (
    "customer_id", "account_id", "debt", "kind", "source", "key", "body_hash", "occurred_at",
    "points", "lot_id", "active_at", "expires_at", "cashable", "steps",
)  # fmt: skip


class TooFewPoints(Problem):
    code = "too-few-points"
    status = 409
    title = "The customer has fewer points than are to be taken"


@dataclass(frozen=True, slots=True)
class Grant:
    """Points for a customer, under a key that books them once. `kind`: `earn` for what rules give,
    `grant` for what people and other programmes do.
    """

    customer_id: UUID
    source: str
    key: str
    kind: str
    occurred_at: datetime
    body_hash: bytes
    parts: tuple[Part, ...]
    steps: tuple[Step, ...] = ()

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


@dataclass(frozen=True, slots=True)
class Given:
    """What was booked; `balance`: what the customer can use after the whole batch."""

    key: str
    posting_id: int
    currency: str
    points: int
    balance: int


@needs_transaction
def give(
    grants: Sequence[Grant], *, scheme: Scheme, actor: Actor, now: datetime,
    giver: int | None = None,
) -> list[Given]:  # fmt: skip
    """Book them, each once; what is known by its key already is not in the answer. `giver`: the
    account of a partner that gives them.
    """
    giving = [grant for grant in grants if grant.points]
    if not giving:
        return []
    accounts = lock_accounts({one.customer_id for one in giving}, scheme=scheme, now=now)
    ends = _ends(scheme)
    parts = [(grant, part) for grant in giving for part in grant.parts]
    lots = ids.uuid7s(len(parts))
    rows = [
        (grant.customer_id, *accounts[grant.customer_id][:2], grant.kind, grant.source, grant.key,
         grant.body_hash, grant.occurred_at, part.points, lot,
         *ends(part, grant.occurred_at), part.cashable, _road(grant.steps))
        for lot, (grant, part) in zip(lots, parts, strict=True)
    ]  # fmt: skip
    posted = dict(sql.statement("loyalty", "grant").rows(
        size=len(rows), currency_id=scheme.currency_id, actor=actor.id, now=now, giver=giver,
        **sql.columns(rows, COLUMNS),
    ))  # fmt: skip
    waiting.wait(
        [
            waiting.Waiting(grant.customer_id, lot, part.waits, None, part.life or scheme.life)
            for lot, (grant, part) in zip(lots, parts, strict=True)
            if grant.key in posted and part.waits and part.waits.event
        ],
        now=now,
    )  # fmt: skip
    return _given([one for one in giving if one.key in posted], posted, accounts, scheme, now)


def _given(
    booked: Sequence[Grant], posted: dict[str, int], accounts: dict[UUID, Locked], scheme: Scheme,
    now: datetime,
) -> list[Given]:  # fmt: skip
    gained: Counter[UUID] = Counter()
    for grant in booked:
        gained[grant.customer_id] += sum(
            part.points for part in grant.parts
            if (at := _active_at(part, grant.occurred_at, scheme)) is not None and at <= now
        )  # fmt: skip
    return [
        Given(grant.key, posted[grant.key], scheme.code, grant.points,
              accounts[grant.customer_id].balance + gained[grant.customer_id])
        for grant in booked
    ]  # fmt: skip


def _active_at(part: Part, occurred_at: datetime, scheme: Scheme) -> datetime | None:
    return part.waits.active_at(occurred_at, scheme.zone) if part.waits else occurred_at


def _ends(
    scheme: Scheme,
) -> Callable[[Part, datetime], tuple[datetime | None, datetime | None]]:
    """When a part begins and ends, computed once for each day."""

    @cache
    def ends_at(life: Life, day: date) -> datetime | None:
        return life.expires_at(periods.local_midnight(day, scheme.zone), scheme.zone)

    def both(part: Part, occurred_at: datetime) -> tuple[datetime | None, datetime | None]:
        active_at = _active_at(part, occurred_at, scheme)
        if active_at is None:
            return None, None
        return active_at, ends_at(part.life or scheme.life, periods.day_of(active_at, scheme.zone))

    return both


@needs_transaction
def take(
    *, customer_id: UUID, points: int, source: str, key: str, body_hash: bytes, scheme: Scheme,
    actor: Actor, now: datetime,
) -> int:  # fmt: skip
    """Take points that can be used, from accounts that are settled; the posting. TooFewPoints."""
    lock_accounts({customer_id}, scheme=scheme, now=now)
    row = sql.execute(
        "SELECT posting, missing FROM loyalty_take_points(%s, %s, %s, %s, %s, %s, %s, %s)",
        [customer_id, scheme.currency_id, points, source, key, body_hash, now, actor.id],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    posting, missing = row
    if missing:
        raise TooFewPoints(f"{missing} points are missing.", field="points", missing=missing)
    return int(posting)


def _road(steps: Sequence[Step]) -> str:
    return f"{{{','.join(f'{step.version_id},{step.before},{step.after}' for step in steps)}}}"
