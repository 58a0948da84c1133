"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "issues_issue": Personal(
        _("Issues"),
        "contract",
        CLEAR,
        cleared={"subject": "'–'", "search": "''::tsvector"},
        withheld=("opened_by", "complaint_by"),
        dated="opened_at",
    ),
    "issues_issuekey": Personal(_("Issues"), "contract", KEEP, is_handed=False),
    "issues_message": Personal(
        _("Messages"),
        "communication",
        CLEAR,
        cleared={"body": "'–'", "recipient": "''"},
        withheld=("author",),
    ),
    "issues_span": Personal(
        _("States of issues"), "contract", CLEAR, cleared={"reason": "''"}, withheld=("by",)
    ),
    "issues_assignment": Personal(
        _("Who answered for issues"),
        "contract",
        CLEAR,
        cleared={"why": "''"},
        withheld=("assigned_by",),
        is_handed=False,
    ),
    "issues_promise": Personal(
        _("Promises"),
        "contract",
        CLEAR,
        cleared={"words": "''", "reason": "CASE reason WHEN '' THEN '' ELSE '–' END"},
        withheld=("made_by", "owed_by", "kept_by", "released_by"),
    ),
    "issues_resolution": Personal(
        _("How issues ended"),
        "contract",
        CLEAR,
        cleared={"words": "'–'", "undone_reason": "''"},
        withheld=("resolved_by", "undone_by"),
    ),
    "issues_review": Personal(
        _("Reviews of the record"),
        "contract",
        CLEAR,
        cleared={"finding": "'–'", "next_step": "''"},
        withheld=("reviewed_by",),
    ),
}
