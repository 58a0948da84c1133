"""Which records other rows of the house speak of: they are kept when an import is undone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.apps import apps
from django.db import models
from psycopg.sql import SQL, Identifier

from clientela.platform import ids, sql
from clientela.platform.declare import house
from clientela.privacy import queries as privacy

# They tell of a customer, but nobody did anything with it: looked at, told, compared.
TRACES = frozenset({
    "customers_access", "events_event", "events_delivery", "matching_duplicatepair",
    "matching_pair", "matching_candidate", "purchases_habitmonth", "purchases_habitprofile",
})  # fmt: skip
# What an undo took back is no decision any more.
RETRACTABLE = frozenset({"privacy_consent", "privacy_retraction"})
OWN = frozenset({
    "customers_customer", "customers_identity", "customers_identitykey", "customers_externalid",
    "customers_fieldchange", "customers_fieldkey",
})  # fmt: skip


def named_elsewhere(customers: Sequence[UUID], *, besides: Collection[str] = ()) -> set[UUID]:
    """Customers that any table names, besides their own, mere traces and `besides`."""
    passed, wanted = {*OWN, *TRACES, *RETRACTABLE, *besides}, ids.as_array(customers)
    found: set[UUID] = set()
    for table, column in _columns(lambda name: name == "customer_id" or
                                  name.endswith("_customer_id")):  # fmt: skip
        if table not in passed:
            found |= _named(table, column, wanted)
    found |= privacy.with_consents(customers)
    return found | _named("customers_customer", "merged_into", wanted)


def spoken_of(column: str, records: Sequence[UUID], *, besides: Collection[str] = ()) -> set[UUID]:
    """Records that a table names in a column of this name, such as `holding_id`."""
    found: set[UUID] = set()
    wanted = ids.as_array(records)
    for table, name in _columns(lambda name: name == column):
        if table not in besides:
            found |= _named(table, name, wanted)
    return found


def _named(table: str, column: str, records: str) -> set[UUID]:
    """`records`: as PostgreSQL reads an array of them."""
    statement = SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} = ANY (%s::uuid[])").format(
        Identifier(column), Identifier(table)
    )
    return {id for (id,) in sql.raw().execute(statement, [records])}


def _columns(wanted: object) -> Iterator[tuple[str, str]]:
    """(table, column) of the house, columns of uuids only."""
    labels = {app.label for app in house()}
    for config in apps.get_app_configs():
        if config.label in labels:
            for model in config.get_models():
                for field in model._meta.concrete_fields:
                    column = field.column or ""
                    if callable(wanted) and wanted(column) and _is_uuid(field):
                        yield model._meta.db_table, column


def _is_uuid(field: models.Field[object, object]) -> bool:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, models.UUIDField)
