"""The file of rows that were not taken: mend it, import it, and only these rows are read again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from clientela.imports.rules.encodings import UNDECODABLE
from clientela.imports.rules.faults import PAYMENT_CARD, Refused, Reject
from clientela.imports.rules.layout import REJECT_COLUMNS, reject_columns_of
from clientela.imports.rules.records import RawRow
from clientela.platform import cards

SHOWN_UNDECODABLE = "\ufffd"
Reason = Callable[[Reject], str]


class RejectsFile:
    """Writes UTF-8 CSV: the original cells as they were, then row, column, code and reason.

    There is one line per row: column and code are of its first fault, the reason words all. The
    original cells are not guarded against spreadsheet formulas, because the file is to be
    imported again; it is no export. Only in a row that is refused for the number of a payment card
    such numbers are hidden. Cells beyond the columns of the table stand after the reason.
    """

    def __init__(self, path: Path, header: Sequence[str], reason: Reason) -> None:
        self._own = len(reject_columns_of(header))  # of an earlier rejects file
        self._width = len(header) - self._own
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._reason = reason
        self.rows = 0
        original = list(header[: self._width])
        self._writer.writerow([*original, *_names_beside(original)])

    def write(self, raw: RawRow, refused: Refused) -> None:
        first = refused.headline
        sentences = " ".join(self._reason(fault) for fault in refused.faults)
        cells = [cell.replace(UNDECODABLE, SHOWN_UNDECODABLE) for cell in raw.cells]
        if any(fault.code == PAYMENT_CARD for fault in refused.faults):
            cells = [cards.masked(cell) for cell in cells]
        kept = cells[: self._width] + [""] * (self._width - len(cells))
        beyond = cells[self._width + self._own :]
        self._writer.writerow([*kept, raw.number, first.column, first.code, sentences, *beyond])
        self.rows += 1

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _names_beside(original: Sequence[str]) -> list[str]:
    """Names of the added columns that no column of the file has already."""
    taken = {name.strip().casefold() for name in original}
    return [f"reject_{name}" if name in taken else name for name in REJECT_COLUMNS]
