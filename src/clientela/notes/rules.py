"""Who is meant by a mention, what a tag is called by, where a file lies. No Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clientela.platform import text

WORDS_LENGTH_MAX = 4_000
TASK_LENGTH_MAX = 300
TAG_LENGTH_MAX = 50
TAGS_MAX = 30
FILES_MAX = 200
FILE_BYTES_MAX = 10 * 1024 * 1024
MENTIONS_MAX = 20
_AFTER_AT = re.compile(r"(?<![\w.])@")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Colleague:
    id: str
    name: str
    email: str


def mentioned(words: str, colleagues: Iterable[Colleague]) -> list[str]:
    """The ids of those a text names after an @: by whole name, by e-mail or the part before its @,
    or by a first name that only one of them has.
    """
    folded = text.folded(words)
    called = _called(colleagues)
    found: dict[str, None] = {}
    for at in _AFTER_AT.finditer(folded):
        rest = folded[at.end() :]
        for name, id in called:
            if rest.startswith(name) and not _WORD.match(rest[len(name) :]):
                found.setdefault(id)
                break
    return list(found)[:MENTIONS_MAX]


def _called(colleagues: Iterable[Colleague]) -> list[tuple[str, str]]:
    """Everything somebody may be called by, the longest first."""
    everybody = list(colleagues)
    first = [text.folded(one.name).split(" ")[0] for one in everybody]
    names = [(text.folded(one.name), one.id) for one in everybody]
    names += [(one.email.casefold(), one.id) for one in everybody]
    names += [(one.email.casefold().partition("@")[0], one.id) for one in everybody]
    names += [
        (name, one.id) for name, one in zip(first, everybody, strict=True) if first.count(name) == 1
    ]
    return sorted({pair for pair in names if pair[0]}, key=lambda pair: (-len(pair[0]), pair))


def tag_key(name: str) -> str:
    """`VIP – gold` and `vip gold` are one tag."""
    return "-".join(text.words(name))


def place_of(file_id_hex: str) -> str:
    """Where a file lies below the folder of files: a name of ours, never anybody else's."""
    return f"customers/{file_id_hex[-2:]}/{file_id_hex}"
