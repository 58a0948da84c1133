"""Texts on their way into a spreadsheet: none of them may start a formula there.

A text that would is written with an apostrophe before it; an import takes exactly one away. Typed
numbers are no texts, and what is wholly a number or a phone number starts nothing.
"""

from __future__ import annotations

import re

GUARD = "'"
_STARTS = "=+\\-@\t\r\n＝＋－＠"
_RISKY = re.compile(rf"'*[{_STARTS}]")
_GUARDED = re.compile(rf"'+[{_STARTS}]")
_HARMLESS = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?|\+[0-9]{6,15}")


def guarded(text: str) -> str:
    """The text as a cell may hold it."""
    if not _RISKY.match(text) or _HARMLESS.fullmatch(text):
        return text
    return GUARD + text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
