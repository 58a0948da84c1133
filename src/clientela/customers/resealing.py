"""Values are sealed, sealed anew with another key, or opened, in records and their history: some
rows at a time, each time in a transaction of its own, while everybody goes on reading and writing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from clientela.customers import rules, sealed
from clientela.customers.definitions import marked
from clientela.customers.models import Customer, Field
from clientela.customers.sealed import Unopened
from clientela.platform import sql, text
from clientela.platform.sealing import Ring
from clientela.platform.transactions import needs_transaction

WINDOW_ROWS = 2_000
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Wanted:
    """How values are to be kept: by which key, and of which fields of each profile type."""

    by_type: Mapping[int, marked.Marked]
    current: str

    @cached_property
    def keys(self) -> frozenset[str]:
        return marked.sealed_keys(self.by_type)

    @cached_property
    def sealed_json(self) -> str:
        return json.dumps({kind: sorted(own.sealed) for kind, own in self.by_type.items()})

    @cached_property
    def plain_json(self) -> str:
        plain: dict[int, list[str]] = {}
        for kind, key in Field.objects.filter(sealed=False).values_list("profile_type_id", "key"):
            plain.setdefault(kind, []).append(key)
        return json.dumps(plain)

    def is_done(self, value: Any) -> bool:
        """Whether a value that is to be sealed is so, with this key."""
        return sealed.is_sealed(value) and value[sealed.SEALED].startswith(f"{self.current}.")


class Ready(NamedTuple):
    """A record with `values` as they are to stand, in JSON; `folded`: the copies that change."""

    id: UUID
    version: int
    profile_type: int
    is_merged: bool
    attributes: str
    folded: str
    values: int


def wanted() -> Wanted | None:
    """None where no value is sealed nor is to be."""
    by_type = marked.marked()
    if not marked.sealed_keys(by_type) and sealed.nothing_is_sealed():
        return None
    return Wanted(by_type, sealed.ring().current.id)


# Records


def end_of_window(after: UUID) -> UUID | None:
    """The last of the next records in the order of their ids; None: there is none."""
    row = sql.execute(
        "SELECT id FROM (SELECT id FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s)"
        " AS page ORDER BY id DESC LIMIT 1",
        [after, WINDOW_ROWS],
    ).fetchone()
    return row[0] if row else None


def read_records(after: UUID, upto: UUID, want: Wanted) -> list[tuple[Any, ...]]:
    """Those of a window with the values that are to be kept otherwise."""
    return sql.statement("customers", "to_reseal").rows(
        after=after, upto=upto, current=f"{want.current}.", sealed=want.sealed_json,
        plain=want.plain_json,
    )  # fmt: skip


def records_ready(rows: Sequence[tuple[Any, ...]], want: Wanted) -> list[Ready]:
    """As they are to stand; without the database. What does not open stays as it is."""
    ring = sealed.ring()
    return [
        Ready(id, version, kind, merged is not None, rules.as_json(made), _folded(asked, made),
              len(made))
        for id, version, kind, merged, written in rows
        for asked in [rules.from_json(written)]
        if (made := _made(id, asked, want.by_type.get(kind, marked.NOTHING).sealed, ring))
    ]  # fmt: skip


@needs_transaction
def write_records(ready: Sequence[Ready], want: Wanted) -> int:
    """How many values were written. A record that somebody changed meanwhile waits its turn."""
    if not ready:
        return 0
    columns = sql.columns([one[:2] for one in ready], ("id", "version"))
    rows = sql.statement("customers", "reseal").rows(
        size=len(ready), **columns, attributes=[one.attributes for one in ready],
        folded=[one.folded for one in ready],
    )  # fmt: skip
    written = {id for (id,) in rows}
    done = [one for one in ready if one.id in written]
    _keep_unique({one.id: one.profile_type for one in done if not one.is_merged}, want)
    return sum(one.values for one in done)


def _made(
    id: UUID, asked: Mapping[str, Any], keys: frozenset[str], ring: Ring
) -> dict[str, Any]:  # fmt: skip
    """The members that were asked for, as they are to stand."""
    made: dict[str, Any] = {}
    for key, value in asked.items():
        if not sealed.is_sealed(value):
            made[key] = sealed.of_record(key, value, customer_id=id)
        elif key not in keys:
            made[key] = sealed.opened({key: value}, customer_id=id)[key]
        elif (again := sealed.again(key, value, customer_id=id, ring=ring)) is not None:
            made[key] = again
    return {key: value for key, value in made.items() if not isinstance(value, Unopened)}


def _folded(asked: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    """The copies that come and go with what is opened and sealed, as JSON."""
    changed = {
        key: text.folded(value) if isinstance(value, str) else None
        for key, value in made.items()
        if not (sealed.is_sealed(value) and sealed.is_sealed(asked[key]))
    }
    return json.dumps(changed) if changed else "{}"


def _keep_unique(kinds: Mapping[UUID, int], want: Wanted) -> None:
    """Whoever came first has the value; a later one that came in between is left to be mended."""
    unique = [id for id, kind in kinds.items() if want.by_type.get(kind, marked.NOTHING).unique]
    asked = [
        (one.id, one.profile_type_id, one.attributes)
        for one in Customer.objects.filter(id__in=unique).only(
            "id", "profile_type_id", "attributes"
        )
    ]
    taken = marked.taken(asked, want.by_type)
    marked.keep_unique([one for place, one in enumerate(asked) if place not in taken], want.by_type)


# History


def end_of_history(after: int) -> int | None:
    row = sql.execute(
        "SELECT id FROM (SELECT id FROM customers_fieldchange WHERE id > %s ORDER BY id LIMIT %s)"
        " AS page ORDER BY id DESC LIMIT 1",
        [after, WINDOW_ROWS],
    ).fetchone()
    return row[0] if row else None


def read_history(after: int, upto: int, want: Wanted) -> list[tuple[Any, ...]]:
    return sql.statement("customers", "to_reseal_history").rows(
        after=after, upto=upto, current=f"{want.current}.", keys=sorted(want.keys)
    )


def history_ready(rows: Sequence[tuple[Any, ...]], want: Wanted) -> list[tuple[Any, ...]]:
    """Lines as they are to stand, with what stood there; without the database."""
    found = []
    for id, customer, field, at, was_old, was_new in rows:
        told = {"customer_id": customer, "key": field, "at": at}
        old = _again(was_old, "old", want, told)
        new = _again(was_new, "new", want, told)
        if (old, new) != (was_old, was_new):
            found.append((id, old, new, was_old, was_new))
    return found


@needs_transaction
def write_history(ready: Sequence[tuple[Any, ...]], _want: Wanted) -> int:
    if not ready:
        return 0
    names = ("id", "old", "new", "was_old", "was_new")
    return sql.statement("customers", "reseal_history").run(
        size=len(ready), **sql.columns(ready, names)
    )


def _again(written: str | None, which: str, want: Wanted, told: dict[str, Any]) -> str | None:
    """A value of the history as it is to stand, in JSON."""
    value = None if written is None else json.loads(written)
    if value is None or want.is_done(value):
        return written
    plain = sealed.from_history(value, which, **told)
    if isinstance(plain, Unopened):
        return written
    return json.dumps(sealed.in_history(plain, which, **told))


def by_key() -> dict[str, int]:
    """How many values each key has sealed."""
    return dict(sql.statement("customers", "sealed_by_key").rows())


@needs_transaction
def forget_key(id: str) -> None:
    """Unique values are not looked for by its marks any more."""
    sql.execute("DELETE FROM customers_fieldkey WHERE starts_with(digest, %s)", [f"{id}."])
