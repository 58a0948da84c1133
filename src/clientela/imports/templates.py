"""A file per kind with the columns understood without a mapping, and one row as an example."""

from __future__ import annotations

import csv
import io

EXAMPLES: dict[str, dict[str, str]] = {
    "customers": {
        "customer": "4711", "name": "Anna Kalniņa", "phone": "+37126123456",
        "email": "anna@example.com", "language": "lv", "country": "LV", "birth_date": "1972-05-14",
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
