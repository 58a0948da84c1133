"""What the demo company knows of its customers' work and home: fields taken from the pack for
banks, and what each customer says there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from clientela.customers.access.models import FieldRight
from clientela.customers.definitions import actions as definitions
from clientela.customers.models import Customer, Field, FieldKey, FieldPlan, ProfileType
from clientela.customers.rules import shapes
from clientela.customers.rules.calculated import years
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.mark import DEMO
from clientela.flows.demo.story import Party, Plan
from clientela.flows.packs import reading
from clientela.flows.packs.reading import TypePack
from clientela.flows.shapes import fields

PACK = "bank"
# Of which type of the pack which fields go to which of the company's own types.
TAKEN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "person": ("private", ("employment", "employer", "monthly_income", "housing", "dependants",
                           "risk_profile", "identity_checked_on")),
    "company": ("firm", ("trade", "employees", "yearly_turnover", "owners_checked_on")),
}  # fmt: skip
COUNTED = {"person": ("to_maturity",), "company": ()}
EMPLOYERS = {
    "lv": ("Cēsu slimnīca", "Valmieras stikls", "Rīgas satiksme", "Ziemeļu skola", "SIA Mežrozes"),
    "es": ("Hospital del Mar", "Talleres Vega", "Colegio San Juan", "Puerto de Valencia"),
    "en": ("Northern School", "Baltic Software", "Harbour Logistics"),
}
ANNA = {
    "employment": "employed", "employer": "Cēsu slimnīca", "housing": "mortgaged",
    "monthly_income": {"minor": 184_000, "currency": CURRENCY}, "dependants": 1,
    "risk_profile": "balanced", "identity_checked_on": "2024-04-11",
}  # fmt: skip


def set_up(*, now: datetime) -> tuple[str, ...]:
    """Add the fields that the company's own types have not got; `type.field` of each."""
    pack = {one.key: one for one in reading.read(reading.text_of(PACK)).types}
    added: list[str] = []
    for type_key, (of, keys) in TAKEN.items():
        kind = ProfileType.objects.filter(key=type_key, retired_at=None).first()
        if kind is not None:
            added += _added(kind, pack[of], keys, now=now)
    return tuple(added)


def _added(
    kind: ProfileType, pack: TypePack, keys: Iterable[str], *, now: datetime
) -> Iterator[str]:
    known = {field.key for field in kind.fields.all()}
    shaped = {shape.key: shape for shape in pack.fields}
    wanted = [shaped[key] for key in keys if key not in known]
    groups = {shape.group for shape in wanted} - {str(one["key"]) for one in kind.groups}
    counted = [one for one in pack.calculated if one["key"] in COUNTED[kind.key]]
    counted = [one for one in counted if one["key"] not in {it["key"] for it in kind.calculated}]
    definitions.change_type(
        kind, now=now, computed=[*kind.calculated, *counted],
        groups=[*kind.groups, *(one for one in pack.groups if one["key"] in groups)],
    )  # fmt: skip
    for shape in wanted:
        said = {**shapes.as_mapping(shape), "filterable": False}
        fields.define_field(kind.key, said, actor=DEMO, now=now)
        yield f"{kind.key}.{shape.key}"


def told_by(party: Party, plan: Plan, known: Iterable[str]) -> dict[str, Any]:
    """What this customer says in those of the fields that are there; some say nothing."""
    chance = Chance(plan.seed, f"traits {party.number}")
    if party.number == 1:
        told = dict(ANNA)
    elif chance.is_so(0.3):
        return {}
    else:
        told = _of_company(chance, plan.today) if party.profile_type == "company" else (
            _of_person(chance, party, plan.today)
        )  # fmt: skip
    here = {key.partition(".")[2] for key in known if key.startswith(f"{party.profile_type}.")}
    return {key: value for key, value in told.items() if key in here}


def _of_person(chance: Chance, party: Party, today: date) -> dict[str, Any]:
    age = years(date.fromisoformat(party.attributes["birth_date"]), today) or 0
    work = _work_of(chance, age)
    income = {"employed": 1_450, "self_employed": 1_700, "retired": 620}.get(work, 300)
    told: dict[str, Any] = {
        "employment": work, "dependants": chance.whole(0, 3) if 28 < age < 60 else 0,
        "monthly_income": _money(chance.around(income, 0.35)),
        "housing": chance.weighted(("rented", "mortgaged", "with_family", "owned"),
                                   (0.3, 0.2, 0.15)),
    }  # fmt: skip
    if work == "employed":
        told["employer"] = chance.one_of(EMPLOYERS.get(party.language, EMPLOYERS["en"]))
    if chance.is_so(0.4):
        told["risk_profile"] = chance.weighted(("bold", "balanced", "cautious"), (0.15, 0.45))
    if chance.is_so(0.5):
        told["identity_checked_on"] = chance.day(party.known_since, today).isoformat()
    return told


def _work_of(chance: Chance, age: int) -> str:
    if age > 64:
        return "retired"
    if age < 24 and chance.is_so(0.6):
        return "student"
    return chance.weighted(("self_employed", "without_work", "employed"), (0.1, 0.06))


def _of_company(chance: Chance, today: date) -> dict[str, Any]:
    people = max(1, int(chance.around(9, 1)))
    checked = chance.day(date(today.year - 3, 1, 1), today)
    return {
        "trade": chance.one_of(("farming", "making", "building", "retail", "services")),
        "employees": people, "yearly_turnover": _money(people * chance.around(58_000, 0.4)),
        "owners_checked_on": checked.isoformat(),
    }  # fmt: skip


def _money(amount: float) -> dict[str, Any]:
    return {"minor": round(amount / 10) * 1_000, "currency": CURRENCY}


def take_down(added: Iterable[str]) -> int:
    """The fields that `set_up` added, with their groups and what counts from them; one in which
    customers of the company's own have a value stays.
    """
    rows = 0
    for name in added:
        type_key, _dot, key = name.partition(".")
        field = Field.objects.filter(profile_type__key=type_key, key=key).first()
        if field is not None and not _is_used(field):
            rows += _removed(field)
    for type_key, (of, _keys) in TAKEN.items():
        kind = ProfileType.objects.filter(key=type_key).first()
        if kind is not None and any(name.startswith(f"{type_key}.") for name in added):
            _tidy(kind, of)
    return rows


def _is_used(field: Field) -> bool:
    theirs = Customer.objects.filter(profile_type=field.profile_type_id, is_demo=False)
    return hasattr(field, "index") or theirs.filter(attributes__has_key=field.key).exists()


def _removed(field: Field) -> int:
    gone = 0
    for model in (FieldRight, FieldPlan, FieldKey):
        gone += model._default_manager.filter(field=field).delete()[0]
    return gone + int(field.delete()[0])


def _tidy(kind: ProfileType, of: str) -> None:
    """Without the groups that hold nothing any more."""
    pack = next(one for one in reading.read(reading.text_of(PACK)).types if one.key == of)
    ours, counted = {str(one["key"]) for one in pack.groups}, COUNTED[kind.key]
    used = set(kind.fields.values_list("group_key", flat=True))
    ProfileType.objects.filter(pk=kind.pk).update(
        groups=[one for one in kind.groups if one["key"] in used or one["key"] not in ours],
        calculated=[one for one in kind.calculated if one["key"] not in counted],
    )
