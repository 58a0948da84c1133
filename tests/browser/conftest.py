"""A console that really answers, with a small company behind it, for a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.template import engines
from pytest_django.fixtures import Settings

from clientela.console import home
from clientela.console.customers import kinds
from clientela.customers.queries import Reference
from clientela.flows import converse
from clientela.flows.define_warranty import define_plan
from clientela.flows.hold_products import Held, hold_product, save_product
from clientela.flows.open_claim import Report, open_claim
from clientela.flows.open_issue import open_issue
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.promises import NewPromise
from clientela.issues.models import Issue, Promise
from clientela.platform import ids, processes, transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.products.actions import Terms
from clientela.purchases.actions import NewLine, NewReturn
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff.models import Person
from clientela.ui import context
from clientela.ui.templatetags.ui import drawing
from clientela.warranty.actions.claims import NewLine as ClaimLine
from clientela.warranty.models.covered import Policy

COMPANY = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga", "currency": "EUR"}
PASSWORD = "a bird on the roof"
PATIENCE_MS = 15_000
PATIENCE_OF_A_PAGE_MS = 120_000
SERIAL = "4471-XK-20931"
PEOPLE = {"agent": "Līga Ozola", "administrator": "Ilze Bērziņa"}


@dataclass(frozen=True)
class Console:
    """Addresses of the console under test, and how a person signs in to it."""

    url: str
    domain: str = "mezrozes.example"
    password: str = PASSWORD

    def at(self, path: str) -> str:
        return self.url + path

    def sign_in(self, page: Any, role: str) -> None:
        page.set_default_navigation_timeout(PATIENCE_OF_A_PAGE_MS)
        page.goto(self.at("/"))
        page.set_default_timeout(PATIENCE_MS)
        page.locator("[name=login]").fill(f"{role}@{self.domain}")
        page.locator("[name=password]").fill(self.password)
        page.keyboard.press("Enter")
        page.wait_for_url(self.at("/"))


@pytest.fixture
def empty(chromium: Any, live_server: Any, settings: Settings, tmp_path: Path) -> Iterator[Console]:
    """An installation that nobody has set up; files are served as they lie in the tree."""
    settings.HOME = Home(tmp_path)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    forget_pages()
    companies.forget()
    home.forget()
    yield Console(live_server.url)
    forget_pages()
    companies.forget()
    home.forget()


def forget_pages() -> None:
    """Folded pages hold the addresses of static files."""
    for loader in engines["django"].engine.template_loaders:  # type: ignore[attr-defined]
        loader.reset()
    context.forget()
    drawing.cache_clear()
    kinds.forget()


@pytest.fixture
def console(empty: Console) -> Console:
    """An installation with its company and people."""
    now = datetime.now(UTC)
    with transactions.open():
        companies.change(COMPANY, actor=SYSTEM, now=now)
        for role, name in PEOPLE.items():
            staff.create_person(
                email=f"{role}@mezrozes.example", name=name, roles=[role], password=PASSWORD,
                now=now,
            )  # fmt: skip
    companies.forget()
    return empty


@pytest.fixture
def live(console: Console, settings: Settings) -> Iterator[Console]:
    """The console with its live stream beside it, as `serve` runs them."""
    port = processes.free_port(18_500)
    settings.LIVE_PORT = port
    place = connection.settings_dict
    environment = {
        **os.environ, "CLIENTELA_PORT": console.url.rpartition(":")[2], "CLIENTELA_ROLE": "app",
        "CLIENTELA_DATABASE_URL": f"postgresql://{place['USER']}@/{place['NAME']}"
        f"?host={place['HOST']}",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port",
        str(port), "--workers", "1", "--workers-kill-timeout", "1", "--log-level", "error",
        "--factory",
        "clientela.console.live.program:tied_application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        await_answer(f"http://127.0.0.1:{port}/healthz")
        yield console
    finally:
        process.terminate()
        process.wait(timeout=20)


def await_answer(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (loopback)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.fixture
def anna(console: Console) -> str:
    """Anna Kalniņa: a card that ends, a fridge, purchases of some weeks, one of them given back."""
    now = datetime.now(UTC)
    id = register(
        "Anna Kalniņa", phones=["2612 4408"], emails=["anna.kalnina@example.com"], language="lv",
        country="LV", attributes={"birth_date": "1972-08-17", "city": "Cēsis"},
    )  # fmt: skip
    anna = Reference("id", str(id))
    for code, name, kind in (("RB-33", "Fridge RB-33", "Fridge"), ("CARD", "Card", "Credit card")):
        save_product(code=code, name=name, kind=kind, price_minor=None, currency="")
    soon = companies.read().today(now) + timedelta(days=20)
    ends = Terms(opened_on=date(2019, 4, 1), matures_on=soon, balance_minor=31_020, currency="EUR")
    for held in (
        Held(anna, "RB-33", "shop", "H-1", serial="RB33-2448-0000117"),
        Held(anna, "CARD", "bank", "H-2", number="4412", terms=ends),
    ):
        hold_product(held, actor=SYSTEM, now=now)
    outcomes = record_purchases(
        [
            Bought("till", f"R-{week}", anna, now - timedelta(weeks=week), 4_990 + week, "EUR",
                   channel="shop", place="cesis-2")
            for week in range(12)
        ],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    bought = outcomes[3].id
    assert bought is not None
    back = NewReturn("till", "RET-1", now, amount_minor=1_000)
    return_purchase(back, purchase_id=bought, actor=SYSTEM, now=now)
    return f"/customers/cus_{id.hex}"


def register(name: str, **more: Any) -> UUID:
    id, _ = register_customer(Details(name=name, **more), actor=SYSTEM, now=datetime.now(UTC))
    return id


@pytest.fixture
def family(console: Console) -> None:
    """Two customers with one telephone."""
    for name in ("Jānis Ozols", "Ilze Ozola"):
        register(name, phones=["6722 0011"], language="lv")


@pytest.fixture
def single(anna: str) -> dict[str, str]:
    """Pages of one thing, by name: an issue, a claim, a policy, an answer, a conversation."""
    customer_id = ids.parse("cus", anna.rpartition("/")[2])
    policy = insured(customer_id)
    now = datetime.now(UTC)
    report = Report(now - timedelta(days=2), (ClaimLine("parts", 12_000),), serial=SERIAL,
                    symptom="It does not drain.")  # fmt: skip
    claim = open_claim(report, actor=SYSTEM, now=now)
    return {
        "issue": f"/issues/{complained(customer_id).number}",
        "claim": f"/warranty/claims/{claim.shown}",
        "policy": f"/warranty/policies/{policy.shown}",
        "desk-covered": f"/warranty/desk?q={SERIAL}",
        "conversation": f"/agent/{talking(customer_id)}",
    }


def insured(customer_id: UUID) -> Policy:
    """A washer that the maker covers for two years, and its drum for ten."""
    save_product(code="WM-9", name="Washer WM-9", kind="washer", price_minor=549_00,
                 currency="EUR")  # fmt: skip
    part = {"kind": "washer", "path": "drum.bearing",
            "names": {"en": "Drum bearing", "es": "Rodamiento", "lv": "Gultnis"}}  # fmt: skip
    terms = {"names": {"en": "Norden 2 years", "es": "Norden 2 años", "lv": "Norden 2 gadi"},
             "clauses": [{"months": 24},
                         {"months": 120, "component_path": "drum.bearing"}]}  # fmt: skip
    sold = datetime.now(UTC) - timedelta(days=400)
    define_plan(
        {"code": "norden", "layer": "maker", "terms": terms, "components": [part],
         "assignments": [{"kind": "washer", "given": True}]},
        actor=SYSTEM, now=sold,
    )  # fmt: skip
    sale = Bought("shop", "W-1", Reference("id", str(customer_id)), sold, 549_00, "EUR",
                  lines=(NewLine(1000, 549_00, "WM-9", serial=SERIAL),))  # fmt: skip
    record_purchases([sale], actor=SYSTEM, now=sold)
    return Policy.objects.get()


def complained(customer_id: UUID) -> Issue:
    now = datetime.now(UTC)
    new = NewIssue(customer_id, "The washer leaks again.", Issue.Channel.PHONE,
                   subject="Washer leaks", is_complaint=True)  # fmt: skip
    promise = NewPromise(Promise.Kind.CALLBACK, "A technician calls", now + timedelta(hours=20))
    return open_issue(new, promise=promise, actor=SYSTEM, now=now)


def talking(customer_id: UUID) -> str:
    person = Person.objects.get(email__startswith="administrator")
    actor = Actor(person.public_id, person.name)
    talk = converse.begin(customer_id, channel="shop", actor=actor, now=datetime.now(UTC))
    return talk.public_id
