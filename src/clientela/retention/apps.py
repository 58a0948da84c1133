from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Check, Facts, Family, HouseApp, Panel, Right
from clientela.retention import facts, personal, sentences


class RetentionApp(HouseApp):
    name = "clientela.retention"
    label = "retention"
    switch = "retention"
    title = _("Offers")
    rights: ClassVar = (
        Right("retention.view", _("See flags, needs and offers, and why they are made")),
        Right("retention.serve", _("Offer, record what came of it, set flags and note needs")),
        Right("retention.configure", _("Publish offers and the gates that hold them back")),
    )
    panels: ClassVar = (
        Panel("flags", "retention_panel_flags", "retention.view"),
        Panel("needs", "retention_panel_needs", "retention.view"),
        Panel("offers", "retention_panel_offers", "retention.view"),
    )
    facts: ClassVar = (
        Facts("retention_panel_flags", facts.read_flags, facts.FLAG_FACTS),
        Facts("retention_panel_needs", facts.read_needs, facts.NEED_FACTS, (facts.NEEDS,)),
    )
    checks: ClassVar = (
        Check("a proposal has one outcome", "one_outcome"),
        Check("later has a date", "later_has_a_day"),
        Check("published offers and gates are unchanged", "versions"),
        Check("what was proposed was held back by nothing", "gated_open"),
        Check("leads end when the holding opens", "won_leads"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = (
        "retention_offerversion",
        "retention_gateversion",
        "retention_decision",
        "retention_proposal",
        "retention_outcome",
    )
    family: ClassVar = {
        "retention_flag": Family.READ_TOGETHER,
        "retention_need": Family.READ_TOGETHER,
        "retention_decision": Family.READ_TOGETHER,
        "retention_proposal": Family.READ_TOGETHER,
        "retention_outcome": Family.READ_TOGETHER,
        "retention_lead": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
