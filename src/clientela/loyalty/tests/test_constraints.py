"""What the ledger promises is kept by the database itself, whatever the application does."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clientela.platform.promises import promise

AT, LATER = "2026-11-20T12:00:00Z", "2027-01-01T00:00:00Z"
CANDIDATES: Mapping[str, tuple[Any, ...]] = {
    "bigint": (10**6, 0, -1, 1, 2, 10**15), "integer": (1, 0, -1, 2, 10**9),
    "smallint": (1, 0, -1, 2),
    "text": ("x", "y"), "boolean": (True, False), "numeric": (1, 0, -1),
    "timestamp with time zone": (AT, "2020-01-01T00:00:00Z", LATER),
    "date": ("2026-11-20", "2020-01-01", "2027-01-01"), "jsonb": ({}, [], {"x": 1}),
    "uuid": (str(uuid.UUID(int=1)), str(uuid.UUID(int=2))), "bytea": ("\\\\x00", ""),
}  # fmt: skip
TRIED_MAX = 400
COLUMNS = """
    SELECT attribute.attname, format_type(attribute.atttypid, NULL), attribute.attnotnull
    FROM pg_attribute AS attribute
    WHERE attribute.attrelid = %s::regclass AND attribute.attnum > 0
        AND NOT attribute.attisdropped AND attribute.attgenerated = ''"""
CHECKS = """
    SELECT rule.conname, pg_get_expr(rule.conbin, rule.conrelid),
        ARRAY(SELECT attname::text FROM pg_attribute
              WHERE attrelid = rule.conrelid AND attnum = ANY (rule.conkey)),
        rule.convalidated
    FROM pg_constraint AS rule
    WHERE rule.conrelid = %s::regclass AND rule.contype = 'c'
    ORDER BY 1"""

UNIQUES = """
    SELECT named.relname::text,
        ARRAY(SELECT attname::text FROM pg_attribute
              WHERE attrelid = own.indrelid AND attnum = ANY (own.indkey::smallint[])),
        pg_get_expr(own.indpred, own.indrelid),
        ARRAY(SELECT DISTINCT attname::text FROM pg_constraint AS rule
              JOIN pg_attribute ON attrelid = own.indrelid AND attnum = ANY (rule.conkey)
              WHERE rule.conrelid = own.indrelid AND rule.contype = 'c'
              UNION
              SELECT attname::text FROM pg_attribute
              WHERE attrelid = own.indrelid AND attnum > 0
                  AND pg_get_expr(own.indpred, own.indrelid) ~ ('\\m' || attname || '\\M'))
    FROM pg_index AS own
    JOIN pg_class AS named ON named.oid = own.indexrelid
    WHERE own.indrelid = %s::regclass AND own.indisunique AND NOT own.indisprimary
    ORDER BY 1"""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def tables() -> list[str]:
    found = rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename LIKE 'loyalty\\_%%' ORDER BY 1"
    )
    return [name for (name,) in found]


def of_type(kind: str) -> tuple[Any, ...]:
    return CANDIDATES.get(kind, ([],))


def tried(
    wanted: list[str], columns: list[tuple[str, str, bool]], rules: list[str]
) -> Iterator[dict[str, Any]]:
    """Rows that differ in what rules are about, with the words these name."""
    chance = random.Random(1)
    words = ("x", "", *re.findall(r"'(\w+)'::text", " ".join(rules)))
    base = {name: of_type(kind)[0] for name, kind, needed in columns if needed}
    about = [
        (name, [*(words if kind == "text" else of_type(kind)), *(() if needed else (None,))])
        for name, kind, needed in columns if name in wanted
    ]  # fmt: skip
    yield base
    for _number in range(TRIED_MAX):
        yield {**base, **{name: chance.choice(values) for name, values in about}}


@promise("LOY-70")
@pytest.mark.django_db
def test_each_check_of_the_ledger_is_refused_by_the_database() -> None:
    asked, missed = 0, []
    for table in tables():
        columns = rows(COLUMNS, table)
        for name, expression, wanted, is_valid in rows(CHECKS, table):
            assert is_valid, name
            asked += 1
            bad = rows(
                f"SELECT tried.body FROM jsonb_array_elements(%s::jsonb) AS tried (body)"  # noqa: S608
                f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, tried.body) AS {table}"
                f" WHERE NOT ({expression}) LIMIT 1",
                json.dumps(list(tried(wanted, columns, [expression]))),
            )
            if not bad:
                missed.append(name)
                continue
            [(row,)] = bad
            row = json.loads(row) if isinstance(row, str) else row
            assert refused(table, columns, row), f"{table}: {name}"
    assert asked > 50
    assert missed == [], missed


@promise("LOY-71")
@pytest.mark.django_db
def test_what_is_there_once_is_refused_twice_by_the_database() -> None:
    asked, missed = 0, []
    for table in tables():
        columns = rows(COLUMNS, table)
        uniques = rows(UNIQUES, table)
        checks = [expression for _name, expression, _wanted, _valid in rows(CHECKS, table)]
        for name, keys, predicate, named in uniques:
            asked += 1
            first = allowed(table, columns, [*checks, *filter(None, [predicate])], named)
            if first is None:
                missed.append(name)
                continue
            first |= identity(columns, 0)
            others = {one for _name, more, _predicate, _named in uniques for one in more}
            second = {**first, **{
                one: of_type(kind)[:2][-1] for one, kind, _needed in columns
                if one in others - set(keys) and one not in named
            }, **identity(columns, 1)}  # fmt: skip
            with transaction.atomic():
                assert not refused(table, columns, first, "23505"), f"{table}: {name}"
                assert refused(table, columns, second, "23505"), f"{table}: {name}"
                transaction.set_rollback(True)
    assert asked > 30
    assert missed == [], missed


def allowed(
    table: str, columns: list[tuple[str, str, bool]], rules: list[str], named: list[str]
) -> dict[str, Any] | None:
    """A row that keeps these rules; `named` are the columns they are about."""
    whole = " AND ".join(f"({rule}) IS NOT FALSE" for rule in rules) or "true"
    found = rows(
        f"SELECT tried.body FROM jsonb_array_elements(%s::jsonb) AS tried (body)"  # noqa: S608
        f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, tried.body) AS {table}"
        f" WHERE {whole} LIMIT 1",
        json.dumps(list(tried(named, columns, rules))),
    )
    if not found:
        return None
    [(row,)] = found
    told: dict[str, Any] = json.loads(row) if isinstance(row, str) else row
    return told


def identity(columns: list[tuple[str, str, bool]], number: int) -> dict[str, Any]:
    """A key of its own, which no shipped row has."""
    kinds = {name: kind for name, kind, _needed in columns}
    if "id" not in kinds:
        return {}
    is_uuid = kinds["id"] == "uuid"
    return {"id": str(uuid.UUID(int=9 + number)) if is_uuid else 10**6 + number}


def refused(
    table: str, columns: list[tuple[str, str, bool]], row: dict[str, Any], state: str = "23514"
) -> bool:
    """Whether the row cannot be written."""
    names = ", ".join(f'"{name}"' for name, _kind, _needed in columns if name in row)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608
                f" FROM jsonb_populate_record(NULL::{table}, %s::jsonb)",
                [json.dumps(row)],
            )
    except IntegrityError as fault:
        return getattr(fault.__cause__, "sqlstate", "") == state
    return False
