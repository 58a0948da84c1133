"""The demo company's programme: points that live two years, a ladder, a catalogue, and what some
customers have got for their points.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.customers.queries import Reference, names_of
from clientela.flows import cash_outs, coupons, travel_orders
from clientela.flows.define_programme import define_programme
from clientela.flows.demo import cards, journeys, payouts, tiers
from clientela.flows.demo import rewards as further
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.demo.stage import COMPANY
from clientela.flows.lay_out import POINTS
from clientela.flows.redeem_reward import Outcome, Wanted, redeem_reward, reverse_redemption
from clientela.loyalty.actions import programme
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.actions.redeeming import LimitReached, NotEnoughPoints
from clientela.loyalty.models import (
    CouponPool,
    Currency,
    Posting,
    Programme,
    Redemption,
    Reward,
    Rule,
    Standing,
    Tier,
    TierSet,
)
from clientela.platform import periods, sql
from clientela.platform.http.actors import Actor
from clientela.staff import queries as staff

LIFE = {"months": 24, "until": "month"}
WORTH = {"points": 200, "minor": 100, "currency": CURRENCY}
LADDER: dict[str, Any] = {
    "key": "club", "labels": {"en": "Club", "es": "Club", "lv": "Klubs"}, "measure": "spend",
    "currency": CURRENCY, "window": "rolling", "crossing": "after",
    "tiers": [
        {"key": "silver", "threshold": 100_000,
         "labels": {"en": "Silver", "es": "Plata", "lv": "Sudrabs"},
         "benefits": {"en": "Delivery for free", "es": "Entrega gratis",
                      "lv": "Bezmaksas piegāde"}},
        {"key": "gold", "threshold": 300_000, "factor": "1.5",
         "labels": {"en": "Gold", "es": "Oro", "lv": "Zelts"},
         "benefits": {"en": "Delivery for free, half as many points again",
                      "es": "Entrega gratis y la mitad más de puntos",
                      "lv": "Bezmaksas piegāde un par pusi vairāk punktu"}},
        {"key": "platinum", "threshold": 800_000, "factor": "2",
         "labels": {"en": "Platinum", "es": "Platino", "lv": "Platīns"},
         "staff_notes": {"en": "Call back within the hour; no queue",
                         "es": "Llamar en menos de una hora; sin cola",
                         "lv": "Atzvanīt stundas laikā; bez rindas"},
         "benefits": {"en": "A person of their own, twice the points",
                      "es": "Una persona propia y dos veces los puntos",
                      "lv": "Savs cilvēks un dubulti punkti"}},
    ],
}  # fmt: skip
ONCE = {"en": "Once, in our shops and on the web.", "es": "Una vez, en tiendas y en la web.",
        "lv": "Vienreiz, veikalos un tīmeklī."}  # fmt: skip
# Customers who bought nothing of late: what they got stands behind all they bought.
QUIET_DAYS = 10


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody got a reward so many hours ago, and then: it was used, reversed, answered yes or no,
    paid, sent to the bank, back from there, given up, or (nothing) it waits. `way`: of cash.
    """

    reward: str
    then: str = ""
    hours_ago: int = 4
    way: str = ""


ACTS = (
    Act("spa", hours_ago=12), Act("tallinn", hours_ago=6), Act("tallinn", "yes", 60),
    Act("cash", hours_ago=5), Act("cash", "yes", 40), Act("cash", "paid", 100),
    Act("ten-off", hours_ago=3), Act("ten-off", "used", 70), Act("coffee", hours_ago=9 * 24),
    Act("cash", "sent", 60, "bank"), Act("cash", "back", 90, "bank"), Act("museum", hours_ago=33),
    Act("tallinn", "given_up", 66), Act("tallinn", "late", 112), Act("cash", "yes", 115, "bill"),
    Act("cash", "no", 75), Act("ten-off", "reversed", 50), Act("tallinn", "no", 70),
    Act("tallinn", "late", 110), Act("cash", hours_ago=28), Act("spa", "yes", 90),
    Act("fifth-off", "used", 80), Act("fifth-off", hours_ago=26), Act("coffee", hours_ago=30),
    Act("cash", "paid", 130), Act("cash", "yes", 44, "wallet"), Act("cash", "no", 46, "wallet"),
    *(Act("ten-off", hours_ago=hours) for hours in (20, 30, 60, 90)),
    *(Act("ten-off", "used", hours) for hours in (95, 120, 150)),
)  # fmt: skip

COSTS = {"ten-off": 1_000, "fifth-off": 1_500, "coffee": 150, "cash": 1_000, "tallinn": 2_000,
         "spa": 3_500, "museum": 300}  # fmt: skip


def rewards(today: date) -> list[dict[str, Any]]:
    """The catalogue: coupons, cash, journeys."""
    summer = date(today.year + 1, 5, 1)
    return [
        {"key": "ten-off", "kind": "coupon", "price": 1_000, "valid_days": 90, "terms": ONCE,
         "money": {"minor": 500, "currency": CURRENCY}, "prices": {"gold": 900, "platinum": 800},
         "labels": {"en": "€5 off", "es": "5 € de descuento", "lv": "5 € atlaide"}},
        {"key": "fifth-off", "kind": "coupon", "price": 1_500, "valid_days": 60, "percent": 20,
         "terms": ONCE, "member_max": 2, "coupons_max": 5_000,
         "labels": {"en": "20 % off one thing for the home", "es": "20 % menos en algo del hogar",
                    "lv": "20 % atlaide vienai mājas precei"}},
        {"key": "coffee", "kind": "coupon", "price": 150, "valid_days": 7, "terms": ONCE,
         "money": {"minor": 250, "currency": CURRENCY},
         "labels": {"en": "A coffee", "es": "Un café", "lv": "Kafija"}},
        {"key": "cash", "kind": "cash", "price": 200, "points_min": 1_000,
         "cash_terms": {"day": 20_000, "month": 50_000, "auto_points": 2_000},
         "money": {"minor": 100, "currency": CURRENCY},
         "terms": {"en": "Paid within five days after approval.",
                   "es": "Se paga en cinco días tras la aprobación.",
                   "lv": "Izmaksā piecu dienu laikā pēc apstiprināšanas."},
         "labels": {"en": "Cash", "es": "Dinero", "lv": "Nauda"}},
        {"key": "tallinn", "kind": "travel", "price": 2_000, "partner": "Baltic Ferries",
         "reply_hours": 48, "stock": 40,
         "cancellation": [{"days": 30, "percent": 100}, {"days": 7, "percent": 50}],
         "money": {"minor": 3_900, "currency": CURRENCY},
         "travel_from_on": summer, "travel_until_on": periods.add_months(summer, 5),
         "terms": {"en": "Cabin for two, breakfast included.",
                   "es": "Camarote para dos, desayuno incluido.",
                   "lv": "Kajīte diviem, brokastis iekļautas."},
         "labels": {"en": "A night on the ferry to Tallinn", "es": "Una noche en ferry a Tallin",
                    "lv": "Nakts uz prāmja uz Tallinu"}},
        {"key": "museum", "kind": "travel", "price": 300, "partner": journeys.MUSEUM,
         "reply_hours": 48, "terms": ONCE,
         "labels": {"en": "A guided day at the Baltic Museum",
                    "es": "Un día guiado en el Baltic Museum",
                    "lv": "Diena ar gidu Baltic Museum"}},
        {"key": "spa", "kind": "travel", "price": 3_500, "partner": "Jūrmala Spa",
         "reply_hours": 72, "stock": 12, "money": {"minor": 9_000, "currency": CURRENCY},
         "prices": {"platinum": 3_000},
         "terms": {"en": "One night, from Sunday to Thursday.",
                   "es": "Una noche, de domingo a jueves.",
                   "lv": "Viena nakts, no svētdienas līdz ceturtdienai."},
         "labels": {"en": "A night in a spa by the sea", "es": "Una noche en un spa junto al mar",
                    "lv": "Nakts spa pie jūras"}},
    ]  # fmt: skip


def set_up(*, now: datetime) -> None:
    """Before anybody buys: points live two years, to the end of the month. Only where nobody has
    said otherwise.
    """
    if Currency.objects.filter(code=POINTS["currency"], life={}, worth={}).exists():
        body = {**POINTS, "time_zone": COMPANY["time_zone"], "life": LIFE, "worth": WORTH,
                "home_money": CURRENCY}  # fmt: skip
        programme.define(body, actor=DEMO, now=now)


def play(*, now: datetime) -> None:
    """After all was bought: the ladder, the catalogue, and what some have got for their points."""
    own = TierSet.objects.exists() or Reward.objects.exists()
    if own and not Reward.objects.filter(is_demo=True).exists():
        return  # the company has a programme of its own
    currency = Currency.objects.get(code=POINTS["currency"])
    body = {**POINTS, "time_zone": COMPANY["time_zone"], "life": currency.life,
            "worth": currency.worth, "ladder": LADDER,
            "rewards": _offered(periods.day_of(now, _zone(currency)))}  # fmt: skip
    journeys.lay_out(now=now)
    define_programme(body, actor=DEMO, now=now, is_demo=True)
    journeys.offer_days(now=now)
    tiers.play(LADDER["key"], now=now)
    agent, boss = (_person(name) for name in ("agent", "manager"))
    came_back: list[UUID] = []
    silent: list[UUID] = []
    for number, (act, customer) in enumerate(_cast(now)):
        with suppress(NotEnoughPoints, LimitReached):  # what they returned, they cannot spend
            done = _act(act, customer, f"points-{number}", agent=agent, boss=boss, now=now)
            if act.then == "back" and done.cash_out:
                came_back.append(done.cash_out.id)
            if act.then == "late" and done.travel_order:
                silent.append(done.travel_order.id)
    journeys.export(actor=boss, now=now - timedelta(hours=journeys.FILE_HOURS_AGO))
    for asked in came_back:
        journeys.come_back(asked, actor=boss, now=now - timedelta(hours=6))
    travel_orders.time_out_travel_orders(actor=DEMO, now=now)
    journeys.confirm_late(silent[-1:], now=now)
    payouts.play(agent=agent, boss=boss, now=now)
    cards.sell(agent=agent, now=now)
    cards.print_codes(now=now)
    further.play(quiet_before=now - timedelta(days=QUIET_DAYS), agent=agent, now=now)
    payouts.at_partners(now=now)


def _offered(today: date) -> list[dict[str, Any]]:
    return [*rewards(today), *further.more(today)]


def _zone(currency: Currency) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(currency.programme.time_zone)


def _person(name: str) -> Actor:
    person = staff.person_by_email(f"{name}@demo.example")
    return person.as_actor() if person is not None else DEMO


def _cast(now: datetime) -> Iterator[tuple[Act, UUID]]:
    """Who plays what: customers who bought nothing of late, always the one who has most left."""
    rows = sql.statement("flows", "demo_quiet").rows(
        before=now - timedelta(days=QUIET_DAYS), limit=len(ACTS)
    )
    left = dict(rows)
    for act in ACTS:
        customer = max(left, key=lambda id: (left[id], id.hex), default=None)
        if customer is None or left[customer] < COSTS[act.reward]:
            return
        left[customer] -= COSTS[act.reward]
        yield act, customer


def _act(
    act: Act, customer: UUID, reference: str, *, agent: Actor, boss: Actor, now: datetime
) -> Outcome:
    """Play one of them, unless it was played before."""
    at = now - timedelta(hours=act.hours_ago)
    is_even, name = int(reference[-1]) % 2 == 0, names_of({customer})[customer]
    wanted = Wanted(
        customer=Reference("id", str(customer)), reward=act.reward, source=SOURCE,
        reference=reference, channel="shop", traveller=name,
        points=1_000 if act.reward == "cash" else None,
        payout=Payout("bank", journeys.IBAN, name)
        if (act.way or ("bank" if is_even else "")) == "bank" else Payout(act.way or "bill"),
        starts_on=date(now.year + 1, 6, 12) if act.reward == "tallinn" else None,
    )  # fmt: skip
    outcome = redeem_reward(wanted, actor=agent, now=at)
    if not outcome.replayed:
        _then(act, outcome, boss=boss, at=at + timedelta(hours=2))
    return outcome


def _then(act: Act, outcome: Outcome, *, boss: Actor, at: datetime) -> None:
    if act.then == "used" and outcome.coupon:
        coupons.use_coupon(outcome.coupon.number, source=SOURCE, place="riga-1", actor=boss, now=at)
    elif act.then == "reversed":
        reverse_redemption(outcome.redemption.id, cause="", actor=boss, now=at)
    elif asked := outcome.cash_out:
        if act.then:
            cash_outs.decide_cash_out(asked.id, approved=act.then != "no", actor=boss, now=at)
        if act.then == "paid":
            cash_outs.pay_cash_out(asked.id, reference=f"SEPA {asked.id.hex[-6:]}", actor=boss,
                                   now=at + timedelta(hours=1))  # fmt: skip
    elif (order := outcome.travel_order) and act.then in ("yes", "no", "given_up"):
        travel_orders.answer_travel_order(order.id, confirmed=act.then != "no", actor=boss, now=at)
        if act.then == "given_up":
            travel_orders.cancel_travel_order(order.id, actor=boss, now=at + timedelta(hours=20))


def take_down() -> int:
    """Everything the demo brought to the programme, unless a customer of the company's own has it;
    as the owner of the tables. How many rows.
    """
    used = Redemption.objects.values_list("reward_id", flat=True)
    Reward.objects.filter(is_demo=True, id__in=list(used)).update(is_demo=False)
    ours = [one["key"] for one in _offered(date(2026, 1, 1))]
    rows = Reward.objects.filter(is_demo=True).delete()[0]
    rows += journeys.take_down()
    rows += CouponPool.objects.filter(key__in=ours, reward=None, issued=0).delete()[0]
    rows += CouponPool.objects.filter(key__in=ours, reward=None, coupon=None).delete()[0]
    rows += _take_ladder_down() + cards.take_down()
    if Currency.objects.filter(code=POINTS["currency"], life=LIFE, worth=WORTH).update(
        life={}, worth={}
    ):
        Programme.objects.filter(
            code=POINTS["programme"], time_zone=COMPANY["time_zone"]
        ).update(time_zone="UTC")  # fmt: skip
    return rows


def _take_ladder_down() -> int:
    if Standing.objects.filter(tier_set=LADDER["key"]).exists():
        return 0  # somebody of the company's own stands on it
    tiers = Tier.objects.filter(tier_set=LADDER["key"])
    rules = Rule.objects.filter(tier__in=tiers)
    ids = list(rules.values_list("id", flat=True))
    rows = tiers.delete()[0] + TierSet.objects.filter(key=LADDER["key"]).delete()[0]
    for rule in Rule.objects.filter(id__in=ids):
        versions = list(rule.versions.values_list("id", flat=True))
        if not Posting.objects.filter(steps__overlap=versions).exists():
            rows += rule.versions.all().delete()[0] + rule.delete()[0]
    return rows
