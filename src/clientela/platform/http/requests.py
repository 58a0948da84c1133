"""What every request of the house carries, whichever door it came in by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from clientela.platform.http.actors import Actor


class HouseRequest(HttpRequest):
    """A request after the first middleware: read the clock here, never below a door."""

    request_id: str
    started_at: datetime
    actor: Actor
