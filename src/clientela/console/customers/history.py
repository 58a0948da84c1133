"""What was changed on a record, where each value comes from, and who looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from clientela.console.customers import attributes, opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.matching.merging import rows_of
from clientela.console.pages import page, show
from clientela.console.paging import Pages, key_of
from clientela.console.settings.accesses import row_of
from clientela.customers import queries as customers
from clientela.customers.access import queries as access
from clientela.customers.models import Field, FieldChange
from clientela.flows import origins
from clientela.flows.open_record import open_record
from clientela.flows.origins import Origin
from clientela.matching.queries import merges
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import language_name

PAGE = 50
ACCESSES_SHOWN = 20
MERGES_SHOWN = 20
AUDIT, MERGE = "customers.audit", "customers.merge"
PLAIN = {
    "name": _("Name"), "language": _("Language"), "country": _("Country"), "branch": _("Branch"),
    "owner": _("Looked after by"),
}  # fmt: skip


@page("customers.view")
@of_family
def history(request: HouseRequest, family: Family) -> HttpResponse:
    customer = open_record(
        family[0], actor=request.actor, now=request.started_at, channel="console",
        request=request.request_id,
    )  # fmt: skip
    prefetch_related_objects([customer.profile_type], "fields")  # asked twice below
    pages = Pages.of(request)
    found = customers.changes_of(family, before=pages.moment(), limit=PAGE)
    from_where = [] if pages.before else origins.origins_of(customer, family)
    seen = _accesses(request, family) if not pages.before else []
    owners = {str(value) for one in found if one.field == "owner" for value in (one.old, one.new)}
    by = staff.names_of(
        {*(one.actor for one in found), *(one.actor for one in from_where),
         *(one.actor for one in seen), *owners}
    )  # fmt: skip
    fields = {field.key: field for field in customer.profile_type.fields.all()}
    last = found[-1] if len(found) == PAGE else None
    context = {
        "changes": [_change(change, fields, by) for change in found],
        "origins": [_origin(one, fields, by) for one in from_where],
        "accesses": [row_of(one, by, {}) for one in seen],
        "audits": request.actor.may(AUDIT),
        "merges": _merges(request, family) if not pages.before else [],
        **pages.links(key_of(last.changed_at, last.id) if last else None),
    }  # fmt: skip
    whole = {**opened.header(request, family, customer), **context}
    return show(request, "console/customers/history.html", whole)


def _accesses(request: HouseRequest, family: Family) -> list[Any]:
    if not request.actor.may(AUDIT):
        return []
    return list(access.page_of(access.Wanted(family=tuple(family)), limit=ACCESSES_SHOWN))


def _merges(request: HouseRequest, family: Family) -> list[dict[str, Any]]:
    """What became part of this customer, the newest first, for whoever may merge."""
    if not request.actor.may(MERGE):
        return []
    return rows_of(merges.page_of(family=family, limit=MERGES_SHOWN))


def _change(
    change: FieldChange, fields: Mapping[str, Field], by: Mapping[str, str]
) -> dict[str, Any]:
    field = fields.get(change.field)
    return {
        "changed_at": change.changed_at, "cause": change.cause, "request": change.request,
        "words": _words(change.field, fields), "masked": change.is_masked,
        "old": by.get(str(change.old)) or _value(field, change.field, change.old),
        "new": by.get(str(change.new)) or _value(field, change.field, change.new),
        "by": by.get(change.actor, change.actor),
    }  # fmt: skip


def _origin(one: Origin, fields: Mapping[str, Field], by: Mapping[str, str]) -> dict[str, Any]:
    return {
        "words": _words(one.field, fields), "since": one.since,
        "by": by.get(one.actor, one.actor), "source": one.source, "cause": one.cause,
        "request": one.request,
    }  # fmt: skip


def _words(name: str, fields: Mapping[str, Field]) -> Any:
    field = fields.get(name)
    return attributes.words_of(field) if field else PLAIN.get(name, name)


def _value(field: Field | None, name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if field is not None:
        return attributes.shown(field, value)
    return language_name(value) if name == "language" else str(value)
