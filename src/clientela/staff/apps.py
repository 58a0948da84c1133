from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.platform import labels
from clientela.platform.declare import HouseApp, Right
from clientela.staff import personal


class StaffApp(HouseApp):
    name = "clientela.staff"
    label = "staff"
    rights: ClassVar = (
        Right("staff.configure", _("Change the company's settings, people, roles and keys")),
    )
    personal: ClassVar = personal.TABLES

    def ready(self) -> None:
        """Words kept in several languages fall back to the company's."""
        labels.company_language[:] = [_language]


def _language() -> str:
    from clientela.staff import company

    return company.current().language
