"""Documents to be handed over and printed: PDF 1.7, with its fonts in it and its words readable.

What is needed of it, and no more: words in two weights, lines, as many pages as it takes. The same
content gives the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from clientela.platform.pdf.fonts import Font, font

WIDTH, HEIGHT = 595.28, 841.89  # A4 in points
LINES_MAX = 20_000
PER_RANGE = 100  # as many lines a map of letters may have in one piece
Side = Literal["left", "right"]


@dataclass
class Page:
    """A sheet of A4; places count in points from its upper left corner."""

    strokes: list[str] = field(default_factory=list)


@dataclass
class Document:
    """`language` and `title` are what a reader's program says of it."""

    title: str
    language: str
    author: str
    made_at: datetime
    pages: list[Page] = field(default_factory=list)
    used: dict[bool, dict[int, str]] = field(default_factory=lambda: {False: {}, True: {}})

    def page(self) -> Page:
        self.pages.append(Page())
        return self.pages[-1]

    def words(
        self, words: str, *, x: float, y: float, size: float = 10, bold: bool = False,
        side: Side = "left", grey: float = 0,
    ) -> None:  # fmt: skip
        """Write on the newest page; `y` is the line the letters stand on."""
        if not words:
            return
        face = font(bold=bold)
        start = x - width(words, size=size, bold=bold) if side == "right" else x
        glyphs = [face.glyph(sign) for sign in words]
        self.used[bold].update(zip(glyphs, words, strict=True))
        written = "".join(f"{glyph:04X}" for glyph in glyphs)
        self.pages[-1].strokes.append(
            f"{_n(grey)} g BT /F{int(bold)} {_n(size)} Tf {_n(start)} {_n(HEIGHT - y)} Td "
            f"<{written}> Tj ET"
        )

    def paragraph(
        self, words: str, *, x: float, y: float, wide: float, size: float = 10, bold: bool = False,
        grey: float = 0,
    ) -> float:  # fmt: skip
        """Broken into lines; the `y` that comes after them."""
        for line in wrapped(words, wide=wide, size=size, bold=bold):
            self.words(line, x=x, y=y, size=size, bold=bold, grey=grey)
            y += size * 1.4
        return y

    def line(self, *, x: float, y: float, wide: float, thick: float = 0.5) -> None:
        at = _n(HEIGHT - y)
        self.pages[-1].strokes.append(
            f"0.7 G {_n(thick)} w {_n(x)} {at} m {_n(x + wide)} {at} l S"
        )  # fmt: skip

    def content(self) -> bytes:
        return _file(self)


def width(words: str, *, size: float = 10, bold: bool = False) -> float:
    return font(bold=bold).width(words) * size / 1000


def wrapped(words: str, *, wide: float, size: float = 10, bold: bool = False) -> list[str]:
    """Lines no wider than that; a word that is wider alone is broken."""
    lines: list[str] = []
    for part in words.splitlines() or [""]:
        line = ""
        for word in _broken(part.split(), wide=wide, size=size, bold=bold):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size=size, bold=bold) > wide:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines[:LINES_MAX]


def _broken(words: Iterable[str], *, wide: float, size: float, bold: bool) -> Iterable[str]:
    for word in words:
        rest = word
        while width(rest, size=size, bold=bold) > wide and len(rest) > 1:
            fits = max(1, int(len(rest) * wide / width(rest, size=size, bold=bold)) - 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _file(document: Document) -> bytes:
    """Number the parts, lay them out one behind the other, and say where each begins."""
    faces = [font(bold=bold) for bold in (False, True)]
    first_of_fonts = 4
    first_of_pages = first_of_fonts + 5 * len(faces)
    fonts = " ".join(f"/F{place} {first_of_fonts + 5 * place} 0 R" for place in range(len(faces)))
    kids = " ".join(f"{first_of_pages + 2 * place} 0 R" for place in range(len(document.pages)))
    parts = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang {_string(document.language)}"
        " /ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
        f"<< /Type /Pages /Count {len(document.pages)} /Kids [{kids}]"
        f" /MediaBox [0 0 {_n(WIDTH)} {_n(HEIGHT)}]"
        f" /Resources << /Font << {fonts} >> >> >>".encode(),
        f"<< /Title {_string(document.title)} /Author {_string(document.author)}"
        f" /Producer (Clientela) /CreationDate (D:{document.made_at.astimezone(UTC):%Y%m%d%H%M%S}Z)"
        " >>".encode(),
    ]
    for place, face in enumerate(faces):
        parts += _font_parts(face, document.used[bool(place)], first=first_of_fonts + 5 * place)
    for place, page in enumerate(document.pages):
        content = first_of_pages + 2 * place + 1
        parts.append(f"<< /Type /Page /Parent 2 0 R /Contents {content} 0 R >>".encode())
        parts.append(_stream("\n".join(page.strokes).encode()))
    return _laid_out(parts)


def _font_parts(face: Font, used: dict[int, str], *, first: int) -> list[bytes]:
    """A font as PDF wants it: by glyph, with its file, and what each glyph means."""
    box = " ".join(map(str, face.box))
    widths = " ".join(f"{glyph} [{face.widths[glyph]}]" for glyph in sorted(used))
    return [
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{face.name} /Encoding /Identity-H"
        f" /DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>".encode(),
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{face.name} /CIDToGIDMap /Identity"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor {first + 2} 0 R /DW 600 /W [{widths}] >>".encode(),
        f"<< /Type /FontDescriptor /FontName /{face.name} /Flags 4 /FontBBox [{box}]"
        f" /ItalicAngle 0 /Ascent {face.ascent} /Descent {face.descent} /CapHeight 727 /StemV 80"
        f" /FontFile2 {first + 3} 0 R >>".encode(),
        _stream(face.content, more=f" /Length1 {len(face.content)}"),
        _stream(_meanings(used).encode()),
    ]


def _meanings(used: dict[int, str]) -> str:
    """Which letter a glyph is: so that words can be searched, copied and read aloud."""
    rows = [f"<{glyph:04X}> <{sign.encode('utf-16-be').hex()}>" for glyph, sign in
            sorted(used.items())]  # fmt: skip
    pieces = [rows[place : place + PER_RANGE] for place in range(0, len(rows), PER_RANGE)]
    body = "\n".join(
        f"{len(piece)} beginbfchar\n" + "\n".join(piece) + "\nendbfchar" for piece in pieces
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    )


def _stream(content: bytes, *, more: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode{more} >>\nstream\n"
    return head.encode() + packed + b"\nendstream"


def _laid_out(parts: Sequence[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    begins = []
    for number, part in enumerate(parts, start=1):
        begins.append(len(written))
        written += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    table = len(written)
    written += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010d} 00000 n \n".encode() for place in begins)
    written += (
        f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R /Info 3 0 R >>\n"
        f"startxref\n{table}\n%%EOF\n"
    ).encode()  # fmt: skip
    return bytes(written)


def _string(words: str) -> str:
    return f"<FEFF{words.encode('utf-16-be').hex().upper()}>"


def _n(figure: float) -> str:
    return f"{figure:.2f}".rstrip("0").rstrip(".")
