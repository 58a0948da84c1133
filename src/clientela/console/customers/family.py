"""Who belongs to a customer: households with what they hold together, and relations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, date_field, pressed
from clientela.console.customers.naming import CustomerField
from clientela.console.customers.opened import Family, of_family
from clientela.console.forms import name_field
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.customers.kin import queries as kin
from clientela.customers.kin.models import RelationKind
from clientela.customers.kin.queries import Home, Kin
from clientela.customers.kin.rules import ROLES
from clientela.flows import customer_kin, household_value
from clientela.platform.http.requests import HouseRequest
from clientela.ui import words
from clientela.ui.templatetags.ui import label

TAB = "customer-family"
TURNED = "back:"


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=lazy("Place in the household"), choices=[(one, words.MEMBER[one]) for one in ROLES]
    )


class RelationForm(forms.Form):
    """`kind` is chosen by its reading: from this customer to the other, or back."""

    kind = forms.ChoiceField(label=lazy("This customer"))
    other = CustomerField(label=lazy("the other customer"))
    may_act = forms.BooleanField(label=lazy("May act for the other"), required=False)
    other_may_act = forms.BooleanField(label=lazy("The other may act here"), required=False)
    starts_on = date_field(lazy("Since"))

    def __init__(self, *args: Any, kinds: list[RelationKind], **more: Any) -> None:
        super().__init__(*args, **more)
        chosen = [(kind.key, label(kind.labels) or kind.key) for kind in kinds]
        chosen += [
            (TURNED + kind.key, label(kind.labels_back) or kind.key)
            for kind in kinds if not kind.is_mutual
        ]  # fmt: skip
        self.fields["kind"] = forms.ChoiceField(label=lazy("This customer"), choices=chosen)
        self.order_fields(["kind", "other", "may_act", "other_may_act", "starts_on"])


class RightsForm(forms.Form):
    may_act = forms.BooleanField(label=lazy("May act for the other"), required=False)
    other_may_act = forms.BooleanField(label=lazy("The other may act here"), required=False)


class HouseholdForm(forms.Form):
    name = name_field(label=lazy("What the household is called"))
    role = _role_field()


class JoinForm(forms.Form):
    other = CustomerField(label=lazy("Somebody who lives there"))
    role = _role_field()
    is_main = forms.BooleanField(label=lazy("It is the main household"), required=False)


class MemberForm(forms.Form):
    other = CustomerField(label=lazy("Who comes into the household"))
    role = _role_field()
    is_main = forms.BooleanField(
        label=lazy("It is their main household"), required=False,
        help_text=lazy("Where somebody has none yet, it is anyway."),
    )  # fmt: skip
    starts_on = date_field(lazy("Since"))


@page("customers.view")
@of_family
def family_page(request: HouseRequest, family: Family) -> HttpResponse:
    told = [_relation(one) for one in kin.relations_of(family)]
    context = {
        "homes": [_home(request, one, family) for one in kin.homes_of(family)],
        "relations": [one for one in told if one["ends_on"] is None],
        "former": [one for one in told if one["ends_on"] is not None],
    }  # fmt: skip
    return show(request, "console/customers/family.html",
                {**opened.header(request, family), **context})  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def new_relation(request: HouseRequest, family: Family) -> HttpResponse:
    form = RelationForm(request.POST or None, kinds=kin.kinds())

    def carry_out() -> None:
        given = form.cleaned_data
        kind = given["kind"]
        customer_kin.relate(
            family[0], given["other"], kind=kind.removeprefix(TURNED),
            turned=kind.startswith(TURNED), may_act=given["may_act"],
            other_may_act=given["other_may_act"], starts_on=given["starts_on"], **by(request),
        )  # fmt: skip

    return answered(
        request, family, form, title=_("Relate to another customer"), name="relation-form",
        tab=TAB, carry_out=carry_out, done=_("The relation is noted, on both records."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def rights(request: HouseRequest, family: Family, relation_id: UUID) -> HttpResponse:
    """Who may act for whom."""
    row = kin.relation(relation_id, family=family)
    first, second = row.may_act, row.other_may_act
    if row.customer_id not in family:
        first, second = second, first
    form = RightsForm(
        request.POST if request.method == "POST" else None,
        initial={"may_act": first, "other_may_act": second},
    )
    return answered(
        request, family, form, title=_("Who may act for whom"), name="relation-rights-form",
        tab=TAB,
        carry_out=lambda: customer_kin.allow(
            family[0], relation_id, **form.cleaned_data, **by(request)
        ),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=SENT)
@of_family
def end_relation(request: HouseRequest, family: Family, relation_id: UUID) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: customer_kin.part(family[0], relation_id, **by(request)),
        done=_("The relation is over."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def new_household(request: HouseRequest, family: Family) -> HttpResponse:
    surname = customers.get(family[0]).display_name.split()[-1]
    form = HouseholdForm(request.POST or None, initial={"name": surname})

    def carry_out() -> None:
        given = form.cleaned_data
        customer_kin.found_household(
            given["name"], members=[(family[0], given["role"])], **by(request)
        )

    return answered(
        request, family, form, title=_("New household"), name="household-form", tab=TAB,
        carry_out=carry_out, done=_("The household is founded."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def join_household(request: HouseRequest, family: Family) -> HttpResponse:
    """Into the main household of somebody who is named."""
    form = JoinForm(request.POST or None)

    def carry_out() -> None:
        given = form.cleaned_data
        homes = kin.homes_of(customers.family_of(given["other"]))
        if not homes:
            raise kin.NoSuchHousehold(_("They belong to no household yet."), field="other")
        customer_kin.join(
            family[0], homes[0].household.id, role=given["role"],
            is_main=given["is_main"] or None, **by(request),
        )  # fmt: skip

    return answered(
        request, family, form, title=_("Join somebody's household"), name="household-form",
        tab=TAB, carry_out=carry_out, done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def new_member(request: HouseRequest, family: Family, household_id: UUID) -> HttpResponse:
    household = kin.household(household_id)
    form = MemberForm(request.POST or None)

    def carry_out() -> None:
        given = form.cleaned_data
        customer_kin.join(
            given["other"], household_id, role=given["role"], is_main=given["is_main"] or None,
            starts_on=given["starts_on"], **by(request),
        )  # fmt: skip

    return answered(
        request, family, form, title=_("One more in %(name)s") % {"name": household.name},
        name="member-form", tab=TAB, carry_out=carry_out, done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=SENT)
@of_family
def main_member(
    request: HouseRequest, family: Family, household_id: UUID, member_id: UUID
) -> HttpResponse:
    row = kin.member(member_id, household_id=household_id)
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: customer_kin.change_member(
            household_id, member_id, role=row.role, is_main=True, **by(request)
        ),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "customers.edit", methods=SENT)
@of_family
def end_member(
    request: HouseRequest, family: Family, household_id: UUID, member_id: UUID
) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: customer_kin.leave(household_id, member_id, **by(request)),
        done=_("Saved."),
    )  # fmt: skip


def _home(request: HouseRequest, home: Home, family: Family) -> dict[str, Any]:
    value = household_value.of(home.household.id, actor=request.actor, now=request.started_at)
    held = [{**row, "balance": _balance(row)} for row in value.held or ()]
    return {
        "id": home.household.public_id, "name": home.household.name, "main": home.is_main,
        "members": [
            {"id": one.membership.id, "name": one.customer.display_name,
             "customer": one.customer.id, "role": one.membership.role,
             "main": one.membership.is_main, "is_own": one.customer.id in family}
            for one in home.members
        ],
        "value": {"held": held, "spent": value.spent or ()},
    }  # fmt: skip


def _balance(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["minor"] is None or not row["currency"]:
        return None
    return {"minor": row["minor"], "currency": row["currency"]}


def _relation(one: Kin) -> dict[str, Any]:
    row = one.relation
    return {
        "id": row.public_id, "words": one.labels, "name": one.other.display_name,
        "customer": one.other.id, "acts": one.acts, "other_acts": one.other_acts,
        "starts_on": row.starts_on, "ends_on": row.ends_on,
    }  # fmt: skip
