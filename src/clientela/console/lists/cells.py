"""What stands in a list: facts as people read them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clientela.console.customers import attributes
from clientela.customers.models import Customer
from clientela.flows.lists.known import Known
from clientela.flows.lists.reading import PRIMARY, Row
from clientela.platform.conditions import words as condition_words
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.money import Money
from clientela.products import queries as products
from clientela.ui import words as words_of
from clientela.ui.regions import region
from clientela.ui.templatetags.ui import label, language_name, moment, money, number
from clientela.ui.templatetags.ui import phone as phone_shown

PHONE, EMAIL = "customer.phone", "customer.email"
OWN_WORDS: Mapping[str, str | Promise] = {
    PHONE: gettext_lazy("Phone"), EMAIL: gettext_lazy("E-mail"),
}  # fmt: skip
HELD_KIND = "holding.kind"
NUMBERS = (Type.NUMBER, Type.MONEY, Type.INSTANT)
# Facts of the house whose codes have words of their own.
NOUNS = {
    "customer.status": "customer", "holding.status": "holding", "holding.role": "role",
    "identity.kind": "identity",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """`moment`: an instant, which the page tells as how long ago. `number`: stands at the right."""

    words: str
    moment: datetime | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    key: str
    words: str
    number: bool


def heading(known: Known, key: str) -> Heading:
    if key in PRIMARY:
        return Heading(key, str(OWN_WORDS[key]), number=False)
    if key in known.calculated:
        return Heading(key, str(known.calculated[key].words), number=True)
    fact = known.catalogue.facts[key]
    return Heading(key, str(fact), number=fact.type in NUMBERS)


def cell(known: Known, row: Row, key: str) -> Cell:
    """One value of one customer; nothing where there is none."""
    value = row.values.get(key)
    if value in (None, "", []):
        return Cell("")
    if key in PRIMARY:
        return Cell(phone_shown(value) if key == PHONE else value)
    if key in known.calculated:
        return Cell(attributes.told(known.calculated[key].of[row.kind], value), number=True)
    if key == "customer.country":
        return Cell(region(value))
    fact = known.catalogue.facts[key]
    if isinstance(value, datetime):
        return Cell("", value, number=True)
    own = next((it for it in known.fields.get(key, ()) if it.profile_type.key == row.kind), None)
    words = attributes.shown(own, value) if own else value_words(known, fact, value)
    return Cell(words, number=fact.type in NUMBERS)


def value_words(known: Known, fact: Fact, value: Any) -> str:
    """A value of a fact, out of the database or out of a condition."""
    if fact.type is Type.FLAG:
        return _("yes") if value in (True, "true") else _("no")
    match value:
        case {"minor": int(minor), "currency": str(currency)} | (int(minor), str(currency)):
            return money(Money(minor, currency))
        case list() | tuple():
            return ", ".join(choice_words(known, fact, one) for one in value)
        case date():
            return moment(value)  # of a day only the day
        case Decimal() | int():
            return number(value)
    return choice_words(known, fact, value)


def choice_words(known: Known, fact: Fact, code: Any) -> str:
    """What people call a code; a text is itself."""
    if fact.key in NOUNS:
        return words_of.of(str(code), NOUNS[fact.key])
    if fact.key == "customer.language":
        return language_name(str(code))
    if fact.key == HELD_KIND:
        return _held_kinds().get(str(code), str(code))
    if fact.key == "customer.type" and code in known.kinds:
        return label(known.kinds[code].labels) or str(code)
    return str(fact.choices.get(code, code))


def choices(known: Known, fact: Fact) -> list[tuple[str, str]]:
    """Codes to choose from, with their words, where they are known beforehand."""
    match fact.key:
        case "customer.type":
            codes = list(known.kinds)
        case "customer.status":
            codes = [one for one in Customer.Status.values if one != Customer.Status.TOMBSTONE]
        case "customer.language":
            codes = [code for code, _name in settings.LANGUAGES]
        case "holding.kind":  # HELD_KIND
            return sorted(_held_kinds().items(), key=lambda one: one[1].casefold())
        case "holding.status":
            codes = list(words_of.HOLDING)
        case "holding.role":
            codes = list(words_of.ROLE)
        case "identity.kind":
            codes = list(words_of.IDENTITY)
        case _:
            codes = list(fact.choices)
    return [(code, choice_words(known, fact, code)) for code in codes]


def _held_kinds() -> dict[str, str]:
    """Kinds of product as they are called."""
    return {one.key: label(one.labels) or one.key for one in products.kinds()}


def sentence(known: Known, node: Any, *, within: bool = False) -> str:
    """A condition in the reader's language, by itself or `within` a sentence."""
    return condition_words.sentence(
        node, lambda fact, value: value_words(known, fact, value), within=within
    )
