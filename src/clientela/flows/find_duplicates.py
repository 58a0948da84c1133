"""Somebody is about to be written down who may be known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as records
from clientela.customers.actions import NewCustomer
from clientela.customers.models import Customer, ProfileType
from clientela.events.actions import Happening
from clientela.matching.actions import pairs
from clientela.matching.models import Pair
from clientela.matching.queries import likely
from clientela.matching.queries.likely import Candidate, New
from clientela.platform import ids, sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

CANDIDATES_MAX = 20
REASON_LENGTH_MAX = 500
# What a likeness found by rules is worth beside one that was computed.
PROBABILITY = {"same": 0.97, "likely": 0.85}
FIELD_OF_REASON = {
    "same-phone": "phones", "same-email": "emails", "name-and-birth-date": "birth_date",
    "name-and-address": "street", "phone-and-name": "phones",
}  # fmt: skip


class LikelyDuplicate(Problem):
    """`candidates` are those the asker may see, best first; `others` counts the rest."""

    code = "likely-duplicate"
    status = 409
    title = "This customer is likely known already"


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is somebody else all the same, and why."""

    reason: str


def wanted(new: NewCustomer, party: str) -> New:
    return New(
        name=new.name, party=party, profile_type=new.profile_type,
        identities=tuple((one.kind, one.norm) for one in new.identities),
        attributes=new.attributes,
    )  # fmt: skip


def candidates(new: NewCustomer, *, but: Iterable[UUID] = ()) -> list[Candidate]:
    """Who it may be; nothing is written."""
    return candidates_each([new], but=but)[0]


def candidates_each(
    batch: Sequence[NewCustomer], *, but: Iterable[UUID] = ()
) -> list[list[Candidate]]:
    """Who each of a batch may be: with two statements, however many there are."""
    parties = dict(ProfileType.objects.values_list("key", "party"))
    return likely.likely_each([wanted(new, parties[new.profile_type]) for new in batch], but=but)


@needs_transaction
def hold_back(new: NewCustomer) -> None:
    """Two clerks who write down one person at the same moment go one after the other."""
    for one in sorted(f"{one.kind} {one.norm}" for one in new.identities):
        sql.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"register {one}"])


@needs_transaction
def look_at(
    id: UUID, new: NewCustomer, *, accepted: Accepted | None, actor: Actor, now: datetime
) -> list[Happening]:
    """Refuse a customer who is likely known (LikelyDuplicate), unless a person said that it is
    somebody else: then that is remembered for each candidate.
    """
    found = candidates(new, but=[id])
    if not found:
        return []
    if accepted is None:
        raise refusal(found, actor=actor)
    if not accepted.reason.strip():
        raise InvalidInput("Say why this is somebody else.", field="reason")
    reason = accepted.reason.strip()[:REASON_LENGTH_MAX]
    pairs.tell_apart([(id, one.customer.id) for one in found], reason=reason, actor=actor, now=now)
    others = [one.customer.public_id for one in found]
    return [Happening("customer.told_apart", now, id, ids.public("cus", id), {"others": others})]


def refusal(found: Sequence[Candidate], *, actor: Actor) -> LikelyDuplicate:
    seen = visible(found, actor=actor)
    return LikelyDuplicate(
        "Open one of the candidates, or send it again with accept_duplicate and a reason.",
        candidates=[told(one) for one in seen[:CANDIDATES_MAX]],
        others=len(found) - len(seen[:CANDIDATES_MAX]),
    )


def visible(found: Sequence[Candidate], *, actor: Actor) -> list[Candidate]:
    """Those whom the asker may see at all."""
    if not actor.may("customers.view"):
        return []
    seen = records.visible(one.customer.id for one in found)
    return [one for one in found if one.customer.id in seen]


def told(one: Candidate) -> dict[str, Any]:
    customer: Customer = one.customer
    return {
        "id": customer.public_id, "number": customer.number, "name": customer.display_name,
        "type": customer.profile_type.key, "likeness": one.kind, "reasons": list(one.reasons),
    }  # fmt: skip


@needs_transaction
def list_for_review(
    found: Iterable[tuple[UUID, Sequence[Candidate]]], *, now: datetime
) -> int:  # fmt: skip
    """Somebody was written down although likely known: each pair waits for a person. How many."""
    rows = [_waiting(id, one) for id, several in found for one in several if one.customer.id != id]
    return pairs.list_pairs(rows, origin=Pair.Origin.IMPORT, now=now)


def _waiting(id: UUID, one: Candidate) -> dict[str, Any]:
    low, high = sorted((id, one.customer.id))
    parts = [
        {"field": FIELD_OF_REASON.get(reason, reason), "likeness": "same", "weight": 0}
        for reason in one.reasons
    ]
    return {
        "customer_id": low, "other_id": high, "probability": PROBABILITY[one.kind],
        "parts": parts, "weakest": "", "grade": Pair.Grade.REVIEW, "cluster_id": None,
    }  # fmt: skip
