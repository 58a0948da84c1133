from __future__ import annotations

from clientela.platform.declare import HouseApp


class ConsoleApp(HouseApp):
    name = "clientela.console"
    label = "console"
