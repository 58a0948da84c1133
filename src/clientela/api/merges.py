"""Merges: records of one customer become one, and are parted again exactly."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    Customer,
    HouseRequest,
    Text,
    place_after,
    place_of,
    public_id,
    reference,
)
from clientela.customers import queries as customers
from clientela.flows import merge_customers as merging
from clientela.flows import unmerge_customers as parting
from clientela.flows.merge_customers import Wish
from clientela.flows.told_merges import merge_of, parted_of, trial_of
from clientela.flows.unmerge_customers import Parting
from clientela.matching.queries import merges
from clientela.platform import ids

doors = Doors(tags=["merges"])
RIGHT = "customers.merge"
Choices = Annotated[dict[str, Text], Field(max_length=400)]
Others = Annotated[list[Customer], Field(min_length=1, max_length=49)]


class MergeOf(Body):
    """`choices`: field -> survivor, newest, oldest, longest, union, or the id of a record."""

    others: Others
    choices: Choices = {}
    reason: Text = ""


class NewMerge(MergeOf):
    """`survivor` remains; `others` become part of it."""

    survivor: Customer


class Record(Body):
    id: str
    stood_alone: bool


class Merge(Body):
    """`before` and `after`: the values of the survivor that the merge changed."""

    id: str
    survivor: str
    records: list[Record]
    made_at: str
    made_by: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    carried: dict[str, Any]
    reversed_at: str | None


class Made(Body):
    state: Literal["new", "known"]
    merge: Merge
    merged_from: str | None = None


class FieldOnTrial(Body):
    """What each record says (by its id), what would stand, and whose value that is."""

    field: str
    values: dict[str, Any]
    value: Any
    sources: list[str]
    differs: bool


class IdentityOnTrial(Body):
    kind: str
    value: str
    source: str


class TrialAnswer(Body):
    """`comes`: rows that show on the survivor, at most 1,001 counted of each; `left`: fields that
    the survivor's type does not have; `told_apart`: somebody said that two of these are two.
    """

    survivor: str
    fields: list[FieldOnTrial]
    identities: list[IdentityOnTrial]
    comes: dict[str, int]
    left: list[str]
    told_apart: bool


class MergePage(Body):
    items: list[Merge]
    next: str | None


class Reverse(Body):
    """`values`: for each field changed since the merge, `keep` or `before`; `all`: for all."""

    values: Annotated[dict[str, Literal["keep", "before"]], Field(max_length=400)] = {}
    all: Literal["", "keep", "before"] = ""
    reason: Text = ""


class ChangedSince(Body):
    field: str
    before: Any
    now: Any


class Since(Body):
    recorded_at: str
    name: str
    subject: str


class MergeReversed(Body):
    """`since`: what was written on the survivor after the merge; it stays there."""

    merge: Merge
    records: list[str]
    changed: list[ChangedSince]
    since: list[Since]
    carried: dict[str, Any]


@doors.write("POST", "/merges", right=RIGHT, answer=Made, summary="Merge customers")
def make(request: HouseRequest, body: NewMerge) -> dict[str, Any]:
    """2 to 50 records become one. The same merge again changes nothing and answers the same."""
    return _made(request, _wish(body, _one(body.survivor, field="survivor")))


@doors.write("POST", "/merges/trial", right=RIGHT, answer=TrialAnswer, summary="Try a merge")
def on_trial(request: HouseRequest, body: NewMerge) -> dict[str, Any]:
    """What the merge would do; nothing is written."""
    found = merging.try_merge(
        _wish(body, _one(body.survivor, field="survivor")), actor=request.actor
    )
    return trial_of(found)


@doors.write("POST", "/customers/{customer_id}/merges", right=RIGHT, answer=Made,
             summary="Merge others into a customer")  # fmt: skip
def merge_into(request: HouseRequest, customer_id: StrictStr, body: MergeOf) -> dict[str, Any]:
    """The customer of the address remains."""
    return _made(request, _wish(body, public_id("cus", customer_id)))


@doors.read("/merges", right=RIGHT, answer=MergePage, summary="List merges")
def listed(
    request: HouseRequest, customer: StrictStr | None = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first; those of one customer with `customer`."""
    family = customers.family_of(public_id("cus", customer, field="customer")) if customer else ()
    before = place_after(after)
    rows = merges.page_of(before=before, family=family, limit=limit)
    last = rows[-1] if len(rows) == limit else None
    return {
        "items": [merge_of(row) for row in rows],
        "next": place_of(last.made_at, last.id) if last else None,
    }


@doors.read("/merges/{merge_id}", right=RIGHT, answer=Merge, summary="Read a merge")
def read(request: HouseRequest, merge_id: StrictStr) -> dict[str, Any]:
    """Who made it, what it changed, whether it was taken back."""
    return merge_of(merges.get(public_id("mrg", merge_id)))


@doors.write("POST", "/merges/{merge_id}/reversal", right=RIGHT, answer=MergeReversed,
             summary="Take a merge back")  # fmt: skip
def reverse(request: HouseRequest, merge_id: StrictStr, body: Reverse) -> dict[str, Any]:
    """Each record stands again with its own values and rows; the newest merge first."""
    wish = Parting(public_id("mrg", merge_id), body.values, body.all, body.reason)
    return parted_of(parting.unmerge_customers(
        wish, actor=request.actor, now=request.started_at, request=request.request_id
    ))  # fmt: skip


@doors.write("POST", "/merges/{merge_id}/reversal/trial", right=RIGHT, answer=MergeReversed,
             summary="Try to take a merge back")  # fmt: skip
def reverse_on_trial(request: HouseRequest, merge_id: StrictStr) -> dict[str, Any]:
    """Which records would stand again, which values must be chosen, what stays."""
    return parted_of(parting.try_parting(public_id("mrg", merge_id), actor=request.actor))


def _made(request: HouseRequest, wish: Wish) -> dict[str, Any]:
    done = merging.merge_customers(
        wish, actor=request.actor, now=request.started_at, request=request.request_id
    )
    answer: dict[str, Any] = {"state": done.state, "merge": merge_of(merges.get(done.merge.id))}
    if done.merged_from:
        answer["merged_from"] = ids.public("cus", done.merged_from)
    return answer


def _wish(body: MergeOf, survivor: UUID) -> Wish:
    others = tuple(_one(one, field=f"others.{n}") for n, one in enumerate(body.others))
    return Wish(survivor, others, dict(body.choices), body.reason)


def _one(named: Customer, *, field: str) -> UUID:
    """An id means that very record, merged or not; everything else whoever it leads to today."""
    if isinstance(named, str):
        return public_id("cus", named, field=field)
    return customers.the_one(reference(named, field=field)).survivor
