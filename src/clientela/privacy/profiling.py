"""Of whom no conclusions may be drawn: who objected, and who took back a consent to it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from clientela.customers import families
from clientela.privacy import queries
from clientela.privacy.models.consents import Consent, Purpose
from clientela.privacy.queries import Use
from clientela.privacy.rules import consents as rules
from clientela.privacy.rules.consents import State


def refusing(customer_ids: Collection[UUID]) -> set[UUID]:
    """Those of these customers who stand under a restriction that forbids profiling, or withdrew
    their consent to a purpose that is profiling, on any channel; survivors by their family.
    """
    found = queries.left_out(customer_ids, Use.PROFILING)
    purposes = _purposes() if customer_ids else []
    return found | _withdrawn(customer_ids, purposes) if purposes else found


def _purposes() -> list[Purpose]:
    return list(Purpose.objects.filter(is_profiling=True, retired_at=None))


def _withdrawn(customer_ids: Collection[UUID], purposes: list[Purpose]) -> set[UUID]:
    known = families.of(customer_ids)
    everybody = {id for family in known.values() for id in family.ids}
    rows = Consent.objects.filter(
        customer_id__in=everybody, verdict=Consent.Verdict.WITHDRAWN,
        purpose__in=[one.key for one in purposes],
    )  # fmt: skip
    spoken = {id for row in rows for id in (row.customer_id, *row.speaks_for)}
    return {
        id for id, family in known.items()
        if spoken & set(family.ids) and _stands(family, purposes)
    }  # fmt: skip


def _stands(family: families.Family, purposes: list[Purpose]) -> bool:
    """Whether what was withdrawn was not given again since."""
    decisions = queries.decisions_of(family.ids)
    return any(
        rules.state(decisions, family=family.ids, purpose=one.key, channel=channel)
        is State.WITHDRAWN
        for one in purposes
        for channel in (*one.channels, rules.EVERY_CHANNEL)
    )
