"""Refusals of definitions, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from clientela.customers.faults import as_faults
from clientela.customers.rules.faults import BadDefinition
from clientela.platform.errors import Problem


class InvalidField(Problem):
    code = "invalid-field"
    status = 422
    title = "A field cannot be defined like this"


class PlanIsOpen(Problem):
    code = "plan-is-open"
    status = 409
    title = "Another change of this field is under way"


@contextmanager
def worded(prefix: str = "") -> Iterator[None]:
    """A definition that cannot be becomes a refusal that names every fault."""
    try:
        yield
    except BadDefinition as bad:
        faults = as_faults(bad.faults, prefix)
        raise InvalidField(faults[0]["detail"], field=faults[0]["field"], faults=faults) from bad
