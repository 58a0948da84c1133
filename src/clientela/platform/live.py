"""Telling the consoles that something a person waits for has changed: kind and id, nothing else.

What is told is lost where nobody listens; a page that comes back asks once for what it missed. Only
calls, queues and toasts are told, after the commit: inside a booking transaction `NOTIFY` makes
commits wait for each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from clientela.platform import sql
from clientela.platform.transactions import after_commit

CHANNEL = "clientela_live"
PEOPLE_MAX = 150  # what is told has at most 8,000 bytes
KINDS = ("call", "queue", "toast")


def tell(
    kind: str, subject: str, *, people: Iterable[UUID] = (), right: str = "", state: str = ""
) -> None:
    """Tell these people's consoles once the transaction is safe; `right`: those of all who have it.

    More than 150 people are told by nobody's name: give the right as well.
    """
    told = {
        "kind": kind, "id": subject, "state": state, "right": right,
        "to": [person.hex for person in list(people)[:PEOPLE_MAX]],
    }  # fmt: skip
    if told["to"] or right:
        after_commit(lambda: _notify(json.dumps(told)))


def _notify(payload: str) -> None:
    sql.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload], prepare=True)
