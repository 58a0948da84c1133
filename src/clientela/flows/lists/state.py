"""What a list shows: of which customers, in which columns and order; as an address and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clientela.platform.errors import Problem

COLUMNS_MAX = 20
FILTER_LENGTH_MAX = 20_000
NAME = "customer.name"
LATEST = "-customer.last_activity"
COLUMNS = ("customer.type", "customer.phone", "customer.language", "customer.last_activity")
MEMBERS = ("kind", "columns", "filter", "sort", "group", "board")


class BadView(Problem):
    code = "bad-view"
    status = 422
    title = "This list cannot be shown"


@dataclass(frozen=True, slots=True)
class ListState:
    """`kind`: key of a profile type, or all. `sort`: a fact, with `-` from the highest down.
    `filter`: a tree of the condition language. `group`, `board`: a fact whose values part the list.
    """

    kind: str = ""
    columns: tuple[str, ...] = COLUMNS
    filter: Mapping[str, Any] | None = None
    sort: str = LATEST
    group: str = ""
    board: str = ""

    @property
    def sorted_by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    def as_json(self) -> dict[str, Any]:
        """As it is saved: what differs from a list nobody touched."""
        plain = ListState()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name in MEMBERS
            if (value := getattr(self, name)) != getattr(plain, name)
        }

    def as_query(self, start: ListState | None = None) -> dict[str, str]:
        """As it stands in an address: what differs from `start`."""
        plain = start or ListState()
        return {
            name: written(value)
            for name in MEMBERS
            if (value := getattr(self, name)) != getattr(plain, name)
        }

    def with_(self, **changes: Any) -> ListState:
        return replace(self, **changes)


def written(value: Any) -> str:
    """One member in an address."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, tuple):
        return ",".join(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def of_query(query: Mapping[str, str], start: ListState | None = None) -> ListState:
    """The list an address means; what it does not say is as in `start`."""
    members: dict[str, Any] = {name: query[name] for name in MEMBERS if name in query}
    if "columns" in members:
        members["columns"] = members["columns"].split(",")
    if "filter" in members:
        members["filter"] = _tree(members["filter"])
    return of_json(members, start)


def of_json(members: Mapping[str, Any], start: ListState | None = None) -> ListState:
    """The list that was saved, or sent to the API; BadView where it is none."""
    if unknown := sorted(set(members) - set(MEMBERS)):
        raise BadView(f"A list has no {unknown[0]}.", field=unknown[0])
    found = dict(members)
    for name in ("kind", "sort", "group", "board"):
        if not isinstance(found.get(name, ""), str):
            raise BadView("Use a text here.", field=name)
    if "columns" in found:
        found["columns"] = _columns(found["columns"])
    if not found.get("sort", LATEST).removeprefix("-"):
        found["sort"] = LATEST
    if not isinstance(found.get("filter"), Mapping | None):
        raise BadView("A filter is an object.", field="filter")
    if "filter" in found:
        found["filter"] = found["filter"] or None
    return replace(start or ListState(), **found)


def _columns(columns: Any) -> tuple[str, ...]:
    if not isinstance(columns, list | tuple) or not all(isinstance(one, str) for one in columns):
        raise BadView("Columns are a list of facts.", field="columns")
    if len(columns) > COLUMNS_MAX:
        raise BadView(f"A list has at most {COLUMNS_MAX} columns.", field="columns")
    return tuple(dict.fromkeys(one for one in columns if one and one != NAME))


def _tree(text: str) -> Any:
    if not text:
        return None
    if len(text) > FILTER_LENGTH_MAX:
        raise BadView("This filter is too long.", field="filter")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadView("A filter is JSON.", field="filter") from None
