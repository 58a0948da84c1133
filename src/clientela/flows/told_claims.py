"""Claims as the API and the terminal answer them."""

from __future__ import annotations

from typing import Any

from clientela.flows.told_covers import money
from clientela.platform import ids
from clientela.warranty.models.claimed import Claim
from clientela.warranty.queries import claims as reads
from clientela.warranty.queries.claims import Whole


def claim_shown(claim: Claim) -> dict[str, Any]:
    whole = reads.whole(claim)
    return {
        **claim_row(claim, whole.claimed_minor, whole.payable_minor),
        "allowed": list(whole.allowed),
        "found_on": claim.found_on, "reported_on": claim.reported_on,
        "component": claim.component_path, "symptom": claim.symptom,
        "lines": [_line(line) for line in whole.lines],
        "decisions": [_decision(one, claim) for one in whole.decisions],
        "remedy": whole.remedy.kind if whole.remedy else None, "settlement": _settlement(whole),
        "moves": [
            {"state": one.state, "by": one.moved_by, "on": one.moved_at.isoformat()}
            for one in whole.moves
        ],
    }  # fmt: skip


def claim_row(claim: Claim, claimed: int, payable: int) -> dict[str, Any]:
    return {
        "id": claim.public_id, "number": claim.shown, "state": claim.state,
        "customer": ids.public("cus", claim.customer_id),
        "holding": ids.public("hol", claim.holding_id), "fault_on": claim.fault_on,
        "claimed": money(claimed, claim.currency), "payable": money(payable, claim.currency),
        "opened_at": claim.opened_at.isoformat(),
    }  # fmt: skip


def _line(line: Any) -> dict[str, Any]:
    return {
        "line": line.line_no, "cost_type": line.cost_type, "component": line.component_path,
        "words": line.words, "claimed_minor": line.claimed_minor,
        "covered_minor": line.covered_minor, "deductible_minor": line.deductible_minor,
        "capped_minor": line.capped_minor, "payable_minor": line.payable_minor,
        "payer": line.payer,
        "policy": ids.public("pol", line.policy_id) if line.policy_id else None,
    }  # fmt: skip


def _decision(one: Any, claim: Claim) -> dict[str, Any]:
    return {
        "version": one.version, "outcome": one.outcome, "reasons": one.reasons,
        "words": one.words, "authorised": money(one.authorised_minor, claim.currency),
        "decided_by": one.decided_by, "decided_at": one.decided_at.isoformat(),
    }  # fmt: skip


def _settlement(whole: Whole) -> dict[str, Any] | None:
    done, remedy = whole.settlement, whole.remedy
    if done is None or remedy is None:
        return None
    return {
        "remedy": remedy.kind, "paid": money(done.paid_minor, whole.claim.currency),
        "customer_pays": money(done.customer_minor, whole.claim.currency),
        "reference": done.reference,
        "new_holding": ids.public("hol", remedy.new_holding_id) if remedy.new_holding_id else None,
        "settled_at": done.settled_at.isoformat(),
    }  # fmt: skip
