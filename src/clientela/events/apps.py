from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.events import personal
from clientela.platform.declare import Family, HouseApp, Panel, Right


class EventsApp(HouseApp):
    name = "clientela.events"
    label = "events"
    panels: ClassVar = (Panel("timeline", "events_panel", "customers.view"),)
    rights: ClassVar = (
        Right("events.subscribe", _("Send what happens to other systems by webhooks")),
    )
    family: ClassVar = {
        "events_event": Family.READ_TOGETHER,
        "events_delivery": Family.READ_TOGETHER,
    }
    append_only: ClassVar = ("events_event",)
    personal: ClassVar = personal.TABLES
