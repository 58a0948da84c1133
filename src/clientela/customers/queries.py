"""Every read of the customer's record. Each takes the family of ids: a merge is only a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from clientela.customers import rules, sight
from clientela.customers.definitions.queries import definitions_of as definitions_by_key
from clientela.customers.identities.rules import SHARED_BY
from clientela.customers.models import (
    Customer,
    ExternalId,
    Field,
    FieldChange,
    Identity,
    IdentityKey,
    ProfileType,
)
from clientela.customers.searching import counts
from clientela.platform import emails, phones, sql, text
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http import actors

SEARCH_MAX = 50
FAMILY_SEEN = (
    "SELECT customers_family(%s) WHERE customers_is_seen(%s, %s::text[], %s::uuid, %s::boolean)"
)
WORDS_MAX = 10
SHORT_MAX = 2


class NoSuchCustomer(NotThere):
    code = "no-such-customer"
    title = "There is no such customer"


class CustomerAmbiguous(Problem):
    code = "customer-ambiguous"
    status = 409
    title = "This names more than one customer"


class Reference(NamedTuple):
    """One way to name a customer. `kind`: `id`, `external` (with `source`) or an identity's kind
    (`phone`, `email`, …), then `value` is its normal form.
    """

    kind: str
    value: str
    source: str = ""


class Resolved(NamedTuple):
    """What a reference means: `survivors` = how many; `survivor` the only one, or any of many.

    `named` differs from `survivor` where the reference names a merged record.
    """

    survivors: int
    survivor: UUID
    named: UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """`kind`, `value`: the identity that matched, if one did, and it may be shown; `former`: the
    name of the merged record it was found by.
    """

    customer: Customer
    rank: int
    phone: str
    email: str
    kind: str = ""
    value: str = ""
    former: str = ""


def profile_types(*, with_fields: bool = False) -> dict[str, ProfileType]:
    """All profile types by key; they are few and change rarely."""
    kinds = ProfileType.objects.all()
    return {kind.key: kind for kind in (kinds.prefetch_related("fields") if with_fields else kinds)}


def definitions(kind: ProfileType) -> dict[str, rules.FieldDefinition]:
    """The typed fields of a profile type by key, retired ones too."""
    return definitions_of(kind.fields.all())


def definitions_of(fields: Iterable[Field]) -> dict[str, rules.FieldDefinition]:
    return definitions_by_key(fields)


def family_of(customer_id: UUID) -> list[UUID]:
    """The survivor first, then its aliases; [] when there is no such customer, or none that whoever
    acts may see.
    """
    seeing = sight.present()
    if seeing.sees_everybody:
        row = sql.execute("SELECT customers_family(%s)", [customer_id], prepare=True).fetchone()
    else:
        seen = [customer_id, customer_id, seeing.branch_list, seeing.person, seeing.sees_restricted]
        row = sql.execute(FAMILY_SEEN, seen, prepare=True).fetchone()
    return list(row[0]) if row and row[0] else []


def is_seen(customer_id: UUID) -> bool:
    """Whether whoever acts may see a customer; rows of one that is not are not there."""
    seeing = sight.present()
    return seeing.sees_everybody or customer_id in visible([customer_id])


def visible(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some customers that whoever acts may see."""
    wanted, seeing = set(customer_ids), sight.present()
    if seeing.sees_everybody or not wanted:
        return wanted
    seen = Customer.objects.filter(seeing.of_customers(), id__in=wanted)
    return set(seen.values_list("id", flat=True))


def resolve(
    references: Sequence[Reference], *, even_restricted: bool = False
) -> list[Resolved | None]:
    """What each reference means, in their order; None where nobody is known by it.

    `even_restricted`: what belongs to somebody whose record is restricted is still kept for them.
    """
    if not references:
        return []
    seeing = sight.present().parameters | ({"restricted": True} if even_restricted else {})
    if len(references) == 1 and references[0].kind != "id":
        return [_resolved_one(references[0], seeing)]
    if all(reference.kind == "external" for reference in references):
        return _resolved_names(references, seeing)
    rows = sql.statement("customers", "resolve").rows(
        size=len(references),
        kind=[reference.kind for reference in references],
        source=[reference.source for reference in references],
        value=[reference.value for reference in references],
        **seeing,
    )
    found = {place: Resolved(count, survivor, named) for place, count, survivor, named in rows}
    return [found.get(place) for place in range(1, len(references) + 1)]


def _resolved_names(
    references: Sequence[Reference], seeing: Mapping[str, Any]
) -> list[Resolved | None]:
    """The same for names of other systems alone, as files give them: each name is sought once."""
    names = list({(reference.source, reference.value): None for reference in references})
    columns = sql.columns(names, ("source", "value"))
    rows = sql.statement("customers", "resolve_names").rows(size=len(names), **columns, **seeing)
    found = {names[place - 1]: Resolved(*resolved) for place, *resolved in rows}
    return [found.get((reference.source, reference.value)) for reference in references]


def _resolved_one(reference: Reference, seeing: Mapping[str, Any]) -> Resolved | None:
    """The same for one, which calls and tills ask all day: plans without arrays are far cheaper."""
    which = "resolve_one"
    if seeing["branches"] is None and seeing["restricted"] and seeing["unsought"] == "{}":
        which = "known_by_name" if reference.kind == "external" else "known_by_identity"
    rows = sql.statement("customers", which).rows(
        kind=reference.kind, source=reference.source, value=reference.value, **seeing
    )
    if len(rows) < 2:
        return Resolved(1, *rows[0]) if rows else None
    survivors = {survivor for survivor, _ in rows}
    named = {id for _, id in rows}
    return Resolved(len(survivors), min(survivors), min(named & survivors or named))


def the_one(reference: Reference) -> Resolved:
    """The single customer a reference means; refused when nobody or many are meant."""
    (resolved,) = resolve([reference])
    if resolved is None:
        raise NoSuchCustomer
    if resolved.survivors > 1:
        raise CustomerAmbiguous(
            f"{resolved.survivors} customers are known by this {reference.kind}."
        )
    return resolved


def survivors_by(kind: str, value: str) -> list[UUID]:
    """Everybody known by this identity today, at most 50; merged ones count as their survivor."""
    rows = sql.statement("customers", "survivors").rows(
        kind=kind, value=value, limit=SEARCH_MAX, **sight.present().parameters
    )
    return [id for (id,) in rows]


@dataclass(frozen=True, slots=True)
class KnownBy:
    """Whom an identity means: those whoever acts may see, and how many others."""

    seen: tuple[UUID, ...]
    others: int = 0


def known_by(kind: str, value: str) -> KnownBy:
    """Everybody known by this identity today, of those not to be seen only how many they are."""
    seen = survivors_by(kind, value)
    if sight.present().sees_everybody:
        return KnownBy(tuple(seen))
    with actors.acting(actors.SYSTEM):
        everybody = survivors_by(kind, value)
    return KnownBy(tuple(seen), len(everybody) - len(seen))


def survivors_by_tail(digits: str) -> list[UUID]:
    """Everybody with a phone that ends in these digits, at most 50."""
    if not digits.isdecimal():
        return []
    rows = sql.statement("customers", "by_tail").rows(
        tail=digits, limit=SEARCH_MAX, **sight.present().parameters
    )
    return [id for (id,) in rows]


def is_shared(kind: str, value: str) -> bool:
    """Whether somebody's record says that others use this identity as well, or so many have it."""
    marked = Identity.objects.filter(kind=kind, value_norm=value, shared=True, ended_at=None)
    held = IdentityKey.objects.filter(kind=kind, value_norm=value)
    return marked.exists() or held[: SHARED_BY + 1].count() > SHARED_BY


def get(customer_id: UUID) -> Customer:
    """The record itself, as it is named (a merged one stands as a tombstone)."""
    seen = Customer.objects.filter(sight.present().of_customers())
    customer = seen.select_related("profile_type").filter(id=customer_id).first()
    if customer is None:
        raise NoSuchCustomer
    return customer


def names_of(customer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What customers are called, merged ones by their own record; those not to be seen are not."""
    rows = Customer.objects.filter(sight.present().of_customers(), id__in=set(customer_ids))
    return dict(rows.values_list("id", "display_name"))


def identities_of(family: Iterable[UUID]) -> list[Identity]:
    """What the family is found by now."""
    seen = Identity.objects.exclude(kind__in=sight.present().unshown_identities)
    rows = seen.filter(customer_id__in=list(family), ended_at=None)
    return list(rows.order_by("kind", "id"))


def identities_by_kind(family: Iterable[UUID], kinds: Iterable[str]) -> list[Identity]:
    """With their values also where these are masked: whoever asks has written down why."""
    listed = Identity.objects.filter(
        customer_id__in=list(family), kind__in=list(kinds), ended_at=None
    )
    return list(listed.order_by("kind", "id"))


def external_ids_of(family: Iterable[UUID]) -> list[ExternalId]:
    return list(ExternalId.objects.filter(customer_id__in=list(family)).order_by("source"))


def changes_of(
    family: Iterable[UUID], *, before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[FieldChange]:
    """What was changed, newest first, paged by (changed_at, id): without hidden fields, and of
    masked ones without values.
    """
    ids_of = list(family)
    changes, kind = FieldChange.objects.filter(customer_id__in=ids_of), ""
    seeing = sight.present()
    if seeing.veils_fields and ids_of:
        kind = _type_of(ids_of[0])
        changes = changes.exclude(field__in=seeing.unseen_keys(kind))
    if before is not None:
        at, id = before
        changes = changes.filter(Q(changed_at__lt=at) | Q(changed_at=at, id__lt=id))
    found = list(changes.order_by("-changed_at", "-id")[:limit])
    for change in found:
        if change.field in seeing.masked_keys():
            change.old, change.new, change.is_masked = None, None, True
    return found


def last_changes_of(family: Iterable[UUID], *, profile_type: str) -> dict[str, FieldChange]:
    """For each field that was ever changed the last change: who said what stands there now."""
    latest = FieldChange.objects.filter(customer_id__in=list(family))
    latest = latest.order_by("field", "-changed_at", "-id").distinct("field")
    unseen = sight.present().unseen_keys(profile_type)
    return {change.field: change for change in latest if change.field not in unseen}


def _type_of(customer_id: UUID) -> str:
    types = Customer.objects.filter(id=customer_id).values_list("profile_type__key", flat=True)
    return types.first() or ""


def latest(limit: int = SEARCH_MAX) -> list[Customer]:
    """Customers something was heard of last; merged ones are left out."""
    customers = Customer.objects.filter(sight.present().of_customers(), merged_into=None)
    customers = customers.select_related("profile_type")
    return list(customers.order_by("-last_activity_at", "-id")[: min(limit, SEARCH_MAX)])


def named(names: Sequence[tuple[str, str]]) -> dict[int, tuple[Any, ...]]:
    """The present state of customers by (source, external id): place in `names` -> row of
    id, name, language, country, attributes, profile type, version, and the record so named.
    """
    if not names:
        return {}
    rows = sql.statement("customers", "named").rows(
        size=len(names),
        source=[source for source, _ in names],
        external_id=[external_id for _, external_id in names],
    )
    return {row[0] - 1: row[1:] for row in rows}


def search(query: str, *, country: str = "", limit: int = SEARCH_MAX) -> list[Hit]:
    """At most 50 customers, best first: exact identities, whole words, then latest activity.

    Words match the start of any word of the name, in any order, marks and case ignored; one or two
    letters only whole words. Four and more digits match the tail of a phone; a whole phone, e-mail,
    number or id matches exactly. Words of many are looked for along the latest activity.
    """
    words = text.words(query)[:WORDS_MAX]
    tail = phones.digits_tail(query) or ""
    values = _exact_values(query, country=country)
    starts = words if len("".join(words)) > SHORT_MAX else []
    if not (values or tail or words):
        return []
    rows = sql.statement("customers", "search").rows(
        values=values,
        tail=tail,
        words=" & ".join(f"{_lexeme(word)}:*" for word in starts),
        whole=" & ".join(_lexeme(word) for word in words),
        walk_words=counts.is_common(starts, starts=True),
        walk_whole=counts.is_common(words, starts=False),
        limit=min(limit, SEARCH_MAX),
        **sight.present().parameters,
    )
    return _hits(rows)


def candidates(family_ids: Sequence[UUID]) -> list[Hit]:
    """Some customers as search results, for a chooser; in order of latest activity."""
    rows = Customer.objects.filter(sight.present().of_customers(), id__in=family_ids)
    rows = rows.order_by("-last_activity_at")[:SEARCH_MAX]
    return _hits([(customer.id, 0, "", "", "") for customer in rows])


def _hits(rows: Sequence[tuple[UUID, int, str, str, str]]) -> list[Hit]:
    found = [row[0] for row in rows]
    customers = Customer.objects.select_related("profile_type").in_bulk(found)
    primary: dict[tuple[UUID, str], str] = {}
    kinds = [kind for kind in ("phone", "email") if sight.present().sees_identity(kind)]
    for identity in Identity.objects.filter(customer_id__in=found, kind__in=kinds, ended_at=None):
        place = (identity.customer_id, identity.kind)
        if identity.primary_since is not None or place not in primary:
            primary[place] = identity.value_shown
    seeing = sight.present()
    return [
        Hit(
            customers[id], rank, primary.get((id, "phone"), ""), primary.get((id, "email"), ""),
            kind, value if seeing.sees_identity(kind) else "", former,
        )
        for id, rank, kind, value, former in rows
    ]  # fmt: skip


def _exact_values(query: str, *, country: str) -> list[str]:
    try:
        plain = text.clean(query)
    except ValueError:  # holds what no text may hold, so nobody is called that
        return []
    values = {plain} if plain else set()
    with suppress(phones.BadPhone):
        values.add(phones.normal(plain, country or None).e164)
    with suppress(emails.BadEmail):
        values.add(emails.normal(plain).norm)
    digits = "".join(plain.split())
    if digits.isdigit() and rules.is_customer_number(int(digits)):
        values.add(digits)
    return sorted(values)


def _lexeme(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
