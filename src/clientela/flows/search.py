"""One search box over customers and what they hold."""

from __future__ import annotations

from dataclasses import replace

from clientela.customers import queries as customers
from clientela.customers.queries import Hit, Reference
from clientela.products import queries as products
from clientela.staff.company import Company

NUMBER_LENGTH_MIN = 4
HELD = "held"  # found by the number of something that is held


def customers_found(
    query: str, *, company: Company, limit: int = customers.SEARCH_MAX
) -> list[Hit]:
    """Customers by an account number or serial held, by their own words and identities."""
    hits = customers.search(query, country=company.country, limit=limit)
    if len(query.strip()) < NUMBER_LENGTH_MIN or not any(sign.isdigit() for sign in query):
        return hits
    holders = [Reference("id", str(id)) for id in products.customers_by_number(query)]
    survivors = {one.survivor for one in customers.resolve(holders) if one is not None}
    held = [replace(hit, kind=HELD) for hit in customers.candidates(sorted(survivors))]
    known = {hit.customer.id for hit in held}
    return [*held, *(hit for hit in hits if hit.customer.id not in known)][:limit]
