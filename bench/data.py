"""A company of many customers, written set-wise: a million in a few minutes."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier, Literal

SQL_FOLDER = Path(__file__).parent / "sql"
PURCHASES_EACH = 6
# The longest first: two are filled at a time.
TABLES = {
    "events": ("events_event",),
    "loyalty": ("loyalty_posting", "loyalty_entry", "loyalty_lot", "loyalty_account",
                "loyalty_standing"),
    "purchases": ("purchases_purchase", "purchases_key"),
    "customers": ("customers_customer", "customers_identity", "customers_identitykey",
                  "customers_externalid"),
    "products": ("products_holding", "products_holder", "products_holdingkey"),
    "issues": ("issues_issue", "issues_promise"),
    "retention": ("retention_decision", "retention_proposal", "retention_flag", "retention_need"),
    "warranty": ("warranty_unit", "warranty_policy", "warranty_cover"),
}  # fmt: skip
NUMBERED = ("events_event", "loyalty_posting", "loyalty_entry", "loyalty_account")
WRITTEN = (
    *TABLES["events"],
    *TABLES["loyalty"],
    *TABLES["purchases"],
    "customers_access",
    "retention_decision",
)
CALLED_EVERY = 50  # offers stand for these customers: those who call while it is measured
BUILDING = (
    "SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off"
)

VACUUM = "VACUUM (ANALYZE, BUFFER_USAGE_LIMIT 0)"
SET_SEQUENCE = SQL("SELECT setval(pg_get_serial_sequence({table}, 'id'), max(id)) FROM {name}")
FIRST_PHONE = 20_000_000  # the phone of customer 0, behind +371
CUSTOMER = UUID("01930001-0000-7000-8000-000000000000").int

Database = psycopg.Connection[tuple[Any, ...]]


def connected(dsn: str) -> Database:
    return psycopg.connect(dsn, autocommit=True)


def statement(name: str, **values: object) -> str:
    """The text of `sql/NAME.sql` with `{values}` put in."""
    text = (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def run(db: Database, text: str) -> None:
    """Several statements, none of which has parameters."""
    db.execute(text.encode())


def customer_id(number: int) -> UUID:
    """As `bench.id(1, number)` in the database."""
    return UUID(int=CUSTOMER + number)


def conversation_id(number: int) -> UUID:
    """As `bench.id(19, number)` in the database."""
    return UUID(int=CUSTOMER + (18 << 96) + number)


def load(dsn: str, *, size: int) -> None:
    """Fill a migrated database with `size` customers; one that is filled is put back instead."""
    with connected(dsn) as db:
        if _is_loaded(db):
            put_back(db, size=size)
            return
        _begin(db)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda app: _fill(dsn, app, size), TABLES))
    with connected(dsn) as db:
        for table in NUMBERED:
            db.execute(SET_SEQUENCE.format(table=Literal(table), name=Identifier(table)))
        db.execute("SELECT setval('customers_number', max(number)) FROM customers_customer")
        run(db, "ANALYZE; CREATE TABLE bench.loaded ()")


def put_back(db: Database, *, size: int) -> None:
    """Remove what measurements wrote: each begins with the same data."""
    run(db, statement("data/put_back", size=size, purchases=size * PURCHASES_EACH))
    run(db, f"{VACUUM} {', '.join(WRITTEN)}")


def decide(db: Database, *, size: int) -> int:
    """Let the offers of every so many customers stand from now on; how many apart these are."""
    step = min(CALLED_EVERY, max(1, size // 1_000))
    run(db, statement("data/decide", size=size, step=step))
    return step


def called(size: int, step: int) -> int:
    """The number of a customer who calls."""
    return random.randint(1, size // step) * step


def _is_loaded(db: Database) -> bool:
    return db.execute("SELECT to_regclass('bench.loaded') IS NOT NULL").fetchone() == (True,)


def _begin(db: Database) -> None:
    try:
        run(db, statement("data/arithmetic", now=datetime.now(UTC)))
    except psycopg.errors.DuplicateSchema:
        sys.exit("Loading was interrupted here earlier: remove this data folder and begin again.")


def _fill(dsn: str, app: str, size: int) -> None:
    with connected(dsn) as db:
        run(db, BUILDING)
        with _without_indexes(db, TABLES[app]):
            run(db, statement(f"data/{app}", size=size, purchases=size * PURCHASES_EACH))
        run(db, f"{VACUUM} {', '.join(TABLES[app])}")


@contextmanager
def _without_indexes(db: Database, tables: tuple[str, ...]) -> Iterator[None]:
    """Drop the tables' keys and indexes meanwhile; they are built much faster than kept."""
    constraints = db.execute(
        "SELECT 'ALTER TABLE ' || conrelid::regclass,"
        " 'CONSTRAINT ' || quote_ident(conname), pg_get_constraintdef(oid)"
        " FROM pg_constraint"
        " WHERE contype IN ('p', 'u', 'f') AND conrelid::regclass::text = ANY (%s)"
        " ORDER BY contype = 'f'", [list(tables)]).fetchall()  # fmt: skip
    for table, name, _ in reversed(constraints):
        run(db, f"{table} DROP {name}")
    indexes = db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%s)", [list(tables)]
    ).fetchall()
    for name, _ in indexes:
        run(db, f"DROP INDEX {name}")
    yield
    for text in [definition for _, definition in indexes] + [
        f"{table} ADD {name} {definition}" for table, name, definition in constraints
    ]:
        run(db, text)
