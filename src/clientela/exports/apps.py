from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.exports import personal as rows_about_customers
from clientela.platform.declare import HouseApp, Right


class ExportsApp(HouseApp):
    name = "clientela.exports"
    label = "exports"
    rights: ClassVar = (Right("customers.export", _("Take customers' data out as a file")),)
    personal: ClassVar = rows_about_customers.TABLES
