from __future__ import annotations

from typing import ClassVar

from clientela.platform.declare import Family, HouseApp, Panel


class EventsApp(HouseApp):
    name = "clientela.events"
    label = "events"
    panels: ClassVar = (Panel("timeline", "events_panel", "customers.view"),)
    family: ClassVar = {"events_event": Family.READ_TOGETHER}
    append_only: ClassVar = ("events_event",)
