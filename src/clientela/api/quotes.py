"""What a purchase would earn, and why anything earned what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import StrictStr

from clientela.api.loyalty import of_purchase
from clientela.api.purchases import NewPurchase, bought_of, sale_of
from clientela.api.rewards import iso
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, public_id, public_number
from clientela.flows import points, quote_points, rule_words, sell
from clientela.flows.points import Explained
from clientela.flows.sell import SaleQuote
from clientela.loyalty.models import Lot
from clientela.loyalty.queries import reasons
from clientela.platform import ids
from clientela.purchases import queries as purchases
from clientela.staff import company as companies

doors = Doors(tags=["loyalty"], switch="loyalty")


class RuleStep(Body):
    """What a version of a rule did to the points."""

    rule: str
    labels: dict[str, str]
    version: int
    earn: dict[str, Any]
    sentence: str
    before: int
    after: int


class RuleRefused(Body):
    """A rule that was looked at and gave nothing; `reason` is a code, `sentence` says it."""

    rule: str
    labels: dict[str, str]
    version: int
    reason: str
    sentence: str


class QuotedLot(Body):
    """Points that share a life; without `usable_from` they wait for something to happen."""

    points: int
    left: int
    usable_from: str | None
    is_usable: bool
    expires_at: str | None


class PostingExplanation(Body):
    posting: str
    kind: str
    purchase: str | None
    counts_minor: int | None
    points: int
    forgiven: int
    steps: list[RuleStep]
    refused: list[RuleRefused]
    lots: list[QuotedLot]


class PurchaseExplanation(Body):
    currency: str
    points: int
    posting: str | None
    steps: list[RuleStep]
    refused: list[RuleRefused]


class PurchaseExplanations(Body):
    items: list[PurchaseExplanation]
    next: str | None


class PayQuote(Body):
    """What would be used; `why` nothing would."""

    means: str
    points: int
    money: Money
    why: str | None


class PointsQuote(Body):
    """`balances`: what could be used afterwards, of the kinds that are earned."""

    customer: str
    currencies: list[PurchaseExplanation]
    payments: list[PayQuote] = []
    balances: dict[str, int] = {}


@doors.write("POST", "/points/quotes", right="loyalty.view", answer=PointsQuote,
             summary="Quote what a purchase would earn")  # fmt: skip
def quote(request: HouseRequest, body: NewPurchase) -> dict[str, Any]:
    """The same computation as when it is recorded, for a purchase that may never be; nothing is
    written. With `payments` also what would be used. Refused where the purchase itself would be.
    """
    if body.payments:
        return _paid(sell.quote_sale(sale_of(body), actor=request.actor, now=request.started_at))
    found = quote_points.quote_points(bought_of(body), now=request.started_at)
    return {
        "customer": ids.public("cus", found.customer_id),
        "currencies": [_explained(one) for one in found.currencies],
    }


def _paid(found: SaleQuote) -> dict[str, Any]:
    return {
        "customer": ids.public("cus", found.customer_id),
        "currencies": [{**_explained(one), "posting": None} for one in found.currencies],
        "payments": [
            {"means": one.means, "points": one.points, "why": one.why or None,
             "money": {"minor": one.minor, "currency": one.money_code}}
            for one in found.payments
        ],
        "balances": {one.currency: one.balance for one in found.earned},
    }  # fmt: skip


@doors.read("/postings/{posting_id}/explanation", right="loyalty.view", answer=PostingExplanation,
            summary="Why a posting gave what it gave")  # fmt: skip
def explanation(request: HouseRequest, posting_id: StrictStr) -> dict[str, Any]:
    """The rule versions and steps that led to a posting's figure, and the rules that gave nothing,
    each with its reason.
    """
    found = points.why(public_number("pos", posting_id))
    return {
        "posting": found.posting.public_id, "kind": found.posting.kind,
        "purchase": of_purchase(found.posting), "counts_minor": found.posting.money_minor,
        "points": found.points, "forgiven": found.posting.forgiven,
        "steps": steps(found.steps), "refused": refused(found.refused),
        "lots": [_lot(lot) for lot in found.lots],
    }  # fmt: skip


@doors.read("/purchases/{purchase_id}/explanation", right="loyalty.view",
            answer=PurchaseExplanations,
            summary="Why a purchase earned what it earned")  # fmt: skip
def of_a_purchase(request: HouseRequest, purchase_id: StrictStr) -> dict[str, Any]:
    """In each kind of points; also where it earned nothing. Without a posting it is computed anew,
    by the rules of its time and what is known of the customer today.
    """
    found = purchases.get(public_id("pur", purchase_id))
    told = points.why_purchase(found, now=request.started_at)
    return {"items": [_explained(one) for one in told], "next": None}


def _explained(one: Explained) -> dict[str, Any]:
    return {
        "currency": one.currency, "points": one.points,
        "posting": f"pos_{one.posting_id}" if one.posting_id else None,
        "steps": steps(one.steps), "refused": refused(one.refused),
    }  # fmt: skip


def steps(several: Sequence[reasons.Reason]) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule, "labels": one.labels, "version": one.version, "earn": one.body,
         "sentence": rule_words.rule_words(one.body, currency=companies.current().currency,
                                           labels=one.labels),
         "before": one.before, "after": one.after}
        for one in several
    ]  # fmt: skip


def refused(several: Sequence[reasons.Refused]) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.rule,
            "labels": one.labels,
            "version": one.version,
            "reason": one.reason,
            "sentence": rule_words.reason(one.reason),
        }
        for one in several
    ]


def _lot(lot: Lot) -> dict[str, Any]:
    return {
        "points": lot.amount, "left": lot.remaining, "usable_from": iso(lot.active_at),
        "is_usable": lot.activated_at is not None, "expires_at": iso(lot.expires_at),
    }  # fmt: skip
