"""Naming another customer in a form: by number, phone, e-mail, id, or a name that only one has."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.customers import queries as customers
from clientela.flows.look_up import look_up
from clientela.platform import ids
from clientela.staff import company as companies

QUERY_LENGTH_MAX = 200


class CustomerField(forms.CharField):
    """Its cleaned value is the customer's id."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", lazy("Customer"))
        more.setdefault("help_text", lazy("Number, phone, e-mail or the whole name."))
        super().__init__(max_length=QUERY_LENGTH_MAX, **more)

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        return named(written) if written else None


def named(written: str) -> UUID:
    """The one customer that is meant."""
    found = _by_id(written) or _looked_up(written)
    if found is None:
        raise forms.ValidationError(_("Nobody is known by this."))
    return found


def _by_id(written: str) -> UUID | None:
    id = ids.find("cus", written.strip())
    family = customers.family_of(id) if id else None
    return family[0] if family else None


def _looked_up(written: str) -> UUID | None:
    found = look_up(written, company=companies.current())
    if found.one is not None:
        return found.one
    if len(found.hits) > 1:
        numbers = ", ".join(f"{hit.customer.display_name} {hit.customer.number}"
                            for hit in found.hits[:3])  # fmt: skip
        raise forms.ValidationError(
            _("Several customers are meant: %(some)s … Give the number.") % {"some": numbers}
        )
    return found.hits[0].customer.id if found.hits else None
