"""Merges and duplicates as every door tells them: JSON with public ids, only what may be seen."""

from __future__ import annotations

from functools import partial
from typing import Any

from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.flows.accept_duplicates import Offered
from clientela.flows.merge_customers import Trial
from clientela.flows.unmerge_customers import Parted
from clientela.matching.models import Acceptance as AcceptanceRow
from clientela.matching.models import Merge as MergeRow
from clientela.matching.models import Search as SearchRow
from clientela.matching.queries import merges
from clientela.matching.queries.pairs import Alike
from clientela.platform import ids


def merge_of(row: MergeRow) -> dict[str, Any]:
    reversal = getattr(row, "reversal", None)
    kind = customers.get(row.customer_id).profile_type.key
    shows = sight.present().visible
    return {
        "id": row.public_id, "survivor": ids.public("cus", row.customer_id),
        "records": [
            {"id": ids.public("cus", one.customer_id), "stood_alone": one.survivor_before is None}
            for one in row.records.all()
        ],
        "made_at": row.made_at.isoformat(), "made_by": row.made_by, "reason": row.reason,
        "before": shows(kind, row.before), "after": shows(kind, row.after),
        "carried": row.carried,
        "reversed_at": reversal.reversed_at.isoformat() if reversal else None,
    }  # fmt: skip


def trial_of(found: Trial) -> dict[str, Any]:
    records = found.plan.records
    shows = partial(sight.present().shows, records[0].profile_type.key)
    return {
        "survivor": records[0].public_id,
        "fields": [
            {"field": one.field, "value": one.value, "sources": list(one.sources),
             "differs": one.differs,
             "values": {row.public_id: found.plan.values[row.id][one.field]
                        for row in records if one.field in found.plan.values[row.id]}}
            for one in found.plan.taken
            if shows(one.field)
        ],
        "identities": [
            {"kind": kind, "value": value, "source": ids.public("cus", source)}
            for kind, value, source in found.identities
            if sight.present().sees_identity(kind)
        ],
        "comes": dict(found.comes), "left": list(found.plan.left),
        "told_apart": found.told_apart,
    }  # fmt: skip


def parted_of(found: Parted) -> dict[str, Any]:
    kind = customers.get(found.merge.customer_id).profile_type.key
    shows = partial(sight.present().shows, kind)
    return {
        "merge": merge_of(merges.get(found.merge.id)),
        "records": [ids.public("cus", one) for one in found.records],
        "changed": [
            {"field": one.field, "before": one.before, "now": one.now}
            for one in found.changed
            if shows(one.field)
        ],
        "since": [
            {"recorded_at": when.isoformat(), "name": name, "subject": subject}
            for when, name, subject in found.since
        ],
        "carried": dict(found.carried),
    }  # fmt: skip


def pair_of(row: Alike) -> dict[str, Any]:
    return {
        "id": row.public_id, "customers": [ids.public("cus", side) for side in row.sides],
        "probability": row.probability, "weakest": row.weakest, "parts": row.parts,
        "grade": row.grade, "origin": row.origin, "found_at": row.found_at.isoformat(),
    }  # fmt: skip


def offered_of(found: Offered) -> dict[str, Any]:
    return {
        "threshold": found.threshold, "pairs": found.count,
        "sample": [pair_of(one) for one in found.sample],
    }  # fmt: skip


def acceptance_of(row: AcceptanceRow) -> dict[str, Any]:
    return {
        "id": ids.public("acc", row.id), "threshold": row.threshold, "sample": len(row.sample),
        "accepted_by": row.accepted_by, "accepted_at": row.accepted_at.isoformat(),
        "merged": row.merged, "refused": row.refused,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }  # fmt: skip


def search_of(row: SearchRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "state": row.state, "asked_at": row.asked_at.isoformat(),
        "records": row.records, "pairs": row.pairs, "threshold": row.threshold,
        "fault": row.fault,
    }  # fmt: skip
