"""A customer is erased, in parts or whole; what a duty keeps is restricted until it may go."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clientela.customers import queries as customer_reads
from clientela.customers.forgetting import actions as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import fold_habits, keep_files
from clientela.flows.consents import family_of
from clientela.flows.erasing import files, listed, reach, typed
from clientela.flows.erasing.reach import Reached
from clientela.imports import actions as imports_done
from clientela.imports import queries as imports
from clientela.imports.models import Batch
from clientela.mail import actions as mail
from clientela.matching.queries import merges
from clientela.notes import queries as notes
from clientela.platform import sql, transactions
from clientela.platform.declare import house
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.privacy import hashes
from clientela.privacy import queries as privacy
from clientela.privacy.actions import consents, erasing, limits, requests
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.models.consents import Suppression
from clientela.privacy.models.rights import Erasure, Request, Restriction
from clientela.privacy.words import CLASSES
from clientela.staff import company as companies

WHOLE_ONLY = ("record", "former")


class AlreadyErased(Problem):
    code = "already-erased"
    status = 409
    title = "This customer was erased already"


@dataclass(frozen=True, slots=True)
class Kept:
    """Why somebody cannot be erased yet: a hold, or a duty of `count` things; until when."""

    key: str
    words: str | Promise
    count: int
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What erasing would do, and what stands in its way."""

    family: tuple[UUID, ...]
    classes: tuple[str, ...]
    reached: tuple[Reached, ...]
    fields: tuple[str, ...]
    kept: tuple[Kept, ...]

    @property
    def until_on(self) -> date | None:
        """The day everything is over; None when nobody knows."""
        days = [one.until_on for one in self.kept]
        return None if None in days else max(filter(None, days), default=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either erased, with its proof, or restricted, with why and until when."""

    plan: Plan
    erasure: Erasure | None = None
    restriction: Restriction | None = None

    @property
    def state(self) -> str:
        return "erased" if self.erasure else "restricted"


def classes_of(family: Sequence[UUID]) -> list[str]:
    """What may be erased by itself: classes of tables, and classes of the fields of the record."""
    fields = customer_reads.get(family[0]).profile_type.fields.all()
    return sorted({*CLASSES, *(field.data_class for field in fields)} - set(WHOLE_ONLY))


def tried(customer_id: UUID, classes: Collection[str] = (), *, now: datetime) -> Plan:
    """The dry run: every table with how many rows, and what stands in the way; nothing changes."""
    family = family_of(customer_id)
    _refuse_unknown(family, classes)
    today = companies.current().today(now)
    return Plan(
        tuple(family), tuple(sorted(classes)), tuple(reach.counted(family, classes)),
        tuple(_fields(family, classes)), tuple(_kept(family, classes, today=today)),
    )  # fmt: skip


@transactions.retried
def erase_customer(
    customer_id: UUID, *, classes: Collection[str] = (), request_id: UUID | None = None,
    actor: Actor, now: datetime, request: str = "",
) -> Outcome:  # fmt: skip
    """Erase, or restrict where a legal hold or a duty stands in the way.

    AlreadyErased when it was done before. An open request to erase is answered with it.
    """
    with transactions.open():
        plan = _locked(customer_id, classes, now=now)
        if not classes and privacy.is_erased(plan.family):
            raise AlreadyErased
        asked = _asked(plan, request_id)
        if plan.kept:
            return _restricted(plan, asked, actor=actor, now=now, request=request)
        transactions.after_commit(listed.keep)
        return _erased(plan, asked, actor=actor, now=now, request=request)


@transactions.retried
def erase_again(done: listed.Line, *, now: datetime) -> bool:
    """After a restore: what was erased since the backup is erased again, whatever stands there."""
    with transactions.open():
        known = [id for id in done.customers if customer_reads.family_of(id)]
        if not known or Erasure.objects.filter(id=done.id).exists():
            return False
        family = tuple(customer_reads.family_of(known[0]))
        if not done.classes and privacy.is_erased(family):
            return False
        plan = Plan(family, done.classes, (), tuple(_fields(family, done.classes)), ())
        _erased(plan, None, actor=SYSTEM, now=now, request="", id=done.id)
    return True


def erase_what_was_kept(*, now: datetime) -> int:
    """Each night: what a duty kept and keeps no longer is erased; how many."""
    erased = 0
    for one in privacy.kept_until_now(today=companies.current().today(now)):
        if not tried(one.customer_id, now=now).kept:
            erase_customer(one.customer_id, request_id=one.request_id, actor=SYSTEM, now=now)
            erased += 1
    return erased


def _locked(customer_id: UUID, classes: Collection[str], *, now: datetime) -> Plan:
    """The plan, with the records locked in the order of their ids."""
    family = family_of(customer_id)
    sql.execute(
        "SELECT FROM customers_customer WHERE id = ANY (%s) ORDER BY id FOR UPDATE", [family]
    )
    return tried(customer_id, classes, now=now)


def _asked(plan: Plan, request_id: UUID | None) -> Request | None:
    if request_id is not None:
        return privacy.request(request_id)
    return privacy.open_request_of(plan.family, Request.Kind.ERASURE)


def _erased(
    plan: Plan, asked: Request | None, *, actor: Actor, now: datetime, request: str,
    id: UUID | None = None,
) -> Outcome:  # fmt: skip
    family, is_whole = plan.family, not plan.classes
    hashed, values = _hashed(family), reach.values_of(family)
    sent = imports.of_customers(family)
    with transactions.as_owner():
        kept = notes.file_ids_of(family)
        reached = reach.erase(family, plan.classes)
    if "notes_file" in reached:
        transactions.after_commit(lambda: keep_files.destroy(kept))
    if is_whole or "behaviour" in plan.classes:
        fold_habits.forget(family, now=now)
    if plan.fields:
        reached["fields"] = customers.forget_fields(family, plan.fields)
    if is_whole:
        consents.suppress(hashed, reason=Suppression.Reason.ERASED, actor=actor, now=now)
        customers.hide(family, now=now)
        reached |= _beside_tables(values, sent)
        _forget_in_others(family)
    erasure = erasing.prove(
        family=family, classes=plan.classes, reached=reached, id=id,
        request_id=asked.id if asked else None, asked_at=asked.received_at if asked else now,
        actor=actor, now=now,
    )[0]  # fmt: skip
    told = [Happening("customer.erased", now, family[0], erasure.public_id,
                      {"classes": list(plan.classes)})]  # fmt: skip
    told += _answered(asked, Request.Outcome.DONE, actor=actor, now=now)
    told += _over(family, actor=actor, now=now) if is_whole else []
    events.emit(told, actor=actor, now=now, request=request)
    return Outcome(plan, erasure=erasure)


def _forget_in_others(family: Sequence[UUID]) -> None:
    """What a merge took over into somebody else's record, and its undoing gave back."""
    once = merges.once_part_of(family)
    causes = [f"{word} {one.public_id}" for one in once for word in ("merge", "un-merge")]
    customers.forget_causes([one.customer_id for one in once], causes)


def _beside_tables(values: Sequence[str], sent: Sequence[Batch]) -> dict[str, int]:
    """Files, what was refused of those that held the person, and forms nobody saved.

    `sent`: files by which something of the person was written.
    """
    removed = files.erase(values, folders={batch.file.parent for batch in sent})
    imports_done.forget_values(imports.in_folders({path.parent for path in removed}))
    found = {"files": len(removed), "forms": typed.forget(values)}
    return {name: count for name, count in found.items() if count}


def _restricted(
    plan: Plan, asked: Request | None, *, actor: Actor, now: datetime, request: str
) -> Outcome:
    """The record is kept and used for nothing, until what keeps it is over."""
    standing = privacy.restrictions_of(plan.family, standing=True)
    there = next((one for one in standing if one.kind == Restriction.Kind.KEPT_BY_LAW), None)
    if there is not None:
        return Outcome(plan, restriction=there)
    today = companies.current().today(now)
    until = plan.until_on if plan.until_on and plan.until_on > today else None
    made = limits.restrict(
        NewRestriction(
            plan.family, Restriction.Kind.KEPT_BY_LAW,
            "; ".join(str(one.words) for one in plan.kept), "erasure", until,
            asked.id if asked else None,
        ),
        today=today, actor=actor, now=now,
    )  # fmt: skip
    mail.stop_for(plan.family, now=now)
    told = [Happening("customer.restricted", now, plan.family[0], made.public_id,
                      {"kind": made.kind})]  # fmt: skip
    told += _answered(asked, Request.Outcome.PARTLY, actor=actor, now=now)
    events.emit(told, actor=actor, now=now, request=request)
    return Outcome(plan, restriction=made)


def _kept(family: Sequence[UUID], classes: Collection[str], *, today: date) -> Iterator[Kept]:
    """Holds forbid all erasing; duties of contracts only that of the whole record."""
    holds = [one for one in privacy.restrictions_of(family, standing=True)
             if one.kind == Restriction.Kind.HOLD]  # fmt: skip
    if holds:
        days = [one.until_on for one in holds]
        until = None if None in days else max(filter(None, days))
        yield Kept("hold", _("A legal hold"), len(holds), until)
    for app in house():
        for duty in app.duties if not classes else ():
            row = sql.statement(app.label, duty.statement).row(family=list(family), today=today)
            if row and row[0]:
                yield Kept(duty.key, duty.words, row[0], row[1])


def _fields(family: Sequence[UUID], classes: Collection[str]) -> list[str]:
    """The fields of the record that are erased with these classes; all of it needs none named."""
    fields = customer_reads.get(family[0]).profile_type.fields.all()
    return sorted(field.key for field in fields if field.data_class in classes)


def _refuse_unknown(family: Sequence[UUID], classes: Collection[str]) -> None:
    known = classes_of(family)
    if unknown := set(classes) - set(known):
        raise InvalidInput(
            _("There is no class %(key)s to erase by itself; use %(known)s.")
            % {"key": min(unknown), "known": ", ".join(known)},
            field="classes",
        )


def _hashed(family: Sequence[UUID]) -> list[tuple[str, bytes]]:
    """What the person was known by, keyed, so that a file that brings it again is recognised."""
    with acting(SYSTEM):
        own = customer_reads.identities_of(family)
    hashed = [(one.kind, hashes.of(one.kind, one.value_norm)) for one in own]
    foreign = customer_reads.external_ids_of(family)
    return hashed + [("external", hashes.external(one.source, one.external_id)) for one in foreign]


def _answered(
    asked: Request | None, outcome: str, *, actor: Actor, now: datetime
) -> list[Happening]:
    if asked is None or asked.answered_at is not None:
        return []
    requests.answer(asked, outcome=outcome, actor=actor, now=now)
    return [Happening("request.answered", now, asked.customer_id, asked.public_id,
                      {"kind": asked.kind, "outcome": outcome})]  # fmt: skip


def _over(family: Sequence[UUID], *, actor: Actor, now: datetime) -> list[Happening]:
    """What was only kept by law is erased now: that restriction is over."""
    return [
        _lifted(one, family, actor=actor, now=now)
        for one in privacy.restrictions_of(family, standing=True)
        if one.kind == Restriction.Kind.KEPT_BY_LAW
    ]


def _lifted(one: Restriction, family: Sequence[UUID], *, actor: Actor, now: datetime) -> Happening:
    limits.end(one, actor=actor, now=now)
    return Happening("restriction.lifted", now, family[0], one.public_id, {"kind": one.kind})
