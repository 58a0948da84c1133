"""Which encoding a text is written in, decided from all its bytes.

UTF-8 proves itself: text in another encoding is almost never valid UTF-8. The eight-bit
encodings cannot be told apart by validity, so the letters decide: each candidate turns the bytes
above 127 into letters, and the language in which these letters are usual wins.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from collections.abc import Iterable, Mapping

UNDECODABLE = "\udcff"  # stands for bytes that are no text; it cannot come from a valid file
ON_ERROR = "clientela-undecodable"

# What a mapping may name; the first eight are also found.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "windows-1257",
    "iso-8859-15",
    "iso-8859-1",
    "iso-8859-13",
    "iso-8859-2",
    "windows-1250",
    "windows-1251",
    "cp775",
    "cp850",
)
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
ASCII = bytes(range(128))
NO_LEADS = bytes(range(0xC0))
HEAD_BYTES = 4096
HIGH_BYTES_COUNTED = 1 << 20
STRAY_SHARE_MAX = 1 / 20  # of the letters of a UTF-8 text
HOPELESS_STRAYS = 1000

# Letters beyond ASCII with their share, in percent, of all such letters in running text.
WESTERN = {
    "es": "ó25 í22 á17 é15 ñ10 ú6 ü1 ¿1 ¡1",
    "pt": "ã20 ç14 á14 é14 í10 ó8 õ6 ê6 ú3 â2 à2 ô1",
    "fr": "é55 è11 à13 ê6 ç4 ô3 î2 â2 û2 ù1 ë1 ï1 œ1",
    "de": "ü35 ä30 ö17 ß16 é1",
    "it": "à32 è28 ù12 ì12 ò12 é4",
    "sv": "ä38 å30 ö28 é3",
    "da": "ø34 å33 æ28 é4",
    "nl": "ë55 é25 ï12 ö4 è3",
    "is": "ð20 á18 í16 þ12 ó12 ö9 é7 æ5 ú5",
}
BALTIC = {
    "lv": "ā33 ē14 ī17 š9 ņ6 ļ5 ķ3 ū5 ž4 č2 ģ2",
    "lt": "ė20 š18 ų17 ž10 į9 ū7 č6 ą9 ę3",
    "et": "ä34 õ33 ü22 ö8 š1 ž1",
}
# The candidates, the likeliest first, with what speaks for each before a byte is seen.
CANDIDATES: tuple[tuple[str, Mapping[str, str], float], ...] = (
    ("windows-1252", WESTERN, 1.0),
    ("windows-1257", BALTIC, 0.3),
    ("iso-8859-1", WESTERN, 0.05),
    ("iso-8859-15", WESTERN, 0.04),
)
SIGNS = dict.fromkeys("€£§°–—‘’“”„…«»·•™®©½\xa0", 0.004)
RARE, CONTROL, IMPOSSIBLE = 0.0005, 1e-6, 1e-7


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return UNDECODABLE, error.end


codecs.register_error(ON_ERROR, _mark_undecodable)


class Evidence:
    """What the bytes of a file say about its encoding, gathered block by block."""

    def __init__(self) -> None:
        self._head = b""
        self._high: Counter[int] = Counter()
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")(
            ON_ERROR
        )
        self._letters = 0
        self._strays = 0

    def add(self, block: bytes) -> None:
        if len(self._head) < HEAD_BYTES:
            self._head += block[:HEAD_BYTES]
        if block.isascii():
            self._strays += self._decoded(block).count(UNDECODABLE) if self._pending() else 0
            return
        if self._high.total() < HIGH_BYTES_COUNTED:
            self._high.update(block.translate(None, ASCII))
        self._letters += len(block.translate(None, NO_LEADS))
        self._strays += self._decoded(block).count(UNDECODABLE)
        if self._strays > max(HOPELESS_STRAYS, self._letters * STRAY_SHARE_MAX):
            self._decoder = None

    def encoding(self) -> str:
        """The encoding the file is most likely written in."""
        for mark, name in MARKS.items():
            if self._head.startswith(mark):
                return name
        if wide := _wide(self._head):
            return wide
        if not self._high or self._is_utf_8():
            return "utf-8"
        return _likeliest(self._high)

    def _is_utf_8(self) -> bool:
        strays = self._strays + self._pending()
        return self._decoder is not None and strays <= self._letters * STRAY_SHARE_MAX

    def _pending(self) -> bool:
        """Whether the bytes so far end within a letter."""
        return self._decoder is not None and self._decoder.getstate()[0] != b""

    def _decoded(self, block: bytes) -> str:
        return "" if self._decoder is None else self._decoder.decode(block)


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of western text is NUL."""
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _likeliest(high: Counter[int]) -> str:
    best, best_score = "windows-1252", -math.inf
    for encoding, languages, prior in CANDIDATES:
        letters = [(bytes([byte]).decode(encoding, "replace"), n) for byte, n in high.items()]
        for shares in languages.values():
            score = math.log(prior) + _fit(letters, _usual(shares))
            if score > best_score:
                best, best_score = encoding, score
    return best


def _usual(shares: str) -> dict[str, float]:
    return {entry[0]: int(entry[1:]) / 100 for entry in shares.split()}


def _fit(letters: Iterable[tuple[str, int]], usual: Mapping[str, float]) -> float:
    return sum(n * math.log(_likelihood(letter, usual)) for letter, n in letters)


def _likelihood(letter: str, usual: Mapping[str, float]) -> float:
    if letter == "\ufffd":
        return IMPOSSIBLE
    if letter < "\xa0":
        return CONTROL
    return usual.get(letter) or usual.get(letter.lower(), 0) / 10 or SIGNS.get(letter, RARE)
