"""What may stand in a customer's record: typed fields in one canonical form, one check for all
doors. No Django. Faults are codes with parameters; a door makes the sentence in the reader's
language.
"""

from __future__ import annotations

from clientela.customers.rules.attributes import (
    ATTRIBUTES_BYTES_MAX,
    as_json,
    check,
    folded_copies,
    from_json,
    told_to,
)
from clientela.customers.rules.faults import BadDefinition, BadValue, FaultCode, FieldFault
from clientela.customers.rules.fields import (
    FIELDS_MAX,
    FILTERABLE_MAX,
    PATTERNS,
    FieldDefinition,
    canonical,
)
from clientela.customers.rules.numbers import customer_number, is_customer_number
from clientela.customers.rules.statuses import (
    CUSTOMER_STATUSES,
    HELD_ROLES,
    HELD_STATUSES,
    HOLDING_ROLES,
    HOLDING_STATUSES,
)
from clientela.customers.rules.values import FieldType

__all__ = [
    "ATTRIBUTES_BYTES_MAX",
    "CUSTOMER_STATUSES",
    "FIELDS_MAX",
    "FILTERABLE_MAX",
    "HELD_ROLES",
    "HELD_STATUSES",
    "HOLDING_ROLES",
    "HOLDING_STATUSES",
    "PATTERNS",
    "BadDefinition",
    "BadValue",
    "FaultCode",
    "FieldDefinition",
    "FieldFault",
    "FieldType",
    "as_json",
    "canonical",
    "check",
    "customer_number",
    "folded_copies",
    "from_json",
    "is_customer_number",
    "told_to",
]
