"""What the log says of customers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def registered(data: Mapping[str, Any]) -> str:
    return _("Became a customer")


def changed(data: Mapping[str, Any]) -> str:
    count = len(data.get("fields", ()))
    return ngettext("%(count)d field was changed", "%(count)d fields were changed", count) % {
        "count": count
    }


def identity_added(data: Mapping[str, Any]) -> str:
    kinds = {"phone": _("A phone number was added"), "email": _("An e-mail address was added")}
    return kinds.get(str(data.get("kind")), _("An identity was added"))


def identity_withdrawn(data: Mapping[str, Any]) -> str:
    kinds = {"phone": _("A phone number was removed"), "email": _("An e-mail address was removed")}
    return kinds.get(str(data.get("kind")), _("An identity was removed"))


BY_NAME = {
    "customer.registered": registered,
    "customer.changed": changed,
    "identity.added": identity_added,
    "identity.withdrawn": identity_withdrawn,
}
