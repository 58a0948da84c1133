"""Rows of a small table, read as an import reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clientela.imports.rules.faults import Refused
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.readers import Surroundings
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import TypedRow
from clientela.imports.rules.typed import typed
from clientela.imports.tests.files import as_csv, written

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATVIA = Surroundings(NOW, currency="EUR", zone=ZoneInfo("Europe/Riga"), country="LV")


def opened(folder: Path, rows: Sequence[Sequence[str]]) -> Table:
    return open_table(written(folder, as_csv(rows)))


def read(
    kind: str, header: Sequence[str], *rows: Sequence[str], mapping: str = ""
) -> list[TypedRow | Refused]:
    of_row = typed(load_mapping(mapping, kind=kind), header, around=LATVIA)
    return [of_row(RawRow(number, list(row))) for number, row in enumerate(rows, 2)]


def codes(found: TypedRow | Refused) -> list[tuple[str, str]]:
    assert isinstance(found, Refused)
    return [(fault.column, fault.code) for fault in found.faults]
