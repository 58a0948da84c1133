"""What somebody typed into a form and did not save lies in their session until they are back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

HELD = "held"


def forget(values: Sequence[str]) -> int:
    """Drop what is kept of forms about a customer, or with one of these values in it; how many."""
    forgotten = 0
    for session in Session.objects.all().iterator():
        data = session.get_decoded()
        if _tells(data.get(HELD) or {}, values):
            del data[HELD]
            encoded = SessionStore().encode(data)
            Session.objects.filter(pk=session.pk).update(session_data=encoded)
            forgotten += 1
    return forgotten


def _tells(held: Mapping[str, Any], values: Sequence[str]) -> bool:
    told = unquote_plus(f"{held.get('address', '')} {held.get('body', '')}").casefold()
    return any(value.casefold() in told for value in values)
