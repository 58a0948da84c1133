"""Text as people write it: cleaned for keeping, folded for comparing, keyed for sorting.

One mapping per letter, worked out in Python only, so that every back-end compares the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

SORT_KEY_PART_MAX = 200

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), (0x034F,))
_APOSTROPHES = "'’‘ʼ`´ʹ＇"
_DASHES = "‐‑‒–—−"
_WITHOUT_DECOMPOSITION = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_DASHES, "-"),
    "ł": "l", "ŀ": "l", "ƚ": "l", "ø": "o", "ɔ": "o", "æ": "ae", "œ": "oe", "ĳ": "ij",
    "đ": "d", "ð": "d", "ɗ": "d", "ɖ": "d", "þ": "th", "ħ": "h", "ı": "i", "ɨ": "i", "ĸ": "k",
    "ƙ": "k", "ŋ": "n", "ŧ": "t", "ə": "e", "ǝ": "e", "ɛ": "e", "ƀ": "b", "ɓ": "b", "ƒ": "f",
    "ǥ": "g", "ƴ": "y", "ƶ": "z",
}  # fmt: skip
# Letters of their own in Latvian and Spanish: after every word that goes on with the plain letter.
_OWN_LETTERS = {
    "č": "c~", "ģ": "g~", "ķ": "k~", "ļ": "l~", "ñ": "n~", "ņ": "n~~", "ŗ": "r~", "š": "s~",
    "ž": "z~", "й": "й",
}  # fmt: skip


class _Letters(dict[int, str]):
    """A mapping for `str.translate` that works out a letter when it first meets it."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        letters = self._of(chr(code))
        if code < 0x2500:
            self[code] = letters
        return letters


def _plain(letter: str) -> str:
    """NFD, marks removed, casefolded, and the fixed table for letters without a decomposition."""
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not _is_mark(part))
    folded = unicodedata.normalize("NFD", bare.casefold())
    return "".join(_WITHOUT_DECOMPOSITION.get(part, part) for part in folded if not _is_mark(part))


def _is_mark(part: str) -> bool:
    return (
        unicodedata.combining(part) != 0
        or unicodedata.category(part) == "Cf"
        or any(ord(part) in selectors for selectors in _SELECTORS)
    )


def _of_word(letter: str) -> str:
    """A folded letter as part of a word: apostrophes join, everything that is no letter parts."""
    if letter == "'":
        return ""
    return " " if _parts_words(letter) else letter


def _parts_words(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "ZPSC"


def _sorted_letter(letter: str) -> str:
    own = _OWN_LETTERS.get(letter)
    return own if own is not None else "".join(map(_of_word, _plain(letter)))


_FOLDED = _Letters(_plain)
_JOINED = _Letters(_of_word)
_PARTED = _Letters(lambda letter: " " if _parts_words(letter) else letter)
_SORTED = _Letters(_sorted_letter)


def clean(text: str) -> str:
    """NFC, trimmed, inner white space to one space, invisible spaces gone.

    ValueError for NUL and lone surrogates, which no database keeps.
    """
    if "\0" in text or not text.isascii():
        _refuse_unstorable(text)
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Like `clean`, line by line: line ends become one kind, empty lines at both ends go."""
    _refuse_unstorable(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(clean, lines)).strip("\n")


def _refuse_unstorable(text: str) -> None:
    if "\0" in text:
        raise ValueError("text holds a NUL character")
    if _HALF_OF_A_PAIR.search(text):
        raise ValueError("text holds half of a surrogate pair")


def folded(text: str) -> str:
    """For comparing: without marks, case or typographic differences, white space runs to one."""
    plain = text.lower().replace("`", "'") if text.isascii() else text.translate(_FOLDED)
    return " ".join(plain.split())


def words(text: str) -> list[str]:
    """What a query asks for: folded words; hyphens part them, apostrophes join (`obrien`)."""
    plain = folded(text)
    return (plain if _has_words_only(plain) else plain.translate(_JOINED)).split()


def words_to_find(text: str) -> list[str]:
    """What a name is found by: its words, and where it has hyphens or apostrophes its parts and
    the whole in one, so that `O'Brien` answers to `obrien` and `brien`, `Anna-Maria` to
    `annamaria`. Each once, in order."""
    plain = folded(text)
    if _has_words_only(plain):
        return list(dict.fromkeys(plain.split()))
    found = dict.fromkeys(words(plain))
    for piece in plain.split():
        found.update(dict.fromkeys(piece.translate(_PARTED).split()))
        if "-" in piece:
            found.update(dict.fromkeys(words(piece.replace("-", ""))))
    return list(found)


def _has_words_only(plain: str) -> bool:
    return plain.replace(" ", "").isalnum()


def sort_key(text: str) -> str:
    """A key whose bytes (collation C) sort names as readers of Latvian and of Spanish expect.

    First the letters without case: digits, then a to z, with č ģ ķ ļ ñ ņ ŗ š ž as letters of
    their own after the plain one; then, where all letters agree, the marks (a before ā).
    """
    return joined_sort_key(*sort_key_parts(text))


def sort_key_parts(text: str) -> tuple[str, str]:
    """The letters and the marks of a key. Those of a name are those of its words, with `!` and with
    a space between them.
    """
    shown = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return "!".join(shown.translate(_SORTED).split()), " ".join(shown.split())


def joined_sort_key(letters: str, marks: str) -> str:
    letters, marks = letters[:SORT_KEY_PART_MAX], marks[:SORT_KEY_PART_MAX]
    return letters if marks.replace(" ", "!") == letters else f"{letters} {marks}"


def initials(name: str) -> str:
    """Of the first and the last word, upper case: `Anna Maria Ozola` -> `AO`."""
    starts = [start for word in name.split() if (start := _first_letter(word))]
    return "".join([*starts[:1], *starts[1:][-1:]])


def _first_letter(word: str) -> str:
    word = unicodedata.normalize("NFC", word)
    return next((letter.upper()[0] for letter in word if letter.isalnum()), "")
