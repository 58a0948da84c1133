"""The company's own settings: what is asked on the first page and by `clientela company set`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings

from clientela.platform import countries, money, periods, text
from clientela.platform.declare import programmes
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import after_commit, needs_transaction
from clientela.staff.models import Setting

PREFIX = "company."
CACHE_SECONDS = 1.0


@dataclass(frozen=True)
class Company:
    """`country` sets how phone numbers without a prefix are read; "" means none does.
    `off` names the programmes that are switched off.
    """

    name: str = ""
    currency: str = "EUR"
    time_zone: str = "UTC"
    country: str = ""
    language: str = "en"
    off: tuple[str, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The company's calendar day at this instant."""
        return periods.day_of(now, self.zone)

    def is_on(self, switch: str | None) -> bool:
        return switch is None or switch not in self.off


_cached: dict[str, tuple[float, Company]] = {}


def current() -> Company:
    """The settings in force; a change is seen by every process within a second."""
    kept = _cached.get("company")
    if kept is None or time.monotonic() - kept[0] > CACHE_SECONDS:
        kept = _cached["company"] = (time.monotonic(), read())
    return kept[1]


def remembered() -> Company:
    """The settings this process saw last, without asking the database: for pages that must be shown
    also when it is away.
    """
    kept = _cached.get("company")
    return kept[1] if kept else Company()


def read() -> Company:
    """The settings as they are stored, past any cache."""
    known = {field.name for field in fields(Company)}
    rows = (
        Setting.objects.filter(name__startswith=PREFIX).order_by("id").values_list("name", "value")
    )
    values: dict[str, Any] = {name.removeprefix(PREFIX): value for name, value in rows}
    values = {name: value for name, value in values.items() if name in known}
    if "off" in values:
        values["off"] = tuple(values["off"])
    return Company(**values)


def forget() -> None:
    """Drop this process's copy."""
    _cached.clear()


@needs_transaction
def change(values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Company:
    """Set what is given; unknown names and impossible values are refused, naming the field."""
    before = read()
    after = checked(replace(before, **_known(values)))
    old, new = asdict(before), asdict(after)
    Setting.objects.bulk_create(
        Setting(name=PREFIX + name, value=value, changed_by=actor.id, changed_at=now)
        for name, value in new.items()
        if value != old[name]
    )
    after_commit(forget)
    return after


def is_set_up() -> bool:
    """Whether the first page has been answered."""
    return Setting.objects.filter(name=PREFIX + "name").exists()


def checked(company: Company) -> Company:
    if not text.clean(company.name):
        raise InvalidInput("Give the company a name.", field="name")
    if company.currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="currency")
    if company.time_zone not in periods.zones():
        raise InvalidInput("Use a time zone such as Europe/Riga.", field="time_zone")
    if company.country and company.country not in countries.COUNTRIES:
        raise InvalidInput("Use a country code of two letters, such as LV.", field="country")
    if company.language not in dict(django_settings.LANGUAGES):
        raise InvalidInput("Use en, es or lv.", field="language")
    if unknown := set(company.off) - set(programmes()):
        raise InvalidInput(f"There is no programme {min(unknown)}.", field="off")
    return replace(company, name=text.clean(company.name), off=tuple(sorted(set(company.off))))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name for field in fields(Company)}
    if unknown := set(values) - known:
        raise InvalidInput(f"There is no setting {min(unknown)}.", field=min(unknown))
    return {name: tuple(value) if name == "off" else value for name, value in values.items()}
