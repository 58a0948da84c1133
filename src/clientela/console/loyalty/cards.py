"""Gift cards in the console: the list, one card with what moved on it, and selling one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console import refusals
from clientela.console.loyalty import words
from clientela.console.loyalty.reward_form import amount_field
from clientela.console.once import press, send
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import gift_cards
from clientela.flows.search import customers_found
from clientela.loyalty.actions.purses import CardUnknown
from clientela.loyalty.models import Purse, PurseEntry
from clientela.loyalty.queries import purses
from clientela.loyalty.rules import codes
from clientela.platform import ids, money
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

TYPED_MAX = 200
PAGE = 50
STATES: dict[str, tuple[str | Promise, str]] = {
    "good": (lazy("Good"), "good"), "empty": (lazy("Empty"), ""),
    "blocked": (lazy("Blocked"), "bad"), "over": (lazy("Over"), "warn"),
    "claimed": (lazy("In a wallet"), "accent"),
}  # fmt: skip
MOVES: dict[str, str | Promise] = {
    "issue": lazy("Issued"), "top_up": lazy("Topped up"), "reward": lazy("For points"),
    "claim_in": lazy("From a gift card"), "refund": lazy("Refunded"), "pay": lazy("Paid"),
    "claim_out": lazy("Into a wallet"), "take_back": lazy("Taken back"), "expire": lazy("Ended"),
}  # fmt: skip


class IssueForm(forms.Form):
    amount = amount_field(lazy("Amount"), required=True)
    customer = forms.CharField(
        label=lazy("Bought by"), max_length=TYPED_MAX, required=False,
        help_text=lazy("Phone number or name. Empty is whoever holds it."),
    )  # fmt: skip
    code = forms.CharField(
        label=lazy("Printed code"), max_length=60, required=False,
        help_text=lazy("Empty makes a new one."),
    )  # fmt: skip


@page("loyalty.view", switch="loyalty")
def cards(request: HouseRequest) -> HttpResponse:
    """The newest first; a whole code opens its card, four signs find those that end so."""
    typed = request.GET.get("q", "").strip()[:TYPED_MAX]
    if codes.normal(typed) and request.actor.may("loyalty.redeem"):
        try:
            found = gift_cards.check_card(typed, actor=request.actor, now=request.started_at)
            return redirect("console:gift-card", card_id=found.public_id)
        except CardUnknown:
            listed: list[Purse] = []
        except Problem as refusal:
            messages.warning(request, refusals.sentence(refusal))
            listed = []
    else:
        listed = purses.cards(typed=typed, before=_before(request), limit=PAGE)
    names = customers.names_of({one.customer_id for one in listed if one.customer_id})
    older = ""
    if len(listed) == PAGE:
        older = f"?after={listed[-1].public_id}" + (f"&q={typed}" if typed else "")
    return show(request, "console/loyalty/cards.html", {
        "cards": [_row(request, one, names) for one in listed], "typed": typed, "older": older,
    })  # fmt: skip


@page("loyalty.view", "loyalty.redeem", switch="loyalty", methods=FORM)
def issue(request: HouseRequest) -> HttpResponse:
    """Sell a card; its code stands on the card's page."""
    form = IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _issue(request, form))
        if answer:
            return answer
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/card_new.html", {"form": form}, status=status)


@page("loyalty.view", switch="loyalty")
def card(request: HouseRequest, card_id: UUID) -> HttpResponse:
    """What is on it and every cent that moved; its code for those who may give it out."""
    found = purses.purse(card_id)
    names = customers.names_of({found.customer_id} if found.customer_id else set())
    entries = purses.entries(found.id, limit=PAGE)
    by = staff.names_of({one.actor for one in entries})
    state = purses.state_of(found, now=request.started_at)
    number = gift_cards.code_of(found) if request.actor.may("loyalty.redeem") else ""
    return show(request, "console/loyalty/card.html", {
        "card": _row(request, found, names), "state": state,
        "number": number if state in ("good", "empty") else "",
        "entries": [_entry(one, by) for one in entries],
        "blocks": [one for one in purses.blocks(found.id) if one.lifted_at is None],
    })  # fmt: skip


@page("loyalty.view", "loyalty.redeem", switch="loyalty", methods=SENT)
def top_up(request: HouseRequest, card_id: UUID) -> HttpResponse:
    def carry_out() -> str:
        minor = _minor(request.POST.get("amount", ""))
        gift_cards.top_up_card(card_id, minor, actor=request.actor, now=request.started_at,
                               request=request.request_id)  # fmt: skip
        return _("Topped up.")

    return _answered(request, card_id, carry_out)


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=SENT)
def block(request: HouseRequest, card_id: UUID) -> HttpResponse:
    def carry_out() -> str:
        by: dict[str, Any] = {
            "actor": request.actor,
            "now": request.started_at,
            "request": request.request_id,
        }
        if request.POST.get("verdict") == "free":
            gift_cards.free_card(card_id, **by)
            return _("It can be used again.")
        gift_cards.block_card(card_id, reason=request.POST.get("reason", "")[:TYPED_MAX], **by)
        return _("Blocked.")

    return _answered(request, card_id, carry_out)


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=SENT)
def replace(request: HouseRequest, card_id: UUID) -> HttpResponse:
    def carry_out() -> str:
        gift_cards.replace_code(card_id, actor=request.actor, now=request.started_at,
                                request=request.request_id)  # fmt: skip
        return _("It has a new code. The old one is worth nothing.")

    return _answered(request, card_id, carry_out)


def _answered(request: HouseRequest, card_id: UUID, carry_out: Callable[[], str]) -> HttpResponse:
    """Carry it out once; a refusal stands above the card."""
    here = reverse("console:gift-card", args=[ids.public("gft", card_id)])

    def once() -> str:
        messages.success(request, carry_out())
        return here

    return press(request, once, here=here)


def _issue(request: HouseRequest, form: forms.Form) -> str:
    given = form.cleaned_data
    code = companies.current().currency
    issued = gift_cards.issue_card(
        money.from_decimal(given["amount"], code).minor, code,
        customer=_buyer(given["customer"]), typed=given["code"], actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return reverse("console:gift-card", args=[issued.card.public_id])


def _buyer(typed: str) -> customers.Reference | None:
    if not typed.strip():
        return None
    hits = customers_found(typed.strip(), company=companies.current())[:2]
    if len(hits) != 1:
        raise InvalidInput(_("Nobody, or more than one, is known by this."), field="customer")
    return customers.Reference("id", str(hits[0].customer.id))


def _minor(typed: str) -> int:
    try:
        return money.from_decimal(
            forms.DecimalField(max_digits=12).clean(typed), companies.current().currency
        ).minor  # fmt: skip
    except (forms.ValidationError, ValueError):
        raise InvalidInput(_("This is not an amount."), field="amount") from None


def _before(request: HouseRequest) -> UUID | None:
    try:
        return ids.parse("gft", request.GET.get("after", ""))
    except ValueError:
        return None


def _row(request: HouseRequest, one: Purse, names: dict[UUID, str]) -> dict[str, Any]:
    state_words, tone = STATES[purses.state_of(one, now=request.started_at)]
    return {
        "id": one.public_id, "ends": one.last4, "customer": one.customer_id,
        "name": names.get(one.customer_id, "") if one.customer_id else "",
        "balance": words.money_of(one.balance_minor, one.money_code), "state_words": state_words,
        "tone": tone, "opened_at": one.opened_at, "expires_at": one.expires_at,
    }  # fmt: skip


def _entry(one: PurseEntry, by: dict[str, str]) -> dict[str, Any]:
    code = one.purse.money_code
    return {
        "words": MOVES[one.kind], "at": one.booked_at, "by": by.get(one.actor, ""),
        "amount": words.money_of(one.minor, code), "reference": one.reference,
        "balance": words.money_of(one.balance_minor, code),
    }  # fmt: skip
