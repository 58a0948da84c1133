"""What a reward costs somebody, and whether they can have it. No Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

PLENTY = 10**12  # more points than anybody has
BY_BLOCKS = frozenset({"cash", "money_off", "bill_credit", "miles", "gift_card", "wallet"})
Why = Literal[
    "", "retired", "not-yet", "over", "not-today", "not-for-them", "sold-out", "limit-reached",
    "no-price", "not-enough-points", "below-minimum", "above-maximum", "not-whole-blocks",
]  # fmt: skip


class Price(NamedTuple):
    """Points, and money beside them."""

    points: int
    minor: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue says of one reward. `prices`: by tier, None is everybody's. `blackouts`:
    first and last days on which nobody has it.
    """

    kind: str
    prices: Mapping[int | None, int | Price]
    stock_left: int | None = None
    member_max: int | None = None
    points_min: int | None = None
    points_max: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    retired_at: datetime | None = None
    blackouts: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks: the tiers they stand on, what they can use, how often they had this reward, whether
    they are of those it is for.
    """

    available: int
    tiers: frozenset[int] = field(default_factory=frozenset)
    had: int = 0
    is_meant: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """What would be taken, in points and in money, how many times the reward's unit that is, and
    `why` it cannot be.
    """

    points: int
    blocks: int
    why: Why = ""
    missing: int = 0
    minor: int = 0


def price_for(offer: Offer, tiers: frozenset[int]) -> int | None:
    """The lowest price in points open to somebody on these tiers; None: there is none for them."""
    found = _price(offer, tiers)
    return None if found is None else found.points


def on_day(offer: Offer, *, points: int | None, minor: int | None = None) -> Offer:
    """The same offer on a day that costs otherwise, in points, in money or both, for everybody it
    has a price for.
    """
    day = {"points": points, "minor": minor}
    others = {name: figure for name, figure in day.items() if figure is not None}
    if not others:
        return offer
    prices = {tier: _whole(price)._replace(**others) for tier, price in offer.prices.items()}
    return replace(offer, prices=prices)


def quote(
    offer: Offer, member: Member, *, now: datetime, wanted: int | None = None,
    today: date | None = None,
) -> Quote:  # fmt: skip
    """What a redemption would take, by the very rules of the redemption itself.

    `wanted`: how many points somebody wants to use, of what is had by blocks; whole blocks, within
    minimum and maximum. Other kinds cost their price, and nothing else can be wanted.
    """
    price = _price(offer, member.tiers)
    if price is None:
        return Quote(0, 0, "no-price")
    points = wanted if wanted is not None else max(price.points, least(offer, price.points))
    blocks = points // price.points
    minor = price.minor * blocks
    if why := _closed(offer, member, now=now, today=today) or _unfit(offer, points, price.points):
        return Quote(points, blocks, why, minor=minor)
    if points > member.available:
        missing = points - max(member.available, 0)
        return Quote(points, blocks, "not-enough-points", missing, minor)
    return Quote(points, blocks, minor=minor)


def least(offer: Offer, block: int) -> int:
    """The minimum in whole blocks."""
    return max(block, -(-(offer.points_min or 0) // block) * block)


def most(offer: Offer, block: int, *, available: int) -> int:
    """The whole blocks that somebody with so many points can have; at least the minimum."""
    limit = available if offer.points_max is None else min(available, offer.points_max)
    return max(least(offer, block), limit // block * block)


@dataclass(frozen=True, slots=True)
class Payment:
    """How many points pay how much of a purchase, or `why` none can."""

    points: int
    minor: int
    why: Why | Literal["nothing-due", "above-share"] = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid: still due of `total_minor`, how much a block of points pays, and which
    percent of the total points may pay.
    """

    due_minor: int
    total_minor: int
    block_minor: int
    share_max: int | None = None

    @property
    def open_minor(self) -> int:
        """What points may pay of it."""
        if self.share_max is None:
            return max(0, self.due_minor)
        return max(0, min(self.due_minor, self.total_minor * self.share_max // 100))


def pay(
    offer: Offer, bill: Bill, *, available: int, tiers: frozenset[int] = frozenset(),
    wanted: int | None = None, up_to: bool = True,
) -> Payment:  # fmt: skip
    """Pay part of a purchase with points, in whole blocks, never more than what is due.

    `up_to` lowers the wish to what balance, money due, share and maximum allow, and uses none where
    that is below the minimum; else every limit refuses.
    """
    block = price_for(offer, tiers)
    if block is None:
        return Payment(0, 0, "no-price")
    if not up_to and wanted is not None:
        return _exactly(wanted, offer, bill, block=block, available=available)
    room = bill.open_minor // bill.block_minor * block
    if offer.points_max is not None:
        room = min(room, offer.points_max // block * block)
    wish = room if wanted is None else min(wanted, room)
    points = min(wish, max(available, 0)) // block * block
    if points < least(offer, block):
        short = available < least(offer, block)
        none: Why = "not-enough-points" if short else "below-minimum"
        return Payment(0, 0, none if wish else "nothing-due")
    return Payment(points, points // block * bill.block_minor)


def _exactly(wanted: int, offer: Offer, bill: Bill, *, block: int, available: int) -> Payment:
    minor = wanted // block * bill.block_minor
    if why := _unfit(offer, wanted, block):
        return Payment(0, 0, why)
    if minor > bill.open_minor:
        return Payment(0, 0, "nothing-due" if minor > bill.due_minor else "above-share")
    return Payment(wanted, minor, "" if wanted <= available else "not-enough-points")


def _price(offer: Offer, tiers: frozenset[int]) -> Price | None:
    open_to_them = [
        _whole(price) for tier, price in offer.prices.items() if tier is None or tier in tiers
    ]
    return min(open_to_them, default=None)


def _whole(price: int | Price) -> Price:
    return price if isinstance(price, Price) else Price(price)


def _closed(offer: Offer, member: Member, *, now: datetime, today: date | None) -> Why:
    if offer.retired_at is not None:
        return "retired"
    if offer.starts_at is not None and now < offer.starts_at:
        return "not-yet"
    if offer.ends_at is not None and now >= offer.ends_at:
        return "over"
    if today is not None and any(first <= today <= last for first, last in offer.blackouts):
        return "not-today"
    if not member.is_meant:
        return "not-for-them"
    return _used_up(offer, member)


def _used_up(offer: Offer, member: Member) -> Why:
    if offer.stock_left is not None and offer.stock_left < 1:
        return "sold-out"
    if offer.member_max is not None and member.had >= offer.member_max:
        return "limit-reached"
    return ""


def _unfit(offer: Offer, points: int, price: int) -> Why:
    if offer.kind not in BY_BLOCKS:
        return "" if points == price else "not-whole-blocks"
    if points < (offer.points_min or 0):
        return "below-minimum"
    if offer.points_max is not None and points > offer.points_max:
        return "above-maximum"
    return "" if points > 0 and points % price == 0 else "not-whole-blocks"
