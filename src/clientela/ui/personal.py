"""How this app's rows about a customer are erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal, holding_values

TABLES: Mapping[str, Personal] = {
    # A list of somebody by name finds nobody any more.
    "ui_view": Personal(
        _("Saved lists"), "record", Erasing.DELETE, of=holding_values("name", "state"),
        owner="NULL::uuid", is_handed=False,
    ),
}  # fmt: skip
