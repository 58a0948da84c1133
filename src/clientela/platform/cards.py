"""Numbers of payment cards: refused where a value is kept, hidden where people write. No Django.

A card number is told by issuer range, length and check digit together, so that account numbers and
serials are hardly ever taken for one. Keeping none keeps an installation out of the card schemes'
rules (PCI DSS).
"""

from __future__ import annotations

import re
from typing import Any

# Beginnings of numbers by issuer, and how many digits these have.
_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16, 19})),  # Diners Club
    (36, 36, frozenset({14, 16, 19})),
    (38, 39, frozenset({16, 19})),
    (6011, 6011, frozenset({16, 19})),  # Discover
    (644, 659, frozenset({16, 19})),
    (3528, 3589, frozenset({16, 19})),  # JCB
    (62, 62, frozenset({16, 17, 18, 19})),  # UnionPay
    (50, 50, frozenset(range(12, 20))),  # Maestro
    (56, 58, frozenset(range(12, 20))),
    (6304, 6304, frozenset(range(12, 20))),
    (6759, 6763, frozenset(range(12, 20))),
    (2200, 2204, frozenset({16, 17, 18, 19})),  # Mir
)
_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){11,18}(?![0-9A-Za-z])")
_RUN_OF_BYTES = re.compile(_RUN.pattern.encode())
_SPACING = re.compile(r"[\s\-]")
_DIGITS_MIN, _DIGITS_MAX = 12, 19
SHOWN_DIGITS = 4


def is_card_number(value: str) -> bool:
    """Whether the whole value is the number of a payment card, in any usual spacing."""
    digits = _SPACING.sub("", value)
    return (
        _DIGITS_MIN <= len(digits) <= _DIGITS_MAX
        and digits.isascii()
        and digits.isdigit()
        and _is_issued(digits)
        and _luhn(digits)
    )


def masked(words: str) -> str:
    """The text with every card number in it hidden but for its last four digits."""
    return _RUN.sub(_hidden, words)


def masked_words(value: Any) -> Any:
    """The same of what may be no text at all."""
    return masked(value) if isinstance(value, str) else value


def holds(words: str) -> bool:
    """Whether the number of a payment card stands anywhere in it."""
    return any(is_card_number(found[0]) for found in _RUN.finditer(words))


def masked_bytes(content: bytes) -> bytes:
    """A text in any encoding that has digits as ASCII does, of the same length."""
    return _RUN_OF_BYTES.sub(_starred, content)


def _starred(found: re.Match[bytes]) -> bytes:
    run = found[0].decode("ascii")
    if not is_card_number(run):
        return found[0]
    hidden = re.sub("[0-9]", "*", run[:-SHOWN_DIGITS])
    return f"{hidden}{run[-SHOWN_DIGITS:]}".encode()


def _hidden(found: re.Match[str]) -> str:
    run = found[0]
    if not is_card_number(run):
        return run
    return f"•••• {_SPACING.sub('', run)[-SHOWN_DIGITS:]}"


def _is_issued(digits: str) -> bool:
    return any(
        len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high
        for low, high, lengths in _RANGES
    )


def _luhn(digits: str) -> bool:
    total = sum(
        int(digit) if place % 2 else sum(divmod(int(digit) * 2, 10))
        for place, digit in enumerate(reversed(digits), 1)
    )
    return total % 10 == 0
