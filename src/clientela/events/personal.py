"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "events_event": Personal(
        _("What happened"), "record", KEEP, withheld=("tx", "actor", "request")
    ),
    "events_delivery": Personal(
        _("What other systems were told"),
        "record",
        KEEP,
        withheld=("next_try_at", "tries", "fault"),
    ),
}
