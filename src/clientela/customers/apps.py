from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.customers import data_classes, facts, personal, sealed_check, sentences
from clientela.platform.declare import Check, Facts, Family, HouseApp, ListFacts, Panel, Right


class CustomersApp(HouseApp):
    name = "clientela.customers"
    label = "customers"
    rights: ClassVar = (
        Right("customers.view", _("See customers, search them and open their record")),
        Right("customers.edit", _("Create customers and change their record")),
        Right("customers.define", _("Define profile types and their fields")),
        Right("customers.see_restricted", _("See customers whose record is restricted")),
        Right("customers.share_views", _("Share saved lists with a team or everyone")),
        Right("customers.quality", _("See and count how complete and valid the records are")),
        Right("customers.bulk_change", _("Change a field of many customers at once")),
        Right("customers.import", _("Load files of customers, products, holdings and purchases")),
        Right("customers.assign", _("Say to which branch and person a customer belongs")),
        Right("customers.audit", _("See who looked at which customers and what they revealed")),
        *(Right(key, words) for key, words in data_classes.rights()),
        Right("customers.undo_import", _("Undo whole imports")),
    )
    panels: ClassVar = (
        Panel("customer", "customers_panel", "customers.view", "customers_panel_veiled"),
        Panel(
            "identities",
            "customers_panel_identities",
            "customers.view",
            "customers_panel_identities_veiled",
        ),
        Panel("kin", "customers_panel_kin", "customers.view"),
    )
    list_facts: ClassVar = (ListFacts(facts.LISTED, facts.LISTED_COLUMNS, (facts.IDENTITIES,)),)
    facts: ClassVar = (Facts("customers_panel", facts.read, facts.FACTS, columns=facts.COLUMNS),)
    checks: ClassVar = (
        Check("merged customers point to a survivor", "tombstones"),
        Check("identities are in the look-up table", "keys"),
        Check("relations and households have their customers", "kin"),
        Check("sealed values open where they stand", run=sealed_check.opens),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = ("customers_access",)
    family: ClassVar = {
        "customers_customer": Family.ROOT,
        "customers_identity": Family.READ_TOGETHER,
        "customers_verification": Family.READ_TOGETHER,
        "customers_address": Family.READ_TOGETHER,
        "customers_relation": Family.READ_TOGETHER,
        "customers_membership": Family.READ_TOGETHER,
        "customers_identitykey": Family.KEY,
        "customers_externalid": Family.KEY,
        "customers_fieldkey": Family.KEY,
        "customers_fieldchange": Family.READ_TOGETHER,
        "customers_bulkrow": Family.READ_TOGETHER,
        "customers_flaw": Family.READ_TOGETHER,
        "customers_access": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
