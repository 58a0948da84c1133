"""Reads of exports. Somebody sees their own; with the right `all`, everybody's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clientela.exports.models import Export
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import ALL, Actor

LIST_MAX = 200


class NoSuchExport(NotThere):
    code = "no-such-export"
    title = "There is no such export, or its link is over"


def get(id: UUID, *, actor: Actor) -> Export:
    found = Export.objects.filter(id=id).first()
    if found is None or (found.asked_by != actor.id and ALL not in actor.rights):
        raise NoSuchExport
    return found


def ready(id: UUID, *, actor: Actor, now: datetime) -> Export:
    """One whose file may still be fetched."""
    found = get(id, actor=actor)
    if found.state != Export.State.READY or found.link_until <= now or not found.file.is_file():
        raise NoSuchExport
    return found


def latest(actor: Actor, *, limit: int = 50, before: UUID | None = None) -> list[Export]:
    exports = Export.objects.all() if before is None else Export.objects.filter(id__lt=before)
    if ALL not in actor.rights:
        exports = exports.filter(asked_by=actor.id)
    return list(exports[: min(limit, LIST_MAX)])


def over(*, now: datetime, limit: int = 1_000) -> list[Export]:
    """Files that lie longer than they may."""
    return list(Export.objects.filter(state=Export.State.READY, link_until__lte=now)[:limit])
