"""What the columns of a file mean: suggested, shown on its first rows, said, and remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows.opened_file import around, found_in, mapping_from, table_of
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.imports.reasons import reason_of
from clientela.imports.rules.binding import unmapped
from clientela.imports.rules.faults import MissingColumns, Refused
from clientela.imports.rules.kinds import ATTRIBUTE, KINDS
from clientela.imports.rules.mapping import SOURCE, ColumnMapping
from clientela.imports.rules.mapping_text import said_in, with_columns, written
from clientela.imports.rules.reading import PREVIEW_ROWS, Table
from clientela.imports.rules.settling import settled
from clientela.imports.rules.suggesting import suggest
from clientela.imports.rules.typed import typed
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

SAMPLE_ROWS = 200


class AlreadyRun(Problem):
    code = "already-run"
    status = 409
    title = "This file is being imported, or was; its columns stay as they were said"


@dataclass(frozen=True, slots=True)
class Shown:
    """One row before and after: its cells, the values by target, and what is wrong with it."""

    number: int
    cells: Sequence[str]
    values: Mapping[str, str]
    faults: Sequence[tuple[str, str]]  # column and sentence


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as the mapping reads them; `missing`: columns it needs and does not find."""

    header: Sequence[str]
    rows: Sequence[Shown]
    unmapped: Sequence[str]
    missing: Sequence[str]
    found: Mapping[str, Any]
    settled: Mapping[str, str | None]  # date order and decimal mark, as they were found


def suggested(batch: Batch) -> str:
    """A mapping for a file nobody has described yet: one saved for such columns, else guessed."""
    return suggested_for(batch.file, kind=batch.kind, source=batch.source)


def suggested_for(path: Path, *, kind: str, source: str = SOURCE) -> str:
    table = table_of(path, mapping_from("", kind=kind, source=source))
    saved = queries.mapping_for(kind, header_digest(table.header))
    if saved is not None:
        return saved.text
    rows = [row.cells for row in table.preview(SAMPLE_ROWS) if not row.fault]
    columns = suggest(KINDS[kind], table.header, rows, more=own_targets(kind))
    said = {"kind": kind, "source": source}
    return written(with_columns(said, {target: [it] for target, it in columns.items()}, {}))


def own_targets(kind: str) -> dict[str, list[str]]:
    """The company's own fields a file of this kind may fill, with what they are called."""
    if not KINDS[kind].has_attributes:
        return {}
    types = customers.profile_types(with_fields=True).values()
    return {
        f"{ATTRIBUTE}{field.key}": [str(label) for label in field.labels.values()]
        for one in types
        for field in one.fields.all()
        if field.retired_at is None and field.key != "birth_date"
    }


def preview(batch: Batch, text: str, *, now: datetime, rows: int = PREVIEW_ROWS) -> Preview:
    """The file's first rows before and after. Raises for a file or mapping that cannot be used;
    columns that are missing are told in the answer.
    """
    mapping = mapping_from(text, kind=batch.kind, source=batch.source)
    table = table_of(batch.file, mapping)
    try:
        clear = settled(mapping, table)
        shown = _shown(table, clear, now=now, rows=rows)
    except MissingColumns as missing:
        raws = table.preview(rows)
        plain = [Shown(raw.number, raw.cells, {}, ()) for raw in raws]
        return Preview(table.header, plain, (), missing.missing, found_in(table), {})
    found = {"dates": clear.dates, "decimal_mark": clear.decimal_mark}
    return Preview(table.header, shown, unmapped(mapping, table.header), (), found_in(table), found)


def describe(
    batch_id: UUID, text: str, *, actor: Actor, now: datetime, save_as: str = "",
    data_of: datetime | None = None, mapping_name: str = "",
) -> Batch:  # fmt: skip
    """Say what the columns of a file mean. With `save_as` the mapping is kept under that name,
    also where the file lacks columns it names.
    """
    batch = queries.get(batch_id)
    mapping = mapping_from(text, kind=batch.kind, source=None)
    table = table_of(batch.file, mapping)
    name = save_as or mapping_name
    with transactions.open():
        if save_as:
            imports.save_mapping(
                name=save_as, kind=batch.kind, text=text, header=header_digest(table.header),
                actor=actor, now=now,
            )  # fmt: skip
    typed(mapping, table.header, around=around(now))
    with transactions.open():
        done = imports.describe(
            batch_id, mapping=text, mapping_name=name, source=_source(mapping, text, batch),
            found=found_in(table), data_of=data_of,
        )  # fmt: skip
    if not done:
        raise AlreadyRun
    return queries.get(batch_id)


def header_digest(header: Sequence[str]) -> str:
    """By what files with the same columns are known, in whatever order they stand."""
    names = sorted(name.strip().casefold() for name in header)
    if all(name.isdecimal() for name in names):
        return ""  # a file without names of columns
    return blake2b("\x1f".join(names).encode(), digest_size=16).hexdigest()


def _source(mapping: ColumnMapping, text: str, batch: Batch) -> str:
    """As the mapping says; else as it was said when the file came."""
    return mapping.source if "source" in said_in(text) else batch.source


def _shown(table: Table, mapping: ColumnMapping, *, now: datetime, rows: int) -> list[Shown]:
    read = typed(mapping, table.header, around=around(now))
    found = []
    for raw in table.preview(rows):
        row = read(raw)
        if isinstance(row, Refused):
            faults = [(fault.column, reason_of(fault)) for fault in row.faults]
            found.append(Shown(raw.number, raw.cells, {}, faults))
        else:
            found.append(Shown(raw.number, raw.cells, _values(row), ()))
    return found


def _values(row: Any) -> dict[str, str]:
    """Every value of a typed row that a person can look at."""
    names = getattr(row, "_fields", None) or row.__slots__
    values = {name: getattr(row, name) for name in names if name not in HIDDEN}
    values |= {f"{ATTRIBUTE}{key}": it for key, it in values.pop("attributes", ())}
    return {_target(name): _text(it) for name, it in values.items() if it not in (None, "", False)}


HIDDEN = ("number", "digest", "clears", "is_return")
NAMED = {"number_shown": "number", "purchased_at": "date", "amount_minor": "amount",
         "price_minor": "price", "balance_minor": "balance", "limit_minor": "limit",
         "quantity_milli": "quantity", "tax_minor": "tax",
         "discount_minor": "discount"}  # fmt: skip


def _target(name: str) -> str:
    return NAMED.get(name, name)


def _text(value: Any) -> str:
    if hasattr(value, "e164"):
        return str(value.e164)
    if hasattr(value, "norm"):
        return str(value.norm)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
