"""Why an offer is made, and why another is not: a sentence for each, from a decision's trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clientela.customers import sight
from clientela.customers.sight import Sight
from clientela.flows import facts
from clientela.flows.offer_words import language_of
from clientela.platform.conditions import grammar, words
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.errors import Problem
from clientela.platform.money import Money
from clientela.retention import queries as retention
from clientela.retention.models import Decision
from clientela.retention.rules import tracing
from clientela.retention.rules.deciding import Decided
from clientela.staff import company as companies
from clientela.ui import dates, numbers

Json = Mapping[str, Any]
RESTS: Mapping[str, Any] = {
    "lead-open": gettext_lazy("Accepted already; it is under way."),
    "later": gettext_lazy("The customer asked to come back to it later."),
    "not-interested": gettext_lazy("The customer was not interested; it rests."),
    "ineligible": gettext_lazy("A check found that the customer may not have it; it rests."),
    "shown-often": gettext_lazy("It was shown three times without an answer; it rests."),
}
STAGES: Mapping[str, Any] = {
    "eligibility": gettext_lazy("It is only for customers where %(condition)s."),
    "applicability": gettext_lazy("It makes sense only where %(condition)s."),
    "suitability": gettext_lazy("It is right only where %(condition)s."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at. `seen`: what the facts were, in words."""

    stage: str
    name: str
    version: int
    passed: bool
    sentence: str
    seen: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """An offer that was looked at: shown in `place`, or held back, and why in one sentence."""

    offer: str
    name: str
    version: int
    place: int | None
    held_back: bool
    sentence: str
    steps: tuple[Step, ...]
    score: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "steps": [asdict(step) for step in self.steps]}


def of_decision(decision: Decision, *, language: str) -> list[Explained]:
    """What a decision that was kept looked at; shown offers first."""
    return of_trace(decision.trace, language=language)


def of_decided(decided: Decided, *, language: str) -> list[Explained]:
    """The same of a decision that is only tried."""
    return of_trace(tracing.trace_of(decided), language=language)


def of_trace(trace: Json, *, language: str) -> list[Explained]:
    candidates: Sequence[Json] = trace["candidates"]
    teller = _Teller(
        language=language,
        bodies=retention.texts_of(one["version_id"] for one in candidates),
        gates={one["gate"]: one for one in trace["gates"]},
        gate_bodies=retention.gate_texts((one["gate"], one["version"]) for one in trace["gates"]),
        sight=sight.present(),
    )
    with translation.override(language):
        told = [teller.explained(one) for one in candidates]
    return sorted(told, key=lambda one: (one.place or 99, one.held_back, one.offer))


@dataclass(frozen=True, slots=True)
class _Teller:
    language: str
    bodies: Mapping[int, Json]
    gates: Mapping[str, Json]
    gate_bodies: Mapping[tuple[str, int], Json]
    sight: Sight

    def explained(self, one: Json) -> Explained:
        body = self.bodies.get(one["version_id"], {})
        steps = (*self._stages(one, body), *self._gates(one), *self._rests(one))
        failed = [step for step in steps if not step.passed]
        sentence = failed[0].sentence if failed else self._why(one)
        return Explained(
            one["offer"], self._in_words(body.get("labels"), one["offer"]), one["version"],
            one["place"], bool(one["held"]), sentence, steps, one["score"],
        )  # fmt: skip

    def _stages(self, one: Json, body: Json) -> Iterable[Step]:
        held = {each["stage"]: each for each in one["held"]}
        for stage in STAGES:
            if stage not in held and stage not in one["passed"]:
                continue
            yield Step(
                stage, stage, one["version"], stage not in held, self._stage(stage, body),
                self._seen(held.get(stage, {}).get("seen", ()), failed_only=True), None,
            )  # fmt: skip

    def _stage(self, stage: str, body: Json) -> str:
        """What is asked at a stage; not in words where it is asked of fields the reader may not
        see, for whether it is passed would tell them.
        """
        if not all(map(self.sight.shows_fact, facts_in(body.get(stage)))):
            return _("This is decided by what you may not see of the customer.")
        condition = condition_words(body.get(stage), language=self.language)
        return str(STAGES[stage]) % {"condition": condition}

    def _gates(self, one: Json) -> Iterable[Step]:
        holding = {each["gate"] for each in one["held"] if each["stage"] == "gate"}
        for key, gate in self.gates.items():
            body = self.gate_bodies.get((key, gate["version"]), {})
            holds = key in holding
            said = self._in_words(body.get("sentences"), key)
            if gate.get("broken"):
                said = _("The gate %(gate)s cannot be read; it holds everything back.") % {
                    "gate": key
                }
            yield Step("gate", key, gate["version"], not holds, said,
                       self._seen(gate["seen"]), gate.get("until") if holds else None)  # fmt: skip

    def _rests(self, one: Json) -> Iterable[Step]:
        for held in one["held"]:
            if held["stage"] == "contact":
                until = held.get("until")
                yield Step("contact", held["gate"], 0, False, self._rest(held["gate"], until), "",
                           until)  # fmt: skip

    def _rest(self, gate: str, until: str | None) -> str:
        said = str(RESTS.get(gate, gate))
        if until is None:
            return said
        day = dates.day(date.fromisoformat(until), self.language)
        return _("%(sentence)s Back on %(day)s.") % {"sentence": said, "day": day}

    def _why(self, one: Json) -> str:
        score = one["score"]
        if one["place"] is None:
            return _("Open, but another offer of its group or three others rank higher.")
        parts = [_("place %(place)d") % {"place": one["place"]}, self._chance(score),
                 self._worth(score)]  # fmt: skip
        if one["is_back"]:
            parts.append(_("the customer asked to come back to it"))
        if score["context"] != 1:
            figure = self._number(score["context"])
            parts.append(_("counts %(factor)s times for what is known now") % {"factor": figure})
        if score["lever"] != 1:
            parts.append(_("pushed by %(factor)s") % {"factor": self._number(score["lever"])})
        if score["fatigue"]:
            parts.append(ngettext("shown once lately", "shown %(times)d times lately",
                                  score["fatigue"]) % {"times": score["fatigue"]})  # fmt: skip
        said = ", ".join(parts)
        return f"{said[:1].upper()}{said[1:]}."

    def _chance(self, score: Json) -> str:
        figure = numbers.percent(round(score["p"] * 1000), 1000, self.language)
        if not score["answered"]:
            return _("expected to be accepted by %(share)s, as offers of its group are") % {
                "share": figure
            }
        return _("expected to be accepted by %(share)s (%(accepted)d of %(answered)d so far)") % {
            "share": figure, "accepted": score["accepted"], "answered": score["answered"],
        }  # fmt: skip

    def _worth(self, score: Json) -> str:
        money = Money(score["value"], companies.current().currency)
        return _("worth %(amount)s") % {"amount": money.shown(self.language)}

    def _number(self, value: float) -> str:
        return numbers.number(round(Decimal(str(value)), 2).normalize(), self.language)

    def _seen(self, seen: Iterable[Json], *, failed_only: bool = False) -> str:
        told = [
            f"{_label(one['fact'])}: {self._shown(one)}" for one in seen
            if not (failed_only and one["passed"]) and self.sight.shows_fact(one["fact"])
        ]  # fmt: skip
        return "; ".join(dict.fromkeys(told))

    def _shown(self, one: Json) -> str:
        fact = facts.catalogue().facts.get(one["fact"])
        value = one["value"]
        if value is None or value == []:
            return _("nothing")
        return shown(fact, value, self.language) if fact else f"{value}"

    def _in_words(self, texts: Any, otherwise: str) -> str:
        return str(texts[language_of(texts, self.language)]) if texts else otherwise


def _label(key: str) -> str:
    known = facts.catalogue()
    found = known.facts.get(key) or known.relations.get(key)
    return str(found) if found else key


def shown(fact: Fact, value: Any, language: str) -> str:
    """A value of a fact as people read it."""
    if isinstance(value, list | tuple) and fact.type is not Type.MONEY:
        return ", ".join(shown(fact, one, language) for one in value)
    if fact.type is Type.MONEY:
        minor, currency = (
            (value["minor"], value["currency"]) if isinstance(value, Mapping) else value
        )
        return Money(minor, currency).shown(language)
    if fact.type is Type.NUMBER:
        return numbers.number(Decimal(str(value)).normalize(), language)
    if fact.type in (Type.DATE, Type.INSTANT):
        found = dates.from_text(value)
        return dates.day(found, language) if found else f"{value}"
    return words.plainly(fact, value)


def facts_in(tree: Any) -> Iterator[str]:
    """The facts a condition asks about, wherever in its tree."""
    if isinstance(tree, Mapping):
        if isinstance(tree.get("fact"), str):
            yield tree["fact"]
        for part in tree.values():
            yield from facts_in(part)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from facts_in(part)


def condition_words(tree: Any, *, language: str) -> str:
    """A condition as a sentence in this language; one that cannot be read any more says so."""
    try:
        node = grammar.read(tree, facts.catalogue())
    except Problem as fault:
        return fault.detail
    with translation.override(language):
        return words.sentence(node, lambda fact, value: shown(fact, value, language))
