"""The profile types with their fields, as this process last read them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clientela.customers import queries as customers
from clientela.customers.models import Field, ProfileType

CACHE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """`words`: a text, or labels by language; `fields` in the order they are shown."""

    words: Any
    fields: tuple[Field, ...]


_cached: dict[str, tuple[float, Mapping[str, Kind]]] = {}


def current() -> Mapping[str, Kind]:
    """By key; a change is seen by every process within a second."""
    kept = _cached.get("kinds")
    if kept is None or time.monotonic() - kept[0] > CACHE_SECONDS:
        kept = _cached["kinds"] = (time.monotonic(), read())
    return kept[1]


def read() -> Mapping[str, Kind]:
    types = customers.profile_types(with_fields=True)
    return {key: Kind(words_of(kind), tuple(kind.fields.all())) for key, kind in types.items()}


def words_of(kind: ProfileType) -> Any:
    return kind.labels or kind.key


def forget() -> None:
    """Drop this process's copy."""
    _cached.clear()
