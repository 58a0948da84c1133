"""What the company sells, kept from any door: products, their kinds, categories, and what the codes
of sources mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.customers import rules as fields
from clientela.customers.faults import sentence
from clientela.customers.rules import BadDefinition, FieldDefinition, FieldType
from clientela.flows.hold_products import kind_key
from clientela.flows.register_customer import InvalidProfile
from clientela.platform import money, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products import actions, queries, rules
from clientela.products.actions import ProductValues
from clientela.products.models import Category, Kind, Product, StatusMap
from clientela.staff import company as companies

NAME_LENGTH_MAX = 200
TERMS_LENGTH_MAX = 4_000
KIND_FIELDS_MAX = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A product as a door understood it. None leaves a value as it is; `category` and `successor`
    are named by their key and code, "" takes them away.
    """

    code: str
    name: str | None = None
    kind: str | None = None
    price_minor: int | None = None
    currency: str = ""
    category: str | None = None
    form: str | None = None
    attributes: Mapping[str, Any] | None = None
    terms: str | None = None
    is_held: bool | None = None
    successor: str | None = None
    retired: bool | None = None


@transactions.retried
def keep_product(told: Told, *, now: datetime) -> tuple[Product, str]:
    """The product, and whether it is new, changed or unchanged; its kind comes with it if new."""
    _refuse_price(told)
    with transactions.open():
        norm = rules.code_norm(told.code)
        if not norm or len(told.code) > rules.CODE_LENGTH_MAX:
            raise InvalidInput(_("Give the product a code."), field="code")
        known = queries.products_named([told.code]).get(norm)
        kind = _kind(told.kind, known)
        name = _name(told.name) if told.name is not None else known.name if known else ""
        if not name:
            raise InvalidInput(_("Give the product a name."), field="name")
        if known is None:
            [(id, _state)] = actions.save_products([ProductValues(told.code, name, kind.key)])
            product = queries.product(id)
        else:
            product = queries.product(known.id)
        values = _values(told, product, kind, now=now)
        changed = actions.change_product(product, name=name, kind_id=kind.key, **values)
    state = "new" if known is None else "changed" if changed else "unchanged"
    return queries.product(product.id), state


@transactions.retried
def keep_kind(
    key: str, *, labels: Mapping[str, str], icon: str = "package", held: bool = False,
    shapes: Sequence[Mapping[str, Any]] | None = None,
) -> tuple[Kind, str]:  # fmt: skip
    """A kind of product by its key. `shapes`: what is told of its products; None leaves it."""
    if not any(labels.values()):
        raise InvalidInput(_("Give the kind a name."), field="labels")
    own = [_shape(one, place) for place, one in enumerate(shapes or ())]
    if len(own) > KIND_FIELDS_MAX or len({one["key"] for one in own}) != len(own):
        raise InvalidInput(
            _("A kind has at most %(max)d fields, each once.") % {"max": KIND_FIELDS_MAX},
            field="fields",
        )
    with transactions.open():
        known = Kind.objects.filter(key=key).first()
        if known is None:
            actions.define_kinds([{"key": kind_key(key), "labels": dict(labels), "icon": icon,
                                   "held": held}])  # fmt: skip
        kind = queries.kind(kind_key(key) if known is None else key)
        values: dict[str, Any] = {"labels": dict(labels), "icon": icon, "held": held}
        if shapes is not None:
            values["fields"] = own
        changed = actions.change_kind(kind, **values)
    state = "new" if known is None else "changed" if changed else "unchanged"
    return queries.kind(kind.key), state


@transactions.retried
def keep_category(key: str, *, labels: Mapping[str, str], parent: str = "") -> Category:
    """A place in the tree by its key; it is never below itself."""
    slug = "-".join(text.words(key))[:60]
    if not slug or not any(labels.values()):
        raise InvalidInput(_("Give the category a key and a name."), field="key")
    with transactions.open():
        above = _category(parent, field="parent") if parent else None
        one: Category | None = above
        while one is not None:
            if one.key == slug:
                raise InvalidInput(_("A category is not below itself."), field="parent")
            one = one.parent
        actions.define_categories(
            [{"key": slug, "labels": dict(labels), "parent": above.key if above else None}]
        )
    return Category.objects.get(key=slug)


@transactions.retried
def map_status(
    *, source: str, kind: str, code: str, status: str, actor: Actor, now: datetime
) -> tuple[StatusMap, str]:
    """From now on this code of a source stands for that status. `kind` "": for every kind."""
    source, code = text.clean(source), text.clean(code)
    if not source or not code:
        raise InvalidInput(_("Name the source and its code."), field="code")
    if status not in rules.STATUSES:
        raise InvalidInput(f"A status is one of {', '.join(rules.STATUSES)}.", field="status")
    with transactions.open():
        key = queries.kind(kind).key if kind else None
        return actions.map_status(
            source=source, kind=key, code=code, status=status, by=actor.id, now=now
        )


@transactions.retried
def unmap_status(map_id: UUID) -> None:
    with transactions.open():
        actions.unmap_status(queries.status_map(map_id))


def definitions(kind: Kind) -> dict[str, FieldDefinition]:
    """What is told of products of a kind, by key."""
    return {
        one["key"]: FieldDefinition(
            key=one["key"], type=FieldType(one["type"]), rules=one.get("rules", {}),
            choices=tuple(choice["code"] for choice in one.get("choices", ())),
        )
        for one in kind.fields
    }  # fmt: skip


def _values(told: Told, product: Product, kind: Kind, *, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if told.price_minor is not None:
        values |= {"price_minor": told.price_minor, "currency": told.currency}
    if told.category is not None:
        category = _category(told.category, field="category") if told.category else None
        values["category_id"] = category.id if category else None
    if told.form is not None:
        if told.form not in Product.Form.values:
            raise InvalidInput("A product is a good or a service.", field="form")
        values["form"] = told.form
    if told.terms is not None:
        values["terms"] = _terms(told.terms)
    if told.is_held is not None:
        values["is_held"] = told.is_held
    if told.successor is not None:
        values["successor_id"] = _successor(told.successor, product)
    if told.retired is not None and told.retired != (product.retired_at is not None):
        values["retired_at"] = now if told.retired else None
    if told.attributes is not None:
        values["attributes"] = _attributes(told.attributes, product, kind, now=now)
    return values


def _attributes(
    given: Mapping[str, Any], product: Product, kind: Kind, *, now: datetime
) -> dict[str, Any]:
    before = product.attributes if product.kind_id == kind.key else {}
    state, wrong = fields.check(
        definitions(kind), given, previous=before, today=companies.current().today(now), now=now
    )
    if wrong:
        faults = [
            {"field": f"attributes.{one.field}", "code": one.code, "detail": sentence(one)}
            for one in wrong
        ]
        raise InvalidProfile(faults[0]["detail"], field=faults[0]["field"], faults=faults)
    return dict(state)


def _shape(one: Mapping[str, Any], place: int) -> dict[str, Any]:
    try:
        FieldDefinition(
            key=str(one.get("key", "")), type=one.get("type", "text"), rules=one.get("rules", {}),
            choices=tuple(choice["code"] for choice in one.get("choices", ())),
        )  # fmt: skip
    except (BadDefinition, KeyError, TypeError):
        raise InvalidInput(
            _("This field cannot be: look at its key, type, rules and choices."),
            field=f"fields.{place}",
        ) from None
    return {
        "key": one["key"], "type": str(one.get("type", "text")),
        "labels": dict(one.get("labels", {})), "rules": dict(one.get("rules", {})),
        "choices": [dict(choice) for choice in one.get("choices", ())],
    }  # fmt: skip


def _kind(named: str | None, known: Product | None) -> Kind:
    if named is None:
        if known is None:
            raise InvalidInput(_("Name the kind of product."), field="kind")
        return queries.kind(known.kind_id)
    key = kind_key(named)
    if key not in {one.key for one in queries.kinds()}:
        actions.define_kinds([{"key": key, "labels": {"en": named}, "held": False}])
    return queries.kind(key)


def _successor(code: str, product: Product) -> UUID | None:
    if not code:
        return None
    found = queries.products_named([code]).get(rules.code_norm(code))
    if found is None:
        raise queries.NoSuchProduct(f"There is no product {code}.", field="successor")
    if found.id == product.id:
        raise InvalidInput(_("A product does not succeed itself."), field="successor")
    return found.id


def _category(key: str, *, field: str) -> Category:
    found = Category.objects.select_related("parent").filter(key=key).first()
    if found is None:
        raise InvalidInput(f"There is no category {key}.", field=field)
    return found


def _refuse_price(told: Told) -> None:
    if told.currency and told.currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="price.currency")
    if told.price_minor is not None and told.price_minor < 0:
        raise InvalidInput("A price is not negative.", field="price.minor")
    if told.price_minor is not None and not told.currency:
        raise InvalidInput("A price has a currency.", field="price.currency")


def _name(given: str) -> str:
    name = text.clean(given)
    return name[:NAME_LENGTH_MAX]


def _terms(given: str) -> str:
    terms = text.clean_lines(given)
    if len(terms) > TERMS_LENGTH_MAX:
        raise InvalidInput(_("This is too long."), field="terms")
    return terms
