"""Every address and every role: who may open what, and what those who may not are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from clientela.console import urls
from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.platform.promises import promise
from clientela.staff import company as companies
from clientela.staff.rights import SHIPPED_ROLES
from clientela.ui.navigation import ENTRIES

NONE = 32 * "0"
NOT_FOUND_YET = f"imp_{NONE}"
PERSON = "/settings/profiles/types/person"
ROLES = tuple(SHIPPED_ROLES)
# A walk through all pages takes seconds: those of the other roles are made by `make drill`.
OFTEN = {"administrator", "agent", "marketer", "warranty-desk"}
WALKERS = [r if r in OFTEN else pytest.param(r, marks=pytest.mark.long) for r in ROLES]
EVERYBODY = set(ROLES)
CONFIGURES = {"developer", "administrator"}
DEFINES = {"manager", "developer", "administrator"}
CHANGES_IN_BULK = {"manager", "administrator"}
EXPORTS = {"manager", "administrator"}
UNDOES_IMPORTS = {"manager", "administrator"}
LOOKS_AT_QUALITY = {"manager", "administrator"}
IMPORTS = {"manager", "developer", "administrator"}
EDITS_PRODUCTS = {"manager", "developer", "administrator"}
WRITES_PURCHASES = {"developer", "administrator"}
SEES_PRODUCTS = {
    role for role in ROLES if role == "administrator" or "products.view" in SHIPPED_ROLES[role][1]
}
SEES_PURCHASES = {
    role for role in ROLES if role == "administrator" or "purchases.view" in SHIPPED_ROLES[role][1]
}
SEES_NOTES = EVERYBODY - {"privacy-officer"}
WRITES_NOTES = SEES_NOTES - {"marketer"}
MERGES = {"manager", "administrator"}
EDITS = {"agent", "manager", "developer", "administrator"}
SEES_POINTS = EVERYBODY - {"warranty-desk"}
REDEEMS = {"agent", "manager", "administrator"}
DECIDES_POINTS = {"manager", "administrator"}
SETS_POINTS = DECIDES_POINTS | {"marketer"}
KEEPS_POINTS = REDEEMS
SERVES_CALLS = {"agent", "manager", "administrator"}
ISSUES = {"agent", "manager", "developer", "administrator"}
RELEASES = {"manager", "administrator"}
SEES_OFFERS = EVERYBODY - {"warranty-desk"}
OFFERS = {"agent", "manager", "developer", "administrator"}
ASSIGNS = {"manager", "administrator"}
AUDITS = {*ASSIGNS, "privacy-officer"}
CLAIMS = EVERYBODY - {"marketer", "privacy-officer"}
RECORDS = {"agent", "manager", "developer", "privacy-officer", "administrator"}
SEES_PRIVACY = RECORDS | {"marketer"}
DECIDES_PRIVACY = {"privacy-officer", "administrator"}
DECIDES_CLAIMS = {"warranty-desk", "manager", "administrator"}

# Address by the name of its page: (path, who may, what these are answered).
PAGES: dict[str, tuple[str, set[str], int]] = {
    "home": ("/", EVERYBODY, 200),
    "customers": ("/customers", EVERYBODY, 200),
    "customer-new": ("/customers/new", EDITS, 200),
    "suggestions": ("/customers/suggestions?q=an", EVERYBODY, 200),
    "callers": ("/callers?number=26000001", EVERYBODY, 200),
    "customer": ("{customer}", EVERYBODY, 200),
    "customer-edit": ("{customer}/edit", EDITS, 200),
    "customer-holdings": ("{customer}/holdings", EVERYBODY, 200),
    "customer-purchases": ("{customer}/purchases", EVERYBODY, 200),
    "customer-habits": ("{customer}/habits", SEES_PURCHASES, 200),
    "customer-points": ("{customer}/points", SEES_POINTS, 200),
    "customer-why": ("{customer}/points/pos_0/why", SEES_POINTS, 404),
    "customer-timeline": ("{customer}/timeline", EVERYBODY, 200),
    "customer-history": ("{customer}/history", EVERYBODY, 200),
    "customer-contact": ("{customer}/contact", EVERYBODY, 200),
    "identity-new": ("{customer}/identities/new", EDITS, 200),
    "identity-verify": (f"{{customer}}/identities/idn_{NONE}/verification", EDITS, 404),
    "address-new": ("{customer}/addresses/new", EDITS, 200),
    "address-edit": (f"{{customer}}/addresses/adr_{NONE}/edit", EDITS, 404),
    "customer-family": ("{customer}/family", EVERYBODY, 200),
    "relation-new": ("{customer}/relations/new", EDITS, 200),
    "relation-rights": (f"{{customer}}/relations/rel_{NONE}/rights", EDITS, 404),
    "household-new": ("{customer}/households/new", EDITS, 200),
    "household-join": ("{customer}/households/joining", EDITS, 200),
    "member-new": (f"{{customer}}/households/hou_{NONE}/members/new", EDITS, 404),
    "customer-notes": ("{customer}/notes", SEES_NOTES, 200),
    "note-new": ("{customer}/notes/new", WRITES_NOTES, 200),
    "task-new": ("{customer}/tasks/new", WRITES_NOTES, 200),
    "file-new": ("{customer}/files/new", WRITES_NOTES, 200),
    "file": (f"{{customer}}/files/fil_{NONE}", SEES_NOTES, 404),
    "tasks": ("/tasks", SEES_NOTES, 200),
    "task-edit": (f"/tasks/tsk_{NONE}/edit", WRITES_NOTES, 404),
    "holding-new": ("{customer}/holdings/new", EDITS_PRODUCTS, 200),
    "holding-edit": (f"{{customer}}/holdings/hol_{NONE}/edit", EDITS_PRODUCTS, 404),
    "holding-close": (f"{{customer}}/holdings/hol_{NONE}/closing", EDITS_PRODUCTS, 404),
    "holder-new": (f"{{customer}}/holdings/hol_{NONE}/holders/new", EDITS_PRODUCTS, 404),
    "purchase": (f"{{customer}}/purchases/pur_{NONE}", SEES_PURCHASES, 404),
    "purchase-return": (f"{{customer}}/purchases/pur_{NONE}/returns/new", WRITES_PURCHASES, 404),
    "purchase-cancel": (f"{{customer}}/purchases/pur_{NONE}/cancellation", WRITES_PURCHASES, 404),
    "products": ("/products", SEES_PRODUCTS, 200),
    "product-new": ("/products/new", EDITS_PRODUCTS, 200),
    "product": (f"/products/prd_{NONE}", EDITS_PRODUCTS, 404),
    "product-kinds": ("/products/kinds", EDITS_PRODUCTS, 200),
    "product-categories": ("/products/categories", EDITS_PRODUCTS, 200),
    "product-statuses": ("/products/statuses", EDITS_PRODUCTS, 200),
    "customer-panel": ("{customer}/panels/who", EVERYBODY, 200),
    "customer-merge": ("{customer}/merge", MERGES, 200),
    "duplicates": ("/duplicates", MERGES, 200),
    "duplicates-accept": ("/duplicates/acceptance", MERGES, 200),
    "duplicate": (f"/duplicates/dup_{NONE}", MERGES, 404),
    "merges": ("/merges", MERGES, 200),
    "merge": (f"/merges/mrg_{NONE}", MERGES, 404),
    "imports": ("/imports", IMPORTS, 200),
    "import-new": ("/imports/new", IMPORTS, 200),
    "import-template": ("/imports/templates/customers", IMPORTS, 200),
    "import": (f"/imports/{NOT_FOUND_YET}", IMPORTS, 404),
    "import-state": (f"/imports/{NOT_FOUND_YET}/state", IMPORTS, 404),
    "import-rejects": (f"/imports/{NOT_FOUND_YET}/rejects", IMPORTS, 404),
    "settings": ("/settings", EVERYBODY, 302),
    "settings-company": ("/settings/company", CONFIGURES, 200),
    "settings-people": ("/settings/people", CONFIGURES, 200),
    "people-invite": ("/settings/people/invitations", CONFIGURES, 302),
    "settings-keys": ("/settings/keys", CONFIGURES, 200),
    "settings-rights": ("/settings/rights", CONFIGURES, 200),
    "settings-roles": ("/settings/roles", CONFIGURES, 200),
    "role-new": ("/settings/roles/new", CONFIGURES, 200),
    "role": ("/settings/roles/agent", CONFIGURES, 200),
    "settings-branches": ("/settings/branches", CONFIGURES, 200),
    "branch-create": ("/settings/branches/new", CONFIGURES, 302),
    "settings-accesses": ("/settings/accesses", AUDITS, 200),
    "customer-assign": ("{customer}/assignment", ASSIGNS, 200),
    "customer-reveal": ("{customer}/reveal/none", EVERYBODY, 404),
    "keys-create": ("/settings/keys/new", CONFIGURES, 302),
    "customer-redeem": ("{customer}/points/redeem", REDEEMS, 200),
    "cash-by-itself": ("{customer}/points/by-itself", REDEEMS, 200),
    "customer-quote": (f"{{customer}}/points/redeem/quote?reward=rew_{NONE}", REDEEMS, 404),
    "redemption": (f"{{customer}}/redemptions/red_{NONE}", SEES_POINTS, 404),
    "voucher": (f"{{customer}}/redemptions/red_{NONE}/voucher", SEES_POINTS, 404),
    "lot-extend": (f"{{customer}}/points/lots/lot_{NONE}/extension", KEEPS_POINTS, 404),
    "debt-forgive": ("{customer}/points/debts/points", KEEPS_POINTS, 200),
    "points-give": ("{customer}/points/gifts/new", KEEPS_POINTS, 200),
    "pool-member": (f"{{customer}}/points/pools/poo_{NONE}/pom_{NONE}", KEEPS_POINTS, 404),
    "loyalty-desk": ("/loyalty/desk", REDEEMS, 200),
    "loyalty-rewards": ("/loyalty/rewards", SEES_POINTS, 200),
    "reward-new": ("/loyalty/rewards/new", SETS_POINTS, 200),
    "reward": (f"/loyalty/rewards/rew_{NONE}", SETS_POINTS, 404),
    "gift-cards": ("/loyalty/cards", SEES_POINTS, 200),
    "gift-card-new": ("/loyalty/cards/new", REDEEMS, 200),
    "gift-card": (f"/loyalty/cards/gft_{NONE}", SEES_POINTS, 404),
    "loyalty-orders": ("/loyalty/orders", SEES_POINTS, 200),
    "journeys": ("/loyalty/journeys", DECIDES_POINTS, 200),
    "journey-dates": ("/loyalty/journeys/days", SEES_POINTS, 200),
    "journey": (f"/loyalty/journeys/trv_{NONE}", DECIDES_POINTS, 404),
    "journey-voucher": (f"/loyalty/journeys/trv_{NONE}/voucher", SEES_POINTS, 404),
    "cash-outs": ("/loyalty/cash", DECIDES_POINTS, 200),
    "cash-out": (f"/loyalty/cash/csh_{NONE}", DECIDES_POINTS, 404),
    "payment-files": ("/loyalty/cash/files", DECIDES_POINTS, 200),
    "payment-file": (f"/loyalty/cash/files/pay_{NONE}", DECIDES_POINTS, 404),
    "payment-content": (f"/loyalty/cash/files/pay_{NONE}/content", DECIDES_POINTS, 404),
    "partners": ("/loyalty/partners", DECIDES_POINTS, 200),
    "partner-new": ("/loyalty/partners/new", DECIDES_POINTS, 200),
    "partner": (f"/loyalty/partners/prt_{NONE}", DECIDES_POINTS, 404),
    "partner-statements": ("/loyalty/partners/statements", DECIDES_POINTS, 200),
    "partner-statement": (f"/loyalty/partners/statements/pst_{NONE}", DECIDES_POINTS, 404),
    "partner-statement-content": (
        f"/loyalty/partners/statements/pst_{NONE}/content.pdf",
        DECIDES_POINTS,
        404,
    ),
    "loyalty-tiers": ("/loyalty/tiers", SEES_POINTS, 200),
    "ladder-new": ("/loyalty/tiers/new", SETS_POINTS, 200),
    "ladder": ("/loyalty/tiers/none", SETS_POINTS, 404),
    "tier-new": ("/loyalty/tiers/none/steps/new", SETS_POINTS, 404),
    "tier": ("/loyalty/tiers/none/steps/none", SETS_POINTS, 404),
    "tier-review": ("/loyalty/tiers/none/review", SEES_POINTS, 404),
    "loyalty-bounds": ("/loyalty/limits", SEES_POINTS, 200),
    "loyalty-promotions": ("/loyalty/promotions", SEES_POINTS, 200),
    "promotion-new": ("/loyalty/promotions/new", SETS_POINTS, 200),
    "promotion": ("/loyalty/promotions/none", SETS_POINTS, 404),
    "code-pools": ("/loyalty/codes", SEES_POINTS, 200),
    "code-pool-new": ("/loyalty/codes/new", SETS_POINTS, 200),
    "code-pool": ("/loyalty/codes/none", SEES_POINTS, 404),
    "code-pool-edit": ("/loyalty/codes/none/change", SETS_POINTS, 404),
    "code-pool-content": ("/loyalty/codes/none/content", SETS_POINTS, 404),
    "loyalty-notices": ("/loyalty/notices", SEES_POINTS, 200),
    "notice-new": ("/loyalty/notices/new", SETS_POINTS, 200),
    "notice": ("/loyalty/notices/none", SEES_POINTS, 404),
    "notice-edit": ("/loyalty/notices/none/change", SETS_POINTS, 404),
    "cap-new": ("/loyalty/limits/new", SETS_POINTS, 200),
    "loyalty-checks": ("/loyalty/checks", DECIDES_POINTS, 200),
    "loyalty-adjustments": ("/loyalty/adjustments", REDEEMS, 200),
    "customer-adjust": ("{customer}/points/adjustment", REDEEMS, 200),
    "customer-pause": ("{customer}/points/pause", REDEEMS, 200),
    "loyalty-books": ("/loyalty/books", DECIDES_POINTS, 200),
    "loyalty-rules": ("/loyalty/rules", SEES_POINTS, 200),
    "rules-past": ("/loyalty/rules/past", SETS_POINTS, 200),
    "rules-trial": (f"/loyalty/rules/past/tri_{NONE}", SETS_POINTS, 404),
    "rule-new": ("/loyalty/rules/new", SETS_POINTS, 200),
    "rule-question": ("/loyalty/rules/question", SETS_POINTS, 200),
    "rule": ("/loyalty/rules/999999", SETS_POINTS, 404),
    "rule-versions": ("/loyalty/rules/999999/versions", SEES_POINTS, 404),
    "loyalty-rates": ("/loyalty/exchange-rates", SEES_POINTS, 200),
    "loyalty-rate-new": ("/loyalty/exchange-rates/new", SETS_POINTS, 200),
    "loyalty-points": ("/loyalty/points", SEES_POINTS, 200),
    "loyalty-points-new": ("/loyalty/points/new", SETS_POINTS, 200),
    "loyalty-points-kind": ("/loyalty/points/points", SETS_POINTS, 200),
    "purchase-why": (f"{{customer}}/purchases/pur_{NONE}/why", SEES_POINTS & SEES_PURCHASES, 404),
    "customer-issues": ("{customer}/issues", ISSUES, 200),
    "issue-new": ("{customer}/issues/new", ISSUES, 200),
    "issues": ("/issues", ISSUES, 200),
    "issue": ("/issues/10", ISSUES, 404),
    "issue-history": ("/issues/10/history", ISSUES, 404),
    "issue-why": ("/issues/10/why", ISSUES, 404),
    "issue-assign": ("/issues/10/assignment", ISSUES, 404),
    "issue-state": ("/issues/10/state", ISSUES, 404),
    "issue-promise": ("/issues/10/promises", ISSUES, 404),
    "issue-resolve": ("/issues/10/resolution", ISSUES, 404),
    "issue-reopen": ("/issues/10/reopening", ISSUES, 404),
    "issue-complaint": ("/issues/10/complaint", ISSUES, 404),
    "promises": ("/promises", ISSUES, 200),
    "promise-keep": (f"/promises/prm_{NONE}/keeping", ISSUES, 404),
    "promise-move": (f"/promises/prm_{NONE}/move", ISSUES, 404),
    "promise-release": (f"/promises/prm_{NONE}/release", RELEASES, 404),
    "customer-offers": ("{customer}/offers", SEES_OFFERS, 200),
    "customer-offers-why": ("{customer}/offers/why", SEES_OFFERS, 200),
    "customer-flag-new": ("{customer}/flags/new", OFFERS, 200),
    "customer-need-new": ("{customer}/needs/new", OFFERS, 200),
    "retention-desk": ("/retention/desk", SEES_OFFERS, 200),
    "offers": ("/retention/offers", SEES_OFFERS, 200),
    "offer": ("/retention/offers/none", SEES_OFFERS, 404),
    "proposal-outcome": (f"/proposals/prp_{NONE}/outcome", OFFERS, 404),
    "customer-warranty": ("{customer}/warranty", EVERYBODY, 200),
    "warranty": ("/warranty/desk", EVERYBODY, 200),
    "warranty-check": (f"/warranty/check?holding=hol_{NONE}", EVERYBODY, 404),
    "warranty-plans": ("/warranty/plans", EVERYBODY, 200),
    "policy": ("/warranty/policies/P-0", EVERYBODY, 404),
    "policy-why": ("/warranty/policies/P-0/why", EVERYBODY, 404),
    "policy-cancel": ("/warranty/policies/P-0/cancellation", CLAIMS, 404),
    "claims": ("/warranty/claims", EVERYBODY, 200),
    "claim-new": (f"/warranty/claims/new?holding=hol_{NONE}", CLAIMS, 404),
    "claim": ("/warranty/claims/W-0", EVERYBODY, 404),
    "claim-decide": ("/warranty/claims/W-0/decision", DECIDES_CLAIMS, 303),
    "claim-remedy": ("/warranty/claims/W-0/remedy", CLAIMS, 303),
    "claim-settle": ("/warranty/claims/W-0/settlement", CLAIMS, 303),
    "claim-close": ("/warranty/claims/W-0/closing", CLAIMS, 303),
    "claim-withdraw": ("/warranty/claims/W-0/cancellation", CLAIMS, 303),
    "agent": ("/agent", SERVES_CALLS, 200),
    "agent-lists": ("/agent/lists", SERVES_CALLS, 200),
    "call-bar": ("/agent/calls", SERVES_CALLS, 200),
    "conversation": (f"/agent/con_{NONE}", SERVES_CALLS, 404),
    "live-poll": ("/live/poll", SERVES_CALLS, 200),
    "live-toast": (f"/live/toasts/cal_{NONE}", SERVES_CALLS, 404),
    "demo-telephone": ("/demo/telephone", SERVES_CALLS, 404),
    "settings-telephones": ("/settings/telephones", CONFIGURES, 200),
    "line-create": ("/settings/telephones/new", CONFIGURES, 302),
    "extension": ("/settings/telephones/extensions", CONFIGURES, 302),
    "settings-webhooks": ("/settings/webhooks", CONFIGURES, 200),
    "webhooks-create": ("/settings/webhooks/new", CONFIGURES, 303),
    "settings-webhook": (f"/settings/webhooks/whk_{NONE}", CONFIGURES, 404),
    "settings-system": ("/settings/system", CONFIGURES, 200),
    "customer-consents": ("{customer}/consents", SEES_PRIVACY, 200),
    "consent-new": ("{customer}/consents/new", RECORDS, 200),
    "limit-new": ("{customer}/limits/new", RECORDS, 200),
    "request-new": ("{customer}/requests/new", RECORDS, 200),
    "erasure": ("{customer}/erasure", DECIDES_PRIVACY, 200),
    "privacy": ("/privacy", SEES_PRIVACY, 200),
    "privacy-limits": ("/privacy/limits", SEES_PRIVACY, 200),
    "privacy-erasures": ("/privacy/erasures", SEES_PRIVACY, 200),
    "privacy-periods": ("/privacy/periods", SEES_PRIVACY, 200),
    "privacy-period": ("/privacy/periods/access", DECIDES_PRIVACY, 200),
    "privacy-purposes": ("/privacy/purposes", SEES_PRIVACY, 200),
    "privacy-purpose": ("/privacy/purposes/definition", DECIDES_PRIVACY, 303),
    "privacy-register": ("/privacy/register", SEES_PRIVACY, 200),
    "privacy-answer": (f"/privacy/requests/prq_{NONE}", DECIDES_PRIVACY, 404),
    "list-question": ("/customers/question", EVERYBODY, 200),
    "quality": ("/customers/quality", LOOKS_AT_QUALITY, 200),
    "bulk-list": ("/changes", CHANGES_IN_BULK, 200),
    "bulk-new": ("/changes/new", CHANGES_IN_BULK, 200),
    "bulk": (f"/changes/chg_{NONE}", CHANGES_IN_BULK, 404),
    "exports": ("/exports", EXPORTS, 200),
    "export-new": ("/exports/new", EXPORTS, 200),
    "export-file": (f"/exports/exp_{NONE}/file", EXPORTS, 404),
    "import-columns": (f"/imports/{NOT_FOUND_YET}/columns", IMPORTS, 404),
    "import-kept": (f"/imports/{NOT_FOUND_YET}/kept", IMPORTS, 404),
    "customer-type": ("{customer}/type", EDITS, 200),
    "profiles": ("/settings/profiles", DEFINES, 200),
    "profile-type-new": ("/settings/profiles/new", DEFINES, 200),
    "profile-type": (f"{PERSON}", DEFINES, 200),
    "profile-type-rename": (f"{PERSON}/name", DEFINES, 200),
    "profile-calculated": (f"{PERSON}/calculated", DEFINES, 200),
    "profile-group-new": (f"{PERSON}/groups/new", DEFINES, 200),
    "profile-group": (f"{PERSON}/groups/none", DEFINES, 200),
    "profile-pack": ("/settings/profiles/packs/bank", DEFINES, 200),
    "field-new": (f"{PERSON}/fields/new", DEFINES, 200),
    "field-edit": (f"{PERSON}/fields/none", DEFINES, 404),
    "field-plan": (f"/settings/profiles/plans/pln_{NONE}", DEFINES, 404),
    "preferences": ("/settings/preferences", EVERYBODY, 200),
    "components": ("/ui", CONFIGURES, 200),
}
POSTS: dict[str, tuple[str, set[str], int]] = {
    "tier-removal": ("/loyalty/tiers/none/steps/none/removal", SETS_POINTS, 404),
    "tier-review-run": ("/loyalty/tiers/none/review/run", SETS_POINTS, 404),
    "rules-trial-cancel": (f"/loyalty/rules/past/tri_{NONE}/cancellation", SETS_POINTS, 404),
    "customer-alike": ("/customers/new/alike", EDITS, 200),
    "duplicates-search": ("/duplicates/search", MERGES, 303),
    "import-run": (f"/imports/{NOT_FOUND_YET}/run", IMPORTS, 404),
    "import-mapping": (f"/imports/{NOT_FOUND_YET}/mapping", IMPORTS, 404),
    "import-stop": (f"/imports/{NOT_FOUND_YET}/stop", IMPORTS, 404),
    "import-undo": (f"/imports/{NOT_FOUND_YET}/undo", UNDOES_IMPORTS, 404),
    "board-move": ("{customer}/board", EDITS, 303),
    "bulk-run": (f"/changes/chg_{NONE}/run", CHANGES_IN_BULK, 404),
    "bulk-reversal": (f"/changes/chg_{NONE}/reversal", CHANGES_IN_BULK, 404),
    "quality-count": ("/customers/quality/count", LOOKS_AT_QUALITY, 303),
    "view-new": ("/views", EVERYBODY, 422),
    "view": (f"/views/lst_{NONE}", EVERYBODY, 404),
    "view-removal": (f"/views/lst_{NONE}/removal", EVERYBODY, 404),
    "view-restoring": (f"/views/lst_{NONE}/restoring", EVERYBODY, 404),
    "profile-type-order": ("/settings/profiles/order", DEFINES, 303),
    "profile-type-retire": ("/settings/profiles/types/none/retirement", DEFINES, 404),
    "profile-calculated-away": (f"{PERSON}/calculated/none/removal", DEFINES, 303),
    "profile-group-order": (f"{PERSON}/groups/none/order", DEFINES, 303),
    "field-order": (f"{PERSON}/field-order", DEFINES, 303),
    "field-index": (f"{PERSON}/fields/none/index", DEFINES, 404),
    "field-retire": (f"{PERSON}/fields/none/retirement", DEFINES, 404),
    "field-preview": (f"{PERSON}/fields/none/preview", DEFINES, 404),
    "field-preview-new": (f"{PERSON}/fields/new/preview", DEFINES, 200),
    "field-plan-end": (f"/settings/profiles/plans/pln_{NONE}/end", DEFINES, 404),
    "field-plan-on": (f"/settings/profiles/plans/pln_{NONE}/day", DEFINES, 404),
    "identity-mark": (f"{{customer}}/identities/idn_{NONE}/mark", EDITS, 404),
    "address-end": (f"{{customer}}/addresses/adr_{NONE}/ending", EDITS, 404),
    "relation-end": (f"{{customer}}/relations/rel_{NONE}/ending", EDITS, 404),
    "member-main": (
        f"{{customer}}/households/hou_{NONE}/members/mem_{NONE}/main",
        EDITS,
        404,
    ),
    "member-end": (
        f"{{customer}}/households/hou_{NONE}/members/mem_{NONE}/ending",
        EDITS,
        404,
    ),
    "note-remove": (f"{{customer}}/notes/not_{NONE}/removal", WRITES_NOTES, 404),
    "tag-put": ("{customer}/tags", WRITES_NOTES, 422),
    "tag-take": ("{customer}/tags/none/removal", WRITES_NOTES, 303),
    "file-remove": (f"{{customer}}/files/fil_{NONE}/removal", WRITES_NOTES, 404),
    "mentions-read": ("/tasks/mentions", WRITES_NOTES, 303),
    "task-finish": (f"/tasks/tsk_{NONE}/completion", WRITES_NOTES, 404),
    "task-reopen": (f"/tasks/tsk_{NONE}/reopening", WRITES_NOTES, 404),
    "limit-lift": (f"{{customer}}/limits/rst_{NONE}/lifting", DECIDES_PRIVACY, 404),
    "choices-send": ("{customer}/choices-link", RECORDS, 303),
    "access-package": ("{customer}/access-package", DECIDES_PRIVACY, 200),
    "product-unmap": (f"/products/statuses/stm_{NONE}/removal", EDITS_PRODUCTS, 404),
    "person-role": (f"/settings/people/per_{NONE}/role", CONFIGURES, 404),
    "role-reset": ("/settings/roles/none/reset", CONFIGURES, 303),
    "role-remove": ("/settings/roles/none/removal", CONFIGURES, 303),
    "person-branches": (f"/settings/people/per_{NONE}/branches", CONFIGURES, 404),
    "person-state": (f"/settings/people/per_{NONE}/state", CONFIGURES, 404),
    "key-revoke": (f"/settings/keys/key_{NONE}/revocation", CONFIGURES, 404),
    "cash-by-itself-end": ("{customer}/points/by-itself/cash/ending", REDEEMS, 404),
    "redemption-reversal": (f"{{customer}}/redemptions/red_{NONE}/reversal", REDEEMS, 404),
    "loyalty-books-close": ("/loyalty/books/closing", DECIDES_POINTS, 303),
    "loyalty-books-close-all": ("/loyalty/books/closings", DECIDES_POINTS, 303),
    "pool-open": ("{customer}/points/pools/points", KEEPS_POINTS, 404),
    "pool-leave": (f"{{customer}}/points/pools/poo_{NONE}/pom_{NONE}/ending", KEEPS_POINTS, 404),
    "cash-out-decision": (f"/loyalty/orders/csh_{NONE}/decision", DECIDES_POINTS, 303),
    "cash-out-payment": (f"/loyalty/orders/csh_{NONE}/payment", DECIDES_POINTS, 303),
    "promotion-end": ("/loyalty/promotions/none/end", SETS_POINTS, 303),
    "cap-end": ("/loyalty/limits/0/end", SETS_POINTS, 303),
    "code-pool-generate": ("/loyalty/codes/none/generating", SETS_POINTS, 303),
    "code-pool-bring": ("/loyalty/codes/none/import", SETS_POINTS, 404),
    "notice-switch": ("/loyalty/notices/none/switch", SETS_POINTS, 303),
    "hold-release": (f"{{customer}}/points/holds/hld_{NONE}/release", REDEEMS, 404),
    "order-hold-release": (f"/loyalty/orders/hld_{NONE}/release", REDEEMS, 303),
    "clawback-decision": ("/loyalty/checks/pos_0/decision", DECIDES_POINTS, 303),
    "adjustment-decision": (f"/loyalty/adjustments/adj_{NONE}/decision", DECIDES_POINTS, 303),
    "customer-resume": (f"{{customer}}/points/pause/pse_{NONE}/end", REDEEMS, 404),
    "gift-card-top-up": (f"/loyalty/cards/gft_{NONE}/top-up", REDEEMS, 303),
    "gift-card-block": (f"/loyalty/cards/gft_{NONE}/block", SETS_POINTS, 303),
    "gift-card-code": (f"/loyalty/cards/gft_{NONE}/code", SETS_POINTS, 303),
    "benefit-answer": (f"/loyalty/orders/ben_{NONE}/answer", REDEEMS, 303),
    "rule-end": ("/loyalty/rules/999999/end", SETS_POINTS, 404),
    "rule-preview-new": ("/loyalty/rules/preview/points", SETS_POINTS, 200),
    "rule-preview": ("/loyalty/rules/preview/points/999999", SETS_POINTS, 404),
    "travel-answer": (f"/loyalty/orders/trv_{NONE}/answer", DECIDES_POINTS, 303),
    "journey-cancel": (f"/loyalty/journeys/trv_{NONE}/cancellation", DECIDES_POINTS, 303),
    "journey-date-save": ("/loyalty/journeys/days/new", SETS_POINTS, 422),
    "journey-handle": (f"/loyalty/journeys/trv_{NONE}/handling", DECIDES_POINTS, 303),
    "cash-out-return": (f"/loyalty/cash/csh_{NONE}/return", DECIDES_POINTS, 303),
    "payment-export": ("/loyalty/cash/files/new", DECIDES_POINTS, 303),
    "payment-report": (f"/loyalty/cash/files/pay_{NONE}/report", DECIDES_POINTS, 303),
    "partner-codes": (f"/loyalty/partners/prt_{NONE}/codes", DECIDES_POINTS, 303),
    "partner-settle": (f"/loyalty/partners/prt_{NONE}/statements", DECIDES_POINTS, 303),
    "partner-secret": (f"/loyalty/partners/prt_{NONE}/secret", DECIDES_POINTS, 303),
    "issue-next": ("/issues/next", ISSUES, 303),
    "flag-clearance": (f"/flags/flg_{NONE}/clearance", OFFERS, 404),
    "need-closing": (f"/needs/nds_{NONE}/closing", OFFERS, 404),
    "lead-result": (f"/leads/lea_{NONE}/result", OFFERS, 404),
    "policy-sell": ("/warranty/policies/sale", CLAIMS, 422),
    "conversations": ("/agent/conversations", SERVES_CALLS, 422),
    "call-conversation": (f"/agent/calls/cal_{NONE}/conversation", SERVES_CALLS, 404),
    "call-aside": (f"/agent/calls/cal_{NONE}/settlement", SERVES_CALLS, 404),
    "conversation-customer": (f"/agent/con_{NONE}/customer", SERVES_CALLS, 422),
    "conversation-note": (f"/agent/con_{NONE}/note", SERVES_CALLS, 404),
    "conversation-end": (f"/agent/con_{NONE}/end", SERVES_CALLS, 422),
    "demo-ring": ("/demo/telephone/calls", SERVES_CALLS, 422),
    "demo-answer": (f"/demo/telephone/calls/cal_{NONE}/answer", SERVES_CALLS, 404),
    "demo-hang-up": (f"/demo/telephone/calls/cal_{NONE}/end", SERVES_CALLS, 404),
    "extension-forget": ("/settings/telephones/extensions/removal", CONFIGURES, 303),
    "line-rotate": (f"/settings/telephones/lin_{NONE}/address", CONFIGURES, 404),
    "line-state": (f"/settings/telephones/lin_{NONE}/state", CONFIGURES, 404),
    "webhook-secret": (f"/settings/webhooks/whk_{NONE}/secret", CONFIGURES, 404),
    "webhook-state": (f"/settings/webhooks/whk_{NONE}/state", CONFIGURES, 404),
    "webhook-test": (f"/settings/webhooks/whk_{NONE}/test", CONFIGURES, 404),
    "webhook-missed": (f"/settings/webhooks/whk_{NONE}/missed", CONFIGURES, 404),
    "webhook-removal": (f"/settings/webhooks/whk_{NONE}/removal", CONFIGURES, 404),
    "webhook-again": (f"/settings/webhooks/whk_{NONE}/messages/dlv_{NONE}", CONFIGURES, 404),
}
WITHOUT_SIGN_IN = {"language", "welcome", "join", "choices", "choices-refusal"}


# Opened with rights to look; what is written there needs `issues.answer` besides, see below.
LOOKED_AT_AND_WRITTEN = {"issue", "customer-issues"}


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns)
        else:
            yield str(one.name), one.callback


VIEWS = dict(addresses(urls.CONSOLE))


def lacking(name: str, role: str) -> str:
    """The first right of a page that a role has not."""
    rights: tuple[str, ...] = VIEWS[name].rights
    return next(right for right in rights if right not in SHIPPED_ROLES[role][1])


def test_the_table_holds_every_address_of_the_console() -> None:
    assert {*PAGES, *POSTS, *WITHOUT_SIGN_IN} == set(VIEWS)


def test_a_right_to_look_is_not_enough_to_write() -> None:
    written = {name for name in {*PAGES, *POSTS} if "POST" in VIEWS[name].methods}
    assert {*POSTS, "customer-edit", "claim-decide", *LOOKED_AT_AND_WRITTEN} <= written
    only_seen = {name for name in written if all(".view" in one for one in VIEWS[name].rights)}
    own = {"preferences", "view", "view-new", "view-removal", "view-restoring"}
    assert only_seen == {*LOOKED_AT_AND_WRITTEN, *own, "customer-reveal"}


def test_who_may_only_read_issues_says_nothing_on_them(sign_in: SignIn, anna: UUID) -> None:
    reader = sign_in("customers.view", "issues.view")
    for path in ("/issues/10", path_of(anna, "/issues")):
        refused = reader.post(path)
        assert refused.status_code == 403, path
        assert "<b>issues.answer</b>" in text_of(refused)


@promise("CON-01")
@pytest.mark.parametrize("role", WALKERS)
def test_a_role_opens_its_pages_and_is_told_the_right_it_lacks(
    sign_in: SignIn, anna: UUID, role: str
) -> None:
    client = sign_in(role=role)
    for name, (path, may, status) in PAGES.items():
        response = client.get(path.format(customer=path_of(anna)))
        assert response.status_code == (status if role in may else 403), (name, role)
        if role not in may:
            assert 'data-ui="no-right"' in text_of(response)
            assert f"<b>{lacking(name, role)}</b>" in text_of(response), (name, role)


@pytest.mark.parametrize("role", WALKERS)
def test_a_role_sends_only_the_forms_it_may(sign_in: SignIn, anna: UUID, role: str) -> None:
    client = sign_in(role=role)
    for name, (path, may, status) in POSTS.items():
        address = path.format(customer=path_of(anna))
        assert client.get(address).status_code == 405
        response = client.post(address)
        assert response.status_code == (status if role in may else 403), (name, role)
        if role not in may:
            assert f"<b>{lacking(name, role)}</b>" in text_of(response), (name, role)


@promise("CON-01")
@pytest.mark.parametrize("role", ROLES)
def test_an_entry_without_its_right_is_not_in_the_page(sign_in: SignIn, role: str) -> None:
    page = text_of(sign_in(role=role).get("/"))
    assert ('data-ui="nav-imports"' in page) is (role in IMPORTS)
    assert ('data-ui="nav-duplicates"' in page) is (role in MERGES)


def test_an_entry_needs_what_its_page_needs() -> None:
    for entry in ENTRIES:
        page = VIEWS[entry.address.removeprefix("console:")]
        assert entry.rights == page.rights, entry.name


@pytest.mark.parametrize("desk", ["warranty", "retention"])
def test_a_desk_finds_no_customers_for_who_may_not_see_them(
    sign_in: SignIn, anna: UUID, desk: str
) -> None:
    client = sign_in(f"{desk}.view")
    refused = client.get(f"/{desk}/desk?q=Anna")
    assert refused.status_code == 403
    assert "<b>customers.view</b>" in text_of(refused)
    assert f'data-ui="nav-{desk}"' not in text_of(client.get("/"))


def test_nobody_who_is_not_signed_in_sees_a_page(anna: UUID, agent: Client) -> None:
    stranger = Client()
    for name, (path, _may, _status) in {**PAGES, **POSTS}.items():
        address = path.format(customer=path_of(anna))
        response = stranger.post(address) if name in POSTS else stranger.get(address)
        assert response.status_code == 302, name
        assert response.headers["Location"].startswith("/accounts/login/?next="), name


def test_what_a_person_may_not_see_is_nowhere_in_the_record(sign_in: SignIn, anna: UUID) -> None:
    client = sign_in("customers.view")
    for tab in ("", "/timeline", "/history"):
        page = text_of(client.get(path_of(anna, tab)))
        assert "Anna Kalniņa" in page
        assert "62.00" not in page, tab
        assert "62 points" not in page, tab
        for hidden in ("points", "purchases", "holdings"):
            assert f'data-ui="{hidden}"' not in page
    for tab in ("/holdings", "/purchases", "/points"):
        assert client.get(path_of(anna, tab)).status_code == 403


def test_a_programme_that_is_off_has_no_page_and_no_panel(admin: Client, anna: UUID) -> None:
    assert 'data-ui="points"' in text_of(admin.get(path_of(anna)))
    switched = {"name": "Mežrozes", "country": "LV", "currency": "EUR", "language": "en",
                "time_zone": "Europe/Riga"}  # fmt: skip
    assert admin.post("/settings/company", switched).status_code == 303
    companies.forget()
    page = text_of(admin.get(path_of(anna)))
    assert 'data-ui="points"' not in page
    assert "points" not in text_of(admin.get(path_of(anna, "/timeline"))).replace("/points", "")
    assert admin.get(path_of(anna, "/points")).status_code == 404
