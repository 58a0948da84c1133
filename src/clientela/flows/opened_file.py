"""A file made ready to be taken: its table, how its rows are read, and who takes them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from clientela.flows.import_addresses import Addresses
from clientela.flows.import_consents import Consents
from clientela.flows.import_customers import Customers
from clientela.flows.import_holdings import Holdings
from clientela.flows.import_identities import Identities
from clientela.flows.import_products import Products
from clientela.flows.import_purchases import Purchases
from clientela.flows.import_relations import Relations
from clientela.flows.importing import Adapter, Work
from clientela.imports.models import Batch
from clientela.imports.rules.columnwise import Typed
from clientela.imports.rules.faults import Refused, Reject
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.mapping import ColumnMapping, plain
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.readers import Surroundings
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.settling import settled
from clientela.imports.rules.typed import typed
from clientela.imports.rules.whole_columns import read_all
from clientela.platform.ahead import ahead
from clientela.platform.http.actors import Actor
from clientela.products import queries as products
from clientela.staff import company as companies

COLLECTED_EVERY = 100  # pieces; what holds a cycle by mistake does not pile up

ADAPTERS: Mapping[str, Callable[..., Adapter]] = {
    "customers": Customers,
    "identities": Identities,
    "addresses": Addresses,
    "relations": Relations,
    "consents": Consents,
    "products": Products,
    "holdings": Holdings,
    "purchases": Purchases,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one transaction: as they stand, as they were read, as their adapter takes them."""

    raws: Sequence[RawRow]
    judged: Sequence[Any]
    prepared: Sequence[Any]
    upto: int  # rows of the file up to here


@dataclass(frozen=True, slots=True)
class Opened:
    table: Table
    read: Typed
    adapter: Adapter
    work: Work

    def pieces(self, rows_at_once: int) -> Iterator[Piece]:
        """The file piece by piece, the next one made ready meanwhile."""
        return ahead(self._pieces(rows_at_once))

    def _pieces(self, rows_at_once: int) -> Iterator[Piece]:
        done = 0
        for count, raws in enumerate(batches(self.table.rows(), rows_at_once, self._belongs()), 1):
            done += len(raws)
            if count % COLLECTED_EVERY == 0:
                gc.collect()
            judged = whole_documents(raws, read_all(self.read, raws), self._belongs())
            rows = [row for row in judged if not isinstance(row, Refused)]
            # Also for rows done before: the adapter counts occurrences.
            yield Piece(raws, judged, self.adapter.prepare(rows), done)

    def _belongs(self) -> Callable[[RawRow], str] | None:
        """What rows belong together by, so that no document is cut in two."""
        return getattr(self.read, "document_of", None)


def whole_documents(
    raws: Sequence[RawRow], judged: list[Any], document_of: Callable[[RawRow], str] | None
) -> list[Any]:
    """A document is taken whole or not at all: one row that is refused refuses the others."""
    if document_of is None:
        return judged
    broken = {document_of(raw) for raw, row in zip(raws, judged, strict=True)
              if isinstance(row, Refused)} - {""}  # fmt: skip
    if not broken:
        return judged
    return [
        row if isinstance(row, Refused) or document_of(raw) not in broken else _incomplete(raw, row)
        for raw, row in zip(raws, judged, strict=True)
    ]


def _incomplete(raw: RawRow, row: Any) -> Refused:
    fault = Reject(raw.number, "reference", "document-incomplete")
    return Refused(raw.number, (fault,), row.amount_minor, row.currency)


def opened(batch: Batch, *, actor: Actor, now: datetime, is_trial: bool) -> Opened:
    mapping = mapping_of(batch)
    table = table_of(batch.file, mapping)
    mapping = settled(mapping, table)
    work = Work(
        mapping=mapping, company=companies.current(), actor=actor, now=now, is_trial=is_trial,
        is_demo=batch.is_demo, batch=batch.public_id, data_of=batch.data_of,
    )  # fmt: skip
    read = typed(mapping, table.header, around=around(now))
    return Opened(table, read, ADAPTERS[batch.kind](work, file_digest=table.digest), work)


def mapping_of(batch: Batch) -> ColumnMapping:
    return mapping_from(batch.mapping, kind=batch.kind, source=batch.source)


def mapping_from(text: str, *, kind: str, source: str | None) -> ColumnMapping:
    mapping = load_mapping(text, kind=kind) if text else plain(kind)
    return replace(mapping, source=source) if source else mapping


def around(now: datetime) -> Surroundings:
    company = companies.current()
    return Surroundings(
        now=now, currency=company.currency, zone=company.zone, country=company.country,
        statuses=products.codes(),
    )  # fmt: skip


def table_of(path: Path, mapping: ColumnMapping) -> Table:
    limits = Limits(bytes_max=settings.IMPORT_FILE_BYTES_MAX)
    return open_table(
        path, layout=mapping.layout, names=mapping.names, limits=limits,
        decimal_mark=mapping.decimal_mark,
    )  # fmt: skip


def found_in(table: Table) -> dict[str, Any]:
    """What was found out about a file, as its pages tell it."""
    layout = table.layout
    return {
        "form": table.form.value, "encoding": layout.encoding, "separator": layout.separator,
        "quote": layout.quote, "header": layout.header, "columns": list(table.header),
        "lines": table.lines, "sheet": table.sheet, "sheets": list(table.sheets),
        "skip_lines": layout.skip_lines,
    }  # fmt: skip


def batches(
    rows: Iterator[RawRow], most: int, document_of: Callable[[RawRow], str] | None = None
) -> Iterator[list[RawRow]]:
    """Rows in batches of about so many; rows of one document stay in one."""
    while raws := list(islice(rows, most)):
        if document_of is not None:
            rows = _with_the_rest(raws, rows, document_of)
        yield raws


def _with_the_rest(
    raws: list[RawRow], rows: Iterator[RawRow], document_of: Callable[[RawRow], str]
) -> Iterator[RawRow]:
    """Fill the batch up to the end of its last document; the rows that are left."""
    last = document_of(raws[-1])
    for row in rows:
        if not last or document_of(row) != last:
            return _after(row, rows)
        raws.append(row)
    return iter(())


def _after(first: RawRow, rest: Iterator[RawRow]) -> Iterator[RawRow]:
    yield first
    yield from rest
