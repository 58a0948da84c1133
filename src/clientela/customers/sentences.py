"""What the log says of customers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from clientela.platform.declare import Sentence


def registered(data: Mapping[str, Any]) -> str:
    return _("Became a customer")


def changed(data: Mapping[str, Any]) -> str:
    count = len(data.get("fields", ()))
    return ngettext("%(count)d field was changed", "%(count)d fields were changed", count) % {
        "count": count
    }


def of_identity(phone: str, email: str, other: str) -> Sentence:
    """A sentence that names the two kinds everybody has, and calls the rest an identity."""
    words = {"phone": phone, "email": email}
    return lambda data: str(_(words.get(str(data.get("kind")), other)))


def plain(words: str) -> Sentence:
    return lambda data: str(_(words))


def removed(data: Mapping[str, Any]) -> str:
    return _("Removed, because the import that registered it was undone")


BY_NAME = {
    "customer.removed": removed,
    "customer.registered": registered,
    "customer.changed": changed,
    "identity.added": of_identity(
        gettext_noop("A phone number was added"),
        gettext_noop("An e-mail address was added"),
        gettext_noop("An identity was added"),
    ),
    "identity.withdrawn": of_identity(
        gettext_noop("A phone number was removed"),
        gettext_noop("An e-mail address was removed"),
        gettext_noop("An identity was removed"),
    ),
    "identity.preferred": of_identity(
        gettext_noop("Another phone number is used first"),
        gettext_noop("Another e-mail address is used first"),
        gettext_noop("Another identity is used first"),
    ),
    "identity.verified": of_identity(
        gettext_noop("A phone number was verified"),
        gettext_noop("An e-mail address was verified"),
        gettext_noop("An identity was verified"),
    ),
    "identity.shared": of_identity(
        gettext_noop("A phone number was marked as shared"),
        gettext_noop("An e-mail address was marked as shared"),
        gettext_noop("An identity was marked as shared"),
    ),
    "identity.unshared": of_identity(
        gettext_noop("A phone number is not shared any more"),
        gettext_noop("An e-mail address is not shared any more"),
        gettext_noop("An identity is not shared any more"),
    ),
    "identity.bounced": of_identity(
        gettext_noop("A phone number could not be reached"),
        gettext_noop("What was sent to an e-mail address came back"),
        gettext_noop("An identity could not be reached"),
    ),
    "identity.recovered": of_identity(
        gettext_noop("A phone number can be reached again"),
        gettext_noop("An e-mail address can be reached again"),
        gettext_noop("An identity can be reached again"),
    ),
    "identity.ended": of_identity(
        gettext_noop("A phone number is not the customer's any more"),
        gettext_noop("An e-mail address is not the customer's any more"),
        gettext_noop("An identity is not the customer's any more"),
    ),
    "address.added": plain(gettext_noop("An address was added")),
    "address.changed": plain(gettext_noop("An address was put right")),
    "address.ended": plain(gettext_noop("An address is over")),
    "address.removed": plain(
        gettext_noop("An address was removed, because the import that added it was undone")
    ),
    "relation.removed": plain(
        gettext_noop("A relation was removed, because the import that told it was undone")
    ),
    "relation.added": plain(gettext_noop("A relation to another customer was noted")),
    "relation.changed": plain(gettext_noop("Who may act for whom was changed")),
    "relation.ended": plain(gettext_noop("A relation to another customer ended")),
    "household.joined": plain(gettext_noop("Came into a household")),
    "household.changed": plain(gettext_noop("The place in a household changed")),
    "household.left": plain(gettext_noop("Left a household")),
    "customer.retyped": plain(gettext_noop("Moved to another profile type")),
    "profile_type.defined": plain(gettext_noop("A profile type was made")),
    "profile_type.changed": plain(gettext_noop("A profile type was changed")),
    "profile_type.retired": plain(gettext_noop("A profile type was retired")),
    "profile_type.revived": plain(gettext_noop("A profile type takes customers again")),
    "field.defined": plain(gettext_noop("A field was defined")),
    "field.changed": plain(gettext_noop("A field was changed")),
    "field.retired": plain(gettext_noop("A field was retired")),
    "field.revived": plain(gettext_noop("A field takes values again")),
    "sealing_key.made": plain(gettext_noop("Sensitive values are sealed with a new key")),
    "sealing_key.dropped": plain(gettext_noop("An old key of sensitive values was dropped")),
}
