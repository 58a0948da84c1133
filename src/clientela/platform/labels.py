"""Words kept in several languages: the reader's, else the company's, else English, else any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# Set by whoever knows the company's language, when the house is set up.
company_language: list[Callable[[], str]] = []


def in_words(labels: Mapping[str, str] | str | None, language: str) -> str:
    """Nothing only where there are no words at all."""
    if not isinstance(labels, Mapping):
        return labels or ""
    if words := labels.get(language):
        return words
    known = [read() for read in company_language]
    for code in (*known, "en"):
        if words := labels.get(code):
            return words
    return next((words for words in labels.values() if words), "")
