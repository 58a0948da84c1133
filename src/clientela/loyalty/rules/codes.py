"""Codes that people read aloud: twelve signs, none that looks like another, the last one a check.

The alphabet has no 0, O, 1, I, L and U. The check is the Luhn sum modulo the size of the alphabet;
it notices any one wrong sign and nearly every swapped pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
TYPED_MAX = 60
DRAWN_BYTES = 32
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_BETWEEN = re.compile(r"[\s\-‐-―]+")


def drawn(chance: Callable[[int], bytes]) -> str:
    """A new code, without hyphens; `chance` gives so many bytes that nobody can foresee."""
    return derived(chance(DRAWN_BYTES))


def normal(typed: str) -> str | None:
    """The code somebody typed, in capitals and without spaces and hyphens; None when it is none."""
    if len(typed) > TYPED_MAX:
        return None
    code = _BETWEEN.sub("", typed).upper()
    if len(code) != LENGTH or not set(code) <= _VALUES.keys() or _check(code[:-1]) != code[-1]:
        return None
    return code


def shown(code: str) -> str:
    """`ABCD-EFGH-JKMN`"""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def _check(body: str) -> str:
    """Luhn modulo 30: every second sign, from the right, counts double, its digits summed."""
    size = len(ALPHABET)
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = _VALUES[sign] * (2 if place % 2 == 0 else 1)
        total += value // size + value % size
    return ALPHABET[-total % size]


def derived(digest: bytes) -> str:
    """The code that a secret digest stands for, so that it can be told again and need not be kept.

    32 bytes hold far more than eleven signs: every code is as likely as any other.
    """
    number, signs = int.from_bytes(digest, "big"), []
    for _ in range(LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    body = "".join(signs)
    return body + _check(body)
