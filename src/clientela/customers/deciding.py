"""Who may see, edit and reveal what, decided for a role; and whose a customer is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers import data_classes, sight
from clientela.customers.access.models import FieldRight
from clientela.customers.models import Customer, Field, FieldChange
from clientela.customers.sight import May
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.transactions import after_commit, needs_transaction
from clientela.staff.models import Branch, Person, Role

STANDARD = "standard"
WORDS = {
    "hidden": May(sees=False, edits=False), "see": May(edits=False), "edit": May(),
    "reveal": May(edits=False, reveals=True), "edit-reveal": May(reveals=True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """`may` is one of WORDS, or `standard`: as the kind of data says, or for a field as its kind
    was decided. A field is named by its profile type and key.
    """

    role: str
    may: str
    data_class: str = ""
    profile_type: str = ""
    field: str = ""


@needs_transaction
def decide(decisions: Iterable[Decision], *, actor: Actor, now: datetime) -> int:
    """Set what roles may; how many differ from what stood. Nobody gives more than they have."""
    changed = sum(_decide(one, actor=actor, now=now) for one in decisions)
    after_commit(sight.forget)
    return changed


def _decide(one: Decision, *, actor: Actor, now: datetime) -> bool:
    role = _role(one.role)
    field = _field(one)
    if one.may not in {STANDARD, *WORDS}:
        raise InvalidInput(f"Say {STANDARD}, {', '.join(WORDS)}.", field="may")
    standing = FieldRight.objects.filter(role=role, field=field, data_class=one.data_class)
    if one.may == STANDARD:
        return bool(standing.delete()[0])
    may = WORDS[one.may]
    _needs_as_much(actor, one, field, may)
    wanted = {"sees": may.sees, "edits": may.edits, "reveals": may.reveals}
    if standing.filter(**wanted).exists():
        return False
    FieldRight.objects.update_or_create(
        role=role, field=field, data_class=one.data_class,
        defaults={**wanted, "decided_by": actor.id, "decided_at": now},
    )  # fmt: skip
    return True


def word_of(may: May) -> str:
    return next(word for word, one in WORDS.items() if one == may)


@needs_transaction
def assign(
    customer: Customer, *, branch: str | None, owner: UUID | str | None, actor: Actor,
    now: datetime, request: str = "",
) -> list[str]:  # fmt: skip
    """Say whose a customer is: None leaves the branch, "" the owner; the fields changed."""
    after = {
        "branch": customer.branch if branch is None else _branch(branch),
        "owner": customer.owner_id if owner == "" else _owner(owner),
    }
    before = {"branch": customer.branch, "owner": customer.owner_id}
    changed = [name for name, value in after.items() if value != before[name]]
    if not changed:
        return []
    Customer.objects.filter(id=customer.id).update(
        branch=after["branch"], owner_id=after["owner"], version=customer.version + 1
    )
    FieldChange.objects.bulk_create(
        FieldChange(
            customer_id=customer.id, field=name, old=_told(before[name]), new=_told(after[name]),
            changed_at=now, actor=actor.id, request=request,
        )
        for name in changed
    )  # fmt: skip
    return changed


def _role(key: str) -> Role:
    role = Role.objects.filter(key=key).first()
    if role is None:
        raise InvalidInput(f"There is no role {key}.", field="role")
    if ALL in role.rights:
        raise InvalidInput("This role may do everything; it cannot be narrowed.", field="role")
    return role


def _field(one: Decision) -> Field | None:
    if bool(one.data_class) == bool(one.field):
        raise InvalidInput("Name a kind of data, or a field with its profile type.", field="field")
    if one.data_class:
        if one.data_class not in data_classes.BY_KEY:
            known = ", ".join(data_classes.BY_KEY)
            raise InvalidInput(f"Kinds of data are {known}.", field="data_class")
        return None
    field = Field.objects.filter(profile_type__key=one.profile_type, key=one.field).first()
    if field is None:
        raise InvalidInput(f"{one.profile_type} has no field {one.field}.", field="field")
    return field


def _needs_as_much(actor: Actor, one: Decision, field: Field | None, may: May) -> None:
    """Who may not see or reveal something does not let others."""
    if ALL in actor.rights:
        return
    own = sight.may_of(actor, field=field, data_class=one.data_class)
    if (own | may) != own:
        raise sight.FieldNotEditable(
            "Nobody gives others more of a field than they have themselves.", field="may"
        )


def _branch(key: str) -> str:
    if key and not Branch.objects.filter(key=key).exists():
        raise InvalidInput(f"There is no branch {key}.", field="branch")
    return key


def _owner(person: UUID | str | None) -> UUID | None:
    if person is None:
        return None
    if not Person.objects.active().filter(id=person).exists():
        raise InvalidInput("Nobody who signs in has this id.", field="owner")
    return person if isinstance(person, UUID) else UUID(person)


def _told(value: UUID | str | None) -> str | None:
    """As the history keeps it: a branch by its key, a person by the public id."""
    return ids.public("per", value) if isinstance(value, UUID) else value or None
