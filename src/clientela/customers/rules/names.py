"""What is kept beside a name: folded, keyed for sorting, and the words it is found by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from clientela.platform import text

WORDS_KEPT = 100_000


class Word(NamedTuple):
    """One word of a name; `letters` and `marks` are its part of the key for sorting."""

    folded: str
    found_by: tuple[str, ...]
    letters: str
    marks: str


class Names:
    """Names of a file: the words of one are those of many, and each is worked out once."""

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}

    def of(self, name: str, more: Iterable[str] = ()) -> tuple[str, str, str]:
        """Folded, sort key and the words to find it by, with `more` among them: as `text.folded`,
        `text.sort_key` and `text.words_to_find` say of the whole name.
        """
        words = [self._words.get(word) or self._learnt(word) for word in name.split()]
        letters = "!".join([word.letters for word in words if word.letters])
        marks = " ".join([word.marks for word in words])
        found_by = {one for word in words for one in word.found_by}
        found_by.update(more)
        return (
            " ".join([word.folded for word in words if word.folded]),
            text.joined_sort_key(letters, marks),
            " ".join(sorted(found_by)),
        )

    def _learnt(self, written: str) -> Word:
        if len(self._words) >= WORDS_KEPT:
            self._words.clear()
        letters, marks = text.sort_key_parts(written)
        word = Word(text.folded(written), tuple(text.words_to_find(written)), letters, marks)
        self._words[written] = word
        return word
