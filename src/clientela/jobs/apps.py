from __future__ import annotations

from clientela.platform.declare import HouseApp


class JobsApp(HouseApp):
    name = "clientela.jobs"
    label = "jobs"
