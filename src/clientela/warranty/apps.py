from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Check, Duty, Family, HouseApp, ListFacts, Panel, Right
from clientela.warranty import facts, personal, sentences


class WarrantyApp(HouseApp):
    name = "clientela.warranty"
    label = "warranty"
    switch = "warranty"
    title = _("Warranty")
    rights: ClassVar = (
        Right("warranty.view", _("See what is covered, until when and why")),
        Right("warranty.claim", _("Open claims, carry them out and settle them")),
        Right("warranty.decide", _("Decide claims of others")),
        Right("warranty.sell", _("Sell and cancel covers")),
        Right("warranty.configure", _("Define warranty plans and their terms")),
    )
    panels: ClassVar = (Panel("covers", "warranty_panel", "warranty.view"),)
    list_facts: ClassVar = (
        ListFacts(facts.FACTS, facts.COLUMNS, (facts.COVERS,), "warranty.view"),
    )
    checks: ClassVar = (
        Check("covers follow from their terms and the law", "covers_follow"),
        Check("a stack runs one policy at a time", "stacks"),
        Check("limits used are approved claims", "limits_used"),
        Check("settled claims have decision and settlement", "settled"),
        Check("claims pay what their lines pay", "claim_sums"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = (
        "warranty_claimdecision",
        "warranty_claimmove",
        "warranty_limitentry",
        "warranty_settlement",
        "warranty_cancellation",
    )
    family: ClassVar = {
        "warranty_unit": Family.READ_TOGETHER,
        "warranty_policy": Family.READ_TOGETHER,
        "warranty_cover": Family.READ_TOGETHER,
        "warranty_cancellation": Family.READ_TOGETHER,
        "warranty_claim": Family.READ_TOGETHER,
        "warranty_claimline": Family.READ_TOGETHER,
        "warranty_claimdecision": Family.READ_TOGETHER,
        "warranty_claimmove": Family.READ_TOGETHER,
        "warranty_remedy": Family.READ_TOGETHER,
        "warranty_settlement": Family.READ_TOGETHER,
        "warranty_limitentry": Family.READ_TOGETHER,
        "warranty_numberkey": Family.KEY,
    }
    personal: ClassVar = personal.TABLES
    duties: ClassVar = (Duty("promises", _("Open claims and paid warranties"), "open_promises"),)
