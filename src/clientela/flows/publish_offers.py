"""Offers and gates are published, checked against all facts there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.flows import facts
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.retention.actions import publishing
from clientela.retention.actions.publishing import Published


@transactions.retried
def publish_offer(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Published:
    with transactions.open():
        return publishing.publish_offer(body, catalogue=facts.catalogue(), actor=actor, now=now)


@transactions.retried
def publish_gate(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Published:
    with transactions.open():
        return publishing.publish_gate(body, catalogue=facts.catalogue(), actor=actor, now=now)


def withdraw_offer(key: str, *, now: datetime) -> None:
    with transactions.open():
        publishing.withdraw_offer(key, now=now)
