"""A file per kind with the columns understood without a mapping, and one row as an example."""

from __future__ import annotations

import csv
import io

EXAMPLES: dict[str, dict[str, str]] = {
    "customers": {
        "customer": "4711", "name": "Anna Kalniņa", "phone": "+37126123456",
        "email": "anna@example.com", "language": "lv", "country": "LV", "birth_date": "1972-05-14",
    },
    "identities": {
        "customer": "4711", "kind": "account", "value": "LV80BANK0000435195001",
        "primary": "yes", "shared": "no", "bouncing": "",
    },
    "addresses": {
        "customer": "4711", "purpose": "home", "street": "Brīvības iela 21–7",
        "postcode": "LV-1010", "city": "Rīga", "country": "LV", "starts_on": "2019-05-01",
        "ends_on": "",
    },
    "relations": {
        "customer": "4711", "relation": "spouse", "other": "4712", "may_act": "no",
        "other_may_act": "no", "starts_on": "1998-06-20", "ends_on": "",
    },
    "consents": {
        "customer": "4711", "purpose": "news", "decision": "given",
        "date": "2025-03-14 10:21", "origin": "web form", "channel": "email", "evidence": "",
    },
    "products": {
        "product": "RB-33", "name": "Fridge RB-33", "kind": "fridge", "price": "649.00",
        "currency": "EUR",
    },
    "holdings": {
        "holding": "A-88231", "customer": "4711", "product": "RB-33", "role": "owner",
        "status": "active", "opened_on": "2024-11-25", "closed_on": "", "number": "88231",
        "balance": "", "currency": "",
    },
    "purchases": {
        "customer": "4711", "date": "2026-11-20", "amount": "19.99", "currency": "EUR",
        "reference": "R-1001", "quantity": "1", "product": "RB-33", "channel": "shop",
    },
}  # fmt: skip


def template_of(kind: str) -> str:
    """CSV text: the header and one row."""
    columns = EXAMPLES[kind]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerow(columns.values())
    return text.getvalue()
