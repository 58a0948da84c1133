"""How a customer is reached and found: identities and addresses, and every change of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.drawer import answered, date_field, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.forms import country_field
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.customers.identities import queries as identities
from clientela.customers.identities.queries import Known
from clientela.customers.identities.rules import KINDS, METHODS, VALUE_LENGTH_MAX
from clientela.customers.places import queries as places
from clientela.customers.places.models import Address
from clientela.flows import customer_addresses, customer_identities
from clientela.platform import ids, postal
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.platform.postal import PART_LENGTH_MAX, Place
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui import words
from clientela.ui.regions import region

TAB = "customer-contact"
MARKS: Mapping[str, dict[str, Any]] = {
    "shared": {"shared": True},
    "unshared": {"shared": False},
    "bouncing": {"bouncing": True},
    "reachable": {"bouncing": False},
}


class IdentityForm(forms.Form):
    kind = forms.ChoiceField(
        label=lazy("Kind"), choices=[(one, words.IDENTITY[one]) for one in KINDS]
    )
    value = forms.CharField(label=lazy("Number or address"), max_length=VALUE_LENGTH_MAX * 3)
    primary = forms.BooleanField(label=lazy("Use it first of its kind"), required=False)
    shared = forms.BooleanField(label=lazy("Others use it as well"), required=False)


class VerificationForm(forms.Form):
    method = forms.ChoiceField(
        label=lazy("How did you make sure?"),
        choices=[(one, words.VERIFIED[one]) for one in METHODS],
    )
    until = date_field(lazy("Until"), help_text=lazy("When it is to be verified again."))


class AddressForm(forms.Form):
    purpose = forms.ChoiceField(
        label=lazy("For"), choices=[(one, words.ADDRESS[one]) for one in places.ORDER]
    )
    care_of = forms.CharField(label=lazy("Care of"), max_length=PART_LENGTH_MAX, required=False)
    street = forms.CharField(label=lazy("Street and number"), max_length=PART_LENGTH_MAX)
    more = forms.CharField(
        label=lazy("Building, floor, flat"), max_length=PART_LENGTH_MAX, required=False
    )
    postcode = forms.CharField(label=lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=lazy("City"), max_length=PART_LENGTH_MAX)
    region = forms.CharField(
        label=lazy("Region, state, province"), max_length=PART_LENGTH_MAX, required=False
    )
    country = country_field()
    starts_on = date_field(lazy("From"))

    def place(self) -> Place:
        return Place(**{name: self.cleaned_data[name] or "" for name in postal.PARTS})


@page("customers.view")
@of_family
def contact(request: HouseRequest, family: Family) -> HttpResponse:
    today = companies.current().today(request.started_at)
    found = identities.of(family)
    by = staff.names_of({one.verification.verified_by for one in found if one.verification})
    told = [_identity(one, today, by) for one in found]
    rows = [_address(row) for row in places.of(family)]
    context = {
        "identities": [one for one in told if not one["ended_at"]],
        "former": [one for one in told if one["ended_at"]],
        "addresses": [row for row in rows if row["ends_on"] is None],
        "old": [row for row in rows if row["ends_on"] is not None],
    }  # fmt: skip
    return show(request, "console/customers/contact.html",
                {**opened.header(request, family), **context})  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def new_identity(request: HouseRequest, family: Family) -> HttpResponse:
    form = IdentityForm(request.POST or None)
    return answered(
        request, family, form, title=_("Found by one more thing"), name="identity-new", tab=TAB,
        carry_out=lambda: customer_identities.add(family[0], **form.cleaned_data, **by(request)),
        done=_("Written down."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def verify(request: HouseRequest, family: Family, identity_id: UUID) -> HttpResponse:
    identity = identities.one(identity_id, family=family)
    form = VerificationForm(request.POST or None)
    return answered(
        request, family, form, title=_("Verify %(value)s") % {"value": identity.value_shown},
        name="identity-verification", tab=TAB,
        carry_out=lambda: customer_identities.verify(
            family[0], identity_id, **form.cleaned_data, **by(request)
        ),
        done=_("It is verified."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=SENT)
@of_family
def mark(request: HouseRequest, family: Family, identity_id: UUID) -> HttpResponse:
    """Used first, shared or not, arriving or not, not theirs any more: what the button says."""
    what = request.POST.get("do", "")
    if what not in (*MARKS, "primary", "end"):
        raise NotThere

    def carry_out() -> None:
        if what == "primary":
            customer_identities.make_primary(family[0], identity_id, **by(request))
        elif what == "end":
            customer_identities.end(family[0], identity_id, **by(request))
        else:
            customer_identities.mark(family[0], identity_id, **MARKS[what], **by(request))

    return pressed(request, family, tab=TAB, carry_out=carry_out, done=_("Saved."))


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def new_address(request: HouseRequest, family: Family) -> HttpResponse:
    """One more address, or the one that takes the place of `instead_of`."""
    old = _instead_of(request, family)
    customer = customers.get(family[0])
    today = companies.current().today(request.started_at)
    first: dict[str, Any] = {
        "country": customer.country or companies.current().country,
        "purpose": "seat" if customer.party == "company" else "home",
    }  # fmt: skip
    if old is not None:
        first |= {"purpose": old.purpose, "country": old.country, "starts_on": today}
    form = AddressForm(request.POST or None, initial=first)
    form.fields["instead_of"] = forms.CharField(
        required=False, widget=forms.HiddenInput, initial=old.public_id if old else ""
    )
    return answered(
        request, family, form, name="address-form", tab=TAB,
        title=_("The new address") if old else _("One more address"),
        carry_out=lambda: customer_addresses.add(
            family[0], purpose=form.cleaned_data["purpose"], place=form.place(),
            starts_on=form.cleaned_data["starts_on"], instead_of=old.id if old else None,
            **by(request),
        ),
        done=_("The address is written down."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def edit_address(request: HouseRequest, family: Family, address_id: UUID) -> HttpResponse:
    row = places.one(address_id, family=family)
    first = {
        "purpose": row.purpose, "starts_on": row.starts_on,
        **{name: row.place.part(name) for name in postal.PARTS},
    }  # fmt: skip
    form = AddressForm(request.POST or None, initial=first)
    return answered(
        request, family, form, title=_("Put the address right"), name="address-form", tab=TAB,
        carry_out=lambda: customer_addresses.change(
            family[0], address_id, purpose=form.cleaned_data["purpose"], place=form.place(),
            starts_on=form.cleaned_data["starts_on"], **by(request),
        ),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=SENT)
@of_family
def end_address(request: HouseRequest, family: Family, address_id: UUID) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: customer_addresses.end(family[0], address_id, **by(request)),
        done=_("The address is among the former ones now."),
    )  # fmt: skip


def by(request: HouseRequest) -> dict[str, Any]:
    """Who does it, when, in which request."""
    return {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip


def _instead_of(request: HouseRequest, family: Family) -> Address | None:
    named = request.POST.get("instead_of") or request.GET.get("instead_of", "")
    if not named:
        return None
    try:
        return places.one(ids.parse("adr", named), family=family)
    except ValueError:
        raise places.NoSuchAddress from None


def _identity(known: Known, today: date, names: Mapping[str, str]) -> dict[str, Any]:
    row, made = known.identity, known.verification
    return {
        "id": row.public_id, "kind": row.kind, "value": known.value, "shown": known.shown,
        "primary": row.primary_since is not None, "shared": known.shared,
        "marked_shared": row.shared, "bounced_at": row.bounced_at, "ended_at": row.ended_at,
        "verification": None if made is None else {
            "method": made.method, "at": made.verified_at, "until": made.valid_until,
            "by": names.get(made.verified_by, made.verified_by),
            "valid": known.is_verified(today=today),
        },
    }  # fmt: skip


def _address(row: Address) -> dict[str, Any]:
    return {
        "id": row.public_id, "purpose": row.purpose, "street": row.street,
        "lines": postal.lines_of(row.place), "country": region(row.country),
        "starts_on": row.starts_on, "ends_on": row.ends_on,
    }  # fmt: skip
