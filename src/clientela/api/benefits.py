"""What rewards gave and somebody has to hand over or book: things, credits, months, miles."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import StrictBool, StrictStr

from clientela.api.redemptions import BenefitAnswer, benefit
from clientela.api.router import Doors
from clientela.api.types import After, Body, HouseRequest, Text, public_id
from clientela.flows import hand_over
from clientela.loyalty.models import Benefit
from clientela.loyalty.queries import rewards
from clientela.platform import ids

doors = Doors(tags=["rewards"], switch="loyalty")
LIMIT_MAX = 200


class GivenBody(Body):
    """`reference`: of the receipt, the bill or the partner's booking; of a refusal, why."""

    given: StrictBool
    reference: Text = ""


class BenefitRow(Body):
    id: str
    customer: str
    merged_from: str | None = None
    points: int
    labels: dict[str, str]
    made_at: str
    benefit: BenefitAnswer


class BenefitPage(Body):
    items: list[BenefitRow]
    next: str | None


@doors.read("/benefits", right="loyalty.redeem", answer=BenefitPage,
            summary="List what is to be given")  # fmt: skip
def list_benefits(
    request: HouseRequest, closed: Annotated[bool, Query()] = False, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Things to be handed over, credits, months and miles to be booked, oldest first; with
    `closed=true` all. Billing systems read it, or the event `benefit.promised`.
    """
    beyond = public_id("ben", after, field="after") if after else None
    found = rewards.benefits(open_only=not closed, after=beyond, limit=limit)
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_row(one) for one in found], "next": following}


@doors.write("POST", "/benefits/{benefit_id}/answer", right="loyalty.redeem",
             answer=BenefitRow, summary="Say that it was given, or cannot be")  # fmt: skip
def answer(request: HouseRequest, benefit_id: StrictStr, body: GivenBody) -> dict[str, Any]:
    """Once: 409 `benefit-answered` afterwards. Refused, the points go back."""
    done = hand_over.answer_benefit(
        public_id("ben", benefit_id), given=body.given, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _row(done)


def _row(one: Benefit) -> dict[str, Any]:
    made = one.redemption
    return {
        "id": one.public_id, "customer": ids.public("cus", one.customer_id),
        "points": made.points, "labels": made.labels, "made_at": one.made_at.isoformat(),
        "benefit": benefit(one),
    }  # fmt: skip
