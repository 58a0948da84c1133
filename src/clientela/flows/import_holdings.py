"""Files of holdings: one row is one holder of a holding, or news of a holding that is known.

Who holds it is said by the row, or through another holding: its holders hold this one too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import cover_units, leads
from clientela.flows.cover_units import Thing
from clientela.flows.hold_products import kind_key, updated
from clientela.flows.import_products import ensure_kinds
from clientela.flows.importing import CHANGED, NEW, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.rows import HoldingRow
from clientela.platform import ids, periods
from clientela.products import actions as products
from clientela.products import queries, rules
from clientela.products.actions import HoldingState, NewHolder, NewHolding, ProductValues, Terms
from clientela.products.models import Holder, Holding, Product
from clientela.products.queries import Named
from clientela.retention.actions.offering import Opened

OWNER = Holder.Role.OWNER
ROLE_ORDER = {role: rank for rank, role in enumerate(Holder.Role.values)}
DEFAULT_KIND = "product"
CLEARABLE = {
    "opened_on", "closed_on", "matures_on", "fixed_until_on", "balance_minor", "balance_on",
    "limit_minor", "rate",
}  # fmt: skip

Part = tuple[UUID, str]  # a customer and their role


@dataclass(slots=True)
class _Round:
    """What is known when a round of rows is judged, and what it writes."""

    known: dict[int, Named]
    parts: dict[int, list[Part]]
    catalogue: dict[str, Product]
    taken: dict[int, Taken] = field(default_factory=dict)
    new: dict[int, NewHolding] = field(default_factory=dict)
    changed: dict[int, HoldingState] = field(default_factory=dict)
    holders: list[tuple[int, NewHolder]] = field(default_factory=list)


class Holdings:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.effects: list[Effect] = []
        self.meanings = queries.meanings(work.source)

    def prepare(self, rows: Sequence[HoldingRow]) -> list[HoldingRow]:
        return list(rows)

    def take(self, prepared: Sequence[HoldingRow]) -> list[Taken]:
        """Rows about one holding go one after the other, owners first; all others at once."""
        taken: dict[int, Taken] = {}
        for places in _rounds(prepared):
            taken |= self._take_round({place: prepared[place] for place in places})
        return [taken[place] for place in range(len(prepared))]

    def _take_round(self, rows: Mapping[int, HoldingRow]) -> dict[int, Taken]:
        round_ = _Round(
            known=self._named("reference", {p: row.holding for p, row in rows.items()}),
            parts=self._parts(rows),
            catalogue=self._catalogue(rows.values()),
        )
        for place, row in rows.items():
            if place not in round_.parts:
                round_.taken[place] = _no_holder(row)
            elif place in round_.known:
                self._news(place, row, round_)
            else:
                self._opening(place, row, round_)
        self._write(rows, round_)
        return round_.taken

    def _named(self, kind: str, names: Mapping[int, str]) -> dict[int, Named]:
        places = list(names)
        found = queries.holdings_named([(kind, self.work.source, names[place]) for place in places])
        return {places[index]: named for index, named in found.items()}

    def _parts(self, rows: Mapping[int, HoldingRow]) -> dict[int, list[Part]]:
        """Who a row says are holders; [] where it says nothing of that; absent: not known."""
        parts: dict[int, list[Part]] = {
            place: [] for place, row in rows.items() if not row.customer and not row.through
        }
        named = {place: row.customer for place, row in rows.items() if row.customer}
        found = customers.resolve(
            [Reference("external", customer, self.work.source) for customer in named.values()]
        )
        for place, one in zip(named, found, strict=True):
            if one is not None:
                parts[place] = [(one.survivor, rows[place].role or OWNER)]
        through = {p: row.through for p, row in rows.items() if row.through and not row.customer}
        return parts | self._parts_through(rows, through)

    def _parts_through(
        self, rows: Mapping[int, HoldingRow], through: Mapping[int, str]
    ) -> dict[int, list[Part]]:
        aliases = self._named("alias", through)
        parts = {
            place: [(named.customer_id, rows[place].role or OWNER)]
            for place, named in aliases.items()
        }
        rest = {place: name for place, name in through.items() if place not in aliases}
        others = self._named("reference", rest)
        holders = queries.holders_of({named.holding.id for named in others.values()})
        roles = self.work.mapping.through_roles
        for place, named in others.items():
            parts[place] = [
                (holder.customer_id, rows[place].role or holder.role)
                for holder in holders.get(named.holding.id, ())
                if not roles or holder.role in roles
            ]
        return {place: found for place, found in parts.items() if found}

    def _catalogue(self, rows: Iterable[HoldingRow]) -> dict[str, Product]:
        wanted = {row.product: row for row in rows if row.product}
        known = queries.products_named(wanted)
        missing = {code: row for code, row in wanted.items() if rules.code_norm(code) not in known}
        if not missing or self.work.mapping.unknown_product != "create":
            return known
        new = [
            ProductValues(
                code=code, name=row.product_name or code,
                kind=kind_key(row.product_kind or DEFAULT_KIND),
            )
            for code, row in missing.items()
        ]  # fmt: skip
        self.effects.append(ensure_kinds({one.kind: one.kind for one in new}))
        saved = products.save_products(new, is_demo=self.work.is_demo)
        made = [id for id, state in saved if state == "new"]
        self.effects.append(Effect(effects.PRODUCT, made))
        return queries.products_named(wanted)

    def _opening(self, place: int, row: HoldingRow, round_: _Round) -> None:
        product = round_.catalogue.get(rules.code_norm(row.product or ""))
        parts = sorted(round_.parts[place], key=lambda part: ROLE_ORDER[part[1]])
        if row.product is None:
            round_.taken[place] = rejected(row.number, "product", "missing-value")
        elif product is None:
            round_.taken[place] = rejected(row.number, "product", "unknown-product", row.product)
        elif not parts:
            round_.taken[place] = rejected(row.number, "customer", "missing-value")
        elif fault := self._faulty_status(row, product.kind_id):
            round_.taken[place] = fault
        else:
            main, *others = parts
            new = NewHolding(
                customer_id=main[0], product_id=product.id, source=self.work.source,
                reference=row.holding, number=row.number_shown or "", serial=row.serial or "",
                status=self._status(row, product.kind_id) or Holding.Status.ACTIVE,
                role=main[1], terms=_terms(row),
            )  # fmt: skip
            round_.new[place] = new
            round_.parts[place] = others

    def _news(self, place: int, row: HoldingRow, round_: _Round) -> None:
        state = round_.known[place].holding
        product = round_.catalogue.get(rules.code_norm(row.product)) if row.product else None
        if row.product and product is None:
            round_.taken[place] = rejected(row.number, "product", "unknown-product", row.product)
            return
        kind = product.kind_id if product else self._kind_of(row, state)
        if fault := self._faulty_status(row, kind, ended=state.terms.closed_on is not None):
            round_.taken[place] = fault
            return
        after = replace(
            state,
            product_id=product.id if product else state.product_id,
            number=row.number_shown or state.number,
            status=self._status(row, kind) or state.status,
            terms=_cleared(updated(state.terms, _terms(row)), row.clears),
        )
        if after != state:
            round_.changed[place] = after
        round_.holders += [
            (place, NewHolder(customer, state.id, state.customer_id, role))
            for customer, role in round_.parts[place]
        ]

    def _status(self, row: HoldingRow, kind: str) -> str | None:
        """What the source's code means for this kind of product; "" where the row says nothing,
        None where nobody said what it means.
        """
        return rules.meaning(self.meanings, kind=kind, code=row.status) if row.status else ""

    def _faulty_status(self, row: HoldingRow, kind: str, *, ended: bool = False) -> Taken | None:
        status = self._status(row, kind)
        if status is None:
            return rejected(row.number, "status", "unknown-status", row.status or "")
        if status == Holding.Status.CLOSED and row.closed_on is None and not ended:
            return rejected(row.number, "closed_on", "missing-value")
        return None

    def _kind_of(self, row: HoldingRow, state: HoldingState) -> str:
        """Of the product of a known holding, where a code may mean one thing or another by it."""
        return queries.product(state.product_id).kind_id if row.status and self.meanings else ""

    def _write(self, rows: Mapping[int, HoldingRow], round_: _Round) -> None:
        opened = self._open(round_)
        products.change_holdings(list(round_.changed.values()))
        added = set(products.add_holders([holder for _, holder in round_.holders]))
        self._name(rows, round_, opened)
        self._note(round_, opened, added)
        touched = {
            place for place, one in round_.holders if (one.customer_id, one.holding_id) in added
        }
        for place in rows:
            if place in round_.taken:
                continue
            if place in opened:
                round_.taken[place] = NEW
            else:
                is_changed = place in round_.changed or place in touched
                round_.taken[place] = CHANGED if is_changed else UNCHANGED
        self._tell(round_, opened)

    def _note(
        self, round_: _Round, opened: Mapping[int, UUID], added: set[tuple[UUID, UUID]]
    ) -> None:
        known = round_.known
        owners = [round_.new[place].customer_id for place in opened]
        changed = list(round_.changed.items())
        fresh = set(opened.values())
        parts = [(customer, holding) for customer, holding in added if holding not in fresh]
        self.effects += [
            Effect(
                effects.HOLDING, list(opened.values()), owners,
                [as_kept(round_.new[place]) for place in opened],
            ),
            Effect(
                effects.HOLDING_VALUES, [after.id for _, after in changed],
                [after.customer_id for _, after in changed],
                [[as_kept(known[place].holding), as_kept(after)] for place, after in changed],
            ),
            Effect(effects.HOLDER, [one for _, one in parts], [one for one, _ in parts]),
        ]  # fmt: skip

    def _open(self, round_: _Round) -> dict[int, UUID]:
        places = list(round_.new)
        made = products.open_holdings(list(round_.new.values()), is_demo=self.work.is_demo)
        opened = {places[index]: id for index, id in made}
        round_.holders += [
            (place, NewHolder(customer, id, round_.new[place].customer_id, role))
            for place, id in opened.items()
            for customer, role in round_.parts[place]
        ]
        return opened

    def _name(
        self, rows: Mapping[int, HoldingRow], round_: _Round, opened: Mapping[int, UUID]
    ) -> None:
        """Account numbers of known holdings, and the aliases of customers' parts in holdings."""
        names = [
            ("number", self.work.source, state.number, state.customer_id, state.id)
            for state in round_.changed.values()
        ]
        aliases = []
        for place, row in rows.items():
            if row.alias is None or place in round_.taken:
                continue
            if place in opened:
                aliases.append((row.alias, round_.new[place].customer_id, opened[place]))
            elif round_.parts[place]:
                holding = round_.known[place].holding.id
                aliases.append((row.alias, round_.parts[place][0][0], holding))
        products.name_holdings(names)
        products.alias_holdings(
            [(self.work.source, alias, customer, id) for alias, customer, id in aliases]
        )

    def _tell(self, round_: _Round, opened: Mapping[int, UUID]) -> None:
        names = {product.id: product.name for product in round_.catalogue.values()}
        now = self.work.now
        told = [
            Happening("holding.opened", self._since(round_.new[place]),
                      round_.new[place].customer_id, ids.public("hol", id),
                      {"product": names[round_.new[place].product_id]})
            for place, id in opened.items()
        ]  # fmt: skip
        told += [
            Happening(_what_happened(round_.known[place].holding, state), now, state.customer_id,
                      ids.public("hol", state.id), {"product": names.get(state.product_id, "")})
            for place, state in round_.changed.items()
        ]  # fmt: skip
        told += [*self._covered(round_, opened, names), *self._won(round_, opened)]
        events.emit(told, actor=self.work.actor, now=now)

    def _covered(
        self, round_: _Round, opened: Mapping[int, UUID], names: Mapping[UUID, str]
    ) -> list[Happening]:
        things = [
            Thing(id, new.customer_id, new.product_id, names[new.product_id], serial=new.serial,
                  sold_on=new.terms.opened_on)
            for new, id in ((round_.new[place], id) for place, id in opened.items())
        ]  # fmt: skip
        work = self.work
        if work.is_trial:
            return []
        return cover_units.cover(things, bought={}, company=work.company, actor=work.actor)[1]

    def _won(self, round_: _Round, opened: Mapping[int, UUID]) -> list[Happening]:
        codes = {product.id: product.code_norm for product in round_.catalogue.values()}
        news = [(round_.new[place], id) for place, id in opened.items()]
        waited_for = [
            Opened(new.customer_id, id, codes[new.product_id], new.terms.opened_on)
            for new, id in news if new.status in rules.OPEN
        ]  # fmt: skip
        work = self.work
        return leads.won_by(waited_for, company=work.company, actor=work.actor, now=work.now)

    def _since(self, new: NewHolding) -> datetime:
        """When it was opened, as far as the file says so."""
        opened = new.terms.opened_on
        if opened is None:
            return self.work.now
        return periods.local_midnight(opened, self.work.company.zone)


def as_kept(state: HoldingState | NewHolding) -> dict[str, Any]:
    """A holding's values as the undo compares them."""
    terms = {name: None if value is None else str(value)
             for name, value in asdict(state.terms).items()}  # fmt: skip
    return {
        "product": str(state.product_id), "number": state.number, "status": state.status, **terms,
    }  # fmt: skip


def _rounds(rows: Sequence[HoldingRow]) -> list[list[int]]:
    """Places in rounds in which no holding stands twice; within a holding owners come first."""
    of_holding: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        of_holding.setdefault(row.holding, []).append(place)
    rounds: list[list[int]] = []
    for places in of_holding.values():
        places.sort(key=lambda place: ROLE_ORDER[rows[place].role or OWNER])
        for turn, place in enumerate(places):
            if turn == len(rounds):
                rounds.append([])
            rounds[turn].append(place)
    return rounds


def _no_holder(row: HoldingRow) -> Taken:
    """The customer or the holding a row names is not known."""
    if row.customer:
        fault = Reject(row.number, "customer", "unknown-customer", {"value": row.customer})
        return Taken("without_customer", (fault,))
    return rejected(row.number, "through", "unknown-holding", row.through or "")


def _what_happened(before: HoldingState, after: HoldingState) -> str:
    is_closed = after.terms.closed_on is not None and before.terms.closed_on is None
    return "holding.closed" if is_closed else "holding.changed"


def _terms(row: HoldingRow) -> Terms:
    return Terms(
        opened_on=row.opened_on, closed_on=row.closed_on, matures_on=row.matures_on,
        fixed_until_on=row.fixed_until_on, balance_minor=row.balance_minor,
        balance_on=row.balance_on, limit_minor=row.limit_minor, rate=row.rate,
        currency=row.currency or "",
    )  # fmt: skip


def _cleared(terms: Terms, clears: frozenset[str]) -> Terms:
    columns = {"balance": "balance_minor", "limit": "limit_minor"}
    gone = {columns.get(name, name) for name in clears}
    nothing: dict[str, Any] = {name: None for name in gone if name in CLEARABLE}
    return replace(terms, **nothing)
