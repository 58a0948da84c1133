from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Check, Duty, Facts, Family, HouseApp, Panel, Right
from clientela.products import facts, personal, sentences


class ProductsApp(HouseApp):
    name = "clientela.products"
    label = "products"
    rights: ClassVar = (
        Right("products.view", _("See the catalogue and what customers hold")),
        Right("products.edit", _("Change the catalogue and what customers hold")),
    )
    panels: ClassVar = (Panel("holdings", "products_panel", "products.view"),)
    facts: ClassVar = (
        Facts(
            "products_panel", facts.read, facts.FACTS, (facts.HOLDINGS,), facts.COLUMNS,
            "products.view",
        ),
    )  # fmt: skip
    checks: ClassVar = (Check("holdings have their holders", "holders"),)
    sentences: ClassVar = sentences.BY_NAME
    family: ClassVar = {
        "products_holding": Family.READ_TOGETHER,
        "products_holder": Family.READ_TOGETHER,
        "products_holdingkey": Family.KEY,
    }
    personal: ClassVar = personal.TABLES
    duties: ClassVar = (Duty("contracts", _("Contracts that run"), "running_contracts"),)
