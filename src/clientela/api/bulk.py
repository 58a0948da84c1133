"""One field changed for everybody in a list: asked, looked at, run, taken back."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictStr

from clientela.api import lists
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, Text, public_id
from clientela.customers.bulk import queries
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.flows import jobs
from clientela.flows.lists import bulk, views
from clientela.platform import ids, transactions

doors = Doors(tags=["customers"])


class NewChange(Body):
    """`field`: a key of the profile, or `language` or `country`; `value` null empties it.
    `tags.put` puts the tag that `value` names on them, `tags.take` takes it off. Which customers:
    `list`, or the saved list `view`.
    """

    field: Name
    value: Any = None
    list: lists.State | None = None
    view: Text = ""


class Refused(Body):
    id: str
    name: str
    code: str


class ListChange(Body):
    """`counts`: customers by what became of them, or will: `ready`, `unchanged`, `refused`,
    `changed`, `undone`, `kept` (touched since). `refused`: the first of those.
    """

    id: str
    state: str
    field: str
    value: Any
    counts: dict[str, int]
    refused: Annotated[list[Refused], Field(max_length=queries.EXAMPLES_MAX)]
    problem: dict[str, Any] | None = None


@doors.write("POST", "/bulk-changes", right=bulk.RIGHT, answer=ListChange,
             summary="Ask to change a field for a list")  # fmt: skip
def ask(request: HouseRequest, body: NewChange) -> dict[str, Any]:
    """Nothing is written yet: the change is `checking`, then `checked`, and waits for its run."""
    if body.view:
        view = views.view_for(request.actor, public_id("lst", body.view, field="view"))
        state = views.state_of(view)
    else:
        state = lists.of_body(body.list or lists.State())
    with transactions.open():
        change = bulk.ask(
            state, target=body.field, value=body.value, actor=request.actor,
            now=request.started_at,
        )  # fmt: skip
        jobs.queue_bulk_change(change.id, "check", actor=request.actor.id)
    return _change(change)


@doors.read("/bulk-changes/{change_id}", right=bulk.RIGHT, answer=ListChange,
            summary="Read how far a change of a list is")  # fmt: skip
def read(request: HouseRequest, change_id: StrictStr) -> dict[str, Any]:
    """Its state, and what became of how many."""
    return _change(queries.get(public_id("chg", change_id)))


@doors.write("POST", "/bulk-changes/{change_id}/run", right=bulk.RIGHT, answer=ListChange,
             summary="Carry out a change of a list")  # fmt: skip
def run(request: HouseRequest, change_id: StrictStr) -> dict[str, Any]:
    """A checked change, in the background, a thousand customers at a time."""
    return _step(request, change_id, "run")


@doors.write("POST", "/bulk-changes/{change_id}/reversal", right=bulk.RIGHT, answer=ListChange,
             summary="Take back a change of a list")  # fmt: skip
def reverse(request: HouseRequest, change_id: StrictStr) -> dict[str, Any]:
    """Within thirty days; a value that somebody changed since stays, and is counted as `kept`."""
    return _step(request, change_id, "undo")


def _step(request: HouseRequest, change_id: str, step: str) -> dict[str, Any]:
    change = bulk.start(public_id("chg", change_id), step, now=request.started_at)
    jobs.queue_bulk_change(change.id, step, actor=request.actor.id)
    return _change(change)


def _change(change: BulkChange) -> dict[str, Any]:
    refused = queries.examples(change.id, BulkRow.Outcome.REFUSED)
    return {
        "id": change.public_id, "state": change.state, "field": change.target,
        "value": change.value, "counts": change.counts, "problem": change.problem or None,
        "refused": [
            {"id": ids.public("cus", row.customer_id), "name": name, "code": row.code}
            for row, name in refused
        ],
    }  # fmt: skip
