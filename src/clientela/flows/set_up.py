"""The first page of an empty installation: the company and its first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.platform import sql, transactions
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff.models import Person


def set_up(
    *, company: Mapping[str, Any], email: str, name: str, password: str, now: datetime
) -> Person:
    """AlreadySetUp once there is somebody, also for the second of two who begin together."""
    with transactions.open():
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('clientela first page'))")
        person = staff.create_first_administrator(
            email=email, name=name, password=password, now=now
        )
        companies.change(company, actor=person.as_actor(), now=now)
    return person
