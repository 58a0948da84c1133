"""Checks on points: what was let go, staff who earned themselves, what people moved by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.loyalty.answering import answered, typed
from clientela.console.loyalty.by_hand import DECIDE
from clientela.console.pages import SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import decide_clawback, watch_points
from clientela.loyalty.models import Posting
from clientela.loyalty.queries.watched import LetGo, Moved, Own
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui import words
from clientela.ui.templatetags.ui import label, number

SHOWN_MAX = 50


@page("loyalty.view", DECIDE, switch="loyalty")
def checks(request: HouseRequest) -> HttpResponse:
    """`before` goes on with older points that were let go."""
    asked = request.GET.get("before", "").removeprefix("pos_")
    before = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    let_go = watch_points.let_go(before=before, limit=SHOWN_MAX)
    own = watch_points.own_points(now=request.started_at, limit=SHOWN_MAX)
    moved = watch_points.moved_today(now=request.started_at)
    names = customers.names_of(
        {one.posting.customer_id for one in let_go} | {one.customer_id for one in own}
    )
    by = staff.names_of(
        {one.posting.actor for one in let_go}
        | {one.decision.decided_by for one in let_go if one.decision}
        | {one.person for one in own}
        | {one.person for one in moved}
    )
    more = len(let_go) == SHOWN_MAX
    here = reverse("console:loyalty-checks")
    return show(request, "console/loyalty/checks.html", {
        "let_go": [_let_go(one, names, by) for one in let_go],
        "own": [_own(one, names, by) for one in own],
        "moved": [_moved(one, by) for one in moved],
        "older": f"{here}?before={let_go[-1].posting.public_id}" if more else "",
    })  # fmt: skip


def _let_go(one: LetGo, names: dict[Any, str], by: dict[str, str]) -> dict[str, Any]:
    posting = one.posting
    is_debt = posting.kind == Posting.Kind.FORGIVE
    return {
        "at": posting.occurred_at, "customer": posting.customer_id, "points": one.points,
        "name": names.get(posting.customer_id, ""), "taken": one.taken,
        "what": _("A debt was let go") if is_debt else _("A return could not take them"),
        "reason": one.reason, "by": by.get(posting.actor, ""), "id": posting.public_id,
        "is_open": one.is_open, "decision": _decided(one, by),
    }  # fmt: skip


def _decided(one: LetGo, by: dict[str, str]) -> dict[str, Any] | None:
    made = one.decision
    if made is None:
        return None
    taken = ngettext("%(points)s point taken back", "%(points)s points taken back", made.points)
    words = taken % {"points": number(made.points)} if made.points else _("Let go")
    return {"words": words, "reason": made.reason, "by": by.get(made.decided_by, ""),
            "at": made.decided_at}  # fmt: skip


@page("loyalty.view", DECIDE, switch="loyalty", methods=SENT, shown_on="console:loyalty-checks")
def decide(request: HouseRequest, posting_id: int) -> HttpResponse:
    """Take back what a return could not, as far as it is there, or let it go."""
    takes, reason = typed(request, "verdict") == "take_back", typed(request, "reason")
    flow = decide_clawback.take_back if takes else decide_clawback.let_go

    def carry_out() -> None:
        flow(
            posting_id, reason=reason, actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip

    done = _("Taken back.") if takes else _("Let go.")
    return answered(request, carry_out, done, reverse("console:loyalty-checks"))


def _own(one: Own, names: dict[Any, str], by: dict[str, str]) -> dict[str, Any]:
    return {
        "at": one.occurred_at, "person": by.get(one.person, one.person),
        "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "kind": words.of(one.kind, "posting"), "points": one.points,
        "how": _("rang it up") if one.at_the_till else _("booked it"),
    }  # fmt: skip


def _moved(one: Moved, by: dict[str, str]) -> dict[str, Any]:
    kind = one.currency
    return {
        "person": by.get(one.person, one.person), "points": one.points, "times": one.times,
        "kind": label(kind.labels), "alone_max": kind.adjust_alone_max,
        "day_max": kind.adjust_day_max, "is_full": one.points >= kind.adjust_day_max,
    }  # fmt: skip
