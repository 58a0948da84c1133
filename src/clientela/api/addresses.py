"""All of the API at one look."""

from __future__ import annotations

from clientela.api import (
    adjustments,
    benefits,
    books,
    bulk,
    cash_outs,
    consents,
    currencies,
    customers,
    duplicates,
    earning,
    events,
    exports,
    fields,
    habits,
    holdings,
    identities,
    imports,
    issues,
    kin,
    limits,
    lists,
    lots,
    loyalty,
    merges,
    notes,
    orders,
    partners,
    pools,
    postal,
    privacy,
    products,
    profile_types,
    promises,
    promotions,
    purchases,
    quotes,
    redemptions,
    referrals,
    retyping,
    rewards,
    rights,
    sales,
    tiers,
    timeline,
    unnamed,
    webhooks,
    what_ifs,
)
from clientela.api.retention import notes as knowledge
from clientela.api.retention import offering, publishing
from clientela.api.router import api
from clientela.api.warranty import claims, covers, plans

for doors in (
    customers.doors, profile_types.doors, fields.doors, retyping.doors,
    merges.doors, duplicates.doors,
    products.doors, holdings.doors, purchases.doors, habits.doors, sales.doors,
    loyalty.doors, lots.doors, pools.doors, rewards.doors, books.doors, what_ifs.doors,
    lists.doors, bulk.doors, timeline.doors,
    redemptions.doors, benefits.doors, orders.doors,
    events.doors, adjustments.doors, limits.doors, promotions.doors,
    cash_outs.doors, partners.doors,
    referrals.doors,
    issues.doors, promises.doors, webhooks.doors,
    identities.doors, postal.doors, kin.doors, notes.doors, consents.doors, privacy.doors,
    knowledge.doors, offering.doors, publishing.doors,
    covers.doors,
    imports.doors, exports.doors,
    plans.doors,
    unnamed.doors,
    claims.doors,
    rights.doors,
    currencies.doors, earning.doors, quotes.doors,
    tiers.doors,
):  # fmt: skip
    api.add_router("", doors)

__all__ = ["api"]
