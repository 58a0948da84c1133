from __future__ import annotations

from typing import ClassVar

from clientela.platform.declare import HouseApp
from clientela.ui import personal as rows_about_customers


class UiApp(HouseApp):
    name = "clientela.ui"
    label = "ui"
    personal: ClassVar = rows_about_customers.TABLES
