"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

DELETE = Erasing.DELETE

TABLES: Mapping[str, Personal] = {
    "notes_mention": Personal(
        _("Notes"), "communication", DELETE, withheld=("person",), dated="mentioned_at",
        is_handed=False,
    ),
    "notes_note": Personal(
        _("Notes"), "communication", DELETE, withheld=("written_by", "removed_by"),
        dated="written_at",
    ),
    "notes_task": Personal(
        _("Tasks"), "communication", DELETE, withheld=("owner", "made_by", "done_by"),
        dated="done_at",
    ),
    "notes_tagged": Personal(
        _("Tags"), "record", DELETE, withheld=("tagged_by",),
        added={"name": "(SELECT name FROM notes_tag WHERE key = told.tag_id)"},
    ),
    "notes_file": Personal(
        _("Files"), "communication", DELETE, withheld=("added_by", "removed_by", "digest"),
        dated="added_at",
    ),
}  # fmt: skip
