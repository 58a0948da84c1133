"""One search box over customers and what they hold."""

from __future__ import annotations

from clientela.customers import queries as customers
from clientela.customers.queries import Hit, Reference
from clientela.products import queries as products
from clientela.staff.company import Company

NUMBER_LENGTH_MIN = 4


def customers_found(
    query: str, *, company: Company, limit: int = customers.SEARCH_MAX
) -> list[Hit]:
    """Customers by their own words and identities, then by account number or serial held."""
    hits = customers.search(query, country=company.country, limit=limit)
    if hits or len(query.strip()) < NUMBER_LENGTH_MIN:
        return hits
    holders = [Reference("id", str(id)) for id in products.customers_by_number(query)]
    survivors = {one.survivor for one in customers.resolve(holders) if one is not None}
    return customers.candidates(sorted(survivors))[:limit]
