from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Check, Family, HouseApp, ListFacts, Panel, Right
from clientela.purchases import facts, personal, sentences


class PurchasesApp(HouseApp):
    name = "clientela.purchases"
    label = "purchases"
    rights: ClassVar = (
        Right("purchases.view", _("See what customers bought")),
        Right("purchases.write", _("Record purchases and returns")),
    )
    panels: ClassVar = (
        Panel("purchases", "purchases_panel", "purchases.view"),
        Panel("habits", "purchases_habits_panel", "purchases.view"),
    )
    list_facts: ClassVar = (
        ListFacts(facts.FACTS, facts.COLUMNS, (facts.PURCHASES,), "purchases.view"),
    )
    checks: ClassVar = (
        Check("purchases are their lines and returns", "lines_add_up"),
        Check("purchases are in the look-up table", "keys"),
        Check("habits are what was bought", "habits_add_up"),
    )
    sentences: ClassVar = sentences.BY_NAME
    family: ClassVar = {
        "purchases_purchase": Family.READ_TOGETHER,
        "purchases_line": Family.READ_TOGETHER,
        "purchases_detail": Family.READ_TOGETHER,
        "purchases_return": Family.READ_TOGETHER,
        "purchases_returnline": Family.READ_TOGETHER,
        "purchases_key": Family.KEY,
        "purchases_habitmonth": Family.READ_TOGETHER,
        "purchases_habitprofile": Family.READ_TOGETHER,
        "purchases_habitstop": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
