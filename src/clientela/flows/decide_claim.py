"""A claim is decided: what each line is paid, by whom and why; or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.warranty.actions import claims
from clientela.warranty.actions.claims import NothingToPay
from clientela.warranty.actions.policies import lock
from clientela.warranty.models.claimed import Claim, ClaimLine
from clientela.warranty.queries import cases
from clientela.warranty.queries import claims as reads
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules import claims as rules
from clientela.warranty.rules import deciding
from clientela.warranty.rules.deciding import Decided, Fault

APPROVE, REJECT = "approve", "reject"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides; `burden_met`: the customer has shown that the fault was there."""

    decision: str
    reasons: tuple[str, ...] = ()
    words: str = ""
    burden_met: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What an approval would pay now, line by line."""

    case: Case
    lines: tuple[ClaimLine, ...]
    decided: tuple[Decided, ...]

    @property
    def payable_minor(self) -> int:
        return sum(one.paid.payable_minor for one in self.decided)

    @property
    def waits_for_burden(self) -> bool:
        """Whether more would be paid if the customer showed that the fault was there."""
        return any(
            result.answer == "pending" for one in self.decided if one.payer is None
            for result in one.results
        )  # fmt: skip


@transactions.retried
def decide_claim(
    number: str, verdict: Verdict, *, actor: Actor, now: datetime, request: str = ""
) -> Claim:
    """Approve or reject a claim. Who opened it does not decide it."""
    _check(verdict)
    with transactions.open():
        claim = locked(number)
        seen = preview(claim, burden_met=verdict.burden_met)
        outcome = rules.REJECTED
        if verdict.decision == APPROVE:
            claimed = sum(line.claimed_minor for line in seen.lines)
            outcome = rules.outcome_of(claimed, seen.payable_minor)
            claims.check_move(claim, outcome)
            if outcome == rules.REJECTED:
                found = sorted({code for one in seen.decided for code in one.reasons})
                raise NothingToPay(f"Each says why: {', '.join(found)}.", reasons=found)
        claims.decide(
            claim, outcome, lines=seen.lines, decided=seen.decided, payers=_payers(seen.case),
            reasons=verdict.reasons or _reasons(seen), words=verdict.words,
            trace=_trace(seen, verdict), actor=actor, now=now,
        )  # fmt: skip
        _tell(claim, outcome, seen, verdict, actor=actor, now=now, request=request)
    return claim


def locked(number: str) -> Claim:
    """The claim as it stands once nobody else decides about its unit."""
    claim = reads.get(number)
    lock(claim.customer_id, claim.holding_id)
    return reads.get(claim.public_id)


def preview(claim: Claim, *, burden_met: bool = False) -> Preview:
    """What the layers would pay of a claim as they stand."""
    case = cases.of_holding(claim.holding_id)
    assert case is not None
    lines = reads.whole(claim).lines
    decided = deciding.decide(
        [deciding.Line(line.cost_type, line.component_path, line.claimed_minor) for line in lines],
        case.tries(),
        Fault(claim.fault_on, claim.found_on or claim.fault_on, claim.reported_on, burden_met),
        replaced_on=case.replaced_on, in_service=case.in_service_on is not None,
    )  # fmt: skip
    return Preview(case, lines, tuple(decided))


def _check(verdict: Verdict) -> None:
    if verdict.decision not in (APPROVE, REJECT):
        raise InvalidInput("Use approve or reject.", field="decision")
    if verdict.decision == REJECT and not verdict.reasons:
        raise InvalidInput("Say why it is rejected.", field="reasons")
    if unknown := set(verdict.reasons) - set(claims.REASONS):
        raise InvalidInput(f"{min(unknown)} is no reason.", field="reasons")


def _payers(case: Case) -> dict[Any, tuple[str, UUID | None]]:
    """What pays -> who bears it: the payer of a plan; of the law, the seller."""
    seller = case.seller or "seller"
    by_law = {cover.id: (seller, None) for cover in case.covers if cover.policy_id is None}
    return {**by_law, **{policy.id: (policy.payer, policy.id) for policy in case.policies}}


def _reasons(seen: Preview) -> Sequence[str]:
    return list(dict.fromkeys(code for one in seen.decided for code in one.reasons))


def _trace(seen: Preview, verdict: Verdict) -> Mapping[str, Any]:
    """Every plan that was tried for every line, as it answered then."""
    return {
        "burden_met": verdict.burden_met,
        "lines": [
            {
                "line": line.line_no, "percent_bp": one.percent_bp,
                "tried": [
                    {"key": str(result.tried.key), "layer": result.tried.layer,
                     "answer": result.answer, "reasons": list(result.reasons),
                     "until": result.until.isoformat()}
                    for result in one.results
                ],
            }
            for line, one in zip(seen.lines, seen.decided, strict=True)
        ],
    }  # fmt: skip


def _tell(
    claim: Claim, outcome: str, seen: Preview, verdict: Verdict, *, actor: Actor, now: datetime,
    request: str,
) -> None:  # fmt: skip
    data: dict[str, Any] = {"claim": claim.shown}
    if outcome == rules.REJECTED:
        data["reasons"] = list(verdict.reasons)
    else:
        data |= {"minor": seen.payable_minor, "currency": claim.currency}
    told = Happening(f"claim.{outcome}", now, claim.customer_id, claim.public_id, data)
    events.emit([told], actor=actor, now=now, request=request)
