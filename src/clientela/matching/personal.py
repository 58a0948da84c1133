"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.matching.sealed import in_told_merge
from clientela.platform.declare import Erasing, Personal

EITHER = (
    "(customer_id = ANY (%(family)s::uuid[]) OR other_id = ANY (%(family)s::uuid[]))"  # one of two
)
# Merges that were taken back: what stood in the record then is kept with another customer's.
MERGES_ONCE = (
    "SELECT merge_id FROM matching_mergedrecord WHERE customer_id = ANY (%(family)s::uuid[])"
)

TABLES: Mapping[str, Personal] = {
    "matching_pair": Personal(
        _("Records that look alike"), "record", Erasing.DELETE, of=EITHER, is_handed=False,
        dated="found_at",
    ),
    "matching_notduplicate": Personal(
        _("Found not to be the same"), "record", Erasing.DELETE, of=EITHER,
        withheld=("customer_id", "other_id", "decided_by"), dated="decided_at",
    ),
    "matching_merge": Personal(
        _("Merged records"), "record", Erasing.CLEAR,
        cleared={"before": "'{}'", "after": "'{}'", "choices": "'{}'", "reason": "''"},
        besides=f"id IN ({MERGES_ONCE})", withheld=("made_by",), dated="made_at",
        opened=in_told_merge,
    ),
    "matching_mergedrecord": Personal(
        _("Merged records"), "record", Erasing.KEEP, is_handed=False
    ),
    "matching_reversal": Personal(
        _("Merges taken back"), "record", Erasing.CLEAR,
        cleared={"chosen": "'{}'", "reason": "''"},
        besides=f"merge_id IN ({MERGES_ONCE})", withheld=("reversed_by",),
        dated="reversed_at",
    ),
}  # fmt: skip
