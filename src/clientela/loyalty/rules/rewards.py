"""What a reward costs somebody, and whether they can have it. No Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PLENTY = 10**12  # more points than anybody has
Why = Literal[
    "", "retired", "not-yet", "over", "sold-out", "limit-reached", "no-price", "not-enough-points",
    "below-minimum", "not-whole-blocks",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue says of one reward. `prices`: by tier, "" is everybody's."""

    kind: str
    prices: Mapping[int | None, int]
    stock_left: int | None = None
    member_max: int | None = None
    points_min: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks: the tiers they stand on, what they can use, how often they had this reward."""

    available: int
    tiers: frozenset[int] = field(default_factory=frozenset)
    had: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """What would be taken, how many times the reward's unit that is, and `why` it cannot be."""

    points: int
    blocks: int
    why: Why = ""
    missing: int = 0


def price_for(offer: Offer, tiers: frozenset[int]) -> int | None:
    """The lowest price open to somebody on these tiers; None: there is none for them."""
    open_to_them = [
        points for tier, points in offer.prices.items() if tier is None or tier in tiers
    ]
    return min(open_to_them, default=None)


def quote(offer: Offer, member: Member, *, now: datetime, wanted: int | None = None) -> Quote:
    """What a redemption would take, by the very rules of the redemption itself.

    `wanted`: how many points somebody wants to turn into cash; whole blocks, at least the minimum.
    Other kinds cost their price, and nothing else can be wanted.
    """
    price = price_for(offer, member.tiers)
    if price is None:
        return Quote(0, 0, "no-price")
    points = wanted if wanted is not None else max(price, _least(offer, price))
    blocks = points // price
    if why := _closed(offer, member, now=now) or _unfit(offer, points, price):
        return Quote(points, blocks, why)
    if points > member.available:
        return Quote(points, blocks, "not-enough-points", points - max(member.available, 0))
    return Quote(points, blocks)


def _least(offer: Offer, price: int) -> int:
    """The minimum in whole blocks."""
    return -(-(offer.points_min or 0) // price) * price


def _closed(offer: Offer, member: Member, *, now: datetime) -> Why:
    if offer.retired_at is not None:
        return "retired"
    if offer.starts_at is not None and now < offer.starts_at:
        return "not-yet"
    if offer.ends_at is not None and now >= offer.ends_at:
        return "over"
    if offer.stock_left is not None and offer.stock_left < 1:
        return "sold-out"
    if offer.member_max is not None and member.had >= offer.member_max:
        return "limit-reached"
    return ""


def _unfit(offer: Offer, points: int, price: int) -> Why:
    if offer.kind != "cash":
        return "" if points == price else "not-whole-blocks"
    if points < (offer.points_min or 0):
        return "below-minimum"
    return "" if points > 0 and points % price == 0 else "not-whole-blocks"
