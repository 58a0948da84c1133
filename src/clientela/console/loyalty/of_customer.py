"""Addresses below a customer that are about their points."""

from __future__ import annotations

from django.urls import URLPattern, path

from clientela.console.customers import tabs
from clientela.console.loyalty import by_itself, held_points, kept, receipt, redeem, shared


def paths() -> list[URLPattern]:
    """Made once the converters of public ids are known."""
    return [
        path("/points", tabs.points_page, name="customer-points"),
        path("/points/<pos:posting_id>/why", tabs.why, name="customer-why"),
        path("/points/lots/<lot:lot_id>/extension", kept.extend, name="lot-extend"),
        path("/points/debts/<slug:currency>", kept.forgive, name="debt-forgive"),
        path("/points/gifts/new", kept.give, name="points-give"),
        path("/points/pools/<slug:currency>", shared.share, name="pool-open"),
        path("/points/pools/<poo:pool_id>/<pom:member_id>", shared.change, name="pool-member"),
        path("/points/pools/<poo:pool_id>/<pom:member_id>/ending", shared.leave, name="pool-leave"),
        path("/points/by-itself", by_itself.order, name="cash-by-itself"),
        path("/points/by-itself/<slug:reward>/ending", by_itself.end, name="cash-by-itself-end"),
        path("/points/holds/<hld:hold_id>/release", held_points.release_of, name="hold-release"),
        path("/points/redeem", redeem.redeem, name="customer-redeem"),
        path("/points/redeem/quote", redeem.quote, name="customer-quote"),
        path("/redemptions/<red:redemption_id>", receipt.receipt, name="redemption"),
        path(
            "/redemptions/<red:redemption_id>/reversal",
            receipt.reverse_it,
            name="redemption-reversal",
        ),
        path("/redemptions/<red:redemption_id>/voucher", receipt.voucher, name="voucher"),
    ]
