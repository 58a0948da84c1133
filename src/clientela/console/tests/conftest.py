"""A company in Rīga with people of every role, and customers to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clientela.console import home
from clientela.console.customers import kinds
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff.models import Person, Role

COMPANY = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga", "currency": "EUR"}
SignIn = Callable[..., Client]
Register = Callable[..., UUID]


@pytest.fixture(autouse=True)
def fresh_memory(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """Nothing is remembered from another test; files go into a folder of this one."""
    settings.HOME = Home(tmp_path)
    companies.forget()
    home.forget()
    kinds.forget()
    yield
    companies.forget()
    home.forget()
    kinds.forget()


@pytest.fixture
def company(db: None) -> None:
    with transactions.open():
        companies.change(COMPANY, actor=SYSTEM, now=datetime.now(UTC))
    companies.forget()


@pytest.fixture
def person_with(company: None) -> Callable[..., Person]:
    """Make a person with a shipped role, or with a role of just these rights."""

    def make(*rights: str, role: str = "", email: str = "") -> Person:
        with transactions.open():
            if rights:
                role = f"just-{len(rights)}-{abs(hash(rights)) % 10_000}"
                Role.objects.get_or_create(
                    key=role, defaults={"name": role, "rights": list(rights)}
                )
            return staff.create_person(
                email=email or f"{role}@mezrozes.example", name=f"Ilze {role.title()}",
                roles=[role], now=datetime.now(UTC),
            )  # fmt: skip

    return make


@pytest.fixture
def sign_in(person_with: Callable[..., Person]) -> SignIn:
    """A browser at which somebody with this role, or these rights, is signed in."""

    def make(*rights: str, role: str = "", language: str = "en") -> Client:
        person = person_with(*rights, role=role)
        client = Client(headers={"Accept-Language": language})
        client.force_login(person)
        return client

    return make


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(role="administrator")


@pytest.fixture
def agent(sign_in: SignIn) -> Client:
    return sign_in(role="agent")


@pytest.fixture
def register(company: None) -> Register:
    """Write a customer down."""

    def make(name: str = "Anna Kalniņa", **more: object) -> UUID:
        details = Details(name=name, **more)  # type: ignore[arg-type]
        id, _ = register_customer(details, actor=SYSTEM, now=datetime.now(UTC))
        return id

    return make


@pytest.fixture
def anna(register: Register) -> UUID:
    """Anna has a phone, an e-mail, a city, and two purchases; one of them a week ago."""
    id = register(
        phones=["2612 3456"], emails=["anna@example.com"], language="lv", country="LV",
        attributes={"city": "Cēsis", "birth_date": "1972-05-14"},
    )  # fmt: skip
    now = datetime.now(UTC)
    record_purchases(
        [
            Bought("till", f"R-{days}", Reference("id", str(id)), now - timedelta(days=days),
                   6_200, "EUR", channel="shop")
            for days in (7, 1)
        ],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    return id


@pytest.fixture
def merged(anna: UUID, register: Register) -> UUID:
    """A record of Anna that was merged into the other one."""
    double = register("A. Kalniņa")
    Customer.objects.filter(id=double).update(merged_into=anna, status=Customer.Status.TOMBSTONE)
    return double


def path_of(customer: UUID, tab: str = "") -> str:
    return f"/customers/cus_{customer.hex}{tab}"


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]
