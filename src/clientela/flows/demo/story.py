"""What the demo company's generator tells: who, what they hold, what they bought, what came back.

Plain values without a database. Customers are named by their number in the story, counted from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

CUSTOMERS_MIN, CUSTOMERS_MAX = 10, 1_000_000
SEED_MAX = 2**31
MONTHS_TOLD = 24
ZONE = ZoneInfo("Europe/Riga")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a story depends on: the same plan tells the same story."""

    customers: int
    seed: int
    today: date

    def __post_init__(self) -> None:
        if not CUSTOMERS_MIN <= self.customers <= CUSTOMERS_MAX:
            raise ValueError(f"between {CUSTOMERS_MIN} and {CUSTOMERS_MAX} customers")
        if not 0 <= self.seed <= SEED_MAX:
            raise ValueError(f"a seed is 0 to {SEED_MAX}")


@dataclass(frozen=True, slots=True)
class Party:
    """A customer. `phones` and `emails` as a person writes them, the one used most first."""

    number: int
    name: str
    language: str
    country: str
    known_since: date
    profile_type: str = "person"
    status: str = "active"
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return reference_of(self.number)

    @property
    def city(self) -> str:
        return self.attributes.get("city", "")


@dataclass(frozen=True, slots=True)
class Held:
    """Something a customer holds; `parts`: the others in it, as (number, role)."""

    reference: str
    product: str
    owner: int
    parts: tuple[tuple[int, str], ...] = ()
    status: str = "active"
    number: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    matures_on: date | None = None
    fixed_until_on: date | None = None
    balance_minor: int | None = None
    limit_minor: int | None = None
    rate: Decimal | None = None

    def runs_on(self, day: date) -> bool:
        return (self.opened_on is not None and self.opened_on <= day) and (
            self.closed_on is None or day < self.closed_on
        )


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A position; `total_minor` is what was paid: after the discount, tax within."""

    product: str
    quantity_milli: int
    total_minor: int
    tax_minor: int
    discount_minor: int = 0
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    reference: str
    customer: int
    sold_at: datetime
    channel: str
    place: str
    lines: tuple[SaleLine, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class CameBack:
    """Part of a sale given back: an amount, or whole lines by their place from 1."""

    reference: str
    customer: int
    sale: str
    returned_at: datetime
    amount_minor: int | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """People who live together, or one company, and all that is theirs; sales in order of time."""

    parties: tuple[Party, ...]
    holdings: tuple[Held, ...] = ()
    sales: tuple[Sale, ...] = ()
    returns: tuple[CameBack, ...] = ()


def reference_of(number: int) -> str:
    """What the source calls a customer of the story."""
    return f"{number:07d}"
