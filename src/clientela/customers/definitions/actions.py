"""Every write to profile types and their fields. What a change would break is asked before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from clientela.customers import rules
from clientela.customers.definitions import queries
from clientela.customers.models import Field, FieldIndex, FieldKey, ProfileType
from clientela.customers.rules import FieldFault, calculated, shapes
from clientela.customers.rules.faults import BadDefinition
from clientela.customers.rules.shapes import FieldShape
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.transactions import needs_transaction

TYPE_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
TYPES_MAX = 100
GROUPS_MAX = 40
FILTERABLE_MAX = int(getattr(settings, "FILTERABLE_MAX", rules.FILTERABLE_MAX))
STEP = 10


class TypeExists(Problem):
    code = "profile-type-exists"
    status = 409
    title = "There is a profile type with this key already"


class LastType(Problem):
    code = "last-profile-type"
    status = 409
    title = "New customers need a profile type"


class FieldKeyTaken(Problem):
    code = "field-key-taken"
    status = 409
    title = "A key of a field is given out once, for ever"


class TooManyFields(Problem):
    code = "too-many-fields"
    status = 422
    title = "This profile type has as many fields as it may have"


class TooManyFilterable(Problem):
    code = "too-many-filterable"
    status = 422
    title = "This profile type has as many filterable fields as it may have"


@needs_transaction
def define_type(
    *, key: str, party: str, labels: Mapping[str, str], groups: Sequence[Mapping[str, Any]] = (),
    computed: Sequence[Mapping[str, Any]] = (), position: int | None = None,
) -> ProfileType:  # fmt: skip
    """A new kind of customer, after those there are."""
    if not TYPE_KEY.fullmatch(key):
        raise InvalidInput("A key is small letters, digits and _, up to 40.", field="key")
    if party not in ProfileType.Party.values or party == ProfileType.Party.ANONYMOUS:
        raise InvalidInput("A party is person or company.", field="party")
    listed = list(ProfileType.objects.select_for_update().order_by("position", "key"))
    if any(one.key == key for one in listed):
        raise TypeExists(f"There is a profile type {key} already.", field="key")
    if len(listed) >= TYPES_MAX:
        raise InvalidInput(f"There may be {TYPES_MAX} profile types.", field="key")
    if position is None:
        position = max((one.position for one in listed), default=-1) + 1
    return ProfileType.objects.create(
        key=key, party=party, labels=_labels(labels), groups=_groups(groups),
        calculated=_computed(computed, {}), position=position,
    )  # fmt: skip


@needs_transaction
def change_type(kind: ProfileType, *, now: datetime, **wanted: Any) -> list[str]:
    """Change `labels`, `groups`, `computed`, `position`, `retired`; the names of what differs."""
    new: dict[str, Any] = {}
    if "labels" in wanted:
        new["labels"] = _labels(wanted["labels"])
    if "groups" in wanted:
        new["groups"] = _groups(wanted["groups"])
        _keep_used_groups(kind, new["groups"])
    if "computed" in wanted:
        fields = {field.key: rules.FieldType(field.type) for field in kind.fields.all()}
        new["calculated"] = _computed(wanted["computed"], fields)
    if "position" in wanted:
        new["position"] = int(wanted["position"])
    if "retired" in wanted and wanted["retired"] is not (kind.retired_at is not None):
        new["retired_at"] = now if wanted["retired"] else None
        if wanted["retired"]:
            _keep_one_type(kind)
    changed = [name for name, value in new.items() if getattr(kind, name) != value]
    if changed:
        ProfileType.objects.filter(pk=kind.pk).update(**{name: new[name] for name in changed})
        for name in changed:
            setattr(kind, name, new[name])
    return changed


@needs_transaction
def put_types_in_order(keys: Sequence[str]) -> None:
    """Those named first, in this order; the others behind them as they were."""
    listed = list(ProfileType.objects.select_for_update().order_by("position", "key"))
    for position, one in enumerate(_ordered(listed, keys)):
        ProfileType.objects.filter(pk=one.pk).exclude(position=position).update(position=position)


@needs_transaction
def put_fields_in_order(kind: ProfileType, keys: Sequence[str]) -> None:
    listed = list(kind.fields.order_by("position", "key"))
    for place, one in enumerate(_ordered(listed, keys)):
        Field.objects.filter(pk=one.pk).exclude(position=place * STEP).update(position=place * STEP)


@needs_transaction
def define_field(
    kind: ProfileType, shape: FieldShape, *, now: datetime, position: int | None = None
) -> Field:
    """A new field behind those there are. A key that was used for a field once is not free."""
    ProfileType.objects.select_for_update().get(pk=kind.pk)
    listed = list(kind.fields.order_by("position"))
    if any(one.key == shape.key for one in listed):
        words = f"{kind.key} has, or had, a field {shape.key}; use another key."
        raise FieldKeyTaken(words, field="key")
    if len(listed) >= rules.FIELDS_MAX:
        raise TooManyFields(f"A profile type has at most {rules.FIELDS_MAX} fields.")
    _check(kind, shape, [*listed])
    if position is None:
        position = max((one.position for one in listed), default=-STEP) + STEP
    field = Field.objects.create(
        profile_type=kind, key=shape.key, position=position, sealed=shape.is_sensitive,
        **stored(shape),
    )  # fmt: skip
    _keep_index(field, was=False, now=now)
    return field


@needs_transaction
def change_field(field: Field, shape: FieldShape, *, now: datetime) -> list[str]:
    """Make a field what `shape` says; the members that differ. Whether records fit is asked before,
    by whoever calls.
    """
    kind = ProfileType.objects.select_for_update().get(pk=field.profile_type_id)
    before = queries.shape_of(field)
    changed = shapes.differing(before, shape)
    if not changed:
        return []
    _check(kind, shape, list(kind.fields.order_by("position")))
    was_filterable, was_type = field.filterable, field.type
    values = {**stored(shape), "sealed": shape.is_sensitive}
    Field.objects.filter(pk=field.pk).update(**values)
    for name, value in values.items():
        setattr(field, name, value)
    if was_type != field.type and was_filterable and field.filterable:
        FieldIndex.objects.filter(field=field).update(
            state=FieldIndex.State.WAITING, tries=0, done=0, total=0, asked_at=now
        )
    _keep_index(field, was=was_filterable, now=now)
    if before.rules.get("unique") and not shape.rules.get("unique"):
        FieldKey.objects.filter(field=field).delete()
    return changed


@needs_transaction
def stop_sealing(field: Field) -> None:
    """Its values are written plain from now on; it stays sensitive until those there are opened."""
    Field.objects.filter(pk=field.pk).update(sealed=False)
    field.sealed = False


@needs_transaction
def retire_field(field: Field, *, now: datetime) -> bool:
    """A field that takes no new values; those there are stay. False: it was retired already."""
    if field.retired_at is not None:
        return False
    was = field.filterable
    Field.objects.filter(pk=field.pk).update(retired_at=now, filterable=False)
    field.retired_at, field.filterable = now, False
    _keep_index(field, was=was, now=now)
    FieldKey.objects.filter(field=field).delete()
    return True


@needs_transaction
def revive_field(field: Field) -> bool:
    """A retired field takes values again; filterable or unique it is when somebody says so."""
    if field.retired_at is None:
        return False
    kept = {name: value for name, value in field.rules.items() if name != "unique"}
    Field.objects.filter(pk=field.pk).update(retired_at=None, rules=kept)
    field.retired_at, field.rules = None, kept
    return True


def stored(shape: FieldShape) -> dict[str, Any]:
    """The columns of a field that is described like this."""
    return {
        "type": str(shape.type), "labels": dict(shape.labels), "help": dict(shape.help),
        "group_key": shape.group,
        "unit": shape.unit if isinstance(shape.unit, str) else dict(shape.unit),
        "choices": [{"code": one.code, "labels": dict(one.labels)} for one in shape.choices],
        "rules": dict(shape.rules), "default_value": shape.default,
        "data_class": shape.data_class, "searchable": shape.searchable,
        "filterable": shape.filterable, "sensitive": shape.sensitive, "personal": shape.personal,
    }  # fmt: skip


def _check(kind: ProfileType, shape: FieldShape, listed: Sequence[Field]) -> None:
    """What depends on the other fields of the type: groups, conditions, how many are filterable."""
    groups = {str(one["key"]) for one in kind.groups}
    if shape.group and shape.group not in groups:
        raise BadDefinition(FieldFault(shape.key, "bad-group", {"group": shape.group}))
    others = [one for one in listed if one.key != shape.key]
    known = [(one.key, rules.FieldType(one.type)) for one in others] + [(shape.key, shape.type)]
    shapes.check_condition(shape, shapes.catalogue_of(known))
    if shape.filterable and sum(one.filterable for one in others) >= FILTERABLE_MAX:
        raise TooManyFilterable(
            f"At most {FILTERABLE_MAX} fields of a profile type are filterable; unmark another.",
            field="filterable",
        )


def _keep_index(field: Field, *, was: bool, now: datetime) -> None:
    """Note that an index is wanted, or wanted no more; a job does it."""
    if field.filterable and not was:
        FieldIndex.objects.update_or_create(
            field=field,
            defaults={"state": FieldIndex.State.WAITING, "asked_at": now, "tries": 0, "done": 0,
                      "total": 0, "phase": "", "problem": "", "finished_at": None},
        )  # fmt: skip
    elif was and not field.filterable:
        FieldIndex.objects.filter(field=field).update(
            state=FieldIndex.State.DROPPING, asked_at=now, phase="", problem=""
        )


def _labels(labels: Any) -> dict[str, str]:
    cleaned = shapes.labels_of(labels or {})
    if not cleaned:
        raise InvalidInput("Give the name in at least one language.", field="labels")
    return cleaned


def _groups(groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for place, one in enumerate(groups):
        at = f"groups.{place}"
        if set(one) - {"key", "labels"} or not shapes.GROUP_KEY.fullmatch(str(one.get("key", ""))):
            words = "A group has a key of small letters, digits and _, and labels."
            raise InvalidInput(words, field=at)
        labels = shapes.labels_of(one.get("labels") or {})
        if not labels or any(known["key"] == one["key"] for known in kept):
            raise InvalidInput("A group has a name, and a key of its own.", field=at)
        kept.append({"key": str(one["key"]), "labels": labels})
    if len(kept) > GROUPS_MAX:
        raise InvalidInput(f"There may be {GROUPS_MAX} groups.", field="groups")
    return kept


def _computed(
    listed: Iterable[Mapping[str, Any]], fields: Mapping[str, rules.FieldType]
) -> list[dict[str, Any]]:
    """Calculated fields as they are kept; refused where a formula cannot be asked like this."""
    kept: list[dict[str, Any]] = []
    for place, one in enumerate(listed):
        at = f"calculated.{place}"
        formula = calculated.FORMULAS.get(str(one.get("formula", "")))
        if formula is None or set(one) - {"key", "formula", "of", "labels"}:
            words = f"Use one of the formulas {', '.join(calculated.FORMULAS)}."
            raise InvalidInput(words, field=f"{at}.formula")
        key, of = str(one.get("key", "")), str(one.get("of", ""))
        if not calculated.KEY.fullmatch(key) or any(known["key"] == key for known in kept):
            raise InvalidInput("A calculated field has a key of its own.", field=f"{at}.key")
        if key in fields:
            raise InvalidInput(f"{key} is a field already.", field=f"{at}.key")
        if formula.of and (of not in fields or fields[of] not in formula.of):
            raise InvalidInput("Name the date it counts from.", field=f"{at}.of")
        labels = shapes.labels_of(one.get("labels") or {})
        if not labels:
            raise InvalidInput("Give the name in at least one language.", field=f"{at}.labels")
        kept.append({"key": key, "formula": one["formula"], "labels": labels}
                    | ({"of": of} if formula.of else {}))  # fmt: skip
    if len(kept) > calculated.CALCULATED_MAX:
        raise InvalidInput(f"There may be {calculated.CALCULATED_MAX}.", field="calculated")
    return kept


def _keep_used_groups(kind: ProfileType, groups: Sequence[Mapping[str, Any]]) -> None:
    kept = {one["key"] for one in groups}
    used = {one.group_key for one in kind.fields.all() if one.retired_at is None} - {""}
    if missing := sorted(used - kept):
        raise InvalidInput(f"The group {missing[0]} still has fields.", field="groups")


def _keep_one_type(kind: ProfileType) -> None:
    others = ProfileType.objects.select_for_update().filter(retired_at=None).exclude(pk=kind.pk)
    if not others.exists():
        raise LastType


def _ordered(listed: Sequence[Any], keys: Sequence[str]) -> list[Any]:
    place = {key: number for number, key in enumerate(keys)}
    return sorted(listed, key=lambda one: place.get(one.key, len(keys)))
