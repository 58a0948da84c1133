"""What customers bought in two years: baskets, errands, monthly bills and a few big things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from clientela.flows.demo.catalogue import (
    APPLIANCES,
    CARS,
    GARDEN,
    GROCERIES,
    HOUSEHOLD,
    TAX_PERCENT,
    TELECOM,
    Good,
    good,
)
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.story import (
    MONTHS_TOLD,
    ZONE,
    CameBack,
    Held,
    Household,
    Party,
    Plan,
    Sale,
    SaleLine,
)
from clientela.platform import periods, text

RETURNS_MAX = 3  # of one customer
BILLED = frozenset(good.code for good in TELECOM)
GARDEN_MONTHS = range(4, 10)
EVERY_DAYS, EVERY_SHARES = (7.0, 14.0, 30.4, 0.0), (0.056, 0.08, 0.12)
CAME_BACK_OF_ERRANDS, CAME_BACK_OF_BASKETS = 0.05, 0.0015
NEW_LINE_MONTHS, NEW_LINE_PERCENT = 3, 50
CUT_BY_WEIGHT = "G-DELI"
_ON_THE_SHELF = tuple((good.code, good.weighed) for good in GROCERIES)
_PIECES = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)


@dataclass(slots=True)
class _Slip:
    """A sale before it has its number, and what came back of it."""

    sold_at: datetime
    channel: str
    place: str
    lines: tuple[SaleLine, ...]
    returned_at: datetime | None = None
    amount_back: int | None = None
    lines_back: tuple[int, ...] = ()


def told(plan: Plan, parties: Sequence[Party], holdings: Sequence[Held]) -> Household:
    """The household with everything its members bought and gave back."""
    sales: list[Sale] = []
    returns: list[CameBack] = []
    for party in parties:
        sold, back = sales_of(plan, Chance(plan.seed, f"sales/{party.number}"), party, holdings)
        sales += sold
        returns += back
    return Household(tuple(parties), tuple(holdings), tuple(sales), tuple(returns))


def sales_of(
    plan: Plan, chance: Chance, party: Party, holdings: Sequence[Held]
) -> tuple[list[Sale], list[CameBack]]:
    """One customer's sales and what came back of them, each in order of time."""
    till = Till(plan, chance, party)
    if party.profile_type == "person":
        till.baskets(every=chance.weighted(EVERY_DAYS, EVERY_SHARES))
    till.errands(chance.whole(1, 4) if chance.is_so(0.5) else 0)
    till.bills(holdings, day=1 + party.number % 28)
    till.big_things()
    return till.closed()


class Till:
    """Rings up one customer's sales. Shops sell until yesterday, bills are drawn today too."""

    def __init__(self, plan: Plan, chance: Chance, party: Party) -> None:
        self.today, self.chance, self.party = plan.today, chance, party
        self.first = max(periods.add_months(plan.today, -MONTHS_TOLD), party.known_since)
        self.last = plan.today - timedelta(days=1)
        if party.status == "former":
            self.last = chance.day(self.first, self.last)
        self.shop = f"{text.folded(party.city)}-{chance.whole(1, 3)}"
        self.hour = chance.whole(9, 18)
        self.slips: list[_Slip] = []

    def baskets(self, *, every: float) -> None:
        """Groceries at the same hour, every so many days; 0 is never."""
        if not every:
            return
        for day in self.chance.days(self.first, self.last, every=every):
            slip = self.sell(day, basket(self.chance))
            if self.chance.is_so(CAME_BACK_OF_BASKETS):
                self.give_back(slip)

    def errands(self, count: int) -> None:
        """Now and then something for the house, from April to September also for the garden."""
        chance = self.chance
        for _ in range(count):
            day = chance.day(self.first, self.last)
            goods = HOUSEHOLD + GARDEN if day.month in GARDEN_MONTHS else HOUSEHOLD
            lines = tuple(
                line_of(chance.one_of(goods).code, percent_off=10 if chance.is_so(0.15) else 0)
                for _ in range(chance.whole(1, 3))
            )
            channel = chance.weighted(("web", "phone", "shop"), (0.3, 0.06))
            slip = self.sell(day, lines, channel=channel)
            if chance.is_so(CAME_BACK_OF_ERRANDS):
                self.give_back(slip)

    def bills(self, holdings: Sequence[Held], *, day: int) -> None:
        """One bill a month for all lines of the household, drawn at night."""
        lines = [h for h in holdings if h.product in BILLED and h.owner == self.party.number]
        if not lines:
            return
        for due in due_days(self.first, min(self.today, self.last + timedelta(days=1)), day):
            fees = tuple(_fee(held, due) for held in lines if held.runs_on(due))
            if fees:
                minute = 5 + self.party.number % 50
                sold_at = datetime(due.year, due.month, due.day, 0, minute, tzinfo=ZONE)
                self.slips.append(_Slip(sold_at, "web", "", fees))

    def big_things(self) -> None:
        """An appliance of our shop, seldom a car; each has its serial number."""
        chance = self.chance
        for _ in range(2):
            if chance.is_so(0.14):
                work = chance.weighted(((), ("DELIVERY",), ("DELIVERY", "FITTING")), (0.4, 0.35))
                self.sell_thing(chance.day(self.first, self.last), chance.one_of(APPLIANCES), work)
        if chance.is_so(0.012):
            self.sell_thing(chance.day(self.first, self.last), chance.one_of(CARS))

    def sell_thing(self, day: date, thing: Good, work: Sequence[str] = ()) -> None:
        percent_off = 10 if thing in APPLIANCES and self.chance.is_so(0.2) else 0
        serial = self._serial(thing, day)
        lines = (thing_of(thing.code, serial, percent_off=percent_off), *map(line_of, work))
        self.sell(day, lines)

    def sell(self, day: date, lines: tuple[SaleLine, ...], *, channel: str = "shop") -> _Slip:
        hour = self.hour + self.chance.whole(-1, 2)
        minute = self.chance.whole(0, 59)
        sold_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
        slip = _Slip(sold_at, channel, self.shop if channel == "shop" else "", lines)
        self.slips.append(slip)
        return slip

    def give_back(self, slip: _Slip) -> None:
        """All of it, one line of several, or a part of the money for goods with a fault."""
        returned_at = slip.sold_at + timedelta(days=self.chance.whole(2, 20), minutes=37)
        before = sum(1 for other in self.slips if other.returned_at)
        if returned_at.date() > self.last or before >= RETURNS_MAX:
            return
        slip.returned_at = returned_at
        how = self.chance.weighted(("money", "all", "line"), (0.2, 0.4))
        if how == "money":
            slip.amount_back = sum(line.total_minor for line in slip.lines) // 5
        elif how == "all":
            slip.lines_back = tuple(range(1, len(slip.lines) + 1))
        else:
            slip.lines_back = (self.chance.whole(1, len(slip.lines)),)

    def closed(self) -> tuple[list[Sale], list[CameBack]]:
        """Number the sales in order of time."""
        number = self.party.number
        sales, returns = [], []
        for counted, slip in enumerate(sorted(self.slips, key=lambda slip: slip.sold_at), start=1):
            reference = f"{self.party.reference}-{counted:04d}"
            sale = Sale(reference, number, slip.sold_at, slip.channel, slip.place, slip.lines)
            sales.append(sale)
            if slip.returned_at:
                returns.append(CameBack(f"{reference}-R", number, reference, slip.returned_at,
                                        slip.amount_back, slip.lines_back))  # fmt: skip
        return sales, sorted(returns, key=lambda back: back.returned_at)

    def _serial(self, thing: Good, day: date) -> str:
        code, counted = thing.code.replace("-", ""), len(self.slips) % 100
        if thing in CARS:
            return f"XZN{code[:5]:X<5}{self.party.number:07d}{counted:02d}"
        return f"{code}-{day:%y%V}-{self.party.number:07d}{counted:02d}"


def basket(chance: Chance) -> tuple[SaleLine, ...]:
    """One to five groceries, now and then one of them cheaper."""
    return tuple([_grocery(chance) for _ in range(chance.whole(1, 5))])


def basket_worth(chance: Chance, total_minor: int) -> tuple[SaleLine, ...]:
    """A basket of exactly this worth; the last thing is cut by weight to make it up."""
    lines: list[SaleLine] = []
    left = total_minor
    while left > 2_500:
        line = _grocery(chance)
        lines.append(line if line.total_minor < left - 300 else line_of("G-RYE"))
        left -= lines[-1].total_minor
    price = good(CUT_BY_WEIGHT).price_minor
    assert price
    return (*lines, SaleLine(CUT_BY_WEIGHT, left * 1000 // price, left, tax_in(left)))


@cache
def line_of(code: str, *, quantity_milli: int = 1000, percent_off: int = 0) -> SaleLine:
    """So much of a product at its price. Few lines differ, so each is made once."""
    price = good(code).price_minor
    assert price is not None
    gross = (price * quantity_milli + 500) // 1000
    discount = gross * percent_off // 100
    total = gross - discount
    return SaleLine(code, quantity_milli, total, tax_in(total), discount)


def thing_of(code: str, serial: str, *, percent_off: int = 0) -> SaleLine:
    """One thing with its own serial number."""
    return replace(line_of(code, percent_off=percent_off), serial=serial)


def tax_in(total_minor: int) -> int:
    """The tax within a price, half up."""
    whole = 100 + TAX_PERCENT
    return (2 * total_minor * TAX_PERCENT + whole) // (2 * whole)


def due_days(first: date, last: date, day: int) -> Iterator[date]:
    """This day of every month from `first` to `last`, both included; `day` is 28 at most."""
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        due = date(month // 12, month % 12 + 1, day)
        if first <= due <= last:
            yield due


def _grocery(chance: Chance) -> SaleLine:
    code, weighed = chance.one_of(_ON_THE_SHELF)
    quantity = chance.whole(25, 180) * 10 if weighed else 1000 * chance.one_of(_PIECES)
    return line_of(code, quantity_milli=quantity, percent_off=20 if chance.is_so(0.08) else 0)


def _fee(held: Held, due: date) -> SaleLine:
    """A month of a line; the first months of a new one cost half."""
    assert held.opened_on is not None
    is_new = due < periods.add_months(held.opened_on, NEW_LINE_MONTHS)
    return line_of(f"{held.product}-M", percent_off=NEW_LINE_PERCENT if is_new else 0)
