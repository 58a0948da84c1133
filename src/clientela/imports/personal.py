"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    # By these an import is undone; without them it leaves those records as they are.
    "imports_written": Personal(
        _("What imports changed"),
        "record",
        DELETE,
        of="(owners && %(family)s::uuid[] OR records && %(family)s::uuid[])",
        is_handed=False,
    ),
    "imports_row": Personal(
        _("Rows of files that were refused"),
        "record",
        DELETE,
        of=(
            "EXISTS (SELECT FROM unnest(%(values)s::text[]) AS known (word)"
            " WHERE strpos(faults::text, known.word) > 0)"
        ),
        is_handed=False,
    ),
}
