"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal, holding_values

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

# What was wrong with a row stays, what stood in it goes.
WITHOUT_VALUES = (
    "(SELECT coalesce(jsonb_agg(jsonb_build_array(fault -> 0, fault -> 1, ("
    "SELECT coalesce(jsonb_object_agg(param.key, '–'), '{}') FROM jsonb_each(fault -> 2) AS param"
    " WHERE param.key <> 'sentence'))), '[]') FROM jsonb_array_elements(faults) AS fault)"
)
OF_THEIR_FILES = (
    "batch_id IN (SELECT batch_id FROM imports_written"
    " WHERE owners && %(family)s::uuid[] OR records && %(family)s::uuid[])"
)

TABLES: Mapping[str, Personal] = {
    # A row may hold a value by which nobody was ever known: then its file tells whose it is.
    "imports_row": Personal(
        _("Rows of files that were refused"), "record", CLEAR, cleared={"faults": WITHOUT_VALUES},
        of=f"({holding_values('faults')} OR {OF_THEIR_FILES})", owner="NULL::uuid",
        is_handed=False,
    ),
    # By these an import is undone; without them it leaves those records as they are.
    "imports_written": Personal(
        _("What imports changed"),
        "record",
        DELETE,
        of="(owners && %(family)s::uuid[] OR records && %(family)s::uuid[])",
        is_handed=False,
    ),
    "imports_batch": Personal(
        _("Files that were taken in"), "record", CLEAR,
        cleared={"file_name": "'–'", "problem": "'{}'"},
        of=holding_values("file_name", "problem"), owner="NULL::uuid", is_handed=False,
    ),
}  # fmt: skip
