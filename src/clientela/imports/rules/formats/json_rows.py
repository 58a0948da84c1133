"""JSON: one object a line, or a document that holds lists of objects; members become columns."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.formats.typed_cells import LIST_SEPARATOR, marked
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.unpacking import BLOCK_BYTES, Unpacked

DOCUMENT_BYTES_MAX = 200_000_000
DEPTH_MAX = 5
NESTED_MAX = 200  # brackets within one line, before the parser is asked
WHOLE = ""  # the name of the table in a document that is one list


class _Number(str):
    """A number as it is written, so that no digit is lost."""

    __slots__ = ()


def is_lines(path: Path, limits: Limits) -> bool:
    """Whether every line is an object of its own; else it is one document."""
    for _number, line in _lines(path, limits):
        first = _object(line)
        return first is not None and not _holds_tables(first)
    raise UnreadableFile("empty-file")


def _holds_tables(row: Mapping[str, Any]) -> bool:
    return bool(row) and all(
        isinstance(value, list) and all(isinstance(one, dict) for one in value)
        for value in row.values()
    )


def columns_of_lines(path: Path, limits: Limits) -> list[str]:
    """Every member that some line has, in the order in which they first appear."""
    found: dict[str, None] = {}
    for _number, line in _lines(path, limits):
        row = _object(line)
        if row is not None:
            found |= dict.fromkeys(flat(row))
        if len(found) > limits.columns_max:
            raise UnreadableFile("too-many-columns")
    return list(found)


def rows_of_lines(
    path: Path, header: Collection[str], limits: Limits, *, mark: str = "."
) -> Iterator[RawRow]:
    for number, line in _lines(path, limits):
        row = _object(line)
        if row is None:
            yield RawRow(number, [line.decode("utf-8", "replace")[:1000]], "broken-json")
        else:
            yield _row(number, row, header, mark)


def tables_of(path: Path, limits: Limits) -> dict[str, list[dict[str, Any]]]:
    """The lists of objects in a document by their name, also one level down."""
    with io.BufferedReader(Unpacked(path, limits), BLOCK_BYTES) as stream:
        text = stream.read(DOCUMENT_BYTES_MAX + 1)
    if len(text) > DOCUMENT_BYTES_MAX:
        raise UnreadableFile("too-large")
    try:
        document = _read(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnreadableFile("broken-json") from None
    lists = {WHOLE: document} if isinstance(document, list) else document
    return {
        name: rows
        for name, rows in lists.items()
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)
    }


def chosen(
    tables: Mapping[str, list[dict[str, Any]]], *, wanted: str | None, names: Collection[str]
) -> str:
    """The table to read: as asked, else the one that fits best, else the first."""
    if not tables:
        raise UnreadableFile("not-a-table")
    if wanted is not None:
        if wanted not in tables:
            raise UnreadableFile("no-such-sheet", detail=f"There is no table {wanted}.")
        return wanted
    known = {name.casefold() for name in names}
    return max(tables, key=lambda name: sum(key.casefold() in known for key in tables[name][0]))


def columns_of(rows: Collection[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in flat(row)))


def rows_of(
    rows: Collection[Mapping[str, Any]], header: Collection[str], *, mark: str = "."
) -> Iterator[RawRow]:
    """Counted from 2, as if the names of the columns stood above them."""
    for number, row in enumerate(rows, start=2):
        yield _row(number, row, header, mark)


def flat(row: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Members of members by their path: `address.city`."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value and depth < DEPTH_MAX:
            found |= flat(value, f"{prefix}{name}.", depth + 1)
        else:
            found[f"{prefix}{name}"] = value
    return found


def _row(number: int, row: Mapping[str, Any], header: Collection[str], mark: str) -> RawRow:
    members = flat(row)
    cells = [_cell(members.get(name), mark) for name in header]
    return RawRow(number, cells, "nul-character" if any("\0" in cell for cell in cells) else "")


def _cell(value: Any, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, _Number):
        return marked(str(value), mark)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return LIST_SEPARATOR.join(_cell(one, mark) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _lines(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    with io.BufferedReader(Unpacked(path, limits), BLOCK_BYTES) as stream:
        number = 0
        while line := stream.readline(limits.record_chars_max + 1):
            number += 1
            if len(line) > limits.record_chars_max:
                raise UnreadableFile("row-too-long", line=number)
            if bare := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield number, bare


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = _read(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _read(text: str) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_no_number)


def _no_number(name: str) -> None:
    raise ValueError(name)
