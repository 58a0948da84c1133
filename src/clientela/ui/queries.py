"""Reads of what people saved."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from clientela.platform.errors import NotThere
from clientela.ui.models import View

VIEWS_MAX = 200


class NoSuchView(NotThere):
    code = "no-such-view"
    title = "There is no such view"


def views(*, on: str, owner: str, roles: Collection[str]) -> list[View]:
    """Somebody's own views of a list, those of their teams, and those for everyone; by name."""
    return list(View.objects.filter(_visible(owner, roles), list=on, removed_at=None)[:VIEWS_MAX])


def view(view_id: UUID, *, owner: str, roles: Collection[str], removed: bool = False) -> View:
    found = View.objects.filter(_visible(owner, roles), id=view_id)
    one = found.filter(removed_at__isnull=not removed).first()
    if one is None:
        raise NoSuchView
    return one


def _visible(owner: str, roles: Collection[str]) -> Q:
    shared = Q(sharing=View.Sharing.TEAM, role__in=list(roles))
    return Q(owner=owner) | Q(sharing=View.Sharing.EVERYONE) | shared
