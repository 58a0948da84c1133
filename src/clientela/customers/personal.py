"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.customers import sealed
from clientela.platform.declare import Erasing, Personal, holding_values

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

OF_HOUSEHOLD = "household_id = customers_household.id AND customer_id"
ALONE = (
    f"EXISTS (SELECT FROM customers_membership WHERE {OF_HOUSEHOLD} = ANY (%(family)s::uuid[]))"  # noqa: S608
    f" AND NOT EXISTS (SELECT FROM customers_membership WHERE {OF_HOUSEHOLD}"
    " <> ALL (%(family)s::uuid[]))"
)
# A household is called after somebody who is erased, and nobody who stays is called so.
NAMED_AFTER = (
    f"(EXISTS (SELECT FROM customers_membership WHERE {OF_HOUSEHOLD} = ANY (%(family)s::uuid[]))"  # noqa: S608
    " AND EXISTS (SELECT FROM unnest(%(words)s::text[]) AS known (word)"
    " WHERE strpos(lower(customers_household.name), lower(known.word)) > 0"
    " AND NOT EXISTS (SELECT FROM customers_membership AS stays JOIN customers_customer AS member"
    " ON member.id = stays.customer_id WHERE stays.household_id = customers_household.id"
    " AND stays.customer_id <> ALL (%(family)s::uuid[])"
    " AND strpos(lower(member.display_name), lower(known.word)) > 0)))"
)

TABLES: Mapping[str, Personal] = {
    "customers_identity": Personal(_("Phones, e-mails, numbers"), "contact", DELETE),
    "customers_identitykey": Personal(
        _("Phones, e-mails, numbers"), "contact", DELETE, is_handed=False
    ),
    "customers_fieldkey": Personal(_("Numbers of the record"), "record", DELETE, is_handed=False),
    "customers_externalid": Personal(_("Ids in other systems"), "contact", DELETE),
    "customers_fieldchange": Personal(
        _("What was changed"),
        "changes",
        DELETE,
        withheld=("actor",),
        dated="changed_at",
        opened=sealed.in_told_history,
    ),
    "customers_flaw": Personal(_("Values that break a rule"), "record", DELETE, is_handed=False),
    "customers_bulkrow": Personal(
        _("What was changed"), "changes", DELETE, withheld=("change_id",), is_handed=False
    ),
    "customers_bulkchange": Personal(
        _("Changes of whole lists"),
        "changes",
        CLEAR,
        cleared={"value": "NULL", "list_state": "'{}'", "problem": "'{}'"},
        of=holding_values("coalesce(value, '\"\"')", "list_state", "problem"),
        owner="NULL::uuid",
        is_handed=False,
    ),
    "customers_access": Personal(
        _("Who looked"),
        "access",
        CLEAR,
        cleared={"reason": "''"},
        withheld=("actor",),
        dated="seen_at",
    ),
    "customers_verification": Personal(
        _("How addresses were verified"), "contact", DELETE, withheld=("verified_by",)
    ),
    "customers_address": Personal(_("Postal addresses"), "contact", DELETE, withheld=("norm",)),
    "customers_relation": Personal(
        _("Relations"),
        "contact",
        DELETE,
        of=(
            "(customer_id = ANY (%(family)s::uuid[])"
            " OR other_customer_id = ANY (%(family)s::uuid[]))"
        ),
    ),
    "customers_household": Personal(
        _("Households"),
        "contact",
        CLEAR,
        cleared={"name": "'–'"},
        of=ALONE,
        besides=NAMED_AFTER,
        owner="NULL::uuid",
        is_handed=False,
    ),
    "customers_membership": Personal(
        _("Households"),
        "contact",
        DELETE,
        added={"household": "(SELECT name FROM customers_household WHERE id = told.household_id)"},
    ),
    "customers_customer": Personal(
        _("The record"),
        "record",
        CLEAR,
        cleared={
            "display_name": "'#' || number",
            "folded_name": "number::text",
            "sort_key": "number::text",
            "language": "''",
            "country": "''",
            "time_zone": "''",
            "attributes": "'{}'",
            "attributes_folded": "'{}'",
            "search": "NULL",
            "status": "CASE status WHEN 'tombstone' THEN status ELSE 'former' END",
            "version": "version + 1",
        },
        withheld=("folded_name", "sort_key", "attributes_folded", "search", "is_demo"),
        of="id = ANY (%(family)s::uuid[])",
        opened=sealed.in_told_record,
    ),
}
