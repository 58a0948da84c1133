from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Carry, Check, Family, HouseApp, Panel, Right
from clientela.privacy import personal, sentences


class PrivacyApp(HouseApp):
    name = "clientela.privacy"
    label = "privacy"
    rights: ClassVar = (
        Right("privacy.view", _("See consents, objections and requests of customers")),
        Right("privacy.record", _("Write down consents, objections and requests of customers")),
        Right("privacy.decide", _("Hand over data, restrict and erase customers, set holds")),
        Right("privacy.configure", _("Set purposes, their words, and how long data is kept")),
    )
    panels: ClassVar = (Panel("privacy", "privacy_panel", "privacy.view"),)
    checks: ClassVar = (
        Check("restricted customers are hidden", "hidden"),
        Check("erased customers have nothing left", "nothing_left"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = (
        "privacy_consent",
        "privacy_retraction",
        "privacy_preference",
        "privacy_wording",
    )
    family: ClassVar = {
        "privacy_consent": Family.READ_TOGETHER,
        "privacy_retraction": Family.READ_TOGETHER,
        "privacy_preference": Family.READ_TOGETHER,
        "privacy_restriction": Family.READ_TOGETHER,
        "privacy_request": Family.READ_TOGETHER,
        "privacy_erasure": Family.READ_TOGETHER,
    }
    carries: ClassVar = (Carry("privacy", _("Restrictions"), "clientela.privacy.actions.carrying"),)
    personal: ClassVar = personal.TABLES
