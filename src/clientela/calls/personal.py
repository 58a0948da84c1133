"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

THEIRS = (
    "(id IN (SELECT call_id FROM calls_customercall WHERE customer_id = ANY (%(family)s::uuid[]))"
    " OR number = ANY (%(values)s::text[]))"
)

OF_THEIRS = f"call_id IN (SELECT id FROM calls_call WHERE {THEIRS})"  # noqa: S608
NAMED = "(SELECT customer_id FROM calls_customercall WHERE call_id = {} ORDER BY id DESC LIMIT 1)"

TABLES: Mapping[str, Personal] = {
    "calls_callevent": Personal(
        _("Reports of the telephone system"),
        "communication",
        CLEAR,
        cleared={"data": "'{}'"},
        of=OF_THEIRS,
        dated="received_at",
        owner=NAMED.format("calls_callevent.call_id"),
        is_handed=False,
    ),
    "calls_call": Personal(
        _("Calls"),
        "communication",
        CLEAR,
        cleared={"number": "''", "number_shown": "''"},
        withheld=("rung", "person_id", "settled_by"),
        of=THEIRS,
        dated="started_at",
        owner=NAMED.format("calls_call.id"),
    ),
    "calls_customercall": Personal(
        _("Calls"), "communication", DELETE, withheld=("named_by",), is_handed=False
    ),
    "calls_conversation": Personal(
        _("Conversations"),
        "communication",
        CLEAR,
        cleared={"note": "''"},
        withheld=("person_id",),
        dated="started_at",
    ),
}
