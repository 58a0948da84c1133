"""Gift cards and wallets: issued, topped up, paid with, refunded to, claimed, blocked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    Code,
    Customer,
    HouseRequest,
    Money,
    Text,
    number_after,
    public_id,
    reference,
)
from clientela.customers import queries as customers
from clientela.flows import gift_cards
from clientela.loyalty.models import CardTerms, Purse, PurseEntry
from clientela.loyalty.queries import purses
from clientela.platform import ids
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["gift cards"], switch="loyalty")
LIMIT_MAX = 200
SEES, PAYS, KEEPS = "loyalty.view", "loyalty.redeem", "loyalty.configure"


class IssueBody(Body):
    """`code`: what is printed on a card that comes from elsewhere; without it a code of chance."""

    money: Money
    customer: Customer | None = None
    code: Text = ""
    source: Text = ""
    reference: Text = ""


class MoveBody(Body):
    money: Money
    source: Text = ""
    reference: Text = ""


class CardPayBody(Body):
    code: StrictStr
    money: Money
    source: Text = ""
    reference: Text = ""


class CardCode(Body):
    code: StrictStr


class ClaimBody(Body):
    code: StrictStr
    customer: Customer


class CardBlocking(Body):
    blocked: StrictBool
    reason: Text = ""


class PurseAnswer(Body):
    """A card or a wallet. `state`: good, empty, blocked, over or claimed."""

    id: str
    kind: Literal["card", "wallet"]
    state: str
    balance: Money
    ends: str
    customer: str | None
    merged_from: str | None = None
    expires_at: str | None


class CardIssued(Body):
    """`code` is empty where it is printed on the card already."""

    card: PurseAnswer
    code: str


class MoneyMoved(Body):
    purse: PurseAnswer
    money: Money
    replayed: bool


class PurseEntryAnswer(Body):
    kind: str
    minor: int
    balance_minor: int
    booked_at: str
    source: str
    reference: str
    purchase: str | None


class PursePage(Body):
    items: list[PurseAnswer]
    next: str | None


class PurseEntries(Body):
    items: list[PurseEntryAnswer]
    next: str | None


class CardTermsBody(Body):
    """What the law of a currency lets gift cards do. `ends`: cards issued from now on end after
    `months`; `balance_max_minor`: a card holds no more.
    """

    currency: Code
    ends: StrictBool
    months: Annotated[StrictInt, Field(ge=1, le=600)] | None = None
    balance_max_minor: Annotated[StrictInt, Field(ge=1, le=10**9)] | None = None


class CardTermsPage(Body):
    items: list[CardTermsBody]
    next: None = None


@doors.write("POST", "/gift-cards", right=PAYS, answer=CardIssued, summary="Issue a gift card")
def issue(request: HouseRequest, body: IssueBody) -> dict[str, Any]:
    """Worth so much, under its buyer where that is known. The same `source` and `reference` again
    is the same card.
    """
    issued = gift_cards.issue_card(
        body.money.minor, body.money.currency, typed=body.code, source=body.source,
        customer=reference(body.customer) if body.customer else None, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"card": _purse(issued.card, request), "code": issued.number}


@doors.read("/gift-cards", right=SEES, answer=PursePage, summary="List gift cards")
def listed(
    request: HouseRequest, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first."""
    beyond = public_id("gft", after, field="after") if after else None
    found = purses.cards(before=beyond, limit=limit)
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_purse(one, request) for one in found], "next": following}


@doors.write("POST", "/gift-cards/checks", right=PAYS, answer=PurseAnswer,
             summary="What is on a gift card?")  # fmt: skip
def check(request: HouseRequest, body: CardCode) -> dict[str, Any]:
    """By its code. 404 `card-unknown`; after ten failures a minute 429 `too-many-tries`."""
    card = gift_cards.check_card(body.code, actor=request.actor, now=request.started_at)
    return _purse(card, request)


@doors.write("POST", "/gift-cards/payments", right=PAYS, answer=MoneyMoved,
             summary="Pay with a gift card")  # fmt: skip
def pay(request: HouseRequest, body: CardPayBody) -> dict[str, Any]:
    """409 `not-enough-money`, `card-blocked`, `card-over`. A purchase that is recorded here names
    the card in its `payments` instead.
    """
    card = gift_cards.check_card(body.code, actor=request.actor, now=request.started_at)
    _same_currency(card, body.money)
    moved = gift_cards.pay_with_card(
        body.code, body.money.minor, source=body.source, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.write("POST", "/gift-cards/claims", right=PAYS, answer=MoneyMoved,
             summary="Take a gift card into a wallet")  # fmt: skip
def claim(request: HouseRequest, body: ClaimBody) -> dict[str, Any]:
    """All that is on it becomes the customer's; the card can no longer be used."""
    moved = gift_cards.claim_card(
        body.code, reference(body.customer), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.read("/gift-cards/{card_id}", right=SEES, answer=PurseAnswer, summary="Read a gift card")
def read(request: HouseRequest, card_id: StrictStr) -> dict[str, Any]:
    return _purse(purses.purse(_id(card_id)), request)


@doors.read("/gift-cards/{card_id}/entries", right=SEES, answer=PurseEntries,
            summary="List what moved on a gift card")  # fmt: skip
def entries(
    request: HouseRequest, card_id: StrictStr, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    return _entries(_id(card_id), after, limit)


@doors.write("POST", "/gift-cards/{card_id}/top-ups", right=PAYS, answer=MoneyMoved,
             summary="Top up a gift card")  # fmt: skip
def top_up(request: HouseRequest, card_id: StrictStr, body: MoveBody) -> dict[str, Any]:
    card = purses.purse(_id(card_id))
    _same_currency(card, body.money)
    moved = gift_cards.top_up_card(
        card.id, body.money.minor, source=body.source, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.write("POST", "/gift-cards/{card_id}/refunds", right=PAYS, answer=MoneyMoved,
             summary="Refund to a gift card or wallet")  # fmt: skip
def refund(request: HouseRequest, card_id: StrictStr, body: MoveBody) -> dict[str, Any]:
    """To the card it was paid with; to the wallet that claimed it, where somebody has."""
    card = purses.purse(_id(card_id))
    _same_currency(card, body.money)
    moved = gift_cards.refund(
        card.id, body.money.minor, source=body.source, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.write("POST", "/gift-cards/{card_id}/block", right=KEEPS, answer=PurseAnswer,
             summary="Block or free a gift card")  # fmt: skip
def block(request: HouseRequest, card_id: StrictStr, body: CardBlocking) -> dict[str, Any]:
    """Nothing is paid with it while it is blocked."""
    act: dict[str, Any] = {
        "actor": request.actor,
        "now": request.started_at,
        "request": request.request_id,
    }
    if body.blocked:
        card = gift_cards.block_card(_id(card_id), reason=body.reason, **act)
    else:
        card = gift_cards.free_card(_id(card_id), **act)
    return _purse(card, request)


@doors.write("POST", "/gift-cards/{card_id}/code", right=KEEPS, answer=CardIssued,
             summary="Give a gift card a new code")  # fmt: skip
def replace(request: HouseRequest, card_id: StrictStr, body: Body) -> dict[str, Any]:
    """For a card that was lost; the old code leads nowhere."""
    issued = gift_cards.replace_code(
        _id(card_id), actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {"card": _purse(issued.card, request), "code": issued.number}


@doors.read("/customers/{customer_id}/wallets", right=SEES, answer=PursePage,
            summary="List a customer's wallets and gift cards")  # fmt: skip
def wallets(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return {"items": [_purse(one, request) for one in purses.of_family(family)], "next": None}


@doors.write("POST", "/customers/{customer_id}/wallets/top-ups", right=PAYS, answer=MoneyMoved,
             summary="Top up a customer's wallet")  # fmt: skip
def top_up_wallet(request: HouseRequest, customer_id: StrictStr, body: MoveBody) -> dict[str, Any]:
    """Opened when it is needed first; one for each currency."""
    moved = gift_cards.top_up_wallet(
        customers.Reference("id", str(public_id("cus", customer_id))), body.money.minor,
        body.money.currency, source=body.source, reference=body.reference, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.write("POST", "/wallets/{wallet_id}/top-ups", right=PAYS, answer=MoneyMoved,
             summary="Top up a wallet")  # fmt: skip
def top_up_by_id(request: HouseRequest, wallet_id: StrictStr, body: MoveBody) -> dict[str, Any]:
    wallet = purses.purse(public_id("wal", wallet_id))
    _same_currency(wallet, body.money)
    owner = customers.Reference("id", str(_owner(wallet)))
    moved = gift_cards.top_up_wallet(
        owner, body.money.minor, body.money.currency, source=body.source,
        reference=body.reference, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _moved(moved, request)


@doors.read("/wallets/{wallet_id}/entries", right=SEES, answer=PurseEntries,
            summary="List what moved in a wallet")  # fmt: skip
def wallet_entries(
    request: HouseRequest, wallet_id: StrictStr, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    return _entries(public_id("wal", wallet_id), after, limit)


@doors.read("/gift-card-terms", right=SEES, answer=CardTermsPage,
            summary="Read what the law lets gift cards do")  # fmt: skip
def read_terms(request: HouseRequest) -> dict[str, Any]:
    return {"items": [_terms(one) for one in purses.terms()], "next": None}


@doors.write("POST", "/gift-card-terms", right="loyalty.configure", answer=CardTermsBody,
             summary="Say what the law lets gift cards do")  # fmt: skip
def set_terms(request: HouseRequest, body: CardTermsBody) -> dict[str, Any]:
    """For cards issued from now on; without it they never end."""
    made = gift_cards.set_terms(
        body.currency,
        is_ending=body.ends,
        months=body.months,
        balance_max_minor=body.balance_max_minor,
        actor=request.actor,
        now=request.started_at,
    )
    return _terms(made)


def _id(card_id: str) -> Any:
    """A card's id; refunds go to wallets as well."""
    return public_id("wal" if card_id.startswith("wal_") else "gft", card_id)


def _owner(wallet: Purse) -> Any:
    assert wallet.customer_id is not None
    return wallet.customer_id


def _same_currency(purse: Purse, money: Money) -> None:
    if money.currency != purse.money_code:
        raise InvalidInput(f"It is in {purse.money_code}.", field="money.currency")


def _terms(one: CardTerms) -> dict[str, Any]:
    return {
        "currency": one.money_code, "ends": one.is_ending, "months": one.months,
        "balance_max_minor": one.balance_max_minor,
    }  # fmt: skip


def _entries(purse_id: Any, after: str | None, limit: int) -> dict[str, Any]:
    found = purses.entries(purse_id, before=number_after(after), limit=limit)
    following = str(found[-1].id) if len(found) == limit else None
    return {"items": [_entry(one) for one in found], "next": following}


def _entry(one: PurseEntry) -> dict[str, Any]:
    return {
        "kind": one.kind, "minor": one.minor, "balance_minor": one.balance_minor,
        "booked_at": one.booked_at.isoformat(), "source": one.source, "reference": one.reference,
        "purchase": ids.public("pur", one.purchase_id) if one.purchase_id else None,
    }  # fmt: skip


def _moved(moved: gift_cards.Moved, request: HouseRequest) -> dict[str, Any]:
    return {
        "purse": _purse(moved.purse, request), "replayed": moved.replayed,
        "money": {"minor": abs(moved.entry.minor), "currency": moved.purse.money_code},
    }  # fmt: skip


def _purse(one: Purse, request: HouseRequest) -> dict[str, Any]:
    return {
        "id": one.public_id, "kind": one.kind, "ends": one.last4,
        "state": purses.state_of(one, now=request.started_at),
        "balance": {"minor": one.balance_minor, "currency": one.money_code},
        "customer": ids.public("cus", one.customer_id) if one.customer_id else None,
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }  # fmt: skip
