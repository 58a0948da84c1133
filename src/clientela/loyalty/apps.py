from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.loyalty import sentences
from clientela.platform.declare import Check, Family, HouseApp, Panel, Right


class LoyaltyApp(HouseApp):
    name = "clientela.loyalty"
    label = "loyalty"
    switch = "loyalty"
    title = _("Points")
    rights: ClassVar = (Right("loyalty.view", _("See customers' points and how they were earned")),)
    panels: ClassVar = (Panel("points", "loyalty_panel", "loyalty.view"),)
    checks: ClassVar = (
        Check("balances are ledgers", "balances"),
        Check("lots are what allocations left of them", "lots"),
        Check("every entry has its cause", "causes"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = (
        "loyalty_posting",
        "loyalty_entry",
        "loyalty_allocation",
        "loyalty_ruleversion",
    )
    family: ClassVar = {
        "loyalty_account": Family.READ_TOGETHER,
        "loyalty_posting": Family.READ_TOGETHER,
        "loyalty_entry": Family.READ_TOGETHER,
        "loyalty_lot": Family.READ_TOGETHER,
        "loyalty_allocation": Family.READ_TOGETHER,
    }
