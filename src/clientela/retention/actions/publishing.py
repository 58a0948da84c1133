"""Offers and gates are published: a version never changes, the same text publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from clientela.platform import sql
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import after_commit, needs_transaction
from clientela.retention import queries
from clientela.retention.models import Gate, GateVersion, Offer, OfferVersion
from clientela.retention.rules import offers

COMPLAINT = {"fact": "issues.open_complaints", "op": "ge", "value": 1}
# What every installation starts with; each is changed or withdrawn like any other.
SHIPPED_GATES: tuple[dict[str, Any], ...] = (
    {
        "key": "complaint", "holds_back": "selling", "when": COMPLAINT,
        "sentences": {
            "en": "A complaint is open: nothing is sold until it is settled.",
            "es": "Hay una reclamación abierta: no se vende nada hasta resolverla.",
            "lv": "Ir atvērta sūdzība: līdz tās atrisināšanai neko nepārdod.",
        },
    },
    {
        "key": "arrears", "holds_back": "selling", "until": "flags.review_on",
        "when": {"fact": "flags.kinds", "op": "has_any", "value": ["arrears"]},
        "sentences": {
            "en": "Payments are late: nothing new until they are settled.",
            "es": "Hay pagos atrasados: nada nuevo hasta que se pongan al día.",
            "lv": "Maksājumi kavējas: nekā jauna, līdz tie nokārtoti.",
        },
    },
    {
        "key": "fraud", "holds_back": "everything",
        "when": {"fact": "flags.kinds", "op": "has_any", "value": ["fraud"]},
        "sentences": {
            "en": "Fraud is suspected: make no offers at all.",
            "es": "Se sospecha un fraude: no haga ninguna oferta.",
            "lv": "Aizdomas par krāpšanu: nekādu piedāvājumu.",
        },
    },
    {
        "key": "bereavement", "holds_back": "everything", "until": "flags.review_on",
        "when": {"fact": "flags.kinds", "op": "has_any", "value": ["bereavement"]},
        "sentences": {
            "en": "There was a death: make no offers.",
            "es": "Ha habido un fallecimiento: no haga ofertas.",
            "lv": "Ģimenē ir nāves gadījums: neizsakiet piedāvājumus.",
        },
    },
    {
        "key": "do-not-sell", "holds_back": "selling",
        "when": {"fact": "flags.kinds", "op": "has_any", "value": ["do_not_sell"]},
        "sentences": {
            "en": "The customer does not want to be sold anything.",
            "es": "El cliente no quiere que se le venda nada.",
            "lv": "Klients nevēlas saņemt piedāvājumus.",
        },
    },
    {
        "key": "vulnerable", "holds_back": "selling", "until": "flags.review_on",
        "when": {"fact": "flags.kinds", "op": "has_any", "value": ["vulnerable"]},
        "sentences": {
            "en": "No selling today: see the flag.",
            "es": "Hoy no se vende: vea el aviso.",
            "lv": "Šodien nepārdod: skatiet atzīmi.",
        },
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """`state` is new, changed or unchanged."""

    key: str
    version: int
    state: str


@needs_transaction
def publish_offer(
    body: Mapping[str, Any], *, catalogue: Catalogue, actor: Actor, now: datetime,
    is_demo: bool = False,
) -> Published:  # fmt: skip
    """Publish an offer's text as its next version; a withdrawn offer is there again."""
    read = offers.read_offer(body, catalogue)
    offer, is_new = Offer.objects.get_or_create(
        key=read.key, defaults={"offer_group": read.group, "is_demo": is_demo}
    )
    changes = {"offer_group": read.group, "withdrawn_at": None}
    Offer.objects.filter(id=offer.id).update(**changes)
    digest = digest_of(body)
    last = OfferVersion.objects.filter(offer=offer).order_by("-number").first()
    if last is not None and bytes(last.digest) == digest and offer.withdrawn_at is None:
        return Published(read.key, last.number, "unchanged")
    number = last.number + 1 if last else 1
    OfferVersion.objects.create(
        offer=offer, number=number, body=dict(body), digest=digest, published_by=actor.id,
        published_at=now,
    )  # fmt: skip
    after_commit(queries.forget)
    return Published(read.key, number, "new" if is_new else "changed")


@needs_transaction
def withdraw_offer(key: str, *, now: datetime) -> None:
    """An offer is not made any more; proposals that are out cannot be accepted."""
    Offer.objects.filter(id=queries.offer(key).id, withdrawn_at=None).update(withdrawn_at=now)
    after_commit(queries.forget)


@needs_transaction
def publish_gate(
    body: Mapping[str, Any], *, catalogue: Catalogue, actor: Actor, now: datetime
) -> Published:
    """Publish a gate's text as its next version."""
    read = offers.read_gate(body, catalogue)
    gate, is_new = Gate.objects.get_or_create(key=read.key)
    Gate.objects.filter(id=gate.id).update(withdrawn_at=None)
    digest = digest_of(body)
    last = GateVersion.objects.filter(gate=gate).order_by("-number").first()
    if last is not None and bytes(last.digest) == digest and gate.withdrawn_at is None:
        return Published(read.key, last.number, "unchanged")
    number = last.number + 1 if last else 1
    GateVersion.objects.create(
        gate=gate, number=number, body=dict(body), digest=digest, published_by=actor.id,
        published_at=now,
    )  # fmt: skip
    after_commit(queries.forget)
    return Published(read.key, number, "new" if is_new else "changed")


@needs_transaction
def ship_gates(*, catalogue: Catalogue, actor: Actor, now: datetime) -> None:
    """The gates of a new installation; nothing where there is any already."""
    if not Gate.objects.exists():
        for body in SHIPPED_GATES:
            publish_gate(body, catalogue=catalogue, actor=actor, now=now)


def digest_of(body: Mapping[str, Any]) -> bytes:
    """What the database makes of a text as it stores it, so that it can be checked there."""
    row = sql.execute(
        "SELECT sha256(convert_to(%s::jsonb::text, 'UTF8'))", [to_json(body).decode()]
    ).fetchone()
    assert row is not None
    return bytes(row[0])
