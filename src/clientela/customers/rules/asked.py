"""`required_when`: a condition on the other fields of the same record, in the house's one language.

The fact of a field is `customer.` and its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clientela.customers.rules.fields import Asked
from clientela.customers.rules.values import FieldType
from clientela.platform.conditions import grammar, judging
from clientela.platform.conditions.facts import Catalogue, Fact, Type
from clientela.platform.conditions.judging import Clock
from clientela.platform.conditions.tree import Leaf, Of, leaves

PREFIX = "customer."
# What the language asks of a customer beside their fields: no field is called like it.
TAKEN_KEYS = frozenset([
    "age", "country", "id", "language", "last_activity", "name", "number", "party", "since",
    "status", "type", "version", "years",
])  # fmt: skip
FACT_TYPES: Mapping[FieldType, Type] = {
    FieldType.TEXT: Type.TEXT, FieldType.NOTE: Type.TEXT, FieldType.INTEGER: Type.NUMBER,
    FieldType.DECIMAL: Type.NUMBER, FieldType.MONEY: Type.MONEY, FieldType.PERCENT: Type.NUMBER,
    FieldType.YES_NO: Type.FLAG, FieldType.DATE: Type.DATE, FieldType.INSTANT: Type.INSTANT,
    FieldType.CHOICE: Type.CHOICE, FieldType.CHOICES: Type.LIST, FieldType.COUNTRY: Type.CHOICE,
    FieldType.LINK: Type.TEXT, FieldType.CUSTOMER: Type.TEXT,
}  # fmt: skip


def fact_of(
    key: str, kind: FieldType, label: object = "", choices: Mapping[str, object] | None = None
) -> Fact:
    """What the condition language asks of a field."""
    return Fact(PREFIX + key, FACT_TYPES[kind], label or key, choices or {})


def catalogue(fields: Iterable[tuple[str, FieldType]]) -> Catalogue:
    return Catalogue.of(fact_of(key, kind) for key, kind in fields)


def required_when(tree: Any, known: Catalogue, *, at: str = "required_when") -> Asked:
    """A condition to be asked of attributes; BadCondition names what cannot be read."""
    node = grammar.read(tree, known, at=at)

    def asked(state: Mapping[str, Any], clock: Clock) -> bool:
        return judging.holds(node, _Row(state), clock)

    return asked


def keys_asked(tree: Any, known: Catalogue) -> set[str]:
    """The fields a condition asks about."""
    found = set()
    for leaf in leaves(grammar.read(tree, known)):
        if isinstance(leaf, Leaf):
            found.add(leaf.fact.key.removeprefix(PREFIX))
            if isinstance(leaf.value, Of):
                found.add(leaf.value.fact.key.removeprefix(PREFIX))
    return found


class _Row(Mapping[str, Any]):
    """Attributes under the names of their facts."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._state = state

    def __getitem__(self, fact: str) -> Any:
        return self._state[fact.removeprefix(PREFIX)]

    def __iter__(self) -> Iterator[str]:
        return (PREFIX + key for key in self._state)

    def __len__(self) -> int:
        return len(self._state)
