"""What kinds of data there are about customers. Who sees and edits is set for each kind and role,
and may be set otherwise for a single field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class DataClass:
    """`sees`, `edits`: what a role may that nobody decided on. Values of a sensitive kind are
    masked until somebody who may reveal them says why.
    """

    key: str
    words: Promise
    sees: bool = True
    edits: bool = True
    sensitive: bool = False


SEE, EDIT, REVEAL = "customers.see:", "customers.edit:", "customers.reveal:"
GENERAL = "general"
CLASSES: tuple[DataClass, ...] = (
    DataClass(GENERAL, _("General")),
    DataClass("contact", _("Contact")),
    DataClass("personal", _("Personal")),
    DataClass("financial", _("Financial")),
    DataClass("identification", _("Identity documents"), edits=False, sensitive=True),
    DataClass("health", _("Health"), sees=False, edits=False, sensitive=True),
    DataClass("vulnerability", _("Vulnerability"), sees=False, edits=False, sensitive=True),
)
BY_KEY = {one.key: one for one in CLASSES}
SENSITIVE = frozenset(one.key for one in CLASSES if one.sensitive)

# Kinds of identities, and postal addresses, are of a kind of data, too; others are general.
OF_IDENTITIES = {
    "phone": "contact", "email": "contact", "account": "financial", "card": "financial",
    "address": "contact", "national-id": "identification", "passport": "identification",
}  # fmt: skip


def rights() -> Iterator[tuple[str, Promise]]:
    """What a program may be allowed; people see what is decided for their roles."""
    for one in CLASSES:
        yield (
            SEE + one.key,
            format_lazy(_("For a program: see data of the kind {kind}"), kind=one.words),
        )
    for one in CLASSES:
        words = _("For a program: see and change data of the kind {kind}")
        yield EDIT + one.key, format_lazy(words, kind=one.words)
    for one in CLASSES:
        if one.sensitive:
            words = _("For a program: reveal data of the kind {kind}, saying why")
            yield REVEAL + one.key, format_lazy(words, kind=one.words)


def of(key: str) -> DataClass:
    """A kind that nobody knows is treated as a general one."""
    return BY_KEY.get(key, BY_KEY[GENERAL])


def of_identity(kind: str) -> DataClass:
    return BY_KEY[OF_IDENTITIES.get(kind, GENERAL)]
