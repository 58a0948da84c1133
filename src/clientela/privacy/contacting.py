"""Whether many customers may be written to, asked together: the same as `queries.may_contact` says
of each, with as many statements for a thousand as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clientela.privacy import hashes, queries
from clientela.privacy.faults import NoSuchPurpose
from clientela.privacy.models.consents import Consent, Preference, Purpose, Suppression
from clientela.privacy.models.rights import Restriction
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
    stopped = _restricted(ids)
    digests = [hashes.of(*one.identity) for one in contacts]
    gone = set(map(bytes, Suppression.objects.filter(
        value_hmac__in=digests, lifted_at=None
    ).values_list("value_hmac", flat=True)))  # fmt: skip
    found: list[Answer | None] = []
    for one, digest in zip(contacts, digests, strict=True):
        kinds = {kind for id in one.family for kind in stopped.get(id, ())}
        found.append(_before(kinds, asked, is_gone=digest in gone))
    if asked is None:
        return [answer or ALLOWED for answer in found]
    wishes = _wishes(ids) if asked.is_marketing else {}
    decided = _decisions(ids, purpose)
    return [
        answer
        or _answer(one, digest, asked, decided, channel, is_paused=_is_paused(one, wishes, today))
        for answer, one, digest in zip(found, contacts, digests, strict=True)
    ]


def _restricted(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    rows = Restriction.objects.filter(customer_id__in=ids, lifted_at=None)
    found: dict[UUID, set[str]] = defaultdict(set)
    for id, kind in rows.values_list("customer_id", "kind"):
        found[id].add(kind)
    return found


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


def _wishes(ids: Sequence[UUID]) -> dict[UUID, Preference]:
    """The latest of each record."""
    rows = Preference.objects.filter(customer_id__in=ids).order_by("decided_at", "id")
    return {one.customer_id: one for one in rows}


def _is_paused(one: Contact, wishes: dict[UUID, Preference], today: date) -> bool:
    own = [wishes[id] for id in one.family if id in wishes]
    last = max(own, key=lambda wish: (wish.decided_at, wish.id), default=None)
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
