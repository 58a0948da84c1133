"""What a customer's decisions come to. The latest counts; among records that are one customer the
most restrictive; a person's refusal counts more than the consent of one address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import reduce
from uuid import UUID

EVERY_CHANNEL = ""
PERSON = b""


class State(IntEnum):
    """The higher one wins where two records are one customer; silence takes nothing away."""

    SILENT = 0
    GIVEN = 1
    WITHDRAWN = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """`records`: the records it was a decision of. `address` empty: the person."""

    records: frozenset[UUID]
    purpose: str
    channel: str
    address: bytes
    is_given: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_allowed`, and `because`: the state that decided, or `unless_refused`, or `not_given`."""

    is_allowed: bool
    because: str


def joined(states: Iterable[State]) -> State:
    """Records that are one customer, in any order and however often each is counted."""
    return reduce(max, states, State.SILENT)


def latest(decisions: Iterable[Decision]) -> State:
    """The latest decision; of two at the same instant the one that withdraws."""
    found = max(
        ((one.decided_at, not one.is_given) for one in decisions), default=None
    )  # fmt: skip
    if found is None:
        return State.SILENT
    return State.WITHDRAWN if found[1] else State.GIVEN


def state(
    decisions: Sequence[Decision], *, family: Iterable[UUID], purpose: str, channel: str,
    address: bytes = PERSON,
) -> State:  # fmt: skip
    """What stands for a purpose and a channel, of the person, and of an `address` of theirs."""
    person = _of(decisions, family, purpose, channel, PERSON)
    if person is State.WITHDRAWN or not address:
        return person
    own = _of(decisions, family, purpose, channel, address)
    return person if own is State.SILENT else own


def answer(state: State, *, given_unless_refused: bool) -> Answer:
    if state is State.SILENT:
        return Answer(
            given_unless_refused, "unless_refused" if given_unless_refused else "not_given"
        )
    return Answer(state is State.GIVEN, state.name.lower())


def _of(
    decisions: Sequence[Decision], family: Iterable[UUID], purpose: str, channel: str,
    address: bytes,
) -> State:  # fmt: skip
    told = [
        one
        for one in decisions
        if one.purpose == purpose
        and one.channel in (EVERY_CHANNEL, channel)
        and one.address == address
    ]
    return joined(latest(one for one in told if record in one.records) for record in family)
