"""The words of an offer for one customer, in all its languages, with merge fields filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from clientela.platform.conditions.judging import Row
from clientela.platform.money import Money
from clientela.retention.rules.offers import OfferText, said_with
from clientela.staff.company import Company
from clientela.ui import dates, numbers

ENDS = ("holding.fixed_until_on", "holding.matures_on", "holding.ends_on")
NEVER = "9999-12-31"


def wording(offer: OfferText, row: Row, *, company: Company, today: date) -> dict[str, Any]:
    """The texts by language; `language`: in which the script is said to this customer."""
    spoken = row.get("customer.language") or company.language
    texts: dict[str, Any] = {
        language: {
            name: said_with(text, fields(offer, row, company=company, today=today,
                                         language=language))
            for name, text in words.items()
        }
        for language, words in offer.wording.items()
    }  # fmt: skip
    return {
        **texts,
        "language": spoken if spoken in texts else language_of(texts, company.language),
    }


def language_of(texts: Iterable[str], wished: str) -> str:
    """The language to say it in: the wished one, else English, else whatever there is."""
    known = [one for one in texts if one != "language"]
    return next((one for one in (wished, "en") if one in known), known[0])


def told(kept: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What an attendant reads in `language`, and the script in the customer's."""
    texts = kept[language_of(kept, language)]
    spoken = kept["language"]
    return {
        "headline": texts["headline"], "why": texts["why"], "why_now": texts.get("why_now", ""),
        "next_step": texts.get("next_step", ""), "price": texts.get("price", ""),
        "script": kept[spoken]["script"], "language": spoken,
    }  # fmt: skip


def fields(
    offer: OfferText, row: Row, *, company: Company, today: date, language: str
) -> dict[str, str]:
    """What the merge fields say in a language; what is not known is missing."""
    known = {
        "name": _called(row), "company": company.name,
        "points": _number(row.get("points.available"), language),
    }  # fmt: skip
    holding = _about(offer, row)
    if holding is not None:
        known |= _of_holding(holding, today=today, language=language)
    return {name: value for name, value in known.items() if value}


def _of_holding(holding: Row, *, today: date, language: str) -> dict[str, str]:
    ends = _ends(holding)
    balance = holding.get("holding.balance")
    rate = holding.get("holding.rate")
    return {
        "product": str(holding.get("holding.name") or ""),
        "serial": str(holding.get("holding.serial") or ""),
        "ends_on": _day(ends, language) if ends != NEVER else "",
        "days_left": str((date.fromisoformat(ends) - today).days) if ends != NEVER else "",
        "opened_on": _day(str(holding.get("holding.opened_on") or ""), language),
        "balance": Money(balance["minor"], balance["currency"]).shown(language) if balance else "",
        "rate": numbers.rate(rate, language) if rate else "",
    }  # fmt: skip


def _about(offer: OfferText, row: Row) -> Row | None:
    """The holding the offer speaks of: of its kind, the one that ends first."""
    held = [one for one in row.get("holdings") or () if one["holding.kind"] == offer.about]
    return min(held, key=_ends, default=None)


def _ends(holding: Row) -> str:
    return next((holding[name] for name in ENDS if holding.get(name)), NEVER)


def _called(row: Row) -> str:
    """How somebody is spoken to: a person by the first name, a company by its whole name."""
    name = str(row.get("customer.name") or "")
    return name if row.get("customer.type") == "company" else name.partition(" ")[0]


def _day(value: str, language: str) -> str:
    return dates.day(date.fromisoformat(value), language) if value else ""


def _number(value: Any, language: str) -> str:
    return "" if value is None else numbers.number(value, language)
