from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models.signals import post_migrate

from clientela.platform.declare import Check, HouseApp


class FlowsApp(HouseApp):
    name = "clientela.flows"
    label = "flows"
    checks: ClassVar = (Check("missed calls are promised to be called back", "callbacks"),)

    def ready(self) -> None:
        from clientela.flows.partnering import jobs  # noqa: F401 (its tasks are known by it)

        post_migrate.connect(after_migrations, sender=self)


def after_migrations(**_signal: Any) -> None:
    """The last app's migrations are done: lay the house out (also in every test database)."""
    from clientela.flows.lay_out import lay_out

    lay_out(now=datetime.now(UTC))
