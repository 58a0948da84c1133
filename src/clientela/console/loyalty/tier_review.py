"""What a review of tiers would decide on a day, before it is run; and running what is due."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.loyalty import tier_words as words
from clientela.console.once import sent
from clientela.console.pages import SENT, page, see, show
from clientela.console.templatetags.points import measured
from clientela.customers import queries as customers
from clientela.flows import review_tiers
from clientela.flows.review_tiers import Decision
from clientela.loyalty.models import TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform import ids, periods
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label, number

PAGE = 50
AT_ONCE = 5_000


@page("loyalty.view", switch="loyalty")
def review(request: HouseRequest, ladder: str) -> HttpResponse:
    """Who goes up, stays and goes down in the review of a day; without one, the next there is."""
    found = queries.ladder_of(ladder)
    today = periods.day_of(request.started_at, review_tiers.zone_of(found))
    following = queries.next_review(found)
    on = _day(request) or max(today, following or today)
    way = request.GET.get("way", "")
    decided, more = review_tiers.preview(
        found, on=on, ways=[way] if way in words.WAYS else [], after=_after(request), limit=PAGE
    )
    asked = {"on": on.isoformat(), **({"way": way} if way in words.WAYS else {})}
    return show(request, "console/loyalty/tier_review.html", {
        "ladder": found.key, "words": label(found.labels), "on": on, "way": way,
        "rows": _rows(found, decided), "due": queries.count_due(found, on=on),
        "due_today": queries.count_due(found, on=today), "terms": list(words.terms(found)),
        "ways": _ways(request, on, way), "next_review": following,
        "older": f"?{urlencode({**asked, 'after': ids.public('cus', more)})}" if more else None,
    })  # fmt: skip


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=SENT,
      shown_on="console:loyalty-tiers")  # fmt: skip
def run(request: HouseRequest, ladder: str) -> HttpResponse:
    """Decide what is due today."""
    found = queries.ladder_of(ladder)

    def carry_out() -> str:
        decided = review_tiers.review_tiers(
            actor=request.actor, now=request.started_at, most=AT_ONCE
        )
        count = len(decided)
        messages.success(request, ngettext(
            "%(count)s standing decided.", "%(count)s standings decided.", count
        ) % {"count": number(count)})  # fmt: skip
        return reverse("console:tier-review", args=[found.key])

    return see(sent(request, carry_out).body.decode())


def _rows(ladder: TierSet, decided: list[Decision]) -> list[dict[str, Any]]:
    names = customers.names_of({one.customer_id for one in decided})
    steps = {tier.key: label(tier.labels) for tier in ladder.tiers.all()}
    figure = {"measure": ladder.measure, "currency": ladder.money_code}
    return [
        {"customer": one.customer_id, "name": names.get(one.customer_id, ""),
         "before": steps[one.before], "after": steps.get(one.after or "", ""),
         "measured": measured(one.measured, figure), "way": words.WAYS[one.way],
         "tone": words.TONES[one.way]}
        for one in decided
    ]  # fmt: skip


def _ways(request: HouseRequest, on: date, way: str) -> list[dict[str, Any]]:
    chosen = [("", _("Everybody")), *words.WAYS.items()]
    return [
        {"words": said, "current": key == way,
         "url": f"?{urlencode({'on': on.isoformat(), **({'way': key} if key else {})})}"}
        for key, said in chosen
    ]  # fmt: skip


def _day(request: HouseRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _after(request: HouseRequest) -> UUID | None:
    try:
        return ids.parse("cus", request.GET.get("after", ""))
    except ValueError:
        return None
