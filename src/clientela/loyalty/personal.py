"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "loyalty_account": Personal(
        _("Points, balances"),
        "accounting",
        KEEP,
        added={"points": "(SELECT code FROM loyalty_currency WHERE id = told.currency_id)"},
    ),
    "loyalty_posting": Personal(
        _("Points, bookings"),
        "accounting",
        KEEP,
        withheld=("actor", "body_hash", "key"),
        added={"points": "(SELECT code FROM loyalty_currency WHERE id = told.currency_id)"},
    ),
    "loyalty_entry": Personal(_("Points, entries"), "accounting", KEEP),
    "loyalty_lot": Personal(_("Points by when they end"), "accounting", KEEP),
    "loyalty_poolmember": Personal(_("Points shared in a household"), "accounting", KEEP),
    "loyalty_lotlife": Personal(
        _("Points, moved ends"), "accounting", CLEAR, cleared={"reason": "''"}, withheld=("actor",)
    ),
    "loyalty_postingreason": Personal(
        _("Points, reasons"), "accounting", CLEAR, cleared={"words": "'–'"}, withheld=("actor",)
    ),
    "loyalty_allocation": Personal(_("Points, use of lots"), "accounting", KEEP, is_handed=False),
    "loyalty_hold": Personal(_("Points set aside"), "accounting", KEEP, withheld=("actor",)),
    "loyalty_holdlot": Personal(_("Points set aside"), "accounting", KEEP, is_handed=False),
    "loyalty_holdend": Personal(_("Points set aside"), "accounting", KEEP, is_handed=False),
    "loyalty_redemption": Personal(
        _("Rewards"), "accounting", KEEP, withheld=("actor",), dated="redeemed_at"
    ),
    "loyalty_redemptionreversal": Personal(
        _("Rewards taken back"), "accounting", CLEAR, cleared={"cause": "''"}, withheld=("actor",)
    ),
    "loyalty_redemptionkey": Personal(_("Rewards"), "accounting", KEEP, is_handed=False),
    "loyalty_coupon": Personal(_("Coupons"), "accounting", KEEP),
    "loyalty_couponuse": Personal(_("Coupons used"), "accounting", KEEP, withheld=("actor",)),
    "loyalty_couponkey": Personal(_("Coupons"), "accounting", KEEP, is_handed=False),
    "loyalty_cashout": Personal(
        _("Points paid out"),
        "accounting",
        CLEAR,
        cleared={"iban": "CASE iban WHEN '' THEN '' ELSE '–' END", "payee": "''"},
        withheld=("requested_by",),
    ),
    "loyalty_cashoutdecision": Personal(
        _("Decisions about pay-outs"),
        "accounting",
        CLEAR,
        cleared={"note": "''"},
        withheld=("decided_by",),
    ),
    "loyalty_cashoutpayment": Personal(
        _("Payments"), "accounting", CLEAR, cleared={"reference": "'–'"}, withheld=("paid_by",)
    ),
    "loyalty_travelorder": Personal(
        _("Journeys"), "accounting", CLEAR, cleared={"traveller": "''"}, withheld=("placed_by",)
    ),
    "loyalty_travelorderstep": Personal(
        _("Steps of journeys"), "accounting", CLEAR, cleared={"note": "''"}, withheld=("actor",)
    ),
    "loyalty_travelcancellation": Personal(
        _("Journeys given up"), "accounting", CLEAR, cleared={"cause": "''"}, withheld=("actor",)
    ),
    "loyalty_travelcare": Personal(
        _("Steps of journeys"),
        "accounting",
        CLEAR,
        cleared={"words": "''", "note": "''"},
        withheld=("handled_by",),
    ),
    "loyalty_partnermessage": Personal(
        _("What partners were told"), "accounting", KEEP, is_handed=False
    ),
    "loyalty_partnerkey": Personal(_("Earned at partners"), "accounting", KEEP, is_handed=False),
    "loyalty_partnerearningreversal": Personal(
        _("Earned at partners, taken back"),
        "accounting",
        CLEAR,
        cleared={"cause": "''"},
        withheld=("actor",),
    ),
    "loyalty_partnerearning": Personal(
        _("Earned at partners"), "accounting", KEEP, withheld=("actor", "body_hash", "reference")
    ),
    "loyalty_cashoutreturn": Personal(
        _("Payments that came back"),
        "accounting",
        CLEAR,
        cleared={"reason": "''"},
        withheld=("noted_by",),
    ),
    "loyalty_paymentline": Personal(_("Payments"), "accounting", KEEP, is_handed=False),
    "loyalty_payoutidentity": Personal(
        _("Bank accounts for pay-outs"),
        "accounting",
        CLEAR,
        cleared={"iban": "'–'", "payee": "''"},
        withheld=("given_by",),
    ),
    "loyalty_standingorder": Personal(
        _("To be paid by itself"),
        "accounting",
        CLEAR,
        withheld=("ordered_by", "ended_by"),
        cleared={"ended_at": "coalesce(ended_at, now())"},
    ),
    "loyalty_automaticact": Personal(_("Paid by itself"), "accounting", KEEP),
    "loyalty_benefit": Personal(
        _("What rewards gave"), "accounting", CLEAR, cleared={"member": "''"}
    ),
    "loyalty_benefitstep": Personal(
        _("What rewards gave, steps"),
        "accounting",
        CLEAR,
        cleared={"reference": "''"},
        withheld=("actor",),
    ),
    "loyalty_purse": Personal(
        _("Gift cards and wallets"), "accounting", KEEP, withheld=("opened_by",)
    ),
    "loyalty_purseentry": Personal(
        _("Money on gift cards and in wallets"), "accounting", KEEP, withheld=("actor",)
    ),
    "loyalty_purseblock": Personal(
        _("Blocked gift cards"),
        "accounting",
        CLEAR,
        cleared={"reason": "'–'"},
        withheld=("blocked_by", "lifted_by"),
    ),
    "loyalty_codeuse": Personal(_("Codes used"), "accounting", KEEP, withheld=("actor",)),
    "loyalty_codeuseend": Personal(_("Codes used"), "accounting", KEEP, is_handed=False),
    "loyalty_couponuseend": Personal(_("Coupons used"), "accounting", KEEP, is_handed=False),
    "loyalty_tillpayment": Personal(
        _("Purchases paid with points"), "accounting", KEEP, withheld=("wish",)
    ),
    "loyalty_tillrefund": Personal(_("Payments that went back"), "accounting", KEEP),
    "loyalty_standing": Personal(_("Tiers"), "accounting", KEEP, withheld=("decided_by",)),
    "loyalty_limit": Personal(_("Points, limits used"), "accounting", KEEP, is_handed=False),
    "loyalty_occasion": Personal(
        _("What earned points"), "accounting", KEEP, withheld=("actor", "key")
    ),
    "loyalty_key": Personal(_("What earned points"), "accounting", KEEP, is_handed=False),
    "loyalty_adjustment": Personal(
        _("Points given and taken by hand"),
        "accounting",
        CLEAR,
        cleared={"note": "''"},
        withheld=("asked_by",),
        added={"points_of": "(SELECT code FROM loyalty_currency WHERE id = told.currency_id)"},
    ),
    "loyalty_adjustmentdecision": Personal(
        _("Decisions about points"),
        "accounting",
        CLEAR,
        cleared={"note": "''"},
        withheld=("decided_by",),
    ),
    "loyalty_clawbackdecision": Personal(
        _("Decisions about points"),
        "accounting",
        CLEAR,
        cleared={"reason": "'–'"},
        withheld=("decided_by",),
    ),
    "loyalty_earningpause": Personal(
        _("Pauses of earning"),
        "accounting",
        CLEAR,
        cleared={"cause": "'–'"},
        withheld=("made_by", "ended_by"),
    ),
    "loyalty_referral": Personal(
        _("Who brought whom"),
        "accounting",
        KEEP,
        withheld=("made_by", "referrer_id"),
    ),
    "loyalty_noticesent": Personal(_("What they were told of their points"), "communication", KEEP),
    "loyalty_ratewanted": Personal(
        _("Purchases that wait for a rate"), "accounting", KEEP, is_handed=False
    ),
    "loyalty_lotwait": Personal(_("Points that wait"), "accounting", KEEP, is_handed=False),
}
