"""The index of a filterable field: built beside the daily work, dropped, mended when broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from clientela.customers.definitions.actions import TooManyFilterable
from clientela.customers.models import Field, FieldIndex
from clientela.customers.rules import FieldType, expressions
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.shapes import fields, indexes
from clientela.platform import database
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def birth_date(transactional_db: None) -> Iterator[Field]:
    """A field of Anna's; what was built for it is dropped afterwards."""
    details = Details(name="Anna", attributes={"birth_date": "1980-02-01", "city": "Rīga"})
    register_customer(details, actor=SYSTEM, now=NOW)
    yield Field.objects.get(profile_type__key="person", key="birth_date")
    for key in ("birth_date", "city"):
        mark(key, filterable=False)
    indexes.keep_indexes(now=NOW)


def mark(key: str = "birth_date", *, filterable: bool = True) -> None:
    said = {"filterable": filterable}
    fields.change_field("person", key, said, actor=SYSTEM, now=NOW)


def has_statistics(field: Field) -> bool:
    with connection.cursor() as cursor:
        name = expressions.names_of(field.pk)["statistics"]
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname = %s", [name])
        return bool(cursor.fetchone() == (1,))


def is_asked_by_index(field: Field) -> bool:
    """Whether a filter and an order by the field's expression are answered by its index."""
    value = expressions.expression(FieldType(field.type), field.key, row="customer").sorted_by
    text = (
        "EXPLAIN SELECT id FROM customers_customer AS customer"  # noqa: S608
        f" WHERE profile_type_id = {field.profile_type_id} AND {value} < '1990-01-01'"
        f" ORDER BY {value}, id LIMIT 50"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(text)
        told = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    return expressions.names_of(field.pk)["index"] in told


@promise("CUS-04")
def test_filterable_builds_an_index_and_statistics_and_unmarking_drops_them(
    birth_date: Field,
) -> None:
    mark()
    mark("city")
    assert FieldIndex.objects.get(field=birth_date).state == "waiting"
    assert indexes.keep_indexes(now=NOW) == 2
    index = FieldIndex.objects.get(field=birth_date)
    assert (index.state, index.finished_at) == ("ready", NOW)
    assert indexes.stands(birth_date)
    assert has_statistics(birth_date)
    assert is_asked_by_index(birth_date)
    break_off(birth_date)
    assert not is_asked_by_index(birth_date)
    assert indexes.keep_indexes(now=NOW) == 1
    assert is_asked_by_index(birth_date)
    mark(filterable=False)
    assert FieldIndex.objects.get(field=birth_date).state == "dropping"
    indexes.keep_indexes(now=NOW)
    assert not FieldIndex.objects.filter(field=birth_date).exists()
    assert not indexes.stands(birth_date)
    assert not has_statistics(birth_date)


def break_off(field: Field) -> None:
    """What a worker leaves behind that was killed: another index of that name, and its mark."""
    name = expressions.names_of(field.pk)["index"]
    with database.as_owner() as owner:
        owner.execute(f"DROP INDEX {name}".encode())
        owner.execute(f"CREATE INDEX {name} ON customers_customer (number)".encode())
    FieldIndex.objects.filter(field=field).update(state="building", tries=1)


@promise("CUS-04")
@pytest.mark.django_db
def test_a_type_has_at_most_twelve_filterable_fields() -> None:
    for place in range(12):
        said = {"key": f"n{place}", "type": "integer", "labels": {"en": "N"}, "filterable": True}
        fields.define_field("person", said, actor=SYSTEM, now=NOW)
    with pytest.raises(TooManyFilterable):
        mark()
