from __future__ import annotations

from clientela.platform.declare import HouseApp


class ImportsApp(HouseApp):
    name = "clientela.imports"
    label = "imports"
