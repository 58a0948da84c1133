"""Files of products: a code that is known is brought up to date, a new kind comes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from clientela.flows.hold_products import kind_key
from clientela.flows.importing import OVERRIDDEN, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import ProductRow
from clientela.products import actions as products
from clientela.products import queries, rules
from clientela.products.actions import ProductValues
from clientela.products.models import Product


class Products:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.effects: list[Effect] = []

    def prepare(self, rows: Sequence[ProductRow]) -> list[ProductRow]:
        return list(rows)

    def take(self, prepared: Sequence[ProductRow]) -> list[Taken]:
        """The last row of a code in a batch wins, the ones before it are overridden."""
        last = {rules.code_norm(row.product): place for place, row in enumerate(prepared)}
        known = queries.products_named(row.product for row in prepared)
        taken: dict[int, Taken] = {}
        values: dict[int, ProductValues] = {}
        for place, row in enumerate(prepared):
            norm = rules.code_norm(row.product)
            if last[norm] != place:
                taken[place] = OVERRIDDEN
            elif norm not in known and row.name is None:
                taken[place] = rejected(row.number, "name", "missing-value")
            else:
                values[place] = _values(row, known.get(norm))
        self.effects.append(ensure_kinds({new.kind: new.kind for new in values.values()}))
        saved = products.save_products(list(values.values()), is_demo=self.work.is_demo)
        self._note(values, saved, known)
        taken |= {place: Taken(state) for place, (_, state) in zip(values, saved, strict=True)}
        return [taken[place] for place in range(len(prepared))]

    def _note(
        self, values: Mapping[int, ProductValues], saved: Sequence[tuple[UUID, str]],
        known: Mapping[str, Product],
    ) -> None:  # fmt: skip
        new = [id for id, state in saved if state == "new"]
        changed = [
            (id, _state_of(known[rules.code_norm(after.code)]), after)
            for (id, state), after in zip(saved, values.values(), strict=True)
            if state == "changed"
        ]
        self.effects.append(Effect(effects.PRODUCT, new))
        self.effects.append(Effect(
            effects.PRODUCT_VALUES, [id for id, *_ in changed],
            before=[[before, _told(after)] for _, before, after in changed],
        ))  # fmt: skip


def _state_of(product: Product) -> dict[str, Any]:
    return {
        "code": product.code, "name": product.name, "kind": product.kind_id,
        "price_minor": product.price_minor, "currency": product.currency,
    }  # fmt: skip


def _told(values: ProductValues) -> dict[str, Any]:
    currency = values.currency if values.price_minor is not None else ""
    return {
        "code": values.code, "name": values.name, "kind": values.kind,
        "price_minor": values.price_minor, "currency": currency,
    }  # fmt: skip


def ensure_kinds(kinds: dict[str, str]) -> Effect:
    """Kinds by key with the label they get where they are new; what was written."""
    missing = sorted(set(kinds) - {kind.key for kind in queries.kinds()})
    products.define_kinds(
        {"key": key, "labels": {"en": kinds[key].replace("-", " ").capitalize()}} for key in missing
    )
    return Effect(
        effects.PRODUCT_KIND, [uuid5(NAMESPACE_OID, key) for key in missing], before=missing
    )


def _values(row: ProductRow, known: Product | None) -> ProductValues:
    """What the row says; what it does not say stays as it is."""
    cleared = "price" in row.clears
    price = row.price_minor
    currency = row.currency or ""
    if price is None and known is not None and not cleared:
        price, currency = known.price_minor, known.currency
    return ProductValues(
        code=row.product, name=row.name or (known.name if known else ""),
        kind=kind_key(row.kind) if row.kind else known.kind_id if known else "product",
        price_minor=price, currency=currency, category_id=known.category_id if known else None,
    )  # fmt: skip
