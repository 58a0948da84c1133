"""The profile types with their fields, as this process last read them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clientela.customers import queries as customers
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Field, ProfileType
from clientela.customers.rules.calculated import Calculated

CACHE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """`words`: a text, or labels by language; `fields` in the order they are shown, group after
    group, and behind them what is calculated.
    """

    words: Any
    fields: tuple[Field, ...]
    calculated: tuple[Calculated, ...] = ()


_cached: dict[str, tuple[float, Mapping[str, Kind]]] = {}


def current() -> Mapping[str, Kind]:
    """By key; a change is seen by every process within a second."""
    kept = _cached.get("kinds")
    if kept is None or time.monotonic() - kept[0] > CACHE_SECONDS:
        kept = _cached["kinds"] = (time.monotonic(), read())
    return kept[1]


def read() -> Mapping[str, Kind]:
    types = customers.profile_types(with_fields=True)
    return {key: _kind(kind) for key, kind in types.items()}


def _kind(kind: ProfileType) -> Kind:
    groups = {one["key"]: place for place, one in enumerate(kind.groups)}
    fields = sorted(kind.fields.all(), key=lambda field: groups.get(field.group_key, -1))
    return Kind(words_of(kind), tuple(fields), tuple(definitions.calculated_of(kind)))


def words_of(kind: ProfileType) -> Any:
    return kind.labels or kind.key


def forget() -> None:
    """Drop this process's copy."""
    _cached.clear()
