"""What stands before the first customer comes: company, people, a key, the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clientela.flows.demo import details
from clientela.flows.demo.catalogue import CATEGORIES, CURRENCY, GOODS, KINDS
from clientela.flows.demo.mark import DEMO
from clientela.products import actions as products
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.products.actions import ProductValues
from clientela.products.models import Category
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff import keys
from clientela.staff.models import Person

COMPANY = {
    "name": "Ziemeļu Nams", "currency": CURRENCY, "time_zone": "Europe/Riga", "country": "LV",
    "language": "en",
}  # fmt: skip
PASSWORD = "ziemelu-nams-2026"  # noqa: S105 (told to everybody who starts the demo)
KEY_RATE = 100


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody of the demo company; all of them have the same password."""

    name: str
    email: str
    role: str
    password: str = PASSWORD


LOGINS = (
    Login("Ilze Bērziņa", "administrator@demo.example", "administrator"),
    Login("Līga Ozola", "agent@demo.example", "agent"),
    Login("Marta Vilka", "marketer@demo.example", "marketer"),
    Login("Andris Zariņš", "manager@demo.example", "manager"),
)


def set_up_company(*, now: datetime) -> None:
    """The demo's own settings, only where the first page was never answered."""
    if not companies.is_set_up():
        companies.change(COMPANY, actor=DEMO, now=now)


def let_people_in(*, now: datetime) -> None:
    known = set(Person.objects.values_list("email", flat=True))
    for login in LOGINS:
        if login.email not in known:
            staff.create_person(email=login.email, name=login.name, roles=[login.role], now=now,
                                password=PASSWORD, is_demo=True)  # fmt: skip


def hand_out_key(*, now: datetime) -> str:
    made = keys.make(name="Demo", wanted=["all"], rate=KEY_RATE, actor=DEMO, now=now, is_demo=True)
    return made.secret


def fill_shelves(*, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds, categories and products that are missing; keys of the kinds and categories added.

    What the company has under the same key or code is left as it is.
    """
    known_kinds = {kind.key for kind in catalogue.kinds()}
    known_categories = set(Category.objects.values_list("key", flat=True))
    kinds = [kind for kind in KINDS if kind["key"] not in known_kinds]
    categories = [one for one in CATEGORIES if one["key"] not in known_categories]
    products.define_kinds(kinds)
    products.define_categories(categories)
    places = dict(Category.objects.values_list("key", "id"))
    known = catalogue.by_codes(good.code for good in GOODS)
    fresh = [good for good in GOODS if product_rules.code_norm(good.code) not in known]
    products.save_products(
        [
            ProductValues(good.code, good.name, good.kind, good.price_minor, CURRENCY,
                          places[good.category])
            for good in fresh
        ],
        is_demo=True,
    )  # fmt: skip
    added = tuple(kind["key"] for kind in kinds)
    details.tell(added, {good.code for good in fresh}, now=now)
    return added, tuple(one["key"] for one in categories)
