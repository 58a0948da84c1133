"""Rights on fields, branches and the audit at the console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers import sight
from clientela.customers.access.models import Access, FieldRight
from clientela.flows.assign_customer import assign_customer
from clientela.flows.shapes.fields import define_field
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import branches
from clientela.staff.models import Person

FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "income", "type": "integer", "labels": {"en": "Income"}, "data_class": "financial"},
    {"key": "allergies", "type": "text", "labels": {"en": "Allergies"}, "data_class": "health"},
)


@pytest.fixture(autouse=True)
def fresh_sight() -> Iterator[None]:
    sight.forget()
    yield
    sight.forget()


@pytest.fixture
def ilze(register: Register) -> UUID:
    for field in FIELDS:
        define_field("person", field, actor=SYSTEM, now=datetime.now(UTC))
    sight.forget()
    attributes = {"city": "Cēsis", "income": 1234, "allergies": "nuts"}
    return register("Ilze Liepa", phones=["2912 3456"], attributes=attributes)


@promise("CUS-05")
def test_the_matrix_hides_a_field_from_a_role_on_every_page(
    admin: Client, agent: Client, ilze: UUID
) -> None:
    page = text_of(admin.get("/settings/rights?kind=financial"))
    assert 'name="may:agent:person:income"' in page
    sent = admin.post("/settings/rights?kind=financial", {"may:agent:person:income": "hidden"})
    assert sent.status_code in {302, 303}
    assert FieldRight.objects.get().role_id == "agent"
    sight.forget()
    for tab in ("", "/edit", "/history", "/timeline"):
        shown = text_of(agent.get(path_of(ilze, tab)))
        assert "1,234" not in shown, tab
        assert "Income" not in shown, tab
        assert "Cēsis" in shown or tab in {"/timeline", "/history"}
    assert "Income" in text_of(admin.get(path_of(ilze)))


@promise("PRV-01")
def test_a_masked_value_is_shown_once_to_whoever_says_why(
    admin: Client, agent: Client, ilze: UUID
) -> None:
    page = text_of(admin.get(path_of(ilze)))
    assert "nuts" not in page
    assert f'href="{path_of(ilze, "/reveal/allergies")}"' in page
    assert "Allergies" not in text_of(agent.get(path_of(ilze)))
    assert agent.get(path_of(ilze, "/reveal/allergies")).status_code == 404
    empty = admin.post(path_of(ilze, "/reveal/allergies"), {"reason": ""})
    assert empty.status_code == 422
    shown = admin.post(path_of(ilze, "/reveal/allergies"), {"reason": "She asked what we keep"})
    assert "nuts" in text_of(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    row = Access.objects.exclude(fields=[]).get()
    assert (row.fields, row.reason) == (["allergies"], "She asked what we keep")
    assert "She asked what we keep" in text_of(admin.get(path_of(ilze, "/history")))
    assert "She asked what we keep" in text_of(admin.get("/settings/accesses?revealed=1"))


@promise("CUS-45")
def test_every_value_has_where_from_when_and_who(admin: Client, ilze: UUID) -> None:
    form = {"name": "Ilze Ozola", "language": "", "country": "", "version": "1",
            "before_shown": '{"name": "Ilze Liepa"}'}  # fmt: skip
    admin.post(path_of(ilze, "/edit"), form)
    page = text_of(admin.get(path_of(ilze, "/history")))
    changes, _mark, origins = page.partition('data-ui="origins"')
    assert "Ilze Liepa" in changes
    assert "request " in changes
    assert "Income" in origins
    assert "Ilze Administrator" in origins
    assert 'data-ui="readers"' in origins


@promise("CUS-53")
def test_a_customer_of_another_branch_is_on_no_page(
    admin: Client, sign_in: SignIn, ilze: UUID, register: Register
) -> None:
    there = register("Juris Bērzs", phones=["2912 3456"])
    with transactions.open():
        for key in ("riga-1", "riga-2"):
            branches.define(key=key, name=key.title())
    agent = sign_in(role="agent")
    person = Person.objects.get(email="agent@mezrozes.example")
    admin.post(f"/settings/people/{person.public_id}/branches", {"branch": ["riga-2"]})
    assign_customer(ilze, branch="riga-1", actor=SYSTEM, now=datetime.now(UTC))
    sight.forget()
    for tab in ("", "/edit", "/history", "/holdings", "/purchases", "/points", "/timeline",
                "/issues", "/offers", "/warranty"):  # fmt: skip
        assert agent.get(path_of(ilze, tab)).status_code == 404, tab
    for address in ("/", "/customers", "/customers?q=liepa", "/customers/suggestions?q=liepa"):
        assert "Liepa" not in text_of(agent.get(address)), address
    shared = text_of(agent.get("/callers?number=29123456", follow=True))
    assert "Liepa" not in shared
    assert agent.get(path_of(there)).status_code == 200
    assign_customer(ilze, owner=person.id, actor=SYSTEM, now=datetime.now(UTC))
    assert agent.get(path_of(ilze)).status_code == 200


@promise("PRV-02")
def test_opening_ones_own_record_is_unusual(
    admin: Client, sign_in: SignIn, register: Register
) -> None:
    agent = sign_in(role="agent")
    own = register("Ilze Agent", emails=["agent@mezrozes.example"])
    agent.get(path_of(own))
    page = text_of(admin.get("/settings/accesses"))
    assert "opened their own record" in page
