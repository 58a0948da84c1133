"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "purchases_purchase": Personal(
        _("Purchases"), "accounting", KEEP, withheld=("tx",), dated="purchased_at"
    ),
    "purchases_line": Personal(
        _("What was bought"),
        "accounting",
        CLEAR,
        cleared={"serial": "''"},
        added={"product": "(SELECT name FROM products_product WHERE id = told.product_id)"},
    ),
    "purchases_detail": Personal(_("Delivery and kinds of what was bought"), "accounting", KEEP),
    "purchases_return": Personal(
        _("Returns"),
        "accounting",
        CLEAR,
        cleared={"reason": "''"},
        withheld=("tx",),
        dated="returned_at",
    ),
    "purchases_returnline": Personal(_("What was returned"), "accounting", KEEP),
    "purchases_habitmonth": Personal(
        _("Spending habits by month"),
        "behaviour",
        DELETE,
        added={"category": "(SELECT key FROM products_category WHERE id = told.category_id)"},
    ),
    "purchases_habitprofile": Personal(
        _("Spending habits"), "behaviour", DELETE, withheld=("is_stale",)
    ),
    "purchases_habitstop": Personal(
        _("Spending habits that are not kept"), "consent", KEEP, is_handed=False
    ),
    "purchases_key": Personal(_("Purchases"), "accounting", KEEP, is_handed=False),
}
