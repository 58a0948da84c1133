"""What a role may do is decided: the role and its line in the log, together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import roles
from clientela.staff.models import Role
from clientela.staff.roles import CONFIGURE


@transactions.retried
def make_role(
    *, name: str, wanted: Sequence[str], actor: Actor, now: datetime, request: str = ""
) -> Role:
    """A role of the company's own with these rights."""
    actor.needs(CONFIGURE)
    with transactions.open():
        role = roles.make(name=name, wanted=wanted, actor=actor)
        _tell("role.defined", role, actor=actor, now=now, request=request, rights=role.rights)
    return role


@transactions.retried
def change_role(
    key: str, *, wanted: Sequence[str], actor: Actor, now: datetime, name: str | None = None,
    request: str = "",
) -> Role:  # fmt: skip
    """Exactly these rights from now on, for everybody who has the role."""
    actor.needs(CONFIGURE)
    with transactions.open():
        role, given, taken = roles.change(key=key, wanted=wanted, name=name, actor=actor)
        if given or taken:
            _tell("role.changed", role, actor=actor, now=now, request=request, given=given,
                  taken=taken)  # fmt: skip
    return role


@transactions.retried
def remove_role(key: str, *, actor: Actor, now: datetime, request: str = "") -> Role:
    """A role that nobody has any more."""
    actor.needs(CONFIGURE)
    with transactions.open():
        role = roles.remove(key=key, actor=actor)
        _tell("role.removed", role, actor=actor, now=now, request=request)
    return role


def _tell(name: str, role: Role, *, actor: Actor, now: datetime, request: str, **data: Any) -> None:
    told = Happening(name, now, None, "", {"role": role.key, **data})
    events.emit([told], actor=actor, now=now, request=request)
