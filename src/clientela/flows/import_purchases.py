"""Files of purchases: negative amounts are returns, equal rows are sales of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import queries as known
from clientela.customers.actions import NewCustomer
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.flows import import_returns, import_unnamed
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.importing import CHANGED, NEW, REPEATED, Taken, Work, rejected
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.keys import Occurrences
from clientela.imports.rules.rows import PurchaseRow
from clientela.purchases.actions import NewLine

REFERENCE_TAKEN = "reference-taken"


class Keyed(NamedTuple):
    """A row and the reference it is known by, its own or one made of what it says."""

    row: PurchaseRow
    key: str


class Purchases:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        disjoint = work.mapping.files == "disjoint"
        self.work = work
        self.effects: list[Effect] = []
        self.occurrences = Occurrences(
            collapse=work.mapping.repeats == "collapse",
            file_digest=file_digest if disjoint else "",
        )

    def prepare(self, rows: Sequence[PurchaseRow]) -> list[Keyed]:
        return [Keyed(row, self.occurrences.key(row)) for row in rows]

    def take(self, prepared: Sequence[Keyed]) -> list[Taken]:
        found = self._customers([keyed.row for keyed in prepared])
        taken: dict[int, Taken] = {}
        sales: list[int] = []
        taken |= self._unnamed(prepared)
        for place, keyed in enumerate(prepared):
            if place in taken:
                continue
            if keyed.row.customer is None or found[place] is None:
                taken[place] = _without_customer(keyed.row)
            elif not keyed.row.is_return:
                sales.append(place)
        taken |= self._sales(prepared, sales, found)
        taken |= self._returns(
            (place, keyed.row, keyed.key, customer.survivor)
            for place, (keyed, customer) in enumerate(zip(prepared, found, strict=True))
            if place not in taken and customer is not None
        )
        return [taken[place] for place in range(len(prepared))]

    def _unnamed(self, prepared: Sequence[Keyed]) -> dict[int, Taken]:
        """Rows of buyers nobody named, where they are kept."""
        if not import_unnamed.are_kept(self.work):
            return {}
        rows = {
            place: (keyed.row, keyed.key)
            for place, keyed in enumerate(prepared)
            if keyed.row.customer is None
        }
        taken, effect = import_unnamed.take(rows, work=self.work)
        self.effects.append(effect)
        return taken

    def _returns(self, rows: Iterable[tuple[int, PurchaseRow, str, UUID]]) -> dict[int, Taken]:
        taken: dict[int, Taken] = {}
        by_documents = self.work.mapping.rows == "lines"
        for back in import_returns.backs(rows, by_documents=by_documents):
            told, effect = import_returns.take(back, work=self.work)
            taken |= dict.fromkeys(back.places, told)
            self.effects.append(effect)
        return taken

    def _customers(self, rows: Sequence[PurchaseRow]) -> list[known.Resolved | None]:
        references = [Reference("external", row.customer or "", self.work.source) for row in rows]
        found = known.resolve(references)
        if self.work.mapping.unknown_customer != "create":
            return found
        missing = {
            row.customer: row
            for row, one in zip(reversed(rows), reversed(found), strict=True)
            if one is None and row.customer
        }
        self._make_known(list(missing.values()))
        return known.resolve(references) if missing else found

    def _make_known(self, rows: Sequence[PurchaseRow]) -> None:
        """A buyer whom only this file knows is provisional, named after the source's id."""
        new = [
            NewCustomer(
                name=f"{self.work.source} {row.customer}", source=self.work.source,
                external_id=row.customer or "", status=Customer.Status.PROVISIONAL,
                known_since=self.work.company.today(row.purchased_at),
            )
            for row in rows
        ]  # fmt: skip
        made = customers.register(
            new, now=self.work.now, today=self.work.company.today(self.work.now),
            is_demo=self.work.is_demo,
        )  # fmt: skip
        fresh = [id for _, id in made]
        self.effects.append(Effect(effects.CUSTOMER, fresh, fresh))
        told = customers.registered_events(fresh, now=self.work.now, source=self.work.source)
        events.emit(told, actor=self.work.actor, now=self.work.now)

    def _sales(
        self, prepared: Sequence[Keyed], places: Sequence[int],
        found: Sequence[known.Resolved | None],
    ) -> dict[int, Taken]:  # fmt: skip
        taken: dict[int, Taken] = {}
        documents = []
        for document in self._documents(prepared, places):
            if len(document) > 1 and _disagree([prepared[place].row for place in document]):
                taken |= {place: _disagreeing(prepared[place].row) for place in document}
            else:
                documents.append(document)
        batch = [self._bought([prepared[place] for place in document]) for document in documents]
        if not batch:
            return taken
        outcomes = record_purchases(
            batch,
            actor=self.work.actor,
            now=self.work.now,
            is_trial=self.work.is_trial,
            is_brief=True,
            resolved=[found[document[0]] for document in documents],
        )
        new = [outcome for outcome in outcomes if outcome.state == "new"]
        named = import_unnamed.let_go([one.reference for one in new], work=self.work)
        self.effects.append(named)
        self._note(effects.PURCHASE, [(one.id, one.customer_id) for one in new])
        for document, bought, outcome in zip(documents, batch, outcomes, strict=True):
            told = self._amended(bought, outcome) if outcome.error else None
            for place in document:
                taken[place] = told or _told(prepared[place].row, outcome)
        return taken

    def _documents(
        self, prepared: Sequence[Keyed], places: Sequence[int]
    ) -> Iterable[Sequence[int]]:
        """Rows that are one purchase: those with one reference, where a row is a line."""
        if self.work.mapping.rows != "lines":
            return [[place] for place in places]
        found: dict[str, list[int]] = {}
        for place in places:
            found.setdefault(prepared[place].key, []).append(place)
        return found.values()

    def _amended(self, bought: Bought, outcome: Outcome) -> Taken | None:
        """Other content under a known reference amends it, where the mapping says so."""
        is_taken = outcome.error is not None and outcome.error.code == REFERENCE_TAKEN
        if not is_taken or self.work.mapping.same_reference != "amend":
            return None
        if self.work.is_trial:
            return CHANGED
        done = amend_purchase(bought, actor=self.work.actor, now=self.work.now)
        if done.state != "new":
            return None
        self._note(effects.PURCHASE, [(done.id, done.customer_id)])
        return CHANGED

    def _note(self, what: str, written: Iterable[tuple[UUID | None, UUID | None]]) -> None:
        pairs = [(id, owner) for id, owner in written if id is not None and owner is not None]
        self.effects.append(Effect(what, [id for id, _ in pairs], [owner for _, owner in pairs]))

    def _bought(self, document: Sequence[Keyed]) -> Bought:
        """One purchase of the rows of a document, its lines in their order."""
        first, source = document[0].row, self.work.source
        bought = Bought(
            source,
            document[0].key,
            Reference("external", first.customer or "", source),
            first.purchased_at,
            first.amount_minor,
            first.currency,
            first.quantity_milli,
            first.channel or "",
            first.place or "",
        )
        if not first.product and self.work.mapping.rows != "lines":
            return bought
        rows = [keyed.row for keyed in document]
        return bought._replace(
            total_minor=sum(row.amount_minor for row in rows), lines=tuple(map(_line, rows))
        )


def _line(row: PurchaseRow) -> NewLine:
    return NewLine(
        row.quantity_milli, row.amount_minor, product_code=row.product or "",
        tax_minor=row.tax_minor, discount_minor=row.discount_minor, serial=row.serial or "",
    )  # fmt: skip


def _disagree(rows: Sequence[PurchaseRow]) -> bool:
    """Whether the rows of one document name several buyers, times or currencies."""
    return len({(row.customer, row.purchased_at, row.currency) for row in rows}) > 1


def _disagreeing(row: PurchaseRow) -> Taken:
    return rejected(row.number, "reference", "document-disagrees", row.reference or "")


def _without_customer(row: PurchaseRow) -> Taken:
    code = "missing-value" if row.customer is None else "unknown-customer"
    fault = Reject(row.number, "customer", code, {"value": row.customer or ""})
    return Taken("without_customer", (fault,))


def _told(row: PurchaseRow, outcome: Outcome) -> Taken:
    if outcome.state == "refused" and outcome.error is not None:
        return rejected(row.number, outcome.error.field or "", outcome.error.code)
    return NEW if outcome.state == "new" else REPEATED
