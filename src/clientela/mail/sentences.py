"""What the log says of letters, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def sent(data: Mapping[str, Any]) -> str:
    return _("A letter was sent")


def failed(data: Mapping[str, Any]) -> str:
    return _("A letter could not be delivered")


def stopped(data: Mapping[str, Any]) -> str:
    return _("A letter was stopped: the customer does not want it")


BY_NAME = {"mail.sent": sent, "mail.failed": failed, "mail.stopped": stopped}
