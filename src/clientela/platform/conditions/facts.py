"""What a condition may ask about: named, typed facts, declared by the app that owns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Type(StrEnum):
    """`money` is `{"minor", "currency"}`; `choice` a code; `list` a list of codes."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    LIST = "list"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` is `app.name`, for ever; `label` a text or one to be translated when it is shown;
    `choices`: code -> its label, where they are known beforehand.
    """

    key: str
    type: Type
    label: object = field(compare=False)
    choices: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows beside the one that is judged: holdings, needs; their facts are asked in `where`."""

    key: str
    label: object = field(compare=False)
    facts: tuple[Fact, ...]

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All facts and relations by key."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Iterable[Fact], relations: Iterable[Relation] = ()) -> Catalogue:
        return cls({fact.key: fact for fact in facts}, {one.key: one for one in relations})

    def inside(self, relation: Relation) -> Catalogue:
        """What may be asked of one related row; relations do not nest."""
        return Catalogue.of(relation.facts)
