"""How this app's rows about a customer are erased; the files themselves go too."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal, holding_values

TABLES: Mapping[str, Personal] = {
    "exports_export": Personal(
        _("Exports"), "record", Erasing.CLEAR, cleared={"asked": "'{}'", "reason": "'–'"},
        of=holding_values("asked", "reason"), owner="NULL::uuid", is_handed=False,
    ),
}  # fmt: skip
