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
from clientela.flows.hold_products import Held, hold_product, save_product
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.platform import processes, transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.products.actions import Terms
from clientela.purchases.actions import NewReturn
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.ui import context
from clientela.ui.templatetags.ui import drawing

COMPANY = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga", "currency": "EUR"}
PASSWORD = "a bird on the roof"
PATIENCE_MS = 15_000
PEOPLE = {"agent": "Līga Ozola", "administrator": "Ilze Bērziņa"}


@dataclass(frozen=True)
class Console:
    """Addresses of the console under test, and how a person signs in to it."""

    url: str

    def at(self, path: str) -> str:
        return self.url + path

    def sign_in(self, page: Any, role: str) -> None:
        page.goto(self.at("/"))
        page.set_default_timeout(PATIENCE_MS)
        page.locator("[name=login]").fill(f"{role}@mezrozes.example")
        page.locator("[name=password]").fill(PASSWORD)
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
