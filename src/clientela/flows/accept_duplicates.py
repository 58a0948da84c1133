"""Every pair that is sure enough is merged at once, after a person looked at a sample of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.flows import decide_pair
from clientela.matching.actions import pairs
from clientela.matching.models import Acceptance, Pair
from clientela.matching.queries import pairs as reads
from clientela.matching.queries.pairs import Alike
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor

SAMPLE = 10
LEAST = 0.9
PAIRS_MAX = 50_000
AT_ONCE = 200


class SampleNotLookedAt(Problem):
    code = "sample-not-looked-at"
    status = 409
    title = "The sample has to be looked at first"


class SampleHasFaults(Problem):
    code = "sample-has-faults"
    status = 409
    title = "Pairs of the sample are two customers; nothing was accepted"


@dataclass(frozen=True, slots=True)
class Offered:
    """What would be accepted: how many pairs there are, counted to just above a thousand, and the
    sample a person looks at.
    """

    threshold: float
    count: int
    sample: list[Alike]


def offered(*, threshold: float, now: datetime) -> Offered:
    _bounds(threshold)
    return Offered(
        threshold, reads.count_acceptable(least=threshold, now=now),
        reads.sample(least=threshold, now=now, size=SAMPLE),
    )  # fmt: skip


def begin(
    *, threshold: float, looked_at: Collection[UUID], actor: Actor, now: datetime
) -> Acceptance:  # fmt: skip
    """SampleNotLookedAt unless every pair of the sample was seen."""
    actor.needs("customers.merge")
    sample = offered(threshold=threshold, now=now).sample
    if missing := {one.id for one in sample} - set(looked_at):
        raise SampleNotLookedAt(f"{len(missing)} pairs of the sample were not looked at.")
    with transactions.open():
        return pairs.begin_acceptance(
            threshold=threshold, sample=[str(one.id) for one in sample], actor=actor, now=now
        )


def queued(
    *, threshold: float, looked_at: Collection[UUID], wrong: Collection[UUID] = (), actor: Actor,
    now: datetime, request: str = "",
) -> Acceptance:  # fmt: skip
    """Merge all of them in the background. SampleHasFaults where one of the sample is `wrong`."""
    from clientela.flows.jobs import accept_duplicates as job

    if wrong:
        refuse(threshold=threshold, wrong=wrong, actor=actor, now=now, request=request)
    begun = begin(threshold=threshold, looked_at=looked_at, actor=actor, now=now)
    job.defer(acceptance=str(begun.id), actor=actor.id)
    return begun


def refuse(
    *, threshold: float, wrong: Collection[UUID], actor: Actor, now: datetime, request: str = ""
) -> None:
    """Pairs of the sample are two customers: that is remembered, and nothing is accepted."""
    sample = offered(threshold=threshold, now=now).sample
    faults = [one for one in sample if one.id in set(wrong)]
    for one in faults:
        decide_pair.different(one.id, reason="sample", actor=actor, now=now, request=request)
    if faults:
        raise SampleHasFaults(
            f"{len(faults)} of {len(sample)} are two customers. Raise the threshold, or decide"
            " the pairs one by one."
        )


def run(acceptance_id: UUID, *, actor: Actor, now: datetime) -> Acceptance:
    """Merge them one by one, the older record remains; what is refused waits on. A run that was
    killed goes on where it stood, one that ended stays as it is.
    """
    acceptance = reads.get_acceptance(acceptance_id)
    if acceptance.ended_at is not None:
        return acceptance
    merged = acceptance.merged
    refused: set[UUID] = set()
    while merged + len(refused) < PAIRS_MAX:
        waiting = reads.waiting(
            now=now, least=acceptance.threshold, grade=Pair.Grade.ACCEPT,
            limit=AT_ONCE + len(refused),
        )  # fmt: skip
        fresh = [one for one in waiting if one.id not in refused]
        if not fresh:
            break
        for one in fresh:
            if _merged(one, actor=actor, now=now):
                merged += 1
            else:
                refused.add(one.id)
        with transactions.open():
            pairs.count_acceptance(acceptance_id, merged=merged, refused=len(refused))
    with transactions.open():
        return pairs.end_acceptance(acceptance_id, merged=merged, refused=len(refused), now=now)


def _merged(one: Alike, *, actor: Actor, now: datetime) -> bool:
    """Whether the pair is one now; somebody may have decided it meanwhile."""
    if reads.one_waiting(one.id, now=now) is None:
        return True
    try:
        alike = decide_pair.waiting(one.id, now=now)
        decide_pair.same(one.id, survivor=min(alike.sides), choices={}, actor=actor, now=now)
    except Problem:
        return False
    return True


def _bounds(threshold: float) -> None:
    if not LEAST <= threshold <= 1:
        raise InvalidInput(f"Accept pairs from {LEAST} on.", field="threshold")
