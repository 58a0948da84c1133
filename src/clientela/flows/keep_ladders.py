"""Ladders and their tiers, made and changed by people; what is often not meant is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import rules_of_points
from clientela.loyalty.actions import ladders
from clientela.loyalty.models import Currency, Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform import transactions
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import Actor


class NoSuchTier(NotThere):
    code = "no-such-tier"
    title = "There is no such tier"


def warnings(ladder: TierSet) -> Iterator[str]:
    """What is allowed and often not meant, as codes."""
    counted = ladder.counted or ladder.currency
    if ladder.measure == TierSet.Measure.BALANCE and counted.kind == Currency.Kind.SPEND:
        yield "spending-lowers-the-tier"
    if ladder.time_window == TierSet.Window.LIFETIME and ladder.lowers != TierSet.Lowers.RECOMPUTE:
        yield "never-reviewed"
    if not ladder.tiers.exists():
        yield "no-tiers-yet"


@transactions.retried
def save_ladder(
    body: Mapping[str, Any], *, points: str, actor: Actor, now: datetime, request: str = ""
) -> TierSet:
    """A ladder by key, of the points of that code; its tiers stay as they are."""
    with transactions.open():
        currency = rules_of_points.currency_of(points)
        ladder = ladders.save({name: one for name, one in body.items() if name != "tiers"},
                              currency=currency)  # fmt: skip
        _tell("ladder.changed", ladder, actor=actor, now=now, request=request)
    return ladder


@transactions.retried
def save_tier(
    ladder_key: str, body: Mapping[str, Any], *, actor: Actor, now: datetime, request: str = ""
) -> Tier:
    """A tier of a ladder by key. Whoever reaches it already is raised by the next review."""
    with transactions.open():
        ladder = queries.ladder_of(ladder_key)
        tier = ladders.save_step(ladder, body, actor=actor, now=now)
        _tell("ladder.changed", ladder, actor=actor, now=now, request=request, tier=tier.key)
    return tier


@transactions.retried
def drop_tier(ladder_key: str, key: str, *, actor: Actor, now: datetime, request: str = "") -> None:
    """Take out a tier on which nobody ever stood."""
    with transactions.open():
        ladder = queries.ladder_of(ladder_key)
        ladders.drop_step(tier_of(ladder, key), field="key")
        _tell("ladder.changed", ladder, actor=actor, now=now, request=request, tier=key)


def tier_of(ladder: TierSet, key: str) -> Tier:
    found = ladder.tiers.select_related("factor_rule").filter(key=key).first()
    if found is None:
        raise NoSuchTier(f"There is no tier {key}.", field="tier")
    return found


def _tell(
    name: str, ladder: TierSet, *, actor: Actor, now: datetime, request: str, **more: str
) -> None:
    told = Happening(name, now, None, ladder.key, {"ladder": ladder.key, **more})
    events.emit([told], actor=actor, now=now, request=request)
