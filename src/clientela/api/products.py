"""Products, their kinds and categories, and what the codes of sources mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictStr

from clientela.api.retention.answers import day
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, Name, Text, public_id
from clientela.flows import keep_catalogue
from clientela.products import queries as products
from clientela.products import rules
from clientela.products.models import Kind as KindRow
from clientela.products.models import Product as ProductRow
from clientela.products.models import StatusMap as MapRow

doors = Doors(tags=["products"])
PAGE = 100


class ProductBody(Body):
    """What is left out stays as it is. `category` by its key and `successor` by its code, "" takes
    them away; `held`: whether buying one opens a holding, whatever its kind says.
    """

    code: Name
    name: Name | None = None
    kind: Name | None = None
    price: Money | None = None
    category: Text | None = None
    form: Literal["good", "service"] | None = None
    attributes: dict[str, Any] | None = None
    terms: StrictStr | None = None
    held: StrictBool | None = None
    successor: Text | None = None
    retired: StrictBool | None = None


class ProductSaved(Body):
    id: str
    code: str
    state: Literal["new", "changed", "unchanged"]


class Product(Body):
    id: str
    code: str
    name: str
    kind: str
    form: str
    category: str | None
    price: Money | None
    attributes: dict[str, Any]
    terms: str
    held: bool
    successor: str | None
    retired_at: str | None


class ProductList(Body):
    items: list[Product]
    next: str | None


class KindBody(Body):
    """`fields`: what is told of products of this kind, `{key, type, labels, rules, choices}`."""

    key: Name
    labels: dict[str, str]
    icon: Text = "package"
    held: StrictBool = False
    fields: Annotated[list[dict[str, Any]], Field(max_length=50)] | None = None


class Kind(Body):
    key: str
    labels: dict[str, str]
    icon: str
    held: bool
    fields: list[dict[str, Any]]


class KindSaved(Body):
    state: Literal["new", "changed", "unchanged"]
    kind: Kind


class KindList(Body):
    items: list[Kind]
    next: str | None


class CategoryBody(Body):
    key: Name
    labels: dict[str, str]
    parent: Text = ""


class Category(Body):
    key: str
    labels: dict[str, str]
    parent: str | None


class CategoryList(Body):
    items: list[Category]
    next: str | None


class StatusMapBody(Body):
    """`kind` left out: the code means the same for every kind of product."""

    source: Name
    kind: Text = ""
    code: Name
    status: StrictStr


class StatusMap(Body):
    id: str
    source: str
    kind: str | None
    code: str
    status: str


class StatusMapList(Body):
    items: list[StatusMap]
    next: str | None


class ProductGone(Body):
    removed: bool


@doors.read("/products", right="products.view", answer=ProductList, summary="List products")
def listed(
    request: HouseRequest, search: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:  # fmt: skip
    """By name; `search` is found in the name or begins the code."""
    last = products.product(public_id("prd", after, field="after")) if after else None
    key = (last.name, last.id) if last else None
    rows = products.catalogue_page(query=search, kind=kind, after=key, limit=limit)
    following = rows[-1].public_id if len(rows) == limit else None
    return {"items": [_product(row) for row in rows], "next": following}


@doors.read("/products/{code}", right="products.view", answer=Product,
            summary="Read a product")  # fmt: skip
def read(request: HouseRequest, code: StrictStr) -> dict[str, Any]:
    """By its code, or by its id, prd_…."""
    found = products.products_named([code]).get(rules.code_norm(code))
    id = found.id if found else public_id("prd", code, field="code")
    return _product(products.product(id))


@doors.write("POST", "/products", right="products.edit", answer=ProductSaved,
             summary="Create or update a product")  # fmt: skip
def create_product(request: HouseRequest, body: ProductBody) -> dict[str, Any]:
    """A product by its code; a kind that is new is created with it."""
    product, state = keep_catalogue.keep_product(
        keep_catalogue.Told(
            code=body.code, name=body.name, kind=body.kind,
            price_minor=body.price.minor if body.price else None,
            currency=body.price.currency if body.price else "", category=body.category,
            form=body.form, attributes=body.attributes, terms=body.terms, is_held=body.held,
            successor=body.successor, retired=body.retired,
        ),
        now=request.started_at,
    )  # fmt: skip
    return {"id": product.public_id, "code": product.code, "state": state}


@doors.read("/product-kinds", right="products.view", answer=KindList,
            summary="List the kinds of products")  # fmt: skip
def kinds(request: HouseRequest) -> dict[str, Any]:
    """With the fields that are told of products of each kind."""
    return {"items": [_kind(row) for row in products.kinds()], "next": None}


@doors.write("POST", "/product-kinds", right="products.edit", answer=KindSaved,
             summary="Create or update a kind of product")  # fmt: skip
def keep_kind(request: HouseRequest, body: KindBody) -> dict[str, Any]:
    """By its key; `fields` left out stay as they are."""
    kind, state = keep_catalogue.keep_kind(
        body.key, labels=body.labels, icon=body.icon, held=body.held, shapes=body.fields
    )
    return {"state": state, "kind": _kind(kind)}


@doors.read("/categories", right="products.view", answer=CategoryList,
            summary="List the categories")  # fmt: skip
def categories(request: HouseRequest) -> dict[str, Any]:
    """The tree of goods and services, parents before their children."""
    rows = products.categories()
    keys = {row.id: row.key for row in rows}
    items = [
        {"key": row.key, "labels": row.labels,
         "parent": keys.get(row.parent_id) if row.parent_id else None}
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": None}


@doors.write("POST", "/categories", right="products.edit", answer=Category,
             summary="Create or update a category")  # fmt: skip
def keep_category(request: HouseRequest, body: CategoryBody) -> dict[str, Any]:
    """By its key; a category is never below itself."""
    row = keep_catalogue.keep_category(body.key, labels=body.labels, parent=body.parent)
    return {"key": row.key, "labels": row.labels, "parent": row.parent.key if row.parent else None}


@doors.read("/status-maps", right="products.view", answer=StatusMapList,
            summary="List what codes of sources mean")  # fmt: skip
def status_maps(
    request: HouseRequest, source: Annotated[str, Query(max_length=200)] = ""
) -> dict[str, Any]:
    """Of one source, or of all."""
    return {"items": [_map(row) for row in products.status_maps(source=source)], "next": None}


@doors.write("POST", "/status-maps", right="products.edit", answer=StatusMap,
             summary="Say what a code of a source means")  # fmt: skip
def map_status(request: HouseRequest, body: StatusMapBody) -> dict[str, Any]:
    """One of applied, approved, active, dormant, overpaid, matured, closed, written_off."""
    row, _state = keep_catalogue.map_status(
        source=body.source, kind=body.kind, code=body.code, status=body.status,
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    return _map(row)


@doors.write("DELETE", "/status-maps/{map_id}", right="products.edit", answer=ProductGone,
             summary="Forget what a code means")  # fmt: skip
def unmap_status(request: HouseRequest, map_id: StrictStr) -> dict[str, Any]:
    """Whoever uses the code is refused from now on."""
    keep_catalogue.unmap_status(public_id("stm", map_id))
    return {"removed": True}


def _product(row: ProductRow) -> dict[str, Any]:
    price = row.price_minor
    return {
        "id": row.public_id, "code": row.code, "name": row.name, "kind": row.kind_id,
        "form": row.form, "category": row.category.key if row.category else None,
        "price": None if price is None else {"minor": price, "currency": row.currency},
        "attributes": row.attributes, "terms": row.terms,
        "held": row.kind.held if row.is_held is None else row.is_held,
        "successor": row.successor.code if row.successor_id and row.successor else None,
        "retired_at": day(row.retired_at),
    }  # fmt: skip


def _kind(row: KindRow) -> dict[str, Any]:
    return {"key": row.key, "labels": row.labels, "icon": row.icon, "held": row.held,
            "fields": row.fields}  # fmt: skip


def _map(row: MapRow) -> dict[str, Any]:
    return {"id": row.public_id, "source": row.source, "kind": row.kind_id, "code": row.code,
            "status": row.status}  # fmt: skip
