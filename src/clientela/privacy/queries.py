"""Reads of consents, restrictions, requests. Each takes the family of ids: a merge is only a link.

What other apps ask: `may_contact`, `may_profile`, `may_market`, `is_restricted`, `is_held`,
`left_out`, `erased_before`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from clientela.customers import queries as customers
from clientela.platform import sql
from clientela.privacy import hashes
from clientela.privacy.faults import NoSuchPurpose, NoSuchRequest, NoSuchRestriction
from clientela.privacy.models.consents import (
    Consent,
    Preference,
    Purpose,
    Retraction,
    Suppression,
    Wording,
)
from clientela.privacy.models.periods import Period, PeriodRun
from clientela.privacy.models.rights import Erasure, Request, Restriction
from clientela.privacy.rules import consents as rules
from clientela.privacy.rules.consents import Answer, Decision

ROWS_MAX = 200
Kind = Restriction.Kind
STOPPING = (Kind.FROZEN, Kind.KEPT_BY_LAW)
IDENTITY_OF = {"email": "email", "sms": "phone", "phone": "phone"}


class Use(StrEnum):
    """What data would be used for; each has those who must be left out of it."""

    MARKETING = "marketing"
    PROFILING = "profiling"
    ANYTHING = "anything"


LEFT_OUT: dict[Use, tuple[str, ...]] = {
    Use.MARKETING: (*STOPPING, Kind.MARKETING),
    Use.PROFILING: (*STOPPING, Kind.PROFILING),
    Use.ANYTHING: STOPPING,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one purpose and channel, and the latest decision that speaks of it."""

    purpose: Purpose
    channel: str
    answer: Answer
    latest: Consent | None


def may_contact(
    family: Sequence[UUID], *, purpose: str, channel: str, identity: tuple[str, str] | None = None,
    today: date,
) -> Answer:  # fmt: skip
    """Whether a customer may be written to or called for a purpose; `identity`: at this address.

    Asked when a message is written, and again when it leaves.
    """
    found = purposes_by_key().get(purpose)
    if found is None or found.retired_at is not None:
        raise NoSuchPurpose
    if stopped := _stopped(family, found):
        return Answer(False, stopped)
    if identity is not None and is_suppressed(*identity):
        return Answer(False, "suppressed")
    if found.is_marketing and is_paused(family, today=today):
        return Answer(False, "paused")
    state = rules.state(
        decisions_of(family), family=family, purpose=purpose, channel=channel,
        address=hashes.of(*identity) if identity else rules.PERSON,
    )  # fmt: skip
    return rules.answer(state, given_unless_refused=found.given_unless_refused)


def may_profile(family: Sequence[UUID]) -> bool:
    """Whether conclusions may be drawn about a customer: offers decided, scores computed."""
    return not _stands(family, LEFT_OUT[Use.PROFILING])


def may_market(family: Sequence[UUID]) -> bool:
    """Whether anything may be offered to a customer at all, whatever they agreed to."""
    return not _stands(family, LEFT_OUT[Use.MARKETING])


def is_restricted(family: Sequence[UUID]) -> bool:
    """Whether the record is kept and used for nothing; only few may open it."""
    return _stands(family, STOPPING)


def is_held(family: Sequence[UUID]) -> bool:
    """Whether a legal hold forbids erasing, merging and what a period would delete."""
    return _stands(family, (Kind.HOLD,))


def held() -> list[UUID]:
    """Every record of the customers under a legal hold; they are few."""
    return [id for (id,) in sql.statement("privacy", "held").rows()]


def left_out(customer_ids: Collection[UUID], use: Use) -> set[UUID]:
    """Which of these customers must not be used for this; survivors of merges by their family."""
    if not customer_ids:
        return set()
    rows = sql.statement("privacy", "left_out").rows(
        customers=list(customer_ids), kinds=[str(kind) for kind in LEFT_OUT[use]]
    )
    return {id for (id,) in rows}


def anybody_was_erased() -> bool:
    """Whether it is worth asking `erased_before` at all."""
    return Suppression.objects.filter(reason=Suppression.Reason.ERASED, lifted_at=None).exists()


def erased_before(identities: Sequence[tuple[str, str]]) -> list[bool]:
    """Whether each of these (kind, normal form) belonged to somebody who was erased.

    An id of another system is asked as (`external`, source NUL id), see `hashes.external`.
    """
    digests = [hashes.of(kind, value) for kind, value in identities]
    gone = _suppressed(digests, reason=Suppression.Reason.ERASED)
    return [digest in gone for digest in digests]


def is_suppressed(kind: str, value: str) -> bool:
    """Whether nobody writes to this address any more, whoever has it now."""
    return bool(_suppressed([hashes.of(kind, value)]))


def is_paused(family: Sequence[UUID], *, today: date) -> bool:
    preference = preference_of(family)
    until = preference.paused_until if preference else None
    return until is not None and until > today


def purposes(*, in_use: bool = True) -> list[Purpose]:
    rows = Purpose.objects.all()
    return list(rows.filter(retired_at=None) if in_use else rows)


def purposes_by_key() -> dict[str, Purpose]:
    """All purposes, retired ones too: what was decided for them is still read."""
    return {purpose.key: purpose for purpose in Purpose.objects.all()}


def wordings_by_version(keys: Collection[str]) -> dict[tuple[str, int], Wording]:
    rows = Wording.objects.filter(purpose__in=list(keys))
    return {(row.purpose_id, row.version): row for row in rows}


def words_in_force() -> dict[str, Wording]:
    """The newest version of the words of each purpose."""
    rows = Wording.objects.order_by("purpose_id", "-version").distinct("purpose_id")
    return {row.purpose_id: row for row in rows}


def consents_of(
    family: Iterable[UUID], *, as_of: datetime | None = None, limit: int = ROWS_MAX
) -> list[Consent]:
    """Every decision, newest first, with the words that were shown."""
    rows = standing(family).select_related("wording", "purpose")
    if as_of is not None:
        rows = rows.filter(decided_at__lte=as_of)
    return list(rows.order_by("-decided_at", "-id")[:limit])


def decisions_of(family: Iterable[UUID], *, as_of: datetime | None = None) -> list[Decision]:
    rows = standing(family)
    if as_of is not None:
        rows = rows.filter(decided_at__lte=as_of)
    return list(map(decision_of, rows))


def standing(family: Iterable[UUID]) -> QuerySet[Consent]:
    """Decisions that were made: those an undo took back are not read."""
    taken_back = Retraction.objects.filter(
        customer_id=OuterRef("customer_id"), consent_id=OuterRef("id")
    )
    return Consent.objects.filter(~Exists(taken_back), customer_id__in=list(family))


def with_consents(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some customers of whom a decision is written down that was not taken back."""
    return set(standing(customer_ids).values_list("customer_id", flat=True))


def state_of(
    family: Sequence[UUID], *, as_of: datetime | None = None, told: list[Consent] | None = None
) -> list[Standing]:
    """What stands for the person, by purpose and channel, now or at an instant in the past.

    `told`: the decisions, where they were read already.
    """
    if told is None:
        told = consents_of(family, as_of=as_of)
    is_all = len(told) < ROWS_MAX
    decisions = list(map(decision_of, told)) if is_all else decisions_of(family, as_of=as_of)
    return [
        Standing(
            purpose, channel,
            rules.answer(
                rules.state(decisions, family=family, purpose=purpose.key, channel=channel),
                given_unless_refused=purpose.given_unless_refused,
            ),
            _latest(told, purpose.key, channel),
        )
        for purpose in purposes()
        for channel in purpose.channels
    ]  # fmt: skip


def decision_of(row: Consent) -> Decision:
    return Decision(
        frozenset([row.customer_id, *row.speaks_for]), row.purpose_id, row.channel,
        bytes(row.address), row.verdict == Consent.Verdict.GIVEN, row.decided_at,
    )  # fmt: skip


def preference_of(family: Iterable[UUID]) -> Preference | None:
    rows = Preference.objects.filter(customer_id__in=list(family))
    return rows.order_by("-decided_at", "-id").first()


def restrictions_of(
    family: Iterable[UUID], *, standing: bool = False, limit: int = ROWS_MAX
) -> list[Restriction]:
    rows = Restriction.objects.filter(customer_id__in=list(family))
    if standing:
        rows = rows.filter(lifted_at=None)
    return list(rows.order_by("-set_at", "-id")[:limit])


def restriction(restriction_id: UUID) -> Restriction:
    found = Restriction.objects.filter(id=restriction_id).first()
    if found is None:
        raise NoSuchRestriction
    return found


def standing_restrictions(
    *, kinds: Collection[str] = (), after: tuple[datetime, UUID] | None = None,
    limit: int = ROWS_MAX,
) -> list[Restriction]:  # fmt: skip
    """Over all customers, newest first."""
    rows = Restriction.objects.filter(lifted_at=None)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    if after is not None:
        rows = rows.filter(Q(set_at__lt=after[0]) | Q(set_at=after[0], id__lt=after[1]))
    return list(rows.order_by("-set_at", "-id")[:limit])


def kept_until_now(*, today: date, limit: int = ROWS_MAX) -> list[Restriction]:
    """Erasures that the law held up, whose day has come or is not known."""
    rows = Restriction.objects.filter(kind=Kind.KEPT_BY_LAW, lifted_at=None)
    return list(rows.filter(Q(until_on=None) | Q(until_on__lte=today)).order_by("id")[:limit])


def ended_restrictions(*, today: date, limit: int = ROWS_MAX) -> list[Restriction]:
    """Those with a day that has come; what the law kept is erased instead."""
    rows = Restriction.objects.filter(lifted_at=None, until_on__lte=today)
    return list(rows.exclude(kind=Kind.KEPT_BY_LAW).order_by("id")[:limit])


def request(request_id: UUID) -> Request:
    found = Request.objects.filter(id=request_id).first()
    if found is None:
        raise NoSuchRequest
    return found


def requests_of(family: Iterable[UUID], *, limit: int = ROWS_MAX) -> list[Request]:
    rows = Request.objects.filter(customer_id__in=list(family))
    return list(rows.order_by("-received_at", "-id")[:limit])


def open_requests(
    *, after: tuple[date, UUID] | None = None, limit: int = ROWS_MAX
) -> list[Request]:
    """Those that wait, the most urgent first."""
    rows = Request.objects.filter(answered_at=None)
    if after is not None:
        rows = rows.filter(Q(due_on__gt=after[0]) | Q(due_on=after[0], id__gt=after[1]))
    return list(rows.order_by("due_on", "id")[:limit])


def answered_requests(
    *, before: tuple[datetime, UUID] | None = None, limit: int = ROWS_MAX
) -> list[Request]:
    rows = Request.objects.exclude(answered_at=None)
    if before is not None:
        rows = rows.filter(
            Q(answered_at__lt=before[0]) | Q(answered_at=before[0], id__lt=before[1])
        )
    return list(rows.order_by("-answered_at", "-id")[:limit])


def open_request_of(family: Iterable[UUID], kind: str) -> Request | None:
    rows = Request.objects.filter(customer_id__in=list(family), kind=kind, answered_at=None)
    return rows.order_by("received_at").first()


def erasures(
    *, before: tuple[datetime, UUID] | None = None, limit: int = ROWS_MAX
) -> list[Erasure]:
    rows = Erasure.objects.all()
    if before is not None:
        rows = rows.filter(Q(done_at__lt=before[0]) | Q(done_at=before[0], id__lt=before[1]))
    return list(rows.order_by("-done_at", "-id")[:limit])


def erasures_of(family: Iterable[UUID]) -> list[Erasure]:
    rows = Erasure.objects.filter(customer_id__in=list(family))
    return list(rows.order_by("-done_at", "-id")[:ROWS_MAX])


def is_erased(family: Iterable[UUID]) -> bool:
    return Erasure.objects.filter(customer_id__in=list(family), classes=[]).exists()


def periods() -> list[Period]:
    return list(Period.objects.all())


def last_run() -> PeriodRun | None:
    return PeriodRun.objects.first()


def address_of(family: Sequence[UUID], *, channel: str) -> tuple[str, str] | None:
    """The main identity a channel uses, as (kind, normal form)."""
    kind = IDENTITY_OF.get(channel, "")
    own = [one for one in customers.identities_of(family) if one.kind == kind]
    own.sort(key=lambda one: (one.primary_since is None, one.id))
    return (own[0].kind, own[0].value_norm) if own else None


def _stopped(family: Sequence[UUID], purpose: Purpose) -> str:
    """Why nothing is done for a purpose, whatever was agreed."""
    kinds = set(
        Restriction.objects.filter(customer_id__in=list(family), lifted_at=None)
        .values_list("kind", flat=True)
    )  # fmt: skip
    if kinds & set(STOPPING):
        return "restricted"
    if (purpose.is_marketing and Kind.MARKETING in kinds) or (
        purpose.is_profiling and Kind.PROFILING in kinds
    ):
        return "objected"
    return ""


def _stands(family: Sequence[UUID], kinds: Iterable[str]) -> bool:
    rows = Restriction.objects.filter(customer_id__in=list(family), lifted_at=None)
    return rows.filter(kind__in=list(kinds)).exists()


def _suppressed(digests: Collection[bytes], *, reason: str = "") -> set[bytes]:
    rows = Suppression.objects.filter(value_hmac__in=list(digests), lifted_at=None)
    if reason:
        rows = rows.filter(reason=reason)
    return {bytes(digest) for digest in rows.values_list("value_hmac", flat=True)}


def _latest(told: Iterable[Consent], purpose: str, channel: str) -> Consent | None:
    """`told` is newest first."""
    return next(
        (
            one
            for one in told
            if one.purpose_id == purpose and one.channel in ("", channel) and not bytes(one.address)
        ),
        None,
    )
