"""Terms as somebody wrote them: read, checked, put into one form and given a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clientela.platform import money
from clientela.warranty.rules import coverage, refunds, spans

LAYERS = ("maker", "part", "extended", "home", "service", "goodwill")
STARTS = ("sale", "delivery", "after_base")
ENDS = (spans.INCLUSIVE, spans.DAY_BEFORE)
COSTS = (coverage.ALL, *coverage.COST_TYPES)
ROWS_MAX = 200
MINOR_MAX = 10**13
LANGUAGES = ("en", "es", "lv")


class BadTerms(ValueError):
    """`field` names the member at fault, `args[0]` says what is wrong with it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Written:
    """Terms in their one form: the values of the version, and its rows."""

    values: Mapping[str, Any]
    clauses: tuple[Mapping[str, Any], ...]
    limits: tuple[Mapping[str, Any], ...]
    prices: tuple[Mapping[str, Any], ...]

    def digest(self) -> bytes:
        whole = [self.values, self.clauses, self.limits, self.prices]
        return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).digest()


VALUES: Mapping[str, Any] = {
    "names": {}, "texts": {}, "currency": "EUR", "sold_from": None, "sold_until": None,
    "start_rule": "delivery", "end_rule": spans.INCLUSIVE, "waiting_days": 0, "window_days": None,
    "refund_method": refunds.DAYS, "refund_fee_minor": 0, "free_look_days": 30,
}  # fmt: skip
CLAUSE: Mapping[str, Any] = {
    "component_path": "", "cost_type": coverage.ALL, "included": True, "percent_bp": 10_000,
    "months": None, "days": None,
}  # fmt: skip
LIMIT: Mapping[str, Any] = {"kind": "cap", "per": "claim", "amount_minor": 0}
PRICE: Mapping[str, Any] = {"term_months": 0, "amount_minor": 0}
CHOICES: Mapping[str, Sequence[str]] = {
    "start_rule": STARTS, "end_rule": ENDS, "refund_method": refunds.METHODS, "cost_type": COSTS,
    "kind": ("deductible", "cap"), "per": ("claim", "lifetime"),
}  # fmt: skip
NUMBERS: Mapping[str, int] = {
    "waiting_days": spans.DAYS_MAX, "window_days": spans.DAYS_MAX,
    "free_look_days": spans.DAYS_MAX, "days": spans.DAYS_MAX, "months": spans.MONTHS_MAX,
    "term_months": spans.MONTHS_MAX, "percent_bp": 10_000, "amount_minor": MINOR_MAX,
    "refund_fee_minor": MINOR_MAX,
}  # fmt: skip


def read(terms: Mapping[str, Any], *, is_sold: bool, has_term: bool = False) -> Written:
    """The terms, checked. `is_sold`: a product sells them; `has_term`: given for a term."""
    rows = {"clauses": CLAUSE, "limits": LIMIT, "prices": PRICE}
    values = _row({k: v for k, v in terms.items() if k not in rows}, VALUES, "")
    written = Written(values, *(
        tuple(_rows(terms.get(name, ()), shape, name)) for name, shape in rows.items()
    ))  # fmt: skip
    _whole(written, is_sold=is_sold, has_term=has_term)
    return written


def _rows(rows: Any, shape: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(rows, (list, tuple)) or len(rows) > ROWS_MAX:
        raise BadTerms(name, f"Give a list of at most {ROWS_MAX}.")
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise BadTerms(f"{name}.{place}", "Give an object.")
        yield _row(row, shape, f"{name}.{place}.")


def _row(row: Mapping[str, Any], shape: Mapping[str, Any], where: str) -> dict[str, Any]:
    if unknown := set(row) - set(shape):
        raise BadTerms(f"{where}{min(unknown)}", "This is not known.")
    return {
        name: _value(name, row.get(name, default), default, where)
        for name, default in shape.items()
    }


def _value(name: str, value: Any, default: Any, where: str) -> Any:
    place = where + name
    if value is None and default is None:
        return None
    if name in CHOICES:
        return _choice(value, CHOICES[name], place)
    if name in NUMBERS:
        return _number(value, NUMBERS[name], place)
    if name in ("sold_from", "sold_until"):
        return _day(value, place)
    if name in ("names", "texts"):
        return _words(value, place)
    if type(value) is not type(default):
        raise BadTerms(place, "This cannot be read.")
    return value


def _choice(value: Any, choices: Sequence[str], place: str) -> Any:
    if value not in choices:
        raise BadTerms(place, f"Use one of {', '.join(choices)}.")
    return value


def _number(value: Any, most: int, place: str) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise BadTerms(place, f"Give a whole number from 0 to {most}.")
    return value


def _day(value: Any, place: str) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise BadTerms(place, "Write a date as YYYY-MM-DD.") from None


def _words(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(
        key in LANGUAGES and isinstance(text, str) for key, text in value.items()
    ):
        raise BadTerms(place, "Give a text for en, es and lv.")
    return {key: text for key, text in sorted(value.items()) if text.strip()}


def _whole(written: Written, *, is_sold: bool, has_term: bool) -> None:
    """What no row says by itself."""
    values = written.values
    if not values["names"].get("en"):
        raise BadTerms("names.en", "Give the plan a name.")
    if values["currency"] not in money.CURRENCIES:
        raise BadTerms("currency", "Use a currency of ISO 4217, such as EUR.")
    if values["sold_from"] and values["sold_until"] and values["sold_until"] < values["sold_from"]:
        raise BadTerms("sold_until", "This lies before the first day of sale.")
    if is_sold and not written.prices:
        raise BadTerms("prices", "A plan that a product sells has a price for each term.")
    _clauses(written.clauses, has_term=is_sold or has_term)
    _limits(written.limits)
    _once(written.prices, ("term_months",), "prices")
    _once(written.limits, ("kind", "per"), "limits")


def _clauses(clauses: Sequence[Mapping[str, Any]], *, has_term: bool) -> None:
    if not any(clause["included"] for clause in clauses):
        raise BadTerms("clauses", "Say what is included.")
    for place, clause in enumerate(clauses):
        durations = [clause[name] for name in ("months", "days") if clause[name] is not None]
        if len(durations) > 1:
            raise BadTerms(f"clauses.{place}.days", "Give months or days, not both.")
        if clause["included"] and not durations and not has_term:
            raise BadTerms(f"clauses.{place}.months", "A free plan says for how long.")


def _limits(limits: Sequence[Mapping[str, Any]]) -> None:
    for place, limit in enumerate(limits):
        if limit["amount_minor"] == 0:
            raise BadTerms(f"limits.{place}.amount_minor", "A limit is more than nothing.")
        if limit["kind"] == "deductible" and limit["per"] != "claim":
            raise BadTerms(f"limits.{place}.per", "A deductible is borne per claim.")


def _once(rows: Sequence[Mapping[str, Any]], names: Sequence[str], where: str) -> None:
    seen = [tuple(row[name] for name in names) for row in rows]
    for place, key in enumerate(seen):
        if key in seen[:place]:
            raise BadTerms(f"{where}.{place}", "This is given twice.")
