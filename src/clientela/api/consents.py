"""What customers agreed to: purposes, decisions, what stands on any day, letters for a purpose."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    ByPhone,
    Day,
    HouseRequest,
    Instant,
    Name,
    Text,
    email,
    public_id,
    reference,
)
from clientela.customers import queries as customers
from clientela.flows import choices, consents, write_marketing
from clientela.flows import purposes as defining
from clientela.flows.write_marketing import Written
from clientela.privacy import queries as privacy
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.models.consents import Consent, Purpose

doors = Doors(tags=["privacy"])
DECISIONS_MAX = 100


class PurposeBody(Body):
    """`given_unless_refused` needs a legitimate interest and its written assessment."""

    key: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    labels: dict[str, str]
    basis: StrictStr = "consent"
    channels: list[StrictStr]
    is_marketing: StrictBool = True
    is_profiling: StrictBool = False
    given_unless_refused: StrictBool = False
    assessment: Text = ""
    position: StrictInt = 0
    wording: dict[str, str] = {}


class PurposeOut(PurposeBody):
    version: int | None
    retired: bool


class PurposePage(Body):
    items: list[PurposeOut]
    next: str | None


class ChoiceAddress(Body):
    kind: Literal["email", "phone"]
    value: Name


class ConsentDecision(Body):
    """`channel` empty: every channel. `address`: one e-mail or phone only; without it the person.
    `wording`: the version that was shown; without it the one in force.
    """

    purpose: Name
    decision: Literal["given", "withdrawn"]
    source: Name
    channel: StrictStr = ""
    address: ChoiceAddress | None = None
    basis: StrictStr = ""
    wording: StrictInt | None = None
    evidence: Text = ""
    decided_at: Instant | None = None


class Decisions(Body):
    decisions: Annotated[list[ConsentDecision], Field(min_length=1, max_length=DECISIONS_MAX)]


class ConsentDecided(Body):
    id: str
    purpose: str
    channel: str
    of_address: bool
    decision: str
    basis: str
    source: str
    wording: int | None
    evidence: str
    decided_at: str
    recorded_at: str
    actor: str


class ConsentStanding(Body):
    purpose: str
    channel: str
    allowed: bool
    because: str


class Consents(Body):
    standing: list[ConsentStanding]
    decisions: list[ConsentDecided]
    frequency: str | None
    paused_until: str | None


class PreferenceBody(Body):
    frequency: StrictStr = "always"
    paused_until: Day | None = None
    source: Name


class PreferenceLetter(Body):
    purpose: Name
    subject: Name
    body: Annotated[Text, Field(min_length=1)]


class PreferencesSent(Body):
    id: str
    recipient: str
    state: str


class Link(Body):
    link: str


@doors.read("/purposes", right="privacy.view", answer=PurposePage, summary="List purposes")
def list_purposes(request: HouseRequest) -> dict[str, Any]:
    """What data is used for, on which basis and channels, with the words in force."""
    words = privacy.words_in_force()
    return {"items": [_purpose(one, words) for one in privacy.purposes(in_use=False)], "next": None}


@doors.write("POST", "/purposes", right="privacy.configure", answer=PurposeOut,
             summary="Define a purpose")  # fmt: skip
def define(request: HouseRequest, body: PurposeBody) -> dict[str, Any]:
    """By its key; other words are a new version, the same words change nothing."""
    purpose = defining.define_purpose(
        body.model_dump(), actor=request.actor, now=request.started_at
    )
    return _purpose(purpose, privacy.words_in_force())


@doors.read("/customers/{customer_id}/consents", right="privacy.view", answer=Consents,
            summary="What a customer agreed to")  # fmt: skip
def read(
    request: HouseRequest, customer_id: StrictStr, as_of: Annotated[Instant | None, Query()] = None
) -> dict[str, Any]:
    """What stands for each purpose and channel, now or at an instant in the past, and every
    decision that led to it.
    """
    return _consents(family_of(customer_id), as_of=as_of)


def _consents(family: list[UUID], *, as_of: datetime | None = None) -> dict[str, Any]:
    preference = privacy.preference_of(family)
    return {
        "standing": [
            {"purpose": one.purpose.key, "channel": one.channel,
             "allowed": one.answer.is_allowed, "because": one.answer.because}
            for one in privacy.state_of(family, as_of=as_of)
        ],
        "decisions": [_decided(one) for one in privacy.consents_of(family, as_of=as_of)],
        "frequency": preference.frequency if preference else None,
        "paused_until": _day(preference.paused_until) if preference else None,
    }  # fmt: skip


@doors.write("POST", "/customers/{customer_id}/consents", right="privacy.record", answer=Consents,
             summary="Write down decisions")  # fmt: skip
def record(request: HouseRequest, customer_id: StrictStr, body: Decisions) -> dict[str, Any]:
    """Decisions are appended; the latest by `decided_at` counts, in whatever order they come."""
    family = family_of(customer_id)
    batch = [
        NewConsent(
            family, one.purpose, one.decision == "given", one.source,
            one.decided_at or request.started_at, one.channel, _identity(one.address), one.basis,
            one.wording, one.evidence,
        )
        for one in body.decisions
    ]  # fmt: skip
    consents.record_consents(
        batch, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return _consents(family_of(customer_id))


@doors.write("POST", "/customers/{customer_id}/preferences", right="privacy.record",
             answer=Consents, summary="How often, until when not")  # fmt: skip
def prefer(request: HouseRequest, customer_id: StrictStr, body: PreferenceBody) -> dict[str, Any]:
    consents.prefer(
        family_of(customer_id)[0], consents.Preferred(body.frequency, body.paused_until),
        source=body.source, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _consents(family_of(customer_id))


@doors.read("/customers/{customer_id}/choices-link", right="privacy.record", answer=Link,
            summary="The customer's own page of choices")  # fmt: skip
def link(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """A signed address that works for 400 days, without signing in; for letters and receipts."""
    return {"link": choices.link_for(family_of(customer_id)[0], now=request.started_at)}


@doors.write("POST", "/customers/{customer_id}/letters", right="mail.write", answer=PreferencesSent,
             summary="Write for a purpose")  # fmt: skip
def write(request: HouseRequest, customer_id: StrictStr, body: PreferenceLetter) -> dict[str, Any]:
    """Refused where the customer does not agree; stopped when they refuse before it has left."""
    letter = write_marketing.write_marketing(
        family_of(customer_id)[0], Written(body.purpose, body.subject, body.body),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"id": letter.public_id, "recipient": letter.recipient, "state": letter.state}


def family_of(customer_id: str) -> list[UUID]:
    found = customers.family_of(public_id("cus", customer_id))
    if not found:
        raise customers.NoSuchCustomer
    return found


def _identity(address: ChoiceAddress | None) -> tuple[str, str] | None:
    if address is None:
        return None
    if address.kind == "email":
        return "email", email(address.value, field="address.value")
    return "phone", reference(ByPhone(phone=address.value), field="address").value


def _purpose(one: Purpose, words: Any) -> dict[str, Any]:
    shown = words.get(one.key)
    return {
        "key": one.key, "labels": one.labels, "basis": one.basis, "channels": one.channels,
        "is_marketing": one.is_marketing, "is_profiling": one.is_profiling,
        "given_unless_refused": one.given_unless_refused, "assessment": one.assessment,
        "position": one.position, "wording": shown.texts if shown else {},
        "version": shown.version if shown else None, "retired": one.retired_at is not None,
    }  # fmt: skip


def _decided(one: Consent) -> dict[str, Any]:
    return {
        "id": one.public_id, "purpose": one.purpose_id, "channel": one.channel,
        "of_address": bool(one.address), "decision": one.verdict, "basis": one.basis,
        "source": one.source, "wording": one.wording.version if one.wording else None,
        "evidence": one.evidence, "decided_at": one.decided_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(), "actor": one.actor,
    }  # fmt: skip


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
