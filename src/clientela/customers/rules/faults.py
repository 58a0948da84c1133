"""What can be wrong with a value, a record or a definition of a field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FaultCode = Literal[
    # of values
    "ambiguous", "empty", "has-a-time", "has-credentials", "no-such-day", "not-a-choice",
    "not-a-country", "not-a-currency", "not-a-customer", "not-a-date", "not-a-link", "not-a-list",
    "not-a-number", "not-a-whole-number", "not-an-instant", "not-exact", "not-like-pattern",
    "not-money", "not-text", "not-yes-or-no", "order-needed", "other-currency", "out-of-range",
    "payment-card",
    "short-year", "too-big", "too-early", "too-few", "too-late", "too-long", "too-many",
    "too-precise", "too-short", "too-small", "unstorable-text", "zone-missing",
    # of records
    "in-the-future", "not-unique", "required", "retired-field", "too-large", "unknown-field",
    # of definitions
    "bad-choices", "bad-class", "bad-condition", "bad-default", "bad-group", "bad-key",
    "bad-labels", "bad-rule", "bad-unit", "cannot-be-filterable", "cannot-be-searchable",
    "cannot-be-unique", "unknown-member", "unknown-rule", "unknown-type",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldFault:
    """`params` fill the sentence made of the code: limits, and `position` within a list."""

    field: str
    code: FaultCode
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class BadValue(ValueError):
    """A value its field cannot take, with everything that is wrong with it."""

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


class BadDefinition(BadValue):
    """A field that cannot be defined like this."""


class Refused(ValueError):
    """One reason why a value is not of its type; the field it is meant for adds its name."""

    def __init__(self, code: FaultCode, **params: Any) -> None:
        super().__init__(code)
        self.code: FaultCode = code
        self.params = params
