"""A connection whose server has gone is noticed before it is used."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, transaction
from psycopg.conninfo import make_conninfo

from clientela.platform import connections, sql

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    row = sql.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def end_it() -> int:
    """Have the server close this connection, as a restart does; which one it was."""
    number, ours = backend(), sql.raw().info
    where = make_conninfo(**ours.get_parameters(), password=ours.password or None)
    with psycopg.connect(where, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    return number


def test_a_connection_that_was_closed_is_replaced() -> None:
    ended = end_it()
    connections.renew()
    assert backend() != ended


def test_without_a_look_the_next_statement_fails_as_one_of_djangos() -> None:
    end_it()
    with pytest.raises(OperationalError):
        backend()
    connections.renew()
    assert backend() > 0


def test_a_living_connection_stays() -> None:
    first = backend()
    connections.renew()
    assert backend() == first


def test_a_transaction_is_never_taken_from_its_connection() -> None:
    with transaction.atomic():
        end_it()
        connections.renew()
        with pytest.raises(OperationalError):
            backend()
        transaction.set_rollback(True)
    assert backend() > 0
