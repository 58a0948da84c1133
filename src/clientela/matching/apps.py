from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.matching import facts, personal, sentences
from clientela.platform.declare import Check, Family, HouseApp, ListFacts, Right


class MatchingApp(HouseApp):
    name = "clientela.matching"
    label = "matching"
    rights: ClassVar = (
        Right("customers.merge", _("Merge customers, part them again, and decide duplicates")),
    )
    list_facts: ClassVar = (ListFacts(facts.FACTS, facts.COLUMNS, right="customers.merge"),)
    checks: ClassVar = (
        Check("merges are links that stand", "links"),
        Check("pairs and decisions name two customers", "pairs_name_customers"),
    )
    sentences: ClassVar = sentences.BY_NAME
    personal: ClassVar = personal.TABLES
    append_only: ClassVar = ("matching_mergedrecord",)
    family: ClassVar = {
        "matching_pair": Family.PAIR,
        "matching_notduplicate": Family.PAIR,
        "matching_merge": Family.READ_TOGETHER,
        "matching_mergedrecord": Family.READ_TOGETHER,
        "matching_reversal": Family.READ_TOGETHER,
    }
