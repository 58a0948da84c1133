"""Workbooks: the cells of one sheet as text. Formulas count by the value they were saved with."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.formats.typed_cells import text_of
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.records import RawRow

ENTRIES_MAX = 1_000
WORKBOOK_BYTES_MAX = 600_000_000  # unpacked; a sheet is held in memory
DAMAGES = (CalamineError, OSError)  # how the reader says that a workbook is broken
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_bomb(path: Path, limits: Limits) -> None:
    """Look at the archive's own list of contents before anything of it is unpacked."""
    with path.open("rb") as file:
        if file.read(len(OLD_OR_LOCKED)) == OLD_OR_LOCKED:
            raise UnreadableFile("locked-workbook")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise UnreadableFile("damaged-workbook") from None
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise UnreadableFile("not-a-workbook")
    unpacked = sum(entry.file_size for entry in entries)
    allowed = path.stat().st_size * limits.ratio_max + limits.ratio_allowance_bytes
    too_many = len(entries) > ENTRIES_MAX
    if too_many or unpacked > min(allowed, limits.bytes_max, WORKBOOK_BYTES_MAX):
        raise UnreadableFile("unpacks-too-large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("locked-workbook")


def sheet_names(path: Path) -> list[str]:
    """The sheets a person sees."""
    with _workbook(path) as book:
        return [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]


def chosen(path: Path, *, wanted: str | None, names: Collection[str]) -> str:
    """The sheet to read: as asked, else the one whose first row fits best, else the first."""
    with _workbook(path) as book:
        if wanted is not None:
            if wanted not in book.sheet_names:
                has = ", ".join(book.sheet_names)
                words = f"There is no sheet {wanted}. The file has: {has}."
                raise UnreadableFile("no-such-sheet", detail=words)
            return wanted
    visible = sheet_names(path)
    if not visible:
        raise UnreadableFile("empty-file")
    known = {name.casefold() for name in names}
    return max(visible, key=lambda name: _fit(path, name, known))


def _fit(path: Path, name: str, known: set[str]) -> tuple[int, bool]:
    rows = cells_of(path, name)
    first = next(rows, None)
    if first is None:
        return (0, False)
    return (sum(cell.strip().casefold() in known for cell in first.cells), True)


def cells_of(path: Path, name: str, *, mark: str = ".") -> Iterator[RawRow]:
    """All rows that hold anything, by the number the program shows beside them."""
    with _workbook(path) as book:
        sheet = _sheet(book, name)
        _refuse_merged(sheet)
        first_row, first_column = sheet.start or (0, 0)
        before = [""] * first_column
        for number, cells in enumerate(_rows(sheet), start=first_row + 1):
            texts = [*before, *(text_of(cell, mark=mark) for cell in cells)]
            if any(texts):
                yield RawRow(number, texts, _fault(texts))


def height_of(path: Path, name: str) -> int:
    with _workbook(path) as book:
        return int(_sheet(book, name).total_height)


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except DAMAGES:
        raise UnreadableFile("damaged-workbook") from None


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[Any]]:
    try:
        yield from sheet.iter_rows()
    except DAMAGES:
        raise UnreadableFile("damaged-workbook") from None


def _fault(texts: Sequence[str]) -> str:
    return "nul-character" if any("\0" in text for text in texts) else ""


def _refuse_merged(sheet: CalamineSheet) -> None:
    """A merged cell says something of several rows, and nobody knows of which."""
    for (row, column), (last, _last_column) in sheet.merged_cell_ranges or ():
        if last > row or row > (sheet.start or (0, 0))[0]:
            raise UnreadableFile("merged-cells", line=row + 1, column=column + 1)


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except DAMAGES:
        raise UnreadableFile("damaged-workbook") from None
