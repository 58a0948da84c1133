"""Whether many customers may be written to, asked together: the same as `queries.may_contact` says
of each, with as many statements for a thousand as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from clientela.platform import sql
from clientela.privacy import hashes, queries
from clientela.privacy.faults import NoSuchPurpose
from clientela.privacy.models.consents import Consent, Purpose
from clientela.privacy.queries import STOPPING, Kind
from clientela.privacy.rules import consents as rules
from clientela.privacy.rules.consents import Answer, Decision

ALLOWED = Answer(True, "told")


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer with all their records, and the address they would be written to."""

    family: Sequence[UUID]
    identity: tuple[str, str]


def answers(
    contacts: Sequence[Contact], *, purpose: str, channel: str, today: date
) -> list[Answer]:
    """Of each, in their order. Without a purpose only what stops every letter is asked."""
    asked = None
    if purpose:
        asked = queries.purposes_by_key().get(purpose)
        if asked is None or asked.retired_at is not None:
            raise NoSuchPurpose
    ids = [id for one in contacts for id in one.family]
    digests = [hashes.of(*one.identity) for one in contacts]
    stops = _stops(ids, digests)
    found: list[Answer | None] = []
    for one, digest in zip(contacts, digests, strict=True):
        kinds = {kind for id in one.family for kind in stops.kinds.get(id, ())}
        found.append(_before(kinds, asked, is_gone=digest in stops.gone))
    if asked is None:
        return [answer or ALLOWED for answer in found]
    wishes = stops.wishes if asked.is_marketing else {}
    decided = _decisions(ids, purpose)
    return [
        answer
        or _answer(one, digest, asked, decided, channel, is_paused=_is_paused(one, wishes, today))
        for answer, one, digest in zip(found, contacts, digests, strict=True)
    ]


class Wish(NamedTuple):
    """Until when somebody wants no letters; the latest counts."""

    decided_at: datetime
    id: UUID
    paused_until: date | None


@dataclass(frozen=True, slots=True)
class _Stops:
    """By record the kinds of its restrictions and its latest wish; digests nobody writes to."""

    kinds: Mapping[UUID, set[str]]
    gone: set[bytes]
    wishes: Mapping[UUID, Wish]


def _stops(ids: Sequence[UUID], digests: Sequence[bytes]) -> _Stops:
    rows = sql.statement("privacy", "stops").rows(ids=list(ids), digests=list(digests))
    wishes: dict[UUID, Wish] = {}
    kinds: dict[UUID, set[str]] = defaultdict(set)
    gone: set[bytes] = set()
    for what, id, word, digest, until_on, decided_at, wish in rows:
        if what == "restriction":
            kinds[id].add(word)
        elif what == "suppression":
            gone.add(bytes(digest))
        else:
            wishes[id] = Wish(decided_at, wish, until_on)
    return _Stops(kinds, gone, wishes)


def _before(kinds: set[str], purpose: Purpose | None, *, is_gone: bool) -> Answer | None:
    """What stops a letter whatever was agreed."""
    if kinds & set(STOPPING):
        return Answer(False, "restricted")
    if purpose is not None and (
        (purpose.is_marketing and Kind.MARKETING in kinds)
        or (purpose.is_profiling and Kind.PROFILING in kinds)
    ):
        return Answer(False, "objected")
    return Answer(False, "suppressed") if is_gone else None


def _is_paused(one: Contact, wishes: Mapping[UUID, Wish], today: date) -> bool:
    own = [wishes[id] for id in one.family if id in wishes]
    last = max(own, default=None, key=lambda wish: (wish.decided_at, wish.id))
    return last is not None and last.paused_until is not None and last.paused_until > today


def _decisions(ids: Iterable[UUID], purpose: str) -> dict[UUID, list[Decision]]:
    rows: Iterable[Consent] = queries.standing(ids).filter(purpose=purpose)
    found: dict[UUID, list[Decision]] = defaultdict(list)
    for row in rows:
        decision = queries.decision_of(row)
        for id in decision.records:
            found[id].append(decision)
    return found


def _answer(
    one: Contact, digest: bytes, purpose: Purpose, decided: dict[UUID, list[Decision]],
    channel: str, *, is_paused: bool,
) -> Answer:  # fmt: skip
    if is_paused:
        return Answer(False, "paused")
    decisions = [decision for id in one.family for decision in decided.get(id, ())]
    state = rules.state(
        decisions, family=one.family, purpose=purpose.key, channel=channel, address=digest
    )
    return rules.answer(state, given_unless_refused=purpose.given_unless_refused)
