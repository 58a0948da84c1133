"""Types, fields and plans as the designer shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms

from clientela.console.customers import attributes
from clientela.console.profiles import words
from clientela.customers import queries as customers
from clientela.customers.definitions import queries as definitions
from clientela.customers.faults import sentence
from clientela.customers.models import Field, FieldIndex, FieldPlan, ProfileType
from clientela.customers.rules import FieldFault, FieldType, shapes
from clientela.flows.packs import reading
from clientela.flows.packs.loading import Line
from clientela.flows.packs.reading import Pack
from clientela.platform import ids
from clientela.ui.templatetags.ui import label

UNDER_WAY = ("waiting", "building", "dropping", "checking", "converting")


class PreviewForm(forms.Form):
    """The form people will fill in, to be looked at."""

    def __init__(self, fields: Iterable[Field]) -> None:
        super().__init__(auto_id="preview_%s")
        self.listed = list(fields)
        for name, made in attributes.form_fields(self.listed).items():
            made.disabled = True
            self.fields[name] = made
        self.initial = attributes.defaults(self.listed)

    def parts(self, groups: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
        named = {one["key"]: label(one["labels"]) for one in groups}
        of = {attributes.PREFIX + field.key: field.group_key for field in self.listed}
        found: dict[str, list[Any]] = {"": [], **{key: [] for key in named}}
        for bound in self:
            found[of[bound.name] if of[bound.name] in named else ""].append(bound)
        return [(named.get(key, ""), listed) for key, listed in found.items() if listed]


def type_row(kind: ProfileType, counts: Mapping[int, int]) -> dict[str, Any]:
    fields = [field for field in kind.fields.all() if field.retired_at is None]
    return {
        "key": kind.key, "words": label(kind.labels), "party": words.PARTIES.get(kind.party, ""),
        "fields": len(fields), "customers": counts.get(kind.pk, 0),
        "retired": kind.retired_at is not None,
    }  # fmt: skip


def pack(name: str) -> dict[str, Any]:
    read = reading.read(reading.text_of(name))
    return {
        "name": name, "words": label(read.labels),
        "types": [label(kind.labels) for kind in read.types],
        "fields": sum(len(kind.fields) for kind in read.types),
    }  # fmt: skip


def lines(read: Pack, listed: Sequence[Line]) -> list[dict[str, Any]]:
    """What a pack brings, by its own words; `key` is how a file or program names it."""
    called = dict(_called(read))
    return [
        {"what": one.what, "key": one.name, "words": called.get((one.what, one.name), one.name),
         "state": one.state, "offenders": one.offenders}
        for one in listed
    ]  # fmt: skip


def _called(read: Pack) -> Iterator[tuple[tuple[str, str], str]]:
    for kind in read.types:
        yield ("type", kind.key), label(kind.labels)
        for shape in kind.fields:
            words = label(shape.labels)
            yield ("field", f"{kind.key}.{shape.key}"), f"{label(kind.labels)} › {words}"
    for what, several in (("kind", read.kinds), ("relation", read.relations)):
        for one in several:
            yield (what, str(one["key"])), label(one["labels"])


def designer(kind: ProfileType) -> dict[str, Any]:
    """Everything of the page of one type."""
    fields = [field for field in kind.fields.all() if field.retired_at is None]
    retired = [field for field in kind.fields.all() if field.retired_at is not None]
    form = PreviewForm(fields)
    plans = [plan_row(one) for one in definitions.plans_of(kind)]
    groups = _grouped(kind, fields)
    busy = [field for _, listed in groups for field in listed if field["state"] in UNDER_WAY]
    return {
        "kind": type_row(kind, {}), "groups": groups, "group_list": group_list(kind),
        "retired": [field_row(field) for field in retired], "plans": plans,
        "calculated": [_calculated(one) for one in definitions.calculated_of(kind)],
        "parts": form.parts(kind.groups),
        "busy": bool(busy) or any(one["state"] in UNDER_WAY for one in plans),
    }  # fmt: skip


def group_list(kind: ProfileType) -> list[dict[str, Any]]:
    return [{"key": one["key"], "words": label(one["labels"])} for one in kind.groups]


def _grouped(
    kind: ProfileType, fields: Iterable[Field]
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    known = {one["key"]: one for one in group_list(kind)}
    found: dict[str, list[dict[str, Any]]] = {"": [], **{key: [] for key in known}}
    for field in fields:
        found[field.group_key if field.group_key in known else ""].append(field_row(field))
    return [(known.get(key, {}), listed) for key, listed in found.items() if listed or key]


def field_row(field: Field) -> dict[str, Any]:
    index: FieldIndex | None = getattr(field, "index", None)
    return {
        "key": field.key, "words": attributes.words_with_unit(field),
        "type": words.TYPES[FieldType(field.type)], "needed": bool(field.rules.get("required")),
        "sometimes": bool(field.rules.get("required_when")),
        "unique": bool(field.rules.get("unique")), "searchable": field.searchable,
        "filterable": field.filterable, "sensitive": field.sensitive,
        "state": str(index.state) if index else "",
        "state_words": words.INDEX[index.state] if index else "",
        "state_tone": words.TONES.get(index.state, "bad") if index else "",
        "done": index.done if index else 0, "total": index.total if index else 0,
    }  # fmt: skip


def _calculated(one: Any) -> dict[str, Any]:
    return {
        "key": one.key, "words": label(one.labels), "formula": words.FORMULAS[one.formula],
        "of": one.of,
    }  # fmt: skip


def plan_row(plan: FieldPlan) -> dict[str, Any]:
    wanted = shapes.read(plan.wanted)
    differing = shapes.differing(definitions.shape_of(plan.field), wanted)
    return {
        "id": plan.public_id, "field": attributes.words_of(plan.field), "state": str(plan.state),
        "words": words.PLAN[plan.state], "tone": words.TONES.get(plan.state, ""),
        "members": [words.MEMBERS[name] for name in differing if name in words.MEMBERS],
        "on": plan.takes_effect_on, "looked": plan.looked, "total": plan.total,
        "offenders": plan.offenders, "rewritten": plan.rewritten, "made_at": plan.made_at,
        "may_end": plan.state in ("checking", "scheduled"),
    }  # fmt: skip


def offenders(plan: FieldPlan) -> list[dict[str, Any]]:
    """Customers that would not fit, by name as far as whoever looks may see them."""
    found = {ids.parse("cus", one["customer"]): one["code"] for one in plan.examples}
    names = customers.names_of(found)
    return [
        {"id": ids.public("cus", id), "name": names[id],
         "why": sentence(FieldFault(plan.field.key, code, plan.wanted))}
        for id, code in found.items() if id in names
    ]  # fmt: skip
