"""A call was missed: somebody promises to call back; an answered call keeps that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from clientela.customers import queries as customers
from clientela.issues import queries as issue_reads
from clientela.issues.actions import opening, promises, records
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.promises import NewPromise
from clientela.issues.models import Issue, Promise
from clientela.platform import sql, transactions
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

SWITCH = "issues"


@transactions.retried
def promise_callback(
    customer_id: UUID, *, number_words: str, call_id: UUID | None, now: datetime, actor: Actor,
    queue: str = "", request: str = "",
) -> Promise | None:  # fmt: skip
    """Promise to call back within the queue's hours, on the customer's open issue of that queue,
    else on a new one. A call back that is promised already stays the only one.

    `number_words`: the number as people read it. None when issues are switched off.
    """
    if not companies.current().is_on(SWITCH):
        return None
    family = customers.family_of(customer_id)
    if not family:
        raise customers.NoSuchCustomer
    company = companies.current()
    with translation.override(company.language):
        subject = _("Call back %(number)s") % {"number": number_words}
    with transactions.open():
        sql.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"call back {family[0]}"])
        if running := issue_reads.callbacks_of(family):
            return running[0]
        place = opening.queue_named(queue)
        issue = _issue_for(family, place.key) or opening.open_issue(
            NewIssue(
                customer_id=family[0], text=subject, subject=subject,
                channel=Issue.Channel.PHONE, queue=queue, is_note=True, call_id=call_id,
                language=customers.get(family[0]).language,
            ),
            actor=actor, now=now, request=request,
        )  # fmt: skip
        return promises.make_promise(
            NewPromise(Promise.Kind.CALLBACK, words=number_words,
                       open_seconds=place.callback_minutes * 60, call_id=call_id),
            customer_id=issue.customer_id, issue=issue, queue=place, actor=actor, now=now,
            request=request,
        )  # fmt: skip


@transactions.retried
def keep_callbacks(
    customer_id: UUID, *, now: datetime, actor: Actor, request: str = ""
) -> list[Promise]:
    """A call with this customer was answered: every call back they were promised is kept."""
    if not companies.current().is_on(SWITCH):
        return []
    family = customers.family_of(customer_id)
    with transactions.open():
        return [
            _keep(promise.id, promise.customer_id, promise.issue_id, now=now, actor=actor,
                  request=request)
            for promise in issue_reads.callbacks_of(family)
        ]  # fmt: skip


def _issue_for(family: list[UUID], queue: str) -> Issue | None:
    """The open issue of that queue that something was last heard of."""
    there = [one for one in issue_reads.open_of(family) if one.queue.key == queue]
    last = max(there, key=lambda one: (one.updated_at, one.id), default=None)
    return records.locked(last.id, customer_id=last.customer_id) if last else None


def _keep(
    promise_id: UUID, customer_id: UUID, issue_id: UUID | None, *, now: datetime, actor: Actor,
    request: str,
) -> Promise:  # fmt: skip
    issue = records.locked(issue_id, customer_id=customer_id) if issue_id else None
    promise = promises.locked_promise(promise_id, customer_id=customer_id)
    if not promise.is_running:
        return promise
    return promises.keep_promise(promise, issue=issue, actor=actor, now=now, request=request)
