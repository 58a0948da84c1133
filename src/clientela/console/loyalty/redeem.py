"""Redeeming for a customer, as a page and in the drawer: choose, see what it takes, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.loyalty import words
from clientela.console.loyalty.redeem_forms import SUBMIT, PlainForm, form_for
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.console.privacy import reviewed
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import offered_rewards, quote_redemption
from clientela.flows import redeem_reward as redeeming
from clientela.flows.quote_redemption import Price
from clientela.flows.redeem_reward import Wanted
from clientela.loyalty.actions import cash
from clientela.loyalty.models import CashOut, Reward, TravelOffer
from clientela.loyalty.queries import rewards, travel
from clientela.loyalty.queries.rewards import NoSuchReward, Offered
from clientela.loyalty.rules import rewards as rules
from clientela.loyalty.rules.rewards import Quote
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label


@dataclass(frozen=True, slots=True)
class Choice:
    """One reward somebody chose, and how many points of them."""

    reward: Reward
    price: Price

    @property
    def quote(self) -> Quote:
        return self.price.quote


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty", methods=FORM)
@of_family
def redeem(request: HouseRequest, family: Family) -> HttpResponse:
    """Without a reward the catalogue, the affordable first; with one its form and what it takes."""
    named = request.GET.get("reward", "")
    if not named:
        return _shown(request, family, _catalogue(request, family))
    choice = _choice(request, family, named, _asked(request))
    if request.method != "POST":
        form = _form_for(request, family, choice, initial=_initial(family, choice))
        return _shown(request, family, _form(request, family, choice, form))
    form = _form_for(request, family, choice, request.POST)
    if form.is_valid():
        answer = send(request, form, lambda: _carry_out(request, family, choice, form))
        if answer:
            return answer
    faulty = 200 if "HX-Request" in request.headers else 422
    return _shown(request, family, _form(request, family, choice, form), status=faulty)


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty")
@of_family
def quote(request: HouseRequest, family: Family) -> HttpResponse:
    """What so many points give, or a day takes: the part of the form that moves with them."""
    choice = _choice(request, family, request.GET.get("reward", ""), _asked(request))
    if choice.reward.kind not in Reward.BY_BLOCKS:
        return show(request, "console/loyalty/redeem_quote.html", {"quote": _quote(choice)})
    form = form_for(choice.reward, family, initial={"points": choice.quote.points})
    context = {"chosen": _chosen(request, family, choice, form)}
    return show(request, "console/loyalty/redeem_points.html", context)


def _form_for(
    request: HouseRequest, family: Family, choice: Choice, data: Any = None, *,
    initial: Mapping[str, Any] | None = None,
) -> PlainForm:  # fmt: skip
    """With the days of a journey that has days of its own."""
    reward, days = choice.reward, list[TravelOffer]()
    if reward.kind == Reward.Kind.TRAVEL:
        today = companies.current().today(request.started_at)
        days = travel.offers(today=today, reward=reward)
    here = reverse("console:customer-redeem", args=[family[0]])
    return form_for(
        reward, family, data, initial=initial, days=days,
        address=f"{here}/quote?reward={reward.key}",
    )  # fmt: skip


def _check(choice: Choice, form: PlainForm) -> None:
    """Refuse in the reader's language what the flow would refuse in English."""
    if choice.quote.why:
        raise InvalidInput(words.why_not(choice.quote), field="points")
    first, last = choice.reward.travel_from_on, choice.reward.travel_until_on
    starts_on = form.cleaned_data.get("starts_on")
    if (first or last) and starts_on is None:
        raise InvalidInput(_("Say on which day the journey begins."), field="starts_on")
    if starts_on and ((first and starts_on < first) or (last and starts_on > last)):
        raise InvalidInput(_("The journey begins outside its days."), field="starts_on")


def _asked(request: HouseRequest) -> int | None:
    """How many points somebody wants, by slider or by number; nothing where it is none."""
    given = request.POST if request.method == "POST" else request.GET
    by_slider = request.headers.get("HX-Trigger-Name") == "slide" or (
        "points" not in given and "slide" in given
    )
    written = given.get("slide" if by_slider else "points", "")
    return int(written) if written.isdecimal() and len(written) < 13 else None


def _first_day(request: HouseRequest) -> date | None:
    """Of a journey, where somebody has chosen it."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        return date.fromisoformat(given.get("starts_on", ""))
    except ValueError:
        return None


def _choice(request: HouseRequest, family: Family, named: str, points: int | None) -> Choice:
    reward = rewards.find(named)
    if reward.retired_at is not None:
        raise NoSuchReward
    wanted = points if reward.kind in Reward.BY_BLOCKS else None
    price = quote_redemption.price_of(
        family, reward, points=wanted, starts_on=_first_day(request), actor=request.actor,
        now=request.started_at,
    )  # fmt: skip
    return Choice(reward, price)


def _initial(family: Family, choice: Choice) -> dict[str, Any]:
    """The customer themselves travels and is paid, off the next bill, unless somebody says else."""
    if choice.reward.kind not in Reward.HELD:
        return {"points": choice.quote.points, "handed": True}
    name = customers.get(family[0]).display_name
    return {
        "points": choice.quote.points, "way": CashOut.Way.BILL, "payee": name[:70],
        "traveller": name,
    }  # fmt: skip


def _carry_out(request: HouseRequest, family: Family, choice: Choice, form: PlainForm) -> str:
    _check(choice, form)
    given = form.cleaned_data
    payout = None
    if choice.reward.kind == Reward.Kind.CASH:
        payout = cash.payout(given["way"], given["iban"], given["payee"])
    outcome = redeeming.redeem_reward(
        Wanted(
            customer=Reference("id", str(family[0])), reward=choice.reward.key,
            points=given.get("points"), payout=payout, traveller=given.get("traveller", ""),
            starts_on=given.get("starts_on"), told=form.told(), channel="console",
        ),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return reverse("console:redemption", args=[family[0], outcome.redemption.public_id])


def _catalogue(request: HouseRequest, family: Family) -> dict[str, Any]:
    found = offered_rewards.offers_for(family, now=request.started_at)
    listed = sorted(found, key=lambda one: bool(one.quote.why))
    here = reverse("console:customer-redeem", args=[family[0]])
    return {
        "available": max((one.available for one in found), default=0),
        "offers": [_offer(request, family, one, number_, here)
                   for number_, one in enumerate(listed, start=1)],
    }  # fmt: skip


def _offer(
    request: HouseRequest, family: Family, one: Offered, number_: int, here: str
) -> dict[str, Any]:
    """What can be got; of what cannot, why, and where a person is asked to look at it."""
    reward, why = one.reward, words.why_not(one.quote) if one.quote.why else ""
    return {
        "key": reward.key, "words": label(reward.labels), "more": words.worth_of(reward),
        "icon": words.ICONS[Reward.Kind(reward.kind)], "points": one.quote.points,
        "beside": words.money_of(one.quote.minor or None, reward.price_code),
        "can": not why, "why": why, **(reviewed.link(request, family, reward) if why else {}),
        "url": f"{here}?reward={reward.key}", "number": number_,
    }  # fmt: skip


def _form(request: HouseRequest, family: Family, choice: Choice, form: PlainForm) -> dict[str, Any]:
    return {
        "available": choice.price.available, "chosen": _chosen(request, family, choice, form),
    }  # fmt: skip


def _chosen(
    request: HouseRequest, family: Family, choice: Choice, form: PlainForm
) -> dict[str, Any]:
    reward, here = choice.reward, reverse("console:customer-redeem", args=[family[0]])
    sliding = reward.kind in Reward.BY_BLOCKS
    terms, terms_language = words.terms_of(reward.terms)
    return {
        "words": label(reward.labels), "terms": terms, "terms_language": terms_language,
        "form": form, "sliding": sliding, "address": f"{here}?reward={reward.key}", "back": here,
        "quote_address": f"{here}/quote?reward={reward.key}",
        "submit": SUBMIT[Reward.Kind(reward.kind)],
        "quote": _quote(choice), "slide": _slide(family, choice) if sliding else None,
    }  # fmt: skip


def _quote(choice: Choice) -> dict[str, Any]:
    quoted, reward = choice.quote, choice.reward
    gives = ""
    if reward.kind in Reward.BY_BLOCKS:
        gives = words.block_of(reward, quoted.blocks)
    elif reward.money_minor is not None:
        gives = words.money_of(reward.money_minor, reward.money_code)
    return {
        "beside": words.money_of(quoted.minor or None, reward.price_code),
        "points": quoted.points, "left": choice.price.left, "gives": gives,
        "used": words.used_of(choice.price.used),
        "why": words.why_not(quoted) if quoted.why else "",
    }  # fmt: skip


def _slide(family: Family, choice: Choice) -> dict[str, str]:
    """The ends of the slider: the least there can be, and all whole blocks there are."""
    offer = rewards.offer_of(choice.reward)
    step = rules.price_for(offer, rewards.tiers_of(family)) or 1
    least = rules.least(offer, step)
    most = rules.most(offer, step, available=choice.price.available)
    value = choice.quote.points
    return {name: str(figure) for name, figure in
            (("least", least), ("most", most), ("step", step), ("value", value))}  # fmt: skip


def _shown(
    request: HouseRequest, family: Family, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    if "HX-Request" in request.headers:
        close = reverse("console:customer-points", args=[family[0]])
        customer = {"id": customers.get(family[0]).public_id}
        drawer = {**context, "customer": customer, "hx": True, "close": close}
        return show(request, "console/loyalty/redeem_drawer.html", drawer, status=status)
    whole = {**opened.header(request, family), **context}
    return show(request, "console/loyalty/redeem.html", whole, status=status)
