from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.loyalty import facts, personal, sentences
from clientela.platform.declare import Carry, Check, Duty, Facts, Family, HouseApp, Panel, Right


class LoyaltyApp(HouseApp):
    name = "clientela.loyalty"
    label = "loyalty"
    switch = "loyalty"
    title = _("Points")
    rights: ClassVar = (
        Right("loyalty.view", _("See customers' points and how they were earned")),
        Right("loyalty.redeem", _("Give customers rewards for their points, and take coupons")),
        Right("loyalty.configure", _("Make and change rewards and tiers")),
        Right("loyalty.publish", _("Publish and end rules of points")),
        Right(
            "loyalty.adjust", _("Give, take, extend and forgive points by hand, and pause earning")
        ),
        Right("loyalty.decide_adjustment", _("Approve and refuse points others give and take")),
        Right("loyalty.record_events", _("Record events that earn points")),
        Right("loyalty.decide_cash_out", _("Approve, refuse and pay what customers cash out")),
        Right("loyalty.handle_travel", _("Confirm and refuse travel orders")),
        Right("loyalty.see_books", _("See what is owed in points, by closed month")),
        Right(
            "loyalty.close_books",
            _("Close months of the books of points, and estimate how many are used"),
        ),
    )
    panels: ClassVar = (Panel("points", "loyalty_panel", "loyalty.view"),)
    facts: ClassVar = (
        Facts("loyalty_panel", facts.read, facts.FACTS, (), facts.COLUMNS, "loyalty.view"),
    )
    checks: ClassVar = (
        Check("balances are ledgers", "balances"),
        Check("lots are what allocations left of them", "lots"),
        Check("every entry has its cause", "causes"),
        Check("entries are what their lots gave and took", "movements"),
        Check("points end when their last move says", "lot_lives"),
        Check("holds are covered by lots", "holds"),
        Check("redemptions have their points", "redemptions"),
        Check("seats and codes are those of orders", "seats"),
        Check("partner accounts are what was earned and used there", "partner_accounts"),
        Check("statements of partners are their lines", "partner_statements"),
        Check("files for the bank are their lines", "payment_files"),
        Check("payments are covered by what was used", "till_payments"),
        Check("gift cards and wallets are what moved", "purses"),
        Check("codes are used as often as their uses say", "code_uses"),
        Check("coupons have their redemption and code", "coupons"),
        Check("standings follow each other", "standings"),
        Check("counters of caps are what was earned", "limits"),
        Check("budgets are what promotions gave", "budgets"),
        Check("points given by hand have their reason", "granted"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = (
        "loyalty_posting",
        "loyalty_entry",
        "loyalty_allocation",
        "loyalty_lotlife",
        "loyalty_postingreason",
        "loyalty_ruleversion",
        "loyalty_currencyterms",
        "loyalty_exchangerate",
        "loyalty_holdlot",
        "loyalty_holdend",
        "loyalty_redemptionreversal",
        "loyalty_couponuse",
        "loyalty_cashoutdecision",
        "loyalty_cashoutpayment",
        "loyalty_travelorderstep",
        "loyalty_occasion",
        "loyalty_adjustmentdecision",
        "loyalty_clawbackdecision",
        "loyalty_travelcancellation",
        "loyalty_cashoutreturn",
        "loyalty_payer",
        "loyalty_paymentfile",
        "loyalty_paymentline",
        "loyalty_partnerstatement",
        "loyalty_partnerline",
        "loyalty_partnerearning",
        "loyalty_partnerearningreversal",
        "loyalty_benefitstep",
        "loyalty_tillpayment",
        "loyalty_tillrefund",
        "loyalty_estimate",
        "loyalty_closedmonth",
        "loyalty_liability",
        "loyalty_purseentry",
        "loyalty_noticesent",
        "loyalty_codeuse",
        "loyalty_codeuseend",
        "loyalty_couponuseend",
    )
    family: ClassVar = {
        "loyalty_account": Family.CARRIED,
        "loyalty_posting": Family.READ_TOGETHER,
        "loyalty_entry": Family.READ_TOGETHER,
        "loyalty_lot": Family.CARRIED,
        "loyalty_poolmember": Family.READ_TOGETHER,
        "loyalty_lotlife": Family.READ_TOGETHER,
        "loyalty_postingreason": Family.READ_TOGETHER,
        "loyalty_allocation": Family.READ_TOGETHER,
        "loyalty_hold": Family.READ_TOGETHER,
        "loyalty_holdlot": Family.READ_TOGETHER,
        "loyalty_holdend": Family.READ_TOGETHER,
        "loyalty_redemption": Family.READ_TOGETHER,
        "loyalty_redemptionreversal": Family.READ_TOGETHER,
        "loyalty_redemptionkey": Family.KEY,
        "loyalty_coupon": Family.READ_TOGETHER,
        "loyalty_couponuse": Family.READ_TOGETHER,
        "loyalty_couponkey": Family.KEY,
        "loyalty_cashout": Family.READ_TOGETHER,
        "loyalty_cashoutdecision": Family.READ_TOGETHER,
        "loyalty_cashoutpayment": Family.READ_TOGETHER,
        "loyalty_travelorder": Family.READ_TOGETHER,
        "loyalty_travelorderstep": Family.READ_TOGETHER,
        "loyalty_travelcancellation": Family.READ_TOGETHER,
        "loyalty_travelcare": Family.READ_TOGETHER,
        "loyalty_partnermessage": Family.READ_TOGETHER,
        "loyalty_partnerearning": Family.READ_TOGETHER,
        "loyalty_partnerearningreversal": Family.READ_TOGETHER,
        "loyalty_partnerkey": Family.KEY,
        "loyalty_cashoutreturn": Family.READ_TOGETHER,
        "loyalty_paymentline": Family.READ_TOGETHER,
        "loyalty_payoutidentity": Family.READ_TOGETHER,
        "loyalty_automaticact": Family.READ_TOGETHER,
        "loyalty_standingorder": Family.READ_TOGETHER,
        "loyalty_benefit": Family.READ_TOGETHER,
        "loyalty_benefitstep": Family.READ_TOGETHER,
        "loyalty_tillpayment": Family.READ_TOGETHER,
        "loyalty_tillrefund": Family.READ_TOGETHER,
        "loyalty_purse": Family.READ_TOGETHER,
        "loyalty_purseentry": Family.READ_TOGETHER,
        "loyalty_purseblock": Family.READ_TOGETHER,
        "loyalty_codeuse": Family.READ_TOGETHER,
        "loyalty_codeuseend": Family.READ_TOGETHER,
        "loyalty_couponuseend": Family.READ_TOGETHER,
        "loyalty_standing": Family.ANEW,
        "loyalty_limit": Family.READ_TOGETHER,
        "loyalty_occasion": Family.READ_TOGETHER,
        "loyalty_key": Family.KEY,
        "loyalty_adjustment": Family.READ_TOGETHER,
        "loyalty_adjustmentdecision": Family.READ_TOGETHER,
        "loyalty_clawbackdecision": Family.READ_TOGETHER,
        "loyalty_earningpause": Family.READ_TOGETHER,
        "loyalty_lotwait": Family.READ_TOGETHER,
        "loyalty_ratewanted": Family.READ_TOGETHER,
        "loyalty_referral": Family.READ_TOGETHER,
        "loyalty_noticesent": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
    duties: ClassVar = (Duty("points", _("Points set aside"), "open_holds"),)
    carries: ClassVar = (Carry("points", _("Points"), "clientela.loyalty.actions.carrying"),)
