"""A page of customers: filtered, in one order, by key, and never counted out."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from clientela.customers import rules
from clientela.flows.lists import calculating, grouping
from clientela.flows.lists.calculating import Record
from clientela.flows.lists.known import Known, known
from clientela.flows.lists.state import NAME, BadView, ListState
from clientela.platform import ids, limits, sql
from clientela.platform.conditions import asking
from clientela.platform.conditions.columns import Column
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.conditions.judging import Clock
from clientela.platform.conditions.tree import Node
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.staff.company import Company

PAGE_MAX = 200
COUNT_MAX = 1_000
WAIT_MS = 2_000
COUNT_WAIT_MS = 600
FEW_MAX, FEW = 5, "<5"
KEY_LENGTH_MAX = 170  # a longer value would not fit into the address of the next page
LONG = "\x01"  # stands for one there: no value is like this
PRIMARY = {"customer.phone": "phone", "customer.email": "email"}
CASTS = {
    Type.TEXT: "text", Type.CHOICE: "text", Type.NUMBER: "numeric", Type.MONEY: "bigint",
    Type.DATE: "date", Type.INSTANT: "timestamptz", Type.FLAG: "boolean",
}  # fmt: skip
# Facts with an order of their own: an index lies ready for it, and nobody is without it.
ORDERS = {
    NAME: ("customer.sort_key", "text"),
    "customer.last_activity": ("customer.last_activity_at", "timestamptz"),
    "customer.number": ("customer.number", "bigint"),
    "customer.since": ("customer.known_since", "date"),
}


class FilterTooWide(Problem):
    code = "filter-too-wide"
    status = 422
    title = "This filter would look at too many customers"


@dataclass(frozen=True, slots=True)
class Row:
    """One customer of a list; `values` by fact, as Python has them."""

    id: UUID
    number: int
    name: str
    kind: str
    version: int
    values: Mapping[str, Any]

    @property
    def public_id(self) -> str:
        return ids.public("cus", self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """`after`: the key of the page that follows, None on the last."""

    rows: list[Row]
    after: str | None


@dataclass(frozen=True)
class Reading:
    """One list as it is read for one actor: what is asked is decided when it is made."""

    state: ListState
    known: Known
    clock: Clock
    node: Node | None
    only: Sequence[UUID] | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def where(self) -> str:
        """Of which customers; merged ones are their survivor's."""
        parts = ["customer.merged_into IS NULL"]
        if self.state.kind:
            kind = self.known.kinds[self.state.kind].pk
            parts.append(f"customer.profile_type_id = {int(kind)}")
        if self.known.sight.branches is not None:
            self.values["branches"] = ["", *sorted(self.known.sight.branches)]
            self.values["person"] = self.known.sight.person
            parts.append(
                "(customer.branch = ANY (%(branches)s::text[])"
                " OR customer.owner_id = %(person)s::uuid)"
            )
        if not self.known.sight.sees_restricted:
            parts.append("customer.hidden_since IS NULL")
        if self.only is not None:
            self.values["only"] = list(self.only)
            parts.append("customer.id = ANY (%(only)s::uuid[])")
        if self.node is not None:
            found = asking.asked(self.node, self.known.columns, self.clock)
            self.values.update(found.values)
            parts.append(found.sql)
        self.values.update(self._always)
        return " AND ".join(parts)

    @cached_property
    def _always(self) -> dict[str, Any]:
        """What the expressions of facts may name."""
        return {
            "today": self.clock.today, "now": self.clock.now,
            "unshown": self.known.sight.unshown_identities,
        }  # fmt: skip

    def page(self, *, after: str = "", limit: int = 50) -> Page:
        found = self._keys(after, min(limit, PAGE_MAX) + 1)
        shown = found[:limit]
        rows = self.rows([id for id, _ in shown])
        return Page(rows, _token(*shown[-1]) if len(found) > limit else None)

    def count(self) -> int | None:
        """How many there are, at most one more than a thousand; None where it would take long."""
        text = (
            f"SELECT count(*) FROM (SELECT 1 FROM customers_customer AS customer"
            f" WHERE {self.where} LIMIT {COUNT_MAX + 1}) AS found"
        )
        try:
            with limits.within(COUNT_WAIT_MS, self.too_wide(), alone=True):
                return int(self.run(text)[0][0])
        except FilterTooWide:
            return None

    def groups(self, key: str) -> list[tuple[Any, int | str]]:
        """How many customers there are by the value of a fact, the most first; None: without.

        By a sensitive field fewer than five are told as `<5`.
        """
        fact, column = self.known.counted_by(key), self.known.columns.facts[key]
        is_veiled = key in self.known.counted
        if is_veiled and any(one.sealed for one in self.known.fields[key]):
            counted = grouping.of_sealed(self.run, self.where, fact, self.known.fields[key][0].key)
        else:
            counted = self.run(grouping.statement(fact, column, self.where))
        return [
            (found, FEW if is_veiled and count < FEW_MAX else int(count))
            for found, count in counted
        ]

    def every(self) -> str:
        """The whole list as a statement that returns ids, with `values` as its parameters."""
        return f"SELECT customer.id FROM customers_customer AS customer WHERE {self.where}"

    def rows(self, found: Sequence[UUID]) -> list[Row]:
        """What is shown of these customers, in their order."""
        if not found:
            return []
        own, facts = self._own_columns()
        asked = "".join(f", {_value(facts[key], self.known.columns.facts[key])}" for key in facts)
        text = (
            "SELECT customer.id, customer.number, customer.display_name,"
            " customer.profile_type_id, customer.version, customer.attributes::text,"
            f" customer.known_since{asked} FROM customers_customer AS customer"
            " WHERE customer.id = ANY (%(found)s::uuid[])"
        )
        kinds = {kind.pk: kind.key for kind in self.known.kinds.values()}
        primary = self._primary(found)
        rows: dict[UUID, Row] = {}
        records: dict[UUID, Record] = {}
        for id, number, name, kind, version, attributes, since, *more in self.run(
            text, {"found": list(found), **self._always}
        ):
            kept = rules.from_json(attributes)
            records[id] = Record(kinds[kind], kept, since)
            values = {key: kept.get(fact_key) for key, fact_key in own.items()}
            values |= dict(zip(facts, map(_plain, more), strict=True)) | primary.get(id, {})
            rows[id] = Row(id, number, name, kinds[kind], version, values)
        told = self.known.told(self.state.columns)
        for id, counted in calculating.values_of(records, told, clock=self.clock):
            rows[id] = replace(rows[id], values={**rows[id].values, **counted})
        return [rows[id] for id in found if id in rows]

    def run(self, text: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """A statement of this list; FilterTooWide where it takes longer than it may."""
        with limits.within(WAIT_MS, self.too_wide()):
            given = self.values if values is None else values
            return sql.execute(text, given, prepare=False).fetchall()

    def _own_columns(self) -> tuple[dict[str, str], dict[str, Fact]]:
        """Columns that are fields of the profile, and those asked of the database."""
        wanted = dict.fromkeys((*self.state.columns, *filter(None, [self.state.board])))
        own, facts = {}, {}
        for key in wanted:
            if key in PRIMARY or key in self.known.calculated:
                continue
            fact = self.known.fact(key, at="columns")
            if key in self.known.fields:
                own[key] = self.known.fields[key][0].key
            else:
                facts[key] = fact
        return own, facts

    def _primary(self, found: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
        """Phone and e-mail, where they are shown."""
        kinds = {kind: key for key, kind in PRIMARY.items() if key in self.state.columns}
        if not kinds:
            return {}
        text = (
            "SELECT DISTINCT ON (customer_id, kind) customer_id, kind, value_shown"
            " FROM customers_identity"
            " WHERE customer_id = ANY (%(found)s::uuid[]) AND kind = ANY (%(kinds)s::text[])"
            " AND kind <> ALL (%(unshown)s::text[])"
            " ORDER BY customer_id, kind, primary_since IS NULL, id"
        )
        first: dict[UUID, dict[str, str]] = {}
        for id, kind, shown in self.run(
            text, {"found": list(found), "kinds": list(kinds), **self._always}
        ):
            first.setdefault(id, {})[kinds[kind]] = shown
        return first

    # Keys

    def _keys(self, after: str, limit: int) -> list[tuple[UUID, str | None]]:
        """Ids in their order, each with what it is sorted by; those without a value come last."""
        order, cast = self._order()
        value, last = _read_token(after)
        if value == LONG and last is not None:
            value = self._value_of(last, order)
        found: list[tuple[UUID, str | None]] = []
        if not after or value is not None:
            found = self._sorted(order, cast, value, last, limit)
        if len(found) < limit and self.state.sorted_by not in ORDERS:
            start = None if value is not None or not after else last
            found += self._unsorted(order, start, limit - len(found))
        return found

    def _value_of(self, last: UUID, order: str) -> str | None:
        """What the last one of a page is sorted by, where that is too long for an address."""
        text = f"SELECT ({order})::text FROM customers_customer AS customer WHERE id = %(last)s"
        rows = self.run(text, {**self.values, "last": last})
        return rows[0][0] if rows else None

    def _sorted(
        self, order: str, cast: str, value: str | None, last: UUID | None, limit: int
    ) -> list[tuple[UUID, str | None]]:
        turn, sign = ("DESC", "<") if self.state.is_descending else ("ASC", ">")
        where = [self.where]
        if self.state.sorted_by not in ORDERS:
            where.append(f"{order} IS NOT NULL")
        more: dict[str, Any] = {}
        if last is not None:
            where.append(f"({order}, customer.id) {sign} (%(value)s::{cast}, %(last)s::uuid)")
            more = {"value": value, "last": last}
        text = (
            f"SELECT customer.id, ({order})::text, {order} AS place"
            f" FROM customers_customer AS customer WHERE {' AND '.join(where)}"
        )
        ordered = f"ORDER BY {order} {turn}, customer.id {turn} LIMIT {limit}"
        if self.state.sorted_by == NAME and not self.state.kind:
            text = self._by_kind(text, ordered, turn, limit)
        else:
            text = f"{text} {ordered}"
        return [(id, shown) for id, shown, _ in self.run(text, {**self.values, **more})]

    def _by_kind(self, text: str, ordered: str, turn: str, limit: int) -> str:
        """Names are in order within a kind of customer: each kind's first, then merged."""
        kinds = [int(kind.pk) for kind in self.known.kinds.values()]
        each = f"{text} AND customer.profile_type_id = one.kind {ordered}"
        return (
            f"SELECT page.* FROM unnest(ARRAY{kinds}::bigint[]) AS one (kind)"
            f" CROSS JOIN LATERAL ({each}) AS page"
            f" ORDER BY page.place {turn}, page.id {turn} LIMIT {limit}"
        )

    def _unsorted(self, order: str, last: UUID | None, limit: int) -> list[tuple[UUID, str | None]]:
        more = {} if last is None else {"last": last}
        where = f"{self.where} AND {order} IS NULL"
        if last is not None:
            where += " AND customer.id > %(last)s::uuid"
        text = (
            f"SELECT customer.id FROM customers_customer AS customer WHERE {where}"
            f" ORDER BY customer.id LIMIT {limit}"
        )
        return [(id, None) for (id,) in self.run(text, {**self.values, **more})]

    def _order(self) -> tuple[str, str]:
        """What the list is sorted by, and its type."""
        key = self.state.sorted_by
        if key in PRIMARY:
            raise BadView("A list cannot be sorted by this.", field="sort")
        fact = self.known.fact(key, at="sort")
        if key in ORDERS:
            return ORDERS[key]
        if fact.type is Type.LIST:
            raise BadView("A list cannot be sorted by several values.", field="sort")
        column = self.known.columns.facts[key]
        if fact.type in (Type.TEXT, Type.CHOICE):
            return column.plain, "text"
        return column.sql, "text" if column.kept == "text" else CASTS[fact.type]

    def too_wide(self) -> FilterTooWide:
        asked = {key for key in self.known.fields if key in str(self.state.filter)}
        asked |= {self.state.sorted_by} & set(self.known.fields)
        fields = sorted(key.partition(".")[2] for key in asked)
        words = "Narrow it down: fewer customers, or a question that is answered by an index."
        if fields:
            words = (
                f"Mark {', '.join(fields)} as filterable in the profile"
                f"{'' if self.state.kind else ' and choose one profile type'}, or narrow it down."
            )
        return FilterTooWide(words, field="filter", fields=fields)


def reading(
    state: ListState, *, actor: Actor, company: Company, now: datetime,
    only: Sequence[UUID] | None = None,
) -> Reading:  # fmt: skip
    """A list for one actor; refused where it asks what the actor may not see."""
    found = known(actor, company=company, kind=state.kind)
    if state.kind and state.kind not in found.kinds:
        raise BadView(f"There is no profile type {state.kind}.", field="kind")
    for key in state.columns:
        if key not in PRIMARY and key not in found.calculated:
            found.fact(key, at="columns")
    if state.group:
        found.counted_by(state.group)
    if state.board:
        found.fact(state.board, at="board")
    node = found.read(state.filter)
    return Reading(state, found, Clock(now, company.zone), node, only)


def _value(fact: Fact, column: Column) -> str:
    """A fact as it is fetched: amounts as a pair, everything else as it is."""
    if fact.type is Type.MONEY:
        return (
            f"CASE WHEN {column.sql} IS NOT NULL THEN"
            f" json_build_object('minor', {column.sql}, 'currency', {column.currency})::text END"
        )
    return column.sql


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith('{"minor"'):
        return json.loads(value)
    return value


def as_json(value: Any) -> Any:
    """As JSON carries it: exact numbers, days and instants as texts."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _token(id: UUID, value: str | None) -> str:
    kept = LONG if value is not None and len(value) > KEY_LENGTH_MAX else value
    written = json.dumps([kept, id.hex], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[str | None, UUID | None]:
    if not token:
        return None, None
    try:
        value, id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(value, str | None):
            raise ValueError(token)
        return value, UUID(hex=id)
    except (ValueError, TypeError, AttributeError):
        raise BadView("This is no key of a page.", field="after") from None
