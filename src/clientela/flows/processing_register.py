"""The record of processing (Article 30), printed from what the house knows: fields, purposes,
who may see them, how long they are kept, who receives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from clientela.customers import data_classes
from clientela.customers import queries as customers
from clientela.customers.sight import may_of
from clientela.events import queries as events
from clientela.flows import readable
from clientela.flows.erasing import reach
from clientela.platform.http.actors import ALL, Actor
from clientela.privacy import queries as privacy
from clientela.privacy.words import BASES, CLASSES
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label


def register(*, language: str, now: datetime) -> dict[str, Any]:
    """As data, worded in a language."""
    company = companies.current()
    with translation.override(language):
        return {
            "company": company.name, "made_on": company.today(now).isoformat(),
            "language": language, "purposes": list(_purposes()), "kinds": list(_kinds()),
            "fields": list(_fields()), "receivers": list(_receivers()),
        }  # fmt: skip


def page(found: dict[str, Any]) -> str:
    """The same as a document to be printed."""
    with translation.override(found["language"]):
        body = render_to_string("privacy/register.html", found)
        return readable.document(_("Record of processing"), body)


def _purposes() -> Iterator[dict[str, Any]]:
    words = privacy.words_in_force()
    for one in privacy.purposes():
        shown = words.get(one.key)
        yield {
            "key": one.key, "name": label(one.labels) or one.key, "basis": str(BASES[one.basis]),
            "channels": one.channels, "words": label(shown.texts) if shown else "",
            "assessment": one.assessment,
        }  # fmt: skip


def _kinds() -> Iterator[dict[str, Any]]:
    """Each class of data: the tables it lies in, its period and ground, whom it is given to."""
    periods = {one.data_class: one for one in privacy.periods()}
    titles: dict[str, list[str]] = {}
    for one in reach.tables().values():
        names = titles.setdefault(one.data_class, [])
        if str(one.title) not in names:
            names.append(str(one.title))
    for key, words in CLASSES.items():
        kept = periods.get(key)
        yield {
            "key": key, "name": str(words), "holds": titles.get(key, []),
            "months": kept.months if kept and kept.is_on else None,
            "ground": kept.ground if kept else "", "receivers": kept.receivers if kept else "",
        }  # fmt: skip


def _fields() -> Iterator[dict[str, Any]]:
    """Every field of every profile type, and the roles that may see it."""
    roles = [
        Actor(role.key, role.name, frozenset(role.rights), frozenset([role.key]))
        for role in staff.roles()
        if "customers.view" in role.rights or ALL in role.rights
    ]
    for kind in customers.profile_types(with_fields=True).values():
        for field in kind.fields.all():
            data_class = data_classes.of(field.data_class)
            yield {
                "type": label(kind.labels) or kind.key, "key": field.key,
                "name": label(field.labels) or field.key, "class": str(data_class.words),
                "sensitive": field.sensitive or data_class.sensitive,
                "seen_by": [
                    role.name for role in roles
                    if may_of(role, field=field, data_class=field.data_class).sees
                ],
            }  # fmt: skip


def _receivers() -> Iterator[dict[str, str]]:
    """Other systems: they are told ids and names of fields, never the values."""
    for one in events.subscriptions():
        if one.off_at is None:
            yield {"address": one.address, "told": ", ".join(one.names)}
