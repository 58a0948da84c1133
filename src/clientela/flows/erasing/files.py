"""What of a customer lies in files: letters that were filed, files of imports and exports."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from django.conf import settings

PIECE = 1 << 20
FOLDERS = ("imports", "exports", "outbox")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1257")
OPAQUE = (".parquet",)
"""Packed column by column, so that nothing can be found in it: it goes with the rest."""


def erase(values: Sequence[str], folders: Collection[Path] = ()) -> list[Path]:
    """Remove every file in which one of these values stands, and all in these folders; which.

    A file of an import holds many people; once it was taken in it is worth nothing any more.
    """
    needles = _needles(values)
    found = [
        path for path in _files()
        if path.parent in folders or path.suffix in OPAQUE or _stands_in(path, needles)
    ]  # fmt: skip
    for path in found:
        path.unlink(missing_ok=True)
    return found


def _files() -> Iterator[Path]:
    for name in FOLDERS:
        for path in sorted((settings.HOME.files / name).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _needles(values: Sequence[str]) -> list[bytes]:
    """As they stand in text, in JSON of signs below 128, and in the sheets of workbooks."""
    needles = set()
    for value in {*values, *(json.dumps(one)[1:-1] for one in values), *map(escape, values)}:
        for encoding in ENCODINGS:
            with suppress(UnicodeEncodeError):
                needles.add(value.encode(encoding))
    return sorted(needles)


def _stands_in(path: Path, needles: Sequence[bytes]) -> bool:
    with suppress(OSError, EOFError, zipfile.BadZipFile, gzip.BadGzipFile):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                return any(_found(packed.open(name), needles) for name in packed.namelist())
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                with gzip.open(path) as unpacked:
                    return _found(unpacked, needles)
            file.seek(0)
            return _found(file, needles)
    return False


def _found(file: IO[bytes] | gzip.GzipFile, needles: Sequence[bytes]) -> bool:
    """Read piece by piece; a value may lie across two of them."""
    overlap = max((len(one) for one in needles), default=1)
    before = b""
    while piece := file.read(PIECE):
        whole = before + piece
        if any(needle in whole for needle in needles):
            return True
        before = whole[-overlap:]
    return False
