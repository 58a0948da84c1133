"""What an offer and a gate say, read from their text; what cannot be used is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clientela.platform.conditions import grammar
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.conditions.tree import Node
from clientela.platform.errors import InvalidInput

LANGUAGES = ("en", "es", "lv")
STAGES = ("eligibility", "applicability", "suitability")
CHANNELS = ("agent", "branch", "shop", "web", "app", "till")
TEXTS = ("headline", "why", "why_now", "next_step", "script", "price")
NEEDED_TEXTS = ("headline", "why", "script")
TEXT_MAX = 600
PARTS_MAX = 20
LEVER_LOW, LEVER_HIGH = 0.25, 4.0
LEAD_DAYS, LEAD_DAYS_MAX = 30, 366
SELLING, EVERYTHING = "selling", "everything"
FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS = (
    "name", "company", "points", "product", "ends_on", "days_left", "balance", "rate", "serial",
    "opened_on",
)  # fmt: skip
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PARTS = (
    "key", "labels", "group", "sells", "starts_on", "ends_on", "channels", "wording", "about",
    "products", "answers", "value", "lever", "context", "lead_days", *STAGES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lever:
    """A push by hand; it has an owner and an end."""

    factor: float
    owner: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Context:
    """A condition under which an offer counts `factor` times as much."""

    key: str
    condition: Node
    factor: float


@dataclass(frozen=True, slots=True)
class OfferText:
    """A published version, ready to be judged. `about`: the kind of holding it speaks of;
    `products`: what is held once it is taken up; `answers`: the kinds of needs it answers.
    """

    offer_id: Any
    version_id: int
    key: str
    version: int
    group: str
    sells: bool
    starts_on: date | None
    ends_on: date | None
    channels: tuple[str, ...]
    stages: tuple[tuple[str, Node], ...]
    context: tuple[Context, ...]
    answers: tuple[str, ...]
    value_minor: int
    lever: Lever | None
    about: str
    products: tuple[str, ...]
    lead_days: int
    wording: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]

    def is_offered(self, *, today: date, channel: str) -> bool:
        """Whether it is valid on this day and meant for this channel."""
        begun = self.starts_on is None or self.starts_on <= today
        over = self.ends_on is not None and today > self.ends_on
        return begun and not over and channel in self.channels


@dataclass(frozen=True, slots=True)
class GateText:
    """A published gate: it holds back what is in its scope while its condition is true.

    `condition` None: it cannot be read any more, so it holds back. `until`: the fact that says
    when it is expected to end.
    """

    key: str
    version: int
    condition: Node | None
    scope: str
    sentences: Mapping[str, str]
    until: str = ""


def read_offer(
    body: Mapping[str, Any], catalogue: Catalogue, *, offer_id: Any = None, version_id: int = 0,
    version: int = 0,
) -> OfferText:  # fmt: skip
    """An offer as its text says; InvalidInput names the part that cannot be used."""
    _only(body, PARTS)
    starts_on, ends_on = _day(body, "starts_on"), _day(body, "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("An offer ends after it starts.", field="ends_on")
    return OfferText(
        offer_id=offer_id, version_id=version_id, key=key_of(body, "key"), version=version,
        group=key_of(body, "group"), sells=_flag(body, "sells"), starts_on=starts_on,
        ends_on=ends_on, channels=_channels(body), stages=_stages(body, catalogue),
        context=_context(body, catalogue), answers=_texts(body, "answers"),
        value_minor=_value(body), lever=_lever(body), about=_text(body, "about"),
        products=_texts(body, "products"), lead_days=_lead_days(body), wording=_wording(body),
        labels=_sentences(body.get("labels"), "labels"),
    )  # fmt: skip


def read_gate(body: Mapping[str, Any], catalogue: Catalogue, *, version: int = 0) -> GateText:
    """A gate as its text says."""
    _only(body, ("key", "holds_back", "when", "sentences", "until"))
    scope = body.get("holds_back", SELLING)
    if scope not in (SELLING, EVERYTHING):
        raise InvalidInput(f"Use {SELLING} or {EVERYTHING}.", field="holds_back")
    if not body.get("when"):
        raise InvalidInput("Say when the gate holds back.", field="when")
    until = _text(body, "until")
    if until and until not in catalogue.facts:
        raise InvalidInput(f"There is no fact {until}.", field="until")
    return GateText(
        key=key_of(body, "key"), version=version, scope=str(scope),
        condition=grammar.read(body["when"], catalogue, at="when"),
        sentences=_sentences(body.get("sentences"), "sentences"), until=until,
    )  # fmt: skip


def broken_gate(body: Mapping[str, Any], *, version: int) -> GateText:
    """A gate whose condition cannot be read any more."""
    return GateText(str(body.get("key", "")), version, None, str(body.get("holds_back", SELLING)),
                    dict(body.get("sentences") or {}))  # fmt: skip


def key_of(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > 60 or not _KEY.fullmatch(value):
        raise InvalidInput("Use small letters, digits and hyphens.", field=name)
    return value


def _only(body: Mapping[str, Any], names: Sequence[str]) -> None:
    if not isinstance(body, Mapping):
        raise InvalidInput("Send an object.")
    for name in body:
        if name not in names:
            raise InvalidInput("This has no place here.", field=str(name))


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > TEXT_MAX or "\0" in value:
        raise InvalidInput(f"Use a text of at most {TEXT_MAX} signs.", field=name)
    return value


def _texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name, [])
    is_list = isinstance(value, list) and len(value) <= PARTS_MAX
    if not is_list or not all(isinstance(one, str) and 0 < len(one) <= 100 for one in value):
        raise InvalidInput(f"Use a list of at most {PARTS_MAX} texts.", field=name)
    return tuple(value)


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, True)
    if not isinstance(value, bool):
        raise InvalidInput("Use true or false.", field=name)
    return value


def _day(body: Mapping[str, Any], name: str) -> date | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidInput("Use a day, YYYY-MM-DD.", field=name) from None


def _channels(body: Mapping[str, Any]) -> tuple[str, ...]:
    channels = _texts(body, "channels") or CHANNELS
    for channel in channels:
        if channel not in CHANNELS:
            raise InvalidInput(f"A channel is one of {', '.join(CHANNELS)}.", field="channels")
    return channels


def _stages(body: Mapping[str, Any], catalogue: Catalogue) -> tuple[tuple[str, Node], ...]:
    """The conditions an offer has; a stage that is left out lets everybody pass."""
    return tuple(
        (stage, grammar.read(body[stage], catalogue, at=stage)) for stage in STAGES
        if body.get(stage) is not None
    )  # fmt: skip


def _context(body: Mapping[str, Any], catalogue: Catalogue) -> tuple[Context, ...]:
    rules = body.get("context", [])
    if not isinstance(rules, list) or len(rules) > PARTS_MAX:
        raise InvalidInput(f"Use at most {PARTS_MAX} rules.", field="context")
    return tuple(_context_rule(rule, f"context.{place}", catalogue)
                 for place, rule in enumerate(rules))  # fmt: skip


def _context_rule(rule: Any, path: str, catalogue: Catalogue) -> Context:
    if not isinstance(rule, Mapping) or set(rule) != {"key", "when", "factor"}:
        raise InvalidInput("A rule has a key, a condition `when` and a factor.", field=path)
    condition = grammar.read(rule["when"], catalogue, at=f"{path}.when")
    return Context(key_of(rule, "key"), condition, _factor(rule["factor"], f"{path}.factor"))


def _factor(value: Any, path: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not LEVER_LOW <= value <= LEVER_HIGH:
        raise InvalidInput(f"A factor is {LEVER_LOW} to {LEVER_HIGH}.", field=path)
    return float(value)


def _value(body: Mapping[str, Any]) -> int:
    value = body.get("value", 100)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10**12:
        raise InvalidInput("Use what an acceptance is worth, in minor units.", field="value")
    return value


def _lead_days(body: Mapping[str, Any]) -> int:
    days = body.get("lead_days", LEAD_DAYS)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LEAD_DAYS_MAX:
        raise InvalidInput(f"Use 1 to {LEAD_DAYS_MAX} days.", field="lead_days")
    return days


def _lever(body: Mapping[str, Any]) -> Lever | None:
    lever = body.get("lever")
    if lever is None:
        return None
    if not isinstance(lever, Mapping) or set(lever) != {"factor", "owner", "ends_on"}:
        raise InvalidInput("A lever has a factor, an owner and its last day.", field="lever")
    ends_on = _day(lever, "ends_on")
    if ends_on is None or not _text(lever, "owner"):
        raise InvalidInput("A lever has an owner and its last day.", field="lever")
    return Lever(_factor(lever["factor"], "lever.factor"), _text(lever, "owner"), ends_on)


def _wording(body: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    wording = body.get("wording")
    if not isinstance(wording, Mapping) or not wording:
        raise InvalidInput("An offer needs its words in one language at least.", field="wording")
    return {str(language): _words(words, language) for language, words in wording.items()}


def _words(words: Any, language: Any) -> dict[str, str]:
    path = f"wording.{language}"
    if language not in LANGUAGES:
        raise InvalidInput(f"A language is one of {', '.join(LANGUAGES)}.", field=path)
    if not isinstance(words, Mapping) or set(words) - set(TEXTS):
        raise InvalidInput(f"Words are {', '.join(TEXTS)}.", field=path)
    for name in NEEDED_TEXTS:
        if not words.get(name):
            raise InvalidInput("This is what the attendant reads or says.", field=f"{path}.{name}")
    return {name: _merged(words, name, path) for name in words}


def _merged(words: Mapping[str, Any], name: str, path: str) -> str:
    """A text whose merge fields are known: `{ends_on}`, or `{ends_on|soon}` for when it is not."""
    try:
        text = _text(words, name)
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, field=f"{path}.{name}") from None
    for inside in FIELD.findall(text):
        if inside.partition("|")[0] not in FIELDS:
            known = ", ".join(FIELDS)
            raise InvalidInput(f"{{{inside}}} is none of {known}.", field=f"{path}.{name}")
    if re.sub(FIELD, "", text).strip("{}") != re.sub(FIELD, "", text):
        raise InvalidInput("A bracket is left open.", field=f"{path}.{name}")
    return text


def _sentences(sentences: Any, name: str) -> dict[str, str]:
    """A text per language; one language at least."""
    if not isinstance(sentences, Mapping) or not sentences:
        raise InvalidInput("Say it in one language at least.", field=name)
    for language, sentence in sentences.items():
        is_text = isinstance(sentence, str) and 0 < len(sentence) <= TEXT_MAX
        if language not in LANGUAGES or not is_text:
            raise InvalidInput("Use a text per language.", field=f"{name}.{language}")
    return dict(sentences)


def said_with(text: str, values: Mapping[str, str]) -> str:
    """A text with its merge fields filled in; for what is not known, what its stroke has behind."""

    def filled(field: re.Match[str]) -> str:
        name, _, otherwise = field[1].partition("|")
        return values.get(name) or otherwise

    return re.sub(r"\s+", " ", FIELD.sub(filled, text)).strip()
