"""Addresses of the loyalty desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from clientela.console.loyalty import (
    books,
    cards,
    cash,
    catalogue,
    code_pools,
    counter,
    dates,
    grants,
    held_points,
    journeys,
    kinds,
    orders,
    partners,
    rates,
    rule_pages,
    statements,
    what_if,
)
from clientela.console.loyalty.ladder_addresses import ladder_pages


def desk() -> list[URLPattern]:
    """Below `/loyalty/`; the converters of ids are known by then."""
    return [
        path("desk", counter.desk, name="loyalty-desk"),
        path("rewards", catalogue.catalogue, name="loyalty-rewards"),
        path("rewards/new", catalogue.new, name="reward-new"),
        path("rewards/<rew:reward_id>", catalogue.edit, name="reward"),
        path("orders", orders.orders, name="loyalty-orders"),
        path("orders/<csh:cash_out_id>/decision", orders.decide, name="cash-out-decision"),
        path("orders/<csh:cash_out_id>/payment", orders.pay, name="cash-out-payment"),
        path("orders/<trv:order_id>/answer", orders.answer, name="travel-answer"),
        path("orders/<hld:hold_id>/release", held_points.release, name="order-hold-release"),
        path("orders/<ben:benefit_id>/answer", orders.give, name="benefit-answer"),
        *_outward(),
        *ladder_pages(),
        *_cards(),
        *grants.desk(),
        *books.desk(),
        *what_if.tried(),
        *_earning(),
    ]


def _cards() -> list[URLPattern]:
    """Gift cards, and pools of codes."""
    return [
        path("cards", cards.cards, name="gift-cards"),
        path("cards/new", cards.issue, name="gift-card-new"),
        path("cards/<gft:card_id>", cards.card, name="gift-card"),
        path("cards/<gft:card_id>/top-up", cards.top_up, name="gift-card-top-up"),
        path("cards/<gft:card_id>/block", cards.block, name="gift-card-block"),
        path("cards/<gft:card_id>/code", cards.replace, name="gift-card-code"),
        path("codes", code_pools.listed, name="code-pools"),
        path("codes/new", code_pools.new, name="code-pool-new"),
        path("codes/<slug:key>", code_pools.pool, name="code-pool"),
        path("codes/<slug:key>/change", code_pools.edit, name="code-pool-edit"),
        path("codes/<slug:key>/content", code_pools.content, name="code-pool-content"),
        path("codes/<slug:key>/generating", code_pools.generate, name="code-pool-generate"),
        path("codes/<slug:key>/import", code_pools.bring, name="code-pool-bring"),
    ]


def _outward() -> list[URLPattern]:
    """What goes outside for points: journeys, partners, cash and its files."""
    return [
        path("journeys", journeys.board, name="journeys"),
        path("journeys/days", dates.dates, name="journey-dates"),
        path("journeys/days/new", dates.save, name="journey-date-save"),
        path("journeys/<trv:order_id>", journeys.order, name="journey"),
        path("journeys/<trv:order_id>/cancellation", journeys.cancel, name="journey-cancel"),
        path("journeys/<trv:order_id>/handling", journeys.handle, name="journey-handle"),
        path("journeys/<trv:order_id>/voucher", journeys.voucher, name="journey-voucher"),
        path("cash", cash.queue, name="cash-outs"),
        path("cash/files", cash.files, name="payment-files"),
        path("cash/files/new", cash.export, name="payment-export"),
        path("cash/files/<pay:file_id>", cash.file, name="payment-file"),
        path("cash/files/<pay:file_id>/content", cash.content, name="payment-content"),
        path("cash/files/<pay:file_id>/report", cash.report, name="payment-report"),
        path("cash/<csh:cash_out_id>", cash.cash_out, name="cash-out"),
        path("cash/<csh:cash_out_id>/return", cash.come_back, name="cash-out-return"),
        path("partners", partners.listed, name="partners"),
        path("partners/new", partners.new, name="partner-new"),
        path("partners/<prt:partner_id>", partners.partner, name="partner"),
        path("partners/<prt:partner_id>/codes", partners.bring, name="partner-codes"),
        path("partners/<prt:partner_id>/secret", partners.rotate, name="partner-secret"),
        path("partners/<prt:partner_id>/statements", statements.settle, name="partner-settle"),
        path("partners/statements", statements.listed, name="partner-statements"),
        path(
            "partners/statements/<pst:statement_id>", statements.statement, name="partner-statement"
        ),
        path(
            "partners/statements/<pst:statement_id>/content.<str:form>",
            statements.content,
            name="partner-statement-content",
        ),
    ]


def _earning() -> list[URLPattern]:
    """Kinds of points and the rules that earn them."""
    return [
        path("rules", rule_pages.rules, name="loyalty-rules"),
        path("rules/new", rule_pages.new, name="rule-new"),
        path("rules/question", rule_pages.question, name="rule-question"),
        path("rules/<int:rule_id>", rule_pages.edit, name="rule"),
        path("rules/<int:rule_id>/versions", rule_pages.versions, name="rule-versions"),
        path("rules/<int:rule_id>/end", rule_pages.end, name="rule-end"),
        path("rules/preview/<slug:code>", rule_pages.preview, name="rule-preview-new"),
        path("rules/preview/<slug:code>/<int:rule_id>", rule_pages.preview, name="rule-preview"),
        path("exchange-rates", rates.listed, name="loyalty-rates"),
        path("exchange-rates/new", rates.new, name="loyalty-rate-new"),
        path("points", kinds.kinds, name="loyalty-points"),
        path("points/new", kinds.new, name="loyalty-points-new"),
        path("points/<slug:code>", kinds.edit, name="loyalty-points-kind"),
    ]
