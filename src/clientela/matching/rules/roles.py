"""Which fields of a profile type say what about a person, for comparing records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Role = Literal["birth_date", "given_name", "surname", "street", "place", "postcode", "national_id"]
# A field says its role itself (`rules.role`); else its key does, as files usually call it.
BY_KEY: Mapping[str, Role] = {
    "birth_date": "birth_date", "date_of_birth": "birth_date", "birthdate": "birth_date",
    "birthday": "birth_date", "born_on": "birth_date", "dob": "birth_date",
    "given_name": "given_name", "first_name": "given_name", "forename": "given_name",
    "surname": "surname", "last_name": "surname", "family_name": "surname",
    "street": "street", "address": "street", "address_1": "street", "street_address": "street",
    "address_line_1": "street",
    "city": "place", "town": "place", "suburb": "place", "locality": "place",
    "postcode": "postcode", "post_code": "postcode", "postal_code": "postcode", "zip": "postcode",
    "zip_code": "postcode",
    "national_id": "national_id", "personal_code": "national_id", "soc_sec_id": "national_id",
    "tax_id": "national_id", "registration_number": "national_id",
}  # fmt: skip


def roles_of(fields: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[Role, str]:
    """Role -> key, of fields given as (key, rules); the first field of a role counts."""
    found: dict[Role, str] = {}
    for key, rules in fields:
        role = rules.get("role") or BY_KEY.get(key)
        if role:
            found.setdefault(role, key)
    return found
