"""What a clerk with paper and pencil would keep of points: lots in the order of use, and a debt.

Nothing here knows the product's code; dates of ends are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

FOREVER = datetime.max.replace(tzinfo=UTC)
NUMBERS = count()


@dataclass(eq=False)
class PlainLot:
    """`points` are free; `held` wait for an order; `gone` expired and may come back."""

    points: int
    active_at: datetime
    ends_at: datetime | None
    held: int = 0
    gone: int = 0
    number: int = field(default_factory=lambda: next(NUMBERS))

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def place(self) -> tuple[datetime, datetime, int]:
        return (self.ends_at or FOREVER, self.active_at, self.number)


Parts = list[tuple[PlainLot, int]]


@dataclass(eq=False)
class Plain:
    """One member's account."""

    lots: list[PlainLot] = field(default_factory=list)
    debt: int = 0
    debt_max: int = 10_000
    forgiven: int = 0

    def expire(self, now: datetime) -> None:
        for lot in self.lots:
            if lot.is_over(now):
                lot.gone += lot.points
                lot.points = 0

    def free(self, now: datetime) -> list[PlainLot]:
        self.expire(now)
        return sorted((lot for lot in self.lots if lot.points), key=PlainLot.place)

    def usable(self, now: datetime) -> int:
        return sum(lot.points for lot in self.free(now)) - self.debt

    def held(self) -> int:
        return sum(lot.held for lot in self.lots)

    def pay(self, now: datetime) -> None:
        """What is owed is paid from whatever can be used."""
        for lot in self.free(now):
            paid = min(lot.points, self.debt)
            lot.points -= paid
            self.debt -= paid

    def earn(self, points: int, at: datetime, ends_at: datetime | None, now: datetime) -> PlainLot:
        """What is owed is paid first, even by points that are over by now."""
        self.expire(now)
        paid = min(points, self.debt)
        self.debt -= paid
        lot = PlainLot(points - paid, at, ends_at)
        self.lots.append(lot)
        self.expire(now)
        return lot

    def take(self, points: int, now: datetime, *, hold: bool = False) -> Parts:
        taken: Parts = []
        for lot in self.free(now):
            part = min(points, lot.points)
            if part:
                lot.points -= part
                lot.held += part if hold else 0
                points -= part
                taken.append((lot, part))
        return taken

    def settle(self, parts: Parts) -> None:
        """An order that held these points is carried out."""
        for lot, part in parts:
            lot.held -= part

    def release(self, parts: Parts, now: datetime) -> None:
        for lot, part in parts:
            lot.held -= part
            lot.points += part
        self.expire(now)
        self.pay(now)

    def give_back(self, parts: Parts, now: datetime) -> None:
        for lot, part in parts:
            lot.points += part
        self.expire(now)
        self.pay(now)

    def reverse(self, own: PlainLot, points: int, now: datetime) -> None:
        """A return: the purchase's own lot, then the others, then a debt, then it is forgiven."""
        self.expire(now)
        part = min(points, own.points)
        own.points -= part
        rest = points - part
        rest -= sum(part for _, part in self.take(rest, now))
        new = min(rest, self.debt_max - self.debt)
        self.debt += new
        self.forgiven += rest - new

    def reinstate(self, lot: PlainLot, ends_at: datetime, now: datetime) -> int:
        self.expire(now)
        back, lot.gone = lot.gone, 0
        lot.points += back
        lot.ends_at = ends_at
        self.pay(now)
        return back

    def receive(self, parts: Parts, now: datetime) -> None:
        """Points come from another member, each with the end it had."""
        for lot, part in parts:
            self.lots.append(PlainLot(part, lot.active_at, lot.ends_at))
        self.pay(now)
