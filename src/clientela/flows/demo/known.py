"""The customers every demo company begins with: the tour, the documents and the tests call them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from clientela.flows.demo.chance import Chance
from clientela.flows.demo.holdings import iban
from clientela.flows.demo.sales import Till, basket_worth, line_of, thing_of, told
from clientela.flows.demo.story import (
    MONTHS_TOLD,
    CameBack,
    Held,
    Household,
    Party,
    Plan,
    Sale,
    SaleLine,
    reference_of,
)
from clientela.platform import money, periods

ANNA_POINTS = 12_480
FRIDGE_COVER_DAYS, RATE_DAYS = 12, 41


def known_households(plan: Plan) -> Iterator[Household]:
    """Ten customers in six households; they stand in the smallest company too."""
    yield _kalnins(plan)
    yield _ibanez(plan)
    yield told(plan, _mezrozes(plan.today), _of_mezrozes(plan.today))
    yield told(plan, _ozols(plan.today), _of_ozols(plan.today))
    yield told(plan, _clarke(plan.today), _of_clarke(plan.today))
    yield told(plan, _el_faro(plan.today), _of_el_faro(plan.today))


def _kalnins(plan: Plan) -> Household:
    """Anna, who holds a bit of everything, her husband and their daughter."""
    today = plan.today
    anna = Party(
        1, "Anna Kalniņa", "lv", "LV", _ago(today, years=12, days=40),
        phones=("+371 2612 4408",), emails=("anna.kalnina@example.com",),
        attributes=_person("Cēsis", "female", _ago(today, years=54, days=100)),
    )  # fmt: skip
    janis = Party(
        2, "Jānis Kalniņš", "lv", "LV", _ago(today, years=9),
        phones=("+371 2655 6780",), emails=("janis.kalnins@example.com",),
        attributes=_person("Cēsis", "male", _ago(today, years=56, days=12)),
    )  # fmt: skip
    elina = Party(
        3, "Elīna Kalniņa", "lv", "LV", _ago(today, years=1, days=60),
        phones=("+371 2700 1122",),
        attributes=_person("Cēsis", "female", _ago(today, years=18, days=200)),
    )  # fmt: skip
    holdings = _of_kalnins(today)
    sales, returns = _anna_bought(plan, anna, holdings)
    others = told(plan, (janis, elina), holdings)
    return Household((anna, janis, elina), holdings, (*sales, *others.sales),
                     (*returns, *others.returns))  # fmt: skip


def _of_kalnins(today: date) -> tuple[Held, ...]:
    began, loan = _ago(today, years=6, days=80), periods.add_months(today, -34)
    return _numbered(
        1,
        Held("", "ML-1", 1, ((2, "joint"),), number="ML-0000001-01", opened_on=began,
             matures_on=periods.add_months(began, 300), rate=Decimal("0.031"),
             fixed_until_on=today + timedelta(days=RATE_DAYS), balance_minor=11_240_000),
        Held("", "CC-1", 1, number="4412", opened_on=_ago(today, years=7), balance_minor=31_020,
             limit_minor=200_000, rate=Decimal("0.189")),
        Held("", "AL-1", 1, ((2, "guarantor"),), number="AL-0000001-03", opened_on=loan,
             matures_on=periods.add_months(loan, 48), rate=Decimal("0.059"),
             balance_minor=618_000),
        Held("", "BB-500", 1, ((2, "user"), (3, "user")), number="88231",
             opened_on=_ago(today, years=5)),
        Held("", "CA-1", 1, ((2, "joint"),), number=iban(101), opened_on=_ago(today, years=12),
             balance_minor=291_466),
        Held("", "BB-100", 1, status="closed", number="41177", opened_on=_ago(today, years=9),
             closed_on=_ago(today, years=5)),
        Held("", "PL-1", 1, status="matured", number="PL-0000001-07",
             opened_on=_ago(today, years=8), matures_on=_ago(today, years=6),
             closed_on=_ago(today, years=6), balance_minor=0, rate=Decimal("0.119")),
        Held("", "TI-12", 1, status="matured", number="TI-0000001-08",
             opened_on=_ago(today, years=2, days=30), matures_on=_ago(today, years=1, days=30),
             closed_on=_ago(today, years=1, days=30)),
        Held("", "MO-10", 2, ((3, "user"),), number="10000021",
             opened_on=_ago(today, years=1, days=60)),
    )  # fmt: skip


def _anna_bought(
    plan: Plan, anna: Party, holdings: tuple[Held, ...]
) -> tuple[list[Sale], list[CameBack]]:
    """A fridge two years ago, a bill a month, groceries every week: 12,480.00 without the cents."""
    today, chance = plan.today, Chance(plan.seed, "anna")
    till = Till(plan, chance, anna)
    till.sell(periods.add_months(today + timedelta(days=FRIDGE_COVER_DAYS), -MONTHS_TOLD),
              (thing_of("RB-33", "RB33-2448-000000101"),))  # fmt: skip
    till.bills(holdings, day=min(today.day, 28))
    chair = till.sell(today - timedelta(days=75), (line_of("T-CHAIR"),), channel="web")
    chair.returned_at, chair.lines_back = chair.sold_at + timedelta(days=4), (1,)
    chair_points = points_of(chair.lines)
    missing = ANNA_POINTS + chair_points - sum(points_of(slip.lines) for slip in till.slips)
    visits = [today - timedelta(days=2 + 7 * week) for week in range(100)]
    worths = money.allocate(missing, [chance.whole(70, 140) for _ in visits])
    for day, worth in zip(visits, worths, strict=True):
        till.sell(day, basket_worth(chance, worth * 100 + chance.whole(0, 99)))
    return till.closed()


def _ibanez(plan: Plan) -> Household:
    """Carlos and María in Valencia."""
    today = plan.today
    couple = (
        Party(4, "Carlos Ibáñez Ruiz", "es", "ES", _ago(today, years=7),
              phones=("+34 612 345 670",), emails=("carlos.ibanez@example.org",),
              attributes=_person("Valencia", "male", _ago(today, years=41, days=300))),
        Party(5, "María del Carmen Torres Vega", "es", "ES", _ago(today, years=6),
              phones=("+34 622 334 455",), emails=("mc.torres@example.org",),
              attributes=_person("Valencia", "female", _ago(today, years=39, days=20))),
    )  # fmt: skip
    began = _ago(today, years=5)
    holdings = _numbered(
        4,
        Held("", "CA-PLUS", 4, ((5, "joint"),), number=iban(401), opened_on=_ago(today, years=7),
             balance_minor=418_290),
        Held("", "ML-1", 4, ((5, "joint"),), number="ML-0000004-02", opened_on=began,
             matures_on=periods.add_months(began, 360), rate=Decimal("0.0275"),
             fixed_until_on=today + timedelta(days=90), balance_minor=16_830_000),
        Held("", "BB-1000", 4, ((5, "user"),), number="88407", opened_on=_ago(today, years=3)),
        Held("", "TV-L", 4, number="88408", opened_on=_ago(today, years=3)),
        Held("", "TI-12", 5, number="TI-0000005-05", opened_on=_ago(today, years=1, days=-12),
             matures_on=today + timedelta(days=12)),
    )  # fmt: skip
    return told(plan, couple, holdings)


def _mezrozes(today: date) -> tuple[Party, ...]:
    return (
        Party(6, "SIA Mežrozes", "lv", "LV", _ago(today, years=8), profile_type="company",
              phones=("+371 2833 4455",), emails=("birojs@mezrozes.example.net",),
              attributes={"registration_number": "40103123456", "city": "Sigulda"}),
    )  # fmt: skip


def _of_mezrozes(today: date) -> tuple[Held, ...]:
    loan = _ago(today, years=2)
    return _numbered(
        6,
        Held("", "CA-PLUS", 6, number=iban(601), opened_on=_ago(today, years=8),
             balance_minor=2_384_075),
        Held("", "CC-GOLD", 6, number="7706", opened_on=_ago(today, years=4),
             balance_minor=121_540, limit_minor=500_000, rate=Decimal("0.149")),
        Held("", "AL-1", 6, number="AL-0000006-03", opened_on=loan,
             matures_on=periods.add_months(loan, 60), balance_minor=1_920_000,
             rate=Decimal("0.052")),
        Held("", "BB-1000", 6, number="90312", opened_on=_ago(today, years=6)),
        Held("", "MO-U", 6, number="90313", opened_on=_ago(today, years=6)),
    )  # fmt: skip


def _ozols(today: date) -> tuple[Party, ...]:
    """A couple with one telephone number: whoever calls from it has to be asked who it is."""
    return (
        Party(7, "Pēteris Ozols", "lv", "LV", _ago(today, years=10), phones=("+371 2922 3344",),
              attributes=_person("Valmiera", "male", _ago(today, years=71, days=15))),
        Party(8, "Ilze Ozola", "lv", "LV", _ago(today, years=10), phones=("+371 2922 3344",),
              attributes=_person("Valmiera", "female", _ago(today, years=68, days=230))),
    )  # fmt: skip


def _of_ozols(today: date) -> tuple[Held, ...]:
    began = _ago(today, years=1, days=-RATE_DAYS)
    return _numbered(
        7,
        Held("", "CA-1", 7, ((8, "joint"),), number=iban(701), opened_on=_ago(today, years=10),
             balance_minor=96_310),
        Held("", "TD-12", 8, number=iban(802), opened_on=began, rate=Decimal("0.028"),
             matures_on=periods.add_months(began, 12), balance_minor=500_000),
        Held("", "TV-S", 7, number="70218", opened_on=_ago(today, years=4)),
    )  # fmt: skip


def _clarke(today: date) -> tuple[Party, ...]:
    return (
        Party(9, "Emma Clarke", "en", "LV", _ago(today, years=2, days=90),
              phones=("+371 2566 7788",), emails=("emma.clarke@example.com",),
              attributes=_person("Rīga", "female", _ago(today, years=33, days=77))),
    )  # fmt: skip


def _of_clarke(today: date) -> tuple[Held, ...]:
    return _numbered(
        9,
        Held("", "CA-1", 9, number=iban(901), opened_on=_ago(today, years=2, days=90),
             balance_minor=154_012),
        Held("", "CC-1", 9, status="overpaid", number="9120", opened_on=_ago(today, years=2),
             balance_minor=-2_450, limit_minor=100_000, rate=Decimal("0.189")),
        Held("", "MO-U", 9, number="70655", opened_on=_ago(today, years=2)),
        Held("", "ML-1", 9, status="applied", number="ML-0000009-04", limit_minor=8_500_000),
    )  # fmt: skip


def _el_faro(today: date) -> tuple[Party, ...]:
    return (
        Party(10, "Restaurante El Faro, S.L.", "es", "ES", _ago(today, years=5),
              profile_type="company", phones=("+34 633 445 566",),
              emails=("reservas@elfaro.example.org",),
              attributes={"registration_number": "B12345674", "city": "Alicante"}),
    )  # fmt: skip


def _of_el_faro(today: date) -> tuple[Held, ...]:
    return _numbered(
        10,
        Held("", "CA-1", 10, status="dormant", number=iban(1001), opened_on=_ago(today, years=5),
             balance_minor=1_205),
        Held("", "BB-500", 10, number="90844", opened_on=_ago(today, years=4)),
    )  # fmt: skip


def _numbered(first: int, *holdings: Held) -> tuple[Held, ...]:
    """The same holdings with the reference of their place."""
    return tuple(
        replace(held, reference=f"{reference_of(first)}/{place}")
        for place, held in enumerate(holdings, start=1)
    )


def points_of(lines: Sequence[SaleLine]) -> int:
    """What the shipped rule gives for a sale: a point for every whole 1.00."""
    return sum(line.total_minor for line in lines) // 100


def _person(city: str, sex: str, born: date) -> dict[str, str]:
    return {"birth_date": born.isoformat(), "sex": sex, "city": city}


def _ago(today: date, *, years: int, days: int = 0) -> date:
    return periods.add_months(today, -12 * years) - timedelta(days=days)
