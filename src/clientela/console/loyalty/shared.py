"""A household that uses its points together: who shares, and what each may use of the others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.customers.standings import standing_rows
from clientela.console.loyalty import words
from clientela.console.loyalty.by_hand import pause_row
from clientela.console.loyalty.cards import MOVES
from clientela.console.pages import FORM, SENT, page
from clientela.customers import queries as customers
from clientela.customers.kin import queries as kin
from clientela.flows import share_points
from clientela.loyalty.models import EarningPause
from clientela.loyalty.queries import pools
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

TAB = "customer-points"
POINTS_MAX = 10**12
LOTS_SHOWN = 24


class ShareForm(forms.Form):
    may_spend = forms.BooleanField(label=lazy("May use the points of the others"), required=False)
    month_max = forms.IntegerField(
        label=lazy("At most in a month"), min_value=0, max_value=POINTS_MAX, required=False,
        help_text=lazy("Left empty there is no limit."),
    )  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=SENT)
@of_family
def share(request: HouseRequest, family: Family, currency: str) -> HttpResponse:
    """The main household shares its points from now on."""

    def carry_out() -> None:
        home = next((one for one in kin.homes_of(family) if one.is_main), None)
        if home is None:
            raise kin.NoSuchHousehold
        share_points.share_points(home.household.id, currency=currency, **by(request))

    return pressed(request, family, tab=TAB, carry_out=carry_out,
                   done=_("The household shares its points now."))  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=FORM)
@of_family
def change(request: HouseRequest, family: Family, pool_id: UUID, member_id: UUID) -> HttpResponse:
    pool = pools.pool(pool_id)
    member = pools.member(member_id, pool=pool)
    form = ShareForm(
        request.POST if request.method == "POST" else None,
        initial={"may_spend": member.may_spend, "month_max": member.month_max},
    )
    who = customers.get(customers.family_of(member.customer_id)[0]).display_name
    return answered(
        request, family, form, title=_("What %(name)s may use") % {"name": who},
        name="share-form", tab=TAB,
        carry_out=lambda: share_points.change_share(
            pool_id, member_id, **form.cleaned_data, **by(request)
        ),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=SENT)
@of_family
def leave(request: HouseRequest, family: Family, pool_id: UUID, member_id: UUID) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: share_points.leave_pool(pool_id, member_id, **by(request)),
        done=_("They share no points any more and keep what they earned."),
    )  # fmt: skip


def shown(family: Family, *, now: datetime) -> dict[str, Any]:
    """The lots and pools of a customer for the points page, and what a household might share."""
    seen = share_points.seen_of(family, now=now, lots_max=LOTS_SHOWN + 1)
    shared_already = {pool["currency"] for pool in seen["pools"]}
    kinds = [one["code"] for one in seen["kinds"] if one["code"] not in shared_already]
    return {
        "lots": [_lot(one) for one in seen["lots"][:LOTS_SHOWN]],
        "more_lots": len(seen["lots"]) > LOTS_SHOWN,
        "pools": [_pool(one) for one in seen["pools"]],
        "may_share": kinds if seen["has_home"] else [],
        "may_give": any(one["gives"] for one in seen["kinds"]),
        "standings": standing_rows(seen["standings"]),
        "paused": _paused(seen["pause"]),
        "wallets": [_wallet(one) for one in seen["wallets"]],
        "standing_orders": [_order(one) for one in seen["orders"]],
        "may_order": bool(set(seen["payable"]) - {one["reward"] for one in seen["orders"]}),
    }


def _paused(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """Since when and why they earn nothing."""
    if told is None:
        return None
    pause = EarningPause(**{**told, "id": UUID(told["id"]),
                            "starts_at": datetime.fromisoformat(told["starts_at"])})  # fmt: skip
    return pause_row(pause, staff.names_of({pause.made_by}))


def _wallet(told: dict[str, Any]) -> dict[str, Any]:
    """What is in it, and what came and went last."""
    code = told["currency"]
    moves = [
        {"words": MOVES[one["kind"]], "amount": Money(one["minor"], code),
         "at": datetime.fromisoformat(one["at"])}
        for one in told["moves"]
    ]  # fmt: skip
    return {"balance": Money(told["minor"], code), "moves": moves}


def _order(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "words": label(told["labels"]), "to": words.paid_to(told["way"], "") or
            _("the bank account"), "at": datetime.fromisoformat(told["at"])}  # fmt: skip


def _lot(lot: dict[str, Any]) -> dict[str, Any]:
    days = {
        name: date.fromisoformat(lot[name]) if lot[name] else None
        for name in ("begins_on", "last_on")
    }
    return {**lot, **days, "id": UUID(lot["id"])}


def _pool(pool: dict[str, Any]) -> dict[str, Any]:
    members = [
        {**one, "id": UUID(one["id"]), "customer": UUID(one["customer"])} for one in pool["members"]
    ]
    usable = sum(max(0, one["usable"]) for one in members)
    return {**pool, "id": UUID(pool["id"]), "usable": usable, "members": members}
