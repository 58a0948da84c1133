"""One request, one thread: what Django keeps for each task of a loop is kept for each thread.

Django asks for the language and the time zone at every word, day and figure of a page, through a
lock and a context of asyncio. The web process has threads and no loop, where a thread's own storage
says the same.
"""

from __future__ import annotations

import threading
from typing import Any

from django.urls import base as addresses
from django.utils import timezone
from django.utils.translation import trans_real as translation

PLACES: tuple[tuple[Any, str], ...] = (
    (translation, "_active"), (timezone, "_active"), (addresses, "_prefixes"),
    (addresses, "_urlconfs"),
)  # fmt: skip


def keep_by_thread() -> None:
    """Call it once, before the first request, in a process that serves without a loop."""
    for module, name in PLACES:
        kept = threading.local()
        if hasattr(before := getattr(module, name), "value"):
            kept.value = before.value
        setattr(module, name, kept)
