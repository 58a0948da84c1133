"""What the demo company promises for its appliances and cars, and the claims about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from clientela.flows.decide_claim import Verdict, decide_claim
from clientela.flows.demo.mark import DEMO
from clientela.flows.demo.stage import LOGINS
from clientela.flows.demo.story import ZONE
from clientela.flows.open_claim import Report, open_claim
from clientela.flows.sell_policy import NewSale, sell_policy
from clientela.flows.settle_claim import (
    Done,
    begin_remedy,
    close_claim,
    settle_claim,
    withdraw_claim,
)
from clientela.flows.value_policy import cancel_policy
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff.models import Person
from clientela.warranty.actions import plans
from clientela.warranty.actions.claims import NewLine
from clientela.warranty.models.claimed import Claim
from clientela.warranty.models.covered import Unit

POLICIES, CLAIMS = 48, 26
APPLIANCES = ("fridge", "washer", "oven", "dishwasher", "vacuum")
Texts = Mapping[str, str]


def _in(en: str, es: str, lv: str) -> Texts:
    return {"en": en, "es": es, "lv": lv}


def _parts(kind: str, *rows: tuple[str, Texts]) -> list[dict[str, Any]]:
    return [{"kind": kind, "path": path, "names": names} for path, names in rows]


DOOR = ("door", _in("Door", "Puerta", "Durvis"))
MOTOR = ("motor", _in("Motor", "Motor", "Motors"))
PANEL = ("electronics", _in("Electronics", "Electrónica", "Elektronika"))
COMPONENTS = [
    *_parts("fridge", DOOR, ("cooling.compressor", _in("Compressor", "Compresor", "Kompresors")),
            ("cooling.fan", _in("Fan", "Ventilador", "Ventilators")), PANEL),
    *_parts("washer", DOOR, MOTOR, ("drum.bearing", _in("Drum bearing", "Cojinete del tambor",
            "Trumuļa gultnis")), ("pump", _in("Pump", "Bomba", "Sūknis")), PANEL),
    *_parts("oven", DOOR, ("heating", _in("Heater", "Resistencia", "Sildelements")), PANEL),
    *_parts("dishwasher", DOOR, ("pump", _in("Pump", "Bomba", "Sūknis")), PANEL),
    *_parts("vacuum", MOTOR, ("battery", _in("Battery", "Batería", "Akumulators"))),
    *_parts("car", ("engine", _in("Engine", "Motor", "Dzinējs")),
            ("gearbox", _in("Gearbox", "Caja de cambios", "Ātrumkārba")),
            ("tyres", _in("Tyres", "Neumáticos", "Riepas"))),
    *_parts("heat-pump", ("compressor", _in("Compressor", "Compresor", "Kompresors")), PANEL),
]  # fmt: skip
PLANS: Sequence[Mapping[str, Any]] = (
    {
        "code": "norden-2", "layer": "maker", "payer": "Norden", "components": COMPONENTS,
        "assignments": [{"kind": kind, "given": True} for kind in APPLIANCES],
        "terms": {
            "names": _in("Norden, 2 years", "Norden, 2 años", "Norden, 2 gadi"),
            "texts": _in("Parts and labour for two years; the motor and the compressor for ten.",
                         "Piezas y mano de obra dos años; el motor y el compresor diez.",
                         "Detaļas un darbs divus gadus; motors un kompresors desmit."),
            "clauses": [
                {"months": 24}, {"component_path": "motor", "cost_type": "parts", "months": 120},
                {"component_path": "cooling.compressor", "cost_type": "parts", "months": 120},
                {"component_path": "battery", "months": 12},
            ],
        },
    },
    {
        "code": "heat-3", "layer": "maker", "payer": "Norden",
        "assignments": [{"kind": "heat-pump", "given": True}],
        "terms": {
            "names": _in("Norden Heat, 3 years", "Norden Heat, 3 años", "Norden Heat, 3 gadi"),
            "clauses": [{"months": 36}, {"component_path": "compressor", "months": 84}],
        },
    },
    {
        "code": "auto-3", "layer": "maker", "payer": "Aurora",
        "assignments": [{"kind": "car", "given": True}],
        "terms": {
            "names": _in("Aurora, 3 years", "Aurora, 3 años", "Aurora, 3 gadi"),
            "clauses": [
                {"months": 36}, {"component_path": "engine", "months": 60},
                {"component_path": "gearbox", "months": 60},
                {"component_path": "tyres", "included": False},
            ],
        },
    },
    {
        "code": "care-plus", "layer": "extended", "stack": "care", "product": "CARE-PLUS",
        "payer": "Ziemeļu Nams",
        "assignments": [{"kind": kind} for kind in (*APPLIANCES, "heat-pump")],
        "terms": {
            "names": _in("Care Plus", "Care Plus", "Care Plus"),
            "texts": _in(
                "Parts, labour and travel after the free cover ends; 30.00 of each claim is yours.",
                "Piezas, mano de obra y desplazamiento cuando acaba la cobertura gratuita; "
                "30,00 de cada reclamación son suyos.",
                "Detaļas, darbs un izbraukums pēc bezmaksas seguma beigām; no katras prasības "
                "30,00 sedzat jūs.",
            ),
            "start_rule": "after_base", "window_days": 730, "refund_fee_minor": 500,
            "clauses": [
                {"cost_type": "parts"}, {"cost_type": "labour"}, {"cost_type": "travel"},
                {"component_path": "battery", "included": False},
            ],
            "limits": [
                {"kind": "deductible", "per": "claim", "amount_minor": 3_000},
                {"kind": "cap", "per": "claim", "amount_minor": 40_000},
                {"kind": "cap", "per": "lifetime", "amount_minor": 60_000},
            ],
            "prices": [
                {"term_months": 12, "amount_minor": 3_900},
                {"term_months": 36, "amount_minor": 8_900},
            ],
        },
    },
    {
        "code": "care-now", "layer": "extended", "stack": "care-now", "product": "CARE-NOW",
        "payer": "Ziemeļu Nams",
        "assignments": [{"kind": kind} for kind in ("vacuum", "washer")],
        "terms": {
            "names": _in("Accident cover", "Cobertura de accidentes", "Negadījumu segums"),
            "start_rule": "sale", "waiting_days": 14, "refund_method": "rule_of_78",
            "clauses": [{"percent_bp": 7_000}],
            "limits": [{"kind": "cap", "per": "lifetime", "amount_minor": 30_000}],
            "prices": [{"term_months": 24, "amount_minor": 5_900}],
        },
    },
)  # fmt: skip
SYMPTOMS = (
    _in("It rattles while it spins", "Hace ruido al centrifugar", "Grab, kad izgriež veļu"),
    _in("It does not get cold", "No enfría", "Nedzesē"),
    _in("The door does not seal", "La puerta no cierra bien", "Durvis nenoslēdzas blīvi"),
    _in("It stops half-way", "Se para a la mitad", "Apstājas pusceļā"),
)
# How far each claim of the story goes.
ROADS = (
    "submitted", "in_repair", "closed", "approved", "rejected", "settled", "submitted", "replaced",
    "cancelled", "refunding", "closed", "submitted", "refunded",
)  # fmt: skip


def promise(*, now: datetime) -> None:
    """The plans; what is there is left as it is."""
    for document in PLANS:
        plans.define(document, actor=DEMO, now=now, is_demo=True)


def tell(*, now: datetime) -> None:
    """Covers sold with appliances, and claims in every state; once, all or nothing."""
    with transactions.open():
        if Claim.objects.filter(opened_by__in=_people().values()).exists():
            return
        units = list(
            Unit.objects.filter(kind="good", product__kind__in=APPLIANCES, sold_on__isnull=False)
            .exclude(serial="").select_related("product").order_by("sold_on", "serial")
        )  # fmt: skip
        _sell(units, now=now)
        _claim(units, now=now)


def _people() -> dict[str, str]:
    """Role of the demo's people -> their public id."""
    roles = {login.email: login.role for login in LOGINS}
    return {
        roles[one.email]: one.public_id
        for one in Person.objects.filter(is_demo=True) if one.email in roles
    }  # fmt: skip


def _actors() -> tuple[Actor, Actor]:
    people = _people()
    return tuple(
        Actor(people.get(role, DEMO.id + role), role, DEMO.rights) for role in ("agent", "manager")
    )  # type: ignore[return-value]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=ZONE)


def _sell(units: Sequence[Unit], *, now: datetime) -> None:
    """Care Plus with every so many appliance, accident cover with some washers and vacuums."""
    step = max(len(units) // POLICIES, 1)
    for place, unit in enumerate(units[::step][:POLICIES]):
        assert unit.sold_on is not None
        kind = unit.product.kind_id
        is_now = place % 4 == 3 and kind in ("vacuum", "washer")
        sale = NewSale(unit.holding_id, "care-now" if is_now else "care-plus",
                       24 if is_now else (36, 12)[place % 2], sold_on=unit.sold_on)  # fmt: skip
        policy = sell_policy(sale, actor=DEMO, now=_noon(unit.sold_on))
        if place % 12 == 11:
            cancel_policy(policy.shown, on=None, reason="Moved abroad", by_us=False, actor=DEMO,
                          now=now)  # fmt: skip


def _claim(units: Sequence[Unit], *, now: datetime) -> None:
    recent = [
        unit for unit in units
        if unit.sold_on and now.date() - timedelta(days=690) < unit.sold_on
        and unit.sold_on < now.date() - timedelta(days=70)
    ]  # fmt: skip
    step = max(len(recent) // CLAIMS, 1)
    for place, unit in enumerate(recent[::step][:CLAIMS]):
        _tell_one(place, unit, now=now)


def _tell_one(place: int, unit: Unit, *, now: datetime) -> None:
    agent, manager = _actors()
    road, opened_at = (
        ROADS[place % len(ROADS)],
        now - timedelta(days=2 + place * 2, hours=place % 7),
    )
    language = ("lv", "en", "es")[place % 3]
    lines = (NewLine("parts", 4_500 + 1_150 * (place % 9)), NewLine("labour", 3_500))
    report = Report(
        fault_on=(opened_at - timedelta(days=1 + place % 5)).date(), lines=lines,
        holding_id=unit.holding_id, symptom=SYMPTOMS[place % len(SYMPTOMS)][language],
    )  # fmt: skip
    claim = open_claim(report, actor=agent, now=opened_at)
    if road == "submitted":
        return
    for step, later in zip(_steps(road, claim.shown, agent, manager), _hours(opened_at, now),
                           strict=False):  # fmt: skip
        step(later)


def _hours(opened_at: datetime, now: datetime) -> Iterator[datetime]:
    """Steps some hours apart, never later than now."""
    for hours in (5, 20, 44, 46):
        yield min(opened_at + timedelta(hours=hours), now)


def _steps(road: str, number: str, agent: Actor, manager: Actor) -> list[Any]:
    approve = Verdict("approve", burden_met=True)
    reject = Verdict("reject", ("customer_damage",), "A coin in the pump")
    remedy = {"replaced": "replacement", "refunding": "refund", "refunded": "refund"}.get(
        road, "repair"
    )
    done = Done(f"INV-{number[2:]}", f"NEW-{number[2:]}" if remedy == "replacement" else "")
    if road == "rejected":
        return [lambda at: decide_claim(number, reject, actor=manager, now=at)]
    if road == "cancelled":
        return [lambda at: withdraw_claim(number, words="It works again", actor=agent, now=at)]
    whole = [
        lambda at: decide_claim(number, approve, actor=manager, now=at),
        lambda at: begin_remedy(number, remedy, actor=agent, now=at),
        lambda at: settle_claim(number, done, actor=agent, now=at),
        lambda at: close_claim(number, actor=agent, now=at),
    ]
    ends = {"approved": 1, "in_repair": 2, "refunding": 2, "settled": 3, "replaced": 3}
    return whole[: ends.get(road, 4)]
