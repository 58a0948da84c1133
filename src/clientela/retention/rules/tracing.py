"""A decision as it is kept: what was looked at and seen, what was chosen, by which figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clientela.platform.conditions.judging import Seen
from clientela.platform.conditions.tree import Leaf
from clientela.retention.rules.deciding import Candidate, Decided, GateResult, Held, Score

VERSION = 1


def trace_of(decided: Decided) -> dict[str, Any]:
    """The whole of it as JSON. A gate is told once, candidates name those that hold them back."""
    return {
        "v": VERSION,
        "gates": [_gate(one) for one in decided.gates],
        "candidates": [_candidate(one) for one in decided.candidates],
        "held_back": sum(1 for one in decided.candidates if one.held),
    }


def _gate(result: GateResult) -> dict[str, Any]:
    told = {
        "gate": result.gate.key, "version": result.gate.version, "scope": result.gate.scope,
        "passed": not result.holds, "seen": _seen(result.seen),
    }  # fmt: skip
    if result.holds:
        told["until"] = _plain(result.until)
    if result.gate.condition is None:
        told["broken"] = True
    return told


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "offer": one.offer.key, "version": one.offer.version, "version_id": one.offer.version_id,
        "group": one.offer.group, "sells": one.offer.sells,
        "passed": [stage for stage, _ in one.offer.stages if not _holds(one, stage)],
        "held": [_held(held) for held in one.held], "score": _score(one.score),
        "is_back": one.is_back, "place": one.place,
    }  # fmt: skip


def _holds(one: Candidate, stage: str) -> bool:
    return any(held.stage == stage for held in one.held)


def _held(held: Held) -> dict[str, Any]:
    told: dict[str, Any] = {"stage": held.stage, "gate": held.gate, "version": held.version}
    if held.until is not None:
        told["until"] = held.until.isoformat()
    if held.stage != "gate" and held.seen:
        told["seen"] = _seen(held.seen)
    return told


def _score(score: Score) -> dict[str, Any]:
    return {
        "p": round(score.p, 6), "from": "prior", "accepted": score.tally.accepted,
        "answered": score.tally.answered, "value": score.value,
        "context": round(score.context, 4), "reasons": list(score.reasons),
        "lever": score.lever, "fatigue": score.fatigue, "total": round(score.total, 4),
        "propensity": 1.0,
    }  # fmt: skip


def _seen(seen: Iterable[Seen]) -> list[dict[str, Any]]:
    return [{"fact": _asked(one), "value": _plain(one.value), "passed": one.passed} for one in seen]


def _asked(one: Seen) -> str:
    question = one.question
    return question.fact.key if isinstance(question, Leaf) else question.relation.key


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
