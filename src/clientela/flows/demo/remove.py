"""Take the demo company away, to the last row.

Needs the role that owns the tables: ledgers and logs are append-only for the application.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from psycopg.sql import SQL, Identifier

from clientela.calls.models import Line
from clientela.customers.access.models import FieldRight
from clientela.customers.models import Customer
from clientela.events.models import Event
from clientela.flows import keep_files
from clientela.flows.demo import books, grants, habits, lists, loyalty, mark, papers, traits
from clientela.flows.demo.catalogue import CATEGORIES
from clientela.flows.demo.mark import DEMO, Mark
from clientela.flows.erasing import listed
from clientela.notes import queries as notes
from clientela.platform import sql, transactions
from clientela.platform.declare import house
from clientela.platform.errors import Problem
from clientela.privacy.models.rights import Erasure
from clientela.products.models import Category, Kind, Product, StatusMap
from clientela.staff import company as companies
from clientela.staff import keys
from clientela.staff.models import ApiKey, IdempotentCall, Person, RateBucket, Setting
from clientela.warranty.models.promised import Plan

CUSTOMERS_AT_ONCE = 5_000


class NeedsOwner(Problem):
    code = "needs-owner"
    status = 403
    title = "Only the owner of the tables can take the demo company away"


class MergedWithReal(Problem):
    code = "merged-with-real"
    status = 409
    title = "A customer of your own was merged into one of the demo company"


@dataclass(frozen=True, slots=True)
class Removed:
    """`kept_products`: products that customers of your own have; they stay and are yours now."""

    customers: int
    rows: int
    kept_products: int


def remove(*, now: datetime) -> Removed:
    """Delete everything marked as demo and every row of its customers; nothing of anybody else.

    Broken off, it goes on where it stood. Parts of other customers in what the demo's customers
    hold go with it. MergedWithReal when a real customer lives on in one of the demo.
    """
    _ask_first()
    erased = _erasures()
    customers = rows = 0
    while batch := _next_customers():
        files = notes.file_ids_of(batch)
        with transactions.open():
            _take_time()
            rows += _forget(batch)
        keep_files.destroy(files)
        customers += len(batch)
    with transactions.open():
        _take_time()
        rows += grants.take_down() + habits.take_down() + books.take_down()
        rows += loyalty.take_down() + lists.take_down() + papers.take_down()
        rows += _deleted(StatusMap.objects.filter(source=f"{mark.SOURCE}-bank"))
        rows += _clear_people()
        known = mark.read()
        rows += traits.take_down(known.fields if known else ())
        kept, gone = _clear_shelves(known)
        rows += gone + _clear_settings()
    listed.drop(erased)
    companies.forget()
    keys.forget()
    return Removed(customers, rows, kept)


def _ask_first() -> None:
    may = (
        sql.raw()
        .execute("SELECT has_table_privilege(%s, 'DELETE')", [Event._meta.db_table])
        .fetchone()
    )
    if may is None or not may[0]:
        raise NeedsOwner
    demo = Customer.objects.filter(is_demo=True).values("id")
    if Customer.objects.filter(is_demo=False, merged_into__in=demo).exists():
        raise MergedWithReal


def _erasures() -> set[UUID]:
    demo = Customer.objects.filter(is_demo=True).values("id")
    return set(Erasure.objects.filter(customer_id__in=demo).values_list("id", flat=True))


def _take_time() -> None:
    sql.raw().execute("SET LOCAL statement_timeout = 0")


def _next_customers() -> list[UUID]:
    return list(
        Customer.objects.filter(is_demo=True).order_by("id").values_list("id", flat=True)
        [:CUSTOMERS_AT_ONCE]
    )  # fmt: skip


def _forget(customers: Sequence[UUID]) -> int:
    """Every row that names one of these customers, then the customers themselves."""
    rows = 0
    for table, column in _named_in():
        statement = SQL("DELETE FROM {} WHERE {} = ANY (%s)").format(
            Identifier(table), Identifier(column)
        )
        rows += sql.raw().execute(statement, [list(customers)]).rowcount
    return rows


def _named_in() -> Iterator[tuple[str, str]]:
    """Every column of the house that names a customer; the customer's own row comes last."""
    for model in _models():
        for field in model._meta.concrete_fields:
            column = field.column or ""
            if column == "customer_id" or column.endswith("_customer_id"):
                yield model._meta.db_table, column
    yield Customer._meta.db_table, "id"


def _models() -> Iterator[type[models.Model]]:
    """All models of the house, those of the highest storey first."""
    labels = {app.label for app in house()}
    for config in reversed(list(apps.get_app_configs())):
        if config.label in labels:
            yield from config.get_models()


def _clear_people() -> int:
    """People, keys and imports of the demo, and what they left behind."""
    people, made = _demo(Person), _demo(ApiKey)
    Plan.objects.filter(is_demo=True, versions__policy__isnull=False).update(is_demo=False)
    marked = [*people, *made, *Line.objects.filter(is_demo=True)]
    actors = {DEMO.id, *(one.public_id for one in marked)}
    rows = _end_sessions({str(one.pk) for one in people})
    rows += _deleted(Event.objects.filter(customer_id=None, actor__in=actors))
    rows += _deleted(IdempotentCall.objects.filter(actor__in=actors))
    rows += _deleted(RateBucket.objects.filter(subject__in=[f"key:{one.id}" for one in made]))
    rows += _deleted(FieldRight.objects.filter(decided_by__in=actors))
    for model in _models():
        if model not in (Customer, Product) and _is_marked(model):
            rows += _deleted(model._default_manager.filter(is_demo=True))
    return rows


def _demo(model: type[models.Model]) -> list[Person | ApiKey]:
    return cast(list[Person | ApiKey], list(model._default_manager.filter(is_demo=True)))


def _is_marked(model: type[models.Model]) -> bool:
    return any(field.name == "is_demo" for field in model._meta.concrete_fields)


def _end_sessions(people: set[str]) -> int:
    theirs = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") in people
    ]
    return _deleted(Session.objects.filter(pk__in=theirs))


def _clear_shelves(known: Mark | None) -> tuple[int, int]:
    """Products nobody else has, then kinds and categories the demo brought and nobody else uses."""
    used = models.Q(pk__in=_used("product_id"))
    kept = Product.objects.filter(used, is_demo=True).update(is_demo=False)
    gone = Product.objects.filter(is_demo=True)
    Product.objects.filter(successor__in=gone).update(successor=None)
    rows = _deleted(gone)
    if known is None:
        return kept, rows
    in_use = set(Product.objects.values_list("kind_id", flat=True))
    rows += _deleted(Kind.objects.filter(key__in=set(known.kinds) - in_use))
    for category in reversed([str(one["key"]) for one in CATEGORIES]):  # children first
        if category in known.categories:
            rows += _deleted(_unused(Category.objects.filter(key=category)))
    return kept, rows


def _unused(categories: models.QuerySet[Category]) -> models.QuerySet[Category]:
    return categories.exclude(pk__in=_used("category_id")).exclude(
        pk__in=Category.objects.exclude(parent=None).values("parent_id")
    )


def _used(column: str) -> list[UUID]:
    """Every value of this column in the tables of the house."""
    found: set[UUID] = set()
    for model in _models():
        for field in model._meta.concrete_fields:
            if field.column == column:
                values = model._default_manager.exclude(**{field.attname: None})
                found.update(values.values_list(field.attname, flat=True).distinct())
    return list(found)


def _clear_settings() -> int:
    """The mark of the demo; the company's settings too, if nobody has touched them since."""
    ours = Setting.objects.filter(name__startswith=companies.PREFIX)
    mark.wipe()
    if ours.exclude(changed_by=DEMO.id).exists():
        return 0
    return _deleted(ours)


def _deleted(rows: models.QuerySet[models.Model]) -> int:
    return rows.delete()[0]
