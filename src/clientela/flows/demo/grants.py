"""What else gives points in the demo company, and what bounds them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.flows import grant_points, pause_earning, promotions
from clientela.flows.bound_earning import set_cap, wanted_from
from clientela.flows.demo import abroad, loose_ends, notices, put_right, rules_shown
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.grant_points import Wanted
from clientela.flows.lay_out import POINTS
from clientela.flows.record_events import Heard, record_events
from clientela.loyalty.actions import programme
from clientela.loyalty.actions.granting import TooFewPoints
from clientela.loyalty.actions.limits import AlreadyPaused
from clientela.loyalty.actions.promotions import PromotionHasEnded
from clientela.loyalty.models import (
    Budget,
    Cap,
    Currency,
    Limit,
    Posting,
    Promotion,
    PromotionRule,
    Reward,
    Rule,
)
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff import queries as staff

CAST_MAX = 60
KEPT_BACK = 3  # the first customers are Anna and hers; their points are told elsewhere


def _rule(event: str, points: int, en: str, es: str, lv: str, **more: Any) -> dict[str, Any]:
    return {
        "key": f"event-{event.replace('_', '-')}", "labels": {"en": en, "es": es, "lv": lv},
        "body": {"earn": "event", "event": event, "points": points, **more},
    }  # fmt: skip


RULES = (
    _rule("signed_up", 50, "Welcome", "Bienvenida", "Sveiciens"),
    _rule("birthday", 100, "Birthday", "Cumpleaños", "Dzimšanas diena",
          life={"months": 3}, cashable=False),
    _rule("review", 30, "A review", "Una reseña", "Atsauksme"),
    _rule("survey", 20, "A survey", "Una encuesta", "Aptauja"),
    _rule("warranty_registered", 40, "A warranty registered", "Una garantía registrada",
          "Reģistrēta garantija"),
    _rule("delivery_ordered", 25, "A delivery", "Una entrega", "Piegāde",
          waits={"event": "delivered"}),
)  # fmt: skip
CAPS = (
    {"period": "day", "most": 5_000},
    {"period": "week", "unit": "times", "most": 2, "mode": "reject", "rule": "event-review"},
)


@dataclass(frozen=True, slots=True)
class Act:
    """Points by hand so many hours ago; then a second person says yes, no, or nothing yet."""

    points: int
    reason: str
    note: str
    then: str = ""
    hours_ago: int = 5


ACTS = (
    Act(200, "goodwill", "Kavējās piegāde", hours_ago=30),
    Act(5_000, "compensation", "Ledusskapis trīs reizes labots", hours_ago=4),
    Act(2_500, "prize", "Rudens loterija", "yes", 60),
    Act(8_000, "goodwill", "Lūdz vairāk", "no", 80),
    Act(-40, "correction", "Divreiz ieskaitīts", hours_ago=50),
    Act(120, "missing", "Čeks atnests vēlāk", hours_ago=9),
    Act(-3_000, "abuse", "Viens un tas pats čeks", hours_ago=3),
)
PAUSES = (("withhold", "Rēķins nav apmaksāts", False), ("drop", "Krāpšanas pārbaude", False),
          ("withhold", "Adrese neskaidra", True))  # fmt: skip


def play(*, now: datetime) -> None:
    """After the rewards: the demo's own rules for events, and one of every state."""
    currency = Currency.objects.filter(code=POINTS["currency"]).first()
    if currency is None or not Reward.objects.filter(is_demo=True).exists():
        return  # the company has a programme of its own
    with transactions.open():
        for rule in RULES:
            programme.publish(currency=currency, actor=DEMO, now=now, **rule)
        rules_shown.publish(currency, now=now)
    for cap in CAPS:
        set_cap(wanted_from(cap | {"currency": currency.code}), actor=DEMO, now=now)
    _promote(now=now)
    cast = _cast()
    _pause(cast[:3], now=now)
    _happen(cast, now=now)
    _by_hand(cast[3:], now=now)
    notices.play(currency=currency.code, now=now)
    abroad.play(cast[-4:], now=now)
    put_right.play(cast[-4:-2], now=now)
    loose_ends.play(cast[3:-4], now=now)


def _promote(*, now: datetime) -> None:
    """One to come, one that runs on an event, one that was ended."""
    today = now.date()
    for key, en, es, lv, rules, first, last, budget in (
        ("spring", "Spring", "Primavera", "Pavasaris",
         [{"body": {"earn": "multiply", "num": 2, "den": 1}}],
         today + timedelta(days=100), today + timedelta(days=130),
         {"unit": "points", "most": 100_000, "mode": "trim"}),
        ("contest", "Photo contest", "Concurso de fotos", "Fotokonkurss",
         [{"body": {"earn": "event", "event": "contest", "points": 60}}],
         today - timedelta(days=20), today + timedelta(days=40), {"unit": "times", "most": 25}),
        ("opening", "Opening", "Inauguración", "Atklāšana",
         [{"body": {"earn": "event", "event": "opening", "points": 100}}],
         today - timedelta(days=200), None, {"unit": "money", "most": 50_000}),
    ):  # fmt: skip
        with suppress(PromotionHasEnded):
            promotions.save_promotion(promotions.values_from({
                "key": key, "labels": {"en": en, "es": es, "lv": lv}, "rules": rules,
                "first_day": first, "last_day": last, "budget": budget,
            }), currency=POINTS["currency"], actor=DEMO, now=now)  # fmt: skip
    with suppress(PromotionHasEnded):
        promotions.end_promotion("opening", actor=DEMO, now=now)


def _cast() -> list[UUID]:
    """The last who came, those with a number."""
    rows = Customer.objects.filter(is_demo=True, merged_into=None, status="active")
    first = set(rows.order_by("number").values_list("id", flat=True)[:KEPT_BACK])
    last = rows.order_by("-number").values_list("id", flat=True)[: CAST_MAX + KEPT_BACK]
    return [id for id in last if id not in first][:CAST_MAX]


def _happen(cast: Sequence[UUID], *, now: datetime) -> None:
    """Each has something happen; some of it is too often, some still waits."""
    heard = []
    names = (
        "review",
        "contest",
        "survey",
        "birthday",
        "delivery_ordered",
        "warranty_registered",
        "signed_up",
    )
    for place, customer in enumerate(cast):
        for again in range(3 if place % 10 == 0 else 1):
            name = names[place % len(names)] if place % 10 else "review"
            at = now - timedelta(minutes=7 * place + again)
            heard.append(_heard(name, f"{place}-{again}", customer, at))
        if names[place % len(names)] == "delivery_ordered" and place % 4 == 1:
            heard.append(_heard("delivered", f"{place}-came", customer, now))
    record_events(heard, actor=DEMO, now=now)


def _heard(name: str, key: str, customer: UUID, at: datetime) -> Heard:
    return Heard(name, SOURCE, f"{name}-{key}", Reference("id", str(customer)), at)


def _by_hand(cast: Sequence[UUID], *, now: datetime) -> None:
    agent, boss = _person("agent"), _person("manager")
    for number, (act, customer) in enumerate(zip(ACTS, cast, strict=False)):
        at = now - timedelta(hours=act.hours_ago)
        wanted = Wanted(Reference("id", str(customer)), act.points, act.reason, act.note,
                        source=SOURCE, reference=f"by-hand-{number}")  # fmt: skip
        with suppress(TooFewPoints):  # who has nothing, from whom nothing is taken
            outcome = grant_points.adjust_points(wanted, actor=agent, now=at)
            if act.then and not outcome.replayed:
                grant_points.decide_adjustment(
                    outcome.adjustment.id, approved=act.then == "yes", actor=boss,
                    now=at + timedelta(hours=2),
                )  # fmt: skip


def _pause(cast: Sequence[UUID], *, now: datetime) -> None:
    agent = _person("agent")
    for (mode, cause, is_over), customer in zip(PAUSES, cast, strict=False):
        with suppress(AlreadyPaused):
            made = pause_earning.pause_earning(
                [customer], mode=mode, cause=cause, actor=agent, now=now - timedelta(days=2)
            )
            if is_over:
                pause_earning.resume_earning(made.id, actor=agent, now=now - timedelta(hours=7))


def _person(name: str) -> Actor:
    person = staff.person_by_email(f"{name}@demo.example")
    return person.as_actor() if person is not None else DEMO


def take_down() -> int:
    """Rules and caps the demo brought, unless somebody of the company's own earned by them."""
    rows = notices.take_down() + rules_shown.take_down() + abroad.take_down()
    caps = Cap.objects.filter(made_by=DEMO.id)
    used = list(Limit.objects.values_list("cap_id", flat=True))  # by customers of one's own
    caps.filter(id__in=used).update(made_by=SYSTEM.id)
    rows += int(caps.delete()[0])
    rows += int(Budget.objects.filter(promotion__made_by=DEMO.id).delete()[0])
    parts = PromotionRule.objects.filter(promotion__made_by=DEMO.id)
    promoted = list(parts.values_list("rule_id", flat=True))
    rows += int(parts.delete()[0])
    rows += int(Promotion.objects.filter(made_by=DEMO.id).delete()[0])
    ours = Q(key__in=[one["key"] for one in RULES]) | Q(id__in=promoted)
    for rule in Rule.objects.filter(ours):
        versions = list(rule.versions.values_list("id", flat=True))
        if not Posting.objects.filter(steps__overlap=versions).exists():
            rows += rule.versions.all().delete()[0] + rule.delete()[0]
    return rows
