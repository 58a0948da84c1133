"""The two weights that documents are set in: which glyph a letter is, and how wide."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
FILES = {False: "Inter-Regular.ttf", True: "Inter-SemiBold.ttf"}
MISSING = 0  # the glyph of what the font has not: an empty box


@dataclass(frozen=True, slots=True)
class Font:
    """Widths and heights are in thousandths of the size."""

    name: str
    content: bytes
    glyphs: dict[int, int]
    widths: tuple[int, ...]
    ascent: int
    descent: int
    box: tuple[int, int, int, int]

    def glyph(self, sign: str) -> int:
        return self.glyphs.get(ord(sign), MISSING)

    def width(self, words: str) -> int:
        return sum(self.widths[self.glyph(sign)] for sign in words)


@cache
def font(*, bold: bool) -> Font:
    """Read once for each process."""
    path = FOLDER / FILES[bold]
    content = path.read_bytes()
    tables = _tables(content)
    unit: int = struct.unpack_from(">H", content, tables["head"] + 18)[0]
    box = struct.unpack_from(">4h", content, tables["head"] + 36)
    ascent, descent = struct.unpack_from(">2h", content, tables["hhea"] + 4)
    (metrics,) = struct.unpack_from(">H", content, tables["hhea"] + 34)
    (count,) = struct.unpack_from(">H", content, tables["maxp"] + 4)
    advances = [
        struct.unpack_from(">H", content, tables["hmtx"] + 4 * min(place, metrics - 1))[0]
        for place in range(count)
    ]

    def thousandths(figure: int) -> int:
        return round(figure * 1000 / unit)

    left, low, right, high = map(thousandths, box)
    return Font(
        path.stem, content, _glyphs(content, tables["cmap"]), tuple(map(thousandths, advances)),
        thousandths(ascent), thousandths(descent), (left, low, right, high),
    )  # fmt: skip


def _tables(content: bytes) -> dict[str, int]:
    """Where each table of the file begins."""
    (count,) = struct.unpack_from(">H", content, 4)
    found = (struct.unpack_from(">4sLLL", content, 12 + 16 * place) for place in range(count))
    return {name.decode(): offset for name, _, offset, _ in found}


def _glyphs(content: bytes, cmap: int) -> dict[int, int]:
    """Letters of the basic plane to glyphs: the subtable of format 4."""
    (count,) = struct.unpack_from(">H", content, cmap + 2)
    for place in range(count):
        _, _, offset = struct.unpack_from(">HHL", content, cmap + 4 + 8 * place)
        if struct.unpack_from(">H", content, cmap + offset)[0] == 4:
            return _segments(content, cmap + offset)
    raise ValueError("the font has no map of the basic plane")


def _segments(content: bytes, start: int) -> dict[int, int]:
    (twice,) = struct.unpack_from(">H", content, start + 6)
    count = twice // 2
    shape, base = f">{count}H", start + 14
    ends = struct.unpack_from(shape, content, base)
    starts = struct.unpack_from(shape, content, base + twice + 2)
    deltas = struct.unpack_from(shape, content, base + 2 * twice + 2)
    ranges = base + 3 * twice + 2
    offsets = struct.unpack_from(shape, content, ranges)
    found: dict[int, int] = {}
    for place in range(count):
        for letter in range(starts[place], min(ends[place], 0xFFFE) + 1):
            glyph = letter
            if offsets[place]:
                at = ranges + 2 * place + offsets[place] + 2 * (letter - starts[place])
                (glyph,) = struct.unpack_from(">H", content, at)
                if glyph == MISSING:
                    continue
            found[letter] = (glyph + deltas[place]) & 0xFFFF
    return found
