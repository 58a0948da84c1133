"""Who the demo company's customers are: households of one to four people, and companies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from clientela.flows.demo import names
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.story import Party, Plan
from clientela.platform import periods, text

COMPANIES = 0.05
SPANISH, ENGLISH = 0.32, 0.04
SIZES, SIZE_SHARES = (1, 2, 3, 4), (0.45, 0.30, 0.15)
ADULT_YEARS, PARENT_YEARS, CHILD_YEARS = (22, 88), (38, 62), (16, 24)
YEARS_KNOWN_MAX = 16
DOMAINS = ("example.com", "example.org", "example.net")
KNOWN_NUMBERS = frozenset({
    "+371 2612 4408", "+371 2922 3344", "+371 2655 6780", "+371 2700 1122", "+371 2833 4455",
    "+371 2566 7788", "+34 612 345 670", "+34 622 334 455", "+34 633 445 566",
})  # fmt: skip
_SECOND_DIGITS = "012456789"  # 23 is given out only in part
_STRIDE = 7_368_787


def people_of(plan: Plan, chance: Chance, *, first: int, room: int) -> tuple[Party, ...]:
    """The next customers, numbered from `first`, at most `room` of them."""
    if chance.is_so(COMPANIES):
        return (_company(plan, chance, first),)
    drawn = chance.weighted(SIZES, SIZE_SHARES)
    origin = chance.weighted(("es", "en", "lv"), (SPANISH, ENGLISH))
    size = min(drawn, room)
    city = chance.one_of(names.SPANISH_CITIES if origin == "es" else names.LATVIAN_CITIES)
    family = _Family(plan, chance, origin, city, size=drawn)
    return tuple(family.member(first + place, place) for place in range(size))


class _Family:
    """Draws the members of one household: first the adults, then the children."""

    def __init__(self, plan: Plan, chance: Chance, origin: str, city: str, *, size: int) -> None:
        self.plan, self.chance, self.origin, self.city = plan, chance, origin, city
        self.country = "ES" if origin == "es" else "LV"
        self.man, self.wife, self.child = _surnames(chance, origin)
        self.first_is_woman = chance.is_so(0.52)
        youngest, oldest = PARENT_YEARS if size > 2 else ADULT_YEARS
        self.born = _between_years(chance, plan.today, youngest, oldest)
        self.known_since = chance.day(
            periods.add_months(plan.today, -12 * YEARS_KNOWN_MAX), plan.today - timedelta(days=20)
        )
        self.shares_phone = chance.is_so(0.08)
        self.phone = ""

    def member(self, number: int, place: int) -> Party:
        chance, today = self.chance, self.plan.today
        is_child = place > 1
        grown = CHILD_YEARS[0] if is_child else 18
        is_woman = chance.is_so(0.5) if is_child else self.first_is_woman == (place == 0)
        given = chance.one_of(_given_names(self.origin, is_woman=is_woman))
        name = f"{given} {self._surname(is_woman=is_woman, is_child=is_child)}"
        born = self._born(place)
        earliest = max(self.known_since, periods.add_months(born, 12 * grown))
        known_since = earliest if place == 0 else chance.day(earliest, today - timedelta(days=10))
        return Party(
            number=number, name=name, language=self._language(), country=self.country,
            known_since=known_since, status=chance.weighted(("former", "active"), (0.03,)),
            phones=self._phones(number, place), emails=email_of(chance, name, number),
            attributes={"birth_date": born.isoformat(), "city": self.city,
                        "sex": "female" if is_woman else "male"},
        )  # fmt: skip

    def _born(self, place: int) -> date:
        """Parents are of one age within a few years, children live at home until 24."""
        if place == 0:
            return self.born
        if place > 1:
            return _between_years(self.chance, self.plan.today, *CHILD_YEARS)
        born = self.born + timedelta(days=self.chance.whole(-2_500, 2_500))
        return min(born, _years_before(self.plan.today, ADULT_YEARS[0]))

    def _surname(self, *, is_woman: bool, is_child: bool) -> str:
        if not is_child:
            return self.wife if is_woman else self.man
        return names.woman_of(self.child) if is_woman and self.origin == "lv" else self.child

    def _language(self) -> str:
        if self.origin == "lv" and self.chance.is_so(0.03):
            return "en"
        return self.origin

    def _phones(self, number: int, place: int) -> tuple[str, ...]:
        """One number mostly; some have two, some none, in some households all share the first."""
        if place and self.shares_phone and self.phone:
            return (self.phone,)
        own = phone_of(self.plan.seed, self.country, number, 0)
        numbers = self.chance.weighted(
            ((), (own, phone_of(self.plan.seed, self.country, number, 1)), (own,)), (0.03, 0.06)
        )
        if place == 0 and numbers:
            self.phone = own
        return numbers


def phone_of(seed: int, country: str, number: int, place: int) -> str:
    """A mobile number that nobody else in the story has; `place` 0 or 1 for a second one."""
    mobile = _mobile(country, seed * 31 + number * 2 + place)
    return _mobile(country, 4_000_001 + number) if mobile in KNOWN_NUMBERS else mobile


def _mobile(country: str, counted: int) -> str:
    if country == "ES":
        digits = f"6{counted * _STRIDE % 10**8:08d}"
        return f"+34 {digits[:3]} {digits[3:6]} {digits[6:]}"
    second, rest = divmod(counted * _STRIDE % (len(_SECOND_DIGITS) * 10**6), 10**6)
    digits = f"2{_SECOND_DIGITS[second]}{rest:06d}"
    return f"+371 {digits[:4]} {digits[4:]}"


def email_of(chance: Chance, name: str, number: int) -> tuple[str, ...]:
    """Six of seven have an address; the number keeps it theirs alone."""
    if chance.is_so(1 / 7):
        return ()
    words = text.words(name)
    return (f"{words[0]}.{words[-1]}{number}@{chance.one_of(DOMAINS)}",)


def _surnames(chance: Chance, origin: str) -> tuple[str, str, str]:
    """Of the man, the woman and their children (as a son bears it)."""
    if origin == "es":
        hers, his = ([chance.one_of(names.SPANISH_SURNAMES) for _ in range(2)] for _ in range(2))
        return " ".join(his), " ".join(hers), f"{his[0]} {hers[0]}"
    if origin == "en":
        surname = chance.one_of(names.ENGLISH_SURNAMES)
        return surname, surname, surname
    man = chance.one_of(names.LATVIAN_SURNAMES)
    keeps_own = chance.is_so(0.15)
    woman = chance.one_of(names.LATVIAN_SURNAMES) if keeps_own else man
    return man, names.woman_of(woman), man


def _given_names(origin: str, *, is_woman: bool) -> Sequence[str]:
    if origin == "es":
        return names.SPANISH_WOMEN if is_woman else names.SPANISH_MEN
    if origin == "en":
        return names.ENGLISH_WOMEN if is_woman else names.ENGLISH_MEN
    return names.LATVIAN_WOMEN if is_woman else names.LATVIAN_MEN


def _between_years(chance: Chance, today: date, youngest: int, oldest: int) -> date:
    return chance.day(_years_before(today, oldest), _years_before(today, youngest))


def _years_before(day: date, years: int) -> date:
    return periods.add_months(day, -12 * years)


def _company(plan: Plan, chance: Chance, number: int) -> Party:
    is_spanish = chance.is_so(SPANISH)
    country = "ES" if is_spanish else "LV"
    if is_spanish:
        trade, surname = chance.one_of(names.SPANISH_TRADES), chance.one_of(names.SPANISH_SURNAMES)
        name = f"{trade} {surname}, S.L."
        registration, city = f"B{chance.whole(10**7, 10**8 - 1)}", names.SPANISH_CITIES
    else:
        name = f"SIA {chance.one_of(names.LATVIAN_PLACES)} {chance.one_of(names.LATVIAN_TRADES)}"
        registration, city = f"4010{chance.whole(10**6, 10**7 - 1)}", names.LATVIAN_CITIES
    return Party(
        number=number, name=name, language="es" if is_spanish else "lv", country=country,
        profile_type="company", phones=(phone_of(plan.seed, country, number, 0),),
        known_since=chance.day(_years_before(plan.today, YEARS_KNOWN_MAX),
                               plan.today - timedelta(days=20)),
        emails=(f"info@firma{number}.{chance.one_of(DOMAINS)}",),
        attributes={"registration_number": registration, "city": chance.one_of(city)},
    )  # fmt: skip
