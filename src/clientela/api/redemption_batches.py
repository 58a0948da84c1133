"""Many redemptions at once."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool
from pydantic_core import to_json

from clientela.api.purchases import UNREADABLE
from clientela.api.redemptions import Redeemed, RedemptionBody, redeemed, wanted
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name
from clientela.flows.redeem_batch import BATCH_ROWS_MAX, Result, Row, redeem_batch
from clientela.flows.redeem_reward import Wanted
from clientela.flows.whole_batches import taken
from clientela.platform.errors import BatchTooLarge, InvalidInput

doors = Doors(tags=["rewards"], switch="loyalty")
STATES = ("new", "known", "conflict", "refused")


class NamedRedemption(RedemptionBody):
    """As one alone, but always with its `source` and `reference`: they book it once."""

    source: Name
    reference: Name


class RedemptionBatch(Body):
    redemptions: Annotated[list[NamedRedemption], Field(min_length=1)]
    all_or_nothing: StrictBool = False


class RedemptionResult(Body):
    reference: str
    state: Literal["new", "known", "conflict", "refused"]
    redemption: Redeemed | None
    error: dict[str, Any] | None


class RedemptionsRecorded(Body):
    new: int
    known: int
    conflict: int
    refused: int
    results: list[RedemptionResult]


@doors.write("POST", "/points/redemptions", right="loyalty.redeem", answer=RedemptionsRecorded,
             summary="Redeem many rewards")  # fmt: skip
def redeem(request: HouseRequest, body: RedemptionBatch) -> bytes:
    """1 to 10,000 rewards; a bad one is refused alone, the others are booked. Each is named by its
    `source` and `reference`: the same again is `known` and changes nothing, another one under the
    same name is a `conflict`. Of several for one customer each gets what the former ones left.

    They are booked in slices, each whole: after a failure send the same batch again, what stands
    already is `known`. Under an Idempotency-Key all of it is booked, or nothing. With
    `all_or_nothing` a bad one refuses all, and `rows` of the error says which.
    """
    if len(body.redemptions) > BATCH_ROWS_MAX:
        raise BatchTooLarge(
            f"Send at most {BATCH_ROWS_MAX} redemptions at once.", field="redemptions"
        )
    batch = [_row(one, f"redemptions.{place}.") for place, one in enumerate(body.redemptions)]
    results = taken(
        redeem_batch, batch, is_whole=body.all_or_nothing,
        fault_of=attrgetter("error"), field="redemptions", actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    states = [one.state for one in results]
    return to_json({
        **{state: states.count(state) for state in STATES},
        "results": [_result(one, request.request_id) for one in results],
    })  # fmt: skip


def _row(body: NamedRedemption, at: str) -> Row:
    """One that cannot be read is refused by itself."""
    try:
        return Row(wanted(body, at))
    except InvalidInput as fault:
        named = Wanted(UNREADABLE, "", source=body.source, reference=body.reference)
        return Row(named, fault)


def _result(one: Result, request_id: str) -> dict[str, Any]:
    return {
        "reference": one.reference, "state": one.state,
        "redemption": redeemed(one.outcome) if one.outcome else None,
        "error": one.error.as_dict(request_id=request_id) if one.error else None,
    }  # fmt: skip
