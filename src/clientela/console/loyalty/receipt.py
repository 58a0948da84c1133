"""What somebody got for points: the code to read aloud and to send, the voucher, the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.loyalty import words
from clientela.console.once import sent
from clientela.console.pages import SENT, page, see, show
from clientela.console.templatetags.points import coupon_worth
from clientela.customers import queries as customers
from clientela.flows import gift_cards
from clientela.flows import redeem_reward as redeeming
from clientela.flows.redeem_reward import Outcome
from clientela.loyalty.models import Coupon
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries.rewards import NoSuchRedemption
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import day, label, moment, number

TAKEN_BACK = ("product", "warranty", "gift_card", "wallet")  # even after they were given
REVERSIBLE = ("done", "over", "confirmed", "open")


@page("customers.view", "loyalty.view", switch="loyalty")
@of_family
def receipt(request: HouseRequest, family: Family, redemption_id: UUID) -> HttpResponse:
    outcome = _outcome(request, family, redemption_id)
    context = {"made": _made(request, family, outcome)}
    if "HX-Request" in request.headers:
        close = reverse("console:customer-points", args=[family[0]])
        return show(request, "console/loyalty/receipt_drawer.html", {**context, "close": close})
    whole = {**opened.header(request, family), **context}
    return show(request, "console/loyalty/receipt.html", whole)


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty", methods=SENT)
@of_family
def reverse_it(request: HouseRequest, family: Family, redemption_id: UUID) -> HttpResponse:
    """Give the points back; once, however often it is sent."""
    _outcome(request, family, redemption_id)

    def carry_out() -> str:
        points = redeeming.reverse_redemption(
            redemption_id, cause=_("by hand"), actor=request.actor, now=request.started_at,
            request=request.request_id,
        )[1]  # fmt: skip
        told = ngettext("%(points)s point is back.", "%(points)s points are back.", points)
        messages.success(request, told % {"points": number(points)})
        return reverse("console:redemption", args=[family[0], f"red_{redemption_id.hex}"])

    return see(sent(request, carry_out).body.decode())


@page("customers.view", "loyalty.view", switch="loyalty")
@of_family
def voucher(request: HouseRequest, family: Family, redemption_id: UUID) -> HttpResponse:
    """The voucher of a confirmed journey, in the customer's language."""
    outcome = _outcome(request, family, redemption_id)
    order = outcome.travel_order
    if order is None or rewards.state_of_travel_order(order) != "confirmed":
        raise NoSuchRedemption("This journey is not confirmed.")
    made = outcome.redemption
    with translation.override(customers.get(family[0]).language or companies.current().language):
        return show(request, "console/loyalty/voucher.html", {
            "csrf_token": "", "voucher": order.voucher, "name": label(made.labels),
            "partner": order.partner, "traveller": order.traveller, "starts_on": order.starts_on,
            "issued_at": order.steps.all()[0].taken_at, "terms": label(made.terms),
            "company": companies.current().name,
        })  # fmt: skip


def _outcome(request: HouseRequest, family: Family, redemption_id: UUID) -> Outcome:
    made = rewards.redemption(redemption_id)
    if made.customer_id not in family:
        raise NoSuchRedemption
    return redeeming.again(made, now=request.started_at)


def _made(request: HouseRequest, family: Family, outcome: Outcome) -> dict[str, Any]:
    made, coupon = outcome.redemption, outcome.coupon
    [got] = rewards.got(family, named=[made.id])
    state = got.state(now=request.started_at)
    state_words, tone = words.STATES[state]
    shown: dict[str, Any] = {
        "id": made.public_id, "words": label(made.labels), "points": made.points,
        "at": made.redeemed_at, "state_words": state_words, "tone": tone,
        "by": staff.names_of({made.actor}).get(made.actor, ""), "facts": list(_facts(outcome)),
        "reversal": _reversal(request, family, outcome, state),
    }  # fmt: skip
    if coupon is not None and state == "done":
        shown |= {"code": coupon.number, "spelled": _spelled(coupon.number),
                  **_letter(family, outcome, coupon)}  # fmt: skip
    if outcome.travel_order is not None and state == "confirmed":
        shown["voucher_url"] = reverse("console:voucher", args=[family[0], made.public_id])
        order = outcome.travel_order.public_id
        shown["voucher_pdf"] = reverse("console:journey-voucher", args=[order])
    return shown


def _facts(outcome: Outcome) -> list[dict[str, str]]:
    found: list[tuple[str, str]] = []
    if coupon := outcome.coupon:
        found += [(_("Worth"), coupon_worth(coupon)), (_("Good until"), _last_day(coupon))]
    if given := outcome.benefit:
        found.append((_("Gives"), words.benefit_of(given)))
        if given.purse_id and given.kind == "gift_card":
            card = gift_cards.card_of(given.purse_id)
            found.append((_("Code"), gift_cards.code_of(card) or f"···· {card.last4}"))
        found += [(_("Membership"), given.member)] if given.member else []
        found += [(_("Note"), step.reference) for step in given.steps.all() if step.reference]
    if made := outcome.redemption.due_minor:
        found.append((_("Paid besides"), words.money_of(made, outcome.redemption.due_code)))
    if asked := outcome.cash_out:
        found.append((_("Pays"), words.money_of(asked.minor, asked.money_code)))
        found.append((_("To"), words.paid_to(asked.way, asked.iban)))
        found += [(_("Reference"), paid.reference) for paid in asked.payments.all()]
        found += [(_("Note"), said.note) for said in asked.decisions.all() if said.note]
    if order := outcome.travel_order:
        found += [(_("With"), order.partner), (_("Who travels"), order.traveller)]
        found += [(_("First day"), day(order.starts_on))] if order.starts_on else []
        found += [(_("Answer until"), moment(order.reply_by))] if order.is_open else []
        found += [(_("Note"), step.note) for step in order.steps.all() if step.note]
    return [{"words": about, "shown": shown} for about, shown in found]


def _last_day(coupon: Coupon) -> str:
    zone = companies.current().zone
    local = coupon.expires_at.astimezone(zone)
    return day(local.date().fromordinal(local.date().toordinal() - 1))


def _spelled(number_: str) -> str:
    return ", ".join(" ".join(group) for group in number_.split("-"))


def _letter(family: Family, outcome: Outcome, coupon: Coupon) -> dict[str, str]:
    """What can be sent as it is, in the customer's language."""
    spoken = customers.get(family[0]).language or companies.current().language
    with translation.override(spoken):
        letter = _(
            "Your coupon %(code)s: %(name)s. Good until %(day)s. %(terms)s %(company)s"
        ) % {
            "code": coupon.number, "name": label(outcome.redemption.labels),
            "day": _last_day(coupon), "terms": label(outcome.redemption.terms),
            "company": companies.current().name,
        }  # fmt: skip
    return {"letter": " ".join(letter.split()), "letter_language": spoken}


def _reversal(
    request: HouseRequest, family: Family, outcome: Outcome, state: str
) -> dict[str, str] | None:
    may_be = state in REVERSIBLE or (state == "given" and outcome.redemption.kind in TAKEN_BACK)
    if not may_be or not request.actor.may("loyalty.redeem"):
        return None
    made = outcome.redemption
    more = ngettext(
        "%(points)s point goes back where it came from. The coupon or voucher no longer counts.",
        "%(points)s points go back where they came from. The coupon or voucher no longer counts.",
        made.points,
    ) % {"points": number(made.points)}
    address = reverse("console:redemption-reversal", args=[family[0], made.public_id])
    return {"address": address, "more": more}
