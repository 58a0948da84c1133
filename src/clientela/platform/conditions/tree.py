"""The nodes of a condition that has been read: typed, complete, without any text left to parse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clientela.platform.conditions.facts import Fact, Relation


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of the fact's type: str, Decimal, (minor, currency), date, datetime, bool, a tuple of
    such for `in`, `between` and lists.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Of:
    """The value of another fact of the same row."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and one of `+ - * /`; divided by zero it is missing."""

    sign: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Window:
    """`direction`: last or next. `mode`: calendar, complete or rolling; `days` long."""

    direction: str
    days: int
    mode: str


Value = Constant | Of | Arithmetic | Window


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about one fact. `exactly`: case and marks count."""

    fact: Fact
    operator: str
    value: Value | None
    path: str
    exactly: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """A question about related rows: any, none or every of them, or how many."""

    relation: Relation
    quantifier: str
    where: Node | None
    path: str
    operator: str = ""
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Nobody:
    """A definition without any leaf: it is true of nobody."""


Node = All | Either | Not | Leaf | Related | Nobody


def leaves(node: Node) -> Iterator[Leaf | Related]:
    """Every question of a condition, in its order; those about related rows count as one."""
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Leaf() | Related():
            yield node
