from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.issues import facts, personal, sentences
from clientela.platform.declare import Check, Duty, Facts, Family, HouseApp, Panel, Right


class IssuesApp(HouseApp):
    name = "clientela.issues"
    label = "issues"
    switch = "issues"
    title = _("Issues")
    rights: ClassVar = (
        Right("issues.view", _("See issues, promises and a customer's review")),
        Right("issues.answer", _("Open, answer, assign and resolve issues, and make promises")),
        Right("issues.release_promise", _("Release the company from a promise, with a reason")),
        Right("issues.configure", _("Change queues, states, causes and opening hours")),
    )
    panels: ClassVar = (
        Panel("issues", "issues_panel", "issues.view"),
        Panel("review", "issues_panel_review", "issues.view"),
    )
    facts: ClassVar = (
        Facts("issues_panel", facts.read, facts.FACTS, (), facts.COLUMNS, "issues.view"),
    )
    checks: ClassVar = (
        Check("promises end one way", "promises"),
        Check("resolved issues have a standing resolution", "resolutions"),
        Check("spans are an issue's whole life", "spans"),
        Check("somebody answers for every open issue", "assignments"),
        Check("issues are found by their number", "numbers"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = ("issues_message", "issues_review")
    family: ClassVar = {
        "issues_issue": Family.READ_TOGETHER,
        "issues_issuekey": Family.KEY,
        "issues_message": Family.READ_TOGETHER,
        "issues_span": Family.READ_TOGETHER,
        "issues_assignment": Family.READ_TOGETHER,
        "issues_promise": Family.READ_TOGETHER,
        "issues_resolution": Family.READ_TOGETHER,
        "issues_review": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
    duties: ClassVar = (Duty("issues", _("Open issues"), "open_issues"),)
