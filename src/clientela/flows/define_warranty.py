"""Plans are defined, and their terms succeeded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.warranty.actions import plans
from clientela.warranty.models.promised import Plan, Terms
from clientela.warranty.queries import book


@transactions.retried
def define_plan(document: Mapping[str, Any], *, actor: Actor, now: datetime) -> tuple[Plan, str]:
    """A plan with its terms by its code; see `warranty.actions.plans.define`."""
    with transactions.open():
        return plans.define(document, actor=actor, now=now)


@transactions.retried
def succeed_terms(
    code: str, terms: Mapping[str, Any], *, version: int | None, actor: Actor, now: datetime
) -> Terms:
    """The next version of a plan's terms, or another text of one that nobody bought."""
    with transactions.open():
        return plans.succeed(book.plan(code), terms, version=version, actor=actor, now=now)
