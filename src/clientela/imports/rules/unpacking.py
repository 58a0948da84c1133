"""The bytes of a file, unpacked where it is packed, within limits."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from clientela.imports.rules.encodings import Evidence
from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.limits import Limits

BLOCK_BYTES = 1 << 18
GZIP = b"\x1f\x8b"
WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
PARQUET = b"PAR1"
MARK = b"\xef\xbb\xbf"
OBJECTS = (b"{", b"[{", b"[\n", b"[\r", b"[ ")
MARKUP = (b"<!", b"<?", b"<html")
NOT_TABLES = (b"%PDF-", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"BZh", b"\xfd7zXZ", GZIP)


class Form(StrEnum):
    """What kind of file it is, known by its bytes."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    JSON = "json"


class Unpacked(io.RawIOBase):
    """A readable stream of plain bytes that ends with a refusal instead of a surprise."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file: BinaryIO = path.open("rb")
        self.packed = self._file.peek(2)[:2] == GZIP
        self._stream = gzip.GzipFile(fileobj=self._file) if self.packed else self._file
        self._left = _most_bytes(os.fstat(self._file.fileno()).st_size, self.packed, limits)
        self._too_much = "unpacks-too-large" if self.packed else "too-large"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._stream.read(len(buffer))
        except EOFError:
            raise UnreadableFile("truncated-gzip") from None
        except (zlib.error, gzip.BadGzipFile):
            raise UnreadableFile("damaged-gzip") from None
        self._left -= len(block)
        if self._left < 0:
            raise UnreadableFile(self._too_much)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._file.close()
        super().close()


def _most_bytes(size: int, packed: bool, limits: Limits) -> int:
    if not packed:
        return limits.bytes_max
    return min(limits.bytes_max, size * limits.ratio_max + limits.ratio_allowance_bytes)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over the bytes tells: that all of them can be read, and what they are."""

    digest: str  # SHA-256 of the unpacked bytes, so a packed copy is the same file
    size_bytes: int
    lines: int
    packed: bool
    evidence: Evidence
    form: Form = Form.TEXT


def scan(path: Path, limits: Limits) -> Scan:
    """Read every byte once. A file that cannot be read to its end is refused here."""
    if not path.is_file():
        raise UnreadableFile("not-a-file")
    digest, evidence, lines, size, form = hashlib.sha256(), Evidence(), 0, 0, Form.TEXT
    with Unpacked(path, limits) as stream:
        try:
            for block in _blocks(stream):
                if size == 0:
                    form = _form_of(block, packed=stream.packed)
                digest.update(block)
                if form is Form.TEXT:
                    evidence.add(block)
                lines += block.count(b"\n")
                size += len(block)
        except UnreadableFile as fault:
            raise fault.at(lines + 1) from None
    if size == 0:
        raise UnreadableFile("empty-file")
    return Scan(digest.hexdigest(), size, lines, stream.packed, evidence, form)


def _blocks(stream: io.RawIOBase) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _form_of(first: bytes, *, packed: bool) -> Form:
    """By how the file begins. A workbook or Parquet file is packed by itself already."""
    if first.startswith((*WORKBOOKS, PARQUET)):
        if packed:
            raise UnreadableFile("packed-twice")
        return Form.PARQUET if first.startswith(PARQUET) else Form.WORKBOOK
    bare = first.removeprefix(MARK).lstrip()
    if first.startswith(NOT_TABLES) or bare.startswith(MARKUP):
        raise UnreadableFile("not-a-table")
    return Form.JSON if bare.startswith(OBJECTS) else Form.TEXT
