"""What time does to points, and what people do about it: they begin, end, live on, come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.loyalty.models import Currency, Lot, LotLife
from clientela.loyalty.rules import lives as rules
from clientela.loyalty.rules.lives import Life
from clientela.platform import cards, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

LOTS_AT_ONCE = 50_000
MOVE_COLUMNS = ("lot_id", "customer_id", "new_at", "life_end_at")


class LotNotMovable(Problem):
    code = "lot-not-movable"
    status = 409
    title = "The end of these points cannot be moved"


@dataclass(frozen=True, slots=True)
class Turn:
    """Points of one customer that began or ended at one instant, out of so many lots."""

    customer_id: UUID
    currency: str
    turned_at: datetime
    points: int
    lots: int


class Expired(Turn):
    """They are over."""

    @property
    def expired_at(self) -> datetime:
        return self.turned_at


class Activated(Turn):
    """They can be used from then on."""


TURNED = "SELECT turn, customer, currency, happened, points, lots FROM"
TURNS: Mapping[str, type[Turn]] = {"activated": Activated, "expired": Expired}


class Move(NamedTuple):
    """A lot whose end is moved; `life_end_at`: no activity moves it further."""

    lot_id: UUID
    customer_id: UUID
    new_at: datetime
    life_end_at: datetime | None = None


@needs_transaction
def settle(family: Sequence[UUID], *, actor: Actor, now: datetime) -> list[Turn]:
    """Lock all accounts of a family, in order, make usable what has waited long enough and take
    what is over; then others may take.
    """
    return _turned(sql.execute(
        f"{TURNED} loyalty_turn_family(%s, %s, %s)", [list(family), now, actor.id], prepare=True
    ))  # fmt: skip


@needs_transaction
def sweep(*, actor: Actor, now: datetime, lots_max: int = LOTS_AT_ONCE) -> list[Turn]:
    """Expire one slice of what is due; nothing when nothing is left."""
    return _turned(sql.execute(
        f"{TURNED} loyalty_turn_due('expire', %s, %s, %s)", [now, actor.id, lots_max],
        many=True,
    ))  # fmt: skip


@needs_transaction
def activate(*, actor: Actor, now: datetime, lots_max: int = LOTS_AT_ONCE) -> list[Turn]:
    """Make one slice of what has waited long enough usable; nothing when nothing is left."""
    return _turned(sql.execute(
        f"{TURNED} loyalty_turn_due('activate', %s, %s, %s)", [now, actor.id, lots_max],
        many=True,
    ))  # fmt: skip


def expire_now(accounts: Sequence[int], *, actor: Actor, now: datetime) -> list[Turn]:
    """Take what is over from locked accounts: points given back may have ended meanwhile."""
    return _turned(sql.execute(
        f"{TURNED} loyalty_turn(%s, %s, %s)", [list(accounts), now, actor.id], prepare=True
    ))  # fmt: skip


def _turned(rows: Iterable[tuple[Any, ...]]) -> list[Turn]:
    return [TURNS[turn](*row) for turn, *row in rows]


@dataclass(frozen=True, slots=True)
class Living:
    """How points of a currency live on: `life` from the day of what their owner does, `longest`
    after they became usable.
    """

    currency_id: int
    life: Life
    longest: Life
    zone: tzinfo


def living_of(currency: Currency) -> Living:
    return Living(
        currency.id, rules.read(currency.life), rules.read(currency.life_max),
        ZoneInfo(currency.programme.time_zone),
    )  # fmt: skip


@needs_transaction
def live_on(active: Mapping[UUID, datetime], *, living: Living, actor: Actor, now: datetime) -> int:
    """Customers were active: their open points live on from that day; how many lots moved. Their
    accounts are locked.
    """
    moves, longest, zone = [], living.longest, living.zone
    for id, customer, active_at, expires_at, life in sql.statement("loyalty", "open_lots").rows(
        size=len(active), customers=list(active), currency_id=living.currency_id, now=now
    ):
        moved_to = rules.moved(
            living.life if life is None else rules.read(life), expires_at=expires_at,
            active_at=active_at, activity_at=active[customer], longest=longest, zone=zone,
        )  # fmt: skip
        if moved_to > expires_at:
            moves.append(Move(id, customer, moved_to, longest.expires_at(active_at, zone)))
    return move(moves, cause=LotLife.Cause.ACTIVITY, actor=actor, now=now)


@needs_transaction
def move(
    moves: Sequence[Move], *, cause: LotLife.Cause, reason: str = "", actor: Actor, now: datetime
) -> int:
    """Let lots end at another instant, and write down each move."""
    if not moves:
        return 0
    return sql.statement("loyalty", "move_lives").run(
        size=len(moves), cause=cause, reason=cards.masked(reason), actor=actor.id, now=now,
        **sql.columns(moves, MOVE_COLUMNS),
    )  # fmt: skip


@needs_transaction
def live_after(
    currency: Currency, family: Sequence[UUID], key: str, *, accounts: Sequence[int], actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """What was given back after it was over can be used for the days the currency grants; what is
    owed is paid from it first.
    """
    if not currency.grace_days:
        return
    zone = ZoneInfo(currency.programme.time_zone)
    until = Life(days=currency.grace_days).expires_at(now, zone)
    assert until is not None
    rows = sql.statement("loyalty", "given_back_late").rows(family=list(family), key=key, now=now)
    moves = [Move(lot, customer, until) for lot, customer in rows]
    if move(moves, cause=LotLife.Cause.GRACE, actor=actor, now=now):
        sql.execute("SELECT loyalty_pay_debts(%s, %s)", [list(accounts), now], prepare=True)


class Reinstated(NamedTuple):
    posting_id: int
    points: int


@needs_transaction
def reinstate(
    lot: Lot, *, expires_at: datetime, reason: str, actor: Actor, now: datetime
) -> Reinstated | None:
    """Let expired points be used again until then; None where none of them expired. What is owed is
    paid from them first. Settle the accounts before.
    """
    if not lot.times_expired:
        return None
    row = sql.execute(
        "SELECT posting, points FROM loyalty_reinstate(%s, %s, %s, %s, %s, %s)",
        [lot.customer_id, lot.id, expires_at, cards.masked(reason), now, actor.id], prepare=True,
    ).fetchone()  # fmt: skip
    return Reinstated(*row) if row and row[0] is not None else None
