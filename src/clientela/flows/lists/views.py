"""Lists that people saved: their own, their team's, everyone's, and the one a role sees first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.flows.lists import reading
from clientela.flows.lists.known import Known
from clientela.flows.lists.state import ListState, of_json
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput, RightMissing
from clientela.platform.http.actors import Actor
from clientela.staff import queries as staff
from clientela.staff.company import Company
from clientela.ui import actions, queries
from clientela.ui.models import View

CUSTOMERS = "customers"
SHARE = "customers.share_views"


@dataclass(frozen=True, slots=True)
class Shared:
    """Who sees a view; `role` where it is a team, `default_for` the role that sees it first."""

    sharing: str = View.Sharing.PRIVATE
    role: str = ""
    default_for: str = ""


def views_for(actor: Actor) -> list[View]:
    return queries.views(on=CUSTOMERS, owner=actor.id, roles=staff.roles_of(actor.id))


def view_for(actor: Actor, view_id: UUID) -> View:
    """NoSuchView also where it is somebody else's."""
    return queries.view(view_id, owner=actor.id, roles=staff.roles_of(actor.id))


def default_of(views: list[View], roles: list[str]) -> View | None:
    """What somebody with these roles sees first, if any of them has a default."""
    return next((one for one in views if one.default_for in roles), None)


def state_of(view: View) -> ListState:
    return of_json(view.state)


def seen(state: ListState, known: Known) -> ListState:
    """A shared view without the columns that this reader may not see, or that are no more."""
    there = {*reading.PRIMARY, *known.calculated, *known.shown}
    shown = tuple(key for key in state.columns if key in there)
    return state.with_(columns=shown)


@transactions.retried
def save(
    *, name: str, state: ListState, shared: Shared, actor: Actor, company: Company, now: datetime,
    view_id: UUID | None = None,
) -> View:  # fmt: skip
    """Save a list; whoever saves it must be able to read it. Only its owner replaces it."""
    reading.reading(state, actor=actor, company=company, now=now)
    _may_share(shared, actor)
    with transactions.open():
        if view_id is not None:
            _own(actor, view_id)
        return actions.save_view(
            on=CUSTOMERS, name=name, state=state.as_json(), owner=actor.id, now=now,
            sharing=shared.sharing, role=shared.role, default_for=shared.default_for,
            view_id=view_id,
        )  # fmt: skip


@transactions.retried
def remove(view_id: UUID, *, actor: Actor, now: datetime) -> View:
    with transactions.open():
        found = _own(actor, view_id)
        actions.remove_view(view_id, now=now)
    return found


@transactions.retried
def restore(view_id: UUID, *, actor: Actor) -> View:
    """Take back that it was removed."""
    with transactions.open():
        found = queries.view(view_id, owner=actor.id, roles=staff.roles_of(actor.id), removed=True)
        actions.restore_view(view_id)
    return found


def _own(actor: Actor, view_id: UUID) -> View:
    """A view to be changed: one's own, or with the right to share any that is shared."""
    found = view_for(actor, view_id)
    if found.owner != actor.id and not actor.may(SHARE):
        raise RightMissing(f"This view is somebody else's; it needs {SHARE}.", right=SHARE)
    return found


def _may_share(shared: Shared, actor: Actor) -> None:
    known: dict[str, Any] = {role.key: role for role in staff.roles()}
    if shared.sharing not in View.Sharing.values:
        raise InvalidInput("Share with private, team or everyone.", field="sharing")
    if (shared.sharing == View.Sharing.TEAM) != bool(shared.role):
        raise InvalidInput("Name the role of the team, and only for a team.", field="role")
    for name, role in (("role", shared.role), ("default_for", shared.default_for)):
        if role and role not in known:
            raise InvalidInput("There is no such role.", field=name)
    if shared.default_for and shared.sharing == View.Sharing.PRIVATE:
        raise InvalidInput("What a role sees first is shared.", field="default_for")
    if shared.default_for and shared.role not in ("", shared.default_for):
        raise InvalidInput("A team's view is the default of that team.", field="default_for")
    if shared != Shared():
        actor.needs(SHARE)
