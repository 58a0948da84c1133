"""What lists may ask of what a customer bought."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, Rows, of_family
from clientela.platform.conditions.facts import Fact, Relation, Type

FACTS = (
    Fact("purchases.count", Type.NUMBER, _("Number of purchases")),
    Fact("purchases.last", Type.INSTANT, _("Last purchase")),
)
PURCHASES = Relation(
    "purchases",
    _("Purchases"),
    (
        Fact("purchase.bought", Type.INSTANT, _("Bought")),
        Fact("purchase.total", Type.MONEY, _("Total")),
        Fact("purchase.channel", Type.CHOICE, _("Channel")),
        Fact("purchase.place", Type.CHOICE, _("Place")),
    ),
)
_BOUGHT = f"""
    purchases_purchase AS purchase
    JOIN customers_customer AS buyer ON buyer.id = purchase.customer_id
    WHERE {of_family("buyer")}"""
COLUMNS = Columns(
    {
        "purchases.count": Column(f"(SELECT count(*)::numeric FROM {_BOUGHT})"),
        "purchases.last": Column(f"(SELECT max(purchase.purchased_at) FROM {_BOUGHT})"),
    },
    {
        "purchases": Rows(
            _BOUGHT,
            {
                "purchase.bought": Column("purchase.purchased_at"),
                "purchase.total": Column("purchase.total_minor", currency="purchase.currency"),
                "purchase.channel": Column("nullif(purchase.channel, '')"),
                "purchase.place": Column("nullif(purchase.place, '')"),
            },
        )
    },
)
