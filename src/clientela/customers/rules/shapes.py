"""A field as a person or a file describes it: read, checked as a whole, compared, written back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from clientela.customers.rules import asked
from clientela.customers.rules.expressions import NOT_FILTERABLE, SEARCHABLE, UNIQUE
from clientela.customers.rules.faults import BadDefinition, FieldFault
from clientela.customers.rules.fields import RULES, FieldDefinition, canonical
from clientela.customers.rules.values import FieldType
from clientela.platform import text as texts
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.conditions.grammar import BadCondition

# The kinds of data, for who may see them, how long they are kept and how they are erased; what is
# of a sensitive kind is a sensitive field. `data_classes` has their words.
DATA_CLASSES = (
    "general", "contact", "personal", "financial", "identification", "health", "vulnerability",
)  # fmt: skip
SENSITIVE_CLASSES = frozenset(["identification", "health", "vulnerability"])
LABEL_LENGTH_MAX = 200
LANGUAGE = re.compile(r"[a-z]{2}")
GROUP_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
BESIDE = ("required", "required_when", "unique")
FLAGS = ("searchable", "filterable", "sensitive", "personal")
MEMBERS = ("key", "type", "labels", "help", "group", "unit", "choices", "default", "data_class",
           *FLAGS, *BESIDE, *RULES)  # fmt: skip
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldShape:
    """Everything that is said of one field. `rules` hold `required`, `required_when` and `unique`
    as well as what tightens the type; `unit` is a text or labels by language.
    """

    key: str
    type: FieldType
    labels: Labels
    help: Labels = field(default_factory=dict)
    group: str = ""
    unit: str | Labels = ""
    choices: tuple[Choice, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    data_class: str = "general"
    searchable: bool = False
    filterable: bool = False
    sensitive: bool = False
    personal: bool = False

    @property
    def is_sensitive(self) -> bool:
        """By itself or by its kind: masked, and kept sealed."""
        return self.sensitive or self.data_class in SENSITIVE_CLASSES

    def definition(
        self, known: Catalogue | None = None, *, retired: bool = False
    ) -> FieldDefinition:
        """What values are checked by; BadDefinition where there can be no such field.

        Without `known`, the facts of its type, `required_when` is left out.
        """
        rules = dict(self.rules)
        required, tree = rules.pop("required", False), rules.pop("required_when", None)
        unique = rules.pop("unique", False)
        when, asks = None, frozenset[str]()
        if tree and known is not None:
            when = asked.required_when(tree, known)
            asks = frozenset(asked.keys_asked(tree, known))
        return FieldDefinition(
            key=self.key, type=self.type, rules=rules,
            choices=tuple(choice.code for choice in self.choices), required=required,
            required_when=when, asks=asks, unique=unique, default=self.default,
            searchable=self.searchable, filterable=self.filterable, retired=retired,
        )  # fmt: skip


def read(said: Mapping[str, Any], *, groups: Collection[str] | None = None) -> FieldShape:
    """A field described by members of `MEMBERS`; BadDefinition with everything that is wrong.

    `groups`: those of its profile type, where they are known.
    """
    reader = _Reader(said)
    shape = reader.shape()
    faults = [*reader.faults, *_shape_faults(shape, said)]
    if groups is not None and shape.group and shape.group not in groups:
        faults.append(FieldFault(shape.key, "bad-group", {"group": shape.group}))
    try:
        shape.definition()
    except BadDefinition as bad:
        faults += bad.faults
    if faults:
        raise BadDefinition(*faults)
    return replace(shape, rules=_as_stored(shape), default=shape.definition().default)


def catalogue_of(fields: Iterable[tuple[str, FieldType]]) -> Catalogue:
    """What conditions may ask of records with these fields."""
    return asked.catalogue(fields)


def check_condition(shape: FieldShape, known: Catalogue) -> None:
    """Whether `required_when` can be asked of the fields of its type, and of others than itself."""
    tree = shape.rules.get("required_when")
    if not tree:
        return
    try:
        keys = asked.keys_asked(tree, known)
    except BadCondition as bad:
        said = {"detail": bad.detail, "at": bad.field}
        raise BadDefinition(FieldFault(shape.key, "bad-condition", said)) from None
    if shape.key in keys:
        said = {"detail": "A field does not ask about itself.", "at": "required_when"}
        raise BadDefinition(FieldFault(shape.key, "bad-condition", said))


class _Reader:
    """Takes members one by one; what is of no use becomes a fault and is left out."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said
        self.key = str(said.get("key", ""))
        self.faults: list[FieldFault] = [
            FieldFault(self.key, "unknown-member", {"member": str(name)})
            for name in said
            if name not in MEMBERS
        ]

    def shape(self) -> FieldShape:
        said = self.said
        return FieldShape(
            key=self.key, type=self._type(), labels=self._labels("labels", required=True),
            help=self._labels("help"), group=str(said.get("group", "")), unit=self._unit(),
            choices=tuple(self._choices()), rules=self._rules(), default=said.get("default"),
            data_class=self._data_class(), **{name: self._flag(name) for name in FLAGS},
        )  # fmt: skip

    def _type(self) -> FieldType:
        try:
            return FieldType(str(self.said.get("type", "")))
        except ValueError:
            self._fault("unknown-type", type=str(self.said.get("type", "")))
            return FieldType.TEXT

    def _labels(self, member: str, *, required: bool = False) -> dict[str, str]:
        labels = labels_of(self.said.get(member) or {})
        if labels is None or (required and not labels):
            self._fault("bad-labels", member=member)
        return labels or {}

    def _unit(self) -> str | Labels:
        unit = self.said.get("unit", "")
        if isinstance(unit, str) and len(unit) <= 20:
            return unit.strip()
        labels = labels_of(unit)
        if labels is None:
            self._fault("bad-unit")
        return labels or ""

    def _choices(self) -> Iterator[Choice]:
        listed = self.said.get("choices") or []
        for one in listed if isinstance(listed, list | tuple) else [{"": ""}]:
            if isinstance(one, str):
                yield Choice(one)
                continue
            known = isinstance(one, Mapping) and not set(one) - {"code", "labels"}
            labels = labels_of(one.get("labels") or {}) if known else None
            if labels is None:
                self._fault("bad-choices")
            else:
                yield Choice(str(one.get("code", "")), labels)

    def _rules(self) -> dict[str, Any]:
        named = [name for name in (*BESIDE, *RULES) if name in self.said]
        rules = {name: self.said[name] for name in named}
        for name in ("required", "unique"):
            if not isinstance(rules.get(name, False), bool):
                self._fault("bad-rule", rule=name)
        return {name: value for name, value in rules.items() if not says_nothing(value)}

    def _data_class(self) -> str:
        found = self.said.get("data_class", "general")
        if found not in DATA_CLASSES:
            self._fault("bad-class", known=", ".join(DATA_CLASSES))
            return "general"
        return str(found)

    def _flag(self, name: str) -> bool:
        value = self.said.get(name, False)
        if not isinstance(value, bool):
            self._fault("bad-rule", rule=name)
        return value is True

    def _fault(self, code: Any, **params: Any) -> None:
        self.faults.append(FieldFault(self.key, code, params))


def labels_of(said: Any) -> dict[str, str] | None:
    """Words by language, the empty ones left out; a text alone is English; None: neither."""
    if isinstance(said, str):
        said = {"en": said}
    if not isinstance(said, Mapping) or not all(
        isinstance(code, str) and LANGUAGE.fullmatch(code) and isinstance(words, str)
        and len(words) <= 5 * LABEL_LENGTH_MAX and "\0" not in words
        for code, words in said.items()
    ):  # fmt: skip
        return None
    cleaned = {code: texts.clean(words) for code, words in said.items()}
    return {code: words for code, words in cleaned.items() if words}


def _shape_faults(shape: FieldShape, said: Mapping[str, Any]) -> Iterator[FieldFault]:
    if shape.key in asked.TAKEN_KEYS:
        yield FieldFault(shape.key, "bad-key")
    if shape.group and not GROUP_KEY.fullmatch(shape.group):
        yield FieldFault(shape.key, "bad-group", {"group": shape.group})
    if shape.searchable and (shape.type not in SEARCHABLE or shape.is_sensitive):
        yield FieldFault(shape.key, "cannot-be-searchable")
    if shape.filterable and (shape.type in NOT_FILTERABLE or shape.is_sensitive):
        yield FieldFault(shape.key, "cannot-be-filterable")
    if shape.rules.get("unique") and shape.type not in UNIQUE:
        yield FieldFault(shape.key, "cannot-be-unique")
    if said.get("required_when") and not isinstance(said["required_when"], Mapping):
        yield FieldFault(shape.key, "bad-condition", {"detail": "", "at": "required_when"})


def _as_stored(shape: FieldShape) -> dict[str, Any]:
    """Rules in canonical form, as JSON keeps them."""
    kept = {name: shape.rules[name] for name in BESIDE if name in shape.rules}
    for name, value in shape.definition().rules.items():
        if value is not False:
            kept[name] = plain(value)
    return kept


def plain(value: Any) -> Any:
    """A bound as JSON and TOML write it without loss."""
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, Decimal):
        return value
    if value == int(value):
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value:f}"


def as_mapping(shape: FieldShape) -> dict[str, Any]:
    """The members a field is described by; what is as by itself is left out."""
    told: dict[str, Any] = {"key": shape.key, "type": str(shape.type), "labels": dict(shape.labels)}
    told |= {"help": dict(shape.help), "group": shape.group}
    told["unit"] = shape.unit if isinstance(shape.unit, str) else dict(shape.unit)
    told["choices"] = [{"code": one.code, "labels": dict(one.labels)} for one in shape.choices]
    told |= dict(shape.rules)
    told["default"] = plain(shape.default)
    told["data_class"] = shape.data_class
    told |= {name: getattr(shape, name) for name in FLAGS}
    return {name: value for name, value in told.items() if _is_said(name, value)}


def _is_said(name: str, value: Any) -> bool:
    if name == "data_class":
        return bool(value != "general")
    return name in ("key", "type", "labels") or not says_nothing(value)


def says_nothing(value: Any) -> bool:
    """Whether a member is as good as left out. A bound or a default of 0 says something."""
    return value is None or value is False or (isinstance(value, Sized) and not len(value))


# What a change would do to values that are there

Stricter = Callable[[Any, Any], bool]
_STRICTER: Mapping[str, Stricter] = {
    **dict.fromkeys(
        ("min", "min_length", "min_minor", "min_count"), lambda old, new: old is None or new > old
    ),
    **dict.fromkeys(
        ("max", "max_length", "max_minor", "max_count", "scale"),
        lambda old, new: old is None or new < old,
    ),
    "pattern": lambda old, new: bool(old != new),
    "currencies": lambda old, new: old is None or not set(old) <= set(new),
    "not_in_future": lambda old, _new: not old,
    "serial": lambda _old, _new: False,
}


def tightened(old: FieldShape, new: FieldShape) -> list[str]:
    """The members by which `new` may refuse what `old` took; [] when nothing can be broken."""
    if old.type != new.type:
        return ["type"]
    before, after = old.definition().rules, new.definition().rules
    found = [rule for rule, bound in after.items() if _STRICTER[rule](before.get(rule), bound)]
    if {one.code for one in old.choices} - {one.code for one in new.choices}:
        found.append("choices")
    found += [name for name in BESIDE if _is_stricter(name, old.rules, new.rules)]
    return found


def _is_stricter(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if not new.get(name) or old.get(name) == new.get(name):
        return False
    return not (name == "required_when" and (old.get("required") or new.get("required")))


def differing(old: FieldShape, new: FieldShape) -> list[str]:
    """The members in which they differ, for the log."""
    before, after = as_mapping(old), as_mapping(new)
    return [name for name in MEMBERS if before.get(name) != after.get(name)]


def converted(value: Any, to: FieldDefinition) -> Any:
    """A stored value as a field of another type keeps it; BadValue where it cannot.

    Nothing is rounded, cut or guessed. A number, a flag or a single choice becomes the text a
    person would write; several choices become one only where there is one.
    """
    if to.type in (FieldType.TEXT, FieldType.NOTE, FieldType.CHOICE):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if to.type is FieldType.CHOICES and isinstance(value, str):
        value = [value]
    return canonical(to, value)
