"""What a file truly is, by its content; what is none of the kinds we keep is refused. No Django.

A name says nothing: a page that calls itself a picture would be run by a browser that is shown it.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

PIXELS_MAX = 40_000_000
ARCHIVE_RATIO_MAX = 100
ARCHIVE_ENTRIES_MAX = 1_000
HEAD_BYTES = 64 * 1024
NAME_LENGTH_MAX = 150

UploadReason = Literal["empty", "unknown-kind", "too-many-pixels", "broken", "bomb"]


class BadUpload(ValueError):
    def __init__(self, reason: UploadReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Kind:
    """`ending` is the one a file of this kind gets when it is handed out."""

    key: str
    media_type: str
    ending: str


PDF = Kind("pdf", "application/pdf", ".pdf")
PNG = Kind("png", "image/png", ".png")
JPEG = Kind("jpeg", "image/jpeg", ".jpg")
GIF = Kind("gif", "image/gif", ".gif")
WEBP = Kind("webp", "image/webp", ".webp")
TEXT = Kind("text", "text/plain", ".txt")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("docx", f"{_OFFICE}wordprocessingml.document", ".docx")
XLSX = Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", ".xlsx")
ODT = Kind("odt", "application/vnd.oasis.opendocument.text", ".odt")
ODS = Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", ".ods")
KINDS = {kind.key: kind for kind in (PDF, PNG, JPEG, GIF, WEBP, TEXT, DOCX, XLSX, ODT, ODS)}
# Beginnings that would be run or drawn by a browser although they are text.
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"#!")


def kind_of(path: Path) -> Kind:
    """The kind of a file on disk. BadUpload when it is none we keep, or one made to do harm."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise BadUpload("empty")
        for beginning, read in _KINDS:
            if head.startswith(beginning):
                file.seek(0)
                return read(head, file)
    return _text(head, path)


def _pdf(head: bytes, file: BinaryIO) -> Kind:
    return PDF


def _png(head: bytes, file: BinaryIO) -> Kind:
    if head[12:16] != b"IHDR":
        raise BadUpload("broken")
    width, height = struct.unpack(">II", _part(head, 16, 8))
    return _drawn(PNG, width, height)


def _gif(head: bytes, file: BinaryIO) -> Kind:
    width, height = struct.unpack("<HH", _part(head, 6, 4))
    return _drawn(GIF, width, height)


def _webp(head: bytes, file: BinaryIO) -> Kind:
    if head[8:12] != b"WEBP":
        raise BadUpload("unknown-kind")
    shape = head[12:16]
    if shape == b"VP8X":
        data = _part(head, 24, 6)
        return _drawn(WEBP, int.from_bytes(data[:3], "little") + 1,
                      int.from_bytes(data[3:], "little") + 1)  # fmt: skip
    if shape == b"VP8L":
        bits = int.from_bytes(_part(head, 21, 4), "little")
        return _drawn(WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack("<HH", _part(head, 26, 4))
    return _drawn(WEBP, width & 0x3FFF, height & 0x3FFF)


def _jpeg(head: bytes, file: BinaryIO) -> Kind:
    """Walk the segments to the one that says how large the picture is."""
    file.seek(2)
    while (mark := file.read(4)) and len(mark) == 4 and mark[0] == 0xFF:
        length = int.from_bytes(mark[2:], "big")
        if 0xC0 <= mark[1] <= 0xCF and mark[1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">xHH", _part(file.read(5), 0, 5))
            return _drawn(JPEG, width, height)
        if length < 2:
            break
        file.seek(length - 2, 1)
    raise BadUpload("broken")


def _drawn(kind: Kind, width: int, height: int) -> Kind:
    if not width or not height:
        raise BadUpload("broken")
    if width * height > PIXELS_MAX:
        raise BadUpload("too-many-pixels")
    return kind


def _office(head: bytes, file: BinaryIO) -> Kind:
    """A document of an office programme: a zip with what such a document has in it."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            names = {entry.filename for entry in entries}
            if "mimetype" in names:
                told = archive.read("mimetype")[:100].decode("ascii", "replace")
                found = next((one for one in (ODT, ODS) if one.media_type == told), None)
            elif "[Content_Types].xml" in names:
                found = DOCX if "word/document.xml" in names else (
                    XLSX if "xl/workbook.xml" in names else None
                )  # fmt: skip
            else:
                found = None
            has_macros = any(name.endswith("vbaProject.bin") for name in names)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise BadUpload("broken") from None
    if found is None or has_macros:
        raise BadUpload("unknown-kind")
    return found


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    packed = sum(entry.compress_size for entry in entries) or 1
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ARCHIVE_ENTRIES_MAX or unpacked > packed * ARCHIVE_RATIO_MAX:
        raise BadUpload("bomb")


def _text(head: bytes, path: Path) -> Kind:
    """Plain text in UTF-8, and nothing a browser or a shell would take for a program."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP) or b"\0" in head:
        raise BadUpload("unknown-kind")
    try:
        with path.open(encoding="utf-8") as file:
            while part := file.read(HEAD_BYTES):
                if "\0" in part:
                    raise BadUpload("unknown-kind")
    except UnicodeDecodeError:
        raise BadUpload("unknown-kind") from None
    return TEXT


def _part(data: bytes, start: int, length: int) -> bytes:
    found = data[start : start + length]
    if len(found) < length:
        raise BadUpload("broken")
    return found


_KINDS: tuple[tuple[bytes, Callable[[bytes, BinaryIO], Kind]], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"RIFF", _webp),
    (b"PK\x03\x04", _office),
)
