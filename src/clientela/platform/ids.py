"""Identifiers: UUIDv7 made by us before the insert, shown to people as `cus_…`."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate, islice, repeat
from operator import attrgetter
from typing import Any
from uuid import UUID, SafeUUID

DIGITS = "0123456789abcdef"
LENGTH = 32
NUMBER_DIGITS_MAX = 18
UUIDS_MAX = 1_000_000

_REST_BITS = 74
_LOW = (1 << 62) - 1
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)
_WELL_FORMED = re.compile(f"[{DIGITS}]{{{LENGTH}}}")
_DAMM = [[int(digit) for digit in row] for row in (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)]  # fmt: skip
# The slots of UUID: its constructor spends most of its time on checks we need not make.
_int_of: Callable[[UUID], int] = attrgetter("int")
_set_int: Callable[[UUID, int], None] = UUID.__dict__["int"].__set__
_set_is_safe: Callable[[UUID, SafeUUID], None] = UUID.__dict__["is_safe"].__set__


class _Sequence:
    """The last number given out: its millisecond and the 74 bits below, only ever rising.

    Numbers of one millisecond rise by random steps: they stay in order and hard to guess.
    """

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._lock = threading.Lock()
        self._last = 0

    def begin_anew(self) -> None:
        """In a forked child, which must not go on from where its parent stands."""
        self._lock = threading.Lock()
        self._last = 0

    def one(self) -> int:
        with self._lock:
            self._last = max(self._fresh(), self._last + 1 + self._random.getrandbits(32))
            return _laid_out(self._last)

    def many(self, count: int) -> Iterable[int]:
        """All of one moment, with one call to the system for all random steps."""
        steps = array("I", os.urandom(4 * count))
        length = sum(steps) + count
        with self._lock:
            first = max(self._fresh(), self._last + 1)
            if (first & _LOW) + length > _LOW:
                first = (first | _LOW) + 1
            self._last = first + length
        return islice(accumulate((step + 1 for step in steps), initial=_laid_out(first)), 1, None)

    def _fresh(self) -> int:
        """Now and random bits, the highest left free for counting up."""
        milliseconds = time.time_ns() // 1_000_000
        return milliseconds << _REST_BITS | self._random.getrandbits(_REST_BITS - 1)


def _laid_out(number: int) -> int:
    """The 122 bits with version and variant in their places."""
    above = number >> 74 << 80 | (number >> 62 & 0xFFF) << 64
    return above | number & _LOW | _VERSION_AND_VARIANT


_sequence = _Sequence()
os.register_at_fork(after_in_child=_sequence.begin_anew)


def uuid7() -> UUID:
    """A new id, above every id this process made before."""
    return UUID(int=_sequence.one())


def uuid7s(count: int) -> list[UUID]:
    """`count` new ids in rising order, for batches."""
    if not 0 <= count <= UUIDS_MAX:
        raise ValueError(f"between 0 and {UUIDS_MAX} ids at once, not {count}")
    blank: Callable[[Any], UUID] = UUID.__new__
    made = list(map(blank, repeat(UUID, count)))
    deque(map(_set_int, made, _sequence.many(count)), maxlen=0)
    deque(map(_set_is_safe, made, repeat(SafeUUID.unknown)), maxlen=0)
    return made


def hexes(uuids: Iterable[UUID]) -> Iterator[str]:
    """The 32 digits of each, without a line of Python for any."""
    return map("%032x".__mod__, map(_int_of, uuids))


def as_array(uuids: Iterable[UUID]) -> str:
    """As PostgreSQL reads an array of them: one by one they take far longer to hand over."""
    return f"{{{','.join(hexes(uuids))}}}"


def public(prefix: str, uuid: UUID) -> str:
    """`cus_` and the 32 hexadecimal digits of the uuid, which SQL writes and reads as well."""
    return f"{prefix}_{uuid.hex}"


def parse(prefix: str, text: str) -> UUID:
    """The uuid behind a public id; ValueError when it is not one of this prefix."""
    found, mark, digits = text.partition("_")
    if not mark or found != prefix:
        raise ValueError(f"an id that starts with {prefix}_ is expected")
    if not _WELL_FORMED.fullmatch(digits):
        raise ValueError(f"an id has {LENGTH} hexadecimal digits after {prefix}_")
    return UUID(hex=digits)


def find(prefix: str, text: str) -> UUID | None:
    """The uuid behind a public id; None when it is not one of this prefix."""
    found, _mark, digits = text.partition("_")
    return UUID(hex=digits) if found == prefix and _WELL_FORMED.fullmatch(digits) else None


def numbered(prefix: str, text: str) -> int:
    """The number behind an id of what is counted: `pos_4711`; ValueError when it is none."""
    found, _mark, digits = text.partition("_")
    if found != prefix:
        raise ValueError(f"an id that starts with {prefix}_ is expected")
    return number(digits)


def number(text: str) -> int:
    """A number that the database can hold; ValueError when it is none."""
    if not (text.isascii() and text.isdecimal()) or len(text) > NUMBER_DIGITS_MAX:
        raise ValueError(f"a number of at most {NUMBER_DIGITS_MAX} digits is expected")
    return int(text)


def with_check_digit(number: int) -> int:
    """The number with one digit behind it that gives away any wrong digit or swapped pair."""
    return number * 10 + _damm(number)


def has_check_digit(number: int) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return number >= 10 and _damm(number) == 0


def _damm(number: int) -> int:
    """Digit by digit; many numbers in a row have the same before their last three digits."""
    before, last = divmod(number, 1000)
    return _after_three(_damm_of(before))[last]


@lru_cache(maxsize=1000)
def _damm_of(number: int) -> int:
    digit = 0
    for sign in str(number):
        digit = _DAMM[digit][int(sign)]
    return digit


@cache
def _after_three(digit: int) -> list[int]:
    """By the next three digits."""
    return [
        _DAMM[_DAMM[_DAMM[digit][first]][second]][third]
        for first in range(10) for second in range(10) for third in range(10)
    ]  # fmt: skip
