"""The demo company's rules of points: one of each kind, so that each can be looked at.

They begin on the day of the load: what was bought before is told by the rule that was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from clientela.flows.demo.mark import DEMO
from clientela.flows.lay_out import POINTS
from clientela.loyalty.actions import programme
from clientela.loyalty.models import Currency, Posting, Rule
from clientela.platform import periods
from clientela.staff import company as companies

WEEKS = 26
DAY = timedelta(days=1)


def texts(today: date) -> Iterator[dict[str, Any]]:
    """One of each kind, all from today on, all but the first for half a year."""
    runs = {"first_day": today.isoformat(), "last_day": (today + WEEKS * 7 * DAY).isoformat()}
    large = {"fact": "basket.spend", "op": "ge", "value": {"minor": 20_000, "currency": "EUR"}}
    web = {"fact": "purchase.channel", "op": "in", "value": ["web", "app"]}
    weekend = {"fact": "purchase.weekday", "op": "in", "value": ["sat", "sun"]}
    gold = {"fact": "points.tiers", "op": "has_any", "value": ["gold", "platinum"]}
    third = {"fact": "habit.nth_of_month", "op": "ge", "value": 3}
    yield {
        "key": "demo-weekend", "priority": 30,
        "labels": {"en": "Weekend double on the web", "es": "Fin de semana en la web por dos",
                   "lv": "Dubultā nedēļas nogale tīmeklī"},
        "body": {"earn": "multiply", "num": 2, "den": 1, "when": {"all": [web, weekend]}, **runs},
    }  # fmt: skip
    yield {
        "key": "demo-appliances", "priority": 20,
        "labels": {"en": "Half as many points again for things for the home",
                   "es": "La mitad más de puntos en cosas del hogar",
                   "lv": "Par pusi vairāk punktu par mājas lietām"},
        "body": {"earn": "multiply", "num": 3, "den": 2, "of": {"categories": ["appliances"]},
                 "when": gold, **runs},
    }  # fmt: skip
    yield {
        "key": "demo-large", "priority": 10,
        "labels": {"en": "200 points more from €200 on", "es": "200 puntos más desde 200 €",
                   "lv": "Vēl 200 punktu no 200 €"},
        "body": {"earn": "bonus", "points": 200, "when": large, "waits": {"days": 14},
                 "life": {"months": 6}, "cashable": False, **runs},
    }  # fmt: skip
    yield {
        "key": "demo-third", "priority": 10,
        "labels": {"en": "The third purchase of the month", "es": "La tercera compra del mes",
                   "lv": "Trešais pirkums mēnesī"},
        "body": {"earn": "bonus", "points": 30, "when": third, **runs},
    }  # fmt: skip
    night = {"fact": "purchase.hour", "op": "between", "value": [0, 5]}
    yield {
        "key": "demo-night", "priority": 5,
        "labels": {"en": "At night three times, and nothing else besides",
                   "es": "De noche por tres, y nada más",
                   "lv": "Naktī trīskārt, un nekas cits klāt"},
        "body": {"earn": "multiply", "num": 3, "den": 1, "exclusive": True,
                 "when": {"all": [web, night]}, **runs},
    }  # fmt: skip
    yield {
        "key": "demo-eco", "priority": 0,
        "labels": {"en": "5 points for each thing that saves energy",
                   "es": "5 puntos por cada cosa que ahorra energía",
                   "lv": "5 punkti par katru lietu, kas taupa enerģiju"},
        "body": {"earn": "per_unit", "points": 5, "of": {"tags": ["eco"]}, **runs},
    }  # fmt: skip


def publish(currency: Currency, *, now: datetime) -> None:
    """Only in a programme that is the demo's own."""
    today = periods.day_of(now, companies.current().zone)
    for one in texts(today):
        if not Rule.objects.filter(currency=currency, key=one["key"]).exists():
            programme.publish(currency=currency, actor=DEMO, now=now, **one)


def take_down() -> int:
    """As the owner of the tables; a rule by which somebody of the company's own earned stays, and
    has ended. How many rows.
    """
    keys = [one["key"] for one in texts(date(2026, 1, 1))]
    rows = 0
    for rule in Rule.objects.filter(currency__code=POINTS["currency"], key__in=keys):
        versions = list(rule.versions.values_list("id", flat=True))
        if Posting.objects.filter(steps__overlap=versions).exists():
            continue
        rows += rule.versions.all().delete()[0] + rule.delete()[0]
    return rows
