"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "products_holding": Personal(
        _("Holdings"),
        "contract",
        CLEAR,
        cleared={"number": "''", "serial": "''"},
        withheld=("is_demo",),
        dated="closed_on",
        added={"product": "(SELECT name FROM products_product WHERE id = told.product_id)"},
    ),
    "products_holder": Personal(_("Parts in holdings"), "contract", KEEP),
    "products_holdingkey": Personal(_("Numbers of holdings"), "contract", DELETE, is_handed=False),
}
