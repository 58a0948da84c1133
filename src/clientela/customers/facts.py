"""What conditions may ask of the customer's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from clientela.customers.rules.expressions import expression
from clientela.customers.rules.values import FieldType
from clientela.platform.conditions.columns import Column, Columns, Rows, of_family
from clientela.platform.conditions.facts import Fact, Relation, Type

FACTS = (
    Fact("customer.name", Type.TEXT, _("Name")),
    Fact("customer.type", Type.CHOICE, _("Profile type")),
    Fact("customer.status", Type.CHOICE, _("Status")),
    Fact("customer.language", Type.CHOICE, _("Language")),
    Fact("customer.country", Type.CHOICE, _("Country")),
    Fact("customer.city", Type.TEXT, _("City")),
    Fact("customer.since", Type.DATE, _("Customer since")),
    Fact("customer.years", Type.NUMBER, _("Years as a customer")),
    Fact("customer.age", Type.NUMBER, _("Age")),
)
_TODAY = "to_char(%(today)s::date, 'YYYYMMDD')::int"
_BORN = "(customer.attributes ->> 'birth_date')"
COLUMNS = Columns({
    "customer.name": Column("customer.display_name", folded="customer.folded_name"),
    "customer.type": Column(
        "(SELECT kind.key FROM customers_profiletype AS kind"
        " WHERE kind.id = customer.profile_type_id)"
    ),
    "customer.status": Column("customer.status"),
    "customer.language": Column("nullif(customer.language, '')"),
    "customer.country": Column("nullif(customer.country, '')"),
    "customer.city": Column(
        "(customer.attributes ->> 'city')",
        folded="(customer.attributes_folded ->> 'city')", reveals=("city",),
    ),
    "customer.since": Column("customer.known_since"),
    "customer.years": Column(
        f"CASE WHEN customer.known_since <= %(today)s::date THEN"
        f" (({_TODAY} - to_char(customer.known_since, 'YYYYMMDD')::int) / 10000)::numeric END"
    ),
    "customer.age": Column(
        f"CASE WHEN {_BORN} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'"
        f" AND replace({_BORN}, '-', '')::int <= {_TODAY}"
        f" THEN (({_TODAY} - replace({_BORN}, '-', '')::int) / 10000)::numeric END",
        reveals=("birth_date",),
    ),
})  # fmt: skip

LISTED = (
    Fact("customer.number", Type.NUMBER, _("Number")),
    Fact("customer.last_activity", Type.INSTANT, _("Last activity")),
    Fact("customer.flaws", Type.LIST, _("Faulty fields")),
)
IDENTITIES = Relation(
    "identities",
    _("Phones, addresses and numbers"),
    (
        Fact("identity.kind", Type.CHOICE, _("Kind of identity")),
        Fact("identity.value", Type.TEXT, _("Value")),
        Fact("identity.shared", Type.FLAG, _("Shared with others")),
        Fact("identity.added", Type.INSTANT, _("Added")),
        Fact("identity.verified", Type.FLAG, _("Verified")),
        Fact("identity.bounces", Type.FLAG, _("Bounces")),
    ),
)
_VERIFIED = """(EXISTS (
    SELECT FROM customers_verification AS verification
    WHERE verification.customer_id = identity.customer_id
        AND verification.identity_id = identity.id
        AND (verification.valid_until IS NULL OR verification.valid_until >= %(today)s::date)
))"""
LISTED_COLUMNS = Columns(
    {
        "customer.number": Column("customer.number::numeric"),
        "customer.last_activity": Column("customer.last_activity_at"),
        "customer.flaws": Column(
            "nullif(ARRAY(SELECT flaw.field FROM customers_flaw AS flaw"
            " WHERE flaw.customer_id = customer.id ORDER BY flaw.field), '{}')"
        ),
    },
    {
        "identities": Rows(
            "customers_identity AS identity"
            " JOIN customers_customer AS named ON named.id = identity.customer_id"
            f" WHERE {of_family('named')} AND identity.kind <> ALL (%(unshown)s::text[])"
            " AND identity.ended_at IS NULL",
            {
                "identity.kind": Column("identity.kind"),
                "identity.value": Column("identity.value_shown", folded="identity.value_norm"),
                "identity.shared": Column("identity.shared"),
                "identity.added": Column("identity.added_at"),
                "identity.verified": Column(_VERIFIED),
                "identity.bounces": Column("(identity.bounced_at IS NOT NULL)"),
            },
        )
    },
)


def read(block: Mapping[str, Any], today: date) -> dict[str, Any]:
    attributes = block.get("attributes") or {}
    known = {f"customer.{name}": block.get(name) for name in ("type", "status", "language",
                                                              "country", "since")}  # fmt: skip
    return {
        **{f"customer.{key}": value for key, value in attributes.items()},
        **known,
        "customer.name": block.get("name"),
        "customer.city": attributes.get("city"),
        "customer.years": _years(block.get("since"), today),
        "customer.age": _years(attributes.get("birth_date"), today),
    }


def _years(since: Any, today: date) -> int | None:
    """Whole years from a day until today; None when it is not known."""
    try:
        first = date.fromisoformat(since) if isinstance(since, str) else None
    except ValueError:
        return None
    if first is None or first > today:
        return None
    return today.year - first.year - ((today.month, today.day) < (first.month, first.day))


def column_of(key: str, kind: FieldType) -> Column:
    """How a field of the profile is asked: by the very expression that its index is built on."""
    found = expression(kind, key, row="customer")
    return Column(found.sql, found.folded, found.currency, found.kept, reveals=(key,))
