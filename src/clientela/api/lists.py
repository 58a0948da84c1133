"""Customers as lists: filtered, sorted, page by page; and the lists that were saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, Text, public_id
from clientela.customers.queries import Hit
from clientela.flows.lists import quality, views
from clientela.flows.lists import reading as lists
from clientela.flows.lists.reading import Row
from clientela.flows.lists.state import ListState, of_json, of_query
from clientela.flows.lists.views import Shared
from clientela.flows.search import customers_found
from clientela.staff import company as companies
from clientela.ui.models import View as ViewRow

doors = Doors(tags=["customers"])
Tree = dict[str, Any]


class Listed(Body):
    """`values`: by fact, what the list was asked for; a fact without a value is left out."""

    id: str
    number: int
    name: str
    type: str
    phone: str = ""
    email: str = ""
    values: dict[str, Any] = {}


class ListPage(Body):
    items: list[Listed]
    next: str | None


class Chosen(BaseModel):
    """Which customers: a condition as JSON, a profile type, a saved list."""

    filter: Annotated[str, Field(max_length=20_000)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    view: Annotated[str, Field(max_length=60)] = ""

    def members(self) -> dict[str, str]:
        asked = {"filter": self.filter, "kind": self.kind}
        return {name: value for name, value in asked.items() if value}


class ListAsked(Chosen):
    search: Annotated[str, Field(max_length=200)] = ""
    sort: Annotated[str, Field(max_length=80)] = ""
    fields: Annotated[str, Field(max_length=2_000)] = ""
    after: Annotated[str, Field(max_length=1_000)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def members(self) -> dict[str, str]:
        asked = {"sort": self.sort, "columns": self.fields}
        return super().members() | {name: value for name, value in asked.items() if value}


class Grouped(Chosen):
    by: Annotated[str, Field(max_length=80)]

    def members(self) -> dict[str, str]:
        return super().members() | {"group": self.by}


class ListGroup(Body):
    """`count` is a number, or `<5` where fewer would tell of single people."""

    value: Any
    count: int | str


class Groups(Body):
    items: list[ListGroup]
    next: None = None


class State(Body):
    """`kind`: a profile type. `sort`: a fact, with `-` before it from the highest down."""

    kind: Text = ""
    columns: Annotated[list[StrictStr], Field(max_length=20)] | None = None
    filter: Tree | None = None
    sort: Text = ""
    group: Text = ""
    board: Text = ""


class NewView(Body):
    """`role`: the team that sees it; `default_for`: the role that sees it first."""

    name: Name
    state: State = State()
    sharing: Literal["private", "team", "everyone"] = "private"
    role: Text = ""
    default_for: Text = ""


class View(Body):
    id: str
    name: str
    state: dict[str, Any]
    owner: str
    sharing: str
    role: str
    default_for: str
    saved_at: str


class Quality(Body):
    """`count` of `whole` customers. Of `complete`, how many have the field; of the others, how many
    are wanting. `filter` and `kind` list them at `/customers`; of `complete`, those without it.
    """

    measure: str
    type: str
    field: str
    count: int
    whole: int
    counted_at: str
    kind: str
    filter: dict[str, Any]


class QualityFigures(Body):
    items: list[Quality]
    next: None = None


class Views(Body):
    items: list[View]
    next: None = None


def listed(request: HouseRequest, asked: ListAsked) -> dict[str, Any]:
    """A search, or a page of a list."""
    if asked.search:
        most = min(asked.limit, 50)
        hits = customers_found(asked.search, company=companies.current(), limit=most)
        return {"items": [_found(hit) for hit in hits], "next": None}
    state = _state(request, asked.members(), asked.view)
    page = _reading(request, state).page(after=asked.after, limit=asked.limit)
    return {"items": [_listed(row) for row in page.rows], "next": page.after}


@doors.read("/customer-groups", right="customers.view", answer=Groups,
            summary="Count customers by a fact")  # fmt: skip
def groups(request: HouseRequest, asked: Query[Grouped]) -> dict[str, Any]:
    """How many customers of a list there are by the value of a fact, the most first, at most 100.
    Days are counted by month. Fewer than five by a sensitive field are told as `<5`.
    """
    state = _state(request, asked.members(), asked.view)
    counted = _reading(request, state).groups(asked.by)
    return {"items": [{"value": value, "count": count} for value, count in counted]}


@doors.read("/data-quality", right=quality.RIGHT, answer=QualityFigures,
            summary="Read how good the records are")  # fmt: skip
def data_quality(request: HouseRequest) -> dict[str, Any]:
    """As they were last counted: `complete` by field, and how many are `invalid`, `stale`,
    `unreachable`, `unverified`, `bouncing` or may be `duplicates`.
    """
    figures = quality.figures_for(request.actor, company=companies.current())
    return {
        "items": [
            {"measure": one.measure, "type": one.profile_type, "field": one.field,
             "count": one.count, "whole": one.whole, "counted_at": one.counted_at.isoformat(),
             "kind": one.state.kind, "filter": one.state.filter}
            for one in figures
        ]
    }  # fmt: skip


@doors.read("/views", right="customers.view", answer=Views, summary="List saved lists")
def all_views(request: HouseRequest) -> dict[str, Any]:
    """The key's own, and those for everyone."""
    return {"items": [_view(one) for one in views.views_for(request.actor)]}


@doors.read("/views/{view_id}", right="customers.view", answer=View, summary="Read a saved list")
def one_view(request: HouseRequest, view_id: StrictStr) -> dict[str, Any]:
    """Which customers, in which columns and order; read them at `/customers?view=`."""
    return _view(views.view_for(request.actor, public_id("lst", view_id)))


@doors.write("POST", "/views", right="customers.view", answer=View, summary="Save a list")
def save_view(request: HouseRequest, body: NewView) -> dict[str, Any]:
    """A list under a name. Sharing it needs `customers.share_views`."""
    saved = views.save(
        name=body.name, state=of_body(body.state), shared=_shared(body), actor=request.actor,
        company=companies.current(), now=request.started_at,
    )  # fmt: skip
    return _view(saved)


@doors.write("PATCH", "/views/{view_id}", right="customers.view", answer=View,
             summary="Replace a saved list")  # fmt: skip
def replace_view(request: HouseRequest, view_id: StrictStr, body: NewView) -> dict[str, Any]:
    """What the list is now, whole: name, state and who sees it."""
    saved = views.save(
        name=body.name, state=of_body(body.state), shared=_shared(body), actor=request.actor,
        company=companies.current(), now=request.started_at, view_id=public_id("lst", view_id),
    )  # fmt: skip
    return _view(saved)


@doors.write("POST", "/views/{view_id}/removal", right="customers.view", answer=View,
             summary="Remove a saved list")  # fmt: skip
def remove_view(request: HouseRequest, view_id: StrictStr) -> dict[str, Any]:
    """It is gone from all lists of views; the customers stay as they are."""
    removed = views.remove(public_id("lst", view_id), actor=request.actor, now=request.started_at)
    return _view(removed)


def _state(request: HouseRequest, asked: Mapping[str, str], view: str) -> ListState:
    """What the address says, over the view it names; without columns only what always is there."""
    if not view:
        return of_query({"columns": "", **asked}, ListState(columns=()))
    saved = views.state_of(views.view_for(request.actor, public_id("lst", view, field="view")))
    return of_query(asked, views.seen(saved, _reading(request, ListState()).known))


def _reading(request: HouseRequest, state: ListState) -> lists.Reading:
    return lists.reading(
        state, actor=request.actor, company=companies.current(), now=request.started_at
    )


def of_body(state: State) -> ListState:
    """The list a body describes."""
    members = {name: value for name, value in state.model_dump().items() if value not in (None, "")}
    return of_json(members)


def _shared(body: NewView) -> Shared:
    return Shared(body.sharing, body.role, body.default_for)


def _found(hit: Hit) -> dict[str, Any]:
    row = hit.customer
    return {
        "id": row.public_id, "number": row.number, "name": row.display_name,
        "type": row.profile_type.key, "phone": hit.phone, "email": hit.email,
    }  # fmt: skip


def _listed(row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id, "number": row.number, "name": row.name, "type": row.kind,
        "values": dict(_values(row.values.items())),
    }  # fmt: skip


def _values(values: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for key, value in values:
        if value not in (None, "", []):
            yield key, lists.as_json(value)


def _view(row: ViewRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "name": row.name, "state": row.state, "owner": row.owner,
        "sharing": row.sharing, "role": row.role, "default_for": row.default_for,
        "saved_at": row.saved_at.isoformat(),
    }  # fmt: skip
