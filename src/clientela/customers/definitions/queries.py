"""Reading profile types and fields as they are described, and what stands in records by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from clientela.customers import rules, sealed
from clientela.customers.models import Customer, Field, FieldIndex, FieldPlan, ProfileType
from clientela.customers.rules import asked, calculated, shapes
from clientela.customers.rules.shapes import Choice, FieldShape
from clientela.platform import sql
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.errors import NotThere

PLANS_MAX = 20
BATCH_ROWS_MAX = 5_000


class NoSuchType(NotThere):
    code = "no-such-profile-type"
    title = "There is no such profile type"


class NoSuchField(NotThere):
    code = "no-such-field"
    title = "There is no such field"


class NoSuchPlan(NotThere):
    code = "no-such-field-plan"
    title = "There is no such plan to change a field"


def types() -> list[ProfileType]:
    """All profile types with their fields, in their order."""
    return list(ProfileType.objects.prefetch_related("fields__index"))


def profile_type(key: str) -> ProfileType:
    found = ProfileType.objects.prefetch_related("fields__index").filter(key=key).first()
    if found is None:
        raise NoSuchType(f"There is no profile type {key}.", field="type")
    return found


def field(type_key: str, key: str) -> Field:
    found = Field.objects.select_related("profile_type", "index").filter(
        profile_type__key=type_key, key=key
    )
    field = found.first()
    if field is None:
        raise NoSuchField(f"{type_key} has no field {key}.", field="field")
    return field


def counts() -> dict[int, int]:
    """How many customers are of each profile type, merged ones left out."""
    return dict(sql.statement("customers", "of_types").rows())


def shape_of(field: Field) -> FieldShape:
    """A stored field as it is described."""
    return FieldShape(
        key=field.key, type=rules.FieldType(field.type), labels=field.labels, help=field.help,
        group=field.group_key, unit=field.unit,
        choices=tuple(Choice(one["code"], one.get("labels", {})) for one in field.choices),
        rules=field.rules, default=field.default_value, data_class=field.data_class,
        searchable=field.searchable, filterable=field.filterable, sensitive=field.sensitive,
        personal=field.personal,
    )  # fmt: skip


def catalogue_of(fields: Iterable[Field]) -> Catalogue:
    """What `required_when` may ask of a record with these fields."""
    return asked.catalogue((field.key, rules.FieldType(field.type)) for field in fields)


def definitions_of(fields: Iterable[Field]) -> dict[str, rules.FieldDefinition]:
    """What values are checked by, by key, retired fields too."""
    listed = list(fields)
    asks = any(field.rules.get("required_when") for field in listed)
    known = catalogue_of(listed) if asks else None
    return {field.key: _definition(field, known) for field in listed}


def _definition(field: Field, known: Catalogue | None) -> rules.FieldDefinition:
    return shape_of(field).definition(known, retired=field.retired_at is not None)


def calculated_of(kind: ProfileType) -> list[calculated.Calculated]:
    return calculated.read(kind.calculated)


def groups_of(kind: ProfileType) -> list[Mapping[str, Any]]:
    """The groups of a type's fields in their order: key and labels."""
    return list(kind.groups)


def plan(plan_id: UUID) -> FieldPlan:
    found = FieldPlan.objects.select_related("field__profile_type").filter(id=plan_id).first()
    if found is None:
        raise NoSuchPlan
    return found


def plans_of(kind: ProfileType, *, limit: int = PLANS_MAX) -> list[FieldPlan]:
    """What was wished for the fields of a type, newest first."""
    plans = FieldPlan.objects.filter(field__profile_type=kind).select_related("field")
    return list(plans.order_by("-made_at")[:limit])


def open_plan(field: Field) -> FieldPlan | None:
    states = (FieldPlan.State.CHECKING, FieldPlan.State.SCHEDULED, FieldPlan.State.CONVERTING)
    return FieldPlan.objects.filter(field=field, state__in=states).first()


def indexes_waiting() -> list[FieldIndex]:
    return list(FieldIndex.objects.exclude(state=FieldIndex.State.READY).order_by("asked_at"))


def batch_of(
    kind: ProfileType, *, after: UUID | None, limit: int = BATCH_ROWS_MAX
) -> list[tuple[UUID, dict[str, Any], bool]]:
    """The next customers of a type in the order of their ids: id, attributes, whether merged."""
    rows = Customer.objects.filter(profile_type=kind)
    if after is not None:
        rows = rows.filter(id__gt=after)
    listed = rows.order_by("id").values_list("id", "attributes", "merged_into")[:limit]
    return [
        (id, sealed.opened(attributes, customer_id=id), merged is not None)
        for id, attributes, merged in listed
    ]


def described(kind: ProfileType) -> list[dict[str, Any]]:
    """The fields of a type as members, retired ones left out."""
    return [
        shapes.as_mapping(shape_of(field))
        for field in kind.fields.all()
        if field.retired_at is None
    ]
