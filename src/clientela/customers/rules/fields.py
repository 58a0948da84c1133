"""Definitions of fields: their type, and the rules that tighten it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from clientela.customers.rules import values
from clientela.customers.rules.faults import BadDefinition, BadValue, FaultCode, FieldFault, Refused
from clientela.customers.rules.values import FieldType
from clientela.platform import cards
from clientela.platform.conditions.judging import Clock
from clientela.platform.money import CURRENCIES

FIELDS_MAX = 300
FILTERABLE_MAX = 12
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
CHOICE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
# The closed list of what a text can be asked to look like.
PATTERNS = {
    "digits": re.compile(r"[0-9]+"),
    "letters": re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*"),
    "letters-and-digits": re.compile(r"[^\W_]+"),
    "capitals-and-digits": re.compile(r"[A-Z0-9]+"),
}


# Whether a record that stands like this fulfils a condition, at this moment.
Asked = Callable[[Mapping[str, Any], Clock], bool]


@dataclass(frozen=True)
class FieldDefinition:
    """One typed datum of a profile type. A definition that cannot be is BadDefinition.

    `rules` tighten the type: `min_length max_length pattern` of text and note; `min max` of
    integer, decimal, percent, date and instant; `scale` of decimal and percent; `min_minor
    max_minor currencies` of money; `not_in_future` of date and instant; `min_count max_count` of
    choices. `serial` of a text says that numbers of devices stand there, which may look like those
    of payment cards: these are refused in other texts and numbers, and hidden in notes.
    `required_when` is asked about the record as it will stand; `asks` are the fields it looks at.
    `default` is what a new record gets that says nothing of the field.
    """

    key: str
    type: FieldType
    rules: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    required: bool = False
    required_when: Asked | None = field(default=None, compare=False)
    asks: frozenset[str] = field(default=frozenset(), compare=False)
    unique: bool = False
    default: Any = field(default=None, compare=False)
    searchable: bool = False
    filterable: bool = False
    retired: bool = False
    codes: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.type not in set(FieldType):
            raise BadDefinition(FieldFault(self.key, "unknown-type", {"type": str(self.type)}))
        kept: dict[str, Any] = {}
        faults = [*_name_faults(self), *_rule_faults(self, kept)]
        if faults:
            raise BadDefinition(*faults)
        object.__setattr__(self, "type", FieldType(self.type))
        object.__setattr__(self, "rules", MappingProxyType(kept))
        object.__setattr__(self, "codes", frozenset(self.choices))
        if self.default is not None:
            object.__setattr__(self, "default", _default(self))

    @property
    def is_text(self) -> bool:
        """Whether its values are compared folded."""
        return self.type in (FieldType.TEXT, FieldType.NOTE)

    @property
    def scale(self) -> int:
        """How many decimals its numbers may have."""
        return int(self.rules.get("scale", values.SCALE_MAX))

    def is_required(self, state: Mapping[str, Any], clock: Clock) -> bool:
        """Whether a record that stands like this must have a value here."""
        if self.required or self.required_when is None:
            return self.required
        return self.required_when(state, clock)


def canonical(field: FieldDefinition, value: Any) -> Any:
    """The one form in which the value is stored; BadValue with every rule it breaks.

    Whether a day lies in the future, and what a record must have, `check` decides.
    """
    try:
        form = _FORMS[field.type](value, field)
    except Refused as refused:
        raise BadValue(FieldFault(field.key, refused.code, refused.params)) from None
    if field.type is FieldType.NOTE:
        form = cards.masked(form)
    elif field.type in _CARDLESS and not field.rules.get("serial") and _holds_card(form):
        raise BadValue(FieldFault(field.key, "payment-card"))
    if field.rules and (faults := list(_broken_rules(field, form))):
        raise BadValue(*faults)
    return form


_FORMS: dict[FieldType, Callable[[Any, FieldDefinition], Any]] = {
    FieldType.TEXT: lambda value, _: values.text(value),
    FieldType.NOTE: lambda value, _: values.note(value),
    FieldType.INTEGER: lambda value, _: values.whole_number(value),
    FieldType.DECIMAL: lambda value, field: values.decimal(value, scale=field.scale),
    FieldType.MONEY: lambda value, _: values.amount(value),
    FieldType.PERCENT: lambda value, field: values.percent(value, scale=field.scale),
    FieldType.YES_NO: lambda value, _: values.yes_no(value),
    FieldType.DATE: lambda value, _: values.day(value),
    FieldType.INSTANT: lambda value, _: values.instant(value),
    FieldType.CHOICE: lambda value, field: values.choice(value, field.codes),
    FieldType.CHOICES: lambda value, field: values.choices(value, field.codes),
    FieldType.COUNTRY: lambda value, _: values.country(value),
    FieldType.LINK: lambda value, _: values.link(value),
    FieldType.CUSTOMER: lambda value, _: values.customer(value),
}

_CARDLESS = (FieldType.TEXT, FieldType.LINK, FieldType.INTEGER, FieldType.DECIMAL)
_CARD_MIN = 10**11


def _holds_card(value: Any) -> bool:
    """Numbers below twelve digits are none, and most are looked at no further."""
    if not isinstance(value, str):
        return bool(value >= _CARD_MIN) and cards.holds(str(int(value)))
    return len(value) >= 12 and cards.holds(value)


# Rules: which types know them, what they may say, and when a value keeps them.

_TEXTS = (FieldType.TEXT, FieldType.NOTE)
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT)
_TIMES = (FieldType.DATE, FieldType.INSTANT)
_RULES_OF: dict[str, tuple[FieldType, ...]] = {
    "min_length": _TEXTS,
    "max_length": _TEXTS,
    "pattern": _TEXTS,
    "serial": (FieldType.TEXT,),
    "min": (*_NUMBERS, *_TIMES),
    "max": (*_NUMBERS, *_TIMES),
    "scale": (FieldType.DECIMAL, FieldType.PERCENT),
    "min_minor": (FieldType.MONEY,),
    "max_minor": (FieldType.MONEY,),
    "currencies": (FieldType.MONEY,),
    "not_in_future": _TIMES,
    "min_count": (FieldType.CHOICES,),
    "max_count": (FieldType.CHOICES,),
}
RULES = tuple(_RULES_OF)
_BOUNDS: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.INTEGER: values.whole_number,
    FieldType.DECIMAL: values.decimal,
    FieldType.PERCENT: values.percent,
    FieldType.DATE: values.day,
    FieldType.INSTANT: values.instant,
}
_KEPT_WHEN: dict[str, tuple[FaultCode, Callable[[Any, Any], bool]]] = {
    "min_length": ("too-short", lambda value, least: len(value) >= least),
    "max_length": ("too-long", lambda value, most: len(value) <= most),
    "pattern": (
        "not-like-pattern",
        lambda value, name: PATTERNS[name].fullmatch(value) is not None,
    ),
    "min": ("too-small", lambda value, least: value >= least),
    "max": ("too-big", lambda value, most: value <= most),
    "min_minor": ("too-small", lambda value, least: value["minor"] >= least),
    "max_minor": ("too-big", lambda value, most: value["minor"] <= most),
    "currencies": ("other-currency", lambda value, known: value["currency"] in known),
    "min_count": ("too-few", lambda value, least: len(value) >= least),
    "max_count": ("too-many", lambda value, most: len(value) <= most),
}
_OF_TIMES: dict[str, FaultCode] = {"min": "too-early", "max": "too-late"}


def _broken_rules(field: FieldDefinition, value: Any) -> Iterator[FieldFault]:
    for rule, bound in field.rules.items():
        code, is_kept = _KEPT_WHEN.get(rule, (None, None))
        if code is None or is_kept is None or is_kept(value, bound):
            continue
        if field.type in _TIMES:
            code = _OF_TIMES[rule]
        yield FieldFault(field.key, code, {rule: bound})


def _name_faults(field: FieldDefinition) -> Iterator[FieldFault]:
    if not KEY.fullmatch(field.key):
        yield FieldFault(field.key, "bad-key")
    has_choices = field.type in (FieldType.CHOICE, FieldType.CHOICES)
    if has_choices != bool(field.choices) or not _are_codes(field.choices):
        yield FieldFault(field.key, "bad-choices")


def _default(field: FieldDefinition) -> Any:
    try:
        return canonical(field, field.default)
    except BadValue as bad:
        raise BadDefinition(
            FieldFault(field.key, "bad-default", {"reason": bad.faults[0].code})
        ) from None


def _are_codes(choices: tuple[str, ...]) -> bool:
    return len(set(choices)) == len(choices) <= values.CHOICES_MAX and all(
        isinstance(code, str) and CHOICE_CODE.fullmatch(code) for code in choices
    )


def _rule_faults(field: FieldDefinition, kept: dict[str, Any]) -> Iterator[FieldFault]:
    """Faults of the rules; those without go to `kept`, in canonical form."""
    for rule, said in field.rules.items():
        if field.type not in _RULES_OF.get(rule, ()):
            yield FieldFault(field.key, "unknown-rule", {"rule": rule})
            continue
        try:
            kept[rule] = _said(FieldType(field.type), rule, said)
        except (Refused, TypeError):
            yield FieldFault(field.key, "bad-rule", {"rule": rule})
    for least, most in (("min", "max"), ("min_length", "max_length"), ("min_minor", "max_minor"),
                        ("min_count", "max_count")):  # fmt: skip
        if least in kept and most in kept and kept[least] > kept[most]:
            yield FieldFault(field.key, "bad-rule", {"rule": most})


def _said(kind: FieldType, rule: str, said: Any) -> Any:
    if rule in ("min", "max"):
        return _BOUNDS[kind](said)
    if rule == "pattern":
        return values.choice(said, PATTERNS)
    if rule == "currencies":
        return tuple(values.choices(said, CURRENCIES))
    if rule in ("not_in_future", "serial"):
        return values.yes_no(said)
    return _count(said, most=_MOST.get(rule, values.INTEGER_MAX), may_be_negative="minor" in rule)


_MOST = {"scale": values.SCALE_MAX, "min_count": values.CHOICES_MAX}


def _count(said: Any, *, most: int, may_be_negative: bool) -> int:
    number = values.whole_number(said)
    if number > most or (number < 0 and not may_be_negative):
        raise Refused("out-of-range")
    return number
