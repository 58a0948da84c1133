"""Points become rewards: taken at once or held, settled or released, and given back once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from clientela.loyalty.actions import lives
from clientela.loyalty.models import Currency, HoldEnd, Redemption, RedemptionKey, Reward
from clientela.loyalty.models.ledger import REDEEMED
from clientela.loyalty.queries.pools import Sharing
from clientela.platform import cards, ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

MADE = (
    "id", "customer_id", "reward_id", "points", "due_minor", "due_code", "hold_id", "actor",
    "channel",
)  # fmt: skip


class NotEnoughPoints(Problem):
    code = "not-enough-points"
    status = 409
    title = "There are not enough points"


class RewardSoldOut(Problem):
    code = "reward-sold-out"
    status = 409
    title = "This reward is sold out"


class LimitReached(Problem):
    code = "limit-reached"
    status = 409
    title = "This customer has had this reward as often as it can be had"


class HoldHasEnded(Problem):
    code = "hold-has-ended"
    status = 409
    title = "These points are not held any more"


class AlreadyReversed(Problem):
    code = "already-reversed"
    status = 409
    title = "This redemption has been reversed already"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants, priced already. `is_held`: a person decides first."""

    reward: Reward
    points: int
    money_minor: int | None
    is_held: bool
    body_hash: bytes
    channel: str = ""
    due_minor: int = 0  # in money, beside the points


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`balance`: what the customer can use afterwards."""

    redemption: Redemption
    balance: int
    posting_id: int | None


class Ended(NamedTuple):
    posting_id: int | None
    accounts: list[int]


class Restored(NamedTuple):
    posting_id: int
    points: int
    accounts: list[int]


@needs_transaction
def redeem(
    family: Sequence[UUID], wish: Wish, *, actor: Actor, now: datetime,
    sharing: Sharing | None = None, id: UUID | None = None,
) -> Redeemed:  # fmt: skip
    """Take or hold the points under the lock of the family's accounts; the customer of the first id
    has the reward then. What they lack comes from whoever shares points with them. Settle the
    accounts of all of them before. `id`: what its name was claimed for.

    NotEnoughPoints, LimitReached or RewardSoldOut; then nothing was written.
    """
    redemption, hold = id or ids.uuid7(), ids.uuid7() if wish.is_held else None
    reward = wish.reward
    row = sql.execute(
        "SELECT outcome, available, next_expiry, posting FROM loyalty_redeem("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s::bigint)",
        [list(family), reward.currency_id, reward.id, wish.points, redemption, hold,
         reward.member_max, reward.kind, wish.body_hash, now, actor.id, wish.channel,
         wish.money_minor, list(sharing.others) if sharing else [],
         sharing.most if sharing else 0],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    outcome, available, next_expiry, posting = row
    if outcome != "done":
        raise refusal(outcome, wish.points, available, next_expiry)
    made = Redemption(
        id=redemption, customer_id=family[0], reward=reward, kind=reward.kind,
        currency_id=reward.currency_id, points=wish.points, labels=reward.labels,
        terms=reward.terms, hold_id=hold, actor=actor.id, channel=wish.channel, redeemed_at=now,
        due_minor=wish.due_minor, due_code=reward.price_code if wish.due_minor else "",
    )  # fmt: skip
    sql.statement("loyalty", "make_redemption").run(
        now=now, **{name: getattr(made, name) for name in MADE}
    )
    if reward.currency.activity_extends == Currency.Extends.EARN_AND_REDEEM:
        lives.live_on(
            dict.fromkeys(family, now),
            living=lives.living_of(reward.currency),
            actor=actor,
            now=now,
        )
    return Redeemed(made, available, posting)


def refusal(outcome: str, points: int, available: int, next_expiry: datetime | None) -> Problem:
    """What `loyalty_redeem` means by its outcome."""
    if outcome == "limit-reached":
        return LimitReached(field="reward")
    if outcome == "reward-sold-out":
        return RewardSoldOut(field="reward")
    missing = points - max(available, 0)
    return NotEnoughPoints(
        f"{missing} points are missing: {points} are needed and {available} can be used.",
        missing=missing, available=available,
        next_expiry=next_expiry.isoformat() if next_expiry else None,
    )  # fmt: skip


@needs_transaction
def claim(
    *, source: str, reference: str, customer_id: UUID, redemption_id: UUID, body_hash: bytes
) -> RedemptionKey | None:
    """Take the name a source gives its redemption, before it is made; the one who has it already,
    where there is one.

    Of two who come at once the second waits here for the first.
    """
    rows = sql.statement("loyalty", "claim_redemption").run(
        source=source, reference=reference, customer_id=customer_id, body_hash=body_hash,
        redemption_id=redemption_id,
    )  # fmt: skip
    if rows:
        return None
    return RedemptionKey.objects.get(source=source, reference=reference)


@needs_transaction
def settle_hold(
    redemption: Redemption, *, actor: Actor, now: datetime, points: int | None = None,
    money_minor: int | None = None, receiver: int = REDEEMED,
) -> Ended:  # fmt: skip
    """The points of an order are used, all of them or `points`; what is left is free again.

    `receiver`: the system account that gets them.
    """
    wanted = redemption.points if points is None else points
    return _end(
        redemption, HoldEnd.Kind.SETTLED, wanted, actor=actor, now=now, money=money_minor,
        receiver=receiver,
    )  # fmt: skip


@needs_transaction
def release_hold(
    redemption: Redemption, *, actor: Actor, now: datetime, timed_out: bool = False
) -> Ended:
    """The points of an order are free again, with the end they had; so is the piece of stock."""
    kind = HoldEnd.Kind.TIMED_OUT if timed_out else HoldEnd.Kind.RELEASED
    ended = _end(redemption, kind, 0, actor=actor, now=now, money=None)
    put_back(redemption)
    return ended


def _end(
    redemption: Redemption, kind: HoldEnd.Kind, wanted: int, *, actor: Actor, now: datetime,
    money: int | None, receiver: int = REDEEMED,
) -> Ended:  # fmt: skip
    row = sql.execute(
        "SELECT outcome, posting, accounts FROM loyalty_end_hold("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [redemption.hold_id, kind, wanted, redemption.id, redemption.id.bytes, now, actor.id,
         redemption.channel, money, receiver],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    if row[0] != "done":
        raise HoldHasEnded
    return Ended(row[1], row[2])


@needs_transaction
def restore(
    redemption: Redemption, *, family: Sequence[UUID], cause: str, actor: Actor, now: datetime
) -> Restored:
    """Give the points back to the lots they came from, once; the piece of stock too."""
    restored = _restored(redemption, None, family=family, cause=cause, actor=actor, now=now)
    put_back(redemption)
    return restored


@needs_transaction
def restore_share(
    redemption: Redemption, points: int, *, family: Sequence[UUID], cause: str, actor: Actor,
    now: datetime,
) -> Restored:  # fmt: skip
    """Give so many of the points back, once, to the lots they came from; the rest stays used."""
    return _restored(redemption, points, family=family, cause=cause, actor=actor, now=now)


@needs_transaction
def restore_part(
    redemption: Redemption, points: int, *, part: str, family: Sequence[UUID], actor: Actor,
    now: datetime,
) -> Restored:  # fmt: skip
    """Give so many of what is still used back, under a name of their own; `restore` gives what is
    left then. The same part once.
    """
    return _restored(redemption, points, part=part, family=family, cause="", actor=actor, now=now)


def _restored(
    redemption: Redemption, points: int | None, *, part: str | None = None,
    family: Sequence[UUID], cause: str, actor: Actor, now: datetime,
) -> Restored:  # fmt: skip
    row = sql.execute(
        "SELECT outcome, posting, points, accounts"
        " FROM loyalty_restore(%s, %s, %s::bigint, %s::text, %s, %s, %s, %s)",
        [list(family), redemption.id, points, part, redemption.id.bytes, now, actor.id,
         cards.masked(cause)],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    if row[0] != "done":
        raise AlreadyReversed
    restored = Restored(*row[1:])
    key = f"{redemption.id}/{part}" if part else str(redemption.id)
    lives.live_after(
        redemption.currency, family, key, accounts=restored.accounts, actor=actor, now=now
    )
    return restored


def put_back(redemption: Redemption) -> None:
    """A piece of stock is there again."""
    Reward.objects.filter(id=redemption.reward_id, stock__isnull=False).update(taken=F("taken") - 1)
