"""Short statements, prepared once for each connection and run in one call."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from clientela.platform import prepared, sql

pytestmark = pytest.mark.django_db


def _kept() -> int:
    found = sql.execute(
        "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'clientela%'"
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_a_name_has_one_place_and_a_percent_sign_stays() -> None:
    text = prepared.text_of("SELECT %(a)s::text || '%%', %(b)s::int, %(a)s::text")
    assert text.query == b"SELECT $1::text || '%', $2::int, $1::text"
    assert text.names == ("a", "b")
    row = sql.execute(
        "SELECT %(a)s::text || '%%', %(b)s::int, %(a)s::text", {"a": "x", "b": 1}, prepare=True
    ).fetchone()
    assert row == ("x%", 1, "x")


def test_without_parameters_a_text_is_sent_as_it_is() -> None:
    assert sql.execute("SELECT '%s', 5 %% 3".replace("%%", "%"), prepare=True).fetchone() == (
        "%s", 2,
    )  # fmt: skip


def test_values_come_back_as_psycopg_reads_them() -> None:
    now = dt.datetime(2026, 3, 29, 3, 30, 0, 5, tzinfo=dt.UTC)
    given = [now, uuid.uuid4(), None, True, [1, 2], "ā", 2**40, b"\0x", now.date()]
    query = (
        "SELECT %s::timestamptz, %s::uuid, %s::text, %s::boolean, %s::int[], %s::text, %s::bigint,"
        " %s::bytea, %s::date"
    )
    by_psycopg = sql.cursor().execute(query.encode(), given).fetchall()
    rows = sql.execute(query, given, prepare=True)
    assert rows.rowcount == 1
    assert list(rows) == by_psycopg
    assert rows.fetchone() is None
    assert rows.fetchall() == []


def test_rows_are_read_one_after_the_other() -> None:
    rows = sql.execute("SELECT generate_series(1, %s)", [4], prepare=True)
    assert (rows.fetchone(), rows.fetchall(), rows.fetchone()) == ((1,), [(2,), (3,), (4,)], None)


def test_a_statement_is_prepared_once_for_each_kind_of_values() -> None:
    before = _kept()
    for value in (1, 2, 3):
        sql.execute("SELECT %s, 'kinds'", [value], prepare=True)
    assert _kept() == before + 1
    sql.execute("SELECT %s, 'kinds'", [2**40], prepare=True)
    assert _kept() == before + 2


def test_what_was_prepared_outlives_a_savepoint_taken_back() -> None:
    sql.execute("SELECT %s, 'outlives'", [1], prepare=True)
    before = _kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("INSERT INTO staff_setting (name) VALUES (%s)", [None], prepare=True)
    assert sql.execute("SELECT %s, 'outlives'", [2], prepare=True).fetchone() == (2, "outlives")
    assert _kept() >= before


def test_an_error_keeps_its_state_and_the_transaction_is_over() -> None:
    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        sql.execute("INSERT INTO staff_setting (name) VALUES (%s)", [None], prepare=True)
    assert fault.value.__cause__ is not None
    assert getattr(fault.value.__cause__, "sqlstate", None) == "23502"


def test_the_oldest_goes_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    sql.execute("SELECT 0 + %s", [1], prepare=True)
    monkeypatch.setattr(prepared, "KEPT_MAX", 3)
    for number in range(9):
        found = sql.execute(f"SELECT {number} + %s", [1], prepare=True).fetchone()
        assert found == (number + 1,)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_opened_and_a_connection_that_was_cut_is_an_operational_error() -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        sql.execute("CREATE TABLE taken_back (id int)", prepare=True)  # opens the transaction
        raise ZeroDivisionError
    found = sql.execute("SELECT to_regclass(%s)::text", ["taken_back"], prepare=True).fetchone()
    assert found == (None,)
    cut = connection.connection.info.backend_pid
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [cut])
    with pytest.raises(OperationalError):
        sql.execute("SELECT %s", [1], prepare=True)
    connection.close_if_unusable_or_obsolete()
    assert sql.execute("SELECT %s", [2], prepare=True).fetchone() == (2,)
