from __future__ import annotations

from typing import ClassVar

from clientela.imports import personal
from clientela.platform.declare import HouseApp


class ImportsApp(HouseApp):
    name = "clientela.imports"
    label = "imports"
    personal: ClassVar = personal.TABLES
