"""A customer agrees or refuses: written down, and what waits to leave is stopped at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import fold_habits
from clientela.mail import actions as mail
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.platform.transactions import needs_transaction
from clientela.privacy import queries as privacy
from clientela.privacy.actions import consents
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.models.consents import Consent, Preference


@dataclass(frozen=True, slots=True)
class Preferred:
    """How often, until when not."""

    frequency: str
    paused_until: date | None = None


@transactions.retried
def record_consents(
    batch: Sequence[NewConsent], *, actor: Actor, now: datetime, request: str = ""
) -> list[Consent]:
    """Append decisions of customers. What they refuse stops in this transaction."""
    with transactions.open():
        batch = [replace(new, family=family_of(new.family[0])) for new in batch]
        rows = consents.record(batch, actor=actor, now=now, request=request)
        _follow(batch, actor=actor, now=now)
        told = [_told(row) for row in rows]
        events.emit(told, actor=actor, now=now, request=request)
    return rows


@needs_transaction
def record_imported(
    batch: Sequence[NewConsent], *, actor: Actor, now: datetime, request: str, is_trial: bool
) -> list[Consent]:
    """Decisions a file tells of, with their families. Nobody is written to again because of it."""
    rows = consents.record(batch, actor=actor, now=now, request=request)
    refused = sorted({id for new in batch if not new.is_given for id in new.family})
    if refused and not is_trial:
        mail.stop_for(refused, now=now)
        for family in _of_profiling(batch):
            fold_habits.follow(family, now=now)
    events.emit([_told(row) for row in rows], actor=actor, now=now, request=request)
    return rows


@transactions.retried
def prefer(
    customer_id: UUID, preferred: Preferred, *, source: str, actor: Actor, now: datetime,
    request: str = "",
) -> Preference:  # fmt: skip
    """How often a customer wants to hear from the company, and until when not at all."""
    with transactions.open():
        family = family_of(customer_id)
        row = consents.prefer(
            family=family, frequency=preferred.frequency, paused_until=preferred.paused_until,
            source=source, actor=actor, now=now,
        )  # fmt: skip
        mail.stop_for(family, now=now)
        told = Happening("preferences.changed", now, family[0])
        events.emit([told], actor=actor, now=now, request=request)
    return row


def family_of(customer_id: UUID) -> list[UUID]:
    family = customers.family_of(customer_id)
    if not family:
        raise customers.NoSuchCustomer
    return family


def _follow(batch: Sequence[NewConsent], *, actor: Actor, now: datetime) -> None:
    """What was refused is stopped; who agrees in person is written to again after an erasure."""
    for family in {tuple(new.family) for new in batch if not new.is_given}:
        mail.stop_for(family, now=now)
    for family in _of_profiling(batch):
        fold_habits.follow(family, now=now)
    for new in batch:
        if new.is_given and new.source != "import":
            consents.lift_suppressions(_addresses(new), actor=actor, now=now)


def _of_profiling(batch: Sequence[NewConsent]) -> set[tuple[UUID, ...]]:
    """Who decided on a purpose that is profiling."""
    known = privacy.purposes_by_key() if batch else {}
    profiling = {key for key, purpose in known.items() if purpose.is_profiling}
    return {tuple(new.family) for new in batch if new.purpose in profiling}


def _addresses(new: NewConsent) -> list[tuple[str, str]]:
    if new.identity:
        return [new.identity]
    with acting(SYSTEM):
        return [(one.kind, one.value_norm) for one in customers.identities_of(new.family)]


def _told(row: Consent) -> Happening:
    name = "consent.given" if row.verdict == Consent.Verdict.GIVEN else "consent.withdrawn"
    data = {"purpose": row.purpose_id, "channel": row.channel, "source": row.source}
    return Happening(name, row.decided_at, row.customer_id, row.public_id, data)
