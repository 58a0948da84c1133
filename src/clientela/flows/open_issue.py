"""A customer asks for something: an issue is opened, and what was promised on it noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from clientela.customers import queries as customers
from clientela.issues.actions import opening, promises
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.promises import NewPromise
from clientela.issues.models import Issue
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def open_issue(
    new: NewIssue, *, promise: NewPromise | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Issue:  # fmt: skip
    """Open an issue of the customer, or of the one they were merged into; with a promise if one
    was given on the spot.
    """
    family = customers.family_of(new.customer_id)
    if not family:
        raise customers.NoSuchCustomer
    language = new.language or customers.get(family[0]).language
    whole = replace(new, customer_id=family[0], language=language)
    with transactions.open():
        issue = opening.open_issue(whole, actor=actor, now=now, request=request)
        if promise is not None:
            promises.make_promise(
                promise, customer_id=issue.customer_id, issue=issue, queue=issue.queue,
                actor=actor, now=now, request=request,
            )  # fmt: skip
    return issue
