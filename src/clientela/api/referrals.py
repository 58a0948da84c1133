"""Referrals: who brought whom."""

from __future__ import annotations

from typing import Any, Literal

from clientela.api.router import Doors
from clientela.api.types import Body, Customer, HouseRequest, reference
from clientela.flows import refer_friends
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")


class ReferralBody(Body):
    """`customer` is the friend who came, `referrer` who brought them."""

    customer: Customer
    referrer: Customer


class ReferralAnswer(Body):
    state: Literal["new", "known"]
    id: str
    customer: str
    merged_from: str | None = None
    referrer: str
    made_at: str
    paid_at: str | None
    purchase: str | None


@doors.write("POST", "/referrals", right="loyalty.record_events", answer=ReferralAnswer,
             summary="Say who brought whom")  # fmt: skip
def refer(request: HouseRequest, body: ReferralBody) -> dict[str, Any]:
    """Once for each friend: 409 `already-referred` by somebody else, 409 `referral-not-allowed`
    with the `reason` self, contact, household or payout. Either side earns by the rules for the
    events `referral` and `referred` when the programme pays.
    """
    made, is_new = refer_friends.refer_friend(
        friend=reference(body.customer), referrer=reference(body.referrer, field="referrer"),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    made.refresh_from_db()
    return {
        "state": "new" if is_new else "known", "id": made.public_id,
        "customer": ids.public("cus", made.customer_id),
        "referrer": ids.public("cus", made.referrer_id), "made_at": made.made_at.isoformat(),
        "paid_at": made.paid_at.isoformat() if made.paid_at else None,
        "purchase": ids.public("pur", made.purchase_id) if made.purchase_id else None,
    }  # fmt: skip
