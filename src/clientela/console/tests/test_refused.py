"""What is refused changes nothing; what is not for somebody's eyes is as if it were not there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.sql import SQL, Identifier

from clientela.console.tests.conftest import Register, SignIn, path_of
from clientela.console.tests.test_rights import PAGES, POSTS
from clientela.customers import sight
from clientela.flows.assign_customer import assign_customer
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import branches, keys
from clientela.staff.models import Person

LOGS = {"staff_ratebucket", "staff_apikey", "customers_access", "django_session", "cache",
        "staff_person"}  # fmt: skip

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def fresh_sight() -> Iterator[None]:
    sight.forget()
    yield
    sight.forget()


@promise("SEC-02")
def test_what_is_refused_leaves_the_database_untouched(sign_in: SignIn, anna: UUID) -> None:
    nobody = sign_in("products.view")
    with transactions.open():
        made = keys.make(name="a till", wanted=["products.view"], rate=0, actor=SYSTEM,
                         now=datetime.now(UTC))  # fmt: skip
    program = Client(headers={"Authorization": f"Bearer {made.secret}"})
    before = written()
    for name, (path, _may, _status) in {**POSTS, **PAGES}.items():
        answer = nobody.post(path.format(customer=path_of(anna)), {"name": "Somebody"})
        assert answer.status_code >= 400 or name == "preferences", name
    refused = 0
    for path, operations in program.get("/api/v1/openapi.json").json()["paths"].items():
        for method in set(operations) - {"get"}:
            address = re.sub(r"\{\w+\}", "none", path)
            answer = getattr(program, method)(address, json.dumps({}), "application/json")
            assert 400 <= answer.status_code < 500, (path, answer.content)
            refused += answer.status_code == 403
    assert refused > 40
    assert {table for table, rows in written().items() if rows != before[table]} <= {
        "ui_preference"
    }


@promise("SEC-03", "CUS-53")
def test_what_is_not_yours_is_like_what_is_not_there(
    sign_in: SignIn, anna: UUID, register: Register
) -> None:
    with transactions.open():
        for key in ("riga-1", "riga-2"):
            branches.define(key=key, name=key)
    clerk = sign_in(role="manager")
    person = Person.objects.get()
    with transactions.open():
        branches.place(person_id=person.id, branches=["riga-2"], actor=SYSTEM)
    assign_customer(anna, branch="riga-1", actor=SYSTEM, now=datetime.now(UTC))
    sight.forget()
    nobody = UUID(int=anna.int ^ 1)
    clerk.get("/customers")  # so that neither is the first to ask for what is remembered
    for name, (path, may, _status) in PAGES.items():
        if "{customer}" in path:
            with CaptureQueriesContext(connection) as asked:
                hidden = clerk.get(path.format(customer=path_of(anna)))
            with CaptureQueriesContext(connection) as asked_in_vain:
                missing = clerk.get(path.format(customer=path_of(nobody)))
            assert hidden.status_code == missing.status_code, name
            assert hidden.status_code == 404 or "manager" not in may, name
            assert same(hidden.content, anna) == same(missing.content, nobody), name
            assert set(hidden.headers) == set(missing.headers), name
            assert abs(len(asked) - len(asked_in_vain)) <= 1, name  # what takes time is the same


def same(content: bytes, customer: UUID) -> str:
    text = content.decode().replace(ids.public("cus", customer), "CUSTOMER")
    return re.sub(r'\b[0-9a-f]{16}\b|value="\w{64}"|X-CSRFToken&quot;: ?&quot;\w+|\d\d:\d\d', "",
                  text)  # fmt: skip


def written() -> dict[str, tuple[int, int]]:
    """Of every table how many rows it has, and a sum over all that stands in them."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in LOGS:
            with connection.cursor() as cursor:
                cursor.execute(
                    SQL("SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {} AS t").format(
                        Identifier(table)
                    )
                )
                found[table] = cursor.fetchone()
    return found
