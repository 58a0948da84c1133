"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP
TELLS = (
    "EXISTS (SELECT FROM unnest(%(values)s::text[]) AS known (word)"
    " WHERE position(convert_to(known.word, 'UTF8') IN answer) > 0"
    " OR strpos(route, known.word) > 0)"
)
NAMES = (
    "EXISTS (SELECT FROM regexp_matches(encode(answer, 'escape'), '_([0-9a-f]{32})', 'g')"
    " AS named (id) WHERE named.id[1] = ANY (%(marks)s::text[]))"
)

TABLES: Mapping[str, Personal] = {
    # Answers to repeated calls, kept thirty days: they may hold the record as it was.
    "staff_idempotentcall": Personal(
        _("Answers to other systems"),
        "record",
        CLEAR,
        cleared={"answer": "convert_to('application/json' || chr(10) || '{}', 'UTF8')"},
        of=f"(answer IS NOT NULL AND ({TELLS} OR {NAMES}))",
        is_handed=False,
    ),
}
