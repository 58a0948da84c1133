"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "warranty_unit": Personal(
        _("Things under warranty"),
        "contract",
        CLEAR,
        cleared={"serial": "''", "serial_fold": "''"},
        added={"product": "(SELECT name FROM products_product WHERE id = told.product_id)"},
    ),
    "warranty_policy": Personal(_("Warranties"), "contract", KEEP, withheld=("sold_by",)),
    "warranty_cover": Personal(_("What is covered"), "contract", KEEP),
    "warranty_cancellation": Personal(
        _("Warranties cancelled"),
        "contract",
        CLEAR,
        cleared={"reason": "'–'"},
        withheld=("cancelled_by",),
    ),
    "warranty_claim": Personal(
        _("Claims"), "contract", CLEAR, cleared={"symptom": "''"}, withheld=("opened_by",)
    ),
    "warranty_claimline": Personal(
        _("Parts of claims"), "contract", CLEAR, cleared={"words": "''"}
    ),
    "warranty_claimdecision": Personal(
        _("Decisions about claims"),
        "contract",
        CLEAR,
        cleared={"words": "''"},
        withheld=("decided_by",),
    ),
    "warranty_claimmove": Personal(
        _("Steps of claims"), "contract", CLEAR, cleared={"words": "''"}, withheld=("moved_by",)
    ),
    "warranty_remedy": Personal(_("Remedies"), "contract", KEEP, withheld=("begun_by",)),
    "warranty_settlement": Personal(
        _("Payments for claims"),
        "contract",
        CLEAR,
        cleared={"reference": "''"},
        withheld=("settled_by",),
    ),
    "warranty_limitentry": Personal(_("Use of limits"), "contract", KEEP, is_handed=False),
    "warranty_numberkey": Personal(_("Claims"), "contract", KEEP, is_handed=False),
}
