"""Numbers of payment cards: refused where a value is kept, hidden where people write. No Django.

A card number is told by issuer range, length and check digit together, so that account numbers and
serials are hardly ever taken for one. Keeping none keeps an installation out of the card schemes'
rules (PCI DSS).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
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
_GAP = "[ \u00a0\u2009\u202f‐‑–-]"
_RUN = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}?[0-9]){{11,}}(?![0-9A-Za-z])")
_GROUP = re.compile(r"[0-9]+")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_SPACING = re.compile(rf"{_GAP}|\s")
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])"
)
_DIGITS_MIN, _DIGITS_MAX = 12, 19
_PHONE_DIGITS_MAX = 15
SHOWN_DIGITS = 4
# How cards are written in groups, beside groups of four; all in one is a group too.
_LAYOUTS = frozenset([(4, 6, 5), (4, 6, 4), (4, 4, 5), (6, 13)])
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


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


def holds(words: str) -> bool:
    """Whether the number of a payment card stands anywhere in it."""
    return next(_found(words), None) is not None


def masked(words: str) -> str:
    """The text with every card number in it hidden but for its last four digits."""
    return _replaced(words, lambda number: f"•••• {_SPACING.sub('', number)[-SHOWN_DIGITS:]}")


def masked_words(value: Any) -> Any:
    """The same of what may be no text at all."""
    return masked(value) if isinstance(value, str) else value


def masked_bytes(content: bytes) -> bytes:
    """The same for a text in UTF-8, UTF-16 with its mark, or one sign a byte; its length stays."""
    if content.startswith(_UTF_16):
        encoding = "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    else:
        encoding = "utf-8"
    for one in (encoding, "latin-1"):
        with suppress(UnicodeDecodeError):
            return _replaced(content.decode(one), _starred).encode(one)
    return content


def _replaced(words: str, hidden: Callable[[str], str]) -> str:
    pieces, after = [], 0
    for start, end in _found(words):
        pieces += [words[after:start], hidden(words[start:end])]
        after = end
    return "".join([*pieces, words[after:]]) if pieces else words


def _starred(number: str) -> str:
    return re.sub("[0-9]", "*", number[:-SHOWN_DIGITS]) + number[-SHOWN_DIGITS:]


def _found(words: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand, from left to right. Numbers of bank accounts and telephones are
    none, whatever their digits.
    """
    runs = list(_RUN.finditer(words))
    accounts = [one.span() for one in _IBAN.finditer(words) if _is_iban(one[0])] if runs else []
    for run in runs:
        if any(start < run.end() and run.start() < end for start, end in accounts):
            continue
        if not _is_phone(words, run):
            yield from _in_run(run)


def _in_run(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The whole run, or the groups in it that are written as cards are."""
    groups = [
        (run.start() + one.start(), run.start() + one.end()) for one in _GROUP.finditer(run[0])
    ]
    if is_card_number(run[0]) and not _are_two_phones(groups):
        yield run.span()
        return
    first = 0
    while first < len(groups):
        after = next((last for last in range(len(groups), first, -1)
                      if _is_card(run, groups[first:last])), first)  # fmt: skip
        if after > first:
            yield groups[first][0], groups[after - 1][1]
        first = max(after, first + 1)


def _is_card(run: re.Match[str], groups: Sequence[tuple[int, int]]) -> bool:
    lengths = tuple(end - start for start, end in groups)
    of_four = set(lengths[:-1]) == {4} and lengths[-1] <= 4
    if len(groups) > 1 and not of_four and lengths not in _LAYOUTS:
        return False
    start, end = groups[0][0] - run.start(), groups[-1][1] - run.start()
    return is_card_number(run[0][start:end])


def _are_two_phones(groups: Sequence[tuple[int, int]]) -> bool:
    return len(groups) == 2 and all(7 <= end - start <= 9 for start, end in groups)


def _is_phone(words: str, run: re.Match[str]) -> bool:
    """An international number; longer ones are none."""
    is_marked = words[max(0, run.start() - 1) : run.start()] == "+" or run[0].startswith("00")
    return is_marked and len(_NOT_A_DIGIT.sub("", run[0])) <= _PHONE_DIGITS_MAX


def _is_iban(written: str) -> bool:
    plain = written.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


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
