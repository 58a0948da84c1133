"""Products an import brought, or brought up to date."""

from __future__ import annotations

from typing import Any

from clientela.flows.undo.pieces import EDITED, USED, Outcome, Undoing
from clientela.flows.undo.touched import spoken_of
from clientela.imports.models import Written
from clientela.platform import ids
from clientela.products import actions as products
from clientela.products import queries
from clientela.products.models import Product


def added(written: Written, undoing: Undoing) -> Outcome:
    """Products nothing speaks of go."""
    outcome = Outcome()
    found = [product.id for product in queries.products(written.records)]
    used = spoken_of("product_id", found)
    outcome.keep((ids.public("prd", id) for id in used), USED)
    outcome.removed = products.remove_products([id for id in found if id not in used])
    return outcome


def of_kinds(written: Written, undoing: Undoing) -> Outcome:
    """Kinds that came with the products go, where nothing is of them any more."""
    return Outcome(removed=products.drop_kinds(written.before))


def changed(written: Written, undoing: Undoing) -> Outcome:
    """Products go back where they are as the import left them."""
    outcome = Outcome()
    present = {product.id: product for product in queries.products(written.records)}
    for id, (before, after) in zip(written.records, written.before, strict=True):
        product = present.get(id)
        if product is None:
            continue
        if _values(product) != after:
            outcome.keep([product.public_id], EDITED)
        else:
            products.put_back(id, **_columns(before))
            outcome.restored += 1
    return outcome


def _values(product: Product) -> dict[str, Any]:
    return {
        "code": product.code, "name": product.name, "kind": product.kind_id,
        "price_minor": product.price_minor, "currency": product.currency,
    }  # fmt: skip


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {("kind_id" if name == "kind" else name): value for name, value in values.items()}
