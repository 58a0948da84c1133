"""Profile types are made, put in order, renamed, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clientela.customers.definitions import actions as definitions
from clientela.customers.definitions import queries
from clientela.customers.models import ProfileType
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

RIGHT = "customers.define"


@transactions.retried
def define_type(
    *, key: str, party: str, labels: Mapping[str, str], groups: Sequence[Mapping[str, Any]] = (),
    computed: Sequence[Mapping[str, Any]] = (), actor: Actor, now: datetime, request: str = "",
) -> ProfileType:  # fmt: skip
    """A new kind of customer; it has no fields yet."""
    actor.needs(RIGHT)
    with transactions.open():
        kind = definitions.define_type(
            key=key, party=party, labels=labels, groups=groups, computed=computed
        )
        _tell("profile_type.defined", kind, {}, actor=actor, now=now, request=request)
    return kind


@transactions.retried
def change_type(
    key: str, wanted: Mapping[str, Any], *, actor: Actor, now: datetime, request: str = ""
) -> ProfileType:
    """Change `labels`, `groups`, `computed` or `retired` of a type; what is left out stays."""
    actor.needs(RIGHT)
    with transactions.open():
        kind = queries.profile_type(key)
        changed = definitions.change_type(kind, now=now, **wanted)
        name = "profile_type.changed"
        if "retired_at" in changed:
            name = "profile_type.revived" if kind.retired_at is None else "profile_type.retired"
        if changed:
            _tell(name, kind, {"members": changed}, actor=actor, now=now, request=request)
    return kind


@transactions.retried
def put_types_in_order(
    keys: Sequence[str], *, actor: Actor, now: datetime, request: str = ""
) -> None:
    actor.needs(RIGHT)
    with transactions.open():
        definitions.put_types_in_order(keys)
        told = Happening("profile_type.changed", now, data={"members": ["position"]})
        events.emit([told], actor=actor, now=now, request=request)


def _tell(
    name: str, kind: ProfileType, data: Mapping[str, Any], *, actor: Actor, now: datetime,
    request: str,
) -> None:  # fmt: skip
    told = Happening(name, now, subject=kind.key, data={"type": kind.key, **data})
    events.emit([told], actor=actor, now=now, request=request)
