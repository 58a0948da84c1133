"""Whether somebody who is being written down is likely known already. No Django, no clock.

The same, unshared phone, e-mail or number means the same customer; a name counts only together with
a birth date, an address or a phone. Everything else is left to the search over all customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

NAME_LENGTH_MIN = 3
SHARED_BY_MORE_THAN = 3
SIMILAR_MIN = 0.82
Kind = Literal["same", "likely"]


@dataclass(frozen=True, slots=True)
class Person:
    """Folded `words` of the name, the birth date as written, the address folded."""

    words: frozenset[str]
    birth_date: str = ""
    address: str = ""

    @property
    def counts(self) -> bool:
        """Short names fit too many."""
        return sum(map(len, self.words)) >= NAME_LENGTH_MIN


@dataclass(frozen=True, slots=True)
class Held:
    """An identity that both have; `shared`: marked so, or held by more than three customers."""

    kind: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    kind: Kind
    reasons: tuple[str, ...] = field(default=())


def likeness(new: Person, known: Person, held: Iterable[Held]) -> Likeness | None:
    """How likely they are one, and why; None where nothing says so."""
    held = tuple(held)
    own = [f"same-{one.kind}" for one in held if not one.shared]
    if own:
        return Likeness("same", tuple(dict.fromkeys(own)))
    reasons = tuple(_reasons(new, known, held))
    return Likeness("likely", reasons) if reasons else None


def _reasons(new: Person, known: Person, held: tuple[Held, ...]) -> Iterable[str]:
    if not new.counts:
        return
    if new.words == known.words:
        if new.birth_date and new.birth_date == known.birth_date:
            yield "name-and-birth-date"
        if new.address and new.address == known.address:
            yield "name-and-address"
    if any(one.kind == "phone" for one in held) and similar(new.words, known.words):
        yield "phone-and-name"


def similar(one: frozenset[str], other: frozenset[str]) -> bool:
    """The same name, part of it, or so written that a slip of the pen explains it."""
    if not one or not other:
        return False
    if one <= other or other <= one:
        return True
    first, second = " ".join(sorted(one)), " ".join(sorted(other))
    return SequenceMatcher(None, first, second).ratio() >= SIMILAR_MIN
