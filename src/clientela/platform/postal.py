"""Postal addresses: the parts of one, and how a country writes them (`postal.toml`). No Django."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from clientela.platform import cards, text

PART_LENGTH_MAX = 200
PARTS = ("care_of", "street", "more", "postcode", "city", "region", "country")
_DATA = Path(__file__).with_name("postal.toml")
_OF_COUNTRY = re.compile(r"^[A-Z]{1,3}-")
_LOOSE = re.compile(r"^[\s,]+|[\s,]+$|(?<=\s)\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an address as somebody gave them; `country` is a code of ISO 3166-1."""

    street: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    more: str = ""
    care_of: str = ""
    country: str = ""

    def part(self, name: str) -> str:
        return str(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Layout:
    """`region`: what a region is called there; nothing where addresses have none."""

    lines: tuple[str, ...]
    needed: tuple[str, ...]
    region: str = ""
    postcode: str = ""
    example: str = ""
    mends: tuple[tuple[str, str], ...] = ()


class BadPlace(ValueError):
    """`part` is missing, too long, or no postcode of that country; `example` is one."""

    def __init__(self, part: str, reason: str, example: str = "") -> None:
        super().__init__(f"{part}: {reason}")
        self.part = part
        self.reason = reason
        self.example = example


def layout(country: str) -> Layout:
    """How addresses of a country are written; the common layout for those we know nothing of."""
    return _layouts().get(country, _layouts()[""])


def checked(place: Place) -> Place:
    """The address in its country's form. BadPlace names the part at fault."""
    cleaned = Place(**{one.name: _clean(place, one.name) for one in fields(Place)})
    form = layout(cleaned.country)
    for one in fields(Place):
        if cards.holds(cleaned.part(one.name)):
            raise BadPlace(one.name, "payment-card")
    for part in form.needed:
        if not cleaned.part(part):
            raise BadPlace(part, "missing")
    postcode = _postcode(cleaned.postcode, form)
    if postcode and form.postcode and not re.fullmatch(form.postcode, postcode):
        raise BadPlace("postcode", "not-a-postcode", form.example)
    return replace(cleaned, postcode=postcode)


def lines_of(place: Place) -> list[str]:
    """The address as it stands on a letter, without the country."""
    filled = {name: place.part(name) for name in PARTS}
    lines = (_LOOSE.sub("", line.format(**filled)) for line in layout(place.country).lines)
    return [line for line in lines if line.strip("〒, ")]


def norm(place: Place) -> str:
    """What two writings of one address have in common."""
    parts = (place.street, place.more, place.postcode, place.city, place.country)
    return " ".join(word for part in parts for word in text.words(part))


def _clean(place: Place, name: str) -> str:
    value = text.clean(place.part(name))
    if len(value) > PART_LENGTH_MAX:
        raise BadPlace(name, "too-long")
    return value.upper() if name in ("country", "postcode") else value


def _postcode(given: str, form: Layout) -> str:
    """In the country's form, without the letter for it some write before (`S-958 22`)."""
    for pattern, written in form.mends:
        if re.fullmatch(pattern, given):
            return re.sub(pattern, written, given)
    bare = _OF_COUNTRY.sub("", given)
    if bare != given and form.postcode and not re.fullmatch(form.postcode, given):
        return _postcode(bare, form)
    return given


@cache
def _layouts() -> Mapping[str, Layout]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    codes, mends = data.pop("postcodes"), data.pop("postcode_mends")
    found = {"": _read(data.pop("default"))}
    for name, raw in data.items():
        for country in raw.get("countries", [name]):
            pattern, example = codes.get(country, ("", ""))
            known = {"postcode": pattern, "example": example, "mends": mends.get(country, [])}
            found[country] = _read({**known, **raw})
    return found


def _read(raw: Mapping[str, Any]) -> Layout:
    return Layout(
        lines=tuple(raw["lines"]), needed=tuple(raw["needed"]), region=raw.get("region", ""),
        postcode=raw.get("postcode", ""), example=raw.get("example", ""),
        mends=tuple((pattern, written) for pattern, written in raw.get("mends", ())),
    )  # fmt: skip
