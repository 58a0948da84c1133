"""Two worlds that differ only in what a role may not see answer it alike, at every door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, SignIn, path_of
from clientela.console.tests.test_rights import PAGES, POSTS, VIEWS
from clientela.customers import sight
from clientela.customers.access.models import FieldRight
from clientela.customers.data_classes import CLASSES, EDIT, SEE
from clientela.customers.models import Customer, FieldChange
from clientela.events.actions import subscribe
from clientela.events.models import Event
from clientela.flows.register_customer import Details, change_customer
from clientela.flows.shapes.fields import define_field
from clientela.flows.webhooks import Seen
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import keys, rights
from clientela.staff.models import Person

FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "income", "type": "integer", "labels": {"en": "Income"}, "data_class": "financial"},
    {"key": "bank", "type": "text", "labels": {"en": "Bank"}, "data_class": "financial"},
)
WORLDS = ({"income": 718281, "bank": "Alfabanka"}, {"income": 828459, "bank": "Omegabanka"})
NEVER = ("718281", "828459", "718,281", "828,459", "lfabank", "megabank")
NONE = 32 * "0"
# What stands in addresses of the API, by name. A new name wants its line here: that is the test.
FILLED = {
    "customer_id": "{customer}", "phone": "29123456", "posting_id": "pos_1", "number": "10",
    "key": "person", "profile_type": "person", "view_id": f"viw_{NONE}",
    "file_id": f"fil_{NONE}", "code": "none", "holding_id": f"hol_{NONE}",
    "order_id": f"trv_{NONE}", "cash_out_id": f"csh_{NONE}", "payment_file_id": f"pay_{NONE}",
    "purchase_id": f"pur_{NONE}", "month": "2026-01",
    "webhook_id": f"whk_{NONE}", "redemption_id": f"red_{NONE}", "decision_id": f"dec_{NONE}",
    "merge_id": f"mrg_{NONE}", "id": f"imp_{NONE}", "change_id": f"blk_{NONE}",
    "acceptance_id": f"acc_{NONE}", "lot_id": f"lot_{NONE}",
    "partner": "none", "statement_id": f"pst_{NONE}", "card_id": f"gft_{NONE}",
    "wallet_id": f"wal_{NONE}", "rule_id": "1",
    "pair_id": f"dup_{NONE}", "household_id": f"hou_{NONE}", "plan_id": f"pln_{NONE}",
    "trial_id": f"tri_{NONE}",
}  # fmt: skip
MORE = {
    "list-question": "/customers/question?ask=customer.city",
    "field-edit": "/settings/profiles/types/person/fields/income",
}
# Of a right of their own: what is handed to the customer, or taken from them, is everything.
WHOLE = ("access-package", "erasure")
OF_FIELDS = ("page profile", "page settings-keys", "page field", "page settings-rights",
             "page privacy-register", "api /api/v1/processing-register",
             "api /api/v1/profile-types", "api /api/v1/fields",
             "api /api/v1/field-rights")  # fmt: skip
# Of fields that are hidden one may not even ask.
REFUSED = (
    "customers?sort=customer.income", "customers?fields=customer.income",
    "customers?filter=" + quote(json.dumps({"fact": "customer.income", "op": "gt", "value": 1})),
    "customer-groups?by=customer.income", "customer-groups?group=customer.income",
)  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_sight() -> Iterator[None]:
    sight.forget()
    yield
    sight.forget()


@pytest.fixture
def ilze(register: Register) -> UUID:
    """Ilze of the first world; her income was written down later than she was."""
    for field in FIELDS:
        define_field("person", field, actor=SYSTEM, now=datetime.now(UTC))
    id = register("Ilze Liepa", phones=["2912 3456"], attributes={"city": "Cēsis"})
    change_customer(
        id, Details(attributes=WORLDS[0]), version=None, actor=SYSTEM, now=datetime.now(UTC)
    )
    return id


@pytest.fixture
def watcher(sign_in: SignIn) -> Client:
    """Somebody who may do all there is, but for seeing financial data and the audit of readers."""
    own = sorted(one for one in rights.known() if not one.startswith(("customers.see:",
                 "customers.edit:", "customers.reveal:", "customers.audit")))  # fmt: skip
    client = sign_in(*own)
    person = Person.objects.get()
    FieldRight.objects.create(
        role=person.roles.get(), data_class="financial", sees=False, edits=False,
        decided_by="system", decided_at=datetime.now(UTC),
    )  # fmt: skip
    sight.forget()
    return client


@pytest.fixture
def program(company: None) -> Client:
    """A key that names every kind of data but the financial one."""
    seen = [one.key for one in CLASSES if one.key != "financial" and not one.sensitive]
    own = [one for one in rights.known() if not one.startswith(("customers.reveal:",
           "customers.see:", "customers.edit:", "customers.audit"))]  # fmt: skip
    wanted = [*own, *(SEE + key for key in seen), *(EDIT + key for key in seen)]
    with transactions.open():
        made = keys.make(name="a program", wanted=wanted, rate=0, actor=SYSTEM,
                         now=datetime.now(UTC))  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


@pytest.mark.long
@promise("CUS-05", "SEC-04")
def test_two_worlds_that_differ_in_a_hidden_field_answer_alike(
    watcher: Client, program: Client, ilze: UUID
) -> None:
    program.get("/api/v1/customers?search=nobody")  # a key that was used says so on its page
    first = dict(answers(watcher, program, ilze))
    into_the_second_world(ilze)
    second = dict(answers(watcher, program, ilze))
    assert [door for door in first if first[door] != second[door]] == []
    told = {door: [word for word in NEVER if word in page] for door, page in first.items()}
    assert {door: words for door, words in told.items() if words} == {}
    named = [door for door, page in first.items() if re.search(r'\bIncome\b|"income"', page)]
    assert [door for door in named if not door.startswith(OF_FIELDS)] == []


@promise("CUS-05")
def test_nobody_asks_writes_or_hears_of_a_hidden_field(
    watcher: Client, program: Client, ilze: UUID
) -> None:
    for address in REFUSED:
        refused = program.get(f"/api/v1/{address}")
        assert refused.status_code in (403, 422), (address, refused.content)
        if refused.status_code == 403:
            assert refused.json()["code"] == "field-not-visible", address
        assert watcher.get(f"/{address}").status_code != 200 or "sort" not in address
    body = json.dumps({"attributes": {"income": 1}})
    written = program.patch(f"/api/v1/customers/{ids.public('cus', ilze)}", body,
                            "application/json")  # fmt: skip
    assert written.json()["code"] == "field-not-visible"
    changed = Event.objects.get(name="customer.changed")
    with transactions.open():
        hook = subscribe(address="https://shop.example/hook", names=(),
                         actor=Person.objects.get().as_actor(), now=datetime.now(UTC))  # fmt: skip
    assert Seen.by(hook).told(changed.name, changed.data) is None
    assert Seen.by(hook).told(changed.name, {"fields": ["city", "income"]}) == {"fields": ["city"]}


def answers(watcher: Client, program: Client, customer: UUID) -> Iterator[tuple[str, str]]:
    """What every address that is only read answers, without what differs from call to call."""
    for name, view in VIEWS.items():
        if "GET" not in getattr(view, "methods", ()) or name in WHOLE:
            continue
        path = MORE.get(name) or {**PAGES, **POSTS}[name][0]
        path = path.format(customer=path_of(customer))
        yield f"page {name}", steady(watcher.get(path))
    for search in ("718281", "828459", "Alfabanka", "Omegabanka", "liepa", "3456"):
        page = steady(watcher.get(f"/customers?q={search}"))
        yield f"search {search}", page.replace(search, "ASKED")  # the field keeps what was typed
        yield f"suggest {search}", steady(watcher.get(f"/customers/suggestions?q={search}"))
        yield f"find {search}", steady(program.get(f"/api/v1/customers?search={search}"))
    for path, operations in program.get("/api/v1/openapi.json").json()["paths"].items():
        if "get" in operations and not path.endswith(tuple(f"/{name}" for name in WHOLE)):
            yield f"api {path}", steady(program.get(filled(path, customer)))


def filled(path: str, customer: UUID) -> str:
    """The address with something in each place: one nobody thought of here fails."""
    public = ids.public("cus", customer)
    return re.sub(r"\{(\w+)\}", lambda found: FILLED[found[1]].format(customer=public), path)


def steady(response: Any) -> str:
    text = response.content.decode(errors="replace") if not response.streaming else ""
    text = re.sub(r"\b[0-9a-f]{16}\b", "REQUEST", text)
    text = re.sub(r'(csrf\w*|idempotency_key)" value="[^"]*"', r"\1", text)
    text = re.sub(r'"X-CSRFToken": ?"[^"]*"|X-CSRFToken&quot;: ?&quot;\w*', "", text)
    text = re.sub(r"\d\d:\d\d(:\d\d(\.\d+)?)?|\d{10,}", "TIME", text)
    return f"{response.status_code} {text}"


def into_the_second_world(customer: UUID) -> None:
    """Every place that holds the values holds others now, as if it had always been so."""
    row = Customer.objects.get(id=customer)
    folded = {**row.attributes_folded, "bank": "omegabanka"}
    Customer.objects.filter(id=customer).update(
        attributes={**row.attributes, **WORLDS[1]}, attributes_folded=folded
    )
    for key, value in WORLDS[1].items():
        FieldChange.objects.filter(customer_id=customer, field=key).update(new=value)
