"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "retention_flag": Personal(
        _("Flags"), "behaviour", DELETE, withheld=("set_by", "cleared_by"), dated="cleared_at"
    ),
    "retention_need": Personal(
        _("Needs"), "behaviour", DELETE, withheld=("noted_by", "closed_by"), dated="closed_at"
    ),
    "retention_outcome": Personal(
        _("What was said of offers"),
        "behaviour",
        DELETE,
        withheld=("recorded_by",),
        dated="recorded_at",
    ),
    "retention_lead": Personal(
        _("Offers that were accepted"),
        "behaviour",
        DELETE,
        withheld=("owner", "closed_by"),
        dated="closed_at",
    ),
    "retention_proposal": Personal(
        _("Offers made"),
        "behaviour",
        DELETE,
        dated="shown_at",
        added={"offer": "(SELECT key FROM retention_offer WHERE id = told.offer_id)"},
    ),
    "retention_decision": Personal(
        _("Decisions about offers"), "behaviour", DELETE, withheld=("actor",), dated="decided_at"
    ),
}
