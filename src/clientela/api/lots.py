"""Lots of points: what is left of each, until when; people move their end and let go of a debt."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import After, Body, Customer, Day, HouseRequest, Text, public_id, reference
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import keep_points
from clientela.flows.transfer_points import transfer_points
from clientela.loyalty.queries import lots as reads
from clientela.loyalty.queries.lots import Kept
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")
Reason = Annotated[Text, Field(min_length=1)]


class PointsLot(Body):
    """Points of one posting with one life. `last_on`: the last day, null: never ends, or waits."""

    id: str
    customer: str
    currency: str
    posting: str
    amount: int
    remaining: int
    held: int
    state: Literal["usable", "waiting", "used", "over"]
    active_at: str | None
    expires_at: str | None
    last_on: str | None
    cashable: bool


class LotMove(Body):
    """Its end was moved."""

    old_at: str | None
    new_at: str | None
    cause: str
    reason: str
    moved_at: str


class LotWithMoves(PointsLot):
    moves: list[LotMove]


class LotPage(Body):
    items: list[PointsLot]
    next: str | None


class ExtensionBody(Body):
    """`last_on`: the last day on which the points can be used."""

    last_on: Day
    reason: Reason


class LotExtended(Body):
    """`posting`: they were over, and came back by it."""

    lot: str
    points: int
    last_on: str
    posting: str | None


class DebtBody(Body):
    """`points`: so many of what is owed, all of it by default."""

    currency: StrictStr
    points: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    reason: Reason


class DebtForgiven(Body):
    points: int
    postings: list[str]


@doors.read("/customers/{customer_id}/points/lots", right="loyalty.view", answer=LotPage,
            summary="Read a customer's lots of points")  # fmt: skip
def read_lots(
    request: HouseRequest, customer_id: StrictStr,
    state: Literal["open", "all"] = "open", after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first; `open`: those of which something is left."""
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    found = reads.lots_of(
        family, open_only=state == "open", before=_before(after), limit=limit
    )  # fmt: skip
    whole = len(found) == limit
    return {
        "items": [_lot(one, request) for one in found],
        "next": ids.public("lot", found[-1].lot.id) if whole else None,
    }


@doors.read("/lots/{lot_id}", right="loyalty.view", answer=LotWithMoves,
            summary="Read a lot of points")  # fmt: skip
def read_lot(request: HouseRequest, lot_id: StrictStr) -> dict[str, Any]:
    """What is left of it, until when, and each move of its end."""
    found = reads.kept(public_id("lot", lot_id))
    moves = [
        {"old_at": _iso(move.old_at), "new_at": _iso(move.new_at), "cause": move.cause,
         "reason": move.reason, "moved_at": move.moved_at.isoformat()}
        for move in reads.moves_of(found.lot)
    ]  # fmt: skip
    return {**_lot(found, request), "moves": moves}


@doors.write("POST", "/lots/{lot_id}/extension", right="loyalty.adjust", answer=LotExtended,
             summary="Let points be used longer")  # fmt: skip
def extend(request: HouseRequest, lot_id: StrictStr, body: ExtensionBody) -> dict[str, Any]:
    """What is over already comes back, and pays what is owed first. 409 `lot-not-movable` with a
    `reason`: they never end, wait, are used, or end no earlier.
    """
    done = keep_points.extend_points(
        public_id("lot", lot_id), last_on=body.last_on, reason=body.reason, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "lot": ids.public("lot", done.lot.id), "points": done.points,
        "last_on": done.last_on.isoformat(),
        "posting": None if done.posting_id is None else f"pos_{done.posting_id}",
    }  # fmt: skip


@doors.write("POST", "/customers/{customer_id}/points/forgiveness", right="loyalty.adjust",
             answer=DebtForgiven, summary="Forgive a debt of points")  # fmt: skip
def forgive(request: HouseRequest, customer_id: StrictStr, body: DebtBody) -> dict[str, Any]:
    """409 `nothing-owed` where they owe none."""
    done = keep_points.forgive_debt(
        Reference("id", str(public_id("cus", customer_id))), currency=body.currency,
        points=body.points, reason=body.reason, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {"points": done.points, "postings": [f"pos_{one}" for one in done.postings]}


class TransferBody(Body):
    """`receiver`: who gets the points of `sender`."""

    sender: Customer
    receiver: Customer
    currency: StrictStr
    points: Annotated[StrictInt, Field(ge=1, le=10**12)]
    reason: Text = ""


class PointsTransfer(Body):
    """`sent`, `received`: the postings of both sides; `balance`: what the sender can use now."""

    sender: str
    receiver: str
    currency: str
    points: int
    balance: int
    sent: str
    received: str


@doors.write("POST", "/points/transfers", right="loyalty.adjust", answer=PointsTransfer,
             summary="Give points to another member")  # fmt: skip
def transfer(request: HouseRequest, body: TransferBody) -> dict[str, Any]:
    """The soonest to end first, each lot with its end. 409 `transfer-not-allowed` with a `reason`
    (switched-off, same-customer, day-limit, month-limit, pending) and how many are `left`.
    """
    done = transfer_points(
        reference(body.sender, field="sender"), reference(body.receiver, field="receiver"),
        currency=body.currency, points=body.points, reason=body.reason, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "sender": ids.public("cus", done.sender), "receiver": ids.public("cus", done.receiver),
        "currency": done.currency, "points": done.points, "balance": done.balance,
        "sent": done.sent, "received": done.received,
    }  # fmt: skip


def _before(after: str | None) -> UUID | None:
    return None if after is None else public_id("lot", after, field="after")


def _lot(kept: Kept, request: HouseRequest) -> dict[str, Any]:
    lot, last_on = kept.lot, kept.last_on
    return {
        "id": ids.public("lot", lot.id), "customer": ids.public("cus", lot.customer_id),
        "currency": kept.currency, "posting": f"pos_{lot.posting_id}", "amount": lot.amount,
        "remaining": lot.remaining, "held": lot.held, "state": kept.state(request.started_at),
        "active_at": _iso(lot.active_at), "expires_at": _iso(lot.expires_at),
        "last_on": last_on.isoformat() if last_on else None, "cashable": lot.cashable,
    }  # fmt: skip


def _iso(instant: Any) -> str | None:
    return instant.isoformat() if instant else None
