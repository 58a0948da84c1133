"""Points of records that become one customer: carried lot by lot, and given back as far as unspent.

What is held for an order stays with its lot and is read together. Tiers are measured anew over the
whole family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Value
from django.db.models.functions import Greatest

from clientela.customers.joining import Carried, Joined
from clientela.events.actions import Happening
from clientela.loyalty.actions import lives, tiers
from clientela.loyalty.actions.tiers import Moved
from clientela.loyalty.models import Standing, TierSet
from clientela.loyalty.queries import tiers as ladders
from clientela.platform import ids, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

MERGE, RETURN = "merge", "return"


@needs_transaction
def carry(joined: Joined) -> Carried:
    """What is over is taken first; then every free lot goes on at the survivor."""
    family = [joined.survivor, *joined.moved]
    tiers.measure_anew(family)
    over = _turned(lives.settle(family, actor=joined.actor, now=joined.now))
    moved = _carry(
        joined.survivor, joined.moved, currency=None, points=None, why=MERGE,
        which=str(joined.merge_id), actor=joined.actor, now=joined.now,
    )  # fmt: skip
    climbed = ladders.ladders()
    before = _standing(joined.survivor, climbed) if climbed else []
    risen = _rise([joined.survivor], climbed, actor=joined.actor, now=joined.now)
    data = {"points": [_line(*row) for row in moved], "tiers": before if risen else []}
    told = [_told("points.carried", joined.survivor, joined.now, row) for row in moved]
    return Carried(data, (*over, *told, *_reached(risen)))


@needs_transaction
def give_back(joined: Joined, carried: Mapping[str, Any]) -> Carried:
    """Unspent points return to the lots they came from; a tier that the merge gave is given up
    for the one before it, unless the survivor reaches it alone.
    """
    family = [joined.survivor, *joined.moved]
    over = _turned(lives.settle(family, actor=joined.actor, now=joined.now))
    rows = sql.execute(
        "SELECT customer, currency, points, lots FROM loyalty_give_back(%s, %s, %s, %s)",
        [joined.survivor, str(joined.merge_id), joined.now, joined.actor.id],
    ).fetchall()
    for one in carried.get("tiers", ()):
        _stand_again(joined, one)
    risen = _rise(family, ladders.ladders(), actor=joined.actor, now=joined.now)
    told = [_told("points.carried_back", row[0], joined.now, row) for row in rows]
    data = {"points": [_line(*row) for row in rows]}
    return Carried(data, (*over, *told, *_reached(risen)))


@needs_transaction
def bring_home(
    *, customer_id: UUID, family: Sequence[UUID], currency_id: int, points: int, return_id: UUID,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """A return is taken from the account that earned: what is missing there comes from the other
    accounts of the family, as far as they have it.
    """
    others = [id for id in family if id != customer_id]
    own = _free([customer_id], currency_id=currency_id)
    if others and points > own:
        _carry(customer_id, others, currency=currency_id, points=points - own, why=RETURN,
               which=str(return_id), actor=actor, now=now)  # fmt: skip


def _carry(
    target: UUID, sources: Sequence[UUID], *, currency: int | None, points: int | None, why: str,
    which: str, actor: Actor, now: datetime,
) -> list[tuple[UUID, str, int, int]]:  # fmt: skip
    accounts, lots = _locked(sources)
    if not lots:
        return []
    return sql.execute(
        "SELECT customer, currency, points, lots"
        " FROM loyalty_carry(%s, %s, %s::bigint, %s::bigint, %s, %s, %s, %s, %s)",
        [target, accounts, currency, points, why, which, ids.uuid7s(lots), now, actor.id],
    ).fetchall()


def _locked(customers: Sequence[UUID]) -> tuple[list[int], int]:
    """Their accounts, and how many lots these have left; one that is opened from here on stays
    where it is and is read together.
    """
    rows = sql.execute(
        "SELECT account.id, (SELECT count(*) FROM loyalty_lot AS lot"
        " WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id"
        " AND lot.remaining > 0)"
        " FROM loyalty_account AS account WHERE account.customer_id = ANY (%s)"
        " ORDER BY account.customer_id, account.id FOR NO KEY UPDATE OF account",
        [list(customers)], prepare=True,
    ).fetchall()  # fmt: skip
    return [id for id, _ in rows], sum(lots for _, lots in rows)


def _free(customers: Sequence[UUID], *, currency_id: int) -> int:
    row = sql.execute(
        "SELECT coalesce(sum(lot.remaining - lot.held), 0)::bigint FROM loyalty_account AS account"
        " JOIN loyalty_lot AS lot ON lot.customer_id = account.customer_id"
        " AND lot.account_id = account.id WHERE account.customer_id = ANY (%s)"
        " AND account.currency_id = %s AND lot.remaining > lot.held",
        [list(customers), currency_id],
    ).fetchone()
    return int(row[0]) if row else 0


def _standing(customer_id: UUID, climbed: Iterable[TierSet]) -> list[dict[str, Any]]:
    """On what the survivor stood by itself, ladder by ladder; a merge may raise it."""
    standing = {
        one.tier_set_id: one
        for one in Standing.objects.filter(customer_id=customer_id, ends_at=None)
    }
    return [{"ladder": ladder.key, **_kept(standing.get(ladder.key))} for ladder in climbed]


def _kept(one: Standing | None) -> dict[str, Any]:
    if one is None:
        return {"tier": None}
    until = one.kept_until.isoformat() if one.kept_until else None
    return {"tier": one.tier_id, "kept_until": until, "measured": one.measured}


def _stand_again(joined: Joined, one: Mapping[str, Any]) -> None:
    """Back on the tier of before where the merge is what changed it."""
    ours = Standing.objects.filter(
        customer_id=joined.survivor, tier_set_id=one["ladder"], ends_at=None
    )
    if ours.filter(tier_id=one["tier"]).exists():
        return
    ours.update(ends_at=Greatest("starts_at", Value(joined.now)))
    if one["tier"] is not None:
        Standing.objects.create(
            customer_id=joined.survivor, tier_set_id=one["ladder"], tier_id=one["tier"],
            starts_at=joined.now, kept_until=one["kept_until"], measured=one["measured"],
            decided_by=joined.actor.id,
        )  # fmt: skip


def _rise(
    customers: Iterable[UUID], climbed: Iterable[TierSet], *, actor: Actor, now: datetime
) -> list[Moved]:
    crossed = dict.fromkeys(customers)
    moved: list[Moved] = []
    for ladder in climbed:
        zone = ZoneInfo(ladder.currency.programme.time_zone)
        moved += tiers.rise(crossed, ladder=ladder, zone=zone, actor=actor, now=now)
    return moved


def _line(customer: UUID, currency: str, points: int, lots: int) -> dict[str, Any]:
    return {"from": ids.public("cus", customer), "currency": currency, "points": points,
            "lots": lots}  # fmt: skip


def _told(name: str, customer: UUID, now: datetime, row: tuple[UUID, str, int, int]) -> Happening:
    _, currency, points, lots = row
    data = {"currency": currency, "points": points, "lots": lots}
    return Happening(name, now, customer, ids.public("cus", customer), data)


def _turned(turns: Iterable[lives.Turn]) -> list[Happening]:
    return [
        Happening("points.activated" if isinstance(one, lives.Activated) else "points.expired",
                  one.turned_at, one.customer_id,
                  ids.public("cus", one.customer_id),
                  {"currency": one.currency, "points": one.points, "lots": one.lots})
        for one in turns
    ]  # fmt: skip


def _reached(risen: Iterable[Moved]) -> list[Happening]:
    return [
        Happening("tier.reached", one.moved_at, one.customer_id, ids.public("cus", one.customer_id),
                  {"labels": dict(one.tier.labels), "tier": one.tier.key,
                   "ladder": one.tier.tier_set_id, "measured": one.measured})
        for one in risen
    ]  # fmt: skip
