"""What else the demo company gives for points: things, credits, months, cover and miles; and some
customers who have got each of them, in every state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import hand_over
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.mark import SOURCE
from clientela.flows.give_reward import Told
from clientela.flows.redeem_reward import Outcome, RewardNotAvailable, Wanted, redeem_reward
from clientela.loyalty.actions.redeeming import LimitReached, NotEnoughPoints
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.products import queries as products
from clientela.products import rules as product_rules
from clientela.products.models import Holding
from clientela.warranty.actions.policies import NotEligible

Texts = dict[str, str]
TELECOM = ("broadband", "tv", "mobile")
APPLIANCES = ("fridge", "washer", "oven", "dishwasher", "vacuum")


def _in(en: str, es: str, lv: str) -> Texts:
    return {"en": en, "es": es, "lv": lv}


def more(today: date) -> list[dict[str, Any]]:
    """The rest of the catalogue."""
    return [
        {"key": "till", "kind": "money_off", "price": 200, "points_min": 400, "share_max": 50,
         "valid_days": 30, "money": {"minor": 100, "currency": CURRENCY},
         "terms": _in("Up to half of a purchase, in our shops and on the web.",
                      "Hasta la mitad de una compra, en tiendas y en la web.",
                      "Līdz pusei no pirkuma, veikalos un tīmeklī."),
         "labels": _in("Pay with points", "Pagar con puntos", "Maksā ar punktiem")},
        {"key": "garden-tenth", "kind": "percent_off", "price": 800, "valid_days": 45,
         "percent": 10, "most_minor": 2_000, "least_minor": 3_000, "money_code": CURRENCY,
         "labels": _in("10 % off a basket", "10 % menos en una cesta", "10 % atlaide grozam"),
         "terms": {"en": "At most €20, for a basket of €30 or more."}},
        {"key": "coffee-bag", "kind": "product", "price": 900, "product": "G-COFFEE", "stock": 60,
         "labels": _in("A bag of coffee", "Un paquete de café", "Kafijas paciņa")},
        {"key": "kettle", "kind": "product", "price": 1_200, "product": "H-KETTLE", "stock": 2,
         "money_prices": {"": 990}, "price_code": CURRENCY, "member_max": 1,
         "labels": _in("A kettle", "Un hervidor", "Tējkanna")},
        {"key": "bill", "kind": "bill_credit", "price": 200, "points_min": 600,
         "points_max": 10_000, "money": {"minor": 100, "currency": CURRENCY},
         "labels": _in("Off the next bill", "Descuento en la próxima factura",
                       "Nākamā rēķina atlaide")},
        {"key": "free-month", "kind": "service_month", "price": 2_400, "quantity": 1,
         "member_max": 2, "labels": _in("A month for free", "Un mes gratis", "Mēnesis bez maksas")},
        {"key": "care-year", "kind": "warranty", "price": 3_000, "quantity": 12,
         "plan": "care-plus", "prices": {"gold": 2_500},
         "labels": _in("A year of Care Plus", "Un año de Care Plus", "Gads Care Plus")},
        {"key": "miles", "kind": "miles", "price": 100, "quantity": 50, "partner": "Baltic Wings",
         "points_min": 500, "labels": _in("Miles", "Millas", "Jūdzes")},
        {"key": "card", "kind": "gift_card", "price": 1_000, "points_min": 1_000,
         "money": {"minor": 500, "currency": CURRENCY},
         "labels": _in("A gift card", "Una tarjeta regalo", "Dāvanu karte")},
        {"key": "wallet", "kind": "wallet", "price": 200, "points_min": 400,
         "money": {"minor": 100, "currency": CURRENCY},
         "labels": _in("Into the wallet", "Al monedero", "Uz maku")},
        {"key": "gold-evening", "kind": "product", "price": 500, "product": "G-CHOCO", "stock": 30,
         "audience": {"fact": "points.tiers", "op": "has_any", "value": ["gold", "platinum"]},
         "labels": _in("Chocolate for Gold and Platinum", "Chocolate para Oro y Platino",
                       "Šokolāde Zelta un Platīna klientiem")},
        {"key": "holiday-towel", "kind": "product", "price": 1_400, "product": "H-TOWEL",
         "stock": 1, "blackouts": [[f"{today.year}-12-20", f"{today.year + 1}-01-06"]],
         "labels": _in("A bath towel", "Una toalla de baño", "Vannas dvielis")},
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    reward: str
    cost: int
    then: str = ""
    hours_ago: int = 8
    needs: tuple[str, ...] = ()  # kinds of product of which the customer holds one


ACTS = (
    Act("coffee-bag", 900, "given", 30), Act("coffee-bag", 900), Act("kettle", 1_200, "given", 50),
    Act("kettle", 1_200, "", 20), Act("bill", 600, "given", 70), Act("bill", 600, "", 26),
    Act("free-month", 2_400, "", 12, TELECOM), Act("free-month", 2_400, "given", 90, TELECOM),
    Act("care-year", 3_000, "", 45, APPLIANCES), Act("miles", 500, "given", 80),
    Act("miles", 500, "", 9), Act("holiday-towel", 1_400, "refused", 33),
    Act("card", 1_000, "", 18), Act("wallet", 400, "", 17),
    Act("till", 400, "", 15), Act("garden-tenth", 800, "", 22),
)  # fmt: skip


def play(*, quiet_before: datetime, agent: Actor, now: datetime) -> None:
    """Some who bought nothing of late get one of each, and some of it is given or refused."""
    rows = sql.statement("flows", "demo_quiet").rows(before=quiet_before, limit=4 * len(ACTS))
    left = dict(rows)
    held = _held(left)
    for number, act in enumerate(ACTS):
        for customer in _able(act, left, held):
            with suppress(NotEnoughPoints, LimitReached, NotEligible, RewardNotAvailable):
                _act(act, customer, number, held, agent=agent, now=now)
                left[customer] -= act.cost
                break


def _held(customers_: dict[UUID, int]) -> dict[UUID, list[Holding]]:
    """What each of them holds now."""
    return {
        customer: [
            one for _holder, one in products.holdings_of(customers.family_of(customer))
            if one.closed_on is None and one.status in product_rules.OPEN
        ]
        for customer in customers_
    }  # fmt: skip


def _able(act: Act, left: dict[UUID, int], held: dict[UUID, list[Holding]]) -> Iterator[UUID]:
    """Who can afford it, those with most points last: they are wanted for journeys."""
    for customer in sorted(left, key=lambda id: (left[id], id.hex)):
        if left[customer] >= act.cost and (not act.needs or _fitting(act, held[customer])):
            yield customer


def _fitting(act: Act, held: Sequence[Holding]) -> list[Holding]:
    return [one for one in held if one.product.kind_id in act.needs]


def _act(
    act: Act, customer: UUID, number: int, held: dict[UUID, list[Holding]], *, agent: Actor,
    now: datetime,
) -> None:  # fmt: skip
    at = now - timedelta(hours=act.hours_ago)
    fitting = _fitting(act, held[customer])
    wanted = Wanted(
        customer=Reference("id", str(customer)), reward=act.reward, source=SOURCE,
        reference=f"rewards-{number}", channel="shop",
        told=Told(fitting[0].id if fitting else None, "BW 4471 902"),
    )  # fmt: skip
    outcome = redeem_reward(wanted, actor=agent, now=at)
    if not outcome.replayed and act.then:
        _then(act, outcome, agent=agent, at=at + timedelta(hours=1))


def _then(act: Act, outcome: Outcome, *, agent: Actor, at: datetime) -> None:
    assert outcome.benefit is not None
    is_given = act.then == "given"
    reference = f"B-{outcome.benefit.id.hex[-6:]}" if is_given else "–"
    hand_over.answer_benefit(
        outcome.benefit.id, given=is_given, reference=reference, actor=agent, now=at
    )
