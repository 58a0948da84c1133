from __future__ import annotations

from clientela.platform.declare import HouseApp


class UiApp(HouseApp):
    name = "clientela.ui"
    label = "ui"
