"""Fields as the API tells and takes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import get_language
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr

from clientela.api.types import Body, HouseRequest
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Field as FieldRow
from clientela.customers.models import FieldPlan
from clientela.customers.rules import shapes
from clientela.platform import labels as words
from clientela.staff import company as companies

Labels = dict[str, str]
Bound = StrictInt | float | StrictStr


class Choice(Body):
    code: StrictStr
    labels: Labels = {}


class Members(Body):
    """What is said of a field. In a change null takes a member away, and what is left out stays.

    `required_when` is a condition on other fields of the type, whose facts are `customer.KEY`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: Labels | None = None
    help: Labels | None = None
    group: StrictStr | None = None
    unit: StrictStr | Labels | None = None
    choices: Annotated[list[Choice | StrictStr], Field(max_length=200)] | None = None
    default: Any = None
    data_class: StrictStr | None = None
    searchable: StrictBool | None = None
    filterable: StrictBool | None = None
    sensitive: StrictBool | None = None
    personal: StrictBool | None = None
    required: StrictBool | None = None
    required_when: dict[str, Any] | None = None
    unique: StrictBool | None = None
    min: Bound | None = None
    max: Bound | None = None
    min_length: StrictInt | None = None
    max_length: StrictInt | None = None
    pattern: StrictStr | None = None
    scale: StrictInt | None = None
    min_minor: StrictInt | None = None
    max_minor: StrictInt | None = None
    currencies: list[StrictStr] | None = None
    not_in_future: StrictBool | None = None
    serial: StrictBool | None = None
    min_count: StrictInt | None = None
    max_count: StrictInt | None = None

    def said(self) -> dict[str, Any]:
        """The members that were sent, null among them."""
        return self.model_dump(exclude_unset=True, exclude={"profile_type", "from_day", "at_once"})


class NewField(Members):
    """`key` is for ever. `type` is one of the fourteen."""

    profile_type: StrictStr
    key: StrictStr
    type: StrictStr


class FieldChange(Members):
    """`type`: another one, if every value can be kept as it. `from_day`: where customers do not
    fit, make the change from this day on for all writes, instead of refusing it.
    """

    type: StrictStr | None = None
    from_day: StrictStr | None = None


class Index(Body):
    """Of a filterable field: waiting, building, ready, failed or dropping, and how far it is."""

    state: str
    phase: str
    done: int
    total: int


class FieldAnswer(Body):
    """`members`: what is said of the field. `label`: in the language asked for."""

    profile_type: str
    key: str
    type: str
    label: str
    retired: bool
    index: Index | None
    members: dict[str, Any]


class Example(Body):
    customer: str
    merged_from: str | None = None
    code: str


class Plan(Body):
    """A change that was checked over all customers first."""

    id: str
    profile_type: str
    field: str
    state: Literal[
        "checking", "refused", "scheduled", "converting", "applied", "cancelled", "failed"
    ]
    wanted: dict[str, Any]
    from_day: str | None
    looked: int
    total: int
    offenders: int
    rewritten: int
    examples: list[Example]


def told(field: FieldRow) -> dict[str, Any]:
    return {
        "profile_type": field.profile_type.key, "key": field.key, "type": field.type,
        "label": in_words(field.labels), "retired": field.retired_at is not None,
        "index": _index(field), "members": shapes.as_mapping(definitions.shape_of(field)),
    }  # fmt: skip


def plan_told(plan: FieldPlan) -> dict[str, Any]:
    day = plan.takes_effect_on
    return {
        "id": plan.public_id, "profile_type": plan.field.profile_type.key,
        "field": plan.field.key, "state": plan.state, "wanted": plan.wanted,
        "from_day": day.isoformat() if day else None, "looked": plan.looked, "total": plan.total,
        "offenders": plan.offenders, "rewritten": plan.rewritten, "examples": plan.examples,
    }  # fmt: skip


def in_words(labels: Any) -> str:
    return words.in_words(labels, (get_language() or "en")[:2])


def language(request: HouseRequest) -> str:
    """The language of labels: what the caller asks for, else the company's."""
    asked = request.headers.get("Accept-Language", "")[:2].lower()
    return asked if asked in ("en", "es", "lv") else companies.current().language


def _index(field: FieldRow) -> dict[str, Any] | None:
    index = getattr(field, "index", None)
    if index is None:
        return None
    return {
        "state": str(index.state), "phase": index.phase, "done": index.done, "total": index.total,
    }  # fmt: skip
