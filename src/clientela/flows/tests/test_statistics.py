"""A first load does not go on with plans made for empty tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import import_file
from clientela.flows.tests.conftest import NOW
from clientela.imports import actions as imports
from clientela.imports.models import Batch
from clientela.platform import sql
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM

ROWS = 3_000
TABLE = "customers_externalid"
REFUSES_TO_ANSWER = """
CREATE OR REPLACE FUNCTION customers_is_seen(
    wanted uuid, branches text[], person uuid, restricted boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'asked of a customer';
END
$$
"""


@pytest.fixture
def batch(tmp_path: Path, settings: Any, latvian_company: None) -> Batch:
    """Customers nobody knows yet."""
    settings.HOME = Home(tmp_path / "home").prepare()
    lines = [f"c{number},Customer {number}" for number in range(ROWS)]
    path = tmp_path / "customers.csv"
    path.write_text("\n".join(["customer,name", *lines, ""]), encoding="utf-8")
    return import_file.receive(
        path, kind="customers", mapping_text="", source="crm", actor=SYSTEM, now=NOW
    )


@pytest.fixture
def believed_empty(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Tables as a server leaves them that looked while nobody's rows were to be seen yet; what is
    found out of them since, piece by piece.
    """
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", ROWS // 2)
    role = sql.execute("SELECT current_setting('role')").fetchone()
    sql.execute("RESET ROLE")
    sql.execute(f"ANALYZE {TABLE}, customers_customer")
    sql.execute("SELECT set_config('role', %s, false)", role)
    looked: list[list[str]] = []
    refresh = imports.refresh_statistics

    def noted() -> list[str]:
        looked.append(refresh())
        return looked[-1]

    monkeypatch.setattr(imports, "refresh_statistics", noted)
    return looked


def known_rows() -> float:
    row = sql.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [TABLE]).fetchone()
    return float(row[0]) if row else -1


@pytest.mark.django_db
def test_a_check_looks_up_its_rows_by_plans_made_for_them(
    batch: Batch, believed_empty: list[list[str]]
) -> None:
    assert known_rows() <= 0
    assert import_file.check(batch.id, actor=SYSTEM, now=NOW).trial["new"] == ROWS
    _before_any, behind_the_first = believed_empty
    assert {f"public.{TABLE}", "public.customers_customer"} <= set(behind_the_first)


@pytest.mark.django_db
def test_a_run_leaves_what_the_planner_knows_up_to_date(
    batch: Batch, believed_empty: list[list[str]]
) -> None:
    assert import_file.run(batch.id, actor=SYSTEM, now=NOW).result["new"] == ROWS
    assert known_rows() >= ROWS // 2
    assert len(believed_empty) == 3
    columns = sql.execute("SELECT attname FROM pg_stats WHERE tablename = %s", [TABLE]).fetchall()
    assert ("external_id",) in columns
    assert f"public.{TABLE}" not in imports.refresh_statistics()


@pytest.mark.django_db
def test_whoever_sees_everybody_is_not_asked_customer_by_customer(anna: UUID) -> None:
    """What is asked for each row is a function with a plan of its own: here it would fail."""
    sql.execute("RESET ROLE")
    sql.execute(REFUSES_TO_ANSWER)
    [found] = customers.resolve([Reference("external", "4711", "crm")])
    assert found is not None
    assert found.survivor == anna
    assert customers.survivors_by("phone", "+37126123456") == [anna]
