"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "mail_outgoingmail": Personal(
        _("Letters"),
        "communication",
        DELETE,
        withheld=("message_id", "written_by"),
        dated="queued_at",
    ),
}
