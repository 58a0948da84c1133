"""What a write does beside storing attributes: words to be found by, values only one may have."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers import rules, sealed
from clientela.customers.models import Customer, Field, FieldKey
from clientela.customers.rules import FieldFault
from clientela.platform import sql, text
from clientela.platform.errors import Problem
from clientela.platform.transactions import needs_transaction


class ValueTaken(Problem):
    code = "value-taken"
    status = 409
    title = "Another customer has this value, and only one may"


@dataclass(frozen=True, slots=True)
class Marked:
    """The keys of searchable, of unique and of sealed fields of a profile type; unique ones with
    their id, sealed ones also where the field is retired.
    """

    searchable: tuple[str, ...] = ()
    unique: Mapping[str, int] = field(default_factory=dict)
    sealed: frozenset[str] = frozenset()


NOTHING = Marked()


def marked() -> dict[int, Marked]:
    """By profile type; types without such fields are missing."""
    rows = Field.objects.filter(
        Q(searchable=True, retired_at=None) | Q(rules__unique=True, retired_at=None)
        | Q(sealed=True)
    ).values_list(
        "profile_type_id", "key", "searchable", "rules__unique", "id", "sealed", "retired_at"
    )  # fmt: skip
    searchable: dict[int, list[str]] = defaultdict(list)
    unique: dict[int, dict[str, int]] = defaultdict(dict)
    hidden: dict[int, list[str]] = defaultdict(list)
    for kind, key, is_searchable, is_unique, id, is_sealed, retired_at in rows:
        if is_searchable and retired_at is None:
            searchable[kind].append(key)
        if is_unique and retired_at is None:
            unique[kind][key] = id
        if is_sealed:
            hidden[kind].append(key)
    return {
        kind: Marked(tuple(searchable[kind]), dict(unique[kind]), frozenset(hidden[kind]))
        for kind in {*searchable, *unique, *hidden}
    }


def sealed_keys(by_type: Mapping[int, Marked]) -> frozenset[str]:
    """Keys of fields that are sealed in any profile type."""
    return frozenset[str]().union(*(own.sealed for own in by_type.values()))


def types_of(customers: Collection[UUID]) -> dict[UUID, int]:
    rows = Customer.objects.filter(id__in=customers).values_list("id", "profile_type_id")
    return dict(rows)


def words(name: str, attributes: Mapping[str, Any], keys: Iterable[str]) -> str:
    """What a customer is found by: the words of their name and of their searchable fields."""
    found = set(text.words_to_find(name))
    for key in keys:
        if isinstance(value := attributes.get(key), str):
            found.update(text.words_to_find(value))
    return " ".join(sorted(found))


def digest(value: Any) -> str:
    """A value of a unique field, as two are compared: texts without case and marks."""
    plain = text.folded(value) if isinstance(value, str) else rules.as_json({"": value})
    return hashlib.sha256(plain.encode()).hexdigest()


def keys_of(attributes: Mapping[str, Any], own: Marked) -> list[tuple[int, str]]:
    """(field, digest) of each unique value of a record."""
    return [(id, found) for _key, id, found in _digests(attributes, own)]


def _digests(attributes: Mapping[str, Any], own: Marked) -> Iterator[tuple[str, int, str]]:
    """(key, field, digest); of a sealed value the digest under each key there is."""
    for key, id in own.unique.items():
        if key in attributes:
            value = attributes[key]
            found = sealed.marks(key, value) if key in own.sealed else [digest(value)]
            yield from ((key, id, one) for one in found)


def taken(
    records: Sequence[tuple[UUID | None, int, Mapping[str, Any]]], by_type: Mapping[int, Marked]
) -> dict[int, list[FieldFault]]:
    """Of (customer or None for a new one, type, attributes): what others have, by place; of two
    in the batch with one value the later has the fault.
    """
    asked: list[tuple[int, str, int, str, UUID | None]] = []
    for place, (customer, kind, attributes) in enumerate(records):
        for key, id, found in _digests(attributes, by_type.get(kind, NOTHING)):
            asked.append((place, key, id, found, customer))
    if not asked:
        return {}
    wrong = {index - 1 for (index,) in _held(asked)}
    seen: set[tuple[int, str]] = set()
    for index, (_place, _key, id, value, _customer) in enumerate(asked):
        if (id, value) in seen:
            wrong.add(index)
        seen.add((id, value))
    faults: dict[int, list[FieldFault]] = defaultdict(list)
    for place, key in sorted({asked[index][:2] for index in wrong}):
        faults[place].append(FieldFault(key, "not-unique"))
    return dict(faults)


def _held(asked: Sequence[tuple[int, str, int, str, UUID | None]]) -> list[tuple[int]]:
    rows: list[tuple[int]] = sql.statement("customers", "taken").rows(
        size=len(asked), field=[one[2] for one in asked], digest=[one[3] for one in asked],
        customer=[str(one[4] or "") for one in asked],
    )  # fmt: skip
    return rows


@needs_transaction
def keep_unique(
    records: Sequence[tuple[UUID, int, Mapping[str, Any]]], by_type: Mapping[int, Marked],
    *, is_new: bool = False,
) -> None:  # fmt: skip
    """Note the unique values of these customers, and free those they have no more.

    ValueTaken where another customer was faster: the transaction is to be given up.
    """
    touched = [one for one in records if by_type.get(one[1], NOTHING).unique]
    wanted = [
        (id, value, customer)
        for customer, kind, attributes in touched
        for id, value in keys_of(attributes, by_type[kind])
    ]
    if touched and not is_new:
        FieldKey.objects.filter(customer_id__in=[one[0] for one in touched]).delete()
    if not wanted:
        return
    kept = sql.statement("customers", "keep_unique").rows(
        size=len(wanted), field=[one[0] for one in wanted], digest=[one[1] for one in wanted],
        customer=[one[2] for one in wanted],
    )  # fmt: skip
    if len(kept) != len(wanted):
        stored = {(id, value) for id, value in kept}
        (first, *_more) = [one for one in wanted if (one[0], one[1]) not in stored]
        key = Field.objects.filter(id=first[0]).values_list("key", flat=True).first()
        raise ValueTaken(field=f"attributes.{key}")


@needs_transaction
def free(customer_id: UUID) -> None:
    """Whatever only this customer had may be another's."""
    FieldKey.objects.filter(customer_id=customer_id).delete()
