"""Addresses of the console: nouns only, people's own words for what they open."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from clientela.console import addresses, choices, home, join, welcome
from clientela.console.agent import pages as agent
from clientela.console.customers import (
    assignment,
    contact,
    edit,
    family,
    habits,
    history,
    purchase,
    record,
    retype,
    reveal,
    search,
    tabs,
    timeline,
)
from clientela.console.demo import telephone
from clientela.console.exports import pages as exports
from clientela.console.imports import columns as import_columns
from clientela.console.imports import pages as imports
from clientela.console.issues import issue, of_customer, promised, queue, steps
from clientela.console.lists import changes, moves, quality, saved
from clientela.console.lists import pages as lists
from clientela.console.live import poll
from clientela.console.loyalty import addresses as loyalty
from clientela.console.loyalty import grants
from clientela.console.loyalty import of_customer as points_of_customer
from clientela.console.matching import merging, pairs
from clientela.console.notes import kept_files, notebook, task_list
from clientela.console.pages import page
from clientela.console.privacy import desk as privacy
from clientela.console.privacy import of_customer as of_customer_privacy
from clientela.console.products import catalogue as shelves
from clientela.console.products import holdings as own_holdings
from clientela.console.profiles import fields, types
from clientela.console.retention import desk, notes, offered, shelf
from clientela.console.settings import (
    accesses,
    branches,
    company,
    keys,
    people,
    preferences,
    rights,
    roles,
    system,
    telephones,
    webhooks,
)
from clientela.console.warranty import claims as warranty_claims
from clientela.console.warranty import desk as warranty_desk
from clientela.console.warranty import policies as warranty_policies
from clientela.ui import views as ui

addresses.register()
Address = URLPattern | URLResolver

PROFILE: list[Address] = [
    path("", types.designer, name="profile-type"),
    path("/name", types.rename, name="profile-type-rename"),
    path("/retirement", types.retire, name="profile-type-retire"),
    path("/groups/new", types.group, name="profile-group-new"),
    path("/groups/<slug:group_key>", types.group, name="profile-group"),
    path("/groups/<slug:group_key>/order", types.group_order, name="profile-group-order"),
    path("/calculated", types.calculated, name="profile-calculated"),
    path("/calculated/<slug:key>/removal", types.calculated_away, name="profile-calculated-away"),
    path("/field-order", fields.order, name="field-order"),
    path("/fields/new", fields.new, name="field-new"),
    path("/fields/new/preview", fields.preview, name="field-preview-new"),
    path("/fields/<slug:key>", fields.edit, name="field-edit"),
    path("/fields/<slug:key>/preview", fields.preview, name="field-preview"),
    path("/fields/<slug:key>/retirement", fields.retire, name="field-retire"),
    path("/fields/<slug:key>/index", fields.index_again, name="field-index"),
]
CUSTOMER: list[Address] = [
    path("", record.overview, name="customer"),
    path("/edit", edit.edit, name="customer-edit"),
    path("/merge", merging.merge, name="customer-merge"),
    path("/type", retype.retype, name="customer-type"),
    path("/holdings", tabs.holdings, name="customer-holdings"),
    path("/purchases", tabs.bought_page, name="customer-purchases"),
    path("/holdings/new", own_holdings.open_holding, name="holding-new"),
    path("/holdings/<hol:holding_id>/edit", own_holdings.change, name="holding-edit"),
    path("/holdings/<hol:holding_id>/closing", own_holdings.close, name="holding-close"),
    path("/holdings/<hol:holding_id>/holders/new", own_holdings.add_holder, name="holder-new"),
    path("/purchases/<pur:purchase_id>", purchase.purchase, name="purchase"),
    path("/purchases/<pur:purchase_id>/returns/new", purchase.give_back, name="purchase-return"),
    path("/purchases/<pur:purchase_id>/cancellation", purchase.cancel, name="purchase-cancel"),
    path("/habits", habits.habits_page, name="customer-habits"),
    path("/purchases/<pur:purchase_id>/why", tabs.why_purchase, name="purchase-why"),
    *points_of_customer.paths(),
    *grants.of_customer(),
    path("/issues", of_customer.review, name="customer-issues"),
    path("/issues/new", of_customer.new, name="issue-new"),
    path("/warranty", warranty_policies.of_customer, name="customer-warranty"),
    path("/timeline", timeline.timeline_page, name="customer-timeline"),
    path("/offers", offered.tab, name="customer-offers"),
    path("/offers/why", offered.why, name="customer-offers-why"),
    path("/flags/new", notes.new_flag, name="customer-flag-new"),
    path("/needs/new", notes.new_need, name="customer-need-new"),
    path("/contact", contact.contact, name="customer-contact"),
    path("/identities/new", contact.new_identity, name="identity-new"),
    path("/identities/<idn:identity_id>/mark", contact.mark, name="identity-mark"),
    path("/identities/<idn:identity_id>/verification", contact.verify, name="identity-verify"),
    path("/addresses/new", contact.new_address, name="address-new"),
    path("/addresses/<adr:address_id>/edit", contact.edit_address, name="address-edit"),
    path("/addresses/<adr:address_id>/ending", contact.end_address, name="address-end"),
    path("/family", family.family_page, name="customer-family"),
    path("/relations/new", family.new_relation, name="relation-new"),
    path("/relations/<rel:relation_id>/rights", family.rights, name="relation-rights"),
    path("/relations/<rel:relation_id>/ending", family.end_relation, name="relation-end"),
    path("/households/new", family.new_household, name="household-new"),
    path("/households/joining", family.join_household, name="household-join"),
    path("/households/<hou:household_id>/members/new", family.new_member, name="member-new"),
    path(
        "/households/<hou:household_id>/members/<mem:member_id>/main",
        family.main_member,
        name="member-main",
    ),
    path(
        "/households/<hou:household_id>/members/<mem:member_id>/ending",
        family.end_member,
        name="member-end",
    ),
    path("/board", moves.move, name="board-move"),
    path("/history", history.history, name="customer-history"),
    path("/reveal/<str:field>", reveal.reveal, name="customer-reveal"),
    path("/assignment", assignment.assign, name="customer-assign"),
    path("/notes", notebook.notebook, name="customer-notes"),
    path("/notes/new", notebook.new_note, name="note-new"),
    path("/notes/<not:note_id>/removal", notebook.remove_note, name="note-remove"),
    path("/tasks/new", task_list.new_task, name="task-new"),
    path("/tags", notebook.put_tag, name="tag-put"),
    path("/tags/<slug:key>/removal", notebook.take_tag, name="tag-take"),
    path("/files/new", kept_files.new_file, name="file-new"),
    path("/files/<fil:file_id>", kept_files.content, name="file"),
    path("/files/<fil:file_id>/removal", kept_files.remove_file, name="file-remove"),
    path("/consents", of_customer_privacy.consents_page, name="customer-consents"),
    path("/consents/new", of_customer_privacy.new_consent, name="consent-new"),
    path("/limits/new", of_customer_privacy.new_limit, name="limit-new"),
    path("/limits/<rst:limit_id>/lifting", of_customer_privacy.lift, name="limit-lift"),
    path("/requests/new", of_customer_privacy.new_request, name="request-new"),
    path("/choices-link", of_customer_privacy.send_link, name="choices-send"),
    path("/access-package", of_customer_privacy.package, name="access-package"),
    path("/erasure", of_customer_privacy.erasure, name="erasure"),
    path("/panels/<slug:name>", record.one_panel, name="customer-panel"),
]
ISSUE: list[Address] = [
    path("", issue.issue, name="issue"),
    path("/history", issue.history, name="issue-history"),
    path("/why", issue.why, name="issue-why"),
    path("/assignment", steps.assign, name="issue-assign"),
    path("/state", steps.state, name="issue-state"),
    path("/promises", steps.promise, name="issue-promise"),
    path("/resolution", steps.resolve, name="issue-resolve"),
    path("/reopening", steps.reopen, name="issue-reopen"),
    path("/complaint", steps.complaint, name="issue-complaint"),
]
PROMISE: list[Address] = [
    path("/keeping", steps.keep, name="promise-keep"),
    path("/move", steps.move, name="promise-move"),
    path("/release", steps.release, name="promise-release"),
]
IMPORT: list[Address] = [
    path("", imports.shown, name="import"),
    path("/columns", import_columns.columns, name="import-columns"),
    path("/mapping", import_columns.as_text, name="import-mapping"),
    path("/state", imports.state, name="import-state"),
    path("/stop", imports.stop, name="import-stop"),
    path("/undo", imports.undo, name="import-undo"),
    path("/kept", imports.kept, name="import-kept"),
    path("/run", imports.run, name="import-run"),
    path("/rejects", imports.rejects, name="import-rejects"),
]
AGENT: list[Address] = [
    path("agent", agent.start, name="agent"),
    path("agent/lists", agent.listed, name="agent-lists"),
    path("agent/calls", agent.bar, name="call-bar"),
    path("agent/calls/<cal:call_id>/conversation", agent.take, name="call-conversation"),
    path("agent/calls/<cal:call_id>/settlement", agent.put_aside, name="call-aside"),
    path("agent/conversations", agent.begin, name="conversations"),
    path("agent/<con:conversation_id>", agent.conversation, name="conversation"),
    path("agent/<con:conversation_id>/customer", agent.name, name="conversation-customer"),
    path("agent/<con:conversation_id>/note", agent.note, name="conversation-note"),
    path("agent/<con:conversation_id>/end", agent.end, name="conversation-end"),
    path("live/poll", poll.poll, name="live-poll"),
    path("live/toasts/<cal:call_id>", poll.toast, name="live-toast"),
]
DEMO: list[Address] = [
    path("demo/telephone", telephone.telephone, name="demo-telephone"),
    path("demo/telephone/calls", telephone.ring, name="demo-ring"),
    path("demo/telephone/calls/<cal:call_id>/answer", telephone.answer, name="demo-answer"),
    path("demo/telephone/calls/<cal:call_id>/end", telephone.hang_up, name="demo-hang-up"),
]
RETENTION: list[Address] = [
    path("retention/desk", desk.desk, name="retention-desk"),
    path("retention/offers", shelf.shelf, name="offers"),
    path("retention/offers/<slug:key>", shelf.offer, name="offer"),
    path("proposals/<prp:proposal_id>/outcome", offered.outcome, name="proposal-outcome"),
    path("flags/<flg:flag_id>/clearance", notes.clear_flag, name="flag-clearance"),
    path("needs/<nds:need_id>/closing", notes.close_need, name="need-closing"),
    path("leads/<lea:lead_id>/result", desk.close_lead, name="lead-result"),
]
PRODUCTS: list[Address] = [
    path("products", shelves.listed, name="products"),
    path("products/new", shelves.new, name="product-new"),
    path("products/kinds", shelves.kinds, name="product-kinds"),
    path("products/categories", shelves.categories, name="product-categories"),
    path("products/statuses", shelves.statuses, name="product-statuses"),
    path("products/statuses/<stm:map_id>/removal", shelves.unmap, name="product-unmap"),
    path("products/<prd:product_id>", shelves.edit, name="product"),
]
TASKS: list[Address] = [
    path("tasks", task_list.tasks, name="tasks"),
    path("tasks/mentions", task_list.read_mentions, name="mentions-read"),
    path("tasks/<tsk:task_id>/edit", task_list.edit_task, name="task-edit"),
    path("tasks/<tsk:task_id>/completion", task_list.finish, name="task-finish"),
    path("tasks/<tsk:task_id>/reopening", task_list.reopen, name="task-reopen"),
]
MATCHING: list[Address] = [
    path("duplicates", pairs.listed, name="duplicates"),
    path("duplicates/search", pairs.search, name="duplicates-search"),
    path("duplicates/acceptance", pairs.accept, name="duplicates-accept"),
    path("duplicates/<dup:pair_id>", pairs.pair, name="duplicate"),
    path("merges", merging.listed, name="merges"),
    path("merges/<mrg:merge_id>", merging.one, name="merge"),
]
SETTINGS: list[Address] = [
    path("company", company.company, name="settings-company"),
    path("people", people.people, name="settings-people"),
    path("people/invitations", people.invite, name="people-invite"),
    path("people/<per:person_id>/role", people.role, name="person-role"),
    path("people/<per:person_id>/state", people.state, name="person-state"),
    path("roles", roles.listed, name="settings-roles"),
    path("roles/new", roles.new, name="role-new"),
    path("roles/<slug:key>", roles.edit, name="role"),
    path("roles/<slug:key>/reset", roles.reset, name="role-reset"),
    path("roles/<slug:key>/removal", roles.remove, name="role-remove"),
    path("rights", rights.matrix_page, name="settings-rights"),
    path("accesses", accesses.accesses, name="settings-accesses"),
    path("branches", branches.branches, name="settings-branches"),
    path("branches/new", branches.create, name="branch-create"),
    path("people/<per:person_id>/branches", branches.place, name="person-branches"),
    path("keys", keys.keys, name="settings-keys"),
    path("keys/new", keys.create, name="keys-create"),
    path("keys/<key:key_id>/revocation", keys.revoke, name="key-revoke"),
    path("telephones", telephones.telephones, name="settings-telephones"),
    path("telephones/new", telephones.create, name="line-create"),
    path("telephones/extensions", telephones.extension, name="extension"),
    path("telephones/extensions/removal", telephones.forget, name="extension-forget"),
    path("telephones/<lin:line_id>/address", telephones.rotate, name="line-rotate"),
    path("telephones/<lin:line_id>/state", telephones.switch, name="line-state"),
    path("profiles", types.listed, name="profiles"),
    path("profiles/new", types.new, name="profile-type-new"),
    path("profiles/order", types.order, name="profile-type-order"),
    path("profiles/packs/<slug:name>", types.pack, name="profile-pack"),
    path("profiles/plans/<pln:plan_id>", fields.plan, name="field-plan"),
    path("profiles/plans/<pln:plan_id>/day", fields.plan_on, name="field-plan-on"),
    path("profiles/plans/<pln:plan_id>/end", fields.plan_end, name="field-plan-end"),
    path("profiles/types/<slug:type_key>", include(PROFILE)),
    path("webhooks", webhooks.webhooks, name="settings-webhooks"),
    path("webhooks/new", webhooks.create, name="webhooks-create"),
    path("webhooks/<whk:webhook_id>", webhooks.webhook, name="settings-webhook"),
    path("webhooks/<whk:webhook_id>/secret", webhooks.secret, name="webhook-secret"),
    path("webhooks/<whk:webhook_id>/state", webhooks.state, name="webhook-state"),
    path("webhooks/<whk:webhook_id>/test", webhooks.test, name="webhook-test"),
    path("webhooks/<whk:webhook_id>/missed", webhooks.missed, name="webhook-missed"),
    path("webhooks/<whk:webhook_id>/removal", webhooks.removal, name="webhook-removal"),
    path(
        "webhooks/<whk:webhook_id>/messages/<dlv:delivery_id>", webhooks.again, name="webhook-again"
    ),
    path("system", system.system, name="settings-system"),
    path("preferences", preferences.preferences, name="preferences"),
]
WARRANTY: list[Address] = [
    path("desk", warranty_desk.desk, name="warranty"),
    path("check", warranty_desk.check, name="warranty-check"),
    path("plans", warranty_policies.plans, name="warranty-plans"),
    path("policies/sale", warranty_policies.sell, name="policy-sell"),
    path("policies/<str:number>", warranty_policies.policy, name="policy"),
    path("policies/<str:number>/cancellation", warranty_policies.cancel, name="policy-cancel"),
    path("policies/<str:number>/why", warranty_policies.why, name="policy-why"),
    path("claims", warranty_claims.listed, name="claims"),
    path("claims/new", warranty_claims.new, name="claim-new"),
    path("claims/<str:number>", warranty_claims.claim, name="claim"),
    path("claims/<str:number>/decision", warranty_claims.decide, name="claim-decide"),
    path("claims/<str:number>/remedy", warranty_claims.remedy, name="claim-remedy"),
    path("claims/<str:number>/settlement", warranty_claims.settle, name="claim-settle"),
    path("claims/<str:number>/closing", warranty_claims.close, name="claim-close"),
    path("claims/<str:number>/cancellation", warranty_claims.withdraw, name="claim-withdraw"),
]
PRIVACY: list[Address] = [
    path("", privacy.desk, name="privacy"),
    path("/limits", privacy.limits, name="privacy-limits"),
    path("/erasures", privacy.erasures, name="privacy-erasures"),
    path("/periods", privacy.periods, name="privacy-periods"),
    path("/periods/<slug:key>", privacy.period, name="privacy-period"),
    path("/purposes", privacy.purposes, name="privacy-purposes"),
    path("/purposes/definition", privacy.purpose, name="privacy-purpose"),
    path("/register", privacy.register, name="privacy-register"),
    path("/requests/<prq:request_id>", privacy.answer, name="privacy-answer"),
]
CONSOLE: list[Address] = [
    path("privacy", include(PRIVACY)),
    path("choices/<str:token>", choices.page, name="choices"),
    path("choices/<str:token>/refusal/<slug:purpose>", choices.refusal, name="choices-refusal"),
    path("warranty/", include(WARRANTY)),
    path("", home.home, name="home"),
    *AGENT,
    *DEMO,
    *RETENTION,
    *TASKS,
    *PRODUCTS,
    path("customers", search.search, name="customers"),
    path("customers/new", edit.new, name="customer-new"),
    path("customers/new/alike", edit.alike_typed, name="customer-alike"),
    path("customers/suggestions", search.suggestions, name="suggestions"),
    path("customers/question", lists.question, name="list-question"),
    path("customers/quality", quality.shown, name="quality"),
    path("customers/quality/count", quality.count, name="quality-count"),
    path("changes", changes.listed, name="bulk-list"),
    path("changes/new", changes.new, name="bulk-new"),
    path("changes/<chg:change_id>", changes.shown, name="bulk"),
    path("changes/<chg:change_id>/run", changes.run, name="bulk-run"),
    path("changes/<chg:change_id>/reversal", changes.reverse_it, name="bulk-reversal"),
    path("views", saved.save, name="view-new"),
    path("views/<lst:view_id>", saved.replace, name="view"),
    path("views/<lst:view_id>/removal", saved.remove, name="view-removal"),
    path("views/<lst:view_id>/restoring", saved.restore, name="view-restoring"),
    path("customers/<cus:customer_id>", include(CUSTOMER)),
    path("loyalty/", include(loyalty.desk())),
    path("callers", search.callers, name="callers"),
    path("issues", queue.listed, name="issues"),
    path("issues/next", queue.take_next, name="issue-next"),
    path("issues/<int:number>", include(ISSUE)),
    path("promises", promised.promises, name="promises"),
    path("promises/<prm:promise_id>", include(PROMISE)),
    *MATCHING,
    path("exports", exports.listed, name="exports"),
    path("exports/new", exports.new, name="export-new"),
    path("exports/<exp:export_id>/file", exports.file, name="export-file"),
    path("imports", imports.listed, name="imports"),
    path("imports/new", imports.new, name="import-new"),
    path("imports/templates/<slug:kind>", imports.template, name="import-template"),
    path("imports/<imp:batch_id>", include(IMPORT)),
    path("settings", preferences.start, name="settings"),
    path("settings/", include(SETTINGS)),
    path("language", preferences.language, name="language"),
    path("welcome", welcome.welcome, name="welcome"),
    path("join/<str:token>", join.join, name="join"),
    path("ui", page("staff.configure")(ui.components), name="components"),
]
# Those of allauth's pages that people of a company need.
ACCOUNT: list[Address] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/<str:uidb36>-<str:key>/", account.password_reset_from_key,
         name="account_reset_password_from_key"),
    path("password/reset/key/done/", account.password_reset_from_key_done,
         name="account_reset_password_from_key_done"),
]  # fmt: skip

urlpatterns = [
    path("accounts/", include(ACCOUNT)),
    path("", include((CONSOLE, "console"))),
]
