"""The tables keep the habits that let them be spread and switched off (ARCHITECTURE.md)."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, UniqueConstraint

# Lowest first; a key to another table points to the same line or to one above it in this list.
STOREYS = (
    ("auth", "contenttypes", "sessions", "account", "procrastinate"),
    ("events", "jobs", "staff", "ui"),
    ("customers",),
    ("matching", "privacy", "notes"),
    ("products",),
    ("purchases", "imports", "mail", "calls"),
    ("loyalty", "warranty", "issues", "retention", "marketing"),
    ("insight",),
    ("flows",),
    ("api", "console", "cli"),
)
STOREY = {label: level for level, labels in enumerate(STOREYS) for label in labels}
LOGIN = {"staff", "auth", "account"}

# Words that PostgreSQL or DuckDB keep for themselves.
WORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both case
cast check collate collation column concurrently constraint create cross current_catalog
current_date current_role current_schema current_time current_timestamp current_user default
deferrable desc describe distinct do else end except false fetch for foreign freeze from full
glob grant group having ilike in initially inner intersect into is isnull join lambda lateral
leading left like limit localtime localtimestamp natural not notnull null offset on only or order
outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references
returning right select semi session_user show similar some summarize symmetric system_user table
tablesample then to trailing true union unique unpivot user using variadic verbose when where
window with
"""
RESERVED = frozenset(WORDS.split())


def models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("clientela."):
            yield from config.get_models()


def columns(model: type[Model]) -> list[Field[object, object]]:
    return [field for field in model._meta.concrete_fields if field.column]


def per_customer(model: type[Model]) -> bool:
    return any(field.column == "customer_id" for field in columns(model))


def label(model: type[Model]) -> str:
    return model._meta.label


def keys() -> Iterator[tuple[type[Model], ForeignKey[Model, Model], type[Model]]]:
    for model in models():
        for field in columns(model):
            if isinstance(field, ForeignKey):
                yield model, field, field.related_model


def test_no_column_is_called_like_a_word_of_the_database() -> None:
    named = [(label(model), field.attname) for model in models() for field in columns(model)]
    assert [one for one in named if one[1] in RESERVED] == []


def test_every_key_points_down_or_stays_in_its_storey() -> None:
    upward = [
        f"{label(model)}.{field.name} -> {label(target)}"
        for model, field, target in keys()
        if STOREY[model._meta.app_label] < STOREY[target._meta.app_label]
    ]
    assert upward == []


def test_no_programme_has_a_key_to_another_programme() -> None:
    across = [
        f"{label(model)}.{field.name} -> {label(target)}"
        for model, field, target in keys()
        if model._meta.app_label != target._meta.app_label
        and STOREY[model._meta.app_label] == STOREY[target._meta.app_label]
        and STOREY[model._meta.app_label] > STOREY["staff"]
    ]
    assert across == []


def test_what_belongs_to_a_customer_has_no_key_to_people_who_log_in() -> None:
    found = [
        f"{label(model)}.{field.name}"
        for model, field, target in keys()
        if per_customer(model) and target._meta.app_label in LOGIN
    ]
    assert found == []


def test_no_customer_has_a_key_to_another_customer() -> None:
    customer = apps.get_model("customers", "Customer")
    found = [field.name for model, field, target in keys() if model is target is customer]
    assert found == []


def test_no_product_has_a_key_to_a_customer() -> None:
    product = apps.get_model("products", "Product")
    assert not per_customer(product)


def test_every_unique_key_of_a_customers_row_holds_the_customer() -> None:
    owned = [model for model in models() if per_customer(model) and not is_key_table(model)]
    found = [name for model in owned for name in loose_keys(model)]
    assert found == []


def is_key_table(model: type[Model]) -> bool:
    """Say whether it is one of the small tables where what is unique across customers is kept."""
    return model.__name__.endswith("Key")


def loose_keys(model: type[Model]) -> Iterator[str]:
    """Name the unique keys that do not hold the customer; the primary key may be one."""
    for field in columns(model):
        if field.unique and not field.primary_key and field.column != "customer_id":
            yield f"{label(model)}.{field.name}"
    for rule in model._meta.constraints:
        if isinstance(rule, UniqueConstraint) and not names_customer(rule):
            yield f"{label(model)}: {rule.name}"


def names_customer(rule: UniqueConstraint) -> bool:
    return "customer" in " ".join([*rule.fields, *map(str, rule.expressions)])
