"""Decisions of customers are written down; none is ever edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.privacy import hashes, queries
from clientela.privacy.models.consents import (
    Consent,
    Preference,
    Purpose,
    Retraction,
    Suppression,
    Wording,
)
from clientela.staff import company as companies

CHANNELS = ("email", "sms", "phone", "post", "push")
CHANNEL_OF = {"email": ("email",), "phone": ("sms", "phone")}
EVIDENCE_LENGTH_MAX = 1_000
LANGUAGES = ("en", "es", "lv")


@dataclass(frozen=True, slots=True)
class NewConsent:
    """One decision. `family`: the survivor first. `identity`: (kind, normal form) of one address,
    None: the person. `channel` empty: every channel of the purpose.
    """

    family: Sequence[UUID]
    purpose: str
    is_given: bool
    source: str
    decided_at: datetime
    channel: str = ""
    identity: tuple[str, str] | None = None
    basis: str = ""
    wording_version: int | None = None
    evidence: str = ""


@needs_transaction
def record(
    batch: Sequence[NewConsent], *, actor: Actor, now: datetime, request: str = ""
) -> list[Consent]:
    """Append decisions; the latest by `decided_at` is the state, in whatever order they come."""
    purposes = queries.purposes_by_key()
    versions = queries.wordings_by_version({new.purpose for new in batch})
    rows = [
        _row(new, id=id, purposes=purposes, versions=versions, actor=actor, now=now,
             request=request)
        for new, id in zip(batch, ids.uuid7s(len(batch)), strict=True)
    ]  # fmt: skip
    Consent.objects.bulk_create(rows)
    return rows


@needs_transaction
def retract(
    consent_ids: Sequence[UUID], *, cause: str, actor: Actor, now: datetime
) -> list[Consent]:
    """Decisions nobody made, for what wrote them down is undone; those retracted by this."""
    known = Retraction.objects.filter(consent_id__in=list(consent_ids))
    before = set(known.values_list("consent_id", flat=True))
    rows = [one for one in Consent.objects.filter(id__in=list(consent_ids)) if one.id not in before]
    Retraction.objects.bulk_create(
        Retraction(id=id, customer_id=one.customer_id, consent_id=one.id, cause=cause,
                   retracted_at=now, actor=actor.id)
        for id, one in zip(ids.uuid7s(len(rows)), rows, strict=True)
    )  # fmt: skip
    return rows


def _row(
    new: NewConsent, *, id: UUID, purposes: Mapping[str, Purpose],
    versions: Mapping[tuple[str, int], Wording], actor: Actor, now: datetime, request: str,
) -> Consent:  # fmt: skip
    purpose = purposes.get(new.purpose)
    if purpose is None:
        raise InvalidInput(
            _("There is no purpose %(key)s.") % {"key": new.purpose}, field="purpose"
        )
    _refuse_wrong(new, purpose, now=now)
    return Consent(
        id=id, customer_id=new.family[0], speaks_for=list(new.family), purpose=purpose,
        channel=new.channel, address=hashes.of(*new.identity) if new.identity else b"",
        verdict=Consent.Verdict.GIVEN if new.is_given else Consent.Verdict.WITHDRAWN,
        basis=new.basis or purpose.basis, source=new.source,
        wording=_wording(new, versions), evidence=new.evidence,
        decided_at=new.decided_at, recorded_at=now, actor=actor.id, request=request,
    )  # fmt: skip


def _refuse_wrong(new: NewConsent, purpose: Purpose, *, now: datetime) -> None:
    if new.channel and new.channel not in purpose.channels:
        listed = ", ".join(purpose.channels)
        raise InvalidInput(
            _("This purpose uses %(channels)s.") % {"channels": listed}, field="channel"
        )
    if not new.source:
        raise InvalidInput(_("Say where the decision comes from."), field="source")
    if new.decided_at > now:
        raise InvalidInput(_("A decision is not made in the future."), field="decided_at")
    if len(new.evidence) > EVIDENCE_LENGTH_MAX:
        raise InvalidInput(_("This is too long."), field="evidence")
    if new.basis and new.basis not in Purpose.Basis.values:
        raise InvalidInput(
            _("Use %(bases)s.") % {"bases": ", ".join(Purpose.Basis.values)}, field="basis"
        )


def _wording(new: NewConsent, versions: Mapping[tuple[str, int], Wording]) -> Wording | None:
    """The version named; of what is given without one, the version in force."""
    if new.wording_version is not None:
        found = versions.get((new.purpose, new.wording_version))
        if found is None:
            raise InvalidInput(_("There is no such version of the words."), field="wording")
        return found
    if not new.is_given:
        return None
    known = [one for (purpose, _version), one in versions.items() if purpose == new.purpose]
    return max(known, key=lambda one: one.version, default=None)


@needs_transaction
def prefer(
    *, family: Sequence[UUID], frequency: str, paused_until: date | None, source: str,
    actor: Actor, now: datetime,
) -> Preference:  # fmt: skip
    if frequency not in Preference.Frequency.values:
        raise InvalidInput(
            _("Use %(frequencies)s.") % {"frequencies": ", ".join(Preference.Frequency.values)},
            field="frequency",
        )
    return Preference.objects.create(
        id=ids.uuid7(), customer_id=family[0], frequency=frequency, paused_until=paused_until,
        source=source, decided_at=now, actor=actor.id,
    )  # fmt: skip


@needs_transaction
def suppress(
    hashed: Iterable[tuple[str, bytes]], *, reason: str, actor: Actor, now: datetime,
    is_demo: bool = False,
) -> int:  # fmt: skip
    """Write to these addresses no more; one that is suppressed for this reason already stays so."""
    rows = [
        Suppression(id=ids.uuid7(), kind=kind, value_hmac=digest, reason=reason, since=now,
                    set_by=actor.id, is_demo=is_demo)
        for kind, digest in hashed
    ]  # fmt: skip
    return len(Suppression.objects.bulk_create(rows, ignore_conflicts=True))


@needs_transaction
def lift_suppressions(identities: Iterable[tuple[str, str]], *, actor: Actor, now: datetime) -> int:
    """The person behind these addresses agreed anew in person; an import never does this."""
    hashed = [hashes.of(kind, value) for kind, value in identities]
    standing = Suppression.objects.filter(value_hmac__in=hashed, lifted_at=None)
    return standing.update(lifted_at=now, lifted_by=actor.id)


@needs_transaction
def define_purpose(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Purpose:
    """A purpose by its key. New words are a new version; the same words change nothing."""
    _refuse_purpose(body)
    purpose, _made = Purpose.objects.update_or_create(
        key=body["key"],
        defaults={
            "labels": body["labels"], "basis": body["basis"],
            "channels": sorted(body["channels"]),
            "is_marketing": body.get("is_marketing", True),
            "is_profiling": body.get("is_profiling", False),
            "given_unless_refused": body.get("given_unless_refused", False),
            "assessment": body.get("assessment", ""), "position": body.get("position", 0),
            "retired_at": None,
        },
    )  # fmt: skip
    if texts := body.get("wording"):
        _publish(purpose, dict(texts), actor=actor, now=now)
    return purpose


def _refuse_purpose(body: Mapping[str, Any]) -> None:
    if body["basis"] not in Purpose.Basis.values:
        raise InvalidInput(
            _("Use %(bases)s.") % {"bases": ", ".join(Purpose.Basis.values)}, field="basis"
        )
    if not body["channels"] or set(body["channels"]) - set(CHANNELS):
        raise InvalidInput(
            _("Use at least one of %(channels)s.") % {"channels": ", ".join(CHANNELS)},
            field="channels",
        )
    if not body["labels"].get(companies.current().language):
        raise InvalidInput(_("Name the purpose in the company's language."), field="labels")
    unasked = body.get("given_unless_refused", False)
    if unasked and (body["basis"] != "legitimate_interest" or not body.get("assessment")):
        raise InvalidInput(
            _("Only a legitimate interest needs no consent, and its assessment is written down."),
            field="assessment",
        )


def _publish(purpose: Purpose, texts: dict[str, str], *, actor: Actor, now: datetime) -> None:
    newest = purpose.wordings.order_by("-version").first()
    if newest is None or newest.texts != texts:
        Wording.objects.create(
            purpose=purpose, version=newest.version + 1 if newest else 1, texts=texts,
            published_by=actor.id, published_at=now,
        )  # fmt: skip


@needs_transaction
def retire_purpose(key: str, *, now: datetime) -> None:
    """Nothing is done for it any more; what customers decided stays."""
    Purpose.objects.filter(key=key, retired_at=None).update(retired_at=now)
