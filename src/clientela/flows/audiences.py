"""Whom a reward is meant for: a condition on the customer's facts, or a list somebody saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import families
from clientela.flows import facts
from clientela.flows.lists import reading, views
from clientela.flows.lists.state import ListState
from clientela.loyalty.models import Reward
from clientela.platform.conditions import asking, grammar, judging
from clientela.platform.conditions.grammar import BadCondition
from clientela.platform.conditions.judging import Row
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff.company import Company
from clientela.ui.models import View


def check(audience: Mapping[str, Any], view_id: UUID | None, *, actor: Actor) -> None:
    """Refuse a condition that cannot be read, and a list that this person cannot see."""
    if audience:
        grammar.read(dict(audience), facts.catalogue(), at="audience")
    if view_id is not None:
        views.view_for(actor, view_id)


def barred(
    rewards: Sequence[Reward], family: Sequence[UUID], *, company: Company, now: datetime
) -> frozenset[UUID]:
    """Which of these rewards are meant for others; what cannot be judged any more is nobody's."""
    asked = [one for one in rewards if one.audience or one.audience_view]
    if not asked:
        return frozenset()
    row: Row = {}
    if any(one.audience for one in asked):
        row = facts.row_of(family, company=company, now=now)
    return frozenset(
        one.id for one in asked if not _is_meant(one, row, family, company=company, now=now)
    )


def meant_of(
    reward: Reward, members: Sequence[UUID], *, company: Company, now: datetime
) -> frozenset[UUID]:
    """Of many customers those whom a reward is meant for, asked of all of them together; one by one
    only where its condition asks what no list can.
    """
    if not members or not (reward.audience or reward.audience_view):
        return frozenset(members)
    try:
        grammar.read(reward.audience or {"all": []}, facts.catalogue(), at="audience")
        read = reading.reading(
            _state_of(reward), actor=SYSTEM, company=company, now=now, only=members
        )
        if read.node is None or asking.can_ask(read.node, read.known.columns):
            return frozenset(id for (id,) in read.run(read.every(), read.values))
    except Problem:
        if reward.audience_view:
            return frozenset()
    records = families.records_of(members)
    return frozenset(
        one for one in members if not barred([reward], records[one], company=company, now=now)
    )


def _state_of(reward: Reward) -> ListState:
    """Whom it is for, as a list. NotThere where the list was removed."""
    if reward.audience_view is None:
        return ListState(columns=(), filter=reward.audience)
    return _listed(reward.audience_view).with_(columns=(), group="", board="")


def _listed(view_id: UUID) -> ListState:
    """What a saved list asks. NotThere where it was removed."""
    view = View.objects.filter(id=view_id, removed_at=None).first()
    if view is None:
        raise NotThere
    return views.state_of(view)


def _is_meant(
    reward: Reward, row: Row, family: Sequence[UUID], *, company: Company, now: datetime
) -> bool:
    try:
        if reward.audience_view is not None:
            return _is_listed(reward.audience_view, family, company=company, now=now)
        node = grammar.read(reward.audience, facts.catalogue(), at="audience")
    except (BadCondition, Problem):
        return False
    return judging.holds(node, row, facts.clock(company, now))


def _is_listed(view_id: UUID, family: Sequence[UUID], *, company: Company, now: datetime) -> bool:
    read = reading.reading(_listed(view_id), actor=SYSTEM, company=company, now=now, only=family)
    return bool(read.run(f"{read.every()} LIMIT 1", read.values))
