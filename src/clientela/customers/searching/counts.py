"""Which words are common: those are found by walking along the latest activity, rare ones by the
index of words.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clientela.customers.searching.models import WordCount
from clientela.platform import sql
from clientela.platform.transactions import needs_transaction

COMMON = 20_000  # from that many customers on, walking finds fifty sooner
KEPT_MIN = 1_000
START_MAX = 4  # letters
ROWS_MAX = 200_000
CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Counts:
    """`listed`: the words alone, in order, for adding up those that begin alike."""

    by_word: Mapping[str, int]
    listed: Sequence[str]
    seen: float

    def of(self, word: str, *, start: bool) -> int:
        """About how many customers have this word, or one that begins with it."""
        if not start:
            return self.by_word.get(word, 0)
        if len(word) <= START_MAX:
            return self.by_word.get(f"{word}*", 0)
        first = bisect_left(self.listed, word)
        last = bisect_left(self.listed, word + "\U0010ffff")
        return sum(self.by_word[one] for one in self.listed[first:last])


_cached: dict[str, Counts] = {}


def is_common(words: Sequence[str], *, starts: bool) -> bool:
    """Whether more customers than COMMON are to be expected who have all of these words."""
    counts = _counts()
    whole = counts.by_word.get("", 0)
    expected = float(whole)
    for word in words:
        expected *= min(1.0, counts.of(word, start=starts) / whole) if whole else 0.0
    return bool(words) and expected > COMMON


@needs_transaction
def count() -> int:
    """Count all words anew; the number of rows kept."""
    WordCount.objects.all().delete()
    kept = sql.statement("customers", "count_words").run(
        least=KEPT_MIN, letters=START_MAX, most=ROWS_MAX
    )
    forget()
    return kept


def forget() -> None:
    _cached.clear()


def _counts() -> Counts:
    kept = _cached.get("counts")
    if kept is None or time.monotonic() - kept.seen > CACHE_SECONDS:
        by_word = dict(WordCount.objects.values_list("word", "customers")[:ROWS_MAX])
        listed = sorted(word for word in by_word if not word.endswith("*"))
        kept = _cached["counts"] = Counts(by_word, listed, time.monotonic())
    return kept
