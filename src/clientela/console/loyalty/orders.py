"""What waits for a person: requests for money, travel orders, and what is to be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.loyalty import held_points, words
from clientela.console.loyalty.answering import answered, typed
from clientela.console.pages import SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import cash_outs, hand_over, hold_points, travel_orders
from clientela.loyalty.models import Benefit, CashOut, Reward, TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.rules import ibans
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

LIMIT = 50
TYPED_MAX = 200
CASH = "loyalty.decide_cash_out"
TRAVEL = "loyalty.handle_travel"
GIVES = "loyalty.redeem"


@page("customers.view", "loyalty.view", switch="loyalty")
def orders(request: HouseRequest) -> HttpResponse:
    """The most urgent first; each kind for whoever may decide it."""
    asked = rewards.cash_outs(limit=LIMIT) if request.actor.may(CASH) else []
    ordered = rewards.travel_orders(limit=LIMIT) if request.actor.may(TRAVEL) else []
    gives = request.actor.may(GIVES)
    given = rewards.benefits(limit=LIMIT) if gives else []
    waiting = {one.customer_id for one in asked} | {one.customer_id for one in ordered}
    waiting |= {one.customer_id for one in given}
    held = hold_points.open_holds(now=request.started_at, limit=LIMIT) if gives else []
    waiting |= {one.hold.customer_id for one in held}
    names = customers.names_of(waiting)
    by = staff.names_of(
        {one.requested_by for one in asked} | {one.hold.actor for one in held}
    )  # fmt: skip
    return show(request, "console/loyalty/orders.html", {
        "cash": [_cash(request, one, names, by) for one in asked],
        "travel": [_travel(one, names) for one in ordered],
        "benefits": [_benefit(one, names) for one in given],
        "holds": [
            {**held_points.row(one, by), "customer": one.hold.customer_id,
             "name": names.get(one.hold.customer_id, "")}
            for one in held
        ],
    })  # fmt: skip


@page("loyalty.view", CASH, switch="loyalty", methods=SENT)
def decide(request: HouseRequest, cash_out_id: UUID) -> HttpResponse:
    approved = request.POST.get("verdict") == "approve"

    def carry_out() -> None:
        cash_outs.decide_cash_out(
            cash_out_id, approved=approved, note=_note(request), actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip

    done = _("Approved. It can be paid now.") if approved else _("Refused. The points are free.")
    return _answered(request, carry_out, done, cash_out=cash_out_id)


@page("loyalty.view", CASH, switch="loyalty", methods=SENT)
def pay(request: HouseRequest, cash_out_id: UUID) -> HttpResponse:
    def carry_out() -> None:
        cash_outs.pay_cash_out(
            cash_out_id, reference=request.POST.get("reference", "")[:TYPED_MAX],
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip

    return _answered(request, carry_out, _("Marked as paid."), cash_out=cash_out_id)


@page("loyalty.view", TRAVEL, switch="loyalty", methods=SENT)
def answer(request: HouseRequest, order_id: UUID) -> HttpResponse:
    confirmed = request.POST.get("verdict") == "confirm"

    def carry_out() -> None:
        travel_orders.answer_travel_order(
            order_id, confirmed=confirmed, note=_note(request),
            reference=request.POST.get("reference", "")[:TYPED_MAX], actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip

    done = _("Confirmed. The voucher counts now.") if confirmed else _(
        "Refused. The points are free."
    )  # fmt: skip
    return _answered(request, carry_out, done)


@page("loyalty.view", GIVES, switch="loyalty", methods=SENT)
def give(request: HouseRequest, benefit_id: UUID) -> HttpResponse:
    given = request.POST.get("verdict") != "refuse"

    def carry_out() -> None:
        hand_over.answer_benefit(
            benefit_id, given=given, reference=request.POST.get("reference", "")[:TYPED_MAX],
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip

    done = _("Marked as given.") if given else _("Refused. The points are back.")
    return _answered(request, carry_out, done)


def _answered(
    request: HouseRequest, carry_out: Callable[[], None], done: str, *,
    cash_out: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    """Back to the page it was pressed on: the list, or the one cash-out."""
    here = reverse("console:loyalty-orders")
    if cash_out is not None and typed(request, "page") == "cash-out":
        here = reverse("console:cash-out", args=[ids.public("csh", cash_out)])
    return answered(request, carry_out, done, here)


def _note(request: HouseRequest) -> str:
    return request.POST.get("note", "")[:TYPED_MAX]


def _cash(
    request: HouseRequest, one: CashOut, names: dict[UUID, str], by: dict[str, str]
) -> dict[str, Any]:
    state = rewards.state_of_cash_out(one)
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "amount": words.money_of(one.minor, one.money_code), "points": one.redemption.points,
        "to": ibans.shown(one.iban) if one.iban else words.paid_to(one.way, ""), "payee": one.payee,
        "at": one.requested_at, "by": by.get(one.requested_by, ""), "state": state,
        "state_words": words.STATES[state][0], "tone": words.STATES[state][1],
        "is_own": one.requested_by == request.actor.id,
    }  # fmt: skip


def _benefit(one: Benefit, names: dict[UUID, str]) -> dict[str, Any]:
    made = one.redemption
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "words": label(made.labels), "points": made.points, "more": words.benefit_of(one),
        "member": one.member, "icon": words.ICONS[Reward.Kind(one.kind)], "at": one.made_at,
        "due": words.money_of(made.due_minor or None, made.due_code),
    }  # fmt: skip


def _travel(one: TravelOrder, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "words": label(one.redemption.labels), "points": one.redemption.points,
        "partner": one.partner, "traveller": one.traveller, "starts_on": one.starts_on,
        "placed_at": one.placed_at, "reply_by": one.reply_by,
    }  # fmt: skip
