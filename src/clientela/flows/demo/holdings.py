"""What customers hold at the bank and the internet provider; appliances and cars come by buying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clientela.flows.demo.chance import Chance
from clientela.flows.demo.story import Held, Party, Plan, reference_of
from clientela.platform import periods

ADULTS_MAX = 2  # of a household, its first members
SOON = (12, 41, 90)  # days until something ends, so that there is always somebody to look at
LINE_YEARS_MAX, MORTGAGE_YEARS_MAX = 8, 12
WITH_IBAN = ("CA-1", "CA-PLUS", "SA-1", "TD-12")


def holdings_of(plan: Plan, chance: Chance, parties: Sequence[Party]) -> tuple[Held, ...]:
    """Everything one household holds, each thing once, with everybody's part in it."""
    desk = _Desk(plan, chance, parties)
    for party in parties:
        desk.account(party)
        desk.savings(party)
    for adult in desk.adults:
        desk.card(adult)
        desk.loans(adult)
        desk.insurance(adult)
    desk.mortgage()
    desk.broadband()
    desk.mobiles()
    return tuple(desk.opened)


class _Desk:
    """Opens holdings for the members of a household, numbering them as it goes."""

    def __init__(self, plan: Plan, chance: Chance, parties: Sequence[Party]) -> None:
        self.today, self.chance, self.parties = plan.today, chance, parties
        self.adults = parties[:ADULTS_MAX]
        self.first = parties[0]
        self.second = parties[1] if len(parties) > 1 else None
        self.opened: list[Held] = []

    def account(self, party: Party) -> None:
        chance = self.chance
        if not chance.is_so(0.68):
            return
        code = chance.weighted(("CA-PLUS", "CA-1"), (0.2,))
        status = chance.weighted(("dormant", "closed", "active"), (0.04, 0.03))
        joint = self.second if party is self.first and chance.is_so(0.3) else None
        since = self._day(party, joint)
        self._open(
            party, code, status=status, opened_on=since, parts=_parts(joint, "joint"),
            closed_on=chance.day(since, self.today) if status == "closed" else None,
            balance_minor=0 if status == "closed" else int(chance.around(1300, 1.1) * 100),
        )  # fmt: skip

    def savings(self, party: Party) -> None:
        chance = self.chance
        if chance.is_so(0.18):
            self._open(party, "SA-1", opened_on=self._day(party), rate=Decimal("0.012"),
                       balance_minor=int(chance.around(4200, 1.2) * 100))  # fmt: skip
        if chance.is_so(0.06):
            began, ends = self._year_now(party)
            self._open(party, "TD-12", opened_on=began, matures_on=ends, rate=Decimal("0.028"),
                       balance_minor=chance.whole(5, 200) * 10_000)  # fmt: skip

    def card(self, party: Party) -> None:
        chance = self.chance
        if not chance.is_so(0.32):
            return
        limit, is_overpaid = chance.whole(1, 10) * 50_000, chance.is_so(0.03)
        owed = -chance.whole(100, 9_000) if is_overpaid else int(limit * chance.random() ** 2)
        self._open(
            party, "CC-GOLD" if limit > 300_000 else "CC-1", opened_on=self._day(party),
            status="overpaid" if is_overpaid else "active", balance_minor=owed, limit_minor=limit,
            rate=Decimal("0.189"),
        )  # fmt: skip

    def loans(self, party: Party) -> None:
        chance = self.chance
        if chance.is_so(0.08):
            self._loan(party, "AL-1", chance.whole(3, 7) * 12, chance.whole(60, 300), "0.059")
        if chance.is_so(0.07):
            self._loan(party, "PL-1", chance.whole(1, 4) * 12, chance.whole(5, 60), "0.119")

    def _loan(self, party: Party, code: str, months: int, hundreds: int, rate: str) -> None:
        """A loan of so many hundreds; one at its end has matured, a few are never paid."""
        surety = next((other for other in self.adults if other is not party), None)
        surety = surety if self.chance.is_so(0.25) else None
        began = self._day(party, surety, years=months / 12 * 1.15)
        ends = periods.add_months(began, months)
        terms: dict[str, Any] = {
            "opened_on": began, "matures_on": ends, "rate": Decimal(rate),
            "parts": _parts(surety, "guarantor"),
        }  # fmt: skip
        left = (ends - self.today).days / (ends - began).days
        if left <= 0:
            is_lost = self.chance.is_so(0.1)
            status = "written_off" if is_lost else "matured"
            self._open(party, code, status=status, closed_on=ends,
                       balance_minor=hundreds * 3_000 if is_lost else 0, **terms)  # fmt: skip
        else:
            self._open(party, code, balance_minor=int(hundreds * left * 100) * 100, **terms)

    def insurance(self, party: Party) -> None:
        chance = self.chance
        if not chance.is_so(0.09):
            return
        began, ends = self._year_now(party)
        before = periods.add_months(began, -12)
        if before >= party.known_since:
            self._open(party, "TI-12", status="matured", opened_on=before, matures_on=began,
                       closed_on=began)  # fmt: skip
        self._open(party, "TI-12", opened_on=began, matures_on=ends)

    def mortgage(self) -> None:
        """A couple holds it jointly, or one of them stands surety; some are asked for only."""
        first, chance = self.first, self.chance
        if first.profile_type != "person" or not chance.is_so(0.25 if self.second else 0.1):
            return
        amount, years = chance.whole(30, 240) * 100_000, chance.whole(15, 30)
        terms: dict[str, Any] = {
            "rate": Decimal(f"0.0{chance.whole(24, 49)}"),
            "parts": _parts(self.second, chance.weighted(("guarantor", "joint"), (0.15,))),
        }
        if chance.is_so(0.06):
            status = chance.one_of(("applied", "approved"))
            self._open(first, "ML-1", status=status, limit_minor=amount, **terms)
            return
        began = self._day(first, self.second, years=MORTGAGE_YEARS_MAX)
        ends = periods.add_months(began, 12 * years)
        left = (ends - self.today).days / (ends - began).days
        self._open(
            first, "ML-1", opened_on=began, matures_on=ends,
            fixed_until_on=self._soon(1500) if chance.is_so(0.6) else None,
            balance_minor=int(amount * left / 100) * 100, **terms,
        )  # fmt: skip

    def broadband(self) -> None:
        """One line for the household, in the first one's name; some left it again."""
        chance = self.chance
        if not chance.is_so(0.33):
            return
        code = chance.weighted(("BB-100", "BB-1000", "BB-500"), (0.35, 0.2))
        began = self._day(self.first, self.second, years=LINE_YEARS_MAX)
        ended = chance.day(began, self.today) if chance.is_so(0.08) else None
        self._open(self.first, code, status="closed" if ended else "active", opened_on=began,
                   closed_on=ended, parts=_parts(self.second, "user"))  # fmt: skip
        if not ended and chance.is_so(0.4):
            self._open(self.first, chance.one_of(("TV-S", "TV-L")), opened_on=began)

    def mobiles(self) -> None:
        for party in self.parties:
            if self.chance.is_so(0.12):
                began = self._day(self.first, party, years=LINE_YEARS_MAX)
                user = None if party is self.first else party
                self._open(self.first, self.chance.one_of(("MO-10", "MO-U")), opened_on=began,
                           parts=_parts(user, "user"))  # fmt: skip

    def _day(self, *parties: Party | None, years: float = 100) -> date:
        """A day in the last `years` on which all of them were customers."""
        known = max(party.known_since for party in parties if party)
        earliest = self.today - timedelta(days=int(years * 365))
        return self.chance.day(max(known, earliest), self.today)

    def _year_now(self, party: Party) -> tuple[date, date]:
        """A contract year that runs today."""
        ends = self._soon(364)
        began = periods.add_months(ends, -12)
        if began < party.known_since:
            began = self.chance.day(party.known_since, self.today)
        return began, periods.add_months(began, 12)

    def _soon(self, days_max: int) -> date:
        is_near = self.chance.is_so(0.15)
        days = self.chance.one_of(SOON) if is_near else self.chance.whole(1, days_max)
        return self.today + timedelta(days=days)

    def _open(self, party: Party, code: str, **terms: Any) -> None:
        counted = len(self.opened) + 1
        number = f"{code[:2]}-{party.number:07d}-{counted:02d}"
        self.opened.append(
            Held(
                reference=f"{reference_of(party.number)}/{counted}", product=code,
                owner=party.number,
                number=iban(party.number * 100 + counted) if code in WITH_IBAN else number, **terms,
            )
        )  # fmt: skip


def _parts(other: Party | None, role: str) -> tuple[tuple[int, str], ...]:
    return ((other.number, role),) if other else ()


def iban(account: int) -> str:
    """An account number of the demo bank with its check digits, written in groups of four."""
    body = f"ZNAM{account:013d}"
    digits = "".join(str(int(sign, 36)) for sign in f"{body}LV00")
    whole = f"LV{98 - int(digits) % 97:02d}{body}"
    return " ".join(whole[place : place + 4] for place in range(0, len(whole), 4))
