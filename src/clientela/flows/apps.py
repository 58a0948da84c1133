from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models.signals import post_migrate

from clientela.platform.declare import HouseApp


class FlowsApp(HouseApp):
    name = "clientela.flows"
    label = "flows"

    def ready(self) -> None:
        post_migrate.connect(after_migrations, sender=self)


def after_migrations(**_signal: Any) -> None:
    """The last app's migrations are done: lay the house out (also in every test database)."""
    from clientela.flows.lay_out import lay_out

    lay_out(now=datetime.now(UTC))
