"""Reads of trials of draft rules."""

from __future__ import annotations

from uuid import UUID

from clientela.loyalty.models.trials import Trial
from clientela.platform.errors import Problem

LATEST_MAX = 10


class NoSuchTrial(Problem):
    code = "no-such-trial"
    status = 404
    title = "There is no such trial of rules"


def trial(trial_id: UUID) -> Trial:
    found = Trial.objects.select_related("currency").filter(id=trial_id).first()
    if found is None:
        raise NoSuchTrial
    return found


def latest() -> list[Trial]:
    """The newest first, without what they found."""
    rows = Trial.objects.select_related("currency").defer("found", "drafts")
    return list(rows.order_by("-asked_at")[:LATEST_MAX])
