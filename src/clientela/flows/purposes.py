"""Purposes an installation begins with, and their definition by people of the company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.privacy import queries as privacy
from clientela.privacy.actions import consents, periods
from clientela.privacy.faults import NoSuchPurpose
from clientela.privacy.models.consents import Purpose

SHIPPED: tuple[dict[str, Any], ...] = (
    {
        "key": "news", "basis": "consent", "channels": ["email", "sms", "phone", "post"],
        "is_marketing": True, "position": 0,
        "labels": {"en": "News and offers", "es": "Novedades y ofertas",
                   "lv": "Jaunumi un piedāvājumi"},
        "wording": {
            "en": "I agree to be sent news and offers. I can refuse at any time.",
            "es": "Acepto recibir novedades y ofertas. Puedo negarme cuando quiera.",
            "lv": "Piekrītu saņemt jaunumus un piedāvājumus. Varu atteikties jebkurā laikā.",
        },
    },
    {
        "key": "surveys", "basis": "consent", "channels": ["email", "phone"],
        "is_marketing": True, "position": 1,
        "labels": {"en": "Surveys", "es": "Encuestas", "lv": "Aptaujas"},
        "wording": {
            "en": "I agree to be asked now and then how satisfied I am.",
            "es": "Acepto que se me pregunte de vez en cuando si estoy satisfecho.",
            "lv": "Piekrītu, ka man reizēm jautā, cik esmu apmierināts.",
        },
    },
)  # fmt: skip


def ship(*, now: datetime) -> None:
    """On a new installation: two purposes, and the periods, which are switched off."""
    if not Purpose.objects.exists():
        for body in SHIPPED:
            consents.define_purpose(body, actor=SYSTEM, now=now)
    periods.ship(actor=SYSTEM, now=now)


@transactions.retried
def define_purpose(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Purpose:
    with transactions.open():
        return consents.define_purpose(body, actor=actor, now=now)


@transactions.retried
def retire_purpose(key: str, *, now: datetime) -> None:
    """Nothing is done for it from now on; the decisions stay."""
    with transactions.open():
        if key not in privacy.purposes_by_key():
            raise NoSuchPurpose
        consents.retire_purpose(key, now=now)
