"""What the demo company tells its members by letter: each kind, one of them off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clientela.flows import member_notices
from clientela.flows.demo.mark import DEMO
from clientela.loyalty.models import Notice, NoticeSent

NOTICES: tuple[dict[str, Any], ...] = (
    {"key": "expiring-30", "kind": "expiring", "days_ahead": 30, "points_min": 100, "is_on": True,
     "words": {"en": "Use them in our shops and on the web.",
               "es": "Úselos en nuestras tiendas y en la web.",
               "lv": "Izmantojiet tos mūsu veikalos un tīmeklī."}},
    {"key": "tier-club", "kind": "tier", "ladder": "club", "distance": 10_000, "moved_days": 90,
     "purpose": "news", "is_on": True},
    {"key": "reward-ten-off", "kind": "reward", "reward": "ten-off", "purpose": "news",
     "moved_days": 60},
)  # fmt: skip


def play(*, currency: str, now: datetime) -> None:
    """Made-up customers get no letters; whom each is about can be looked at."""
    for one in NOTICES:
        if not Notice.objects.filter(key=one["key"]).exists():
            wanted = member_notices.values_from({"currency": currency, **one})
            member_notices.save_notice(wanted, actor=DEMO, now=now)


def take_down() -> int:
    """Those the demo made, unless they wrote a letter to a customer of the company's own."""
    ours = Notice.objects.filter(key__in=[one["key"] for one in NOTICES], changed_by=DEMO.id)
    wrote = NoticeSent.objects.values_list("notice_id", flat=True)
    return int(ours.exclude(id__in=list(wrote)).delete()[0])
